"""The turns of a batch: its articles with each of which more became boilerplate at its source."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedup.arrays.ordered import each_once, look_up
from dedup.index.spread import DAY_BITS


class Turns:
    """Those of a batch: `turns` are some of its `numbers`, both ascend, and `issues` are those of the batch.

    An article is compared with each earlier one as that was when it came. The issues tell the sources; see
    `dedup.index.spread`.
    """

    def __init__(
        self, turns: NDArray[np.int64], numbers: NDArray[np.int64], issues: NDArray[np.int64]
    ) -> None:
        own = issues[np.searchsorted(numbers, turns)] >> DAY_BITS
        order = np.argsort(own, kind="stable")
        self._first, self._above = numbers[0], numbers[-1] - numbers[0] + 1
        self._turns, self._sources = turns[order], each_once(own)
        # by source and number, as one number
        self._place = np.searchsorted(self._sources, own[order]) * self._above + self._turns - self._first

    def before(
        self, issues: NDArray[np.int64], numbers: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """How many turns of the source of each issue came before an article of the batch each.

        And the number from which the last of these counts, or if there is none, that of the batch.
        """
        source, known = look_up(self._sources, issues >> DAY_BITS)
        end = np.searchsorted(self._place, source * self._above + numbers - self._first)
        count = np.where(known, end - np.searchsorted(self._place, source * self._above), 0)
        since = np.where(count > 0, self._turns[end - 1] + 1, self._first)
        return count, since
