"""Forms that recur at their source, and wire stories that many ran, told by sources and days."""

import json
import random
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stories import corpus, daily, story, wired

import dedup
from dedup import Article, Relation, Settings
from dedup.digest import digest_of
from dedup.index import Store
from dedup.index.spread import DAY, apart, issues, issues_of, spread

BEGAN = datetime(2025, 3, 1, tzinfo=UTC)
RECURRENT = Settings().recurrent_articles
BY_MANY = Settings(next_days=1e5, late_days=1e5)
"""A form is not told by the days between two of it, so that it is by what all have."""


def relations(articles, sizes=(10_000,)):
    """The relation of every match, each by its two ids, of articles that were added so many at a time."""
    with dedup.open(":memory:", settings=BY_MANY) as index:
        begin = 0
        while begin < len(articles):
            for size in sizes:
                index.add(articles[begin : begin + size])
                begin += size
        return relations_in(index, articles)


def relations_in(index, articles):
    """The relation of every match of these articles that the index has."""
    return {(match.a, match.b): match.relation for one in articles for match in index.matches_of(one.id)}


def of_newest(found, newest):
    return {relation for (_, b), relation in found.items() if b == newest}


# a form of a source


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_form_that_a_source_prints_daily_is_a_template(seed):
    articles = daily(seed, 14)
    found = relations(articles)
    for n, article in enumerate(articles, 1):
        told = of_newest(found, article.id)
        if n < RECURRENT:
            assert Relation.TEMPLATE not in told
        else:
            assert told == {Relation.TEMPLATE}


@pytest.mark.parametrize(
    "changed",
    [
        lambda _, article: replace(article, published=None),
        lambda _, article: replace(article, source=None),
        lambda n, article: replace(article, source=f"paper {n}", published=BEGAN),
        lambda n, article: replace(article, published=BEGAN + timedelta(hours=n)),
        lambda n, article: replace(article, published=BEGAN + timedelta(days=n % 3)),
    ],
    ids=["no days", "no source", "a wire", "one day", "three days"],
)
def test_what_is_not_of_one_source_and_of_many_days_is_no_form_by_that(changed):
    articles = [changed(n, article) for n, article in enumerate(daily(1, 14))]
    assert Relation.TEMPLATE not in relations(articles[:11]).values()


