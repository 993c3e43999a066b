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
    before = next((stage.stageId() for stage in _stages(spark)), -1)
    found: dict[str, Any] = {"shuffled": 0, "core_seconds": 0.0}
    yield found
    milliseconds = 0
    for stage in _stages(spark):
        if stage.stageId() <= before:
            break
        found["shuffled"] += int(stage.shuffleWriteBytes())
        milliseconds += int(stage.executorRunTime())
    found["core_seconds"] = round(milliseconds / 1000, 1)


def _stages(spark: Any) -> Iterator[Any]:
    """Spark's stages and their attempts, the newest first."""
    context = spark._jsc.sc()  # noqa: SLF001  (the REST interface needs a server)
    context.listenerBus().waitUntilEmpty(WAIT)
    store = context.statusStore()
    defaults = [getattr(store, f"stageList$default${n}")() for n in range(2, 6)]
    stages = store.stageList(None, *defaults)
    for i in range(stages.size()):
        yield stages.apply(i)
