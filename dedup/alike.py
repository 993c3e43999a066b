"""What lies beside the groups: articles that share only a quotation or a form, and what ties two groups."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from dedup.arrays.ordered import look_up
from dedup.errors import UnknownArticle
from dedup.group import CHANCE, Links, describe, partition
from dedup.index import Store
from dedup.model import Group, Match, Relation

ACROSS = "across:"
"""With what the ids of sets across groups begin."""


def alike(store: Store, relation: Relation) -> Iterator[Group]:
    """The components of the matches of one relation, the largest first, described as groups are.

    Of a relation that joins no group, matches of two articles of one group tie nothing: these share more.
    They are no groups of the index: the id of each is made of the relation and its first article.
    """
    pairs = store.matches.pairs(relation)
    if not relation.joins:
        own, other, both = _groups(store, pairs)
        pairs = pairs[~both | (own != other)]
    whole = np.ones(len(pairs))
    numbers, labels = partition(Links(pairs[:, 0], pairs[:, 1], whole, whole))
    of_pair = labels[look_up(numbers, pairs[:, 0])[0]]
    parts = zip(_by_label(numbers, labels), _by_label(pairs, of_pair), strict=True)
    for members, tied in sorted(parts, key=lambda part: (-len(part[0]), part[0].tolist()[:1])):
        yield from _described(store, members, set(map(tuple, tied.tolist())), relation=relation)


def _by_label(rows: NDArray[np.int64], labels: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """The rows of each label, in order of these."""
    order = np.argsort(labels, kind="stable")
    _, begins = np.unique(labels[order], return_index=True)
    return np.split(rows[order], begins[1:])


def across(store: Store, *, alone: bool = False) -> Iterator[Group]:
    """What lies between groups though it would join: for each group how it is in others, the largest first.

    So is a round-up in all stories that it tells, and a version of one. Of two groups it is that with fewer
    articles to tie them which is in the other, or the later one. If asked for, an article that is `alone`
    counts as a group, unless it shares so little that it may be chance. The sets are described as groups are;
    the id of each is made of its group's first article in it.
    """
    links = store.matches.links()
    pairs = np.column_stack((links.a, links.b))
    own, other, both = _groups(store, pairs)
    told = both | (alone & ((own >= 0) | (other >= 0)) & (links.strength >= CHANCE))
    apart = told & (own != other)
    ties: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for (a, b), x, y in zip(pairs[apart].tolist(), own[apart].tolist(), other[apart].tolist(), strict=True):
        ties.setdefault((min(x, y), max(x, y)), []).append((a, b) if x < y else (b, a))
    found: dict[int, list[tuple[int, int]]] = {}
    first: dict[int, int] = {}
    for groups, tied in ties.items():
        sides = [{pair[side] for pair in tied} for side in (0, 1)]
        side = min((0, 1), key=lambda side: (len(sides[side]), -min(sides[side])))
        group = groups[side]
        found.setdefault(group, []).extend((min(pair), max(pair)) for pair in tied)
        first[group] = min(first.get(group, min(sides[side])), *sides[side])
    members = {group: np.unique(tied) for group, tied in found.items()}
    for group in sorted(found, key=lambda group: (-len(members[group]), first[group])):
        yield from _described(store, members[group], set(found[group]), first=first[group])


def ties(store: Store, ids: Mapping[int, str]) -> tuple[dict[str, str], list[Match]]:
    """The ids of the groups of those of some articles, by number, that have one; and what ties two of one."""
    numbers = list(ids)
    named = {ids[number]: name for number, name in store.groups.of(numbers).items()}
    found = (match for match in store.matches.among(numbers) if match.relation.joins)
    return named, [match for match in found if named.get(match.a, "") == named.get(match.b)]


def _groups(
    store: Store, pairs: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """The groups of both articles of each pair, by number, and whether both have one.

    An article without a group has its own number below 0.
    """
    numbers, groups = store.groups.memberships()
    if not len(numbers):
        return -pairs[:, 0], -pairs[:, 1], np.zeros(len(pairs), np.bool_)
    (a, has_a), (b, has_b) = look_up(numbers, pairs[:, 0]), look_up(numbers, pairs[:, 1])
    own, other = np.where(has_a, groups[a], -pairs[:, 0]), np.where(has_b, groups[b], -pairs[:, 1])
    return own, other, has_a & has_b


def _described(
    store: Store,
    numbers: NDArray[np.int64],
    pairs: Container[tuple[int, ...]],
    *,
    relation: Relation | None = None,
    first: int | None = None,
) -> Iterator[Group]:
    """The set of these articles with the matches of these pairs; none if one of them is gone.

    The matches have the relation, or else one that joins, and the set is named by the `first` article then.
    """
    try:
        with store.reading():
            articles, found = store.articles.get(numbers, texts=False), store.matches.among(numbers)
    except UnknownArticle:  # removed since the pairs were read
        return
    number = {article.id: n for article, n in zip(articles, numbers.tolist(), strict=True)}
    tied = [
        match
        for match in found
        if (match.relation.joins if relation is None else match.relation is relation)
        and (number[match.a], number[match.b]) in pairs
    ]
    if tied:
        kind = ACROSS if relation is None else f"{relation.value}:"
        name = next(article.id for article in articles if first in (None, number[article.id]))
        yield describe(kind + name, articles, tied)
