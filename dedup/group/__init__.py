"""Matches -> groups: components of matches that join, cut where two stories hang on a few weak ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain, count, islice

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import union_kernel
from dedup.digest import is_day
from dedup.links import Links, Stretch
from dedup.model import Article, Group, Match

__all__ = ["Links", "describe", "name_groups", "partition"]

STRONG = 0.5
"""Resemblance from which two articles are the same text, so that their link alone joins two groups."""
APART = 0.5
"""Two stretches of an article that have less than this share of the shorter in common are of two stories."""
LARGE, CHANCE = 16, 0.05
"""Where one article alone of a story of so many shares something with another, and less than this part of
either, that ties no group to the story: of 20,000 copies some share a passage with a stranger by chance. By
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


def partition(links: Links) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Numbers of all linked articles, ascending, and for each the smallest number of its group.

    Articles whose resemblance is high are together. The other links are then taken from the strongest to the
    weakest, and join two groups if on both sides enough articles carry such links (`needed`): one article or
    two may belong to a story by one weak link, but two stories of many articles are not one because a single
    round-up quotes both, nor does what one of many shares by chance tie another to them all (LARGE). Nor are
    two stories of a few one: an article carries no link to another group if what it shares with that is
    another part of it than what it shares with its own. What is left alone belongs to what has such a part of
    it, but for later ones of which it is an item (ITEM). The result depends on the set of links, and on what
    came first, not on the order of links.
    """
    numbers, flat = np.unique(np.concatenate([links.a, links.b]), return_inverse=True)
    a, b = flat[: len(links.a)].astype(np.int64), flat[len(links.a) :].astype(np.int64)
    strong = links.resemblance >= STRONG
    parent = np.arange(len(numbers), dtype=np.int64)
    union_kernel.unite(parent, a[strong], b[strong])
    apart = union_kernel.roots(parent, a) != union_kernel.roots(parent, b)
    weak = np.flatnonzero(apart)
    x, y = np.minimum(a[weak], b[weak]), np.maximum(a[weak], b[weak])
    weak = weak[np.lexsort((y, x, -links.strength[weak]))]
    own = np.flatnonzero(strong & (np.isin(a, ends := np.union1d(x, y)) | np.isin(b, ends)))
    own = own[np.lexsort((np.maximum(a[own], b[own]), np.minimum(a[own], b[own]), -links.strength[own]))]
    _join_weak(parent, a, b, weak, strong=own, stretch=links.stretch, faint=links.strength[weak] < CHANCE)
    root = union_kernel.roots(parent, np.arange(len(numbers), dtype=np.int64))
    _, first, label = np.unique(root, return_index=True, return_inverse=True)
    return numbers, numbers[first][label]


def _join_weak(
    parent: NDArray[np.int64],
    a: NDArray[np.int64],
    b: NDArray[np.int64],
    weak: NDArray[np.int64],
    *,
    strong: NDArray[np.int64],
    stretch: Callable[[int], Stretch | None],
    faint: NDArray[np.bool_],
) -> None:
    """Unite groups along the links of the rows `weak`, the strongest first, until no more may be joined.

    `faint` tells those of them that may be chance. `strong` are the rows, the strongest first, by which their
    articles are one text with others. The root of a group need not be its smallest article then.
    """
    root = union_kernel.roots(parent, np.arange(len(parent), dtype=np.int64))
    size = np.bincount(root, minlength=len(parent))
    held = size[root]  # how many articles are one text with each
    one, two = a[weak].tolist(), b[weak].tolist()
    tied = np.bincount(root[np.concatenate((a[weak], b[weak]))], minlength=len(parent))  # links of each group
    # For each group: its neighbours, with the articles on this side that carry the links, and the strongest.
    near: dict[int, dict[int, dict[int, int]]] = {}
    # For each article that came to its group by a part: its strongest links to others of the group; and for
    # each that did not, those to what it is one text with.
    inside: dict[int, list[int]] = {}
    alike: dict[int, list[int]] = {}
    ties: dict[int, list[int]] = {}  # the strongest of all links of each
    for row, *both in zip(strong.tolist(), a[strong].tolist(), b[strong].tolist(), strict=True):
        for article in both:
            if len(rows := alike.setdefault(article, [])) < LOOK:
                rows.append(row)
    for link, (x, y) in enumerate(zip(one, two, strict=True)):
        rx, ry = int(root[x]), int(root[y])
        near.setdefault(rx, {}).setdefault(ry, {}).setdefault(x, link)
        near.setdefault(ry, {}).setdefault(rx, {}).setdefault(y, link)
        for article in (x, y):
            if len(rows := ties.setdefault(article, [])) < LOOK:
                rows.append(int(weak[link]))

    def find(x: int) -> int:
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = int(parent[x])
        return x

    @cache
    def part(article: int, row: int) -> tuple[int, int] | None:
        """The part of an article that a link is about; None if that is not known."""
        found = stretch(row)
        return None if found is None else found[:2] if a[row] == article else found[2:]

    def carries(article: int, group: int, other: int) -> bool:
        """Whether what an article shares with its own group and with another is no different part of it."""
        came = [int(weak[link]) for link in inside.get(article, ())] or alike.get(article, [])
        mine = [part(article, row) for row in came]
        theirs = part(article, int(weak[near[group][other][article]])) if mine else None
        known = [each for each in mine if each is not None]
        if theirs is None or not known or len(known) < len(mine):
            return True
        begin, end = _around(known)
        least = min(end - begin, theirs[1] - theirs[0])
        return min(end, theirs[1]) - max(begin, theirs[0]) >= APART * least

    def is_item(article: int, group: int, alone: int) -> bool:
        """Whether what an article shares with an earlier one is but one of several parts that it shares."""
        theirs = part(article, int(weak[near[group][alone][article]]))
        if theirs is None or article < alone:  # what many later ones have a part of is their source
            return False
        known = [theirs, *(each for row in ties[article] if (each := part(article, row)) is not None)]
        begin, end = _around(known)
        return theirs[1] - theirs[0] < ITEM * (end - begin)

    def linked(group: int, other: int, *, left_over: bool) -> bool:
        """Whether enough articles of a group are linked to another by what its own share with them too."""
        least = min(size[group], size[other])
        carriers, wanted = near[group][other], needed(int(least))
        if len(carriers) == 1 and size[group] >= LARGE and faint[next(iter(carriers.values()))]:
            return False
        if len(carriers) < wanted:
            return False
        if left_over and least == 1:
            return size[group] == 1 or not all(is_item(article, group, other) for article in carriers)
        carrying = (article for article in carriers if carries(article, group, other))
        return sum(1 for _ in islice(carrying, wanted)) == wanted

    pending = list(dict.fromkeys(zip(root[one].tolist(), root[two].tolist(), strict=True)))
    for left_over in (False, True):  # at last, an article alone belongs to what has it, but no digest
        joined = True
        while joined:
            joined, waiting = False, []
            for x, y in pending:
                rx, ry = find(x), find(y)
                if rx == ry:
                    continue
                if not all(linked(*ends, left_over=left_over) for ends in ((rx, ry), (ry, rx))):
                    waiting.append((rx, ry))
                    continue
                for own, other in ((rx, ry), (ry, rx)):
                    if left_over and size[other] == 1 < size[own]:
                        continue  # what has an article that is left over stays what it is
                    for article, link in near[own][other].items():
                        if held[article] < HOST * size[other]:
                            inside[article] = sorted((*inside.get(article, ()), link))[:LOOK]
                keep, drop = (rx, ry) if tied[rx] >= tied[ry] else (ry, rx)
                parent[drop] = keep
                size[keep] += size[drop]
                tied[keep] += tied[drop]
                del near[keep][drop]
                for other, carriers in near.pop(drop).items():
                    if other != keep:
                        _add(near[keep].setdefault(other, {}), carriers)
                        _add(near[other].setdefault(keep, {}), near[other].pop(drop))
                joined = True
            pending = list(dict.fromkeys(waiting))


def _around(parts: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Where several parts of a text begin and end."""
    return min(begin for begin, _ in parts), max(end for _, end in parts)


