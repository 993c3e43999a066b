"""Sets of articles that share only a quotation or a form."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import quoted_in_a_story
from stories import digest_of_two, told_together, world

import dedup
from dedup import Relation
from dedup.group import CHANCE

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


def test_a_relation_may_be_told_by_its_name(index):
    assert list(index.alike("quote")) == list(index.alike(Relation.QUOTE)) != []
    with pytest.raises(ValueError, match="quotation"):
        index.alike("quotation")


def test_where_there_is_none_there_is_none():
    with dedup.open(":memory:") as empty:
        assert list(empty.alike(Relation.QUOTE)) == []
        assert list(empty.across()) == []
        assert empty.ties([]) == ({}, [])


def test_what_is_in_one_group_shares_no_mere_quotation():
    with dedup.open(":memory:") as index:
        index.add(quoted_in_a_story())
        (group,), (said,) = index.groups(), index.alike(Relation.QUOTE)
        assert sorted(group.articles) == ["copy", "report"]
        assert sorted(said.articles) == ["copy", "other", "report"]
        named, tied = index.ties(said.articles)
        assert named == dict.fromkeys(group.articles, group.id)
        assert tied == list(group.matches)
        # as if the two had been tied by a quotation too
        numbers = [index._store.articles.number_of(name) for name in ("report", "copy")]
        index._store.matches.put([numbers], [replace(group.matches[0], relation=Relation.QUOTE)])
        (left,) = index.alike(Relation.QUOTE)
        assert {(m.a, m.b) for m in left.matches} == {(m.a, m.b) for m in said.matches}
        assert index.ties(said.articles)[1] == []


def test_two_versions_of_one_story_are_no_set_by_themselves():
    with dedup.open(":memory:") as index:
        index.add(quoted_in_a_story()[:2])
        (group,) = index.groups()
        numbers = [index._store.articles.number_of(name) for name in ("report", "copy")]
        index._store.matches.put([numbers], [replace(group.matches[0], relation=Relation.TEMPLATE)])
        assert list(index.alike(Relation.TEMPLATE)) == []


def test_what_a_group_has_of_others_is_told_across_groups():
    articles = told_together(5)
    ids = {article.id for article in articles}
    with dedup.open(":memory:") as index:
        index.add(articles)
        assert len(list(index.groups())) == 2
        home = index.group_of("round-up")
        (found,) = index.across()
        assert found.id == "across:round-up"
        assert set(found.articles) == ids - {*home.articles} | {"round-up"}
        assert {frozenset((m.a, m.b)) for m in found.matches} == {
            frozenset((m.a, m.b))
            for m in index.matches_of("round-up")
            if {m.a, m.b} - {*home.articles} - {"round-up"}
        }
        named, tied = index.ties(found.articles)
        assert named == {name: index.group_of(name).id for name in found.articles}
        assert {frozenset((m.a, m.b)) for m in tied} <= {frozenset(found.articles) - {"round-up"}}


def test_of_an_article_that_is_alone_it_is_told_if_asked_what_has_a_part_of_it():
    with dedup.open(":memory:") as index:
        index.add(digest_of_two())
        home = index.group_of("digest")
        assert {*home.articles} == {"told", "again", "digest"}
        assert index.group_of("lone") is None
        assert list(index.across()) == []
        (found,) = index.across(alone=True)
        assert found.id == "across:digest"
        assert {*found.articles} == {"digest", "lone"}
        assert index.ties(found.articles) == ({"digest": home.id}, [])


@given(st.integers(0, 10**6))
@settings(max_examples=15)
def test_across_groups_lies_each_match_that_joins_and_is_in_no_group(seed):
    first, then = world(seed)
    with dedup.open(":memory:") as index:
        index.add(first)
        index.add(then)
        ids = [article.id for article in (*first, *then)]
        named, inside = index.ties(ids)
        joining = {(m.a, m.b) for name in ids for m in index.matches_of(name) if m.relation.joins}
        both = {(a, b) for a, b in joining if a in named and b in named}
        found = [(m.a, m.b) for own in index.across() for m in own.matches]
        assert len(found) == len(set(found))
        assert set(found) == both - {(m.a, m.b) for m in inside}
        with_lone = {(m.a, m.b) for own in index.across(alone=True) for m in own.matches}
        faint = {(m.a, m.b) for name in ids for m in index.matches_of(name) if m.containment < CHANCE}
        some = {(a, b) for a, b in joining if a in named or b in named}
        assert with_lone == set(found) | (some - both - faint)
        for own in index.across():
            first_of = named[own.id.removeprefix("across:")]
            assert all(first_of in (named[m.a], named[m.b]) for m in own.matches)
