"""The frozen tables that tokens and keys depend on; `dedup/sketch/make_tables.py` makes them."""

from __future__ import annotations

import io
import pkgutil
from dataclasses import dataclass
from functools import cache
from random import Random

import numpy as np
from numpy.typing import NDArray

from dedup.sketch import stem_kernel


@dataclass(frozen=True, slots=True)
class Tables:
    """How code points fold, and how common stems are; laid out as the kernels read them.

    Code point c is `pages[page_of[c >> 8] * 256 + c % 256]` (uint32, with flags), and `expansions` (uint32)
    holds the foldings that are longer than one character. `words` (uint32) is a hash table of stems, sorted,
    each at or after the place that its top bits give, and `levels` (uint8, three rows) tells how common each
    is in English texts and in others, 0 where a place is free, and 1 if it is a stem of English.
    """

    version: int
    unicode: str
    pages: NDArray[np.uint32]
    page_of: NDArray[np.uint16]
    expansions: NDArray[np.uint32]
    words: NDArray[np.uint32]
    levels: NDArray[np.uint8]


@cache
def tables() -> Tables:
    """Load the tables, once."""
    # not by its path: the package may be a zip, as Spark sends it to its workers
    with np.load(io.BytesIO(pkgutil.get_data(__name__, "tables.npz") or b"")) as stored:
        here = stored["levels"]
        rows = here, here ^ stored["elsewhere"], np.unpackbits(stored["english"], count=len(here))
        words, levels = laid_out(np.cumsum(stored["words"], dtype=np.uint32), np.stack(rows))
        return Tables(
            version=int(stored["version"][0]),
            unicode=str(stored["unicode"]),
            pages=stored["pages"],
            page_of=stored["page_of"],
            expansions=stored["expansions"],
            words=words,
            levels=levels,
        )


def laid_out(
    words: NDArray[np.uint32], levels: NDArray[np.uint8]
) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """Sorted words and their levels as a table: word i is at its home, or after word i - 1."""
    order = np.arange(len(words))
    homes = (words >> np.uint32(32 - stem_kernel.TABLE_BITS)).astype(np.int64)
    places = np.maximum.accumulate(homes - order) + order
    size = (1 << stem_kernel.TABLE_BITS) + len(words)  # what overflows at the end, and a free place after it
    slots, values = np.zeros(size + 1, np.uint32), np.zeros((len(levels), size + 1), np.uint8)
    slots[places] = words
    for row, own in zip(values, levels, strict=True):  # all at once takes three times as long
        row[places] = own
    return slots, values


@cache
def permutations(count: int, seed: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """The (a, b) of datasketch's scheme affine32: odd factors and offsets of `h -> a h + b mod 2^32`.

    It draws them from numpy.random.RandomState(seed), which takes 20 ms to import. Python has the same
    generator (Matsumoto & Nishimura 1998), and begins it in another way.
    """
    state = [seed]
    for i in range(1, 624):
        state.append((1812433253 * (state[-1] ^ state[-1] >> 30) + i) % 2**32)
    generator = Random()  # noqa: S311 (nothing is secret)
    generator.setstate((3, (*state, len(state)), None))
    drawn = np.array([generator.getrandbits(32) for _ in range(2 * count)], np.uint32)
    return drawn[:count] % np.uint32(2**31) * np.uint32(2) + np.uint32(1), drawn[count:]