def _add(carriers: dict[int, int], more: dict[int, int]) -> None:
    """Add articles that carry links, each with the strongest."""
    for article, link in more.items():
        carriers[article] = min(link, carriers.get(article, link))


def name_groups(
    members: Mapping[int, Sequence[int]],
    ids: Mapping[int, str],
    before: Mapping[int, str],
    *,
    taken: Iterable[str] = (),
) -> dict[int, str]:
    """An id for each group (keyed by its smallest number): the one it had, or that of its first article.

    `before` tells the group id that an article had. Where groups merge, the id of the one with the earliest
    article survives; where one splits, the part with the earliest article keeps it. Other groups have those
    that are `taken`; where all ids of the articles are, that of the first is numbered.
    """
    names: dict[int, str] = {}
    taken = set(taken)

    def had(first: int) -> Iterator[str]:
        return (before[number] for number in sorted(members[first]) if number in before)

    def own(first: int) -> Iterator[str]:
        return chain((ids[n] for n in sorted(members[first])), (f"{ids[first]}~{k}" for k in count(2)))

    for names_of in (had, own):  # no new group has an id that one had before
        for first in sorted(members.keys() - names.keys()):
            name = next((name for name in names_of(first) if name not in taken), None)
            if name is not None:
                names[first] = name
                taken.add(name)
    return names


def describe(name: str, articles: Sequence[Article], matches: Sequence[Match]) -> Group:
    """The group of these articles (in order of their numbers) and of the matches that tie them."""
    known = [a.published for a in articles if a.published is not None]
    begin, far = min(known, default=None), max(known, default=None)
    ordered = sorted(articles, key=lambda a: (a.published is None, a.published or far))
    # of the others of its day none may have been before one of which the hour is not known
    unsure = begin is not None and is_day(begin) and sum(a.date() == begin.date() for a in known) > 1
    first = [a for a in articles if known and a.published == begin]
    earliest = first[0].id if len(first) == 1 and len(known) == len(articles) and not unsure else None
    return Group(
        id=name,
        articles=tuple(a.id for a in ordered),
        earliest=earliest,
        relation=min((match.relation for match in matches), key=lambda relation: relation.rank),
        weakest=_weakest(matches),
        matches=tuple(matches),
    )


def _weakest(matches: Sequence[Match]) -> float:
    """The larger containment of the weakest link of the strongest tree that spans the matches."""
    index: dict[str, int] = {}
    for match in matches:
        index.setdefault(match.a, len(index))
        index.setdefault(match.b, len(index))
    strength = np.array([m.containment for m in matches])
    order = np.argsort(-strength, kind="stable")
    a = np.array([index[m.a] for m in matches], np.int64)[order]
    b = np.array([index[m.b] for m in matches], np.int64)[order]
    last = union_kernel.last_needed(np.arange(len(index), dtype=np.int64), a, b)
    return float(strength[order][last])
