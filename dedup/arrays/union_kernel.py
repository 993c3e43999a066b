"""Union-find on arrays (Tarjan 1975): `parent[i]` leads to the smallest member of the set of i."""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.kernels import kernel


@kernel
def root(parent: Any, x: Any) -> Any:
    """The smallest member of the set of x."""
    while parent[x] != x:
        parent[x] = parent[parent[x]]
        x = parent[x]
    return x


@kernel
def unite(parent: Any, a: Any, b: Any) -> None:
    """Unite the sets of a[i] and b[i], for every i."""
    for i in range(a.shape[0]):
        x, y = root(parent, a[i]), root(parent, b[i])
        if x < y:
            parent[y] = x
        else:
            parent[x] = y


@kernel
def roots(parent: Any, of: Any) -> Any:
    """The smallest member of the set of each entry of `of`."""
    out = np.empty(of.shape[0], np.int64)
    for i in range(of.shape[0]):
        out[i] = root(parent, of[i])
    return out


@kernel
def last_needed(parent: Any, a: Any, b: Any) -> Any:
    """The index of the last edge (in the given order) that still unites two sets; -1 if none does."""
    last = -1
    for i in range(a.shape[0]):
        x, y = root(parent, a[i]), root(parent, b[i])
        if x != y:
            parent[max(x, y)] = min(x, y)
            last = i
    return last
