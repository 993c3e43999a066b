"""The store: articles, matches, groups and small facts come back as they were put in."""

import sqlite3
import tracemalloc
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.boilerplate.recurrence import Source
from dedup.digest import digest_of
from dedup.errors import IndexDamaged, IndexUnusable, UnknownArticle
from dedup.index import Store, opening, schema
from dedup.index.rows import Rows
from dedup.model import Article, Match, Passage, Relation, RepeatedLine, Span

some = settings(deadline=None, max_examples=30)

# all of Unicode, lone surrogates and NUL included
texts = st.text(st.characters(), max_size=30)
moments = st.datetimes(timezones=st.just(UTC))
articles = st.builds(
    Article,
    id=texts,
    text=texts,
    source=st.none() | texts,
    published=st.none() | moments,
    title=st.none() | texts,
    url=st.none() | texts,
    path=st.none() | texts,
)


@pytest.fixture
def store():
    with Store.open(":memory:") as opened:
        yield opened
        assert opened.check() == []


def digests_of(made):
    """As they are made: of articles whose times are in UTC."""
    return [digest_of(replace(a, published=a.published and a.published.astimezone(UTC))) for a in made]


def put(store, *ids, **fields):
    made = [Article(name, f"the text of {name}", **fields) for name in ids]
    return store.put_articles(made, digests_of(made), [4] * len(ids))


def match(a, b, relation=Relation.DERIVED, weight=1.0):
    passages = (
        Passage(Span(0, 5), Span(7, 9), words=2, similarity=0.5, quoted=False, weight=weight),
        Passage(Span(11, 12), Span(1, 4), words=1, similarity=1.0, quoted=True, weight=8.0),
    )
    return Match(a, b, relation, resemblance=0.125, containment_a=0.25, containment_b=0.5, passages=passages)


def swapped(found):
    passages = tuple(
        Passage(p.b, p.a, words=p.words, similarity=p.similarity, quoted=p.quoted, weight=p.weight)
        for p in found.passages
    )
    return Match(
        found.b,
        found.a,
        found.relation,
        found.resemblance,
        found.containment_b,
        found.containment_a,
        passages,
    )


@some
@given(st.lists(articles, unique_by=lambda article: article.id, max_size=5))
def test_articles_come_back_as_they_were(given_articles):
    with Store.open(":memory:") as store:
        digests = digests_of(given_articles)
        numbers = store.put_articles(given_articles, digests, [7] * len(digests))
        assert numbers.tolist() == list(range(1, len(given_articles) + 1))
        assert store.articles.get(numbers[::-1]) == given_articles[::-1]
        ids = [article.id for article in given_articles]
        assert store.articles.ids(numbers) == ids
        assert store.articles.known([*ids, "no such id anywhere, as it is too long"]) == {
            name: (n, digest) for name, n, digest in zip(ids, numbers.tolist(), digests, strict=True)
        }
        assert [store.articles.number_of(name) for name in ids] == numbers.tolist()
        assert store.articles.words(numbers).tolist() == [7] * len(ids)
        assert store.check() == []


def test_an_unknown_number_is_said(store):
    put(store, "a")
    for ask in (store.articles.get, store.articles.ids, store.articles.words):
        with pytest.raises(UnknownArticle, match="number 7"):
            ask([1, 7])
    assert store.articles.number_of("b") is None


def test_an_update_takes_a_new_number_and_keeps_when_it_was_added(store):
    a, b = put(store, "a", "b").tolist()
    store.matches.put([[a, b]], [match("a", "b")])
    store.groups.put({a: "a", b: "a"})
    store._db.execute("UPDATE article SET added = '2001-01-01T00:00:00Z' WHERE number = ?", (a,))
    new, newer = Article("a", "new"), Article("a", "newer")
    (again,) = store.put_articles([new], digests_of([new]), [1]).tolist()
    (third,) = store.put_articles([newer], digests_of([newer]), [1]).tolist()
    assert (again, third) == (3, 4)
    assert store.articles.known(["a"]) == {"a": (4, digest_of(newer))}
    came = store.articles.came([b, third])
    assert came["a"].added == "2001-01-01T00:00:00Z" < came["b"].added
    assert store.articles.get([third])[0].text == "newer"
    assert store.matches.between(b, third) is None
    assert store.groups.of([b, third]) == {b: "a"}
    assert (store.articles.count(), store.articles.newest()) == (2, 4)


