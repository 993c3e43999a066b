"""A very long article is compared by its excerpts: the same matches as by the whole, for less work."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dedup import Article, Settings
from dedup.comparison import comparisons, excerpt, excerpt_kernel
from dedup.comparison.constants import rarity_squared
from dedup.sketch import sketch
from dedup.sketch.stem_kernel import FUNCTION
from tests.stories import corpus, random, story

SETTINGS = Settings()
words = st.lists(st.tuples(st.integers(1, 12), st.sampled_from([24, 60, FUNCTION])), max_size=80)


def pairs_of(article):
    """The adjacent content words of an article in order: the two words, place of the second, weight."""
    squared = rarity_squared()
    content = [(i, word, level) for i, (word, level) in enumerate(article) if level != FUNCTION]
    for (_, a, x), (place, b, y) in pairwise(content):
        yield frozenset((a, b)), place, squared[x] + squared[y]


def places(long, short, window, most, enough):
    """The slow way: the words of the long article that lie in a place that weighs enough."""
    found = {}
    for pair, place, _ in pairs_of(long):
        found.setdefault(pair, []).append(place)
    first = {}
    for pair, place, weight in pairs_of(short):
        first.setdefault(pair, (place, weight))
    hits = [(at, *first[pair]) for pair in first for at in found.get(pair, ())[:most] if first[pair][1] > 0]
    covered = set()
    for at, other, _ in hits:
        near = (w for x, y, w in hits if at <= x < at + window and abs(y - other) < window)
        if sum(near) >= enough:
            covered.update(range(max(at - window, 0), min(at + 2 * window, len(long))))
    return covered


@hypothesis_settings(deadline=None, max_examples=60)
@given(
    words, st.lists(words, min_size=1, max_size=3), st.integers(1, 20), st.integers(1, 3), st.floats(0.1, 6)
)
def test_excerpts_are_the_places_where_shared_word_pairs_weigh_enough(long, shorts, window, most, enough):
    tokens = [token for article in [long, *shorts] for token in article]
    offsets = np.cumsum([0, *map(len, [long, *shorts])])
    stem = np.array([word for word, _ in tokens], np.uint32)
    level = np.array([level for _, level in tokens], np.uint8)
    index = np.sort(excerpt_kernel.places(stem[: len(long)], level[: len(long)]))
    rows = np.arange(1, len(shorts) + 1)
    bars = np.full(len(rows), enough)
    found = excerpt_kernel.excerpts(index, stem, level, offsets, rows, rarity_squared(), window, most, bars)
    assert found.tolist() == sorted(found.tolist())
    for n, short in enumerate(shorts):
        own = found[found[:, 0] == n, 1:].clip(0, len(long))
        covered = [place for begin, end in own.tolist() for place in range(begin, end)]
        assert len(covered) == len(set(covered))
        assert set(covered) == places(long, short, window, most, enough)


@pytest.fixture(scope="module")
def archive():
    """An article of all stories one after the other, and what was made of each, in either order."""
    versions = corpus(5, stories=40)
    rng = random.Random(5)
    text = "\n\n".join(
        [*(a.text for a in versions if a.id.endswith("wire")), *(" ".join(story(rng)) for _ in range(90))]
    )
    articles = [Article("archive", text), *versions]
    pairs = np.array([[0, i] if i % 2 else [i, 0] for i in range(1, len(articles))])
    return articles, sketch([article.text for article in articles], SETTINGS), pairs


def test_a_long_article_gives_the_matches_that_the_whole_gives(archive, monkeypatch):
    articles, sketches, pairs = archive
    assert excerpt.is_long(*np.diff(sketches.tokens)[pairs].T).all()
    by_excerpts = comparisons(articles, sketches, pairs, SETTINGS)
    monkeypatch.setattr(excerpt, "LONG", 1 << 40)
    by_the_whole = comparisons(articles, sketches, pairs, SETTINGS)
    found = sum(each.relation is not None for each in by_the_whole)
    assert 100 < found < len(pairs) - 20
    cover = []
    for one, other in zip(by_excerpts, by_the_whole, strict=True):
        assert one.relation == other.relation
        assert (one.resemblance, one.containment_a, one.containment_b) == (
            other.resemblance, other.containment_a, other.containment_b,
        )  # fmt: skip
        if other.relation:
            shared, own = (
                {at for p in each.passages for at in range(p.a.start, p.a.end)} for each in (one, other)
            )
            cover.append(len(shared & own) / len(shared | own))
    assert min(cover) > 0.7
    assert np.mean(cover) > 0.99


def test_the_words_aligned_are_few_beside_those_of_the_whole(archive):
    articles, sketches, pairs = archive
    shared = excerpt.places(sketches, pairs, SETTINGS)
    matched = sum(each.relation is not None for each in comparisons(articles, sketches, pairs, SETTINGS))
    assert (shared.end - shared.begin).sum() < 1_200 * matched
    assert 1_200 * matched < sketches.tokens[1] * len(pairs) / 20


def test_parts_of_the_pairs_give_what_all_give_at_once(archive, monkeypatch):
    articles, sketches, pairs = archive
    pairs = np.concatenate((pairs, [[1, 2], [2, 3]]))
    at_once = comparisons(articles, sketches, pairs, SETTINGS)
    monkeypatch.setattr(excerpt, "WORDS", 3_000)
    assert len(list(excerpt.places(sketches, pairs, SETTINGS).parts())) > 5
    assert comparisons(articles, sketches, pairs, SETTINGS) == at_once


def test_what_a_long_article_has_twice_is_one_passage():
    rng = random.Random(2)
    lines = story(rng)
    rest = [" ".join(story(rng)) for _ in range(120)]
    text = "\n\n".join([*rest[:50], " ".join(lines), *rest[50:], " ".join(lines)])
    articles = [Article("archive", text), Article("story", " ".join(lines))]
    sketches = sketch([article.text for article in articles], SETTINGS)
    pair = np.array([[0, 1]])
    assert len(excerpt.places(sketches, pair, SETTINGS).pair) == 2
    (found,) = comparisons(articles, sketches, pair, SETTINGS)
    (passage,) = found.passages
    assert (passage.b.start, passage.b.end) == (0, len(articles[1].text) - 1)
    assert text[passage.a.start : passage.a.end] == articles[1].text[:-1]
