"""The filter: a verdict for each record, in order, and the same whatever the batch."""

import itertools
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stories import corpus, dated, reworded, story, world

import dedup
from dedup import Article, RecordError, Relation
from dedup.digest import page_of


def told(index, articles, **how):
    rows = []
    for record, verdict in index.filter(articles, **how):
        rows.append((record.id, verdict.verdict, verdict.relation, verdict.of, verdict.group, verdict.score))
    return rows


@settings(max_examples=25)
@given(st.integers(0, 1000), st.integers(2, 9), st.booleans())
def test_verdicts_do_not_depend_on_the_batch(seed, batch, add):
    articles = corpus(seed, 4)
    half = len(articles) // 2
    with dedup.open(":memory:") as one, dedup.open(":memory:") as many:
        one.add(articles[:half])
        many.add(articles[:half])
        assert told(one, articles, add=add) == told(many, articles, add=add, batch=batch)
        assert one.info()["articles"] == many.info()["articles"]


@settings(max_examples=25)
@given(st.integers(0, 1000), st.integers(2, 30))
def test_the_filter_says_what_a_check_says(seed, batch):
    """It compares less: what ranks behind a copy or the larger part of one is left out, and nothing else."""
    rng = random.Random(seed)
    held = [version for article in corpus(seed, 3) for version in versions(rng, article)]
    asked = [version for article in held for version in versions(rng, article, f"{article.id}-")]
    with dedup.open(":memory:") as index:
        index.add(held)
        whole = [index.check(article) for article in asked]
        given_ = [verdict for _, verdict in index.filter(asked, batch=batch)]
    assert [replace(v, matches=()) for v in given_] == [replace(v, matches=()) for v in whole]
    for less, all_ in zip(given_, whole, strict=True):
        assert set(less.matches) <= set(all_.matches)
        assert less.matches[:1] == all_.matches[:1]
        if all_.relation in (None, Relation.DERIVED, Relation.QUOTE, Relation.TEMPLATE):
            assert less.matches == all_.matches


def test_what_is_less_like_an_article_than_its_copy_is_not_compared():
    """Though most of its keys are in the other too, which shares no band with it."""
    rng = random.Random(1)
    lines = story(rng, 20)
    held = [Article("copy", " ".join(lines)), Article("part", " ".join([*story(rng, 30), *lines[:15]]))]
    asked = Article("asked", " ".join([*story(rng, 1), *lines]))
    with dedup.open(":memory:") as index:
        index.add(held)
        assert [match.a for match in index.check(asked).matches] == ["copy", "part"]
        assert [[match.a for match in verdict.matches] for _, verdict in index.filter([asked])] == [["copy"]]


def versions(rng, article, name=""):
    """An article with none to some of its words changed, some with the address of another, in some order."""
    lines = article.text.split(". ")
    found = []
    for n, share in enumerate(rng.choices((0.0, 0.005, 0.01, 0.03, 0.06), k=2)):
        part = lines[rng.choice((0, 0, 3)) :] or lines
        text = ". ".join(reworded(rng, line, share) for line in part)
        url = rng.choice((None, None, "https://news.example/1", "https://news.example/2"))
        found.append(Article(f"{name}{article.id}-{n}", text, source="wire", url=url))
    return found


@settings(max_examples=25)
@given(st.integers(0, 1000), st.integers(1, 9))
def test_what_was_added_is_what_is_no_duplicate(seed, batch):
    articles = corpus(seed, 4)
    with dedup.open(":memory:") as index:
        rows = told(index, articles, add=True, batch=batch)
        kept = {row[0] for row in rows if row[1] != "duplicate"}
        assert index.info()["articles"] == len(kept)
        assert {a.id for a in articles if holds(index, a.id)} == kept
        assert [row[0] for row in rows] == [article.id for article in articles]


def holds(index, name):
    try:
        return index.article(name) is not None
    except dedup.DedupError:
        return False


@settings(max_examples=10)
@given(st.integers(0, 1000), st.integers(2, 40))
def test_verdicts_know_the_boilerplate_that_each_article_found_whatever_the_batch(seed, batch):
    """A footer is one only from its eighth article on, which is in the middle of a batch."""
    rng = random.Random(seed)
    footer = " ".join(story(rng, 6))
    articles = [
        dated(Article(f"a{day}", " ".join(story(rng, 8)) + f"\n\n{footer}"), "Evening Post", day)
        for day in range(1, 25)
    ]
    with dedup.open(":memory:") as one, dedup.open(":memory:") as many:
        alone, together = told(one, articles, add=True), told(many, articles, add=True, batch=batch)
        # groups are as of the end of the batch, when a few were not yet told as a form
        assert [(*row[:4], row[5]) for row in alone] == [(*row[:4], row[5]) for row in together]
    assert [row[1:3] for row in alone[8:]] == [("new", None)] * 16
    assert alone[6][2] is not None