def test_numbers_are_never_given_twice(store):
    put(store, "a", "b")
    assert store.remove([2, 2, 99]) == 1
    assert store.remove([2]) == 0
    assert put(store, "c").tolist() == [3]


def test_without_texts_the_rest_is_kept(tmp_path):
    with Store.open(tmp_path / "i.db", texts=False) as store:
        numbers = store.put_articles([Article("a", "secret", title="T")], [b""], [1], same=[-7])
        assert store.articles.get(numbers) == [Article("a", "", title="T")]
        assert store.articles.same(numbers).tolist() == [-7]
    assert b"secret" not in (tmp_path / "i.db").read_bytes()


def test_older_than_goes_by_publication_and_else_by_addition(store):
    now = datetime.now(UTC)
    put(store, "old", published=now - timedelta(days=40))
    put(store, "elsewhere", published=(now - timedelta(days=20)).astimezone(timezone(timedelta(hours=-11))))
    put(store, "undated")
    put(store, "new", published=now)
    ids = {
        days: store.articles.ids(store.articles.older_than(now - timedelta(days=days)))
        for days in (50, 30, 10, -1)
    }
    assert ids == {50: [], 30: ["old"], 10: ["old", "elsewhere"], -1: ["old", "elsewhere", "undated", "new"]}


def test_a_match_is_seen_from_either_side(store):
    a, b, c = put(store, "a", "b", "c").tolist()
    store.matches.put(np.array([[a, b], [c, a]]), [match("a", "b"), match("c", "a", Relation.QUOTE)])
    assert store.matches.between(a, b) == match("a", "b")
    assert store.matches.between(b, a) == swapped(match("a", "b"))
    assert store.matches.between(c, a) == match("c", "a", Relation.QUOTE)
    assert store.matches.between(b, c) is None
    assert store.matches.of(a) == [match("a", "b"), swapped(match("c", "a", Relation.QUOTE))]
    assert store.matches.of(c) == [swapped(match("c", "a", Relation.QUOTE))]
    assert store.matches.among([b, a]) == [match("a", "b")]
    store.matches.put([[b, a]], [match("b", "a", Relation.EXCERPT)])  # in place of the older
    assert store.matches.between(b, a) == match("b", "a", Relation.EXCERPT)
    assert store.info()["matches"] == 2
    store.remove([a])
    assert store.info()["matches"] == 0


@pytest.mark.parametrize("relation", Relation)
def test_every_relation_is_kept(store, relation):
    put(store, "a", "b")
    store.matches.put([[1, 2]], [match("a", "b", relation)])
    assert store.matches.between(1, 2).relation is relation
    assert len(store.matches.links().a) == relation.joins


def test_links_hold_what_grouping_needs(store):
    put(store, "a", "b", "c")
    store.matches.put([[2, 1], [2, 3]], [match("b", "a", weight=3.5), match("b", "c", Relation.TEMPLATE)])
    links = store.matches.links()
    assert (links.a.tolist(), links.b.tolist()) == ([1], [2])
    assert (links.resemblance.tolist(), links.strength.tolist()) == ([0.125], [0.5])


@some
@given(st.sets(st.tuples(st.integers(1, 12), st.integers(1, 12)), max_size=14), st.sets(st.integers(1, 12)))
def test_links_around_reach_as_far_as_they_lead(pairs, start):
    pairs = sorted({(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]})
    with Store.open(":memory:") as store:
        put(store, *map(str, range(1, 13)))
        store.matches.put(pairs, [match(str(a), str(b)) for a, b in pairs])
        links = store.matches.links_around(start)
        reached = set(start)
        while more := {n for pair in pairs if reached & set(pair) for n in pair} - reached:
            reached |= more
        assert list(zip(links.a, links.b, strict=True)) == [pair for pair in pairs if reached & set(pair)]
        assert [(a, b) for a, b in store.matches.pairs_with(start)] == [p for p in pairs if start & set(p)]


