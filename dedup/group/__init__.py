"""Matches -> groups: components of matches that join, cut where two stories hang on a few weak ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, count

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import union_kernel
from dedup.digest import is_day
from dedup.group.joining import Joining
from dedup.links import Links
from dedup.model import Article, Group, Match

__all__ = ["Links", "describe", "members_of", "name_groups", "partition"]

STRONG = 0.5
"""Resemblance from which two articles are the same text, so that their link alone joins two groups."""
CHANCE = 0.05
"""A link by less than this part of either article may be chance; see `joining.LARGE`."""


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
    faint = links.strength[weak] < CHANCE
    Joining(parent, a, b, weak, strong=own, stretch=links.stretch, faint=faint).join()
    root = union_kernel.roots(parent, np.arange(len(numbers), dtype=np.int64))
    _, first, label = np.unique(root, return_index=True, return_inverse=True)
    return numbers, numbers[first][label]


def members_of(numbers: NDArray[np.int64], labels: NDArray[np.int64]) -> dict[int, list[int]]:
    """The numbers of each group of two articles or more, by its label; see `partition`."""
    members: dict[int, list[int]] = {}
    for number, label in zip(numbers.tolist(), labels.tolist(), strict=True):
        members.setdefault(label, []).append(number)
    return {label: own for label, own in members.items() if len(own) > 1}


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