@pytest.mark.parametrize("seed", [130, 132, 133, 144])
def test_groups_are_told_as_they_are_when_their_batch_ends(seed):
    """Though a line of the batch brings two of them together, or makes way for another version."""
    articles = [article for part in world(seed) for article in part]
    random.Random(seed).shuffle(articles)
    with dedup.open(":memory:") as index:
        found = [verdict for _, verdict in index.filter(articles, add=True, batch=len(articles))]
        groups = {of: index.group_of(of) for of in {v.of for v in found if v.group}}
        assert all(v.group == (groups[v.of].id if groups[v.of] else v.of) for v in found if v.group)


@pytest.mark.parametrize("batch", [1, 10])
def test_a_new_version_that_is_a_duplicate_leaves_the_old_one_where_it_is(batch):
    old, new = (" ".join(story(random.Random(seed), 12)) for seed in (1, 2))
    with dedup.open(":memory:") as index:
        index.add([Article("a", old)])
        rows = told(
            index,
            [Article("b", f"{old} {new}"), Article("a", new), Article("c", old), Article("d", new)],
            add=True,
            batch=batch,
        )
        assert [row[1:4] for row in rows] == [
            ("related", "excerpt", "a"),
            ("duplicate", "excerpt", "b"),
            ("duplicate", "identical", "a"),
            ("duplicate", "excerpt", "b"),
        ]
        assert index.article("a").text == old


def text(seed, *lines):
    """Twelve sentences, or some of them."""
    own = story(random.Random(f"text {seed}"), 12)
    return " ".join([own[i] for i in lines] if lines else own)


def alike(held, asked):
    """What a filter says of records, and keeps, one by one; the same in one batch."""
    found = []
    for batch in (1, len(asked)):
        with dedup.open(":memory:") as index:
            index.add(held)
            rows = [row[:4] for row in told(index, asked, add=True, batch=batch)]
            kept = {a.id for a in [*held, *asked] if holds(index, a.id)}
            found.append((rows, {name: index.article(name).text for name in sorted(kept)}))
            assert not index.verify()
    assert found[0] == found[1]
    return found[0]


def test_a_copy_of_what_its_batch_replaces_is_no_duplicate():
    rows, kept = alike([Article("z", text(1))], [Article("z", text(2)), Article("y", text(1))])
    assert [row[:2] for row in rows] == [("z", "new"), ("y", "new")]
    assert kept == {"z": text(2), "y": text(1)}


@pytest.mark.parametrize("line", range(12))
def test_a_new_version_that_is_but_a_sentence_of_another_article_replaces_nothing(line):
    held = [Article("w", text(1)), Article("x", text(2))]
    rows, kept = alike(held, [Article("x", text(1, line))])
    assert rows == [("x", "duplicate", "excerpt", "w")]
    assert kept["x"] == text(2)


def test_duplicates_of_a_batch_do_not_make_frequent_what_they_have():
    copies = [Article(f"c{n}", text(1), source=f"s{n}") for n in range(45)]
    report = Article("report", f"{text(2)} {text(1, 3, 4, 5, 6)} {text(3)}")
    rows, kept = alike([], [*copies, report])
    assert rows[-1] == ("report", "related", "derived", "c0")
    assert set(kept) == {"c0", "report"}


def test_a_source_that_repeats_its_story_prints_no_form():
    story_of_p = [dated(Article(f"p{day}", text(1)), "P", day) for day in range(1, 11)]
    part = dated(Article("part", f"{text(1, *range(8))} {text(9, 0)}"), "P", 12)
    rows, kept = alike([], [*story_of_p, part])
    assert rows[-1][:3] == ("part", "duplicate", "excerpt")
    assert set(kept) == {"p1"}


def test_a_version_of_an_article_of_its_batch_is_related_though_the_index_has_all_of_it():
    address = "https://news.example/1"
    early = Article("early", f"{text(1, *range(5))} {text(2)}", url=address)
    late = Article("late", text(1, *range(8)), url=address)
    rows, _ = alike([Article("wire", text(1))], [early, late])
    assert rows[1] == ("late", "related", "revision", "early")


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("http://www.post.example/harbour/?utm_source=rss&fbclid=x", True),
        ("https://post.example:443/harbour#comments", True),
        ("https://post.example/harbour?page=2", False),
        ("https://post.example/#/harbour", False),
        ("https://post.example/harbour/pilots", False),
        ("https://[post", False),
    ],
)
def test_an_address_is_of_the_same_page_whoever_led_there(other, same):
    page = "https://post.example/harbour"
    assert (page_of(page) == page_of(other)) == same
    early = Article("early", text(1, *range(5)), url=page)
    late = Article("late", text(1, *range(5)), url=other)
    with dedup.open(":memory:") as index:
        (first, second) = (verdict for _, verdict in index.filter([early, late], add=True))
        assert first.verdict == "new"
        assert second.verdict == "duplicate"
        late = replace(late, text=text(1, *range(8)))
        assert (index.check(late).relation is Relation.REVISION) == same