def test_what_rests_on_a_line_is_looked_for_up_to_the_article_that_made_it_boilerplate(store):
    """Later ones of the batch are compared with the line marked, so that their matches do not rest on it."""
    put(store, "a1", "a2", source="a")
    put(store, "b3", source="b")
    put(store, "a4", source="a")
    put(store, "b5", source="b")
    put(store, "a6", source="a")
    pairs = [(first, other) for first in range(1, 7) for other in range(first + 1, 7)]
    store.matches.put(pairs, [match(str(first), str(other)) for first, other in pairs])
    every = [1, 2, 3, 5, 6]
    assert store.matches.pairs_around(4, every).tolist() == [[1, 2], [1, 4], [2, 4]]
    across = [[1, 2], [1, 3], [1, 4], [2, 3], [2, 4], [3, 4]]
    assert store.matches.pairs_across(4, every).tolist() == across
    assert store.matches.pairs_across(4, [1]).tolist() == [[1, 4]]


@some
@given(
    st.lists(
        st.dictionaries(st.integers(1, 9), st.none() | st.sampled_from("abc") | texts, max_size=6), max_size=5
    ),
    st.sets(st.integers(1, 9), max_size=4),
)
def test_groups_are_what_the_changes_add_up_to(changes, gone):
    member = {}
    with Store.open(":memory:") as store:
        put(store, *map(str, range(1, 10)))
        for change in changes:
            store.groups.put(change)
            member |= change
        store.remove(gone)
        member = {n: name for n, name in member.items() if name is not None and n not in gone}
        groups = {}
        for number in sorted(member):
            groups.setdefault(member[number], []).append(number)
        assert store.groups.of(range(1, 10)) == member
        assert store.groups.members_of(list(groups)) == groups
        found = [(name, groups[name]) for name in store.groups.names()]
        assert dict(found) == {name: own for name, own in groups.items() if len(own) > 1}
        sizes = [-len(numbers) for _, numbers in found]
        assert sizes == sorted(sizes)
        plain = [(size, name) for size, (name, _) in zip(sizes, found, strict=True) if name.isascii()]
        assert plain == sorted(plain)
        assert store.info()["grouped"] == sum(len(own) for own in groups.values() if len(own) > 1)
        assert store.check() == []


def test_small_facts_are_remembered(tmp_path):
    with Store.open(tmp_path / "i.db") as store:
        assert store.state.recall("last_add") is None
        store.state.record("last_add", {"at": "now", "articles": 3})
        store.state.record("last_add", {"at": "later", "articles": 4})
    with Store.open(tmp_path / "i.db") as store:
        assert store.state.recall("last_add") == {"at": "later", "articles": 4}


def test_a_transaction_is_all_or_nothing(store):
    put(store, "a")

    def interrupted():
        with store.writing():
            put(store, "b")
            with store.writing():
                store.groups.put({1: "g", 2: "g"})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert (store.articles.count(), store.articles.newest(), store.groups.of([1, 2])) == (1, 1, {})
    with store.writing():
        put(store, "b")
    assert store.articles.count() == 2


def test_what_was_rolled_back_is_not_told_of(tmp_path):
    with Store.open(tmp_path / "i.db") as store, Store.open(tmp_path / "i.db") as other:
        put(store, "a", "b")
        with pytest.raises(UnknownArticle), store.writing():
            [store.groups.put({1: "a", 2: "a"}), store.articles.ids([9])]
        other.groups.put({1: "b", 2: "b"})
        put(store, "c")
        told = [(change.change, change.group) for change in store.changes.since(0, None)]
        assert told == [("created", "b")]


