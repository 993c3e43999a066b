"""fixtures/formats: one article, as a file of every format, is whole, and gives one and the same match."""

import re

import pytest

import dedup
from dedup.model import Article, Relation
from dedup.read import read
from tests.commands import REWRITE
from tests.formats import (
    BYLINE,
    DATELINE,
    FOLDER,
    FORMS,
    ID,
    SOURCE,
    STORY,
    TEXT,
    TITLE,
    URL,
    WHEN,
)  # fmt: skip

NEEDS = {
    ".parquet": "pyarrow", ".arrow": "pyarrow", ".zst": "zstandard", ".html": "trafilatura",
    ".mhtml": "trafilatura", ".gz": "warcio",
}  # fmt: skip
PAGES = ("page.html", "page.mhtml", "pages.warc.gz")
TEXTS = ("text.txt", "wire.txt")


def article(name: str) -> Article:
    pytest.importorskip(NEEDS.get(name[name.rindex(".") :], "json"))
    path = FOLDER / name
    [found] = read([f"sqlite:{path}?table=articles" if name.endswith(".db") else str(path)], processes=1)
    assert isinstance(found, Article), found
    return found


def test_there_is_a_file_for_every_format_and_no_other():
    assert {path.name for path in FOLDER.iterdir()} == {*FORMS}


@pytest.mark.parametrize("name", FORMS)
def test_the_article_is_whole_in_every_format(name):
    found = article(name)
    assert found.text.split() == TEXT.split()
    assert found.guessed is None
    if name == "text.txt":  # a dateline and no more: the agency is credited, the rest is not said
        wanted = (SOURCE, None, None, None, None, None)
    elif name == "wire.txt":
        wanted = (SOURCE, WHEN, TITLE, None, BYLINE, None)
    elif name == "nitf.xml":  # NITF has no place for an address
        wanted = (SOURCE, WHEN, TITLE, None, BYLINE, "en")
    else:
        wanted = (SOURCE, WHEN, TITLE, URL, BYLINE, "en")
    assert (found.source, found.published, found.title, found.url, found.byline, found.language) == wanted
    assert found.id == (URL if name in PAGES else name.removesuffix(".txt") if name in TEXTS else ID)


def shared(found: Article) -> tuple:
    """What a match with the rewritten version is, with its passages as they read."""
    match = dedup.compare(found, Article("rewrite", REWRITE))
    texts = [
        (
            re.sub(r"\s+", " ", found.text[p.a.start : p.a.end]),
            REWRITE[p.b.start : p.b.end],
            p.words,
            p.similarity,
        )
        for p in match.passages
    ]
    return match.relation, match.resemblance, match.containment_a, match.containment_b, texts


@pytest.mark.parametrize("name", FORMS)
def test_the_article_gives_the_same_match_from_every_format(name):
    wanted = shared(Article("a", TEXT))
    assert wanted[0] is Relation.DERIVED
    assert sum(words for *_, words, _ in wanted[-1]) > 80
    assert shared(article(name)) == wanted


def test_all_of_them_together_are_one_group():
    with dedup.open(":memory:") as index:
        found = [article(name) for name in FORMS]
        index.add([Article(f"{n}", one.text) for n, one in enumerate(found)])
        [group] = index.groups()
        assert (len(group.articles), group.relation) == (len(FORMS), Relation.IDENTICAL)


def test_the_texts_among_them_are_as_they_are_written_here():
    assert (FOLDER / "wire.txt").read_text() == STORY
    assert TEXT.startswith(DATELINE)
