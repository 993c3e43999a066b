"""Whatever happens to an index, and in whatever parts: it is whole, and what it tells is the same."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stories import story

import dedup
from dedup.model import Article

STORIES = 5
NOW = datetime.now(UTC)


@cache
def versions():
    """Texts of a few stories: whole, cut, with another beginning, two in one."""
    whole = [story(random.Random(n), 12) for n in range(STORIES)]
    texts = [" ".join(part) for own in whole for part in (own, own[:7], own[5:], [*own[:3], *own[4:]])]
    both = pairwise(whole)
    return [*texts, *(" ".join([*a[:6], *b[:6]]) for a, b in both)]


def published(n):
    """When each of the versions was: some are pruned when others are not."""
    return NOW - timedelta(days=7 * n % 40)


records = st.lists(
    st.tuples(st.sampled_from("ABCDEFGHIJKL"), st.integers(0, 4 * STORIES + STORIES - 2)),
    min_size=1,
    max_size=8,
    unique_by=lambda record: record[0],
)
steps = st.lists(
    st.tuples(st.sampled_from(["add", "add", "filter"]), records)
    | st.tuples(st.just("remove"), st.sets(st.sampled_from("ABCDEFGHIJKL"), min_size=1))
    | st.tuples(st.just("prune"), st.integers(10, 30))
    | st.tuples(st.just("compact"), st.none()),
    min_size=2,
    max_size=12,
)


def do(index, step, asked, batch):
    """One step; verdicts are told without groups, which are as of the end of the batch.

    New versions are added one by one: all old ones of a batch go before anything of it is compared.
    """
    known = index._store.articles.known("ABCDEFGHIJKL")
    if step == "compact":
        index.compact()
    elif step == "remove":
        index.remove(asked & known.keys())
    elif step == "prune":
        index.prune(timedelta(days=asked))
    else:
        articles = [
            Article(name, versions()[n], source=f"source of {name}", published=published(n))
            for name, n in asked
        ]
        if step == "add":
            for article in (article for article in articles if article.id in known):
                index.add([article])
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("dedup.intake.batches.BATCH_ARTICLES", batch)
                index.add(article for article in articles if article.id not in known)
        else:
            told = index.filter(articles, add=True, batch=batch)
            return [(article.id, v.verdict, v.relation, v.of, v.reason) for article, v in told]
    return None


def groups_of(index):
    """The groups by their members; none of them has the id of another, and its matches tie it."""
    groups = list(index.groups())
    assert len({group.id for group in groups}) == len(groups)
    assert index.verify() == []
    return {frozenset(group.articles): group for group in groups}


@settings(deadline=None, max_examples=20)
@given(steps, st.sampled_from([3, 64]))
def test_a_history_in_parts_gives_what_one_by_one_gives(history, common):
    with pytest.MonkeyPatch.context() as patch, dedup.open(":memory:") as one, dedup.open(":memory:") as many:
        patch.setattr("dedup.index.runs.COMMON", common)
        for step, asked in history:
            assert do(many, step, asked, 100) == do(one, step, asked, 1)
            assert one.info()["articles"] == many.info()["articles"]
            ours, theirs = groups_of(many), groups_of(one)
            assert ours.keys() == theirs.keys()
            assert all(ours[own].matches == theirs[own].matches for own in ours)


def replay(changes, group):
    """Follow changes as the README says it: `group` has the group of each article that is in one."""
    for change in changes:
        group |= dict.fromkeys(change.added, change.group)
        for article in change.removed:
            if group.get(article) == change.group:
                del group[article]
        assert list(group.values()).count(change.group) == change.size


@settings(deadline=None, max_examples=40)
@given(steps)
def test_whoever_replays_the_changes_has_the_groups(history):
    with dedup.open(":memory:") as index:
        told, group = 0, {}
        for step, asked in history:
            do(index, step, asked, 100)
            new = list(index.changes(after=told))
            told += len(new)
            replay(new, group)
            assert group == {article: own.id for own in index.groups() for article in own.articles}
        again = {}
        replay(index.changes(), again)
        assert again == group


@settings(deadline=None, max_examples=20)
@given(steps, st.lists(st.tuples(st.sampled_from(["add", "filter"]), records), min_size=12, max_size=12))
def test_steps_that_fail_inside_a_transaction_leave_no_trace(history, failing):
    """What is done after each of them, in the same transaction, gives what it gives without them."""
    with dedup.open(":memory:") as one, dedup.open(":memory:") as other:
        for (step, asked), undone in zip(history, failing, strict=False):
            if step == "compact":
                continue
            with one.transaction():
                expected = do(one, step, asked, 100)
            with other.transaction():
                with pytest.raises(ZeroDivisionError), other.transaction():
                    [do(other, *undone, 100), 1 / 0]
                assert do(other, step, asked, 100) == expected
            assert groups_of(other) == groups_of(one)
        told, without = ([replace(change, at=NOW) for change in index.changes()] for index in (other, one))
        assert told == without
