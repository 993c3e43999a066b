"""Retellings: the kernels against slow references, and whole reports told again in other words."""

import itertools
import json
import re
import textwrap
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from found import compared
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau
from stories import TEAMS

import dedup
from dedup.comparison import cases, facts_kernel, matches, retelling_kernel
from dedup.comparison.constants import rarity_squared
from dedup.comparison.facts import Facts, facts_of_both, order_of_facts
from dedup.comparison.structure_kernel import NAME, NUMBER
from dedup.comparison.telling import Side, Told, in_order, names_of_both, passages_of
from dedup.comparison.word_kernel import prepare
from dedup.model import Article, Relation
from dedup.sketch import sketch
from dedup.sketch.stem_kernel import FUNCTION

some = settings(deadline=None, max_examples=60)
words = st.lists(
    st.tuples(st.integers(1, 25), st.sampled_from([0, 30, 60, FUNCTION]), st.booleans()), max_size=50
)


def first_places(article):
    """The slow way: where each content word that is not skipped is first, and what it weighs there."""
    found = {}
    for place, (word, level, skipped) in enumerate(article):
        if level != FUNCTION and not skipped:
            found.setdefault(word, (place, rarity_squared()[level]))
    return found


def tokens_of(articles):
    tokens = [token for article in articles for token in article]
    stem, level, skip = (
        np.array([token[i] for token in tokens], kind)
        for i, kind in enumerate((np.uint32, np.uint8, np.uint8))
    )
    return stem, level, skip, np.cumsum([0, *map(len, articles)])


def of_kernel(articles):
    return retelling_kernel.first_places(*tokens_of(articles), rarity_squared())


@some
@given(words, words)
def test_what_two_articles_tell_and_its_order_are_those_of_all_pairs_of_words(a, b):
    told_a, told_b = first_places(a), first_places(b)
    weight = {word: min(told_a[word][1], told_b[word][1]) for word in told_a.keys() & told_b.keys()}
    agreed = turned = 0.0
    for x, y in itertools.combinations(weight, 2):
        ahead = (told_a[x][0] < told_a[y][0]) == (told_b[x][0] < told_b[y][0])
        agreed, turned = (
            agreed + weight[x] * weight[y] * ahead,
            turned + weight[x] * weight[y] * (not ahead),
        )
    lighter = min(sum(w for _, w in told.values()) for told in (told_a, told_b))
    offsets, *columns, total = of_kernel([a, b])
    every = (offsets, *columns, total)
    found = retelling_kernel.retold(np.array([[0, 1], [1, 0]]), *every, *every, 0.0, 0.0)
    both = sum(weight.values())
    expected = [both, both / lighter if lighter else 0, (agreed - turned) / max(agreed + turned, 1e-300)]
    assert found[0] == pytest.approx(expected)
    assert found[1] == pytest.approx(expected)


@some
@given(st.lists(words, min_size=2, max_size=4), st.data())
def test_articles_that_are_ready_tell_the_same_as_their_sketches_without_their_notices(articles, data):
    stem, level, skip, offsets = tokens_of(articles)
    none = np.zeros(len(articles) + 1, np.int64)
    sentence = np.zeros(len(stem), np.int32)
    _, counts, _, *ready = prepare(
        stem, level, sentence, skip, offsets, none, np.empty(0, np.uint64), rarity_squared()
    )
    own = np.zeros((len(articles) + 1, 4), np.int64)
    np.cumsum(counts, axis=0, out=own[1:])
    x, y = data.draw(st.permutations(range(len(articles))))[:2]
    notices = [
        [*data.draw(ranges(len(articles[x]))), *data.draw(ranges(len(articles[y])))]
        for _ in range(data.draw(st.integers(0, 2)))
    ]
    given = (
        np.array([[x, y]]), np.array([0, len(notices)]), np.array(notices, np.int64).reshape(-1, 4),
        offsets, level, skip, own, *ready[:3], rarity_squared(),
    )  # fmt: skip
    found = retelling_kernel.retold_apart(*given, 0.0, 0.0)
    kept = [
        [
            (word, kind, skipped or any(notice[side] <= at < notice[side + 1] for notice in notices))
            for at, (word, kind, skipped) in enumerate(articles[row])
        ]
        for side, row in ((0, x), (2, y))
    ]
    every = of_kernel(kept)
    expected = retelling_kernel.retold(np.array([[0, 1]]), *every, *every, 0.0, 0.0)
    assert found == pytest.approx(expected)
    for least in (0.3, 1.0, 2.0):
        (told,) = retelling_kernel.retold_apart(*given, least, 0.0)
        assert told == pytest.approx(found[0]) if found[0, 0] >= least else told[0] < least


