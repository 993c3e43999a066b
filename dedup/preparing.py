"""A little of all that is done with articles, after which nothing is left to be compiled."""

from __future__ import annotations

from compileall import compile_dir
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice, product
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from dedup import kernels
from dedup.comparison.excerpt import LONG
from dedup.engine import open as open_index
from dedup.model import Article
from dedup.report.html import gather
from dedup.two_texts import compare

Paragraphs = list[str]
REPORTS = 12
PRINTINGS = 24
"""Days on which one source prints a form."""
SYLLABLES = [a + b for a in "bdfgklmnprst" for b in "aeiou"]
FOOTER = "Write to us about what you have seen, and to whom it happened, at the address of this paper."


def prepare() -> None:
    """Compile what is not compiled yet for this machine: up to a minute of work for all.

    Raises OSError if the kernels cannot be kept.
    """
    # an image often has PYTHONDONTWRITEBYTECODE set, and each process would then compile every module anew
    compile_dir(Path(__file__).parent, quiet=2)
    articles = _articles(Random(1))  # noqa: S311 - no secret
    compare(articles[0], articles[1])
    compare(*_told_again())
    compare("東京", "東京")  # words without spaces
    with TemporaryDirectory() as folder:
        for texts in (True, False):
            path = Path(folder, f"{texts}.db")
            with open_index(path, texts=texts) as index:
                index.add(articles[::2])
            with open_index(path) as index:  # which remembers no article
                index.add(articles[1::2])
                again = [replace(article, id=f"{article.id}-again") for article in articles]
                for article in again:
                    index.check(article)
                for _ in index.filter(again, batch=8, add=True):
                    pass
                index.mark_lines(FOOTER)
                gather(index.groups(), index.articles)
                index.remove([articles[0].id])
                index.verify()
                index.compact()
    if kernels.unkept:
        raise OSError("what was compiled cannot be kept: neither beside the package nor in the user's cache")


def _articles(random: Random) -> list[Article]:
    """Reports and their copies: as they are, cut, reworded, and in a long article; and a form."""
    words = ["".join(random.choices(SYLLABLES, k=3)) for _ in range(600)]
    reports = [_paragraphs(random, words, 6) for _ in range(REPORTS)]
    form = _paragraphs(random, words, 4)
    long = _paragraphs(random, words, LONG // 40)
    versions = [
        *reports,
        *reports,
        *(report[:3] for report in reports),
        *([_reworded(random, words, each) for each in report] for report in reports),
        [*long, *reports[0], *long[::-1]],
        *([*form, *_paragraphs(random, words, 2)] for _ in range(PRINTINGS)),
    ]
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        Article(
            f"article-{i}",
            "\n\n".join((*version, FOOTER)),
            source="form" if version[0] == form[0] else f"paper-{i % 3}",
            published=begin + timedelta(days=i),
        )
        for i, version in enumerate(versions)
    ]


def _told_again() -> tuple[str, str]:
    """A report, and the same told again: some of its words in the same order, far from each other."""
    words = map("".join, product(SYLLABLES, repeat=3))
    told = list(islice(words, 300))
    again = [
        word for i, old in enumerate(told) for word in ([old] if i % 5 == 0 else islice(words, 1 + i % 2))
    ]
    first, second = (
        " ".join(f"{' '.join(each[i : i + 12]).capitalize()}." for i in range(0, len(each), 12))
        for each in (told, again)
    )
    return first, second


def _paragraphs(random: Random, words: list[str], count: int) -> Paragraphs:
    """So many paragraphs of some 45 words, in three sentences, of which one is quoted."""
    found = []
    for _ in range(count):
        one, two, three = (" ".join(random.choices(words, k=14)).capitalize() for _ in range(3))
        found.append(f"{one}. “{two},” {words[0].capitalize()} said on May {random.randint(1, 31)}. {three}.")
    return found


def _reworded(random: Random, words: list[str], paragraph: str) -> str:
    """The same with other words in place of some."""
    return " ".join(random.choice(words) if random.random() < 0.15 else word for word in paragraph.split())
