"""The engine finds in the fixtures what a careful reader finds, and in the seeds what there is to find."""

import json
import random
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

import dedup
from dedup.model import Article
from dedup.read import read

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"
SEEDS = ROOT.parent / "shared" / "seeds"
EXPECTED = json.loads((FIXTURES / "expected.json").read_text(encoding="utf-8"))
GROUPS = {frozenset(group["articles"]): group["relation"] for group in EXPECTED["groups"]}


def articles(folder: Path) -> list[Article]:
    found = list(read([str(folder)]))
    assert all(isinstance(one, Article) for one in found), found
    return found


def groups(index: dedup.Index) -> dict[frozenset[str], str]:
    return {frozenset(group.articles): str(group.relation) for group in index.groups()}


@pytest.fixture(scope="module")
def index() -> Iterator[dedup.Index]:
    with dedup.open(":memory:") as opened:
        report = opened.add(articles(FIXTURES / "articles"))
        assert (report.added, report.errors) == (35, [])
        yield opened


def test_the_expectations_speak_of_articles_that_are_there_and_agree_with_each_other():
    there = {article.id for article in articles(FIXTURES / "articles")}
    joined = {pair for group in GROUPS for pair in combinations(sorted(group), 2)}
    for pair in EXPECTED["matches"] + EXPECTED["apart"]:
        assert {pair["a"], pair["b"]} <= there
        assert pair["why"]
    for group in EXPECTED["groups"]:
        assert set(group["articles"]) <= there
    for pair in EXPECTED["matches"]:
        joins = not {"quote", "template"} & set(pair["relations"])
        assert ((min(pair["a"], pair["b"]), max(pair["a"], pair["b"])) in joined) is joins
    assert not joined & {tuple(sorted((pair["a"], pair["b"]))) for pair in EXPECTED["apart"]}
    assert len({one for group in GROUPS for one in group}) == sum(map(len, GROUPS))


def test_the_groups_are_the_expected_ones(index):
    assert groups(index) == GROUPS


@pytest.mark.parametrize("pair", EXPECTED["matches"], ids=lambda pair: f"{pair['a']} {pair['b']}")
def test_a_match_is_called_what_it_is(index, pair):
    match = index.match(pair["a"], pair["b"])
    assert match is not None, pair["why"]
    assert str(match.relation) in pair["relations"], pair["why"]


@pytest.mark.parametrize("pair", EXPECTED["apart"], ids=lambda pair: f"{pair['a']} {pair['b']}")
def test_what_belongs_apart_is_in_no_group_together(index, pair):
    group = index.group_of(pair["a"])
    assert group is None or pair["b"] not in group.articles, pair["why"]


def test_passages_lie_where_they_are_said_to_lie(index):
    """A passage's spans are within the texts, and some of the one stands in the other."""
    texts = {article.id: article.text for article in articles(FIXTURES / "articles")}
    matches = [match for one in texts for match in index.matches_of(one)]
    assert {match.relation.joins for match in matches} >= {True}
    for match in matches:
        assert match.passages
        for passage in match.passages:
            a = texts[match.a][passage.a.start : passage.a.end]
            b = texts[match.b][passage.b.start : passage.b.end]
            assert len(a) == passage.a.end - passage.a.start
            assert len(b) == passage.b.end - passage.b.start
            assert any(a[at : at + 4] in b for at in range(len(a) - 3)), (a, b)


@pytest.mark.parametrize("seed", range(3))
def test_one_by_one_in_any_order_the_groups_are_the_same(seed):
    shuffled = articles(FIXTURES / "articles")
    random.Random(seed).shuffle(shuffled)
    with dedup.open(":memory:") as index:
        for article in shuffled:
            index.add([article])
        assert groups(index) == GROUPS


def test_of_the_seeds_only_the_two_that_retell_one_report_are_grouped():
    if not SEEDS.is_dir():
        pytest.skip("the seed articles are not here: ../shared/seeds")
    with dedup.open(":memory:") as index:
        index.add(articles(SEEDS))
        assert [[one[:3] for one in sorted(group.articles)] for group in index.groups()] == [["000", "001"]]
