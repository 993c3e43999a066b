"""The engine: what goes in once or piece by piece gives the same matches and groups."""

import itertools
import random
import re
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace

import pytest
from commands import within
from found import groups_of
from hypothesis import given, settings
from hypothesis import strategies as st
from stories import corpus, sentence, story, told_together

import dedup
from dedup import Article, RecordError, Relation
from dedup.errors import (
    IndexDamaged,
    IndexMismatch,
    IndexUnusable,
    InputError,
    SettingsError,
    UnknownArticle,
)
from dedup.read import read

SEEDS = st.integers(0, 10_000)


def matches_of(index):
    """Each match of the index once, in an order and direction that do not depend on who came first."""
    found = set()
    for group in index.groups():
        for match in group.matches:
            a, b = (match.a, match.containment_a), (match.b, match.containment_b)
            spans = [(p.a, p.b) if a < b else (p.b, p.a) for p in match.passages]
            found.add((*sorted((a, b)), match.relation, match.resemblance, tuple(sorted(spans, key=repr))))
    return found


@settings(max_examples=25)
@given(SEEDS)
def test_planted_versions_are_grouped_and_nothing_else_is(seed):
    articles = corpus(seed)
    with dedup.open(":memory:") as index:
        index.add(articles)
        expected: dict[str, list[str]] = {}
        for article in articles:
            if not article.id.endswith("alone"):
                expected.setdefault(article.id.split("-")[0], []).append(article.id)
        assert groups_of(index) == sorted(sorted(own) for own in expected.values() if len(own) > 1)


@settings(max_examples=25)
@given(SEEDS, st.integers(1, 5))
def test_adding_in_pieces_gives_the_same_matches_and_groups(seed, size):
    articles = corpus(seed, 4)
    with dedup.open(":memory:") as whole, dedup.open(":memory:") as pieces:
        whole.add(articles)
        for part in (
            itertools.batched(articles, size) if hasattr(itertools, "batched") else _batched(articles, size)
        ):
            pieces.add(part)
        assert groups_of(pieces) == groups_of(whole)
        assert matches_of(pieces) == matches_of(whole)
        assert [g.id for g in pieces.groups()] == [g.id for g in whole.groups()]


def _batched(items, size):
    return (items[i : i + size] for i in range(0, len(items), size))


@settings(max_examples=25)
@given(SEEDS, st.randoms())
def test_the_order_of_articles_does_not_matter(seed, rng):
    articles = corpus(seed, 4)
    shuffled = articles[:]
    rng.shuffle(shuffled)
    with dedup.open(":memory:") as one, dedup.open(":memory:") as other:
        one.add(articles)
        other.add(shuffled)
        assert groups_of(one) == groups_of(other)
        assert matches_of(one) == matches_of(other)


def test_a_batch_border_changes_nothing(monkeypatch):
    articles = corpus(7)
    with dedup.open(":memory:") as whole, dedup.open(":memory:") as cut:
        whole.add(articles)
        monkeypatch.setattr("dedup.intake.batches.BATCH_ARTICLES", 10)
        cut.add(articles)
        assert matches_of(whole) == matches_of(cut)
        assert groups_of(whole) == groups_of(cut)


def test_what_a_slow_stream_has_brought_is_in_the_index_before_more_is_asked_for(tmp_path, monkeypatch):
    now = 0.0
    monkeypatch.setattr("dedup.intake.batches.time", SimpleNamespace(monotonic=lambda: now))
    monkeypatch.setattr("dedup.intake.batches.BATCH_SECONDS", 5.0)
    waits, there = [100.0, 1.0, 4.0, 100.0, 4.9, 6.0], []

    def stream():
        nonlocal now
        for n, wait in enumerate(waits):
            there.append(other.count_articles())
            now += wait
            yield Article(f"a{n}", sentences(n))
        there.append(other.count_articles())
        raise OSError("the line is dead")

    path = tmp_path / "news.db"
    with dedup.open(path) as index, dedup.open(path) as other:
        with pytest.raises(OSError, match="the line is dead"):
            index.add(stream())
        assert there == [0, 0, 0, 3, 3, 3, 6]
        assert other.count_articles() == len(waits)


def test_a_stream_cut_by_the_clock_changes_nothing(monkeypatch):
    articles = corpus(7)
    with dedup.open(":memory:") as whole, dedup.open(":memory:") as cut:
        whole.add(articles)
        monkeypatch.setattr("dedup.intake.batches.BATCH_SECONDS", 0.0)  # each by itself
        report = cut.add(articles)
        assert report.added == len(articles)
        assert matches_of(whole) == matches_of(cut)
        assert groups_of(whole) == groups_of(cut)


def test_a_group_is_named_by_its_first_article_wherever_an_add_is_cut(monkeypatch):
    """A later batch ties an earlier article to a group: as one batch does, the group is named by that."""
    lines = story(random.Random(11), 24)
    texts = {"begin": lines[:12], "end": lines[12:], "copy": lines[12:], "whole": lines}
    monkeypatch.setattr("dedup.intake.batches.BATCH_ARTICLES", 3)
    monkeypatch.setattr("dedup.group.joining.APART", -99)  # else what holds both is no reason to merge
    with dedup.open(":memory:") as index:
        index.add([Article(name, " ".join(own)) for name, own in texts.items()])
        assert [(group.id, len(group.articles)) for group in index.groups()] == [("begin", 4)]
        # in a later add, the group keeps its name
        index.add([Article("later", " ".join(lines))])
        assert [group.id for group in index.groups()] == ["begin"]


def test_adding_again_changes_nothing(tmp_path):
    articles = corpus(1)
    with dedup.open(tmp_path / "news.db") as index:
        first = index.add(articles)
        before = groups_of(index), matches_of(index), index.info()["articles"]
    with dedup.open(tmp_path / "news.db") as index:
        again = index.add(articles)
        assert (again.added, again.updated, again.unchanged, again.matches) == (0, 0, len(articles), 0)
        assert (groups_of(index), matches_of(index), index.info()["articles"]) == before
    assert (first.added, first.unchanged, first.articles) == (len(articles), 0, len(articles))


def test_a_changed_article_replaces_itself():
    articles = corpus(2)
    group = None
    with dedup.open(":memory:") as index:
        index.add(articles)
        group = next(index.groups())
        moved = group.articles[0]
        report = index.add([Article(moved, " ".join(stranger(99)))])
        assert (report.added, report.updated) == (0, 1)
        assert index.group_of(moved) is None
        assert index.info()["articles"] == len(articles)
        with dedup.open(":memory:") as fresh:
            fresh.add([a for a in articles if a.id != moved])
            assert groups_of(index) == groups_of(fresh)