def ranges(length):
    return st.lists(st.integers(0, length), min_size=2, max_size=2).map(sorted)


@some
@given(words, words)
def test_the_chain_is_the_heaviest_of_words_in_one_order(a, b):
    told_a, told_b = first_places(a), first_places(b)
    offsets, word, place, weight, _ = of_kernel([a, b])
    places, weights = retelling_kernel.in_order(offsets, word, place, weight, 0, 1, len(a))
    assert np.all(np.diff(places, axis=0) > 0)
    both = {told_a[w][0]: (told_b[w][0], min(told_a[w][1], told_b[w][1])) for w in told_a.keys() & told_b}
    assert [(i, both[i]) for i in places[:, 0].tolist()] == list(
        zip(places[:, 0].tolist(), zip(places[:, 1].tolist(), weights.tolist(), strict=True), strict=True)
    )
    heaviest: dict[int, float] = {}
    for i in sorted(both):
        ahead = (w for k, w in heaviest.items() if both[k][0] < both[i][0])
        heaviest[i] = both[i][1] + max(ahead, default=0.0)
    assert sum(weights) == pytest.approx(max(heaviest.values(), default=0.0))


@some
@given(st.text("abc", max_size=12), st.text("abc", max_size=12))
def test_common_words_are_the_longest_subsequence_of_both(a, b):
    def length(i, j):
        if i == len(a) or j == len(b):
            return 0
        if a[i] == b[j]:
            return 1 + table[i + 1, j + 1]
        return max(table[i + 1, j], table[i, j + 1])

    table = {(i, j): 0 for i in range(len(a) + 2) for j in range(len(b) + 2)}
    for i, j in itertools.product(range(len(a), -1, -1), range(len(b), -1, -1)):
        table[i, j] = length(i, j)
    stems = (np.array([ord(c) for c in text], np.uint32) for text in (a, b))
    assert retelling_kernel.common(*stems) == table[0, 0]