def test_what_a_new_version_no_longer_ties_is_no_group():
    link = Article("link", f"{text(1, *range(5))} {text(2, *range(5))}")
    with dedup.open(":memory:") as index:
        index.add([Article("a", text(1)), Article("b", text(2)), link])
        assert index.count_groups() == (1, 3)
        assert [row[1] for row in told(index, [replace(link, text=text(3))], add=True)] == ["new"]
        assert list(index.groups()) == []
        assert index.count_groups() == (0, 0)


def plain(verdict):
    """A verdict without what need not be the same: its matches, and the group as of then."""
    return replace(verdict, matches=(), group=None)


def agreed(index, asked):
    """What a check says of an article, as do a filter and one that adds it."""
    said = plain(index.check(asked))
    for add in (False, True):
        [(_, verdict)] = index.filter([asked], add=add)
        assert plain(verdict) == said
    return said.verdict, said.relation, said.of


def of(held, asked):
    with dedup.open(":memory:") as index:
        index.add(held)
        return agreed(index, asked)


def test_what_has_an_article_in_it_makes_it_a_duplicate_whatever_it_has_in_it_itself():
    rng = random.Random(2)
    lines = story(rng, 60)
    whole = Article("whole", " ".join([*lines[:38], *story(rng, 170)]))
    part = Article("part", " ".join(lines[45:]))  # which resembles it more
    assert of([whole, part], Article("b", " ".join(lines))) == ("duplicate", "excerpt", "whole")


def test_a_part_of_an_article_in_its_batch_does_not_change_its_verdict():
    rng = random.Random(1)
    lines = story(rng, 20)
    held = Article("most", " ".join([*lines[:13], *story(rng, 14)]))
    rows, kept = alike([held], [Article("part", " ".join(lines[9:])), Article("b", " ".join(lines))])
    assert rows[1] == ("b", "duplicate", "excerpt", "most")
    assert set(kept) == {"most", "part"}


@pytest.mark.parametrize("seed", [20, 21, 23])
def test_the_filter_finds_the_copy_whose_keys_too_many_have(seed, monkeypatch):
    monkeypatch.setattr("dedup.index.runs.COMMON", 2)
    rng = random.Random(seed)
    begin, end, own = story(rng, 25), story(rng, 14), story(rng, 1)
    parts = [
        Article(f"{name}{n}", " ".join(lines), source=f"{name}{n}")
        for n in range(3)
        for name, lines in (("begin", begin), ("end", end))
    ]
    whole = Article("whole", " ".join([*begin, *end, *own, *story(rng, 18)]))
    asked = Article("b", " ".join([*begin, *end, *own]))
    assert of([*parts, whole], asked) == ("duplicate", "excerpt", "whole")


def test_the_filter_finds_the_copy_that_has_what_is_boilerplate_in_the_article():
    rng = random.Random(0)
    header, own = story(rng, 60), story(rng, 32)
    part = Article("part", " ".join([*header[:35], *own[4:]]), source="part")
    among = [line for begin in range(0, 60, 10) for line in (*header[begin : begin + 10], *story(rng, 8))]
    whole = Article("whole", " ".join([*among, *own[:3], *story(rng, 5)]), source="whole")
    asked = Article("b", f"{' '.join(header)}\n\n{' '.join(own)}", source="Post")
    with dedup.open(":memory:") as index:
        index.add([part, whole])
        index.mark_lines(" ".join(header), "Post")
        assert agreed(index, asked) == ("duplicate", "excerpt", "whole")


def test_a_version_that_shares_little_is_one_though_another_article_has_nearly_all():
    rng = random.Random(3)
    lines, address = story(rng, 14), "https://news.example/1"
    early = Article("early", " ".join([*lines[:2], *story(rng, 40)]), url=address)
    late = Article("late", " ".join([*lines[:12], *story(rng, 1)]), url=address)
    assert of([Article("wire", " ".join(lines)), early], late) == ("related", "revision", "early")


def test_the_same_words_rank_before_the_same_set_of_shingles():
    lines = story(random.Random(4), 6)
    held = [Article("twice", " ".join(lines * 2)), Article("thrice", " ".join(lines * 3))]
    assert of(held, Article("b", held[1].text)) == ("duplicate", "identical", "thrice")


