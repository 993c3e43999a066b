"""What comes after the turns of a batch is told by a plain loop over them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.funnel.turns import turns_before
from dedup.index.spread import issues

NUMBERS = st.integers(5, 40)
SOURCES = st.sampled_from(["one", "two", "three", None])


@given(
    turns=st.dictionaries(NUMBERS, SOURCES.filter(bool), min_size=1),
    asked=st.lists(st.tuples(NUMBERS, SOURCES, st.sampled_from(["2026-03-01", "2026-03-02", None]))),
)
def test_each_article_is_told_the_turns_before_it(turns, asked):
    """Of its older one's source, whatever the day; one that comes with a turn does not come after it."""
    ascending = sorted(turns)
    count, since = turns_before(
        np.array(ascending),
        issues((turns[number], "2026-03-01") for number in ascending),
        numbers=np.array([number for number, _, _ in asked], np.int64),
        issues=issues((source, day) for _, source, day in asked),
        first=5,
    )
    before = [[t for t in ascending if turns[t] == source and t < number] for number, source, _ in asked]
    assert count.tolist() == [len(own) for own in before]
    assert since.tolist() == [own[-1] + 1 if own else 5 for own in before]