def test_words_scattered_over_a_long_text_are_no_passage_of_a_sentence():
    def side(text, sentences):
        stem = np.arange(len(sentences), dtype=np.uint32)
        zero = np.zeros(len(sentences), np.uint8)
        return Side(text, stem, zero, np.array(sentences, np.int32), zero, zero > 0, zero > 0)

    short = side("short", [0, 0, 0, 1, 1, 1])
    long = side("long", [0] * 3 + [n // 4 for n in range(4, 44)])
    long.stem[:] += 100  # words of its own, but for five of the short one, in order
    long.stem[[3, 20, 30, 40, 41]] = range(5)
    told = told_by(short, long)
    passages, weights = passages_of(in_order(told, short, long), short, long)
    assert passages[:, :4].tolist() == [[3, 6, 39, 43]]
    assert weights.tolist() == [pytest.approx(2 * rarity_squared()[0])]


def told_by(x, y):
    stem, level = np.concatenate((x.stem, y.stem)), np.concatenate((x.level, y.level))
    return Told.of(stem, level, np.zeros(len(stem), np.uint8), np.array([0, len(x.stem), len(stem)]))


def test_a_name_that_is_a_function_word_in_the_language_of_one_text_weighs_nothing():
    def side(levels):
        stem, zero = np.arange(len(levels), dtype=np.uint32), np.zeros(len(levels), np.uint8)
        return Side("", stem, np.array(levels, np.uint8), zero.astype(np.int32), zero, zero == 0, zero > 0)

    x, y = side([24, FUNCTION, 24]), side([24, 24, 24])
    assert names_of_both(told_by(x, y), x, y, numbers=False) == pytest.approx(2 * rarity_squared()[24])


facts = st.lists(
    st.sampled_from(["Ada", "Bram", "Cora", "Dirk", "Elsa", "Finn", "Gus", "Hal", "17", "230", "4,500"]),
    max_size=20,
)


@some
@given(facts, facts)
def test_the_order_of_facts_is_that_of_their_first_places(a, b):
    both = [fact for fact in dict.fromkeys(a) if fact in b]
    places = ([own.index(fact) for fact in both] for own in (a, b))
    expected = kendalltau(*places).statistic if len(both) > 1 else 0.0
    told = (Facts.of("said " + " and ".join(own)) for own in (a, b))
    assert order_of_facts(*told) == pytest.approx(expected)


names = st.lists(st.tuples(st.integers(1, 12), st.sampled_from([24, FUNCTION]), st.booleans()), max_size=30)


@some
@given(names, names)
def test_names_of_both_weigh_what_the_lighter_side_gives_them(a, b):
    def side(tokens):
        stem, level, name = (np.array([token[i] for token in tokens]) for i in range(3))
        none = np.zeros(len(tokens), np.uint8)
        return Side(
            "", stem.astype(np.uint32), level.astype(np.uint8), none, none, name.astype(np.bool_), none > 0
        )

    x, y = side(a), side(b)
    told, named = (
        [first_places([(*t[:2], False) for t in own]) for own in (a, b)],
        [{word for word, _, name in own if name} for own in (a, b)],
    )
    both = named[0] & named[1] & told[0].keys() & told[1].keys()
    expected = sum(min(told[0][word][1], told[1][word][1]) for word in both)
    assert names_of_both(told_by(x, y), x, y, numbers=False) == pytest.approx(expected)


tokens = st.lists(
    st.tuples(st.integers(1, 12), st.sampled_from([0, NAME, NUMBER]), st.booleans()), max_size=60
)


@some
@given(st.lists(tokens, min_size=2, max_size=4), st.data())
def test_what_may_agree_is_told_by_the_capitals_and_numbers_of_both(articles, data):
    least, capitals, most = 3, 5, 0.6

    def enough(own, other, share):
        count = sum(flag == NAME for _, flag, _ in own)
        if not len(own) < capitals * count < most * capitals * len(own):
            return True
        facts = [
            word
            for place, (word, flag, begins) in enumerate(own)
            if flag == NUMBER or (flag == NAME and place > 0 and not begins)
        ]
        common = {*facts} & {word for word, *_ in other}
        return len(facts) >= least and len(common) >= share * len({*facts})

    pairs = data.draw(st.lists(st.permutations(range(len(articles))).map(lambda own: own[:2]), min_size=1))
    every = [token for own in articles for token in own]
    stem, flags = (
        np.array([token[i] for token in every], kind) for i, kind in ((0, np.uint32), (1, np.uint8))
    )
    sentence = np.concatenate(
        [np.zeros(0), *(np.cumsum([begins for *_, begins in own]) for own in articles)]
    ).astype(np.int32)
    base = np.cumsum([0, *map(len, articles)])
    shares = data.draw(st.lists(st.sampled_from([0.1, 0.3]), min_size=len(pairs), max_size=len(pairs)))
    found = facts_kernel.may_agree(
        np.array(pairs), base, stem, sentence, flags, least, np.array(shares), capitals, most
    )
    assert found.tolist() == [
        enough(articles[x], articles[y], share) and enough(articles[y], articles[x], share)
        for (x, y), share in zip(pairs, shares, strict=True)
    ]


def texts_of(name):
    lines = (Path(__file__).parent / "quality" / f"{name}.jsonl").read_text("utf-8").splitlines()
    return {record["id"]: record["text"] for record in map(json.loads, lines)}


REPORTS = texts_of("rewordings-held-out")
BASE, HEAVY, INDEPENDENT = (REPORTS[f"b03-{kind}"] for kind in ("base", "heavy", "independent"))


def test_a_report_told_again_in_other_words_is_derived_sentence_by_sentence():
    match = dedup.compare(BASE, HEAVY)
    assert match.relation is Relation.DERIVED
    assert match.resemblance < 0.01
    assert match.weight > 6
    assert match.confidence > 0.9
    assert len(match.passages) >= 5
    for before, after in itertools.pairwise(match.passages):
        assert before.a.end <= after.a.start
        assert before.b.end <= after.b.start
    craft = next(p for p in match.passages if "4.2 million marks" in BASE[p.a.start : p.a.end])
    assert "4.2 million marks" in HEAVY[craft.b.start : craft.b.end]
    assert compared(BASE, HEAVY).reason.startswith("One is the other told in other words")


@pytest.mark.parametrize(("days", "source", "joins"), [(0.7, "a", True), (1, "a", False), (6, "b", True)])
def test_what_its_source_tells_again_the_next_day_is_no_retelling(days, source, joins):
    """It is the next report of the affair, which says what went before."""
    first = datetime(2026, 3, 1, tzinfo=UTC)
    base = Article("base", BASE, source="a", published=first)
    heavy = Article("heavy", HEAVY, source=source, published=first + timedelta(days))
    assert (dedup.compare(base, heavy) is not None) == joins
    with dedup.open(":memory:") as index:
        index.add([base, heavy])
        assert ("more than 0.75 days apart" in index.explain(base.id, heavy.id).comparison.reason) == (
            not joins
        )


def test_a_retelling_is_the_same_from_either_side():
    assert dedup.compare(HEAVY, BASE) == replace(dedup.compare(BASE, HEAVY).turned(), a="a", b="b")


def test_retellings_of_all_families_are_the_same_from_either_side_and_lie_in_order():
    articles = [Article(name, text) for name, text in REPORTS.items()]
    sketches = sketch([article.text for article in articles], dedup.Settings())
    pairs = np.array(
        [
            (i, j)
            for i, j in itertools.combinations(range(len(articles)), 2)
            if articles[i].id.split("-")[0] == articles[j].id.split("-")[0]
        ]
    )
    there = matches(articles, sketches, pairs, dedup.Settings())
    back = matches(articles, sketches, pairs[:, ::-1].copy(), dedup.Settings())
    retold = 0
    for one, other in zip(there, back, strict=True):
        if one is None or one.as_a_whole is None:
            assert other is None or other.as_a_whole is None
            continue
        retold += 1
        turned = other.turned()
        assert replace(turned, passages=()) == replace(one, passages=())
        assert sorted(turned.passages, key=lambda p: (p.a.start, p.b.start)) == list(one.passages)
        told = [p for p in one.passages if not p.quoted]
        for before, after in itertools.pairwise(told):
            assert before.a.end <= after.a.start
        for side, text in (("a", REPORTS[one.a]), ("b", REPORTS[one.b])):
            assert all(0 <= getattr(p, side).start < getattr(p, side).end <= len(text) for p in told)
    assert retold > 40


@pytest.mark.parametrize(("one", "other"), [("base", "heavy"), ("heavy", "middle")])
def test_a_retelling_in_another_language_is_told_by_the_order_of_its_facts(one, other):
    texts = texts_of("rewordings-languages")
    report, told = texts[f"c06-{one}"], texts[f"c06-{other}"]
    assert dedup.compare(report, told).relation is Relation.DERIVED
    assert "in the same order" in dedup.explain(report, told).comparison.reason
    turned = "\n\n".join(reversed(told.split("\n\n")))
    assert dedup.compare(report, turned) is None


def test_an_independent_report_is_none():
    assert dedup.compare(BASE, INDEPENDENT) is None
    assert dedup.compare(HEAVY, INDEPENDENT) is None


TURNED = "\n\n".join(reversed(HEAVY.split("\n\n")))


def test_a_retelling_whose_paragraphs_were_moved_is_told_by_its_facts():
    found = compared(BASE, TURNED)
    assert found.relation is Relation.DERIVED
    assert found.reason.startswith("One is the other told in other words and in another order")
    match = dedup.compare(BASE, TURNED)
    back = dedup.compare(TURNED, BASE).turned()
    assert sorted(back.passages, key=lambda p: p.a.start) == list(match.passages)
    assert match.weight >= 6
    assert len(match.passages) >= 4
    for one, other in itertools.combinations(match.passages, 2):
        assert one.a.end <= other.a.start or other.a.end <= one.a.start
        assert one.b.end <= other.b.start or other.b.end <= one.b.start
    found = next(p for p in match.passages if "flax" in BASE[p.a.start : p.a.end])
    assert "some flax line" in TURNED[found.b.start : found.b.end]


def test_it_is_none_where_some_facts_are_others():
    other = TURNED
    for name in ("Stannick", "Harrap", "Velsk", "Stenhouse"):
        other = other.replace(name, name[::-1].title())
    assert dedup.compare(BASE, other) is None


def test_a_retelling_of_other_facts_is_none():
    other = HEAVY
    for name in ("Stannick", "Milo", "Harrap", "Velsk", "Aurelia", "Stenhouse", "Dunmore", "January", "May"):
        other = other.replace(name, name[::-1].title())
    for digit in "123456789":
        other = other.replace(digit, str((int(digit) + 3) % 10))
    assert dedup.compare(BASE, other) is None


@pytest.mark.parametrize(
    ("family", "articles", "joins"),
    [("b15", 4.0, True), ("b15", 5.0, False), ("b03", 5.0, True)],
    ids=["a few have it", "a form may be", "copies are told by their facts"],
)
def test_what_more_articles_share_is_a_retelling_if_it_is_sure(family, articles, joins):
    found = compared(REPORTS[f"{family}-base"], REPORTS[f"{family}-heavy"], articles)
    assert (found.relation is Relation.DERIVED) == joins


@pytest.mark.parametrize("family", ["s01", "s04", "s05", "s09"])
def test_a_brief_is_told_again_in_other_words(family):
    told = texts_of("rewordings-brief")
    base = told[f"{family}-base"]
    assert max(len(told[f"{family}-{kind}"].split()) for kind in ("base", "heavy")) <= 140
    assert dedup.compare(base, told[f"{family}-heavy"]).relation is Relation.DERIVED
    assert dedup.compare(told[f"{family}-heavy"], base).relation is Relation.DERIVED
    assert dedup.compare(base, told[f"{family}-independent"]) is None
    with dedup.open(":memory:") as index:
        index.add(Article(name, text) for name, text in told.items())
        assert f"{family}-heavy" in index.group_of(f"{family}-base").articles


@pytest.mark.parametrize("family", ["n01", "n04", "n05", "n08", "n11", "n12"])
def test_a_summary_is_found_by_most_of_its_words(family):
    told = texts_of("rewordings-brief")
    base, summary = told[f"{family}-base"], told[f"{family}-summary"]
    found = dedup.compare(base, summary)
    assert found.relation is Relation.DERIVED
    assert found.passages
    # the same words with other facts are none
    others = re.sub(r"(?<!^)(?<![.\n] )[A-Z][a-z]+|\d+", lambda word: word.group()[::-1].title(), summary)
    assert dedup.compare(base, others) is None


def test_a_report_that_many_ran_is_told_again():
    copies = [Article(f"copy {i}", BASE, source=f"paper {i}") for i in range(9)]
    with dedup.open(":memory:") as index:
        index.add([*copies, Article("other", INDEPENDENT)])
        index.add([Article("heavy", HEAVY)])
        assert set(index.group_of("heavy").articles) == {*(copy.id for copy in copies), "heavy"}


def test_a_report_that_many_ran_is_told_again_in_another_order():
    told = texts_of("rewordings-moved")
    copies = [Article(f"copy {i}", told["a09-base"], source=f"paper {i}") for i in range(9)]
    with dedup.open(":memory:") as index:
        index.add([*copies, Article("other", told["a09-independent"])])
        index.add([Article("heavy", told["a09-heavy"])])
        assert set(index.group_of("heavy").articles) == {*(copy.id for copy in copies), "heavy"}


def upper_from(words):
    return lambda text: " ".join(text.split(" ")[:words]).upper() + " " + " ".join(text.split(" ")[words:])


@pytest.mark.parametrize(
    ("change", "least"),
    [
        (str.upper, 10),  # which of its words are names, only the other tells
        (str.lower, 14),
        (upper_from(5), 14),
        (lambda text: text.replace(" ", "  "), 16),
        (lambda text: textwrap.fill(text, 40), 15),
        (lambda text: text.replace(" ", "\u00a0"), 16),
    ],
    ids=["upper", "lower", "first words", "two spaces", "wrapped", "no-break spaces"],
)
def test_retellings_are_found_whatever_the_case_and_spaces_of_one_side(change, least):
    families = [name.removesuffix("-heavy") for name in REPORTS if name.endswith("-heavy")]
    assert len(families) == 16
    found = [
        compared(REPORTS[f"{name}-base"], change(REPORTS[f"{name}-heavy"])).relation for name in families
    ]
    assert found.count(Relation.DERIVED) >= least


FOOTER = (
    "\n\nReporting by Ingrid Solheim and Karel Novotny; additional reporting by Wren Ashgrove in Ostrand."
    " Editing by Piet Hallam. Tips: newsdesk@meridian.example, telephone +47 5550 1234."
)


@pytest.mark.parametrize("kind", ["middle", "heavy"])
def test_a_footer_under_both_hides_no_retelling(kind):
    families = [name.removesuffix("-heavy") for name in REPORTS if name.endswith("-heavy")]
    found = [
        compared(REPORTS[f"{name}-base"] + FOOTER, REPORTS[f"{name}-{kind}"] + FOOTER).relation
        for name in families
    ]
    assert sum(relation is not None and relation.joins for relation in found) >= len(families) - 1


def test_a_footer_under_both_makes_no_retelling():
    of_family = itertools.groupby(REPORTS, lambda name: name.split("-")[0])
    pairs = [pair for _, names in of_family for pair in itertools.combinations(names, 2)]
    apart = [(a, b) for a, b in pairs if "independent" in a + b]
    assert len(apart) > 100
    for a, b in apart:
        found = compared(REPORTS[a] + FOOTER, REPORTS[b] + FOOTER)
        assert not found.reason.startswith("One is the other"), (a, b)


def test_what_rests_on_marked_lines_is_no_retelling_any_more():
    parts = HEAVY.split("\n\n")
    with dedup.open(":memory:") as index:
        index.add([Article("base", BASE, source="x"), Article("heavy", HEAVY, source="y")])
        before = index.match("base", "heavy")
        index.mark_lines("\n".join(parts[:2]))
        after = index.match("base", "heavy")
        assert after.weight < before.weight
        index.mark_lines("\n".join(parts[2:]))
        assert index.match("base", "heavy") is None
        assert index.group_of("heavy") is None


def test_no_one_is_asked_about_retellings_where_the_bar_of_passages_is_set():
    with dedup.open(":memory:") as index:
        index.add(Article(name, text) for name, text in REPORTS.items())
        asked = index.borderline(200)
        assert asked
        assert all(match.as_a_whole is None for match in asked)


def test_explain_tells_what_lacks_for_a_retelling():
    changed = HEAVY.replace("Stannick", "Ostrand").replace("Harrap", "Vance").replace("Stenhouse", "Moor")
    for digit in "1234567":
        changed = changed.replace(digit, "8")
    reason = dedup.explain(BASE, changed).comparison.reason
    assert re.search(r"No retelling, for of their numbers and names too few agree: \d+ of \d+", reason), (
        reason
    )


def test_what_is_scattered_over_many_sentences_is_told_in_any_order_or_as_that(monkeypatch):
    lines = (Path(__file__).parent / "quality" / "newsroom-briefs.jsonl").read_text("utf-8").splitlines()
    own = [record for record in map(json.loads, lines) if record["family"] == "deepsea"]
    texts = {record["kind"]: record["text"] for record in own}
    why = dedup.explain(texts["base"], texts["summary"]).comparison
    assert why.reason.startswith("One is the other told in other words and in another order: 14 of 14")
    monkeypatch.setattr("dedup.comparison.retelling.TOGETHER", 99)
    why = dedup.explain(texts["base"], texts["summary"]).comparison
    assert "No retelling, for no sentences have enough of it in common" in why.reason
    assert why.relation is None


def test_explain_tells_how_far_from_a_retelling_two_articles_are():
    told = texts_of("rewordings-desks")
    why = dedup.explain(told["car2o"], told["car2r"]).comparison
    assert "what both tell weighs 10.1, 19% of the lighter, where 12 is asked" in why.reason
    assert dedup.compare(told["car2o"], told["car2r"]) is None


def test_many_names_that_begin_alike_take_no_time_that_grows_with_their_square(monkeypatch):
    looks = []
    are_cases = cases._are_cases
    monkeypatch.setattr(cases, "_are_cases", lambda a, b: looks.append(1) or are_cases(a, b))
    for count in (500, 1000):
        looks.clear()
        texts = [" ".join(f"sanoi Tans{chr(97 + n % 26)}{n * k:06x}".translate(LETTERS) for n in range(count))
                 for k in (7, 11)]  # fmt: skip
        facts_of_both(*map(Facts.of, texts))
        assert len(looks) <= 2 * count * 2 * cases.BESIDE


def test_names_that_differ_in_their_numbers_are_others():
    both = [Facts.of(ELSEWHERE.format(own)) for own in ("Leopard-1", "Leopard-2")]
    assert [common for _, common in facts_of_both(*both)] == [3, 3]


@pytest.mark.parametrize("told", ["fi1-rw1", "fi1-rw2", "uk2-rw1", "tr1-rw2", "el1-rw1", "cs1-rw2"])
def test_fewer_facts_are_enough_where_names_have_cases_and_much_is_told_again(told):
    texts = texts_of("rewordings-inflected")
    report, other = texts[f"{told[:3]}-a"], texts[f"{told[:3]}-ind"]
    assert dedup.compare(report, texts[told]).relation is Relation.DERIVED
    assert dedup.compare(other, texts[told]) is None


@pytest.mark.parametrize("family", ["en3", "en5", "en6", "es1", "es2", "it1", "it2", "pt2"])
def test_a_rewrite_that_drops_half_of_the_facts_and_adds_none_is_told(family):
    lines = (Path(__file__).parent / "quality" / "newsroom-genres.jsonl").read_text("utf-8").splitlines()
    own = [record for record in map(json.loads, lines) if record["family"] == family]
    texts = {record["kind"]: record["text"] for record in own}
    _, (facts, common) = facts_of_both(Facts.of(texts["base"]), Facts.of(texts["heavy"]))
    assert common >= 0.86 * facts
    assert dedup.compare(texts["base"], texts["heavy"]).relation is Relation.DERIVED
    assert dedup.compare(texts["heavy"], texts["base"]).relation is Relation.DERIVED
    assert dedup.compare(texts["base"], texts["independent"]) is None


@pytest.mark.parametrize("genitive", ["Ostrand's", "Ostrand’s", "Ostrand'", "OSTRAND'S"])
def test_a_name_in_the_genitive_is_the_same(genitive):
    both = [Facts.of(IN_ENGLISH.format(own)) for own in ("Ostrand", genitive)]
    assert facts_of_both(*both) == [(4, 4), (4, 4)]
    assert Facts.of(f"It was {genitive} fleet.").places()["ostrand"] == 7
    assert facts_of_both(*(Facts.of(IN_ENGLISH.format(own)) for own in ("O'Sullivan", "O'Shea"))) == [
        (4, 3),
        (4, 3),
    ]


@pytest.mark.parametrize("family", ["bde1", "bde4", "bfr3", "bit1", "cru1", "cru3", "cel1"])
def test_a_retelling_in_an_inflected_language_is_told_whatever_the_endings(family):
    texts = texts_of("rewordings-desks")
    report, told = texts[f"{family}o"], texts[f"{family}r"]
    assert dedup.compare(report, told).relation is Relation.DERIVED
    assert dedup.compare(told, report).relation is Relation.DERIVED


LETTERS = str.maketrans("0123456789", "ghijklmnop")
ELSEWHERE, IN_ENGLISH = (
    "Kun {} saapui klo 5, 7 ja 9 oli.",
    "It was said that {} came at 5 with 7 of the 9 dogs.",
)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Tanskanen", "Tanskasen"),
        ("Παπαδόπουλος", "Παπαδοπούλου"),
        ("Hirvijärvi", "Hirvijärvestä"),
        ("Karapınar", "Karapınar’da"),
        ("Сулиця", "Сулицю"),
    ],
)
def test_a_name_in_another_case_is_the_same_but_in_english(name, other):
    for text, common in ((ELSEWHERE, 4), (IN_ENGLISH, 3)):
        both = [Facts.of(text.format(own)) for own in (name, other)]
        assert facts_of_both(*both) == [(4, common), (4, common)]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Austria", "Australia"),
        ("Bundesrat", "Bundesbankpräsident"),
        ("Mark", "Marktbreit"),
        ("Iran", "Iraq"),
    ],
)
def test_a_name_that_begins_alike_is_another(name, other):
    both = [Facts.of(ELSEWHERE.format(own)) for own in (name, other)]
    assert facts_of_both(*both) == [(4, 3), (4, 3)]


