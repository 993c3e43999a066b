"""Weak links, the strongest first: which of them join two groups, and which tell of two stories."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import union_kernel
from dedup.links import Stretch

APART = 0.5
"""Two stretches of an article that have less than this share of the shorter in common are of two stories."""
LARGE = 16
"""Where one article alone of a story of so many shares something with another, and so little that it may be
chance, that ties no group to the story: of 20,000 copies some share a passage with a stranger by chance. By
that, 16 of 180,000 others had joined them; no planted pair and no pair of Reuters stories is parted."""
HOST = 4
"""An article that is one text with others stays what they are where it joins so many times fewer; else, like
one that is alone, it belongs to what it joins by the part that it shares with that: the same round-up in two
papers is no more a part of each story that it tells than in one."""
LOOK = 8
"""Links of an article to a group, or to all, the strongest, whose stretches are looked at."""
ITEM = 1 / 3
"""What an article has of an earlier one is an item, as of a digest, if it is less of all that it shares."""


def needed(size: int) -> int:
    """How many articles on either side must be linked to unite two groups, the smaller of `size`."""
    return min(3, (size + 3) // 4)


class Joining:
    """Groups while weak links join them. A group goes by its root in `parent`, which is changed in place.

    Articles are places in `parent` (n); row i of `a` and `b` ties two of them. `weak` are the rows of links
    between groups, the strongest first: a link is a place in it, and `faint` tells those that may be chance.
    `strong` are the rows, the strongest first, by which their articles are one text with others. `stretch`
    gives what a row is about in both articles, None if that is not known. The root of a group need not be
    its smallest article in the end.
    """

    def __init__(
        self,
        parent: NDArray[np.int64],
        a: NDArray[np.int64],
        b: NDArray[np.int64],
        weak: NDArray[np.int64],
        *,
        strong: NDArray[np.int64],
        stretch: Callable[[int], Stretch | None],
        faint: NDArray[np.bool_],
    ) -> None:
        self._parent, self._a, self._weak, self._stretch, self._faint = parent, a, weak, stretch, faint
        root = union_kernel.roots(parent, np.arange(len(parent), dtype=np.int64))
        self._size = np.bincount(root, minlength=len(parent))
        self._held = self._size[root]  # how many articles are one text with each
        # links of each group
        self._tied = np.bincount(root[np.concatenate((a[weak], b[weak]))], minlength=len(parent))
        # For each article the strongest of all its links, and of those to what it is one text with; and, once
        # it came to its group by a part of it, those to others of the group.
        self._ties = _strongest(weak, a, b)
        self._alike = _strongest(strong, a, b)
        self._inside: dict[int, list[int]] = {}
        # For each group: its neighbours, with the articles on this side that carry links, and the strongest.
        self._near: dict[int, dict[int, dict[int, int]]] = {}
        self._parts: dict[tuple[int, int], tuple[int, int] | None] = {}
        one, two = a[weak].tolist(), b[weak].tolist()
        ends = list(zip(root[one].tolist(), root[two].tolist(), strict=True))
        for link, (x, y, (rx, ry)) in enumerate(zip(one, two, ends, strict=True)):
            self._near.setdefault(rx, {}).setdefault(ry, {}).setdefault(x, link)
            self._near.setdefault(ry, {}).setdefault(rx, {}).setdefault(y, link)
        self._pending = list(dict.fromkeys(ends))

    def join(self) -> None:
        """Unite groups along the links until no more may be joined."""
        for left_over in (False, True):  # at last, an article alone belongs to what has it, but no digest
            while self._join_once(left_over=left_over):
                pass

    def _join_once(self, *, left_over: bool) -> bool:
        """Go once through the groups that links tie, and unite those that may be; whether there were any."""
        joined, waiting = False, []
        for x, y in self._pending:
            rx, ry = self._find(x), self._find(y)
            if rx == ry:
                continue
            if not all(self._linked(*ends, left_over=left_over) for ends in ((rx, ry), (ry, rx))):
                waiting.append((rx, ry))
                continue
            for own, other in ((rx, ry), (ry, rx)):
                # what has an article that is left over stays what it is
                if not (left_over and self._size[other] == 1 < self._size[own]):
                    self._come(own, other)
            self._unite(rx, ry)
            joined = True
        self._pending = list(dict.fromkeys(waiting))
        return joined

    def _find(self, x: int) -> int:
        """The root of the group of an article."""
        parent = self._parent
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = int(parent[x])
        return x

    def _linked(self, group: int, other: int, *, left_over: bool) -> bool:
        """Whether enough articles of a group are linked to another by what its own share with them too."""
        least = min(self._size[group], self._size[other])
        carriers, wanted = self._near[group][other], needed(int(least))
        if len(carriers) == 1 and self._size[group] >= LARGE and self._faint[next(iter(carriers.values()))]:
            return False
        if len(carriers) < wanted:
            return False
        if left_over and least == 1:
            return self._size[group] == 1 or not all(
                self._is_item(article, link, other) for article, link in carriers.items()
            )
        carrying = (article for article, link in carriers.items() if self._carries(article, link))
        return sum(1 for _ in islice(carrying, wanted)) == wanted

    def _carries(self, article: int, link: int) -> bool:
        """Whether what an article shares by a link is no other part of it than what ties it to its group."""
        came = [int(self._weak[each]) for each in self._inside.get(article, ())]
        mine = [self._part(article, row) for row in came or self._alike.get(article, [])]
        theirs = self._part(article, int(self._weak[link])) if mine else None
        known = [each for each in mine if each is not None]
        if theirs is None or not known or len(known) < len(mine):
            return True
        begin, end = _around(known)
        least = min(end - begin, theirs[1] - theirs[0])
        return min(end, theirs[1]) - max(begin, theirs[0]) >= APART * least

    def _is_item(self, article: int, link: int, alone: int) -> bool:
        """Whether what an article shares with an earlier one is but one of several parts that it shares."""
        theirs = self._part(article, int(self._weak[link]))
        if theirs is None or article < alone:  # what many later ones have a part of is their source
            return False
        parts = (self._part(article, row) for row in self._ties[article])
        begin, end = _around([theirs, *(each for each in parts if each is not None)])
        return theirs[1] - theirs[0] < ITEM * (end - begin)

    def _part(self, article: int, row: int) -> tuple[int, int] | None:
        """The part of an article that a row is about; None if that is not known."""
        if (article, row) not in self._parts:
            found = self._stretch(row)
            part = None if found is None else found[:2] if self._a[row] == article else found[2:]
            self._parts[article, row] = part
        return self._parts[article, row]

    def _come(self, group: int, other: int) -> None:
        """Note by what the articles of a group that are linked to another come to it."""
        for article, link in self._near[group][other].items():
            if self._held[article] < HOST * self._size[other]:
                self._inside[article] = sorted((*self._inside.get(article, ()), link))[:LOOK]

    def _unite(self, x: int, y: int) -> None:
        """Make one group of two, under the root of the one with more links."""
        near = self._near
        keep, drop = (x, y) if self._tied[x] >= self._tied[y] else (y, x)
        self._parent[drop] = keep
        self._size[keep] += self._size[drop]
        self._tied[keep] += self._tied[drop]
        del near[keep][drop]
        for other, carriers in near.pop(drop).items():
            if other != keep:
                _add(near[keep].setdefault(other, {}), carriers)
                _add(near[other].setdefault(keep, {}), near[other].pop(drop))


def _strongest(rows: NDArray[np.int64], a: NDArray[np.int64], b: NDArray[np.int64]) -> dict[int, list[int]]:
    """For each article the first of these rows that tie it, at most LOOK."""
    found: dict[int, list[int]] = {}
    for row, *both in zip(rows.tolist(), a[rows].tolist(), b[rows].tolist(), strict=True):
        for article in both:
            if len(own := found.setdefault(article, [])) < LOOK:
                own.append(row)
    return found


def _around(parts: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Where several parts of a text begin and end."""
    return min(begin for begin, _ in parts), max(end for _, end in parts)


def _add(carriers: dict[int, int], more: dict[int, int]) -> None:
    """Add articles that carry links, each with the strongest."""
    for article, link in more.items():
        carriers[article] = min(link, carriers.get(article, link))
