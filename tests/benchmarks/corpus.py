"""A corpus of news with planted copies, deterministic by its seed, and the truth about it.

    python tests/benchmarks/corpus.py ARTICLES.jsonl --articles 10000 --seed 1

Independent articles are written by a chain of word pairs (Shannon 1948) that has read natural sentences:
those of fixtures/, and of ../shared/data where that is there. Their words and phrases are as common as in
news, and nothing longer is shared but by chance: where several rare words have followed each other, the chain
goes on elsewhere, for it would tell again what it has read. With fixtures alone, most of the rarer words are
replaced by invented ones, because so little text would repeat itself.

Half of what is written belongs to a family of copies. Beside the corpus, ARTICLES.truth.json lists every
true pair by kind: exact (another header and footer), light (5% of the words edited), heavy (25%), half (one
half, in another article), lifted (one paragraph, in another article) and chain (a copy of a copy, each 10%
edited). 40 of 100 articles carry the footer of their outlet, 60-130 words, which must not link; there are 50
outlets, or as many as `--outlets` says. `--hot` adds two more things, each a tenth of the corpus: copies of
one story, and one more footer.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data"
WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)?[,.;:!?]?")
OUTLETS = 50
ENOUGH = 1_000_000
"""Words of natural text that need no invented ones beside them."""
RARE, IN_A_ROW = 8, 3
"""So few followers leave the chain little choice; no more words of that kind follow each other."""
KINDS = {"exact": 8, "light": 7, "heavy": 6, "half": 4, "lifted": 4, "chain": 3}
"""Families of each kind for 65 articles that are not copies."""


@dataclass
class Truth:
    """The true pairs, as line numbers, by kind, and the members of the hot story."""

    pairs: dict[str, list[tuple[int, int]]]
    hot: list[int]


def sentences() -> Iterator[str]:
    """Natural text, in a fixed order."""
    for path in sorted((ROOT / "fixtures" / "articles").glob("*.txt")):
        yield path.read_text(encoding="utf-8")
    for name in ("reuters21578.jsonl.gz", "pan13-train-documents.jsonl.gz"):
        if (SHARED / name).exists():
            with gzip.open(SHARED / name) as lines:
                yield from (orjson.loads(line)["text"] for line in lines)


class Writer:
    """Writes words as the natural text has them: each follows another that it follows there."""

    def __init__(self, seed: int) -> None:
        """Read what there is to read."""
        self.chance = np.random.default_rng(seed)
        self.spare: list[str] = []
        vocabulary: dict[str, int] = {}
        ids = np.fromiter(
            (
                vocabulary.setdefault(word, len(vocabulary))
                for text in sentences()
                for word in WORD.findall(text)
            ),
            np.int32,
        )
        self.read = ids
        order = np.argsort(ids[:-1], kind="stable")
        self.followers = ids[1:][order]
        self.first = np.searchsorted(ids[:-1][order], np.arange(len(vocabulary) + 1))
        self.words = list(vocabulary)
        self.natural = len(ids)
        if self.natural < ENOUGH:
            self._invent(np.bincount(ids, minlength=len(vocabulary)))

    def _invent(self, counts: NDArray[np.int64]) -> None:
        """Let every rarer word stand for many invented ones, so that little text makes a large language."""
        syllables = [
            a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "il", "on")
        ]
        self.common = counts > 12
        chosen = self.chance.choice(syllables, size=(60_000, 3)).tolist()
        self.invented = ["".join(three) for three in chosen]

    def write(self, articles: int, words: NDArray[np.int64]) -> list[list[str]]:
        """Articles of so many words each; all are written side by side."""
        longest = int(words.max(initial=1))
        state = self._anywhere(articles)
        columns = np.empty((longest, articles), np.int32)
        in_a_row = np.zeros(articles, np.int64)
        for place in range(longest):
            low, high = self.first[state], self.first[state + 1]
            in_a_row = np.where(high - low < RARE, in_a_row + 1, 0)
            elsewhere = (low == high) | (in_a_row > IN_A_ROW)
            in_a_row *= ~elsewhere
            pick = low + (self.chance.random(articles) * (high - low)).astype(np.int64)
            state = np.where(elsewhere, self._anywhere(articles), self.followers[pick * ~elsewhere])
            columns[place] = state
        return [self._spelt(columns[: words[i], i]) for i in range(articles)]

    def _anywhere(self, articles: int) -> NDArray[np.int32]:
        """Words as common as in what was read."""
        return self.read[self.chance.integers(0, len(self.read), articles)]

    def _spelt(self, ids: NDArray[np.int32]) -> list[str]:
        spelt = [self.words[i] for i in ids]
        if self.natural < ENOUGH:
            ranks = (self.chance.pareto(0.6, len(ids)) * 50).astype(np.int64) % len(self.invented)
            spelt = [
                word if self.common[i] else self.invented[rank]
                for word, i, rank in zip(spelt, ids, ranks, strict=True)
            ]
        return spelt

    def some(self, count: int) -> list[str]:
        """The next so many words of a text that goes on for ever."""
        while len(self.spare) < count:
            self.spare = [word for text in self.write(1000, np.full(1000, 400)) for word in text] + self.spare
        taken = self.spare[len(self.spare) - count :]
        del self.spare[len(self.spare) - count :]
        return taken

    def edited(self, words: list[str], share: float) -> list[str]:
        """That share of the words replaced, dropped or added to, in thirds."""
        hit = self.chance.random(len(words)) < share
        fresh = iter(self.some(int(hit.sum())))
        out: list[str] = []
        for word, edit, how in zip(words, hit, self.chance.integers(0, 3, len(words)), strict=True):
            if not edit:
                out.append(word)
            elif how:
                out += [next(fresh)] if how == 1 else [word, next(fresh)]
        return out


def write_corpus(path: Path, articles: int, seed: int, *, hot: bool = False, outlets: int = OUTLETS) -> Truth:
    """Write the articles as JSON lines, and their truth beside them."""
    writer = Writer(seed)
    chance = writer.chance
    footers = writer.write(outlets + 1, chance.integers(60, 131, outlets + 1))
    truth = Truth({kind: [] for kind in KINDS}, [])
    story = writer.some(400)
    number = under_footer = 0
    with path.open("wb") as out:

        def put(words: list[str], footer: int | None = None) -> int:
            nonlocal number
            outlet = int(chance.integers(0, outlets))
            if footer is None and chance.random() < 0.4:
                footer = outlet
            day = np.datetime64("2024-01-01T00:00:00") + np.timedelta64(number * 30, "s")
            record = {
                "id": f"a{number:07d}",
                "source": f"outlet-{outlet:02d}",
                "published": f"{day}Z",
                "text": paragraphs(words) + ("" if footer is None else "\n\n" + paragraphs(footers[footer])),
            }
            out.write(orjson.dumps(record) + b"\n")
            number += 1
            return number - 1

        while number < articles:
            count = min(2000, articles - number)
            lengths = np.clip(chance.lognormal(6.1, 0.5, count), 80, 2500).astype(np.int64)
            kinds = chance.choice(
                [*KINDS, "none"], count, p=[*(n / 65 for n in KINDS.values()), 1 - sum(KINDS.values()) / 65]
            )
            for words, kind in zip(writer.write(count, lengths), kinds, strict=True):
                if number >= articles:
                    break
                if hot and len(truth.hot) < number // 10:
                    truth.hot.append(put(header(writer) + story))
                    continue
                footer = outlets if hot and under_footer < number // 10 else None
                under_footer += footer is not None
                plant(writer, put, truth, words, str(kind), footer)
    # The last family may have gone past the number asked for by an article or two.
    path.with_suffix(".truth.json").write_text(json.dumps({"pairs": truth.pairs, "hot": truth.hot}))
    return truth


def plant(writer: Writer, put, truth: Truth, words: list[str], kind: str, footer: int | None) -> None:
    """Put an article, and what is copied from it."""
    own = put(words, footer)
    if kind == "none":
        return
    if kind == "chain":
        once = writer.edited(words, 0.1)
        second, third = put(once), put(writer.edited(once, 0.1))
        truth.pairs[kind] += [(own, second), (second, third), (own, third)]
        return
    if kind in ("half", "lifted"):
        part = len(words) // 2 if kind == "half" else min(90, len(words) // 2)
        begin = int(writer.chance.integers(0, len(words) - part + 1))
        around = writer.some(len(words) if kind == "lifted" else max(len(words) // 4, 40))
        middle = len(around) // 2
        copy = around[:middle] + words[begin : begin + part] + around[middle:]
    else:
        copy = header(writer) + writer.edited(words, {"exact": 0.0, "light": 0.05, "heavy": 0.25}[kind])
    truth.pairs[kind].append((own, put(copy)))


def header(writer: Writer) -> list[str]:
    """A line or two of an outlet's own above the story."""
    return writer.some(int(writer.chance.integers(5, 25)))


def paragraphs(words: list[str]) -> str:
    """Words as lines of text: a paragraph ends at the first full stop after 40 words, or at 120."""
    out, begin = [], 0
    for i, word in enumerate(words):
        if (i - begin >= 40 and word[-1] in ".?!") or i - begin >= 120:
            out.append(" ".join(words[begin : i + 1]))
            begin = i + 1
    out.append(" ".join(words[begin:]))
    return "\n\n".join(out).strip()


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a corpus with planted copies, and its truth.")
    parser.add_argument("path", type=Path)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hot", action="store_true")
    parser.add_argument("--outlets", type=int, default=OUTLETS)
    given = parser.parse_args()
    write_corpus(given.path, given.articles, given.seed, hot=given.hot, outlets=given.outlets)
    print(f"{given.path}: {given.path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
