"""The words in which two aligned texts differ."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal, NamedTuple

from dedup.comparison.structure_kernel import IN_NUMBERS
from dedup.model import Span
from dedup.settings import Settings
from dedup.sketch import Sketches, sketch
from dedup.sketch.stem_kernel import FUNCTION

Kind = Literal["kept", "inserted", "dropped", "replaced"]

SMALL = 400
"""Words a side up to which the longest common runs are searched for outright."""


class Difference(NamedTuple):
    """A stretch of both texts: kept, inserted (only in b), dropped (only in a) or replaced."""

    kind: Kind
    a: Span
    b: Span


def differences(a: str, b: str) -> list[Difference]:
    """Word-level differences of two texts, in order; together they hold every word of both.

    Words are the same when they fold to the same token, whatever their case, accents and apostrophes.
    """
    sketches = sketch([a, b], Settings(shingle=1), keys=False)
    words = [sketches.shingle[sketches.tokens[i] : sketches.tokens[i + 1]].tolist() for i in (0, 1)]
    ends = (len(words[0]), len(words[1]), 0)
    function = (sketches.level[: ends[0]] == FUNCTION).tolist()
    inside = [_inside_numbers(sketches, side, text) for side, text in enumerate((a, b))]
    common = (whole for run in _common(*words) if (whole := _with_whole_numbers(*run, *inside))[2])
    found: list[Difference] = []
    i = j = 0
    for i0, j0, size in [*_telling([*common, ends], function), ends]:
        if (i, j) != (i0, j0):
            kind: Kind = "inserted" if i == i0 else "dropped" if j == j0 else "replaced"
            found.append(Difference(kind, _span(sketches, 0, i, i0), _span(sketches, 1, j, j0)))
        if size:
            spans = _span(sketches, 0, i0, i0 + size), _span(sketches, 1, j0, j0 + size)
            found.append(Difference("kept", *spans))
        i, j = i0 + size, j0 + size
    return found


def _inside_numbers(sketches: Sketches, row: int, text: str) -> list[bool]:
    """Of each word of a text, and of its end, whether it goes on with the number of the word before it."""
    own = slice(int(sketches.tokens[row]), int(sketches.tokens[row + 1]))
    spans = list(zip(sketches.start[own].tolist(), sketches.end[own].tolist(), strict=True))
    joined = [
        start == end + 1
        and ord(text[end]) in IN_NUMBERS
        and text[end - 1].isdigit()
        and text[start].isdigit()
        for (_, end), (start, _) in pairwise(spans)
    ]
    return [False, *joined, False]


def _with_whole_numbers(
    i: int, j: int, size: int, inside_a: Sequence[bool], inside_b: Sequence[bool]
) -> tuple[int, int, int]:
    """A common run without the parts of numbers that are others, as 5.8 and 5.9 are."""
    while size and (inside_a[i] or inside_b[j]):
        i, j, size = i + 1, j + 1, size - 1
    if inside_a[i + size] or inside_b[j + size]:
        while size and (inside_a[i + size - 1] or inside_b[j + size - 1]):
            size -= 1
        size -= size > 0
    return i, j, size


def _span(sketches: Sketches, row: int, begin: int, end: int) -> Span:
    """The characters of tokens [begin, end); of none, the place where the last token before it ends."""
    base = int(sketches.tokens[row])
    if begin < end:
        return Span(int(sketches.start[base + begin]), int(sketches.end[base + end - 1]))
    at = int(sketches.end[base + begin - 1]) if begin else 0
    return Span(at, at)


def _common(a: list[int], b: list[int]) -> Iterator[tuple[int, int, int]]:
    """Common runs (i, j, size) of two sequences, in order, touching ones joined."""
    held = (0, 0, 0)
    for i, j, size in _runs(a, b, range(len(a)), range(len(b))):
        if (held[0] + held[2], held[1] + held[2]) == (i, j):
            held = (held[0], held[1], held[2] + size)
        else:
            if held[2]:
                yield held
            held = (i, j, size)
    if held[2]:
        yield held


def _telling(runs: list[tuple[int, int, int]], function: list[bool]) -> Iterator[tuple[int, int, int]]:
    """All runs but the last, which is the end, without function words amid changes of more words each."""
    i = j = 0
    for (i0, j0, size), (i1, j1, _) in pairwise(runs):
        least = min(max(i0 - i, j0 - j), max(i1 - i0, j1 - j0) - size)
        if least <= size or not all(function[i0 : i0 + size]):
            yield i0, j0, size
            i, j = i0 + size, j0 + size


def _runs(a: list[int], b: list[int], in_a: range, in_b: range) -> Iterator[tuple[int, int, int]]:
    """Equal ends first, then words that are unique in both (patience diff), then the longest common runs."""
    i, i1, j, j1 = in_a.start, in_a.stop, in_b.start, in_b.stop
    head = 0
    while i + head < i1 and j + head < j1 and a[i + head] == b[j + head]:
        head += 1
    if head:
        yield i, j, head
    i, j = i + head, j + head
    tail = 0
    while i1 - tail > i and j1 - tail > j and a[i1 - tail - 1] == b[j1 - tail - 1]:
        tail += 1
    i1, j1 = i1 - tail, j1 - tail
    if i < i1 and j < j1:
        if max(i1 - i, j1 - j) <= SMALL:
            for block in SequenceMatcher(None, a[i:i1], b[j:j1], autojunk=False).get_matching_blocks():
                if block.size:
                    yield i + block.a, j + block.b, block.size
        else:
            for low, high in _unique_in_order(a, b, range(i, i1), range(j, j1)):
                yield from _runs(a, b, range(i, low), range(j, high))
                yield low, high, 1
                i, j = low + 1, high + 1
            if max(i1 - i, j1 - j) <= SMALL:
                yield from _runs(a, b, range(i, i1), range(j, j1))
    if tail:
        yield i1, j1, tail


def _unique_in_order(a: list[int], b: list[int], in_a: range, in_b: range) -> list[tuple[int, int]]:
    """The longest increasing sequence of the places of words that occur once in both ranges."""
    places_b: dict[int, int] = {}
    for at in in_b:
        places_b[b[at]] = -1 if b[at] in places_b else at
    count_a = Counter(a[in_a.start : in_a.stop])
    lasts: list[int] = []
    chains: list[tuple[int, int, int]] = []
    ends: list[int] = []
    for at in in_a:
        other = places_b.get(a[at], -1)
        if other < 0 or count_a[a[at]] > 1:
            continue
        k = bisect_left(lasts, other)
        chains.append((at, other, ends[k - 1] if k else -1))
        if k == len(lasts):
            lasts.append(other)
            ends.append(len(chains) - 1)
        else:
            lasts[k] = other
            ends[k] = len(chains) - 1
    found = []
    k = ends[-1] if ends else -1
    while k >= 0:
        at, other, k = chains[k]
        found.append((at, other))
    return found[::-1]
