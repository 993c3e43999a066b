"""What passages are worth: rewriting counts more than chance, and more than what is printed under all."""

import numpy as np
import pytest

import dedup
from dedup.comparison.evidence import looseness, rewriting
from dedup.model import Relation


def worth(length, words):
    passages = np.array([[0, length, 0, length, words, 0, words]], np.int32)
    return looseness(passages)[0] * rewriting(passages)[0]


@pytest.mark.parametrize(
    ("length", "words", "expected"),
    [(10, 8, 1.0), (60, 36, 2.0), (30, 30, 1.0), (200, 45, 0.25), (50, 25, 1.5)],
    ids=["short", "long and dense", "verbatim", "loose", "between"],
)
def test_a_passage_is_worth_most_where_it_is_long_dense_and_reworded(length, words, expected):
    assert worth(length, words) == pytest.approx(expected)


def test_another_matched_word_never_makes_a_loose_passage_worth_less():
    worths = [worth(60, words) for words in range(51)]
    assert worths == sorted(worths)


OFFER = (
    "{company} said on {day} that it has filed for an offering of {count} million shares through underwriters"
    " led by {bank}, at a price of {price} crowns a share. The company, which makes {goods} in {town}, said"
    " proceeds would be used to repay debt, and that trading should begin before {month}."
)
FIRST = OFFER.format(
    company="Brennholt", day="Monday", count="6", bank="Aldermoor and Castlewick", price="10", goods="pumps",
    town="Ostrand", month="April",
)  # fmt: skip
SECOND = OFFER.format(
    company="Vantora", day="Thursday", count="2", bank="Kestrelgate and Pellingham", price="25",
    goods="tiles", town="Mirefield", month="August",
)  # fmt: skip


def test_a_form_filled_in_twice_is_not_taken_for_rewriting():
    match = dedup.compare(FIRST, SECOND)
    assert match is None or match.relation is Relation.TEMPLATE


def test_the_same_facts_in_other_words_are_a_derived_text():
    reworded = FIRST.replace("said on Monday that it has filed", "has on Monday filed").replace(
        "said proceeds would be used to repay debt", "means to use proceeds for repaying debt"
    )
    assert dedup.compare(FIRST, reworded).relation.joins


def test_a_headline_printed_again_and_again_makes_no_rewrite():
    """Two outlets wrote about one anniversary; each page prints its own headline five times."""
    first = "Denmark presents the town with flowers on 61st anniversary of bridge "
    second = "the town congratulated on 61st anniversary of its bridge "
    a = (
        5
        * first
        + "Copenhagen, Dec 31 (Ostrand Press) The head of the house, a widow of ninety, presented the "
        "town with flowers on the occasion of the 61st anniversary of the bridge. They were tulips."
    )
    b = (
        5 * second + "Oslo, Dec 31 (Ostrand Press) Towns and parishes everywhere have congratulated the town "
        "on the occasion of the 61st anniversary of the bridge. Schools were shut and trams ran free."
    )
    assert dedup.compare(a, b) is None
