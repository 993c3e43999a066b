"""Groups: components of matches that join, cut at weak links, with ids that stay."""

import random as chance
from cProfile import Profile
from datetime import UTC, datetime, timedelta
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from dedup.group import CHANCE, STRONG, Links, describe, name_groups, partition
from dedup.group.joining import APART, HOST, ITEM, LARGE, LOOK, needed
from dedup.model import Article, Match, Relation

LINKS = st.lists(
    st.tuples(
        st.integers(0, 30),
        st.integers(0, 30),
        st.sampled_from([0.1, 0.2, 0.3, 0.6, 1.0]),
        st.sampled_from([0.05, 0.2, 0.7, 1.0]),
    ).filter(lambda row: row[0] != row[1]),
    unique_by=lambda row: (min(row[:2]), max(row[:2])),
    min_size=1,
    max_size=80,
)


def links(rows):
    a, b, strength, resemblance = zip(*rows, strict=True)
    return Links(np.array(a), np.array(b), np.array(strength), np.array(resemblance))


def groups(rows):
    numbers, labels = partition(links(rows))
    found = {}
    for number, label in zip(numbers.tolist(), labels.tolist(), strict=True):
        found.setdefault(label, set()).add(number)
    assert all(min(own) == label for label, own in found.items())
    return sorted(map(sorted, found.values()))


def components(rows):
    """The slow, obvious reference: scipy's connected components."""
    numbers = sorted({n for row in rows for n in row[:2]})
    place = {n: i for i, n in enumerate(numbers)}
    a, b = [place[row[0]] for row in rows], [place[row[1]] for row in rows]
    graph = coo_array((np.ones(len(rows)), (a, b)), shape=(len(numbers), len(numbers)))
    labels = connected_components(graph, directed=False)[1]
    return sorted(sorted(n for n in numbers if labels[place[n]] == label) for label in set(labels))


def clique(members, strength=0.6, resemblance=0.3):
    return [(a, b, strength, resemblance) for i, a in enumerate(members) for b in members[i + 1 :]]


@given(LINKS)
def test_strong_links_alone_give_connected_components(rows):
    rows = [(a, b, strength, 0.9) for a, b, strength, _ in rows]
    assert groups(rows) == components(rows)


@given(LINKS)
def test_groups_never_cross_components_and_never_cut_strong_links(rows):
    found = groups(rows)
    whole = components(rows)
    assert all(any(set(group) <= set(component) for component in whole) for group in found)
    of = {n: i for i, group in enumerate(found) for n in group}
    assert all(of[a] == of[b] for a, b, _, resemblance in rows if resemblance >= 0.5)


@given(LINKS, st.randoms())
def test_the_order_and_direction_of_links_do_not_matter(rows, random):
    shuffled = [(b, a, s, r) if random.random() < 0.5 else (a, b, s, r) for a, b, s, r in rows]
    random.shuffle(shuffled)
    assert groups(shuffled) == groups(rows)


@given(st.integers(2, 12), st.integers(2, 12))
def test_a_lone_article_joins_by_one_weak_link(size, at):
    rows = [*clique(list(range(size))), (at % size, 99, 0.1, 0.05)]
    assert groups(rows) == [[*range(size), 99]]


@pytest.mark.parametrize("strength", [0.01, 0.1])
@pytest.mark.parametrize("carriers", [1, 2])
@pytest.mark.parametrize("size", [15, 16, 40])
@pytest.mark.parametrize("strangers", [1, 2])
def test_a_chance_link_to_one_article_of_many_ties_no_stranger(size, carriers, strength, strangers):
    """Nor a second stranger who hangs on the first; two articles that share it, or a larger share, do."""
    rows = [*clique(list(range(size))), *((n, 99, strength, 0.005) for n in range(carriers))]
    rows += [(99, 100, 0.01, 0.005)] if strangers == 2 else []
    if size >= 16 and carriers == 1 and strength < 0.05:
        assert groups(rows) == [[*range(size)], [99, 100][:strangers]]
    else:
        assert groups(rows)[0][: size + 1] == [*range(size), 99]


@pytest.mark.parametrize("bridges", [1, 2])
def test_two_stories_are_not_joined_by_a_round_up_that_quotes_both(bridges):
    left, right = list(range(12)), list(range(20, 32))
    rows = clique(left) + clique(right)
    for roundup in range(50, 50 + bridges):
        rows += [(roundup, n, 0.2, 0.05) for n in left[:6] + right[:6]]
    found = groups(rows)
    assert len(found) == 2
    assert not any(set(left) & set(group) and set(right) & set(group) for group in found)


def test_two_halves_of_a_story_that_share_much_are_joined():
    left, right = list(range(12)), list(range(20, 32))
    rows = clique(left) + clique(right) + [(left[i], right[i], 0.3, 0.1) for i in range(3)]
    assert groups(rows) == [left + right]