def test_changes_are_told_in_order_however_many_are_read_at_a_time(store, monkeypatch):
    put(store, "a", "b")
    for i in range(7):
        store.groups.put({1: "a", 2: "a"} if i % 2 == 0 else {1: None, 2: None})
    told = list(store.changes.since(0, None))
    assert [change.number for change in told] == list(range(1, 8))
    monkeypatch.setattr("dedup.index.changes.AT_ONCE", 2)
    assert list(store.changes.since(0, None)) == told
    assert list(store.changes.since(3, told[0].at)) == told[3:]


def test_each_method_of_a_table_is_a_transaction(store):
    assert type(store.postings) in Rows.__subclasses__()  # which are made when they are needed
    alone = {
        f"{table.__name__}.{name}"
        for table in Rows.__subclasses__()
        for name, method in vars(table).items()
        if callable(method) and name[0] != "_" and not hasattr(method, "__wrapped__")
    }
    # a journal is read on while others write; of a manner that is known, nothing is written
    assert alone == {"Changes.since", "Places.read_by"}


def test_info_tells_what_the_index_is(tmp_path):
    with Store.open(tmp_path / "i.db") as store:
        put(store, "a", "b", "c")
        store.groups.put({1: "a", 2: "a"})
        info = store.info()
    assert (info["articles"], info["matches"], info["groups"], info["grouped"]) == (3, 0, 1, 2)
    assert info["schema"] == schema.newest()
    assert info["settings"]["shingle"] == 5
    assert info["libraries"]["numpy"] == np.__version__
    assert info["bytes"] >= (tmp_path / "i.db").stat().st_size > 0
    assert datetime.fromisoformat(info["created"]).tzinfo is UTC


def test_a_small_index_is_a_small_file(tmp_path):
    rng = np.random.default_rng(1)
    with Store.open(tmp_path / "i.db") as store:
        for i in range(30):
            numbers = put(store, f"article {i}")
            store.postings.post(numbers, np.array([0, 80]), rng.integers(0, 2**64, 80, np.uint64))
        assert store.check() == []
    assert (tmp_path / "i.db").stat().st_size < 280_000


def test_compacting_gives_space_back(tmp_path):
    path = tmp_path / "i.db"
    rng = np.random.default_rng(1)
    with Store.open(path) as store:
        with store.writing():
            for i in range(4):
                numbers = put(store, *(f"{i} {j}" for j in range(500)))
                store.postings.post(numbers, np.arange(501) * 80, rng.integers(0, 2**64, 500 * 80, np.uint64))
        full = store.info()["bytes"]
        store.remove(range(1, 1801))
        store.compact()
        assert store.check() == []
        assert store.info()["bytes"] < full / 4
        assert path.stat().st_size == store.info()["bytes"]
        assert store.articles.count() == 200


BREAKS = {
    "UPDATE tally SET value = 9 WHERE name = 'articles'": "2 articles, but 9 counted",
    "UPDATE tally SET value = 1 WHERE name = 'last'": "only 1 were given",
    "INSERT INTO article_text VALUES (9, x'78')": "texts without an article",
    "INSERT INTO article_words VALUES (9, x'78')": "words without an article",
    "INSERT INTO article_words VALUES (1, x'00000000')": "1 articles whose words are those of another",
    "INSERT INTO article_words VALUES (1, x'01')": "is damaged (the words of an article)",
    "INSERT INTO match VALUES (1, 9, 0, 0, 0, 0, 0, '[]')": "matches whose articles",
    "INSERT INTO match VALUES (2, 1, 0, 0, 0, 0, 0, '[]')": "matches whose articles",
    "UPDATE grouped SET size = 5": "groups of another size",
    "INSERT INTO membership VALUES (9, 1)": "memberships without",
    "INSERT INTO removed VALUES (1)": None,  # harmless: it is left out of candidates
    "DELETE FROM posting_run": "buckets of no run",
    "DELETE FROM posting_bucket": "0 keys and 0 postings, but 3",
    "UPDATE posting_run SET postings = 77": "but 3 and 77 counted",
    "UPDATE posting_run SET last = 1": "articles of another run",
    "UPDATE posting_run SET first = 0": "begins with article 0",
    "UPDATE posting_bucket SET postings = CAST(x'02' || substr(postings, 2) AS BLOB)": "is damaged",
    "UPDATE posting_bucket SET postings = CAST(substr(postings, 1, 4) || x'ff' AS BLOB)": "is damaged",
    "UPDATE posting_bucket SET postings = x'ffffffff'": "is damaged (a bucket of postings)",
    "UPDATE posting_bucket SET postings = x'01'": "is damaged (a bucket of postings)",
    "UPDATE posting_bucket SET postings = 'x'": "1 rows of posting_bucket with a value of another kind",
    "UPDATE posting_run SET bits = 9999999999": "is damaged (a run of postings)",
    "UPDATE posting_run SET run = 9999999999": "is damaged (a run of postings)",
    "UPDATE posting_run SET first = last + 1": "is damaged (a run of postings)",
}


