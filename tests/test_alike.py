"""Sets of articles that share only a quotation or a form."""

from pathlib import Path

import pytest

import dedup
from dedup import Relation

FIXTURES = str(Path(__file__).parents[1] / "fixtures" / "articles")


@pytest.fixture(scope="module")
def index():
    from dedup.read import read

    with dedup.open(":memory:") as opened:
        opened.add(read([FIXTURES]))
        yield opened


@pytest.mark.parametrize("relation", [Relation.QUOTE, Relation.TEMPLATE, Relation.REVISION])
def test_they_are_the_components_of_the_matches_of_a_relation(index, relation):
    ids = [name for group in index.groups() for name in group.articles]
    found = list(index.alike(relation))
    matches = {}
    for name in {*ids, *(name for group in found for name in group.articles)}:
        for match in index.matches_of(name):
            if match.relation is relation:
                matches[match.a, match.b] = match
    assert matches
    part = {name: {name} for pair in matches for name in pair}
    for a, b in matches:
        if part[a] is not part[b]:
            part[a] |= part[b]
            for name in part[a]:
                part[name] = part[a]
    assert sorted(map(sorted, part.values())) == sorted(sorted(g.articles) for g in found for _ in g.articles)
    assert {(m.a, m.b) for g in found for m in g.matches} == set(matches)
    assert all(group.relation is relation for group in found)
    assert all(group.id.startswith(f"{relation.value}:") for group in found)
    assert [len(group.articles) for group in found] == sorted((len(g.articles) for g in found), reverse=True)


def test_where_there_is_none_there_is_none():
    with dedup.open(":memory:") as empty:
        assert list(empty.alike(Relation.QUOTE)) == []