def test_one_strong_link_joins_two_groups():
    left, right = list(range(12)), list(range(20, 32))
    rows = clique(left, resemblance=0.9) + clique(right, resemblance=0.9)
    assert groups([*rows, (3, 25, 0.2, 0.1)]) == [left, right]
    assert groups([*rows, (3, 25, 0.9, 0.8)]) == [left + right]


def test_a_group_keeps_its_name_as_it_grows_merges_and_splits():
    ids = {n: f"id{n}" for n in range(10)}
    assert name_groups({3: [3, 4]}, ids, {}) == {3: "id3"}
    assert name_groups({1: [1, 3, 4]}, ids, {3: "id3", 4: "id3"}) == {1: "id3"}
    merged = name_groups({2: [2, 3, 4, 5]}, ids, {2: "id2", 5: "id2", 3: "id3", 4: "id3"})
    assert merged == {2: "id2"}
    split = name_groups({2: [2, 5], 3: [3, 4]}, ids, dict.fromkeys((2, 3, 4, 5), "id2"))
    assert split == {2: "id2", 3: "id3"}


def test_a_new_group_never_takes_a_name_in_use():
    ids = {1: "x", 2: "y", 3: "z", 4: "w"}
    assert name_groups({1: [1, 2], 3: [3, 4]}, ids, {3: "x"}) == {1: "y", 3: "x"}
    assert name_groups({1: [1, 2], 3: [3, 4]}, ids, {}, taken=["x", "y"]) == {1: "x~2", 3: "z"}


def match(a, b, containment, relation=Relation.DERIVED):
    return Match(a, b, relation, containment / 2, containment, containment / 3, ())


def test_a_group_is_described_by_time_relation_and_weakest_link():
    day = [datetime(2026, 1, n, tzinfo=UTC) for n in (1, 2, 3)]
    articles = [
        Article("c", "", published=day[2]),
        Article("a", "", published=day[0]),
        Article("b", "", published=day[1]),
    ]
    matches = [match("c", "a", 0.4), match("c", "b", 0.9, Relation.EXCERPT), match("a", "b", 0.2)]
    group = describe("c", articles, matches)
    assert group.articles == ("a", "b", "c")
    assert group.earliest == "a"
    assert group.relation is Relation.EXCERPT
    assert group.weakest == 0.4


def test_the_earliest_is_unknown_where_times_are_missing_or_equal():
    day = datetime(2026, 1, 1, tzinfo=UTC)
    first, same, unknown = Article("a", "", published=day), Article("b", "", published=day), Article("c", "")
    assert describe("a", [first, same], [match("a", "b", 0.5)]).earliest is None
    assert describe("a", [unknown, first], [match("a", "c", 0.5)]).earliest is None
    assert describe("a", [unknown, first], [match("a", "c", 0.5)]).articles == ("a", "c")


@pytest.mark.parametrize(("hour", "later", "earliest"), [(0, 8, None), (0, 30, "a"), (6, 8, "a")])
def test_a_day_without_an_hour_is_not_the_earliest_of_that_day(hour, later, earliest):
    day = datetime(2026, 1, 1, tzinfo=UTC)
    first, other = (
        Article(name, "", published=day + timedelta(hours=hours))
        for name, hours in (("a", hour), ("b", later))
    )
    assert describe("a", [first, other], [match("a", "b", 0.5)]).earliest == earliest


def told(rows, stretches):
    """Groups of links of which some have a stretch."""
    given = links(rows)
    return partition(Links(given.a, given.b, given.strength, given.resemblance, stretches.__getitem__))


@pytest.mark.parametrize("strong", [0.3, 0.9])
@pytest.mark.parametrize("second", [(500, 900), (100, 450)])
def test_two_small_stories_are_one_if_a_third_article_has_the_same_part_of_both(strong, second):
    """1 and 2 are a story, 3 and 4 another; what 9 shares with the first are its characters up to 400."""
    rows = [(1, 2, 0.9, strong), (3, 4, 0.9, strong), (1, 9, 1.0, 0.2), (9, 3, 0.8, 0.2), (4, 9, 0.7, 0.2)]
    stretches = [None, None, (0, 300, 0, 400), (*second, 0, 300), (0, 300, *second)]
    numbers, labels = told(rows, stretches)
    assert numbers.tolist() == [1, 2, 3, 4, 9]
    assert labels.tolist() == ([1, 1, 3, 3, 1] if second == (500, 900) else [1, 1, 1, 1, 1])


