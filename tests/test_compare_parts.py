"""A passage that is told in another order is shown in parts, sentence beside sentence."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stories import reworded, story

import dedup
from dedup import Passage, Span
from dedup.comparison.parts import parts
from dedup.report.html.data import Sources, block

TOLD = (
    "The ferry Skerrow ran aground off Port Ansel on Friday with 214 people on board. Her captain had "
    "taken the shorter way round the lighthouse to make up for a late start. Nobody was hurt, and the "
    'lifeboat of Hallin brought all of them ashore before dark. "We heard the keel go over the stones '
    'like a cart," said Brida Holm, a passenger. The company has cancelled its sailings until divers '
    "have looked at the hull."
)
TOLD_ANEW = (
    'Brida Holm heard it first. "We heard the keel go over the stones like a cart," the passenger said. '
    "Sailings are cancelled until divers looked at the hull, says the company, which was founded by two "
    "brothers in 1911. The lifeboat of Hallin brought all 214 people ashore before it was dark, none of "
    "them hurt. Aground off Port Ansel lay the ferry Skerrow, whose captain, late at the start, took "
    "the shorter way round the lighthouse."
)


def whole(a: str, b: str, similarity: float) -> Passage:
    return Passage(Span(0, len(a)), Span(0, len(b)), 40, similarity, quoted=False, weight=20.0)


def test_sentences_stand_beside_those_that_tell_the_same():
    found = parts(whole(TOLD, TOLD_ANEW, 0.6), TOLD, TOLD_ANEW)
    beside = {TOLD[p.a.start : p.a.end][:20]: TOLD_ANEW[p.b.start : p.b.end][:20] for p in found}
    assert beside["The ferry Skerrow ra"] == "Aground off Port Ans"
    assert beside["Nobody was hurt, and"] == "The lifeboat of Hall"
    assert beside['"We heard the keel g'] == "Brida Holm heard it "  # who is named in the first of two
    assert beside["The company has canc"] == "Sailings are cancell"
    assert [p.a.start for p in found] == sorted(p.a.start for p in found)


def test_what_is_told_in_one_order_stays_whole():
    rng = random.Random(3)
    lines = story(rng, 8)
    told = " ".join(reworded(rng, line, 0.3) for line in lines)
    passage = whole(" ".join(lines), told, 0.7)
    assert parts(passage, " ".join(lines), told) == [passage]


def test_what_is_hardly_alike_is_shown_in_parts_in_any_order():
    rng = random.Random(4)
    lines = story(rng, 8)
    told = " ".join(reworded(rng, line, 0.6) for line in lines)
    assert len(parts(whole(" ".join(lines), told, 0.4), " ".join(lines), told)) > 3


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 9), st.floats(0, 0.6))
def test_parts_have_nothing_in_common_and_lie_in_the_passage(seed, sentences, share):
    """Of either side; and all that stands beside each other in a shuffled copy was one sentence."""
    rng = random.Random(seed)
    lines = story(rng, sentences)
    order = rng.sample(range(sentences), sentences)
    told = [reworded(rng, lines[n], share) for n in order]
    head, a, b = "Before it. ", " ".join(lines), " ".join(told)
    passage = Passage(Span(len(head), len(head) + len(a)), Span(0, len(b)), 40, 0.6, quoted=False, weight=9.0)
    found = parts(passage, head + a, b)
    for side, outer in (("a", passage.a), ("b", passage.b)):
        spans = sorted((getattr(p, side) for p in found), key=lambda span: span.start)
        assert all(outer.start <= span.start < span.end <= outer.end for span in spans)
        assert all(one.end <= other.start for one, other in itertools.pairwise(spans))
    if share == 0 and len(found) > 1:
        for part in found:
            assert (head + a)[part.a.start : part.a.end] == b[part.b.start : part.b.end]
    turned = Passage(passage.b, passage.a, 40, 0.6, quoted=False, weight=9.0)
    other_way = [(p.b, p.a, p.words) for p in parts(turned, b, head + a)]
    assert sorted(other_way, key=str) == sorted([(p.a, p.b, p.words) for p in found], key=str)


@pytest.mark.parametrize("text", ["", "—", "一二三。四五六。", "x"])
def test_a_side_with_hardly_a_word_is_shown_whole(text):
    passage = whole(TOLD, text, 0.3)
    assert parts(passage, TOLD, text) == [passage]


def test_the_report_has_the_parts():
    """Its ribbons and marks go from sentence to sentence."""
    articles = [dedup.Article("a", TOLD), dedup.Article("b", TOLD_ANEW)]
    match = dedup.compare(*articles)
    assert match is not None
    group = dedup.Group("a", ("a", "b"), None, match.relation, 0.5, (match,))
    (shown,) = block(group, articles, Sources(), [[], []])["matches"]
    assert len(match.passages) < len(shown["p"])
    starts = np.array([row[2] for row in shown["p"]])
    assert (np.diff(starts) < 0).any()
