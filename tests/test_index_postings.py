"""Postings: sorted runs give what a dictionary of lists gives, however they were posted and merged."""

from collections import defaultdict
from math import exp, inf, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.digest import digest_of
from dedup.index import NOMINAL, Common, Store, score_bar
from dedup.index.candidates import DEEP, FORMS, GROWTH
from dedup.index.runs import Runs, kernel, packing_kernel
from dedup.index.runs.tables import Table, merged, trimmed
from dedup.model import Article

some = settings(deadline=None, max_examples=30)

FEW = 3  # articles that a common key keeps in these tests
POOL = [int(key) for key in np.random.default_rng(5).integers(0, 2**64, 40, np.uint64)] + [
    0,
    1,
    2**18,
    2**64 - 1,
    2**63,
]

articles_of_keys = st.lists(st.lists(st.sampled_from(POOL), unique=True, max_size=12), max_size=40)
cuts = st.lists(st.integers(1, 9), min_size=1, max_size=40)


@pytest.fixture(autouse=True, scope="module")
def _small_parts():
    """Many buckets, parts and merges of a few postings each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dedup.index.runs.COMMON", FEW)
        patch.setattr("dedup.index.runs.BUCKET_KEYS", 2)
        patch.setattr("dedup.index.runs.MERGED_BUCKETS", 2)
        patch.setattr("dedup.index.runs.SCANNED_BYTES", 100)
        patch.setattr("dedup.index.runs.AT_ONCE", 5)
        patch.setattr("dedup.index.runs.WHOLE_AT_ONCE", 4)
        yield


def flat(batch):
    offsets = np.cumsum([0, *map(len, batch)])
    return offsets, np.array([key for keys in batch for key in keys], np.uint64)


def put(store, batch):
    """Store articles of these keys and post them; their numbers."""
    start = store.articles.newest()
    with store.writing():
        articles = [Article(f"{start + i}", "") for i in range(len(batch))]
        numbers = store.put_articles(articles, [*map(digest_of, articles)], [0] * len(batch))
        store.postings.post(numbers, *flat(batch))
    return numbers


def put_in_parts(store, articles, sizes):
    """Put articles in batches of these sizes, and the rest in a last one."""
    begin = 0
    for size in [*sizes, len(articles)]:
        put(store, articles[begin : begin + size])
        begin += size


def rows_of(found):
    """Candidates as {(query, number): (score, shared, bands)}; no pair twice."""
    rows = {
        (q, n): (round(s, 3), k, b)
        for q, n, s, k, b in zip(
            found.query.tolist(),
            found.number.tolist(),
            found.score.tolist(),
            found.shared.tolist(),
            found.bands.tolist(),
            strict=True,
        )
    }
    assert len(rows) == len(found)
    return rows


def expected(earlier, keys):
    """What `keys` shares with earlier articles {number: keys}: {number: (score, shared, bands)}."""
    score, shared, bands = defaultdict(float), defaultdict(int), defaultdict(int)
    for key in keys:
        posted = [number for number, own in earlier.items() if key in own]
        for number in posted[:FEW]:
            score[number] += max(0, log(NOMINAL / (len(posted) + 1)))
            shared[number] += 1
            bands[number] += key & 1
    return {number: (round(score[number], 3), shared[number], bands[number]) for number in shared}


def close(a, b):
    assert a.keys() == b.keys()
    for pair in a:
        assert a[pair] == pytest.approx(b[pair], abs=0.01)


@some
@given(
    articles_of_keys, st.lists(st.sampled_from(POOL), unique=True, min_size=1), st.sets(st.integers(1, 40))
)
def test_what_a_pair_shares_is_what_is_told_and_some_of_what_is_hidden(articles, asked, removed):
    with Store.open(":memory:") as store:
        put(store, articles)
        with store.writing():
            store.remove(np.array(sorted(n for n in removed if n <= len(articles)), np.int64))
        known = {n: set(own) for n, own in enumerate(articles, 1) if n not in removed}
        found = store.postings.candidates(np.array([-1]), *flat([asked]), before=False)
        for number, shared, hidden in zip(found.number, found.shared, found.hidden, strict=True):
            having = {key: [n for n, own in known.items() if key in own] for key in asked}
            late = {key for key, own in having.items() if len(own) > FEW and own[FEW - 1] < number}
            assert hidden == len(late)
            assert shared == len(known[number] & set(asked) - late)


@some
@given(articles_of_keys, cuts)
def test_batches_find_what_one_by_one_finds(articles, sizes):
    whole = {}
    for i, keys in enumerate(articles):
        earlier = {n + 1: set(own) for n, own in enumerate(articles[:i])}
        whole |= {(i + 1, n): row for n, row in expected(earlier, keys).items()}
    found = {}
    with Store.open(":memory:") as store:
        begin = 0
        for size in [*sizes, len(articles)]:
            batch = articles[begin : begin + size]
            begin += len(batch)
            numbers = put(store, batch)
            answer = rows_of(store.postings.candidates(numbers, *flat(batch), before=True))
            found |= {(int(numbers[q]), n): row for (q, n), row in answer.items()}
        assert store.check() == []
    close(found, whole)


@some
@given(articles_of_keys, cuts, st.lists(st.integers(1, 40), max_size=10), st.integers(0, 12))
def test_what_was_looked_up_ahead_is_what_would_be_found(articles, sizes, gone, known):
    """Whatever is posted, removed and merged meanwhile, and if some of the keys were not looked up."""
    with Store.open(":memory:") as store, store.writing():
        put(store, articles)
        begin = 0
        with store.postings.ahead(np.array(POOL[known:], np.uint64)):
            for size in sizes:
                batch = articles[begin : begin + size]
                begin += len(batch)
                put(store, batch)
                asked = (np.full(len(batch), -1), *flat(batch))
                answer = rows_of(store.postings.candidates(*asked, before=False))
                ahead, store.postings._runs._ahead = store.postings._runs._ahead, None
                assert answer == rows_of(store.postings.candidates(*asked, before=False))
                store.postings._runs._ahead = ahead
                store.remove([number for number in gone[:2] if number <= store.articles.newest()])
                del gone[:2]


@some
@given(articles_of_keys)
def test_an_article_that_is_asked_about_again_finds_what_it_found_when_it_came(articles):
    """Of a key whose list was full by then, it is no longer known how many had it: as many as have it now."""
    with Store.open(":memory:") as store:
        put(store, articles)
        for i, keys in enumerate(articles):
            earlier = {n + 1: set(own) for n, own in enumerate(articles[:i])}
            counts = [sum(key in own for own in earlier.values()) for key in keys]
            found = rows_of(store.postings.candidates(np.array([i + 1]), *flat([keys]), before=True))
            found = {number: row for (_, number), row in found.items()}
            then = expected(earlier, keys)
            if max(counts, default=0) < FEW:
                close(found, then)
            else:
                assert found.keys() == then.keys()
                assert all(found[n][0] <= then[n][0] + 0.01 for n in then)


@some
@given(articles_of_keys, cuts, st.lists(st.sampled_from(POOL), unique=True, max_size=20))
def test_a_stranger_finds_the_earliest_articles_of_each_key(articles, sizes, keys):
    with Store.open(":memory:") as store:
        put_in_parts(store, articles, sizes)
        found = rows_of(store.postings.candidates(np.array([-1]), *flat([keys]), before=False))
    earlier = {n + 1: set(own) for n, own in enumerate(articles)}
    close({n: row for (_, n), row in found.items()}, expected(earlier, keys))


@some
@given(articles_of_keys, cuts, st.data())
def test_removed_articles_leave_no_trace(articles, sizes, data):
    """Of common keys either: later articles move up in the lists, and none of the removed ones is counted."""
    gone = data.draw(st.sets(st.integers(1, max(1, len(articles)))))
    compacted = data.draw(st.booleans())
    with Store.open(":memory:") as store, Store.open(":memory:") as never:
        put_in_parts(store, articles, sizes)
        assert store.remove(gone) == len(gone & set(range(1, len(articles) + 1)))
        if compacted:
            store.compact()
        assert store.check() == []
        left = [n for n in range(1, len(articles) + 1) if n not in gone]
        put(never, [articles[n - 1] for n in left])
        stranger = (np.array([-1]), *flat([POOL]))
        found = rows_of(store.postings.candidates(*stranger, before=False))
        fresh = rows_of(never.postings.candidates(*stranger, before=False))
        close(found, {(0, left[n - 1]): row for (_, n), row in fresh.items()})


@some
@given(articles_of_keys, cuts, st.sets(st.integers(1, 40)))
def test_a_list_that_is_cut_off_has_as_many_as_are_kept(articles, sizes, gone):
    """Whatever was removed: it is never empty."""
    with Store.open(":memory:") as store:
        put_in_parts(store, articles, sizes)
        store.remove(gone)
        keys = np.unique(kernel.shortened(np.array(POOL, np.uint64)))
        with store.reading():
            found = store.postings._runs.find(keys)
        lengths = np.diff(found.offsets)
        assert (lengths == np.minimum(found.totals, FEW)).all()


@pytest.mark.parametrize("alone", [True, False])
def test_older_articles_ask_again_as_if_removed_ones_had_never_been(alone):
    """There were fewer articles, or none, by their numbers: every pair was a candidate then."""
    keys = [[2 * n, 1000 + 2 * (n // 2)] for n in range(40)]
    gone = set(range(3, 36))
    left = [n for n in range(1, 41) if n not in gone]
    with Store.open(":memory:") as store, Store.open(":memory:") as never:
        put(store, keys)
        store.remove(gone)
        put(never, [keys[n - 1] for n in left])
        for asked in [[n] for n in left] if alone else [left]:
            own = flat([keys[n - 1] for n in asked])
            places = np.array([left.index(n) + 1 for n in asked])
            for bar in (0.0, 8.0, 9.0):
                found = store.postings.candidates(np.array(asked), *own, before=True, min_score=bar)
                fresh = never.postings.candidates(places, *own, before=True, min_score=bar)
                pairs = [
                    (n, left[m - 1]) for n, m in zip(fresh.query.tolist(), fresh.number.tolist(), strict=True)
                ]
                assert list(zip(found.query.tolist(), found.number.tolist(), strict=True)) == pairs
                assert found.frequency.articles.tolist() == fresh.frequency.articles.tolist()


@some
@given(articles_of_keys, st.floats(0, 40))
def test_the_bar_only_leaves_out(articles, min_score):
    with Store.open(":memory:") as store:
        numbers = put(store, articles)
        everything = store.postings.candidates(numbers, *flat(articles), before=False)
        found = store.postings.candidates(numbers, *flat(articles), before=False, min_score=min_score)
    kept = [
        (q, -s, n)
        for q, n, s, b in zip(
            everything.query, everything.number, everything.score, everything.bands, strict=True
        )
        if b or s >= np.float32(min_score)
    ]
    assert [(q, n) for q, _, n in sorted(kept)] == list(zip(found.query, found.number, strict=True))


@some
@given(st.lists(st.tuples(st.integers(0, 2**64 - 1), st.integers(0, 2**40)), max_size=300))
def test_sorting_is_stable(rows):
    keys = np.array([key for key, _ in rows], np.uint64)
    items = np.array([item for _, item in rows], np.int64)
    order = np.argsort(keys, kind="stable")
    found_keys, found_items = kernel.sort(keys, items)
    assert found_keys.tolist() == keys[order].tolist()
    assert found_items.tolist() == items[order].tolist()


@some
@given(st.integers(0, 2**64 - 1))
def test_a_shortened_key_keeps_its_top_and_its_kind(key):
    (short,) = kernel.shortened(np.array([key], np.uint64)).tolist()
    assert short >> kernel.UNUSED + 1 == key >> kernel.UNUSED + 1
    assert short >> kernel.UNUSED & 1 == key & 1
    assert short % (1 << kernel.UNUSED) == 0


def test_sorting_many():
    keys = np.random.default_rng(3).integers(0, 2**64, 300_000, np.uint64)
    keys[::7] = keys[0]
    found, items = kernel.sort(keys, np.arange(len(keys)))
    order = np.argsort(keys, kind="stable")
    assert np.array_equal(items, order)
    assert np.array_equal(found, keys[order])


lists = st.lists(
    st.tuples(
        st.integers(0, 2**48 - 1).map(lambda key: key << 16),
        st.lists(st.integers(7, 7 + 2**20), unique=True, max_size=5),
        st.integers(0, 2),
    ),
    unique_by=lambda row: row[0],
    max_size=60,
)


def table_of(rows):
    rows = sorted(rows)
    numbers = [sorted(own) for _, own, _ in rows]
    return Table(
        np.array([key for key, _, _ in rows], np.uint64),
        np.cumsum([0, *map(len, numbers)]),
        np.array([n for own in numbers for n in own], np.int64),
        np.array([len(own) + more for _, own, more in rows], np.int64),
    )


@some
@given(lists, st.integers(0, 20), st.integers(3, 8))
def test_a_packed_table_comes_back_and_is_found_in(rows, bits, width):
    table = table_of(rows)
    buckets, places, data, count = packing_kernel.pack(*table, 5, bits, 7, width)
    packed = buckets[:count], places[: count + 1], np.append(data[: places[count]], np.zeros(8, np.uint8))
    back = trimmed(*packing_kernel.unpack(*packed, bits, 7, width))
    for ours, theirs in zip(back, table, strict=True):
        assert ours.tolist() == theirs.tolist()
    wanted = np.union1d(table.keys[::2], kernel.shortened(np.array(POOL, np.uint64)))
    slots, offsets, numbers, totals = trimmed(*packing_kernel.find(wanted, *packed, bits, 7, width))
    known = {
        int(key): (table.numbers[a:b].tolist(), int(total))
        for key, a, b, total in zip(table.keys, table.offsets, table.offsets[1:], table.totals, strict=False)
    }
    assert [int(wanted[s]) for s in slots.tolist()] == [int(key) for key in wanted if int(key) in known]
    for i, slot in enumerate(slots.tolist()):
        assert (numbers[offsets[i] : offsets[i + 1]].tolist(), int(totals[i])) == known[int(wanted[slot])]


@some
@given(st.lists(lists, min_size=1, max_size=5), st.sets(st.integers(7, 40)))
def test_merging_unites_lists_in_order_of_time(parts, removed):
    found = merged([table_of(rows) for rows in parts], np.array(sorted(removed), np.int64), FEW)
    numbers, totals = defaultdict(list), defaultdict(int)
    for rows in parts:
        for key, own, more in rows:
            numbers[key] += [n for n in sorted(own) if n not in removed]
            totals[key] += len([n for n in own if n not in removed]) + more
    assert found.keys.tolist() == sorted(key for key in totals if totals[key])
    for i, key in enumerate(found.keys.tolist()):
        assert found.numbers[found.offsets[i] : found.offsets[i + 1]].tolist() == numbers[key][:FEW]
        assert found.totals[i] == totals[key]


def test_the_number_of_runs_grows_with_the_logarithm():
    with Store.open(":memory:") as store:
        for _ in range(300):
            put(store, [POOL[:5]])
        runs = Runs(store._transactions).all()
        assert len(runs) <= 15  # three of each size: 1, 4, 16, 64, 256
        assert [run.first for run in runs] == sorted(run.first for run in runs)
        assert sum(run.articles for run in runs) == 300


def test_space_comes_back_by_itself_when_much_was_removed():
    rng = np.random.default_rng(1)
    with Store.open(":memory:") as store:
        numbers = put(store, [rng.integers(0, 2**64, 50, np.uint64).tolist() for _ in range(100)])
        postings = sum(run.postings for run in Runs(store._transactions).all())
        store.remove(numbers[:20])
        assert sum(run.postings for run in Runs(store._transactions).all()) == postings
        store.remove(numbers[20:50])
        assert sum(run.postings for run in Runs(store._transactions).all()) == postings // 2
        assert store.check() == []
        store.remove(numbers[50:])
        assert Runs(store._transactions).all() == []
        assert store.check() == []


def test_the_bar_of_the_score_rises_with_the_index(monkeypatch):
    monkeypatch.setattr("dedup.index.sharing.NOMINAL", 20)
    spread = [n * 0x9E3779B97F4A7C15 % 2**64 & ~1 for n in range(1, 81)]
    keys = [spread[2 * n : 2 * n + 2] for n in range(40)]
    with Store.open(":memory:") as store:
        put(store, keys)
        ask = np.array([-1]), *flat(keys[:1])
        (score,) = store.postings.candidates(*ask, before=False).score.tolist()
        assert score == pytest.approx(2 * log(20 / 2))
        over = score - GROWTH * log(41 / 20)
        assert len(store.postings.candidates(*ask, before=False, min_score=over - 0.01)) == 1
        assert len(store.postings.candidates(*ask, before=False, min_score=over + 0.01)) == 0
    assert score_bar(6.0, NOMINAL * 100) == pytest.approx(6.0 + GROWTH * log(100))
    assert score_bar(6.0, 3) == 6.0


COMMONS = st.builds(
    Common,
    st.sampled_from([2.0, 3.0, inf]),
    st.floats(0, 1),
    st.sampled_from([1.5, 2.0, inf]),
    st.integers(0, 3),
)


@some
@given(
    articles_of_keys,
    COMMONS,
    st.sampled_from([3, FORMS]),
    st.sampled_from([5, DEEP]),
    st.sampled_from([0.0, 12.0, 30.0]),
)
def test_of_what_many_have_the_best_few_are_kept(articles, common, forms, deep, bar):
    """How many have it is taken down by the root of the growth of the index, and to leave out too.

    What is a large share of the keys needs no score: that of what all articles have is nothing.
    """
    with Store.open(":memory:") as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr("dedup.index.sharing.FORMS", forms)
        patch.setattr("dedup.index.sharing.DEEP", deep)
        numbers = put(store, articles)
        everything = store.postings.candidates(numbers, *flat(articles), before=True)
        found = store.postings.candidates(numbers, *flat(articles), before=True, common=common, min_score=bar)
    expected, passed = [], defaultdict(int)
    names = ("query", "number", "score", "shared", "bands")
    rows = zip(*(getattr(everything, name).tolist() for name in names), strict=True)
    for (query, number, score, shared, bands), told in zip(rows, everything.frequency.articles, strict=True):
        frequency = NOMINAL * exp(-score / shared)
        assert told == pytest.approx(frequency / max((query + 1) / forms, 1) ** 0.5, rel=1e-5)
        frequency /= max((query + 1) / deep, 1) ** 0.5
        large, is_common = shared >= common.share * len(articles[query]), frequency > common.frequency - 1e-3
        if not bands and (
            (frequency > common.form - 1e-3 and not large) or (score < bar and not (large and is_common))
        ):
            continue
        if is_common:
            passed[query, large] += 1
            if passed[query, large] > common.most:
                continue
        expected.append((query, number))
    assert list(zip(found.query.tolist(), found.number.tolist(), strict=True)) == expected


@pytest.mark.parametrize("keys", [1, 2, 3, 7])
def test_keys_that_so_many_articles_have_count_as_of_so_many(monkeypatch, keys):
    """So that a bar of four is reached by what four articles have, whatever the logarithms make of it."""
    monkeypatch.setattr("dedup.index.runs.COMMON", 64)
    with Store.open(":memory:") as store:
        numbers = put(store, [POOL[:keys]] * 40)
        found = store.postings.candidates(numbers, *flat([POOL[:keys]] * 40), before=True)
    expected = found.query + 1
    assert (found.frequency.articles >= expected).all()
    assert found.frequency.articles == pytest.approx(expected)


def test_a_stranger_is_judged_in_the_index_as_it_is_with_it(monkeypatch):
    monkeypatch.setattr("dedup.index.sharing.FORMS", 2)
    with Store.open(":memory:") as store:
        put(store, [[2 << 20]] * 7)
        for number, articles in ((-1, 8), (3, 7)):
            found = store.postings.candidates(np.array([number]), *flat([[2 << 20]]), before=False)
            assert found.frequency.articles == pytest.approx(articles / (articles / 2) ** 0.5)