@pytest.mark.parametrize(("plants", "fires"), [(4, 20), (4, 4), (20, 4), (3, 8), (8, 3)])
def test_a_digest_that_is_mostly_one_story_does_not_tie_another_to_it(plants, fires):
    """0 is the digest: a long story of `fires` copies, and then a shorter one of `plants`."""
    first, second = range(1, fires + 1), range(100, 100 + plants)
    rows, stretches = [], []
    for own, length in ((first, 600), (second, 300)):
        for a, b in combinations(own, 2):
            rows.append((a, b, 1.0, 1.0))
            stretches.append((0, length, 0, length))
    rows += [(0, n, 1.0, 0.66) for n in first] + [(0, n, 1.0, 0.34) for n in second]
    stretches += [(0, 600, 0, 600)] * fires + [(600, 900, 0, 300)] * plants
    numbers, labels = told(rows, stretches)
    assert numbers[labels == 0].tolist() == [0, *first]
    assert numbers[labels == 100].tolist() == [*second]


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("alone", [0, 1, 2])
@pytest.mark.parametrize("copies", [2, 3, 4])
def test_a_digest_of_small_stories_ties_none_to_another_whatever_it_has_of_others(copies, alone, first):
    """It has a paragraph of each of three stories, and of articles that nobody copied; it may come first."""
    digest = 0 if first else 1000
    rows, stretches, stories = [], [], []
    for item in range(3 + alone):
        begin, own = 300 * item, range(100 * (item + 1), 100 * (item + 1) + (copies if item < 3 else 1))
        stories.append([*own])
        for a, b in combinations(own, 2):
            rows.append((a, b, 1.0, 1.0))
            stretches.append((0, 1000, 0, 1000))
        rows += [(digest, n, 0.25 - item / 100, 0.12) for n in own]
        stretches += [(begin, begin + 300, 0, 300)] * len(own)
    numbers, labels = told(rows, stretches)
    found = [numbers[labels == label].tolist() for label in np.unique(labels)]
    left_over = [n for story in stories[3:] for n in story]
    of_digest = [
        *stories[0],
        digest,
        *(left_over if first else []),
    ]  # whose source it may be, if it was first
    assert sorted(found) == sorted(
        [sorted(of_digest), *stories[1:3], *([] if first else map(list, stories[3:]))]
    )


@pytest.mark.parametrize(("part", "joins"), [((300, 1000), True), ((300, 500), True), ((300, 400), False)])
@pytest.mark.parametrize("second", [2, 9])
def test_an_article_that_nobody_copied_belongs_to_what_has_it_unless_that_is_a_digest(part, joins, second):
    """2 or 9 has one article by its first 300 characters, and 5, of before or after it, by another part."""
    rows = [(1, second, 0.3, 0.1), (5, second, 0.2, 0.1)]
    _, labels = told(rows, [(0, 300, 0, 300), (0, 100, *part)])
    assert labels.tolist() == ([1, 1, 1] if joins or second == 2 else [1, 5, 1])


@given(LINKS, st.randoms(), st.data())
def test_with_stretches_too_the_order_and_direction_of_links_do_not_matter(rows, random, data):
    ends = st.tuples(st.integers(0, 9), st.integers(10, 20))
    spans = [data.draw(st.none() | st.tuples(ends, ends)) for _ in rows]
    shuffled = [
        ((b, a, s, r), x and x[::-1]) if random.random() < 0.5 else ((a, b, s, r), x)
        for (a, b, s, r), x in zip(rows, spans, strict=True)
    ]
    random.shuffle(shuffled)

    def flat(each):
        return [x and (*x[0], *x[1]) for x in each]

    one = told(rows, flat(spans))
    other = told([row for row, _ in shuffled], flat(x for _, x in shuffled))
    assert [part.tolist() for part in one] == [part.tolist() for part in other]


@pytest.mark.parametrize("step", [0, 500])
def test_a_story_that_thousands_of_articles_quote_takes_no_work_for_each_two_of_them(step):
    """All have the same part of it, or each another; by the calls that Python makes."""

    def calls(count):
        links = Links(
            np.zeros(count, np.int64),
            np.arange(1, count + 1),
            np.full(count, 0.8),
            np.full(count, 0.2),
            lambda row: (row * step, row * step + 400, 0, 400),
        )
        profile = Profile()
        _, labels = profile.runcall(partition, links)
        assert not labels.any()
        return sum(each.callcount for each in profile.getstats())

    calls(10)  # loads the kernels
    assert calls(2000) < 2.5 * calls(1000)


