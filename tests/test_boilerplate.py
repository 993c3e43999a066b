"""The lines that a source repeats are found, do not count, and can be ruled on; a wire story's never are."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from found import groups_of
from hypothesis import given, settings
from hypothesis import strategies as st
from stories import daily, quoted_around_a_line, repeating, story

import dedup
from dedup import Article, Relation
from dedup.boilerplate import marked
from dedup.boilerplate import recurrence_kernel as kernel
from dedup.boilerplate.recurrence import MANY, MANY_UNDATED, RECENT, Source
from dedup.errors import InputError
from dedup.sketch import sketch

NOTE = (
    "Astrid Vold keeps bees above the old quarry and has written for this paper on gardens, weather and the"
    " habits of magpies since the winter of the great snow. Her third book, The Patient Hedge, was printed in"
    " Hallin and is sold at the mill, the chandler's and the ferry kiosk."
)
DAY = datetime(2025, 3, 1, 6, tzinfo=UTC)


def paper(count, source="Valley Courier", note=NOTE, seed=1, where="end", per_day=2):
    """Articles of one paper, each of its own words but for the note."""
    made = []
    for i in range(count):
        body = story(random.Random(f"{source} {seed} {i}"))
        parts = {"end": [*body, note], "start": [note, *body], "middle": [*body[:6], note, *body[6:]]}[where]
        made.append(
            Article(
                f"{source}-{seed}-{i}",
                "\n\n".join(parts),
                source=source,
                published=DAY + timedelta(days=i // per_day),
            )
        )
    return made


def texts_of(index):
    return " ".join(line.text for line in index.boilerplate())


def lines_of(index):
    return [line.text for line in index.boilerplate() if line.ruling != "keep"]


def test_links_of_short_articles_that_came_long_before_a_line_was_known_are_undone():
    """By then no match leads to them any longer: what many articles have has not been compared for long."""
    articles = paper(100, per_day=30)
    for i in (0, 1):  # most of them is the note
        body, note = articles[i].text.split("\n\n")[:4], NOTE
        articles[i] = replace(articles[i], text="\n\n".join([*body, note]))
    with dedup.open(":memory:") as index:
        index.add(articles[:2])
        assert groups_of(index) == [[articles[0].id, articles[1].id]]
        index.add(articles[2:])
        assert lines_of(index)
        assert groups_of(index) == []


@pytest.mark.parametrize("size", [1, 7, 100])
@pytest.mark.parametrize("place", [0, 3, 24], ids=["before", "between", "after"])
def test_what_one_source_repeats_ties_nothing_of_another_to_it(place, size):
    """Its first articles, from before the line was known, and what came before or after that elsewhere."""
    articles = paper(24)
    (other,) = paper(1, source="Harbour Post")
    copy = replace(articles[2], id="copy", source="Harbour Post")
    articles[place:place] = [other]
    articles.append(copy)
    with dedup.open(":memory:") as index:
        for begin in range(0, len(articles), size):
            index.add(articles[begin : begin + size])
        assert lines_of(index)
        assert groups_of(index) == [["Valley Courier-1-2", "copy"]]
        (third,) = paper(1, source="Third")
        assert index.check(third).verdict == "new"
        index.remove(["copy"])
        assert groups_of(index) == []


@pytest.mark.parametrize("size", [1, 100])
def test_what_two_sources_repeat_ties_none_of_them_together(size):
    both = zip(paper(24), paper(24, source="Harbour Post"), strict=True)
    articles = [article for pair in both for article in pair]
    with dedup.open(":memory:") as index:
        for begin in range(0, len(articles), size):
            index.add(articles[begin : begin + size])
        assert {line.source for line in index.boilerplate()} == {"Valley Courier", "Harbour Post"}
        assert groups_of(index) == []


def test_days_are_counted_in_utc_whatever_zone_a_time_is_told_in():
    def told(hours):
        zone = timezone(timedelta(hours=hours))
        with dedup.open(":memory:") as index:
            index.add(replace(article, published=article.published.astimezone(zone)) for article in paper(12))
            return [(line.articles, line.first, line.last) for line in index.boilerplate()]

    assert told(20) == told(0) != []


@pytest.mark.parametrize("where", ["start", "end", "middle"])
def test_what_a_paper_repeats_over_days_is_found_and_links_nothing(where):
    with dedup.open(":memory:") as index:
        index.add(paper(30, where=where))
        if where != "middle":  # of the middle only a sample is looked at
            assert [line.rstrip(".") for line in lines_of(index)] == NOTE.rstrip(".").split(". ")
            for line in index.boilerplate():
                assert (line.source, line.articles) == ("Valley Courier", 30)
                assert (line.first, line.last) == ("2025-03-01", "2025-03-15")
        assert groups_of(index) == []


def test_a_copy_of_an_article_is_found_with_its_boilerplate_or_without():
    articles = paper(30)
    body = articles[29].text.removesuffix(NOTE)
    with dedup.open(":memory:") as index:
        index.add(articles)
        index.add([Article("copy", articles[29].text, source="Harbour Post"), Article("bare", body)])
        assert groups_of(index) == [["Valley Courier-1-29", "bare", "copy"]]


def test_a_wire_story_that_many_carry_is_no_boilerplate_and_one_group():
    wire = story(random.Random("wire"))
    copies = [
        Article(
            f"copy-{i}",
            "\n\n".join([*story(random.Random(i), 1), *wire, *story(random.Random(-i - 1), 1)]),
            source=f"paper-{i % 40}",
            published=DAY + timedelta(minutes=i),
        )
        for i in range(120)
    ]
    with dedup.open(":memory:") as index:
        index.add(copies)
        assert index.boilerplate() == []
        assert [len(group.articles) for group in index.groups()] == [120]


def test_a_story_that_one_paper_reprints_for_days_is_no_boilerplate():
    """Its versions have headlines of their own, but their middle is known."""
    wire = story(random.Random("saga"), 24)
    versions = [
        Article(
            f"v{i}",
            "\n\n".join([*story(random.Random(i), 2), *wire]),
            source="Harbour Post",
            published=DAY + timedelta(days=i),
        )
        for i in range(30)
    ]
    with dedup.open(":memory:") as index:
        index.add(versions)
        assert index.boilerplate() == []
        assert [len(group.articles) for group in index.groups()] == [30]


def test_without_days_it_takes_more_articles_and_without_a_source_nothing_is_found():
    undated = [Article(a.id, a.text, source=a.source) for a in paper(40)]
    with dedup.open(":memory:") as index:
        index.add(undated[:20])
        assert index.boilerplate() == []
        index.add(undated[20:])
        assert len(index.boilerplate()) == 2
    with dedup.open(":memory:") as index:
        index.add([Article(a.id, a.text, published=a.published) for a in paper(40)])
        assert index.boilerplate() == []


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 7))
def test_adding_in_pieces_finds_the_same_lines_marks_them_alike_and_groups_alike(seed, size):
    rng = random.Random(seed)
    articles = [
        *paper(16, seed=seed, where=rng.choice(["start", "end"])),
        *paper(14, "Harbour Post", NOTE[:120] + ".", seed, "end", per_day=1),
    ]
    articles.append(Article("copy", articles[3].text, source="Harbour Post", published=DAY))
    rng.shuffle(articles)
    with dedup.open(":memory:") as whole, dedup.open(":memory:") as pieces:
        whole.add(articles)
        for begin in range(0, len(articles), size):
            pieces.add(articles[begin : begin + size])
        assert whole.boilerplate() == pieces.boilerplate()
        assert groups_of(whole) == groups_of(pieces)
        for article in articles:
            assert whole.matches_of(article.id) == pieces.matches_of(article.id)


def test_a_match_that_two_turns_of_a_batch_concern_is_judged_after_each():
    """It rests on a note of one source and a motto of another; without the note it is a quotation alone, and
    such a match is not judged again when the motto becomes boilerplate."""
    motto = (
        "“Nothing that we print was ever asked for by those who own the presses, the bridges, the mills or"
        " the ferries of this valley, and nothing that they ask for will be printed,” said Astrid Vold."
    )
    notes = paper(9, where="middle", per_day=1)
    mottos = paper(9, "Harbour Post", motto, where="middle", per_day=1)
    notes[0] = replace(notes[0], text=f"{motto}\n\n{notes[0].text}")
    mottos[0] = replace(mottos[0], text=mottos[0].text.replace(motto, f"{NOTE}\n\n{motto}"))
    articles = [each for pair in zip(notes, mottos, strict=True) for each in pair]
    with dedup.open(":memory:") as whole, dedup.open(":memory:") as one_by_one:
        whole.add(articles)
        for article in articles:
            one_by_one.add([article])
        assert {line.source for line in whole.boilerplate()} == {"Valley Courier", "Harbour Post"}
        assert Relation.QUOTE in {match.relation for match in whole.matches_of(notes[0].id)}
        for article in articles:
            assert whole.matches_of(article.id) == one_by_one.matches_of(article.id)


def taken(source, articles, days, known=(), most=500):
    """What `take` finds in articles, each a list of hashes of lines of several words."""
    offsets = np.cumsum([0, *map(len, articles)])
    hashes = np.array([h for own in articles for h in own], np.uint64)
    sampled = kernel.sample(offsets, np.full(len(hashes), 9, np.int32), hashes)
    found = source.take(*sampled, np.array(days), known=np.array(known, np.uint64), most=most)
    return [(turn.article, turn.hash, turn.articles, turn.days) for turn in found]


def counted_by_hand(articles, days):
    """The definition, article by article; the hashes are small, so that no two agree in their low bits."""
    found, last, lines = [], {}, {}
    done = set()
    for i, (own, day) in enumerate(zip(articles, days, strict=True)):
        outer, inner = own, []
        if len(own) > 10:
            outer = own[:4] + own[-6:]
            inner = sorted(set(own) - set(outer))[:6]
        seen = {h for h in own if h in done or i - last.get(h, -1000) <= RECENT}
        new = [h for h in inner if h not in seen]
        another = 2 * len(new) >= len(inner) if inner else any(h not in seen for h in own)
        for h in [*outer, *inner]:
            if h in done:
                continue
            if h in seen and another:
                if h not in lines or i - lines[h][2] > RECENT:
                    lines[h] = [1, [], i]
                lines[h][0] += 1
                lines[h][2] = i
                if day not in lines[h][1] and len(lines[h][1]) < 4 and day >= 0:
                    lines[h][1].append(day)
                count, own_days, _ = lines[h]
                if (count >= MANY and len(own_days) == 4) or (not own_days and count >= MANY_UNDATED):
                    found.append((i, h, count, tuple(sorted(own_days))))
                    done.add(h)
            last[h] = i
    return found


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.booleans(), st.integers(1, 60))
def test_lines_are_counted_as_defined_whatever_the_batch_and_however_they_were_packed(seed, dated, size):
    rng = random.Random(seed)
    often = {h: rng.choice([0.01, 0.1, 0.5, 0.9]) for h in range(1, 9)}
    articles, days = [], []
    for i in range(rng.choice([40, 300])):
        own = [1000 * (i + 1) + k for k in range(rng.choice([1, 5, 20]))]
        if articles and rng.random() < 0.2:
            own = articles[rng.randrange(len(articles))][rng.randrange(3) :]
        articles.append([*own, *(h for h in often if rng.random() < often[h])])
        if rng.random() < 0.3:
            rng.shuffle(articles[-1])
        articles[-1] = list(dict.fromkeys(articles[-1]))
        days.append(i // 5 if dated else -1)
    source, found, known = Source(), [], []
    for begin in range(0, len(articles), size):
        part = slice(begin, begin + size)
        turns = taken(source, articles[part], days[part], known)
        found += [(begin + i, *rest) for i, *rest in turns]
        known += [h for _, h, *_ in turns]
        data = source.packed()
        assert len(data) <= 50 * RECENT + 31 * len(source.counted)
        source = Source.unpacked(data)
    assert found == counted_by_hand(articles, days)


def test_a_source_has_only_so_many_lines():
    articles = [[1000 * i + k for k in range(1, 15)] + [1, 2, 3] for i in range(1, 40)]
    assert len(taken(Source(), articles, range(39), most=2)) == 2


def test_rulings_are_kept_in_the_index(tmp_path):
    path = tmp_path / "news.db"
    with dedup.open(path) as index:
        index.add(paper(20))
        first = index.boilerplate()[0]
        assert index.keep_line(first.id).ruling == "keep"
        for number in (999, 0, -1, 2**63, 2**70):
            with pytest.raises(InputError, match=f"no line has the number {number}$"):
                index.keep_line(number)
        with pytest.raises(InputError, match="no words"):
            index.mark_lines(" ... ")
    with dedup.open(path) as index:
        index.add(paper(40)[20:])
        assert [line.ruling for line in index.boilerplate() if line.id == first.id] == ["keep"]
        article = index.article("Valley Courier-1-30")
        assert all(first.text not in article.text[s.start : s.end] for s in index.boilerplate_in(article))


def test_what_a_person_marks_links_nothing_from_then_on_and_no_longer():
    shared = " ".join(story(random.Random("shared"), 3))
    a = Article("a", "\n".join([*story(random.Random(1)), shared, *story(random.Random(2))]))
    b = Article("b", "\n".join([*story(random.Random(3)), shared, *story(random.Random(4))]))
    c = Article("c", "\n".join([*story(random.Random(5)), shared, *story(random.Random(6))]), source="Post")
    with dedup.open(":memory:") as index:
        index.add([a, b])
        assert groups_of(index) == [["a", "b"]]
        assert index.mark_lines(shared) == 3
        assert groups_of(index) == []
        index.add([c])
        assert groups_of(index) == []
        why = index.explain("a", "c")
        assert why.score == 0.0
        assert [part.kind for side in why.uncounted for part in side] == ["boilerplate"] * 2
        assert why.uncounted[0][0].text.startswith(shared[:40])
        assert index.check(Article("d", shared + " " + " ".join(story(random.Random(7))))).verdict == "new"


def test_what_joins_no_group_is_undone_too_where_it_rested_on_a_marked_line():
    footer = " ".join(story(random.Random("footer"), 5))
    articles = [
        Article(f"a{n}", "\n\n".join([" ".join(story(random.Random(n), 20)), footer]), source=f"s{n}")
        for n in range(3)
    ]
    with dedup.open(":memory:") as index:
        index.add(articles)
        assert index.match("a0", "a1").relation is Relation.TEMPLATE
        index.mark_lines(footer)
        assert index.matches_of("a0") == []
        assert list(index.alike(Relation.TEMPLATE)) == []
        assert index.explain("a0", "a1").comparison.relation is None


def test_a_form_that_has_a_marked_line_stays_a_form():
    line = "Read more of this in the weekend edition of the paper."
    articles = [replace(each, text=f"{each.text}\n\n{line}") for each in daily(1, 16)]
    with dedup.open(":memory:") as index:
        index.add(articles)
        groups, (forms,) = groups_of(index), index.alike(Relation.TEMPLATE)
        index.mark_lines(line)
        assert groups_of(index) == groups
        assert [group.articles for group in index.alike(Relation.TEMPLATE)] == [forms.articles]


@pytest.mark.parametrize("language", ["en", "de"])
def test_marked_lines_lose_the_keys_that_they_were_given_in_any_language(language):
    """Keys are made with the function words of English, whatever the language of the text."""
    body = {
        "en": "The harbour was closed by the storm and the ferry did not sail to the island for a week.",
        "de": "Der Hafen war nach dem Sturm für eine Woche zu und die Fähre fuhr auch nicht auf die Insel.",
    }[language]
    line = {
        "en": "Read more about the weather on the coast and the islands in our newsletter for subscribers.",
        "de": "Mehr über das Wetter an der Küste und auf den Inseln für Sie in dem Brief an die Leser.",
    }[language]
    chosen = dedup.Settings(window=1)
    alone, whole = sketch([line], chosen), sketch([f"{body}\n\n{line}"], chosen)
    words = len(alone.stem)
    left = marked(whole, np.array([[len(whole.stem) - words, len(whole.stem)]]))
    pairs = set(alone.key[alone.key % 2 == 0].tolist())  # and not bands
    assert len(pairs) > 3
    assert pairs < set(whole.key.tolist())
    assert set(left.key.tolist()) == set(whole.key.tolist()) - pairs


def test_a_line_that_is_marked_for_all_is_counted_in_all_sources_of_an_add():
    line = "Read more of this in the weekend edition of the paper, with all the pictures."
    articles = [
        Article(f"a{n}", f"{' '.join(story(random.Random(n), 6))}\n\n{line}", source=f"s{n}")
        for n in range(6)
    ]
    for batch in (articles[:1], articles):
        with dedup.open(":memory:") as index:
            index.mark_lines(line)
            index.add(batch)
            assert [own.articles for own in index.boilerplate()] == [len(batch)]


@pytest.mark.parametrize("size", [30, 14, 1])
def test_what_became_boilerplate_between_two_articles_is_no_evidence_of_a_quotation(size):
    """However many come at once, and although only one of the two has it as a line."""
    articles = quoted_around_a_line()
    with dedup.open(":memory:") as index:
        for n in range(0, len(articles), size):
            index.add(articles[n : n + size])
        match = index.match("paper 1", "paper 29")
        (line,) = index.boilerplate()
    assert match is not None
    assert match.relation is Relation.QUOTE
    assert line.articles == len(articles)
    bare = dedup.compare(articles[1].text, articles[29].text)
    assert match.passages[0].words == bare.passages[0].words
    assert match.passages[0].weight < bare.passages[0].weight


@pytest.mark.parametrize("seed", range(3))
def test_what_becomes_boilerplate_counts_from_the_next_article_on_in_all_that_it_is_compared_with(
    seed, tmp_path
):
    """However many come at once, and whether or not the index remembers those that came before."""
    articles = repeating(seed)

    def found(size: int, path: object) -> list[list[dedup.Match]]:
        for begin in range(0, len(articles), size):
            with dedup.open(path) as index:
                index.add(articles[begin : begin + size])
        with dedup.open(path) as index:
            assert index.boilerplate()
            return [index.matches_of(article.id) for article in articles]

    with dedup.open(":memory:") as index:
        for article in articles:
            index.add([article])
        expected = [index.matches_of(article.id) for article in articles]
    for size in (40, 7, 1):
        assert found(size, tmp_path / f"{size}.db") == expected