def stranger(seed):
    from stories import story

    return story(random.Random(f"stranger {seed}"))


def test_old_copies_do_not_hide_those_within_the_window():
    """Of a common text each article is compared with a few, and these are of its own time."""
    told = " ".join(story(random.Random(1), 12))
    articles = [
        Article(f"{year} {n}", told, source=f"paper {n}", published=datetime(year, 1, 1, n, tzinfo=UTC))
        for year, count in ((2024, 12), (2025, 8))
        for n in range(count)
    ]
    found = []
    for size in (1, 7, 20):
        with dedup.open(":memory:", window=timedelta(days=30)) as index:
            for begin in range(0, len(articles), size):
                index.add(articles[begin : begin + size])
            found.append((groups_of(index), matches_of(index)))
            assert (
                index.check(Article("new", told, published=datetime(2025, 1, 2, tzinfo=UTC))).of == "2025 0"
            )
    assert [sorted(len(group) for group in groups) for groups, _ in found] == [[8, 12]] * 3
    assert found[0] == found[1] == found[2]


def test_versions_of_a_story_that_hung_on_its_first_copies_stay_one_story():
    """Two by two they have more in common, which had been all that was left of their ties."""
    told = " ".join(story(random.Random(1), 12))
    pairs = [
        Article(f"{n}{version}", f"{told} {' '.join(story(random.Random(100 + n), 6))}")
        for n in range(6)
        for version in "ab"
    ]
    with dedup.open(":memory:") as index:
        index.add(Article(f"first {n}", told) for n in range(12))
        index.add(pairs)
        ties = {match.a for pair in pairs for match in index.matches_of(pair.id)}
        hubs = ties - {pair.id for pair in pairs}
        assert len(hubs) < 12
        index.remove(hubs)
        assert index.count_groups() == (1, 12 - len(hubs) + len(pairs))


def test_removing_an_article_splits_what_it_held_together():
    a, b, link = stranger(1), stranger(2), None
    link = [*a[:5], *b[:5]]
    articles = [Article(n, " ".join(t)) for n, t in (("a", a), ("b", b), ("link", link))]
    with dedup.open(":memory:") as index:
        index.add(articles)
        assert groups_of(index) == [["a", "b", "link"]]
        assert index.remove(["link", "link"]) == 1
        assert groups_of(index) == []
        with pytest.raises(UnknownArticle, match="link"):
            index.remove(["a", "link"])
        assert index.article("a").text == " ".join(a)


def sentences(seed, *lines):
    own = story(random.Random(f"sentences {seed}"), 12)
    return " ".join([own[i] for i in lines] if lines else own)


def test_no_two_groups_have_one_id_though_the_article_that_it_is_of_has_another_text_by_now():
    with dedup.open(":memory:") as index:
        index.add([Article(name, sentences(1)) for name in "ABC"])
        index.add([Article("A", sentences(2))])
        index.add([Article("D", sentences(2))])
        assert {g.id: g.articles for g in index.groups()} == {"A": ("B", "C"), "D": ("A", "D")}


@pytest.mark.parametrize("batch", [1, 10_000])
def test_what_an_update_parts_stays_apart_wherever_the_add_is_cut(batch, monkeypatch):
    monkeypatch.setattr("dedup.intake.batches.BATCH_ARTICLES", batch)
    first, second = (sentences(n, *range(5)) for n in (1, 2))
    with dedup.open(":memory:") as index:
        index.add(
            [Article("A", sentences(1)), Article("link", f"{first} {second}"), Article("C", sentences(2))]
        )
        assert index.count_groups() == (1, 3)
        index.add([Article("link", sentences(3)), Article("E", sentences(2)), Article("F", sentences(1))])
        assert groups_of(index) == [["A", "F"], ["C", "E"]]


def test_a_story_of_many_copies_stays_a_group_when_the_first_copies_go():
    now = datetime.now(UTC)
    copies = [
        Article(f"c{n}", sentences(1), published=now - timedelta(hours=60 - n), source=f"s{n}")
        for n in range(30)
    ]
    with dedup.open(":memory:") as index:
        index.add(copies)
        assert index.count_groups() == (1, 30)
        for days in (55.5, 50.5, 41.5):
            left = int(days)
            index.prune(timedelta(hours=days))
            assert index.count_groups() == (1, left - 30)
        index.add([replace(copy, text=f"{copy.text} Corrected.") for copy in copies[19:24]])
        assert index.count_groups() == (1, 11)
        for hours in (37.5, 34.5, 33.5, 32.5):  # the corrected ones too, by the time of publication
            index.prune(timedelta(hours=hours))
            assert index.count_groups() == (1, int(hours) - 30)
        assert not index.verify()


def test_a_copy_of_what_many_had_is_found_when_the_first_hundred_are_gone():
    with dedup.open(":memory:") as index:
        index.add(Article(f"c{n}", sentences(1), source=f"s{n}") for n in range(150))
        for gone in (range(100), range(100, 147)):
            index.remove([f"c{n}" for n in gone])
            assert index.count_groups() == (1, 149 - gone[-1])
            assert index.check(Article("copy", sentences(1))).verdict == "duplicate"
        assert not index.verify()


def test_a_group_that_its_matches_do_not_tie_is_found():
    with dedup.open(":memory:") as index:
        assert index.verify() == []
        index.add([*(Article(name, sentences(1)) for name in "ABC"), Article("D", sentences(2))])
        index.add(Article(name, sentences(3)) for name in "EF")
        assert index.verify() == []
        for statement in (
            "UPDATE membership SET grouped = (SELECT min(number) FROM grouped)",
            "DELETE FROM match WHERE a = 5",
        ):
            index._store._db.execute("SAVEPOINT here")
            index._store._db.execute(statement)
            index._store._db.execute(
                "UPDATE grouped SET size = (SELECT count(*) FROM membership WHERE grouped = grouped.number)"
            )
            index._store._db.execute("DELETE FROM grouped WHERE size = 0")
            assert index.verify() == ["1 groups that no matches tie together"]
            index._store._db.execute("ROLLBACK TO here")
        index._store._db.execute("RELEASE here")


