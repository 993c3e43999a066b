"""Articles made ready for the comparison: their sketches, with structure and order, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.arrays.ordered import each_once
from dedup.arrays.ragged import gather
from dedup.comparison import kernel
from dedup.comparison.block_kernel import block_quotes
from dedup.comparison.constants import Constants, rarity_squared
from dedup.comparison.evidence import looseness, rewriting
from dedup.comparison.furniture_kernel import furniture
from dedup.comparison.lexicon import lexicon
from dedup.comparison.structure_kernel import BOILERPLATE, structure
from dedup.comparison.word_kernel import prepare
from dedup.sketch import Sketches, code_points
from dedup.threads import in_order

PAIRS = 512
"""Pairs in one call of the kernel."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What the kernel found for m pairs; see `kernel.compare`.

    Passages are in tokens; those of pair p are `passages[offsets[p] : offsets[p + 1]]`. Their weights are
    what they are worth as evidence, `rewriting` times what their words alone are worth.
    """

    measures: NDArray[np.float64]
    offsets: NDArray[np.int64]
    passages: NDArray[np.int32]
    weights: NDArray[np.float64]
    rewriting: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Prepared:
    """Some of the articles of `Sketches`: row i of all is article `rows[i]`.

    The columns of `offsets` (n + 1, 4) are those of `word`, `place`, `term` and `distinct`; see
    `word_kernel.prepare`.
    """

    rows: NDArray[np.int64]
    base: NDArray[np.int64]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    stem: NDArray[np.uint32]
    level: NDArray[np.uint8]
    sentence: NDArray[np.int32]
    flags: NDArray[np.uint8]
    shingles: NDArray[np.int64]
    shingle: NDArray[np.uint64]
    own_weight: NDArray[np.float64]
    offsets: NDArray[np.int64]
    word_of: NDArray[np.int32]
    word: NDArray[np.uint32]
    columns: NDArray[np.int32]
    place: NDArray[np.int32]
    term: NDArray[np.int32]
    distinct: NDArray[np.uint64]
    at: NDArray[np.int32]

    def compare(self, pairs: NDArray[np.int64]) -> Compared:
        """Compare pairs (m, 2) of row numbers of the sketches, in threads."""
        local = np.searchsorted(self.rows, pairs)
        chunks = [local[begin : begin + PAIRS] for begin in range(0, max(len(local), 1), PAIRS)]
        constants, rarity2 = Constants(), rarity_squared()

        def run(chunk: NDArray[np.int64]) -> tuple[NDArray[np.float64], ...]:
            found: tuple[NDArray[np.float64], ...] = kernel.compare(
                chunk, self.base, self.stem, self.level, self.sentence, self.flags, self.word_of,
                self.offsets, self.word, self.columns, self.place, self.term,
                self.shingles, self.shingle, self.distinct, self.at, rarity2, constants,
            )  # fmt: skip
            return found

        parts = list(in_order(run, chunks))
        offsets = np.concatenate(([0], *(np.diff(part[1]) for part in parts))).cumsum()
        passages = np.concatenate([part[2] for part in parts])
        more = rewriting(passages)
        weights = np.concatenate([part[3] for part in parts]) * looseness(passages) * more
        measures = np.concatenate([part[0] for part in parts])
        return Compared(measures, offsets.astype(np.int64), passages, weights, more)


def _gather(
    offsets: NDArray[np.int64], rows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64] | slice]:
    """Offsets of the chosen rows side by side, and the places of their entries (of all: those there are)."""
    if len(rows) == len(offsets) - 1:
        return offsets, slice(None)
    return gather(offsets, rows)


def prepare_articles(texts: Sequence[str], sketches: Sketches, rows: NDArray[np.int64]) -> Prepared:
    """Make the articles `rows` (sorted, distinct) ready; `texts[i]` is the text of `rows[i]`."""
    base, places = _gather(sketches.tokens, rows)
    start, end = sketches.start[places], sketches.end[places]
    stem, level, marked = sketches.stem[places], sketches.level[places], sketches.marked[places]
    shingles, places = _gather(sketches.shingles, rows)
    shingle = sketches.shingle[places]

    def part(span: tuple[int, int]) -> tuple[NDArray[np.uint64], ...]:
        low, high = span
        codes, starts = code_points(texts[low:high])
        tokens = slice(base[low], base[high])
        own = base[low : high + 1] - base[low]
        sentence, flags, gaps = structure(codes, starts, own, start[tokens], end[tokens])
        block_quotes(
            codes, starts, own, start[tokens], end[tokens], stem[tokens], sentence, *lexicon(), flags
        )
        furniture(
            codes, starts, own, start[tokens], end[tokens], stem[tokens], level[tokens], sentence, gaps,
            *lexicon(), flags,
        )  # fmt: skip
        flags |= marked[tokens] * np.uint8(BOILERPLATE)
        ready: tuple[NDArray[np.uint64], ...] = prepare(
            stem[tokens], level[tokens], sentence, flags, own, shingles[low : high + 1] - shingles[low],
            shingle[shingles[low] : shingles[high]], rarity_squared(),
        )  # fmt: skip
        return sentence, flags, *ready

    # In smaller parts it takes no less time, and what is made of them is put together again.
    cuts = each_once(np.searchsorted(base, np.arange(0, base[-1] + 1, 1 << 19)).clip(0, len(rows)))
    bounds = [0, *(int(cut) for cut in cuts if 0 < cut < len(rows)), len(rows)]
    spans = [(low, high) for low, high in pairwise(bounds) if low < high]
    parts = list(in_order(part, spans or [(0, len(rows))]))
    columns: Iterable[Any] = parts[0] if len(parts) == 1 else map(np.concatenate, zip(*parts, strict=True))
    sentence, flags, own_weight, counts, *ready = columns
    offsets = np.zeros((len(rows) + 1, 4), np.int64)
    np.cumsum(counts, axis=0, out=offsets[1:])
    return Prepared(
        rows, base, start, end, stem, level, sentence, flags, shingles, shingle, own_weight, offsets, *ready
    )
