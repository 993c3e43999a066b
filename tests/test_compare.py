"""The comparison, from texts to relations."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from stories import reworded, story

import dedup
from dedup.comparison import comparisons, differences, matches
from dedup.model import Article, Relation
from dedup.settings import Settings
from dedup.sketch import sketch

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"

STORY = (
    "The harbour authority of Lindholm closed the eastern quay on Tuesday after divers found cracks in "
    "eleven of its oak pilings. Freight bound for the island will leave from Sorvik until the repairs "
    "are done, the harbourmaster said. Ferries carry some four thousand passengers a week across "
    "the strait in autumn."
)
OTHER = (
    "A baker in the northern suburbs has won the regional prize for rye bread for the third year running. "
    "Judges praised the crust and the patience behind it. The shop sells out before nine most mornings, "
    "neighbours say."
)


def compared(*texts):
    articles = [Article(str(n), text) for n, text in enumerate(texts)]
    sketches = sketch(texts, Settings())
    pairs = np.array([(i, j) for i in range(len(texts)) for j in range(i + 1, len(texts))])
    return comparisons(articles, sketches, pairs, Settings()), matches(articles, sketches, pairs, Settings())


def test_a_text_against_itself_is_one_passage_over_all_of_it():
    (comparison,), (match,) = compared(STORY, STORY)
    assert match.relation is Relation.IDENTICAL
    assert [(p.a.start, p.a.end, p.b.start, p.b.end) for p in match.passages] == [
        (0, len(STORY), 0, len(STORY))
    ]
    assert comparison.resemblance == 1.0


def test_texts_about_different_things_are_no_match():
    (comparison,), (match,) = compared(STORY, OTHER)
    assert match is None
    assert comparison.passages == ()
    assert comparison.reason == "No passage is shared."


def test_a_lifted_story_is_found_inside_other_words():
    (comparison,), (match,) = compared(STORY, OTHER + " " + STORY + " " + OTHER)
    assert match.relation is Relation.EXCERPT
    assert comparison.containment_a == 1.0
    (passage,) = match.passages
    assert (passage.a.start, passage.a.end) == (0, len(STORY) - 1)
    assert passage.b.start == len(OTHER) + 1


def test_the_seeds():
    if not SEEDS.is_dir():
        pytest.skip("needs the five seed articles in ../shared/seeds")
    paths = sorted(SEEDS.glob("*.txt"))
    texts = [path.read_text(encoding="utf-8") for path in paths]
    _, found = compared(*texts)
    assert [match is not None for match in found] == [True] + [False] * 9
    match = found[0]
    assert match.relation is Relation.DERIVED
    spans = [(texts[0][p.a.start : p.a.end], texts[1][p.b.start : p.b.end], p.quoted) for p in match.passages]
    (fizzled,) = [(a, b) for a, b, quoted in spans if "fizzled" in a and not quoted]
    assert fizzled[0].endswith("now gone")
    assert fizzled[1].endswith("now gone")
    quotations = [a for a, _, quoted in spans if quoted]
    assert any(a.startswith("The last two months") for a in quotations)
    assert any(a.startswith("These parties") for a in quotations)
    assert not any("fizzled" in a for a in quotations)


def test_differences_name_every_word():
    a, b = "The cat sat on the old mat today", "The CAT was sitting on the mat, today again"
    found = [(kind, a[x.start : x.end], b[y.start : y.end]) for kind, x, y in differences(a, b)]
    assert found == [
        ("kept", "The cat", "The CAT"),
        ("replaced", "sat", "was sitting"),
        ("kept", "on the", "on the"),
        ("dropped", "old", ""),
        ("kept", "mat today", "mat, today"),
        ("inserted", "", "again"),
    ]


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("a quake of 5.8 struck", "a quake of 5.6 struck", ("replaced", "5.8", "5.6")),
        ("some 15,000 people left", "some 17,000 people left", ("replaced", "15,000", "17,000")),
        ("the rate of 7 percent rose", "the rate of 7.5 percent rose", ("replaced", "7", "7.5")),
        ("trains at 20:15 and 21:15 ran", "trains at 20:15 ran", ("dropped", "and 21:15", "")),
    ],
)
def test_numbers_differ_as_a_whole(a, b, expected):
    found = [(kind, a[x.start : x.end], b[y.start : y.end]) for kind, x, y in differences(a, b)]
    assert [each for each in found if each[0] != "kept"] == [expected]


def test_a_lone_function_word_parts_no_two_changes():
    a = "Fire broke out. Two burned men were flown to a special clinic in Brixworth. The cause is unknown."
    b = "Fire broke out. Drums exploded, and flames rose to forty metres by noon. The cause is unknown."
    found = [(kind, a[x.start : x.end], b[y.start : y.end]) for kind, x, y in differences(a, b)]
    assert found == [
        ("kept", "Fire broke out", "Fire broke out"),
        (
            "replaced",
            "Two burned men were flown to a special clinic in Brixworth",
            "Drums exploded, and flames rose to forty metres by noon",
        ),
        ("kept", "The cause is unknown", "The cause is unknown"),
    ]


@pytest.mark.parametrize("share", [0.03, 0.06])
def test_a_copy_of_the_same_length_in_which_words_were_changed_throughout_is_no_excerpt(share):
    rng = random.Random(3)
    lines = story(rng, 25)
    edited = [reworded(rng, line, share) for line in lines]
    whole, copy = "\n\n".join(lines), "\n\n".join(edited)
    assert dedup.compare(whole, copy).relation is Relation.NEAR_DUPLICATE
    assert dedup.compare(copy, whole).relation is Relation.NEAR_DUPLICATE
    assert dedup.compare(whole, "\n\n".join(edited[:16])).relation is Relation.EXCERPT


def test_the_next_version_of_a_report_is_no_excerpt_of_it_either():
    """It is as long, but a third of each is not in the other."""
    rng = random.Random(4)
    lines = story(rng, 24)
    now = "\n\n".join([*story(rng, 8), *lines[8:]])
    match = dedup.compare("\n\n".join(lines), now)
    assert match.relation is Relation.DERIVED
    assert min(match.containment_a, match.containment_b) > Settings().excerpt
