"""What is made ready of each article, once, and the sorting under it, against slow obvious references."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.comparison import chain_kernel, shared_kernel
from dedup.comparison.array_kernel import FEW, MANY, sort_by_bytes, sort_spread
from dedup.comparison.character_kernel import FLAGS, ROW_OF, SPACE
from dedup.comparison.constants import Constants
from dedup.comparison.prepared import prepare_articles
from dedup.settings import Settings
from dedup.sketch import sketch

WORDS = st.sampled_from(["the", "river", "rose", "night", "ferry", "Rivers", "of", "harbour", "seven", "."])
TEXTS = st.lists(st.lists(WORDS, max_size=60).map(" ".join), min_size=2, max_size=4)


@pytest.mark.parametrize("size", [0, 1, FEW - 1, FEW, 300, MANY, MANY + 1])
@pytest.mark.parametrize("bits", [0, 20, 56])
def test_keys_are_sorted_however_they_are_spread(size, bits):
    keys = np.random.default_rng(size).integers(0, 2**64, size, np.uint64) >> np.uint64(bits)
    wanted = np.sort(keys)
    sort_spread(keys, np.empty_like(keys))
    assert keys.tolist() == wanted.tolist()


@pytest.mark.parametrize("size", [2, FEW, 500])
def test_equal_keys_keep_their_order(size):
    generator = np.random.default_rng(size)
    keys = (generator.integers(0, 9, size, np.uint64) << np.uint64(32)) | np.arange(size, dtype=np.uint64)[
        ::-1
    ]
    wanted = sorted(keys.tolist(), key=lambda key: key >> 32)
    sort_by_bytes(keys, np.empty_like(keys), 4)
    assert keys.tolist() == wanted


@given(TEXTS)
def test_words_terms_and_shingles_are_those_of_the_text(texts):
    sketches = sketch(texts, Settings())
    ready = prepare_articles(texts, sketches, np.arange(len(texts)))
    for i in range(len(texts)):
        tokens = slice(sketches.tokens[i], sketches.tokens[i + 1])
        own = [slice(*ready.offsets[i : i + 2, column]) for column in range(4)]
        stems = [
            (stem, t)
            for t, (stem, level) in enumerate(zip(sketches.stem[tokens], sketches.level[tokens], strict=True))
            if level != 255
        ]
        distinct = sorted({int(stem) for stem, _ in stems})
        assert ready.word[own[0]].tolist() == distinct
        numbers = {stem: n for n, stem in enumerate(distinct, 1)}
        word_of = dict.fromkeys(range(tokens.stop - tokens.start), 0)
        word_of |= {t: numbers[int(stem)] for stem, t in stems}
        assert ready.word_of[tokens].tolist() == list(word_of.values())
        assert ready.place[own[1]].tolist() == [t for _, t in sorted(stems)]
        sentence = ready.sentence[tokens].tolist()
        terms = Counter((numbers[int(stem)], sentence[t]) for stem, t in stems)
        assert ready.term[own[2]].tolist() == [[*term, often] for term, often in sorted(terms.items())]
        times = Counter(word for word in word_of.values() if word)
        spread = Counter(word for word, _ in terms)
        first = np.cumsum([0, *(times[word] for word in sorted(times))]).tolist()
        assert ready.columns[own[0]].tolist() == [[times[w], spread[w], first[w - 1]] for w in sorted(times)]
        shingles = sketches.shingle[sketches.shingles[i] : sketches.shingles[i + 1]].tolist()
        known = Counter(shingles)
        assert ready.distinct[own[3]].tolist() == sorted(known)
        once = [shingles.index(shingle) if known[shingle] == 1 else -1 for shingle in sorted(known)]
        assert ready.at[own[3]].tolist() == once


@given(TEXTS)
def test_shared_words_and_shingles_are_those_of_both_sets(texts):
    sketches = sketch(texts, Settings())
    ready = prepare_articles(texts, sketches, np.arange(len(texts)))
    words, shingles = (
        [slice(*ready.offsets[i : i + 2, column]) for i in range(len(texts))] for column in (0, 3)
    )
    a, b = ready.word[words[0]].tolist(), ready.word[words[1]].tolist()
    other_a, other_b = np.full(len(a) + 1, 99, np.int32), np.full(len(b) + 1, 99, np.int32)
    columns = [ready.columns[words[i]] for i in (0, 1)]
    total = shared_kernel.shared_words(
        ready.word[words[0]], columns[0], ready.word[words[1]], columns[1], other_a, other_b
    )
    assert other_a.tolist() == [0, *(b.index(word) + 1 if word in b else 0 for word in a)]
    assert other_b.tolist() == [0, *(a.index(word) + 1 if word in a else 0 for word in b)]
    times = [dict(zip(w, c[:, 0].tolist(), strict=True)) for w, c in zip((a, b), columns, strict=True)]
    assert total == sum(times[0][word] * times[1].get(word, 0) for word in a)
    x, y = (ready.distinct[shingles[i]] for i in (0, 1))
    partner = np.full(100, -1, np.int32)
    shared = shared_kernel.shared_shingles(x, ready.at[shingles[0]], y, ready.at[shingles[1]], partner)
    assert shared == len(set(x.tolist()) & set(y.tolist()))


@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=40),
    st.lists(st.floats(0.03125, 1, width=32), min_size=5, max_size=5),
)
def test_what_is_near_a_word_is_all_that_an_alignment_may_skip(word_of, rarity):
    c = Constants()
    rarity = np.array([0, *rarity], np.float32)
    costs, functions = np.empty(len(word_of) + 1), np.empty(len(word_of) + 1, np.int32)
    near = np.empty(len(word_of), np.int32)
    words = np.array(word_of, np.int32)
    chain_kernel.skip_costs(words, rarity, c, np.empty(len(rarity)), costs, functions, near)
    for t in range(len(word_of)):
        assert all(costs[t] - costs[k + 1] > c.drop for k in range(near[t]))
        assert near[t] == t or costs[t] - costs[near[t] + 1] <= c.drop + 1e-6
    assert functions.tolist() == np.cumsum([0, *(word == 0 for word in word_of)]).tolist()


def test_code_points_beyond_the_table_are_nothing():
    assert FLAGS[int(ROW_OF[0x1F600 >> 8]) << 8 | 0x00] == 0
    assert all(FLAGS[int(ROW_OF[ord(c) >> 8]) << 8 | ord(c) & 255] & SPACE for c in " \t\n\u00a0\u2009\u3000")
