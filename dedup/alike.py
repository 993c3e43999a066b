"""Articles that share only a quotation, or only a form: what the matches tie together that join no group."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dedup.errors import UnknownArticle
from dedup.group import Links, describe, partition
from dedup.index import Store
from dedup.model import Group, Relation


def alike(store: Store, relation: Relation) -> Iterator[Group]:
    """The components of the matches of one relation, the largest first, described as groups are.

    They are no groups of the index: the id of each is made of the relation and its first article.
    """
    pairs = store.matches.pairs(relation)
    whole = np.ones(len(pairs))
    numbers, labels = partition(Links(pairs[:, 0], pairs[:, 1], whole, whole))
    order = np.argsort(labels, kind="stable")
    _, begins = np.unique(labels[order], return_index=True)
    for members in sorted(
        np.split(numbers[order], begins[1:]), key=lambda own: (-len(own), own.tolist()[:1])
    ):
        try:
            with store.reading():
                articles, found = store.articles.get(members, texts=False), store.matches.among(members)
        except UnknownArticle:  # removed since the pairs were read
            continue
        tied = [match for match in found if match.relation is relation]
        if tied:
            yield describe(f"{relation.value}:{articles[0].id}", articles, tied)
