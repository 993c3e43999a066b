"""What is done with arrays is what numpy's own, slower functions do."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.arrays.ordered import each_once, look_up

numbers = st.lists(st.integers(-5, 5) | st.integers(-(2**63), 2**63 - 1))


@given(numbers)
def test_each_value_once_in_order(values):
    given_ = np.array(values, np.int64)
    found = each_once(given_)
    assert found.dtype == np.int64
    assert found.tolist() == np.unique(given_).tolist()
    assert given_.tolist() == values


@given(numbers, numbers)
def test_values_are_found_where_they_are(ascending, values):
    there, asked = np.unique(np.array(ascending, np.int64)), np.array(values, np.int64)
    places, found = look_up(there, asked)
    assert found.tolist() == np.isin(asked, there).tolist()
    assert there[places[found]].tolist() == asked[found].tolist()
