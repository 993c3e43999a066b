"""The frozen tables that tokens and keys depend on; `scripts/make_tables.py` makes them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.sketch import kernel


@dataclass(frozen=True, slots=True)
class Tables:
    """How code points fold (`pages`, `page_of`), and how common stems are (`slots`, `levels`)."""

    version: int
    unicode: str
    pages: NDArray[np.uint32]
    page_of: NDArray[np.uint16]
    slots: NDArray[np.uint32]
    levels: NDArray[np.uint8]


@cache
def tables() -> Tables:
    """Load the tables, once."""
    with np.load(Path(__file__).parent / "tables.npz") as stored:
        words = np.cumsum(stored["words"], dtype=np.uint32)
        bits = int(len(words) * 1.6).bit_length()
        slots, levels = kernel.build_table(words, stored["levels"], bits)
        return Tables(
            version=int(stored["version"][0]),
            unicode=str(stored["unicode"]),
            pages=stored["pages"],
            page_of=stored["page_of"],
            slots=slots,
            levels=levels,
        )


@cache
def permutations(count: int, seed: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """The (a, b) of datasketch's scheme affine32: odd factors and offsets of `h -> a h + b mod 2^32`."""
    generator: Any = np.random.RandomState(seed)
    factors = generator.randint(0, 2**31, count, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return factors, generator.randint(0, 2**32, count, dtype=np.uint32)
