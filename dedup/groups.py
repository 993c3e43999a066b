"""The groups of an index, described."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice

import numpy as np

from dedup.arrays import union_kernel
from dedup.arrays.ordered import look_up
from dedup.group import describe
from dedup.index import Store
from dedup.model import Group, Match

AT_ONCE = 256
"""So many groups are read at a time."""


def groups(store: Store) -> Iterator[Group]:
    """All groups, the largest first."""
    names = iter(store.groups.names())
    while part := list(islice(names, AT_ONCE)):
        # others may write between one part and the next
        yield from store.read(partial(described, store, part))


def problems(store: Store) -> list[str]:
    """Groups that are not tied together by their matches, which no dedup makes."""
    with store.reading():
        links = store.matches.links()
        numbers, groups = store.groups.memberships()
    parent = np.arange(len(numbers), dtype=np.int64)
    if len(numbers):
        (a, has_a), (b, has_b) = look_up(numbers, links.a), look_up(numbers, links.b)
        inside = has_a & has_b & (groups[a] == groups[b])
        union_kernel.unite(parent, a[inside], b[inside])
    parts = np.unique(np.column_stack((groups, union_kernel.roots(parent, parent))), axis=0)
    untied = np.count_nonzero(np.unique(parts[:, 0], return_counts=True)[1] > 1)
    return [f"{untied} groups that no matches tie together"] if untied else []


def described(store: Store, names: Sequence[str]) -> list[Group]:
    """Those of these groups that have two articles or more. The caller holds the transaction."""
    members = {name: own for name, own in store.groups.members_of(names).items() if len(own) > 1}
    numbers = [number for own in members.values() for number in own]
    articles = dict(zip(numbers, store.articles.get(numbers, texts=False), strict=True))
    name_of = {articles[number].id: name for name, own in members.items() for number in own}
    joining: dict[str, list[Match]] = {name: [] for name in members}
    for match in store.matches.among(numbers):
        if match.relation.joins and name_of[match.a] == name_of[match.b]:
            joining[name_of[match.a]].append(match)
    return [
        describe(name, [articles[number] for number in members[name]], joining[name])
        for name in names
        if name in members
    ]
