"""The cheap test before an alignment: against a slow reference."""

from itertools import chain, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.comparison import overlap_kernel
from dedup.comparison.constants import rarity_squared
from dedup.comparison.overlap import UNIT, likeness, promising, weights_of, word_pairs
from dedup.settings import Settings
from dedup.sketch import content_kernel, sketch
from dedup.sketch.bare import NOTHING
from dedup.sketch.content import content_of
from dedup.sketch.stem_kernel import FUNCTION

some = settings(deadline=None, max_examples=40)
words = st.lists(st.tuples(st.integers(1, 12), st.sampled_from([0, 24, 60, 80, FUNCTION])), max_size=60)


def pairs_of(article):
    """The adjacent content words of an article in order: (the two words, the places of both)."""
    content = [(i, word) for i, (word, level) in enumerate(article) if level != FUNCTION]
    for (i, a), (j, b) in pairwise(content):
        yield frozenset((a, b)), i, j


def shared_places(a, b, window):
    """The slow way: of what two articles share in each place, how many pairs, and what their words weigh.

    The first of equal pairs counts, and each word once.
    """
    weights = weights_of(rarity_squared())
    first_a, first_b = {}, {}
    for first, article in ((first_a, a), (first_b, b)):
        for pair, *places in pairs_of(article):
            first.setdefault(pair, places)
    hits = [(*first_a[pair], first_b[pair][1]) for pair in first_a if pair in first_b]
    for _, place, other in hits:
        near = [(i, j) for i, j, y in hits if place <= j < place + window and abs(y - other) < window]
        yield len(near), sum(int(weights[a[i][1] + 1]) for i in set(chain.from_iterable(near)))


@some
@given(st.lists(words, min_size=2, max_size=5), st.integers(1, 40), st.integers(0, 6))
def test_shared_word_pairs_are_counted_and_weighed_in_one_place(articles, window, least):
    tokens = [token for article in articles for token in article]
    offsets = np.cumsum([0, *map(len, articles)])
    stem = np.array([word << 8 for word, _ in tokens], np.uint32)
    level = np.array([level for _, level in tokens], np.uint8)
    rows = np.arange(len(articles))
    content = content_kernel.content(stem, level, offsets)
    begins, pair, total = overlap_kernel.word_pairs(*content, rarity_squared())
    assert total == pytest.approx([sum(rarity_squared()[level] for _, level in own) for own in articles])
    both = np.array([(x, y) for y in rows for x in rows if x != y])
    for enough in (0.5, 1.5, 3.0, 6.0):
        bars, counts = np.full(len(both), int(UNIT * enough)), np.full(len(both), least)
        weights = weights_of(rarity_squared())
        found = overlap_kernel.overlap(pair, begins, pair, begins, both, window, bars, counts, weights)
        for (x, y), is_enough in zip(both.tolist(), found.tolist(), strict=True):
            places = shared_places(articles[x], articles[y], window)
            assert bool(is_enough) == any(n >= least and w >= UNIT * enough for n, w in places)


def test_one_name_of_rare_words_is_not_aligned():
    name = "Zubrowka Kvitnelund Oxtangle Wermsdorf"
    older, newer = (name + "".join(f" {word}{n}" for n in range(60)) for word in ("ship", "rain"))
    sketches = sketch([older, newer, older], Settings())
    pairs = word_pairs(content_of(sketches))
    both = np.array([[0, 1], [0, 2]])
    assert promising(pairs, pairs, both, Settings()).tolist() == [False, True]
    assert promising(pairs, pairs, both, Settings(overlap_pairs=0)).tolist() == [True, True]


@some
@given(st.lists(st.lists(st.integers(1, 40), max_size=50), min_size=2, max_size=6))
def test_likeness_is_that_of_the_sets_of_shingles(articles):
    spread = [[word * 0x9E3779B97F4A7C15 % 2**64 for word in article] for article in articles]
    bare = [NOTHING._replace(shingle=np.array(article, np.uint64)) for article in spread]
    pairs = np.array([(x, y) for y in range(len(articles)) for x in range(len(articles))])
    sets = [set(article) for article in spread]
    shared = np.array([len(sets[x] & sets[y]) for x, y in pairs.tolist()])
    union = [max(1, len(sets[x] | sets[y])) for x, y in pairs.tolist()]
    first, second = ([max(1, len(sets[x])) for x in side] for side in pairs.T.tolist())
    expected = np.column_stack((shared / union, shared / first, shared / second))
    assert likeness(bare, pairs) == pytest.approx(expected)