@pytest.mark.parametrize("batch", [1, 2, 10_000])
@pytest.mark.parametrize("order", ["ABC", "CBA", "BCA"])
def test_a_group_keeps_its_id_when_all_of_its_articles_are_updated(monkeypatch, batch, order):
    monkeypatch.setattr("dedup.intake.batches.BATCH_ARTICLES", batch)
    with dedup.open(":memory:") as index:
        index.add(Article(name, sentences(1)) for name in "ABC")
        told = len(list(index.changes()))
        index.add([Article("X", sentences(2)), *(Article(name, sentences(2)) for name in order)])
        assert [group.id for group in index.groups()] == ["A"]
        index.add(Article(name, sentences(1)) for name in order)
        assert {group.id: set(group.articles) for group in index.groups()} == {"A": {*"ABC"}}
        if batch > 4:  # else "X" is one for a while
            assert all(change.group == "A" for change in list(index.changes())[told:])


def test_an_add_inside_the_stream_of_another_is_one_by_itself(monkeypatch):
    """What the one has put in, the other has not read before."""
    monkeypatch.setattr("dedup.intake.batches.BATCH_ARTICLES", 2)

    def stream():
        yield from (Article("A", sentences(1)), Article("X", sentences(2)))
        inner = index.add(
            [Article("B", sentences(1)), Article("C", sentences(3)), Article("X", sentences(4))]
        )
        assert (inner.added, inner.updated, inner.errors) == (3, 0, [])
        yield from (Article("C", sentences(1)), Article("B", sentences(1)), Article("D", sentences(5)))

    with dedup.open(":memory:") as index:
        index.add([Article("Z", sentences(1))])
        outer = index.add(stream())
        assert (outer.added, outer.updated, outer.unchanged, outer.errors) == (2, 2, 1, [])
        assert {one: index.article(one).text for one in "ABCDXZ"} == {
            **dict.fromkeys("ABCZ", sentences(1)), "X": sentences(2), "D": sentences(5)
        }  # fmt: skip
        assert {group.id: set(group.articles) for group in index.groups()} == {"Z": {*"ABCZ"}}