def test_an_index_finds_a_retelling_and_keeps_what_it_weighs(tmp_path):
    with dedup.open(tmp_path / "index.db") as index:
        index.add([Article("base", BASE), Article("other", INDEPENDENT), Article("heavy", HEAVY)])
        (found,) = index.matches_of("heavy")
    with dedup.open(tmp_path / "index.db") as index:
        assert index.matches_of("heavy") == [found]
        assert index.group_of("base").articles == ("base", "heavy")
        assert index.check(Article("new", HEAVY)).relation is not None
    expected = dedup.compare(Article("base", BASE), Article("heavy", HEAVY))
    assert found == expected
    assert found.as_a_whole is not None


def test_the_words_of_quotations_tell_no_retelling():
    quoted = "\n\n".join(f'"{part}"' for part in HEAVY.replace('"', "").split("\n\n"))
    assert dedup.compare(BASE, quoted) is None


def test_two_instalments_of_a_series_are_none():
    """The same people and places in the same order, and little else."""
    names = (
        "Isolde Varrick", "Bram Hessel", "Wren Ashgrove", "Naomi Treloar", "Tobias Okafor", "Lila Sandoval",
        "Ostermoor", "Kinovox", "Cormac Teague", "Petra Lindqvist", "Sunniva Brae", "Jarrow Point",
    )  # fmt: skip
    first = ["locked the door on {}", "{} rowed over", "nobody believes {}", "a letter came for {}"]
    second = ["{} has burned the maps", "the dogs found {}", "{} would not sing", "they buried {} at dawn"]
    texts = [
        ". Then ".join(line.format(name) for line, name in zip(itertools.cycle(lines), names, strict=False))
        for lines in (first, second)
    ]
    assert dedup.compare(*texts) is None