def test_a_form_printed_twice_a_day_is_none_between_the_two():
    """What a source prints again the same day is another edition of it."""
    articles = [
        replace(article, published=BEGAN + timedelta(days=n // 2)) for n, article in enumerate(daily(1, 10))
    ]
    found = relations(articles)
    for n in range(RECURRENT, len(articles)):
        for m in range(n):
            relation = found.get((articles[m].id, articles[n].id), Relation.TEMPLATE)
            assert (relation is Relation.TEMPLATE) == (m // 2 != n // 2)


def test_a_story_that_its_source_adds_to_day_by_day_is_none():
    lines = corpus(1)[0].text.split(". ")
    articles = [
        Article(f"v{n}", ". ".join(lines[: n + 3]), source="Post", published=BEGAN + timedelta(days=n))
        for n in range(len(lines) - 3)
    ]
    found = relations(articles)
    assert len(articles) >= RECURRENT
    assert Relation.TEMPLATE not in found.values()


# a wire story


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_wire_story_is_no_form_however_many_have_it(seed):
    assert Relation.TEMPLATE not in relations(wired(seed)).values()
    slow = wired(seed, days=12)
    assert of_newest(relations(slow), slow[-1].id) == {Relation.TEMPLATE}
    few = [replace(article, source=f"paper {n % 4}") for n, article in enumerate(wired(seed))]
    assert Relation.TEMPLATE in of_newest(relations(few), few[-1].id)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("days", [1, 40])
def test_a_report_that_takes_paragraphs_from_a_story_that_a_hundred_ran_is_found(seed, days):
    rng = random.Random(seed)
    wire, own = story(rng, 24), story(rng, 40)
    copies = [
        Article(f"copy {n}", f"Paper {n} reports. {' '.join(wire)}", source=f"paper {n}", published=BEGAN)
        for n in range(100)
    ]
    copies = [replace(one, published=BEGAN + timedelta(days=n % days)) for n, one in enumerate(copies)]
    text = " ".join([*own[:20], *wire[4:9], *own[20:]])
    report = Article("report", text, source="Herald", published=BEGAN + timedelta(days=days - 1))
    assert dedup.compare(copies[0], report).relation is Relation.DERIVED
    told = of_newest(relations([*copies, report]), "report")
    assert told == ({Relation.DERIVED} if days == 1 else set())


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("days", [1, 40])
def test_an_article_that_has_such_a_story_whole_is_found_whatever_is_known_of_it(seed, days):
    rng = random.Random(seed)
    wire = " ".join(story(rng, 24))
    copies = [
        Article(f"copy {n}", f"Paper {n} reports. {wire}", published=BEGAN + timedelta(days=n % days))
        for n in range(100)
    ]
    own = [story(rng, 50) for _ in range(2)]
    longer = Article("longer", "\n\n".join([*map(" ".join, own[:1]), wire, *map(" ".join, own[1:])]))
    with dedup.open(":memory:") as index:
        index.add(copies)
        assert index.check(longer).relation is Relation.EXCERPT
        index.add([longer])
        assert len(index.group_of("longer").articles) == 101


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_footer_that_a_hundred_print_in_a_day_ties_nothing(seed):
    rng = random.Random(seed)
    footer = " ".join(story(rng, 5))
    articles = [
        Article(f"a{n}", f"{' '.join(story(rng, 15))}\n\n{footer}", source=f"paper {n}", published=BEGAN)
        for n in range(100)
    ]
    with dedup.open(":memory:") as index:
        index.add(articles)
        late = {pair: own for pair, own in relations_in(index, articles).items() if int(pair[1][1:]) >= 50}
        assert set(late.values()) == {Relation.TEMPLATE}
        assert {index.explain(*pair).comparison.relation for pair in late} == {Relation.TEMPLATE}


# the same, however it came


def mixed(seed):
    """Stories, two forms and a wire story, by their times."""
    articles = [*daily(seed, 14), *daily(seed + 1, 12, "Courier"), *wired(seed)]
    rest = [replace(one, published=BEGAN + timedelta(days=n % 9)) for n, one in enumerate(corpus(seed, 4))]
    return sorted([*articles, *rest], key=lambda one: (one.published, one.id))


@settings(max_examples=10)
@given(st.integers(0, 1000), st.lists(st.integers(1, 30), min_size=1, max_size=5))
def test_matches_are_those_of_articles_added_one_by_one(seed, sizes):
    articles = mixed(seed)
    found = relations(articles, sizes=sizes)
    assert found == relations(articles, sizes=(1,))
    assert found == relations(articles)
    assert Relation.TEMPLATE in found.values()


def test_an_index_without_texts_tells_forms_while_files_are_there_and_by_keys_when_they_are_gone(tmp_path):
    import json

    articles = daily(2, 14)

    def row(one):
        return {"id": one.id, "text": one.text, "source": one.source, "published": str(one.published)}

    found = {}
    for name in ("kept", "there", "gone"):
        with dedup.open(tmp_path / f"{name}.db", settings=BY_MANY, texts=name == "kept") as index:
            for n, one in enumerate(articles):
                file = tmp_path / f"{name}-{n}.jsonl"
                file.write_text(json.dumps(row(one)) + "\n")
                index.add_files([str(file)])
                if name == "gone":
                    file.unlink()
                    index._older.forget()
            found[name] = relations_in(index, articles)
    assert found["kept"] == found["there"] == relations(articles)
    assert of_newest(found["gone"], articles[-1].id) == {Relation.TEMPLATE}
    assert Relation.TEMPLATE not in of_newest(found["gone"], articles[3].id)


def test_a_check_and_an_explanation_agree_with_the_match():
    articles = daily(3, 12)
    with dedup.open(":memory:") as index:
        index.add(articles[:-1])
        asked = index.check(articles[-1])
        index.add(articles[-1:])
        stored = index.matches_of(articles[-1].id)
        assert {m.a: m.relation for m in asked.matches} == {m.a: m.relation for m in stored}
        assert stored
        for match in stored:
            assert index.explain(match.a, match.b).comparison.relation is match.relation


def test_an_explanation_goes_by_what_had_come_before_as_the_match_did():
    """The first articles of a form, and of a wire story, are judged by few; later ones change nothing."""
    articles = mixed(4)
    with dedup.open(":memory:") as index:
        index.add(articles)
        found = relations_in(index, articles)
        forms = [pair for pair, relation in found.items() if relation is Relation.TEMPLATE]
        assert 10 < len(forms) < len(found) - 10
        assert {pair: index.explain(*pair).comparison.relation for pair in found} == found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_form_stays_what_it_was_when_a_line_under_it_is_marked(seed):
    """Its first articles were no form when they came, and are none because there are more of them by now."""
    note = " ".join(story(random.Random(seed), 5))
    articles = [replace(one, text=f"{one.text}\n\n{note}") for one in daily(seed, 16)]
    with (
        dedup.open(":memory:", settings=BY_MANY) as index,
        dedup.open(":memory:", settings=BY_MANY) as marked,
    ):
        index.add(articles)
        before = relations_in(index, articles)
        assert index.mark_lines(note) == marked.mark_lines(note)
        after = relations_in(index, articles)
        assert after == before
        assert {relation.joins for relation in after.values()} == {True, False}
        marked.add(articles)
        assert after == relations_in(marked, articles)


# by definition


ISSUES = st.tuples(st.sampled_from([None, "a", "b", "c"]), st.sampled_from([None, *range(4)]))


def issue(source, day):
    when = None if day is None else (BEGAN + timedelta(days=day)).isoformat()
    return int(issues([(source, when)])[0])


@given(
    st.lists(st.tuples(st.tuples(st.sampled_from("abc"), st.integers(0, 3)), st.lists(ISSUES, max_size=8)))
)
def test_the_spread_is_what_it_says(pairs):
    offsets = np.cumsum([0, *(len(others) for _, others in pairs)])
    own = np.array([issue(*mine) for mine, _ in pairs], np.int64)
    others = np.array([issue(*one) for _, rest in pairs for one in rest], np.int64)
    found = spread(own, offsets, others)
    for p, (mine, rest) in enumerate(pairs):
        known = [mine, *(one for one in rest if None not in one)]
        days = [day for source, day in known if source == mine[0]]
        assert (found.own[p], found.days[p]) == (len(days), len(set(days)))
        assert found.sources[p] == len({source for source, _ in known})
        assert found.span[p] == max(day for _, day in known) - min(day for _, day in known)


@given(ISSUES, ISSUES)
def test_issues_tell_sources_and_days_apart(one, other):
    same, days = apart(*(np.array([issue(*each)]) for each in (one, other)))
    assert (one[0] == other[0]) == same[0]
    known = None not in one and None not in other
    assert days[0] == (abs(one[1] - other[1]) if known else -1)


def test_a_day_is_one_of_utc():
    late = datetime(2025, 3, 1, 23, tzinfo=timezone(timedelta(hours=-5)))
    assert issues_of([Article("a", "", "s", late)])[0] & DAY == BEGAN.toordinal() + 1
    assert issues_of([Article("a", "", "s", BEGAN), Article("b", "", None, BEGAN)]).tolist() == [
        issue("s", 0),
        0,
    ]


@pytest.mark.parametrize("copies", [2, 6, 40])
def test_a_story_is_found_in_other_words_however_many_had_it_before(copies):
    """Of a brief and of a long rewrite; if each of its sources had it once."""
    lines = (Path(__file__).parent / "quality" / "newsroom-briefs.jsonl").read_text("utf-8").splitlines()
    told = {record["id"]: record["text"] for record in map(json.loads, lines)}
    for base, again in (("C001", "C002"), ("C007", "C009")):
        wire = [
            Article(f"copy {n}", told[base], source=f"paper {n}", published=BEGAN + timedelta(minutes=n))
            for n in range(copies)
        ]
        rewrite = Article("again", told[again], source="another", published=BEGAN + timedelta(hours=9))
        with dedup.open(":memory:") as index:
            index.add([*wire, rewrite])
            assert index.group_of("again").articles[0] == "copy 0"


KEYS = [(n * 0x9E3779B97F4A7C15 % 2**64) & ~1 for n in range(1, 13)]
FEW = 3
POSTED = st.lists(
    st.tuples(st.lists(st.sampled_from(KEYS), unique=True, max_size=8), ISSUES), min_size=1, max_size=25
)
LOW = Settings(
    recurrent_articles=3,
    recurrent_days=2,
    recurrent_keys=2,
    wire_sources=2,
    wire_days=1,
    wire_keys=2,
    doubtful_frequency=2,
    retold_frequency=2,
    retold_keys=2,
)


@settings(deadline=None)
@given(POSTED, st.booleans())
def test_what_an_index_tells_is_by_the_articles_that_have_half_of_the_keys(posted, before):
    """Of common keys, by the earliest articles that are kept, and those that came before."""
    articles = [
        Article(f"{n}", "", source, None if day is None else BEGAN + timedelta(days=day))
        for n, (_, (source, day)) in enumerate(posted, 1)
    ]
    offsets = np.cumsum([0, *(len(keys) for keys, _ in posted)])
    keys = np.array([key for own, _ in posted for key in own], np.uint64)
    with pytest.MonkeyPatch.context() as patch, Store.open(":memory:", LOW) as store:
        patch.setattr("dedup.index.runs.COMMON", FEW)
        numbers = store.put_articles(articles, [*map(digest_of, articles)], [0] * len(posted))
        store.postings.post(numbers, offsets, keys)
        plain = store.postings.candidates(numbers, offsets, keys, before=before)
        found = store.postings.candidates(numbers, offsets, keys, before=before, issues=issues_of(articles))
    kept = defaultdict(list)
    for number, (own, _) in enumerate(posted, 1):
        for key in own:
            kept[key] = [*kept[key], number][:FEW]
    for i, (query, a) in enumerate(zip(found.query.tolist(), found.number.tolist(), strict=True)):
        b = query + 1
        lists = [kept[key] for key in posted[query][0] if a in kept[key]]
        counts = defaultdict(int)
        for number in (number for own in lists for number in own if number != b):
            counts[number] += not before or number < b
        half = [n for n, count in counts.items() if count and 2 * count >= len(lists)]
        known = [posted[n - 1][1] for n in [*half, b] if None not in posted[n - 1][1]]
        mine, theirs = posted[query][1], posted[a - 1][1]
        dated = None not in mine and None not in theirs
        common = plain.frequency.articles[i] >= 2 and plain.shared[i] >= 2
        usual = np.exp(-np.float64(plain.score[i]) / plain.shared[i]) * 5000 >= 1.5
        days = [day for source, day in known if source == mine[0]]
        form = dated and mine[0] == theirs[0] and mine[1] != theirs[1] and usual and plain.shared[i] >= 2
        assert found.frequency.recurrent[i] == (form and len(days) >= 3 and len(set(days)) >= 2)
        wire = dated and common and mine[0] != theirs[0] and abs(mine[1] - theirs[1]) <= 1
        span = max((day for _, day in known), default=9) - min((day for _, day in known), default=0)
        sources = {source for source, _ in known}
        is_wire = wire and len(sources) >= 2 and span <= 1
        assert found.frequency.articles[i] == (1 if is_wire else plain.frequency.articles[i])
        once = wire and len(sources) >= max(2, 0.8 * len(known)) and span <= 1
        assert found.frequency.story[i] == (is_wire or once)
