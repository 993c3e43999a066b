"""Hashes as kernels: XXH64, reading memory by the word, and a mixer of 64 bits."""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.kernels import kernel

U64 = np.uint64
ZERO, ONE = U64(0), U64(1)

P1 = U64(0x9E3779B185EBCA87)
P2 = U64(0xC2B2AE3D27D4EB4F)
P3 = U64(0x165667B19E3779F9)
P4 = U64(0x85EBCA77C2B2AE63)
P5 = U64(0x27D4EB2F165667C5)


@kernel
def load32(data: Any, at: Any) -> Any:
    """Four bytes (uint8) at any place, little-endian, as uint64: LLVM makes one read of it."""
    return (
        U64(data[at]) | U64(data[at + ONE]) << U64(8)
        | U64(data[at + U64(2)]) << U64(16) | U64(data[at + U64(3)]) << U64(24)
    )  # fmt: skip


@kernel
def load64(data: Any, at: Any) -> Any:
    """Eight bytes, likewise."""
    return (
        U64(data[at]) | U64(data[at + ONE]) << U64(8)
        | U64(data[at + U64(2)]) << U64(16) | U64(data[at + U64(3)]) << U64(24)
        | U64(data[at + U64(4)]) << U64(32) | U64(data[at + U64(5)]) << U64(40)
        | U64(data[at + U64(6)]) << U64(48) | U64(data[at + U64(7)]) << U64(56)
    )  # fmt: skip


@kernel
def _rotate(x: Any, by: Any) -> Any:
    return (x << by) | (x >> (U64(64) - by))


@kernel
def _round(state: Any, lane: Any) -> Any:
    return _rotate(state + lane * P2, U64(31)) * P1


@kernel
def xxh64(data: Any, at: Any, end: Any) -> Any:
    """XXH64 with seed 0 of data[at:end] (uint8; uint64); PAD bytes after it must be there to be read."""
    length = end - at
    h = P5
    if length >= U64(32):
        v1, v2, v3, v4 = P1 + P2, P2, ZERO, ZERO - P1
        while at + U64(32) <= end:
            v1 = _round(v1, load64(data, at))
            v2 = _round(v2, load64(data, at + U64(8)))
            v3 = _round(v3, load64(data, at + U64(16)))
            v4 = _round(v4, load64(data, at + U64(24)))
            at += U64(32)
        h = _rotate(v1, U64(1)) + _rotate(v2, U64(7)) + _rotate(v3, U64(12)) + _rotate(v4, U64(18))
        for v in (v1, v2, v3, v4):
            h = (h ^ _round(ZERO, v)) * P1 + P4
    h += length
    # Fewer than 32 bytes are left. Lengths cannot be predicted, so all steps are taken, used or not.
    for _ in range(3):
        step = _rotate(h ^ _round(ZERO, load64(data, at)), U64(27)) * P1 + P4
        more = at + U64(8) <= end
        h = step if more else h
        at = at + U64(8) if more else at
    word = load32(data, at)
    step = _rotate(h ^ (word * P1), U64(23)) * P2 + P3
    more = at + U64(4) <= end
    h = step if more else h
    at = at + U64(4) if more else at
    word = load32(data, at)
    for _ in range(3):
        step = _rotate(h ^ ((word & U64(255)) * P5), U64(11)) * P1
        h = step if at < end else h
        at += ONE
        word >>= U64(8)
    h = (h ^ (h >> U64(33))) * P2
    h = (h ^ (h >> U64(29))) * P3
    return h ^ (h >> U64(32))


@kernel
def mix(x: Any) -> Any:
    """A bijection on 64 bits that spreads every bit over all (Vigna's splitmix64 finaliser)."""
    x = (x ^ (x >> U64(30))) * U64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> U64(27))) * U64(0x94D049BB133111EB)
    return x ^ (x >> U64(31))