def test_two_tables_with_the_same_rows_are_none():
    """Teams in one order, and small numbers of which many agree by chance, as of two weeks of a league."""
    chance = np.random.default_rng(7)
    tables = [
        "\n".join(f"{team} {' '.join(map(str, chance.integers(0, 40, 7)))}" for team in TEAMS)
        for _ in range(40)
    ]
    pairs = list(itertools.pairwise(tables))
    assert not any(match and match.retold for match in itertools.starmap(dedup.compare, pairs))
    reasons = [dedup.explain(*pair).comparison.reason for pair in pairs]
    assert any("little but names and numbers that both have" in reason for reason in reasons)


def test_bars_of_nothing_are_no_mistake():
    """Then it is asked of strangers, too, how much of what both tell is names, and they tell nothing."""
    bars = ("retold", "moved", "brief")
    least = {f"{bar}_{what}": 0 for bar in bars for what in ("weight", "agreement")}
    nothing = dedup.Settings(**least, retold_score=0, moved_share=0, brief_share=0)
    for a, b in (("one two three", "four five six"), ("the a of", "the a of and"), (BASE, "x")):
        why = dedup.explain(a, b, settings=nothing)
        assert why.comparison.reason
        dedup.compare(a, b, settings=nothing)


def test_a_retelling_that_is_little_but_names_is_told_as_that():
    told = texts_of("rewordings-brief")
    why = dedup.explain(told["s03-base"], told["s03-heavy"]).comparison
    assert why.relation is None
    assert "No retelling, for it is little but names and numbers that both have" in why.reason
