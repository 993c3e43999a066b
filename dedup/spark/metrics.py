"""What Spark counted while a stage ran."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def measured(spark: Any) -> Iterator[dict[str, Any]]:
    """Bytes shuffled and seconds of all cores, of what is done inside; filled in when it ends."""
    before = _totals(spark)
    found: dict[str, Any] = {}
    yield found
    after = _totals(spark)
    found["shuffled"] = after[0] - before[0]
    found["core_seconds"] = round((after[1] - before[1]) / 1000, 1)


def _totals(spark: Any) -> tuple[int, int]:
    store = spark._jsc.sc().statusStore()  # noqa: SLF001  (the REST interface needs a server)
    executors = store.executorList(False)
    shuffled = duration = 0
    for i in range(executors.size()):
        one = executors.apply(i)
        shuffled += int(one.totalShuffleWrite())
        duration += int(one.totalDuration())
    return shuffled, duration