def test_two_adds_in_threads_lose_nothing_to_each_other(monkeypatch):
    monkeypatch.setattr("dedup.intake.batches.BATCH_ARTICLES", 1)
    both = threading.Barrier(2)
    reports = {}

    def stream(seed):
        for name in ("A", "B", "C", f"own {seed}", "D"):
            both.wait(60)
            yield Article(name, sentences(seed))

    def add(seed):
        reports[seed] = index.add(stream(seed))

    with dedup.open(":memory:") as index:
        threads = [threading.Thread(target=add, args=(seed,)) for seed in (1, 2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [report.errors for report in reports.values()] == [[], []]
        assert sum(report.added + report.updated for report in reports.values()) == 10
        own = {name: index.article(name).text for name in ("A", "B", "C", "D", "own 1", "own 2")}
        assert set(own.values()) == {sentences(1), sentences(2)}
        assert groups_of(index) == groups_of_equal(own)


def groups_of_equal(texts):
    """The names with one text, of those that have several."""
    names: dict[str, list[str]] = {}
    for name in sorted(texts):
        names.setdefault(texts[name], []).append(name)
    return sorted(several for several in names.values() if len(several) > 1)


def test_an_update_that_came_to_nothing_gives_no_group_its_name(monkeypatch):
    """Its number is given again."""

    def fails(*_):
        raise OSError("none")

    with dedup.open(":memory:") as index:
        index.add(Article(name, sentences(1)) for name in "ABC")
        with monkeypatch.context() as patch:
            patch.setattr("dedup.funnel.older.Older.put", fails)
            with pytest.raises(OSError, match="none"):
                list(index.filter([Article("A", sentences(2))], add=True))
        index.remove([*"ABC"])
        both = [Article("D", sentences(3)), Article("E", f"{sentences(3, *range(5))} {sentences(4)}")]
        assert [told.verdict for _, told in index.filter(both, add=True, batch=2)] == ["new", "related"]
        assert [group.id for group in index.groups()] == ["D"]


OUTSIDE = {
    "compact": lambda index, _: index.compact(),
    "backup": lambda index, folder: index.backup(folder / "copy.db"),
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_an_index_is_not_compacted_or_copied_inside_a_transaction_and_is_not_called_damaged(tmp_path, name):
    with dedup.open(tmp_path / "i.db") as index:
        with pytest.raises(RuntimeError, match="when its transaction has ended"), index.transaction():
            OUTSIDE[name](index, tmp_path)
        assert list(tmp_path.glob("copy*")) == []
        OUTSIDE[name](index, tmp_path)


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_is_done_outside_of_transactions_waits_for_those_of_other_threads(tmp_path, name):
    begun, wrong = threading.Event(), []

    def work():
        begun.wait()
        try:
            OUTSIDE[name](index, tmp_path)
        except BaseException as error:
            wrong.append(error)

    with dedup.open(tmp_path / "i.db") as index:
        thread = threading.Thread(target=work)
        thread.start()
        with index.transaction():
            index.add([Article("A", sentences(1))])
            begun.set()
            thread.join(0.2)
        thread.join()
    assert wrong == []
    if name == "backup":
        with dedup.open(tmp_path / "copy.db") as copy:
            assert copy.info()["articles"] == 1


def test_a_step_that_fails_inside_a_transaction_leaves_nothing_and_the_others_stay():
    """It has replaced an article and moved others when it fails; the numbers that it gave are given again."""

    def fails():
        with index.transaction():
            index.remove(["B"])
            index.add([Article("A", sentences(3)), Article("D", sentences(1)), Article("bad", sentences(4))])
            raise AttributeError

    with dedup.open(":memory:") as index:
        index.add(Article(name, sentences(1)) for name in "ABC")
        with index.transaction():
            index.add([Article("D", sentences(2))])
            for _ in range(2):
                with pytest.raises(AttributeError):
                    fails()
            index.add([Article("E", sentences(2)), Article("F", sentences(1))])
        assert index.article("A").text == sentences(1)
        assert {group.id: group.articles for group in index.groups()} == {
            "A": ("A", "B", "C", "F"),
            "D": ("D", "E"),
        }
        told = [(change.change, change.group, change.added, change.removed) for change in index.changes()]
        assert told == [
            ("created", "A", ("A", "B", "C"), ()),
            ("grown", "A", ("F",), ()),
            ("created", "D", ("D", "E"), ()),
        ]
        assert index.check(Article("new", sentences(3))).verdict == "new"
        assert index.verify() == []


def test_one_add_that_fails_inside_a_transaction_leaves_nothing(monkeypatch):
    with dedup.open(":memory:") as index:
        index.add(Article(name, sentences(1)) for name in "AB")
        with index.transaction(), monkeypatch.context() as patch:
            patch.setattr("dedup.funnel.older.Older.put", lambda *_: 1 / 0)
            for again in (index.add, lambda articles: list(index.filter(articles, add=True))):
                with pytest.raises(ZeroDivisionError):
                    again([Article("A", sentences(2))])
        assert groups_of(index) == [["A", "B"]]
        assert index.article("A").text == sentences(1)


@pytest.mark.parametrize("steps", [True, False])
def test_a_step_is_copied_only_where_its_error_may_be_caught(steps):
    done = []
    with dedup.open(":memory:") as index:
        index._store._db.set_trace_callback(done.append)
        index.add([Article("A", sentences(1))])
        index.remove(["A"])
        assert not [statement for statement in done if statement.startswith("SAVEPOINT")]
        with index.transaction(steps=steps):
            index.add([Article("A", sentences(1))])
            list(index.filter([Article("B", sentences(2))], add=True))
        index._store._db.set_trace_callback(None)
    assert sum(statement.startswith("SAVEPOINT") for statement in done) == 3 * steps


def test_nothing_is_kept_of_a_transaction_that_the_disk_has_undone(tmp_path):
    """Where the disk is full, SQLite undoes all by itself; whoever goes on all the same is told."""

    def goes_on():
        with index.transaction():
            index.add([Article("B", sentences(2))])
            index._store._db.execute("ROLLBACK")
            for name in "CD":
                with pytest.raises(IndexDamaged, match="has come to nothing"):
                    index.add([Article(name, sentences(3))])

    with dedup.open(tmp_path / "i.db") as index:
        index.add([Article("A", sentences(1))])
        with pytest.raises(IndexDamaged, match="has come to nothing"):
            goes_on()
        assert index.info()["articles"] == 1
        index.add([Article("C", sentences(3))])
    with dedup.open(tmp_path / "i.db") as index:
        assert index.info()["articles"] == 2


def test_a_closed_index_says_so_and_is_not_called_damaged(tmp_path):
    """Whoever builds a damaged index anew should not do so."""
    index = dedup.open(tmp_path / "news.db")
    index.add([Article("a", "Some words.")])
    index.close()
    index.close()
    for use in (
        *(index.info, index.verify, index.compact, index.count_groups, index.transaction().__enter__),
        lambda: index.article("a"),
        lambda: index.check(Article("b", "Words.")),
        lambda: index.add([Article("b", "Words.")]),
        lambda: list(index.groups()),
        lambda: list(index.changes()),
        lambda: index.backup(tmp_path / "copy.db"),
    ):
        with pytest.raises(IndexUnusable, match=r"news\.db: the index is closed$") as told:
            use()
        assert told.type is IndexUnusable
    assert [path.name for path in tmp_path.iterdir()] == ["news.db"]


def test_an_update_keeps_the_time_of_the_first_version():
    with dedup.open(":memory:") as index:
        index.add([Article("a", sentences(1))])
        index._store._db.execute("UPDATE article SET added = '2020-01-01T00:00:00+00:00'")
        index.add([Article("a", sentences(2))])
        assert index.prune(timedelta(days=30)) == 1


def test_pruning_goes_by_publication_and_then_by_the_time_of_adding():
    now = datetime.now(UTC)
    old = Article("old", " ".join(stranger(1)), published=now - timedelta(days=40))
    new = Article("new", " ".join(stranger(2)), published=now - timedelta(days=4))
    undated = Article("undated", " ".join(stranger(3)))
    with dedup.open(":memory:") as index:
        index.add([old, new, undated])
        assert index.prune(timedelta(days=30)) == 1
        with pytest.raises(UnknownArticle):
            index.article("old")
        assert index.article("undated") == undated


def test_no_article_is_older_than_what_lies_before_all_time(tmp_path):
    age = timedelta(days=999_999)
    with dedup.open(":memory:") as index:
        index.add([Article("a", sentences(1), published=datetime.min.replace(tzinfo=UTC))])
        assert index.prune(age) == 0
        (tmp_path / "b.txt").write_text(sentences(1))
        report = index.add_files([str(tmp_path)], keep=age)
        assert (report.added, report.expired, report.pruned) == (1, 0, 0)
        assert index.prune(timedelta()) == 2


@pytest.mark.parametrize(("moment", "hours"), [(datetime.min, 14), (datetime.max, -12)])
def test_a_time_that_utc_has_no_year_for_is_the_first_or_the_last_moment(moment, hours):
    edge = moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    article = Article("a", sentences(1), source="s", published=edge)
    with dedup.open(":memory:", window=timedelta(days=3)) as index:
        assert index.add([article]).added == 1
        assert index.article("a").published == moment.replace(tzinfo=UTC)
        assert index.add([article]).unchanged == 1
        assert index.add([index.article("a")]).unchanged == 1
        assert index.check(replace(article, id="b")).verdict == "duplicate"
        assert index.check(replace(article, id="b", published=datetime.now(UTC))).verdict == "new"
        list(index.changes(since=edge))
        assert index.verify() == []


def test_a_check_tells_and_inserts_nothing():
    lines, other = stranger(5), stranger(6)
    with dedup.open(":memory:") as index:
        index.add([Article("wire", " ".join(lines), source="Agency")])
        copy = index.check(Article("x", " ".join(lines)))
        assert (copy.verdict, copy.relation, copy.of, copy.score) == (
            "duplicate",
            Relation.IDENTICAL,
            "wire",
            1.0,
        )
        part = index.check(Article("x", " ".join([*other[:6], *lines[:3]])))
        assert (part.verdict, part.relation, part.of) == ("related", Relation.DERIVED, "wire")
        assert index.check(Article("x", " ".join(other))).verdict == "new"
        assert index.check({"id": "wire", "text": " ".join(lines), "source": "Agency"}).of == "wire"
        assert index.info()["articles"] == 1


def test_errors_are_counted_and_the_rest_goes_on():
    good = corpus(3)
    bad = RecordError("feed.jsonl", 7, "no text")
    with dedup.open(":memory:") as index:
        report = index.add([good[0], bad, {"id": "d"}, *good[1:]])
        assert report.errors[0] == bad
        assert len(report.errors) == 2
        assert report.added == len(good)
    with dedup.open(":memory:") as index, pytest.raises(InputError, match=r"feed.jsonl:7: no text"):
        index.add([good[0], bad], strict=True)


@pytest.mark.parametrize("odd", ["a text", b"bytes", 5, None, ["id", "text"]])
def test_what_is_no_article_in_a_stream_is_an_error_and_the_rest_goes_on(odd):
    good = corpus(3)
    with dedup.open(":memory:") as index:
        report = index.add([good[0], odd, *good[1:]])
        assert [error.input for error in report.errors] == ["record"]
        assert report.errors[0].reason.endswith("neither an Article nor a mapping")
        assert (report.articles, report.added) == (len(good), len(good))
        with pytest.raises(InputError, match="neither an Article nor a mapping"):
            index.add([odd], strict=True)


@pytest.mark.parametrize(
    ("part", "value", "reason"),
    [
        ("published", "2025-01-01", "published is a string, not a datetime"),
        ("id", 5, "the id is a number, not a string"),
        ("id", "", "the id is empty"),
        ("text", None, "the text is null, not a string"),
        ("text", b"", "the text is bytes, not a string"),
        ("text", "", "the text is empty"),
        ("text", " \n", "the text is empty"),
        ("text", "half \ud83d", "a lone surrogate, U+D83D, at character 5 of the text"),
        ("source", 5, "the source is a number, not a string"),
        ("path", Path("a.txt"), "the path is a PosixPath, not a string"),
        ("language", ["en"], "the language is a list, not a string"),
        ("line", "7", "the line is a string, not a whole number"),
    ],
)
def test_a_malformed_article_is_an_error_and_costs_no_other_one(part, value, reason):
    good = corpus(3)
    bad = replace(Article("bad", sentences(1)), **{part: value})
    error = RecordError("record", 1, reason)
    with dedup.open(":memory:") as index:
        report = index.add([bad, *good])
        assert (report.added, report.errors) == (len(good), [error])
        with pytest.raises(InputError, match=re.escape(reason)):
            index.add([bad], strict=True)
        with pytest.raises(InputError, match=re.escape(reason)):
            index.check(bad)
        assert [row[0] for row in index.filter([bad, good[0]], add=True, batch=2)] == [error, good[0]]


def test_the_error_of_a_malformed_article_says_where_it_was_read():
    with dedup.open(":memory:") as index:
        report = index.add([Article("a", "", path="feed.jsonl", line=7)])
        assert [str(error) for error in report.errors] == ["feed.jsonl:7: the text is empty"]


def test_a_time_without_an_offset_is_in_utc_for_an_article_as_for_a_record():
    at = datetime(2025, 1, 1, 12, 30)
    with dedup.open(":memory:") as index:
        index.add([Article("a", sentences(1), published=at)])
        assert index.article("a").published == at.replace(tzinfo=UTC)
        assert index.add([{"id": "a", "text": sentences(1), "published": at}]).unchanged == 1


def test_an_article_is_the_same_in_whatever_zone_its_time_is_told():
    at = datetime(2025, 3, 1, 23, tzinfo=UTC)
    with dedup.open(":memory:") as index:
        index.add([Article("a", sentences(1), published=at.astimezone(timezone(timedelta(hours=9))))])
        assert index.article("a").published == at
        assert index.add([Article("a", sentences(1), published=at)]).unchanged == 1
        assert index.add([{"id": "a", "text": sentences(1), "published": at.isoformat()}]).unchanged == 1
        assert index.add([index.article("a")]).unchanged == 1


@pytest.mark.parametrize("batch", [0, -1])
def test_a_batch_of_no_records_is_told_at_once(batch):
    told = f"at least one record, not {batch}"
    with dedup.open(":memory:") as index, pytest.raises(ValueError, match=told):
        index.filter([Article("a", "one article")], batch=batch)


@pytest.mark.parametrize("one", [{"id": "a", "text": "one article"}, Article("a", "one article"), "text"])
def test_one_record_where_several_are_expected_is_told(one):
    with dedup.open(":memory:") as index:
        with pytest.raises(TypeError, match=r"several articles are expected, not one .*: put it in a list"):
            index.add(one)
        with pytest.raises(TypeError, match="put it in a list"):
            index.filter(one)
        assert index.info()["articles"] == 0


def test_the_fields_of_mappings_are_those_that_are_given():
    record = {"id": "a", "nid": 7, "text": "A teaser.", "body": "The whole of it.", "desk": "Meridian Wire"}
    with dedup.open(":memory:") as index:
        report = index.add([record, {"nid": 8}], fields={"id": "nid", "text": "body", "source": "desk"})
        assert report.added == 1
        assert [str(error) for error in report.errors] == ["record:2: no text: no field body among nid"]
        own = index.article("7")
        assert (own.text, own.source) == ("The whole of it.", "Meridian Wire")
        with pytest.raises(SettingsError, match="txt: an article has only text"):
            index.add([record], fields={"txt": "body"})


def test_one_id_where_several_are_expected_is_told():
    with dedup.open(":memory:") as index:
        index.add([Article("a", sentences(1)), Article("a1", sentences(2))])
        with pytest.raises(TypeError, match="several ids are expected, not one str: put it in a list"):
            index.remove("a1")
        assert index.info()["articles"] == 2


@pytest.mark.parametrize("odd", ["a text", None, [Article("a", "text")]])
def test_a_check_of_what_is_no_article_is_told(odd):
    with (
        dedup.open(":memory:") as index,
        pytest.raises(TypeError, match="an Article or a mapping is wanted"),
    ):
        index.check(odd)


@pytest.mark.parametrize("size", [1, 100])
def test_the_same_id_of_two_sources_is_of_two_articles(monkeypatch, size):
    monkeypatch.setattr("dedup.intake.batches.BATCH_ARTICLES", size)
    articles = [
        Article("1001", " ".join(stranger(n)), source=source) for n, source in enumerate(("Wire", "Post"))
    ]
    newer = replace(articles[1], text=" ".join(stranger(3)))
    with dedup.open(":memory:") as index:
        assert index.add(articles).added == 2
        assert index.add(articles[::-1]).unchanged == 2
        assert index.add([newer]).updated == 1
        assert index.article("1001").text == articles[0].text
        assert index.article("Post/1001").text == newer.text
        assert index.check(newer).of == "Post/1001"
        assert index.check(articles[1]).verdict == "new"
        told = [v.of for _, v in index.filter([articles[0], newer], add=True, batch=size)]
        assert told == ["1001", "Post/1001"]


@pytest.mark.parametrize("size", [1, 100])
def test_ids_made_of_a_source_meet_none_that_were_given(monkeypatch, size):
    monkeypatch.setattr("dedup.intake.batches.BATCH_ARTICLES", size)
    given = [("B/1", "Z"), ("1", "A"), ("1", "B"), ("1", "A")]
    articles = [Article(name, " ".join(stranger(n)), source=source) for n, (name, source) in enumerate(given)]
    names = ["B/1", "1", "B/B/1"]
    with dedup.open(":memory:") as index, dedup.open(":memory:") as filtered:
        index.add(articles[:3])
        assert [v.id for _, v in filtered.filter(articles, add=True, batch=size)] == [*names, "1"]
        for own in (index, filtered):
            assert own.info()["articles"] == 3
            assert own.article("B/1").text == articles[0].text
            assert own.article("B/B/1").text == articles[2].text


@pytest.mark.parametrize("by", ["add", "filter"])
@pytest.mark.parametrize("days", [30, None])
def test_what_goes_ties_nothing_that_lay_outside_the_window(tmp_path, by, days):
    """Of the last add, whatever had been the window before it."""
    start, path = datetime(2025, 3, 1, tzinfo=UTC), tmp_path / "x.db"
    articles = [
        Article(f"a{day}", " ".join(stranger(1) + stranger(day + 2)), published=start + timedelta(days=day))
        for day in (0, 60, 61, 62)
    ]
    with dedup.open(path, window=timedelta(days=7)) as index:
        index.add([])
    with dedup.open(path, window=days and timedelta(days=days)) as index:
        index.add(articles) if by == "add" else list(index.filter(articles, add=True))
        assert [len(group.articles) for group in index.groups()] == [3 if days else 4]
    with dedup.open(path) as index:
        index.remove(["a60"])
        assert [group.articles for group in index.groups()] == [("a0", "a61", "a62")[bool(days) :]]
        index.prune(datetime.now(UTC) - start - timedelta(days=60))
        assert [group.articles for group in index.groups()] == [("a61", "a62")]


@pytest.mark.parametrize("by", ["add", "filter"])
@pytest.mark.parametrize("size", [1, 100])
def test_an_id_made_of_a_source_stays_when_the_other_article_is_gone(monkeypatch, by, size):
    monkeypatch.setattr("dedup.intake.batches.BATCH_ARTICLES", size)
    given = [("C/1", "C"), ("1", "A"), ("1", "B"), ("1", "C")]
    articles = [Article(name, " ".join(stranger(n)), source=source) for n, (name, source) in enumerate(given)]
    newer = replace(articles[2], text=f"{articles[2].text} {' '.join(stranger(5))}")
    with dedup.open(":memory:") as index:

        def add(*given):
            index.add(given) if by == "add" else list(index.filter(given, add=True, batch=size))
            return {a.id: a.text for name in names if (a := index.article(name))}

        names = ["C/1", "1", "B/1"]
        kept = add(*articles[:3])
        index.remove(["1"])
        names = ["C/1", "B/1"]
        assert add(articles[2]) == add(*articles[:1]) == {name: kept[name] for name in names}
        assert index.check(newer).relation == "revision"
        for _ in range(2):
            assert add(newer)["B/1"] == newer.text
            assert index.count_articles() == 2
        names = ["C/1", "B/1", "1"]
        assert add(articles[3])["1"] == articles[3].text
        assert add(newer, articles[0]) == {"C/1": kept["C/1"], "B/1": newer.text, "1": articles[3].text}
        assert index.count_articles() == 3


def test_an_id_with_a_slash_is_no_other_articles(tmp_path):
    given = Article("Gazette/1", " ".join(stranger(1)), source="Gazette")
    other = Article("1", " ".join(stranger(2)), source="Gazette")
    for add in (
        lambda index: index.add([given, other]),
        lambda index: list(index.filter([given, other], add=True)),
    ):
        with dedup.open(":memory:") as index:
            add(index)
            assert [index.article(name).text for name in ("Gazette/1", "1")] == [given.text, other.text]


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_a_duplicate_that_is_not_stored_owns_no_id(batch):
    texts = [" ".join(stranger(n)) for n in range(3)]
    given = [("z", "X", 0), ("4", "A", 0), ("4", None, 1), ("4", "C", 2), ("9", "D", 1)]
    articles = [Article(name, texts[n], source=source) for name, source, n in given]
    with dedup.open(":memory:") as index:
        told = [v.verdict for _, v in index.filter(articles, add=True, batch=batch)]
        assert told == ["new", "duplicate", "new", "new", "new"]
        assert [index.article(name).source for name in ("z", "4", "9")] == ["X", "C", "D"]


@pytest.mark.parametrize("size", [1, 2, 100])
def test_an_older_version_takes_no_place_whenever_it_is_read(monkeypatch, size):
    monkeypatch.setattr("dedup.intake.batches.BATCH_ARTICLES", size)
    first = datetime(2026, 3, 1, 8, tzinfo=UTC)
    versions = [
        Article("x", " ".join([*stranger(n), *stranger(9)]), source="Wire", published=first + timedelta(n))
        for n in range(3)
    ]
    newest = versions[2]
    copy = Article("copy", newest.text)
    told = set()
    for order in itertools.permutations((*versions, copy)):
        with dedup.open(":memory:") as index:
            report = index.add(order)
            assert (report.errors, report.articles, report.updated) == ([], 4, 0)
            assert (report.added, report.outdated) == (2, 2)
            assert index.article("x").text == newest.text
            told.add((len(list(index.groups())), index.group_of("x").articles))
            again = index.add([newest, versions[0]])
            assert (again.unchanged, again.outdated) == (1, 1)
            assert [v.verdict for _, v in index.filter(versions, add=True)][2] == "duplicate"
            assert index.article("x").text == newest.text
            assert index.verify() == []
    assert len({members for _, members in told}) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({}, {}),
        ({"source": "Wire"}, {}),
        ({"source": "Wire", "published": None}, {"source": "Wire"}),
        ({"source": "Wire", "day": 400}, {"source": "Wire"}),
        ({"source": "Wire", "day": 0, "hour": 0}, {"source": "Wire", "day": 0}),
    ],
    ids=["no source", "of one", "no time", "a time to come", "a day alone"],
)
def test_time_tells_no_version_where_it_may_be_another_article(old, new):
    """Then what comes in another run takes the place, and in the same run is an error."""

    def article(n, *, day=1, hour=8, **more):
        moment = datetime.now(UTC).replace(hour=hour, minute=0, second=0, microsecond=0) - timedelta(days=9)
        return Article("x", " ".join(stranger(n)), **{"published": moment + timedelta(day), **more})

    pair = article(1, **old), article(2, **{"day": 0, **new})
    for both in (pair, pair[::-1]):
        with dedup.open(":memory:") as index:
            assert (index.add(both[:1]).added, index.add(both[1:]).updated) == (1, 1)
        with dedup.open(":memory:") as index:
            assert len(index.add(both).errors) == 1
            assert index.article("x").text == both[0].text


def test_an_id_with_two_texts_gives_the_first_each_time_that_both_are_read():
    first, other = (Article("same", " ".join(stranger(n)), path="a.jsonl", line=n) for n in (1, 2))
    with dedup.open(":memory:") as index:
        for _ in range(3):
            assert [error.line for error in index.add([first, other]).errors] == [2]
            assert index.article("same").text == first.text


def test_one_id_with_two_texts_in_one_run_is_an_error_and_the_first_is_kept(monkeypatch):
    first = Article("same", " ".join(stranger(1)), path="a.jsonl", line=1)
    other = Article("same", " ".join(stranger(2)), path="a.jsonl", line=2)
    for size in (1, 100):
        monkeypatch.setattr("dedup.intake.batches.BATCH_ARTICLES", size)
        with dedup.open(":memory:") as index:
            report = index.add([first, other, first])
            assert [(e.input, e.line) for e in report.errors] == [("a.jsonl", 2)]
            assert (report.added, report.unchanged) == (1, 1)
            assert index.article("same").text == first.text


def test_an_article_without_words_is_stored_and_matches_nothing():
    with dedup.open(":memory:") as index:
        report = index.add([Article("a", "..."), Article("b", "..."), Article("c", "word")])
        assert report.added == 3
        assert groups_of(index) == []


def test_the_explanation_agrees_with_the_match():
    lines = stranger(8)
    texts = " ".join(lines), " ".join([*stranger(9)[:4], *lines[2:6]])
    with dedup.open(":memory:") as index:
        index.add([Article("a", texts[0]), Article("b", texts[1]), Article("c", " ".join(stranger(10)))])
        told, match = index.explain("a", "b"), index.match("a", "b")
        assert told.stored
        assert match is not None
        assert told.comparison.relation is match.relation
        assert told.comparison.weight >= told.comparison.bar
        assert told.score is not None
        assert told.score >= told.score_bar
        apart = index.explain("a", "c")
        assert not apart.stored
        assert apart.comparison.weight < apart.comparison.bar
        assert told.frequency == pytest.approx(2)
        assert not told.common
    alone = dedup.explain(*texts)
    assert alone.shared_fingerprints == told.shared_fingerprints > 0
    assert alone.score is None
    assert alone.frequency is None


def test_a_match_and_its_explanation_are_of_the_two_in_the_order_in_which_they_are_asked_for():
    rng = random.Random(5)
    lines, rest, notice = story(rng, 20), story(rng, 6), sentence(rng)
    long, short = " ".join(lines), " ".join([*lines[4:10], *rest[:1]])
    with dedup.open(":memory:") as index:
        index.mark_lines(notice)
        index.add([Article("long", long), Article("short", f"{short}\n\n{notice}")])
        match, back = index.match("short", "long"), index.match("long", "short")
        told, told_back = index.explain("short", "long"), index.explain("long", "short")
        assert (match.a, match.b) == ("short", "long")
        assert match.containment_a > 0.6
        assert match.containment_b < 0.4
        assert all(short[p.a.start : p.a.end] == long[p.b.start : p.b.end] for p in match.passages)
        assert back == match.turned()
        assert index.matches_of("short") == index.matches_of("long") == [back]
        assert (told.a, told.b) == ("short", "long")
        assert told.comparison.containment_a == pytest.approx(match.containment_a)
        assert told.comparison.passages == match.passages
        assert told.fingerprints_a < told.fingerprints_b
        assert [[part.text for part in own] for own in told.uncounted] == [[notice.rstrip(".")], []]
        assert told_back == told.turned()
        assert (told_back.a, told_back.uncounted) == ("long", told.uncounted[::-1])


@pytest.mark.parametrize("copy", [0, 90])
def test_the_explanation_says_where_too_many_have_it_for_all_to_be_compared(tmp_path, copy):
    rng = random.Random(1)
    wire, own = story(rng, 24), story(rng, 40)
    with dedup.open(tmp_path / "i.db") as index:
        index.add(Article(f"copy {n}", f"Paper {n} reports. {' '.join(wire)}") for n in range(100))
        index.add([Article("report", " ".join([*own[:20], *wire[4:9], *own[20:]]))])
        told = index.explain(f"copy {copy}", "report")
    assert not told.stored
    assert told.common
    shown = within("explain", f"copy {copy}", "report", "--index", tmp_path / "i.db").stdout
    assert "only the best few pairs are compared" in " ".join(shown.split())


@pytest.mark.parametrize("seed", range(4))
def test_a_round_up_of_two_stories_is_of_the_one_that_it_has_more_of(seed):
    with dedup.open(":memory:") as index:
        index.add(told_together(seed))
        groups = groups_of(index)
        assert {match.a for match in index.matches_of("round-up")} == {"one", "other", "round-up"}
        with_it = next(group for group in groups if "round-up" in group)
        for name in ("one", "other"):
            told = index.explain(name, "round-up")
            assert told.stored
            assert told.parted == (name not in with_it)
            assert ("no group of both" in told.unheld) == told.parted
    assert groups in (
        [["one", "one again", "round-up"], ["other", "other again"]],
        [["one", "one again"], ["other", "other again", "round-up"]],
    )


@pytest.mark.parametrize("papers", [2, 3])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_round_up_that_several_papers_ran_makes_no_group_of_its_stories(seed, papers):
    articles = {article.id: article for article in told_together(seed)}
    again = [replace(articles["round-up"], id=f"round-up {n}") for n in range(1, papers)]
    with dedup.open(":memory:") as index:
        index.add([*articles.values(), *again])
        groups = [set(group.articles) for group in index.groups()]
    ran = {"round-up", *(article.id for article in again)}
    assert sum(group >= ran for group in groups) == 1
    assert not any({"one", "other"} <= group for group in groups)
    assert {"one", "one again"} <= next(group for group in groups if "one" in group)
    assert {"other", "other again"} <= next(group for group in groups if "other" in group)


def test_a_story_of_many_copies_is_one_group_in_one_add_or_many():
    """What more than `common_frequency` articles have is compared with a few: no copy is lost by it."""
    rng = random.Random(5)
    lines = story(rng, 30)
    copies = []
    for n in range(24):
        own = [line for line in lines if rng.random() > 0.1] + story(rng, 2)
        copies.append(Article(f"copy-{n:02d}", " ".join(own)))
    with dedup.open(":memory:") as whole, dedup.open(":memory:") as single:
        whole.add(copies)
        for part in _batched(copies, 5):
            single.add(part)
        assert groups_of(whole) == [sorted(article.id for article in copies)]
        assert groups_of(single) == groups_of(whole)
        assert matches_of(single) == matches_of(whole)
        assert len(matches_of(whole)) < 24 * 23 / 2


@pytest.mark.parametrize(("days", "alike"), [(None, "abcd"), (30, "bcd"), (1, "bd")])
def test_a_window_keeps_apart_what_was_published_far_apart(days, alike):
    """Copies of 1 January, 20 February, 10 March and of no known day; the third copy is asked about."""
    text = " ".join(story(random.Random(17), 12))
    dates = {"a": "2025-01-01", "b": "2025-03-10", "c": "2025-02-20", "d": None}
    copies = [{"id": name, "text": text, "published": day} for name, day in dates.items()]
    with dedup.open(":memory:", window=None if days is None else timedelta(days=days)) as index:
        index.add(copies)
        asked = {"id": "e", "text": text, "published": "2025-03-10"}
        assert sorted(match.a for match in index.check(asked).matches) == list(alike)
        index.add([asked])
        assert sorted(match.a for match in index.matches_of("e")) == list(alike)


@pytest.mark.parametrize("path", [None, 5])
def test_what_is_no_path_is_a_type_error_and_makes_no_file(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TypeError):
        dedup.open(path)
    assert list(tmp_path.iterdir()) == []


def test_an_index_may_be_named_in_bytes(tmp_path):
    with dedup.open(bytes(tmp_path / "näme.db")) as index:
        assert index.path == str(tmp_path / "näme.db")


def test_ages_and_windows_are_not_negative(tmp_path):
    below = timedelta(days=-1)
    with pytest.raises(ValueError, match="window"):
        dedup.open(tmp_path / "i.db", window=below)
    with dedup.open(":memory:") as index:
        index.add([Article("a", "A text of today.")])
        with pytest.raises(ValueError, match="age"):
            index.prune(below)
        with pytest.raises(ValueError, match="age"):
            index.add_files([str(tmp_path)], keep=below)
        assert index.info()["articles"] == 1


def test_a_new_index_is_built_of_one_that_another_version_made(tmp_path):
    old, new = tmp_path / "old.db", tmp_path / "new.db"
    (tmp_path / "a.txt").write_text(sentences(1))
    records = [
        Article("full", sentences(2), title="T", source="s", url="https://s.example/2", byline="B",
                published=datetime(2026, 3, 1, 5, 30, tzinfo=timezone(timedelta(hours=2))), language="de"),
        Article("odd \x00 id", f"{sentences(3)}\x00\r\n\u2028 end"),
    ]  # fmt: skip
    with dedup.open(old) as index:
        index.add(records)
        index.add_files([str(tmp_path / "a.txt")])
    with closing(sqlite3.connect(old)) as connection, connection:
        connection.execute("UPDATE about SET value = '1' WHERE name = 'tables'")
    with pytest.raises(IndexMismatch, match=f"dedup add sqlite:{old} --index NEW"):
        dedup.open(old)
    with dedup.open(new) as index:
        assert index.add_files([f"sqlite:{old}"]).added == 3
        report = index.add_files([str(tmp_path / "a.txt")])
        assert (report.added, report.unchanged) == (0, 1)
        assert index.add(records).unchanged == 2


def test_of_an_index_without_texts_no_new_one_is_built(tmp_path):
    with dedup.open(tmp_path / "old.db", texts=False) as index:
        index.add([Article("a", sentences(1))])
    [error] = read([f"sqlite:{tmp_path}/old.db"])
    assert "keeps no texts: give the files" in error.reason


def test_what_is_damaged_of_an_index_is_told_and_the_rest_is_taken(tmp_path):
    old = tmp_path / "old.db"
    with dedup.open(old) as index:
        index.add([Article(f"a{n}", sentences(n + 1), title="T") for n in range(4)])
    with closing(sqlite3.connect(old)) as connection, connection:
        connection.execute("UPDATE article SET title = x'ff41fe' WHERE id = 'a0'")
        connection.execute("UPDATE article_text SET text = x'ff41fe' WHERE number = 2")
        connection.execute("DELETE FROM article_text WHERE number = 3")
    *errors, article = sorted(read([f"sqlite:{old}"]), key=lambda found: isinstance(found, Article))
    assert article.id == "a3"
    assert [error.reason.partition(" (")[0] for error in errors] == [
        f"article {n}: damaged" for n in (1, 2, 3)
    ]


def test_what_another_process_puts_in_meanwhile_is_not_of_this_run(tmp_path, monkeypatch):
    """So a newer text replaces it, and it is no record that was read twice."""
    monkeypatch.setattr("dedup.intake.batches.BATCH_ARTICLES", 1)
    path = tmp_path / "news.db"
    old, new = (Article("a", f"{text} The ferry is aground off Estmere.") for text in ("One.", "Two."))

    def records():
        yield Article("first", "What opens the stream.")
        yield Article("second", "What is read while the first is stored.")
        with dedup.open(path) as other:
            other.add([old])
        yield new
        yield Article("a", "Three. What this run has read already.")

    with dedup.open(path) as index:
        report = index.add(records())
        assert (report.added, report.updated, len(report.errors)) == (2, 1, 1)
        assert index.article("a").text == new.text


def test_errors_of_records_tell_which_they_are():
    with dedup.open(":memory:") as index:
        report = index.add([{"id": "fine", "text": "Fine."}, {"id": "none"}, 3, Article("", "No id.")])
    assert [(error.input, error.line) for error in report.errors] == [("record", n) for n in (2, 3, 4)]


@pytest.mark.parametrize("texts", [True, False])
def test_a_new_version_with_the_same_text_object_has_its_own_title_and_time(texts):
    text, begin = " ".join(stranger(1)), datetime(2026, 1, 1, 9, tzinfo=UTC)
    versions = [
        Article("a", text, source="s", published=begin + timedelta(hours=hour), title=f"title {hour}")
        for hour in range(3)
    ]
    with dedup.open(":memory:", texts=texts) as index:
        index.add(versions)
        assert (index.article("a").title, index.article("a").published) == ("title 2", versions[2].published)
        assert index.verify() == []


@pytest.mark.parametrize(
    "wrong", [{"fields": {"nonsense": "b"}}, {"encoding": "nonsense"}, {"keep": timedelta(-1)}], ids=str
)
def test_what_cannot_be_is_refused_before_anything_is_remembered(tmp_path, wrong):
    path = tmp_path / "x.txt"
    path.write_text("some words of an article that is read")
    with dedup.open(tmp_path / "x.db", texts=False) as index:
        index.add_files(path)
        with pytest.raises((SettingsError, ValueError)):
            index.add_files(path, **wrong)
        assert index.info()["pending"] is None
        path.write_text("other words")
        assert index.article("x").text == ""
