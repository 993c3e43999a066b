"""What holds of the passages of any two articles, on generated ones: prose, quotations, rewritten parts."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from found import compared
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dedup
from dedup.model import Relation, Span

quick = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)

PEOPLE = """
the harbourmaster|a retired magistrate|the parish council|two fishermen from Sorvik|Ingrid Halvorsen|the
ferry company|the union of pilots|a baker's widow|Mr. Tobias Lund|the provincial surveyor|eleven
volunteers|the owner of the tannery|Captain Reyes|the island's only doctor|a panel of engineers|the
opposition in the valley
""".replace("\n", " ").split("|")
DEEDS = """
inspected|refused to sell|paid for|quietly dismantled|argued over|has promised to
rebuild|measured|inherited|could not find|borrowed|catalogued|sued the builders of|will
auction|photographed|warned against using|painted
""".replace("\n", " ").split("|")
THINGS = """
the eastern quay|a cracked lighthouse lens|forty crates of mackerel|the disputed orchard wall|an iron
drawbridge|the minutes of 1894|three leaking pontoons|the cathedral's bell frame|a consignment of
barley|the tidal gate|seven kilometres of cable|an unfinished reservoir|the customs shed|a granite
staircase|two rescue boats|the old toll road
""".replace("\n", " ").split("|")
TIMES = """
on Tuesday|before the autumn gales|after a night of heavy snow|during the regatta|in spite of the
frost|for the third year running|at a cost of 2.4 million crowns|while schoolchildren watched|without
telling anyone|once divers had surfaced|under a law from 1911|because nobody else would|at 6:30 in the
morning|within sight of the mainland|to general astonishment|for reasons that remain unclear
""".replace("\n", " ").split("|")
FARAWAY = """
Quarterly earnings beat forecasts as semiconductor demand rebounded across southern Asia.|A judge in
Nairobi postponed sentencing of the cyclist.|Researchers sequenced proteins extracted from fossil
enamel.|The goalkeeper saved twice before extra time, and Valencia won.|Voters rejected higher pension
contributions by a narrow margin.|Rare orchids bloom on the volcano's northern slope every eighteen
months.|Broadcasters agreed to subtitle parliamentary debates.|Astronomers traced a faint radio pulse to
a dwarf galaxy.|Tomato prices doubled when trucks stopped crossing the border.|Her second novel follows a
violinist through wartime Lisbon.
""".replace("\n", " ").split("|")

PARTS = [[part.strip() for part in parts] for parts in (PEOPLE, DEEDS, THINGS, TIMES)]


def sentence(parts):
    line = " ".join(" ".join(parts).split())
    return f"{line[0].upper()}{line[1:]}."


sentences = st.tuples(*(st.sampled_from(part) for part in PARTS)).map(sentence)
alike = st.lists(sentences, min_size=2, max_size=16)
"""Sentences that may share words with each other, or be the same."""
apart = st.tuples(*(st.permutations(part) for part in PARTS)).flatmap(
    lambda columns: st.integers(2, 16).map(
        lambda n: [sentence(parts) for parts in zip(*columns, strict=True)][:n]
    )
)
"""Sentences of which no two share a part."""
unrelated = st.lists(st.sampled_from([line.strip() for line in FARAWAY]), min_size=1, max_size=10)


def said(sentence):
    return f'"{sentence[:-1]}," she said.'


def thinned(sentence, step):
    """A sentence without every so many words."""
    words = sentence[:-1].split()
    return " ".join(word for n, word in enumerate(words, 1) if n % step) + "."


prose = alike | apart


@st.composite
def pairs(draw, prose=prose):
    """Two articles that share sentences, some of them quoted, moved or thinned, in prose of their own.

    They share two at least, so that some passage is always found.
    """
    lines = draw(prose)
    shared = lines[: draw(st.integers(2, 9))]
    own = lines[len(shared) :]
    spoken = draw(st.sets(st.integers(0, 8), max_size=3))
    shared = [said(line) if n in spoken else line for n, line in enumerate(shared)]
    step = draw(st.sampled_from([0, 0, 4, 6]))
    copied = [thinned(line, step) if step and '"' not in line else line for line in shared]
    if draw(st.booleans()):
        copied = copied[1:] + copied[:1]
    cut, *edges = (draw(st.integers(0, 8)) for _ in range(3))
    a = own[:cut][: edges[0]] + shared + own[:cut][edges[0] :]
    b = own[cut:][: edges[1]] + copied + own[cut:][edges[1] :]
    breaks = st.sampled_from(["\n\n", " "])
    return draw(breaks).join(a), draw(breaks).join(b)


def spans(found):
    return [((p.a.start, p.a.end), (p.b.start, p.b.end), p.words, p.quoted, p.weight) for p in found.passages]


@quick
@given(pairs())
def test_changing_sides_changes_sides_only(pair):
    there, back = compared(*pair), compared(*reversed(pair))
    assert there.passages
    assert sorted((b, a, *rest) for a, b, *rest in spans(back)) == sorted(spans(there))
    assert there.relation is back.relation
    assert (there.resemblance, there.weight, there.bar) == (back.resemblance, back.weight, back.bar)
    assert (there.containment_a, there.containment_b) == (back.containment_b, back.containment_a)


@quick
@given(pairs())
def test_passages_lie_in_the_texts_and_in_order(pair):
    a, b = pair
    found = compared(a, b).passages
    assert found
    assert list(found) == sorted(found, key=lambda p: (p.a.start, p.b.start))
    for p in found:
        assert 0 <= p.a.start < p.a.end <= len(a)
        assert 0 <= p.b.start < p.b.end <= len(b)
        assert 0 < p.similarity <= 1
        assert p.words > 0
        if (p.a, p.b) == (Span(0, len(a)), Span(0, len(b))):
            continue  # it goes from the first character to the last
        for text, span in ((a, p.a), (b, p.b)):  # from word to word, never through one
            assert text[span.start].isalnum()
            assert text[span.end - 1].isalnum()
            assert not (span.start and text[span.start - 1].isalnum())
            assert not text[span.end : span.end + 1].isalnum()


@quick
@given(apart, st.data())
def test_what_stands_between_two_passages_is_of_one_of_them(lines, data):
    """Words that the first one left out stand at the start of the second, whose sentence they are of, too."""
    cut, step = data.draw(st.integers(1, len(lines) - 1)), data.draw(st.integers(3, 6))
    first, second = lines[:cut], lines[cut:]
    left = [word for n, word in enumerate(first[-1][:-1].split(), 1) if n % step == 0]
    between = data.draw(st.permutations([line.strip() for line in FARAWAY]))
    a = "\n\n".join(map(" ".join, (first, between, second)))
    b = " ".join(
        [*first[:-1], thinned(first[-1], step), *left, *(thinned(line, step + 2) for line in second)]
    )
    for found in (compared(a, b), compared(b, a)):
        for spans in ([p.a for p in found.passages], [p.b for p in found.passages]):
            in_order = sorted(spans, key=lambda span: span.start)
            assert all(one.end <= other.start for one, other in pairwise(in_order))


@quick
@given(pairs())
def test_a_text_against_itself_is_one_passage_over_all_of_it(pair):
    for text in pair:
        match = dedup.compare(text, text)
        assert match.relation is Relation.IDENTICAL
        assert [(p.a.start, p.a.end, p.b.start, p.b.end) for p in match.passages] == [
            (0, len(text), 0, len(text))
        ]


@quick
@given(pairs(apart), unrelated, st.booleans())
def test_unrelated_text_loses_no_passage(pair, more, before):
    a, b = pair
    found, longer = compared(a, b).passages, " ".join(more)
    assert found
    after = compared(a, f"{longer}\n\n{b}" if before else f"{b}\n\n{longer}").passages
    covered = {place for q in after for place in range(q.a.start, q.a.end)}
    for p in found:
        words = [place for place in range(p.a.start, p.a.end) if a[place].isalnum()]
        # Words are rarer in a longer text, which may move an edge.
        assert sum(place in covered for place in words) >= 0.9 * len(words)


def curly(text):
    return re.sub(r'"([^"]*)"', "“\\1”", text)


CHANGES = {
    "upper": str.upper,
    "lower": str.lower,
    "title": str.title,
    "curly": curly,
    "guillemets": lambda text: re.sub(r'"([^"]*)"', "«\\1»", text),
    "spaced-guillemets": lambda text: re.sub(r'"([^"]*)"', "« \\1 »", text),
    "low-high": lambda text: re.sub(r'"([^"]*)"', "„\\1“", text),
    "one-line": lambda text: re.sub(r"\s+", " ", text),
    "windows": lambda text: text.replace("\n", "\r\n"),
    "wrapped": lambda text: re.sub(r"(.{40}\S*) ", "\\1\n", text),
    "broken": lambda text: re.sub(r"\. ", ".\n\n", text),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@settings(quick, max_examples=40)
@given(pair=pairs())
def test_the_printing_of_one_side_does_not_matter(pair, change):
    a, b = pair
    one, other = compared(a, b), compared(a, change(b))
    assert one.passages
    assert [(p.a, p.words, p.quoted) for p in one.passages] == [
        (p.a, p.words, p.quoted) for p in other.passages
    ]


@quick
@given(
    st.lists(
        st.one_of(
            st.text(max_size=30),
            st.sampled_from(
                ['"', "“", "«", "'", "\n\n", ":\n\n", "> ", "...", "渡し船 ", "паром ", "said:\n\n "]
            ),
            sentences,
        ),
        max_size=40,
    ),
    st.randoms(use_true_random=False),
)
def test_anything_is_compared_and_bounded(parts, random):
    a = "".join(parts)
    random.shuffle(parts)
    b = "".join(parts)
    found = compared(a, b)
    assert 0 <= found.resemblance <= 1
    assert 0 <= found.containment_a <= 1
    for p in found.passages:
        assert 0 <= p.a.start < p.a.end <= len(a)
        assert 0 <= p.b.start < p.b.end <= len(b)
    back = compared(b, a)
    assert sorted((y, x, *rest) for x, y, *rest in spans(back)) == sorted(spans(found))
