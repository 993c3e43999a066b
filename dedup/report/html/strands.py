"""Who has which paragraph: the paragraphs of a group followed through all of its versions.

The versions are taken in order. A strand begins as a paragraph (or a piece of a long one) where its words
first appear, and goes on in every later version that a match ties to an earlier one: the words inside the
aligned spans of a passage take over the strands of the words they correspond to. What no match accounts for
begins strands of its own. So any two versions can be set side by side, also those that were never compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dedup.arrays.ordered import each_once
from dedup.model import Match, Passage
from dedup.report.html import kernel
from dedup.report.html.marks import pieces
from dedup.settings import Settings
from dedup.sketch import sketch
from dedup.sketch.stem_kernel import FUNCTION

SOURCES = 4
"""Earlier versions from which one takes its strands, the closest first; and any that has more of it."""
EDITS = 1200
"""Word edits inside a passage beyond which its words are not set against each other."""
ALIKE = 0.2
"""Share of the content words of a run that must correspond to those of a strand for it to take that over."""
STRAY = 3
"""A run of fewer words belongs to what stands beside it."""


Spans = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of words of one strand: code points [start, end), the strand, and which of its wordings this is.

    Wordings of a strand are numbered in order of appearance: two versions with the same number have the very
    same words of it.
    """

    start: int
    end: int
    strand: int
    wording: int


@dataclass(frozen=True, slots=True)
class Strands:
    """The segments of each text in order, each text's words, and which earlier text has the same words.

    `origin` is, for each strand, the text in which it first appears. `same[i]` is i where no earlier text has
    the words of text i.
    """

    segments: list[list[Segment]]
    words: list[int]
    same: list[int]
    origin: list[int]


def strands(
    texts: Sequence[str], paragraphs: Sequence[Spans], links: Sequence[tuple[int, int, Match]]
) -> Strands:
    """Follow the paragraphs of `texts`, in their order, along matches between them.

    `paragraphs` holds the spans of each text's paragraphs. A link (i, j, match) says that match.a is text i
    and match.b is text j.
    """
    return _Weaver(texts, paragraphs, links).weave()


