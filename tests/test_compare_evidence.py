"""What passages are worth: rewriting counts more than chance, and more than what is printed under all."""

import numpy as np
import pytest

from dedup.comparison.evidence import evidence


def worth(length, words):
    return evidence(np.array([[0, length, 0, length, words, 0]], np.int32))[0]


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