def execute(path, statement):
    """Do to the file what no dedup does."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement)


@pytest.mark.parametrize("statement", BREAKS)
def test_check_finds_what_is_broken(tmp_path, statement):
    path = tmp_path / "i.db"
    with Store.open(path) as store:
        numbers = put(store, "a", "b")
        store.postings.post(numbers, np.array([0, 2, 4]), np.array([3, 2**63, 3, 2**64 - 2], np.uint64))
        store.groups.put({1: "a", 2: "a"})
        assert store.check() == []
    execute(path, statement)
    with Store.open(path) as store:
        problems = store.check()
    if BREAKS[statement] is None:
        assert problems == []
    else:
        assert any(BREAKS[statement] in problem for problem in problems), problems


def journal(store):
    return list(store.changes.since(0, None))


def lines_of_source(store):
    return store.boilerplate.sources(["s"])


TIMES, KIND, TEXT = (
    "2 articles with a time that is none",
    "with a value of another kind",
    "with a text that is none",
)
MATCHES, CHANGES, LINES = (
    "1 matches cannot be read",
    "1 changes cannot be read",
    "1 sources whose lines cannot",
)
UNREADABLE = {
    "UPDATE article SET published = 'rubbish'": (TIMES, lambda s: s.articles.get([1])),
    "UPDATE article SET published = '2026-11-22'": (TIMES, lambda s: s.articles.published([1])),
    "UPDATE article SET published = '22.11.2026'": (TIMES, lambda s: s.articles.issues([1])),
    "UPDATE article SET added = ''": (TIMES, None),
    "UPDATE article SET words = 'x'": (f"2 rows of article {KIND}", lambda s: s.articles.words([1])),
    "UPDATE article SET title = CAST(x'e60a41' AS TEXT)": (TEXT, lambda s: s.articles.get([1])),
    "UPDATE article SET source = x'e641'": (f"2 rows of article {TEXT}", lambda s: s.articles.issues([1])),
    "UPDATE article SET id = CAST(id AS BLOB)": (TEXT, lambda s: s.matches.between(1, 2)),
    "UPDATE article_text SET text = x'e641'": ("2 texts cannot be read", lambda s: s.articles.get([1])),
    "UPDATE tally SET value = 'x'": (f"2 rows of tally {KIND}", lambda s: s.articles.count()),
    "DELETE FROM tally": ("is damaged (a count)", lambda s: s.articles.newest()),
    "UPDATE match SET passages = '[[1,2'": (MATCHES, lambda s: s.matches.of(1)),
    "UPDATE match SET passages = '[[1,2]]'": (MATCHES, lambda s: s.matches.among([1, 2])),
    "UPDATE match SET passages = '{}'": (MATCHES, None),
    "UPDATE match SET passages = '[[0, 1, 0, \"1\", 1, 1, false, 1]]'": (MATCHES, None),
    "UPDATE match SET passages = ''": (MATCHES, lambda s: s.matches.stretch(1, 2)),
    "UPDATE match SET relation = 99": (MATCHES, lambda s: s.matches.between(1, 2)),
    "UPDATE match SET relation = -1": (MATCHES, None),
    "UPDATE match SET weight = -1": (MATCHES, None),
    "UPDATE match SET weight = 'x'": (f"1 rows of match {KIND}", lambda s: s.matches.of(1)),
    "UPDATE match SET resemblance = 'x'": (f"1 rows of match {KIND}", lambda s: s.matches.links()),
    "UPDATE grouped SET id = x'e641'": (f"1 rows of grouped {TEXT}", lambda s: s.groups.names()),
    "UPDATE change SET details = '{'": (CHANGES, journal),
    "UPDATE change SET details = '{}'": (CHANGES, journal),
    "UPDATE change SET details = replace(details, '[\"a\", \"b\"]', '7')": (CHANGES, journal),
    "UPDATE change SET grouped = 'a'": (CHANGES, journal),
    "UPDATE change SET at = 'x'": (CHANGES, journal),
    "UPDATE boilerplate SET hash = 'x'": (f"1 rows of boilerplate {KIND}", lambda s: s.boilerplate.lines()),
    "UPDATE boilerplate SET last = x'e641'": (
        f"1 rows of boilerplate {TEXT}",
        lambda s: s.boilerplate.lines(),
    ),
    "UPDATE line_source SET state = x'00'": (LINES, lines_of_source),
    "UPDATE line_source SET state = CAST(state || x'00' AS BLOB)": (LINES, lines_of_source),
    "UPDATE line_source SET state = CAST(x'00000000ff' || substr(state, 6) AS BLOB)": (
        LINES,
        lines_of_source,
    ),
    "UPDATE state SET value = '{'": ("1 facts cannot be read", lambda s: s.state.recall("fact")),
}


@pytest.mark.parametrize("statement", UNREADABLE)
def test_what_cannot_be_read_is_found_by_the_check_and_is_damage_to_whoever_reads_it(tmp_path, statement):
    path = tmp_path / "i.db"
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    with Store.open(path) as store:
        put(store, "a", "b", published=moment, source="s")
        store.matches.put(np.array([[1, 2]]), [match("a", "b")])
        store.groups.put({1: "a", 2: "a"})
        store.boilerplate.put([RepeatedLine(0, "s", "a line", 9, None, None, None, hash=2**63)])
        store.boilerplate.put_sources({"s": Source()})
        store.state.record("fact", {"a": 1})
        assert store.check() == []
    execute(path, statement)
    problem, read = UNREADABLE[statement]
    with Store.open(path) as store:
        assert any(problem in found for found in store.check()), store.check()
        if read:
            with pytest.raises(IndexDamaged) as error:
                read(store)
            assert str(error.value).startswith(f"{path}: the index is damaged (")
            assert str(error.value).isprintable()


def test_all_that_is_broken_is_told(tmp_path):
    path = tmp_path / "i.db"
    with Store.open(path) as store:
        put(store, "a", "b")
        store.groups.put({1: "a", 2: "a"})
    for statement in (
        "INSERT INTO article_words VALUES (1, x'01')",
        "UPDATE grouped SET size = 5",
        "UPDATE change SET details = '{'",
    ):
        execute(path, statement)
    with Store.open(path) as store:
        assert len(store.check()) == 3


def test_what_a_check_reads_does_not_stay_in_memory(tmp_path):
    path = tmp_path / "i.db"
    with Store.open(path) as store:
        for part in range(20):
            made = [Article(f"{part} {i}", f"{part} {i} " + "x" * 100_000) for i in range(10)]
            store.put_articles(made, digests_of(made), [3] * 10)
        tracemalloc.start()
        assert store.check() == []
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
        tracemalloc.stop()


BROKEN_RESTS = {
    "DELETE FROM posting_rest": "is damaged",
    "UPDATE posting_rest SET key = key + 1": "is damaged",
    "UPDATE posting_rest SET key = key - 1": "is damaged",
    "UPDATE posting_rest SET numbers = CAST(numbers || x'01' AS BLOB)": "is damaged",
    "UPDATE posting_rest SET numbers = CAST(numbers || numbers AS BLOB)": "is damaged",
    "UPDATE posting_rest SET run = run + 1": "is damaged",
    "INSERT INTO posting_rest SELECT run + 1, key, numbers FROM posting_rest": "buckets of no run",
}


@pytest.mark.parametrize("statement", BROKEN_RESTS)
def test_what_is_broken_in_a_long_list_is_found(tmp_path, monkeypatch, statement):
    """By the check, and by a look-up that needs it: after a removal."""
    monkeypatch.setattr("dedup.index.runs.COMMON", 2)
    path = tmp_path / "i.db"
    keys = np.array([3 << 20, 5 << 40, 7 << 60], np.uint64)
    with Store.open(path) as store:
        numbers = put(store, *"abc")
        store.postings.post(numbers, np.arange(4) * 3, np.tile(keys, 3))
        assert store.check() == []
    execute(path, statement)
    with Store.open(path) as store:
        problems = store.check()
        assert any(BROKEN_RESTS[statement] in problem for problem in problems), problems
        store.postings.candidates(np.array([-1]), np.array([0, 3]), keys, before=False)
        if "is damaged" in problems[0]:
            with pytest.raises(IndexDamaged):
                store.remove([1])


def test_check_finds_overwritten_pages(tmp_path):
    path = tmp_path / "i.db"
    with Store.open(path) as store:
        put(store, *map(str, range(2000)))
    data = bytearray(path.read_bytes())
    half = len(data) // 2
    data[half : half + 3 * 8192] = b"\x5a" * (3 * 8192)
    path.write_bytes(data)
    with Store.open(path) as store:
        assert store.check() != []


@pytest.mark.parametrize("before", [0, 1], ids=["before the first write", "between two"])
def test_an_index_that_is_removed_while_it_is_written_to_is_told(tmp_path, before):
    path = tmp_path / "news.db"
    with dedup.open(path) as index:
        if before:
            index.add([{"id": "one", "text": "Diggers came back to the quay at dawn, and nobody was about."}])
        for each in tmp_path.iterdir():
            each.unlink()
        with pytest.raises(IndexUnusable, match="removed or replaced while it was in use"):
            index.add([{"id": "two", "text": "A reader wrote to us from the hills about his goats."}])


def test_a_name_that_looks_like_a_uri_is_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("file:news.db", "file:news.db?mode=memory"):
        with dedup.open(name) as index:
            index.add([{"id": "one", "text": "Diggers came back to the quay at dawn, and nobody was about."}])
        assert (tmp_path / name).is_file()
        with dedup.open(name, create=False) as index:
            assert index.article("one").id == "one"


def test_a_text_that_has_changed_in_the_file_is_told(tmp_path):
    path = tmp_path / "news.db"
    text = "Diggers came back to the quay at dawn, and nobody was about."
    when = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    with dedup.open(path) as index:
        index.add(
            [Article("one", text, title="Quay", published=when), {"id": "two", "text": text + " None."}]
        )
        assert index.verify() == []
    changed = text.replace("dawn", "dusk").encode().hex()
    execute(path, f"UPDATE article_text SET text = x'{changed}' WHERE number = 1")
    with dedup.open(path) as index:
        assert index.verify() == ["1 articles that are not what they were when they came"]


def test_of_two_that_begin_an_index_at_once_one_made_it(tmp_path, monkeypatch):
    connect, faster = opening.connect, []

    def late(*args, **how):
        monkeypatch.setattr(opening, "connect", connect)
        opened = connect(*args, **how)
        faster.append(Store.open(tmp_path / "x.db"))
        return opened

    monkeypatch.setattr(opening, "connect", late)
    with Store.open(tmp_path / "x.db") as slower:
        assert (faster[0].is_new, slower.is_new) == (True, False)
    faster[0].close()
    with Store.open(tmp_path / "x.db") as again:
        assert not again.is_new