class _Weaver:
    def __init__(
        self, texts: Sequence[str], paragraphs: Sequence[Spans], links: Sequence[tuple[int, int, Match]]
    ) -> None:
        sketches = sketch(texts, Settings(shingle=1), keys=False)
        self.texts, self.paragraphs = texts, paragraphs
        self.tokens, self.start, self.end = sketches.tokens, sketches.start, sketches.end
        self.stem, self.word = sketches.stem, sketches.shingle
        self.content = sketches.level != FUNCTION
        self.links: dict[int, list[tuple[int, Match]]] = {}
        for i, j, match in links:
            self.links.setdefault(max(i, j), []).append((min(i, j), match if i < j else match.turned()))
        self.labels: list[NDArray[np.int64]] = []
        self.origin: list[int] = []
        self.wordings: list[dict[bytes, int]] = []

    def weave(self) -> Strands:
        seen: dict[bytes, int] = {}
        done = Strands([], [], [], self.origin)
        for i in range(len(self.texts)):
            words = self._words(i, 0, self._count(i))
            done.same.append(seen.setdefault(words, i))
            self.labels.append(self._label(i, done.same[i]))
            done.words.append(self._count(i))
            done.segments.append(self._segments(i))
        return done

    def _count(self, i: int) -> int:
        return int(self.tokens[i + 1] - self.tokens[i])

    def _words(self, i: int, first: int, last: int) -> bytes:
        """The hashes of the words [first, last) of text i, case and accents aside."""
        base = int(self.tokens[i])
        return self.word[base + first : base + last].tobytes()

    def _inside(self, i: int, start: int, end: int) -> slice:
        """The words of text i that lie in its code points [start, end)."""
        own = slice(int(self.tokens[i]), int(self.tokens[i + 1]))
        first = int(self.start[own].searchsorted(start))
        return slice(first, max(first, int(self.end[own].searchsorted(end, side="right"))))

    def _label(self, i: int, same: int) -> NDArray[np.int64]:
        if same != i:
            return self.labels[same]
        labels = np.full(self._count(i), -1, np.int64)

        def inside(passage: Passage) -> slice:
            return self._inside(i, passage.b.start, passage.b.end)

        begin, end = self._pieces(i)
        links = sorted(self.links.get(i, ()), key=lambda link: (-_shared(link[1]), link[0]))
        for number, (j, match) in enumerate(links):
            if number >= SOURCES and all((labels[inside(each)] >= 0).any() for each in match.passages):
                continue
            for passage in match.passages:
                self._take_over(labels, i, j, passage, begin, retold=match.as_a_whole is not None)
            if np.count_nonzero(labels >= 0) > 0.98 * len(labels):
                break
        begun = kernel.settle(labels, begin, end, STRAY, len(self.origin)) - len(self.origin)
        self.origin += [i] * begun
        self.wordings += [{} for _ in range(begun)]
        return labels

    def _pieces(self, i: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The words with which the pieces of text i begin, and those before which they end."""
        own = slice(int(self.tokens[i]), int(self.tokens[i + 1]))
        edges = np.array(pieces(self.texts[i], self.paragraphs[i]), np.int64).reshape(-1, 2)
        begin = self.start[own].searchsorted(edges[:, 0])
        return begin, np.maximum(begin, self.end[own].searchsorted(edges[:, 1], side="right"))

    def _take_over(
        self,
        labels: NDArray[np.int64],
        i: int,
        j: int,
        passage: Passage,
        begin: NDArray[np.int64],
        *,
        retold: bool,
    ) -> None:
        """Give the words of text i inside a passage the strands of the words of text j they correspond to.

        What is `retold` as a whole has few words in common, but its sentences are known to tell the same.
        Elsewhere each piece of text i, which `begin` there, must have enough of them.
        """
        ours = self._inside(i, passage.b.start, passage.b.end)
        theirs = self._inside(j, passage.a.start, passage.a.end)
        ours, theirs = self._extended(i, ours, j, theirs)
        base_i, base_j = int(self.tokens[i]), int(self.tokens[j])
        at = kernel.correspond(
            self.stem[base_j + theirs.start : base_j + theirs.stop],
            self.stem[base_i + ours.start : base_i + ours.stop],
            EDITS,
        )
        if not (at >= 0).any():
            return
        # A word in between goes with the word before it.
        known = np.maximum.accumulate(np.where(at >= 0, np.arange(len(at)), -1))
        known[known < 0] = int(np.argmax(at >= 0))
        taken = self.labels[j][theirs][at[known]]
        if not retold:
            content = self.content[base_i + ours.start : base_i + ours.stop]
            inner = each_once(begin[(begin > ours.start) & (begin < ours.stop)]) - ours.start
            _let_go(taken, at >= 0, content, [0, *inner.tolist(), len(taken)])
        part = labels[ours]
        part[:] = np.where(part < 0, taken, part)

    def _extended(self, i: int, ours: slice, j: int, theirs: slice) -> tuple[slice, slice]:
        """The words of a passage with those before and after that are the same on both sides.

        A passage may end where a quotation does, though the sentence goes on alike.
        """
        a = self.stem[int(self.tokens[i]) : int(self.tokens[i + 1])]
        b = self.stem[int(self.tokens[j]) : int(self.tokens[j + 1])]
        before = _equal(a[: ours.start][::-1], b[: theirs.start][::-1])
        after = _equal(a[ours.stop :], b[theirs.stop :])
        return (
            slice(ours.start - before, ours.stop + after),
            slice(theirs.start - before, theirs.stop + after),
        )

    def _segments(self, i: int) -> list[Segment]:
        labels = self.labels[i]
        runs = _runs(labels)
        text: dict[int, bytes] = {}
        for first, last in runs:
            strand = int(labels[first])
            text[strand] = text.get(strand, b"") + self._words(i, first, last)
        number = {s: self.wordings[s].setdefault(words, len(self.wordings[s])) for s, words in text.items()}
        edges = self._edges(i, [first for first, _ in runs])
        return [
            Segment(start, end, int(labels[first]), number[int(labels[first])])
            for (first, _), (start, end) in zip(runs, edges, strict=True)
        ]

    def _edges(self, i: int, firsts: list[int]) -> list[tuple[int, int]]:
        """Where the runs that begin at these words start and end, with the punctuation that belongs to them.

        What stands between two runs is cut at its first white space, or goes to the earlier run.
        """
        base, text, count = int(self.tokens[i]), self.texts[i], self._count(i)
        edges: list[tuple[int, int]] = []
        before = 0
        for first, following in zip(firsts, [*firsts, count][1:], strict=True):
            start, end = int(self.start[base + first]), int(self.end[base + following - 1])
            while start > before and not text[start - 1].isspace():
                start -= 1
            limit = int(self.start[base + following]) if following < count else len(text)
            while end < limit and not text[end].isspace():
                end += 1
            edges.append((start, end))
            before = end
        return edges


def _let_go(
    taken: NDArray[np.int64], same: NDArray[np.bool_], content: NDArray[np.bool_], edges: Sequence[int]
) -> None:
    """Take strands from words that have too little of them, as a paragraph has that was put in between.

    `same` are the words that correspond; the pieces of the text lie between `edges`. A run that is let go
    joins what is left before it in its piece, or after it: a sentence is not torn by a word that both have.
    """
    known = np.logical_and.reduceat(same, edges[:-1]).tolist()
    whole = [ends for ends, all_same in zip(pairwise(edges), known, strict=True) if all_same]
    runs = _runs(taken)
    counts = np.add.reduceat(same, [first for first, _ in runs], dtype=np.int64).tolist()
    for (first, last), count in zip(runs, counts, strict=True):
        # a word or two in common do not make a paragraph the same, unless they are all of it
        if count < STRAY and not any(first <= begin and end <= last for begin, end in whole):
            taken[first:last] = -1
    for begin, end in (ends for ends, all_same in zip(pairwise(edges), known, strict=True) if not all_same):
        piece, kept = taken[begin:end], np.full(end - begin, -1, np.int64)
        for first, last in _runs(piece):
            inside = slice(begin + first, begin + last)
            if _are_alike(same[inside], content[inside]):
                kept[first:last] = piece[first:last]
        held = np.maximum.accumulate(np.where(kept >= 0, np.arange(len(kept)), -1))
        held[held < 0] = int(np.argmax(kept >= 0))
        piece[:] = kept[held]
        for first, last in _runs(piece):
            inside = slice(begin + first, begin + last)
            if not _are_alike(same[inside], content[inside]):
                piece[first:last] = -1


def _are_alike(same: NDArray[np.bool_], content: NDArray[np.bool_]) -> bool:
    """Whether enough of some words correspond, the content words if there are any."""
    counted = same[content] if content.any() else same
    return bool(np.count_nonzero(counted) >= ALIKE * len(counted))


def _equal(a: NDArray[np.uint32], b: NDArray[np.uint32]) -> int:
    """How many words are the same from the first on."""
    most = min(len(a), len(b))
    differ = (a[:most] != b[:most]).nonzero()[0]
    return int(differ[0]) if len(differ) else most


def _runs(labels: NDArray[np.int64]) -> list[tuple[int, int]]:
    """The half-open runs of equal labels."""
    if not len(labels):
        return []
    cuts = ((labels[1:] != labels[:-1]).nonzero()[0] + 1).tolist()
    return list(zip([0, *cuts], [*cuts, len(labels)], strict=True))


def _shared(match: Match) -> float:
    return sum(passage.words * passage.similarity for passage in match.passages)