def plainly(rows, stretches):
    """The rules of `partition` again, slow and obvious: who is tied to whom is looked up each time."""
    group = {n: {n} for row in rows for n in row[:2]}

    def unite(a, b):
        both = group[a] | group[b]
        group.update(dict.fromkeys(both, both))

    for a, b, _, resemblance in rows:
        if resemblance >= STRONG:
            unite(a, b)
    held = {n: len(group[n]) for n in group}
    weak = [i for i, (a, b, *_) in enumerate(rows) if b not in group[a]]
    weak.sort(key=lambda i: (-rows[i][2], *sorted(rows[i][:2])))
    inside, alike = {}, {}
    strong = [i for i, row in enumerate(rows) if row[3] >= STRONG]
    for i in sorted(strong, key=lambda i: (-rows[i][2], *sorted(rows[i][:2]))):
        for n in rows[i][:2]:
            alike[n] = [*alike.get(n, ()), i][:LOOK]

    def carriers(own, other):
        """Those of a group that are linked to another, each with its strongest link."""
        found = {}
        for i in weak:
            for x, y in (rows[i][:2], rows[i][1::-1]):
                if x in own and y in other:
                    found.setdefault(x, i)
        return found

    def part(n, i):
        return stretches[i] and (stretches[i][:2] if rows[i][0] == n else stretches[i][2:])

    def carries(n, i):
        mine, theirs = [part(n, j) for j in inside.get(n, alike.get(n, ()))], part(n, i)
        if theirs is None or not mine or None in mine:
            return True
        begin, end = min(p[0] for p in mine), max(p[1] for p in mine)
        least = min(end - begin, theirs[1] - theirs[0])
        return min(end, theirs[1]) - max(begin, theirs[0]) >= APART * least

    def is_item(n, i, alone):
        theirs, known = part(n, i), [part(n, j) for j in [j for j in weak if n in rows[j][:2]][:LOOK]]
        if theirs is None or n < alone:
            return False
        known = [theirs, *filter(None, known)]
        return theirs[1] - theirs[0] < ITEM * (max(p[1] for p in known) - min(p[0] for p in known))

    def linked(own, other, left_over):
        found, least = carriers(own, other), min(len(own), len(other))
        if len(found) == 1 and len(own) >= LARGE and rows[next(iter(found.values()))][2] < CHANCE:
            return False
        if not left_over or least > 1:
            found = {n: i for n, i in found.items() if carries(n, i)}
        else:
            found = {n: i for n, i in found.items() if len(own) == 1 or not is_item(n, i, *other)}
        return len(found) >= needed(least)

    pending = [rows[i][:2] for i in weak]
    for left_over in (False, True):
        joined = True
        while joined:
            joined, now = False, pending
            pending = []
            for x, y in dict.fromkeys((min(group[x]), min(group[y])) for x, y in now):
                own, other = group[x], group[y]
                if own is other:
                    continue
                if linked(own, other, left_over) and linked(other, own, left_over):
                    for these, those in ((own, other), (other, own)):
                        if left_over and len(those) == 1 < len(these):
                            continue
                        for n, i in carriers(these, those).items():
                            if held[n] < HOST * len(those):
                                places = sorted((*inside.get(n, ()), i), key=weak.index)
                                inside[n] = places[:LOOK]
                    unite(x, y)
                    joined = True
                else:
                    pending.append((x, y))
    return [min(group[n]) for n in sorted(group)]


@settings(max_examples=200)
@given(st.integers(0, 10**6), st.integers(3, 45), st.floats(0.01, 0.6), st.booleans())
def test_groups_are_those_that_the_rules_give_when_all_is_looked_up_anew(seed, articles, share, several):
    """Of links without any order, and of those to an article or two that many others have."""
    random = chance.Random(seed)
    hubs = random.sample(range(articles), 2)
    rows, stretches = [], []
    for a in range(articles):
        for b in range(a + 1, articles):
            if random.random() < (0.7 if a in hubs or b in hubs else share / 3):
                strength = random.choice((0.01, 0.04, 0.1, 0.3, 0.6, (a + b) / 2 / articles))
                rows.append((a, b, strength, random.choice((0.05, 0.2, 0.3, 0.7 if several else 0.4))))
                begins = random.randrange(6), random.randrange(6)
                known = (begins[0], begins[0] + 4, begins[1], begins[1] + random.randint(1, 9))
                stretches.append(known if random.random() < 0.9 else None)
    random.shuffle(rows)
    if rows:
        assert told(rows, stretches)[1].tolist() == plainly(rows, stretches)


@pytest.mark.parametrize("hub", ["oldest", "newest"])
@pytest.mark.parametrize("rising", [False, True])
def test_what_many_are_tied_to_takes_no_work_for_each_two_of_them(hub, rising):
    """Whatever the order in which they join it; by the calls that Python makes."""

    def calls(count):
        others = np.arange(1, count + 1)
        number = np.full(count, 0 if hub == "oldest" else count + 1)
        strength = 0.2 + 0.2 * (others if rising else others[::-1]) / count
        profile = Profile()
        _, labels = profile.runcall(partition, Links(number, others, strength, np.full(count, 0.2)))
        assert len(set(labels.tolist())) == 1
        return sum(each.callcount for each in profile.getstats())

    calls(10)  # loads the kernels
    assert calls(2000) < 2.5 * calls(1000)
