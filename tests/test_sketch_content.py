"""The content words of an article: what is packed comes back, and what is no such packing is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.errors import IndexDamaged
from dedup.settings import Settings
from dedup.sketch import sketch, tables
from dedup.sketch.bare import NOTHING, apart
from dedup.sketch.content import content_of, packed, unpacked
from dedup.sketch.content_kernel import NEXT, STEM
from dedup.sketch.stem_kernel import FUNCTION

some = settings(deadline=None, max_examples=50)

runs = st.lists(
    st.tuples(
        st.integers(0, 2**32 - 1), st.integers(0, NEXT - 1), st.sampled_from([0, 0, 1, 2, 254, 255, 700])
    ),
    max_size=30,
)


def bare(run):
    """An article of content words, each with so many function words before it."""
    stem = [s for word, _, more in run for s in (*[7] * more, word)]
    level = [s for _, level, more in run for s in (*[FUNCTION] * more, level)]
    return NOTHING._replace(stem=np.array(stem, np.uint32), level=np.array(level, np.uint8))


@some
@given(st.lists(runs, max_size=6))
def test_what_is_packed_comes_back(articles):
    given = [bare(run) for run in articles]
    content = content_of(given)
    assert content.words.tolist() == [len(each.stem) for each in given]
    for i, each in enumerate(given):
        own = slice(*content.offsets[i : i + 2])
        kept = np.flatnonzero(each.level != FUNCTION)
        assert content.place[own].tolist() == kept.tolist()
        assert content.level[own].tolist() == each.level[kept].tolist()
        assert content.stem[own].tolist() == (each.stem[kept] & np.uint32(STEM)).tolist()
    for ours, theirs in zip(unpacked([bytes(own) for own in packed(content)]), content, strict=True):
        assert ours.tolist() == theirs.tolist()


@some
@given(st.lists(runs, min_size=1, max_size=3), st.data())
def test_other_bytes_are_refused_or_are_other_words(articles, data):
    rows = [bytes(own) for own in packed(content_of([bare(run) for run in articles]))]
    at = data.draw(st.integers(0, len(rows) - 1))
    rows[at] = data.draw(
        st.binary(max_size=40) | st.integers(0, len(rows[at]) - 1).map(lambda length: rows[at][:length])
    )
    try:
        found = unpacked(rows)
    except IndexDamaged:
        return
    assert len(found.words) == len(rows)
    assert (found.place < np.repeat(found.words, np.diff(found.offsets))).all()


def test_the_levels_leave_a_bit_free():
    assert max(level for level in np.unique(tables().levels) if level != FUNCTION) < NEXT


def test_sketches_side_by_side_or_apart_are_the_same():
    texts = ["The mayor of Ostrava opened the bridge.", "", "Of the and to."]
    whole = sketch(texts, Settings())
    for ours, theirs in zip(content_of(whole), content_of([apart(whole, i) for i in range(3)]), strict=True):
        assert ours.tolist() == theirs.tolist()
    assert content_of(whole).words.tolist() == [7, 0, 4]
    assert np.diff(content_of(whole).offsets).tolist() == [4, 0, 0]


@pytest.mark.parametrize(
    "row", [b"", b"\x01\0\0", b"\x01\0\0\0\x01", b"\x01\0\0\0\x05abc", b"\0\0\0\0\x85abc"]
)
def test_a_row_that_is_none_is_damaged(row):
    with pytest.raises(IndexDamaged, match="words of an article"):
        unpacked([row])
