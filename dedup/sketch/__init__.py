"""Article -> Sketch: tokens with their places in the text, shingles, signature, keys."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from functools import cache

import numpy as np
from numpy.typing import NDArray

from dedup.settings import Settings
from dedup.sketch import kernel
from dedup.sketch.tables import Tables, permutations, tables

__all__ = ["Sketches", "Tables", "bands_and_rows", "join", "sketch", "tables"]


@dataclass(frozen=True, slots=True)
class Sketches:
    """The sketches of n articles side by side; row i of `stem` is `stem[tokens[i] : tokens[i + 1]]`, and so on.

    `tokens`, `shingles` and `keys` are offsets, int64 (n + 1). Per token: `start` and `end`, its half-open range
    of code points in the article's text (int32), `stem`, a hash (uint32), and `level`, how common the stem
    is in quarters of log2 of its document frequency (uint8; 255 for function words). Per shingle: `shingle`,
    XXH64 (uint64) in order of the text, repeats included. `signature` is uint32 (n, permutations). Per key:
    `key` (uint64), the bands first (odd), then the fingerprints (even); distinct.
    """

    tokens: NDArray[np.int64]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    stem: NDArray[np.uint32]
    level: NDArray[np.uint8]
    shingles: NDArray[np.int64]
    shingle: NDArray[np.uint64]
    signature: NDArray[np.uint32]
    keys: NDArray[np.int64]
    key: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.tokens) - 1


@cache
def bands_and_rows(threshold: float, count: int) -> tuple[int, int]:
    """Bands and rows for a resemblance threshold, from datasketch's optimiser (equal weights)."""
    if (threshold, count) == (0.7, 128):
        return 14, 9  # the default; saves the 0.6 s that importing datasketch takes
    from datasketch.lsh import _optimal_param

    found: tuple[int, int] = _optimal_param(threshold, count, 0.5, 0.5)
    return found


def code_points(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """All texts as one array of code points, and where each begins (n + 1)."""
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(text) for text in texts], out=starts[1:])
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    return codes, starts


def sketch(texts: Sequence[str], settings: Settings, *, threads: int | None = None) -> Sketches:
    """Sketch texts in threads (all cores unless told). The result does not depend on their number."""
    parts = _split([len(text) for text in texts])
    if len(parts) == 1 or threads == 1:
        sketched = [_sketch_part(texts[part], settings) for part in parts]
    else:
        with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
            sketched = list(pool.map(lambda part: _sketch_part(texts[part], settings), parts))
    return sketched[0] if len(sketched) == 1 else join(sketched)


def _split(lengths: Sequence[int], size: int = 1 << 19) -> list[slice]:
    """Slices of about `size` characters each: enough for a kernel, little enough for the cache."""
    parts, begin, total = [], 0, 0
    for i, length in enumerate(lengths):
        total += length
        if total >= size:
            parts.append(slice(begin, i + 1))
            begin, total = i + 1, 0
    if begin < len(lengths) or not parts:
        parts.append(slice(begin, len(lengths)))
    return parts


def _sketch_part(texts: Sequence[str], settings: Settings) -> Sketches:
    table = tables()
    codes, starts = code_points(texts)
    tokens, start, end, folded, places = kernel.tokenise(codes, starts, table.pages, table.page_of)
    shingles, shingle = kernel.shingles(folded, places, tokens, settings.shingle)
    signature = kernel.signatures(shingle, shingles, *permutations(settings.permutations, settings.seed))
    stem = kernel.stems(folded, places)
    level = kernel.levels_of(stem, table.slots, table.levels)
    prints, fingerprint = kernel.fingerprints(stem, level, tokens, settings.window)
    bands, rows = bands_and_rows(settings.threshold, settings.permutations)
    banded = kernel.bands(signature, shingles, bands, rows)
    keys, key = kernel.join_keys(banded, shingles, fingerprint, prints)
    return Sketches(tokens, start, end, stem, level, shingles, shingle, signature, keys, key)


def join(parts: Sequence[Sketches]) -> Sketches:
    """Put sketches side by side, in this order."""
    joined = {}
    for name in (f.name for f in fields(Sketches)):
        arrays = [getattr(part, name) for part in parts]
        if name in ("tokens", "shingles", "keys"):
            bases = np.cumsum([0, *(array[-1] for array in arrays)])
            arrays = [array[1:] + base for array, base in zip(arrays, bases[:-1], strict=True)]
            arrays.insert(0, np.zeros(1, np.int64))
        joined[name] = np.concatenate(arrays)
    return Sketches(**joined)
