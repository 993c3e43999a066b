"""What Spark counted while a stage ran."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

WAIT = 10_000
"""Milliseconds that Spark may take to count what is done."""


@contextmanager
def measured(spark: Any) -> Iterator[dict[str, Any]]:
    """Bytes shuffled and seconds of all tasks, of what is done inside; filled in when it ends.

    Of tasks, because what Spark tells of an executor in a local run is how long it has been there.
    """
    before = _tasks(spark)
    found: dict[str, Any] = {}
    yield found
    after = _tasks(spark)
    new = [figures for stage, figures in after.items() if stage not in before]
    found["shuffled"] = sum(shuffled for shuffled, _ in new)
    found["core_seconds"] = round(sum(milliseconds for _, milliseconds in new) / 1000, 1)


def _tasks(spark: Any) -> dict[tuple[int, int], tuple[int, int]]:
    """Of each of Spark's stages and attempts: bytes shuffled, and milliseconds of its tasks."""
    context = spark._jsc.sc()  # noqa: SLF001  (the REST interface needs a server)
    context.listenerBus().waitUntilEmpty(WAIT)
    store = context.statusStore()
    defaults = [getattr(store, f"stageList$default${n}")() for n in range(2, 6)]
    stages = store.stageList(None, *defaults)
    found = {}
    for i in range(stages.size()):
        one = stages.apply(i)
        found[one.stageId(), one.attemptId()] = (int(one.shuffleWriteBytes()), int(one.executorRunTime()))
    return found