def test_the_filter_compares_with_those_that_a_check_compares_with():
    """Of articles that have what many have, with the best few."""
    rng = random.Random(5)
    lines = story(rng, 5)
    held = [
        Article(f"a{n}", " ".join([*story(rng, 30 - n), *lines, *story(rng, 3)]), source=f"s{n}")
        for n in range(18)
    ]
    asked = Article("b", " ".join([*story(rng, 6), *lines]), source="s")
    assert of(held, asked) == ("related", "derived", "a1")


@pytest.mark.parametrize("seed", range(3))
def test_what_a_batch_makes_a_form_is_no_copy(seed):
    """With the eighth of a source that has it, which is in the batch itself."""
    rng = random.Random(seed)
    form, lines = story(rng, 8), story(rng, 4)
    texts = [[*form, *story(rng, 9)] for _ in range(5)]
    texts += [[*form, *lines, *story(rng, 9)], [*form, *story(rng, 20)], [*form, *lines, *story(rng, 2)]]
    days = [dated(Article(f"a{day}", " ".join(own)), "Post", day) for day, own in enumerate(texts, 1)]
    rows, _ = alike(days[:6], days[6:])
    assert rows[1] == ("a8", "new", "template", "a6")


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(2, 12), st.sampled_from((2, 4, 64)))
def test_a_check_and_a_filter_say_the_same_of_any_article_whatever_the_batch(seed, batch, common):
    """Also where keys are had by more articles than are kept of each (`common`)."""
    held, asked = world(seed)
    with (
        pytest.MonkeyPatch.context() as patch,
        dedup.open(":memory:") as one,
        dedup.open(":memory:") as many,
        dedup.open(":memory:") as still,
    ):
        patch.setattr("dedup.index.runs.COMMON", common)
        for index in (one, many, still):
            index.add(held)
        said = [plain(still.check(article)) for article in asked]
        assert said == [plain(verdict) for _, verdict in still.filter(asked, batch=batch)]
        said = []
        for article in asked:
            said.append(plain(one.check(article)))
            [(_, verdict)] = one.filter([article], add=True)
            assert plain(verdict) == said[-1]
        assert said == [plain(verdict) for _, verdict in many.filter(asked, add=True, batch=batch)]


def test_without_add_nothing_is_inserted():
    articles = corpus(3)
    with dedup.open(":memory:") as index:
        assert all(row[1] == "new" for row in told(index, articles))
        assert index.info()["articles"] == 0


def test_the_second_of_two_copies_in_one_batch_is_a_duplicate_of_the_first():
    text = corpus(5)[0].text
    with dedup.open(":memory:") as index:
        rows = told(index, [Article("a", text), Article("b", text), Article("c", text)], add=True, batch=10)
        assert [row[1:4] for row in rows] == [
            ("new", None, None),
            ("duplicate", "identical", "a"),
            ("duplicate", "identical", "a"),
        ]
        assert index.info()["articles"] == 1


@pytest.mark.parametrize("batch", [1, 10])
def test_a_new_version_replaces_the_old_and_a_repeated_one_is_a_duplicate(batch):
    first, other = (a.text for a in itertools.islice(corpus(6), 2))
    later = Article("a", first + " " + other)
    with dedup.open(":memory:") as index:
        rows = told(index, [Article("a", first), later, later], add=True, batch=batch)
        assert [row[1] for row in rows][::2] == ["new", "duplicate"]
        assert rows[1][1] == "related"
        assert index.article("a") == later


def test_records_that_cannot_be_read_have_no_verdict():
    bad = RecordError("feed", 3, "no text")
    with dedup.open(":memory:") as index:
        rows = list(index.filter([corpus(1)[0], bad, {"id": "x"}, "text", corpus(1)[1]], add=True, batch=3))
        assert [verdict is None for _, verdict in rows] == [False, True, True, True, False]
        assert rows[1][0] == bad
        assert rows[3][0] == RecordError("record", 4, "of type str, neither an Article nor a mapping")


@pytest.mark.parametrize("batch", [1, 8])
def test_an_id_that_is_given_to_two_articles_is_told(batch):
    one, other = (" ".join(story(random.Random(seed))) for seed in ("ids", "ids too"))
    with dedup.open(":memory:") as index:
        told = [v for _, v in index.filter([Article("1", one), Article("1", other)], add=True, batch=batch)]
        assert [v.verdict for v in told] == ["new", "new"]
        assert told[0].reason == "it shares too little with any article of the index"
        assert told[1].reason == f"{told[0].reason}; what had its id made way for it"
        # a new version of its source is that, as before
        index.add([Article("2", one, source="Post")])
        [(_, version)] = index.filter([Article("2", one + " More came out.", source="Post")], add=True)
        assert (version.verdict, "made way" in version.reason) == ("related", False)
