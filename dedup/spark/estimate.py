"""From what a run measured: what more articles would take, and what would give way first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dedup.errors import InputError
from dedup.index.candidates import COMMON
from dedup.spark.begin import SCHEMA, whole
from dedup.spark.options import ALL, BUCKET, STAGES
from dedup.spark.storage import Storage, damaged

CORES = 1_000
ENOUGH = 100_000
"""Articles of a run beside which the start of Spark is little."""
LIST_BYTES = 9
"""Of an entry of a posting list that is shuffled: the number, and its share of what goes with a list."""
LINK_BYTES = 120
"""Of a match that joins, in the task that groups its component."""
TASK = 4 * 2**30
"""Memory that a task may be expected to have."""


def plan(output: str, articles: float) -> str:
    """The estimate as lines of text. Raises InputError where there is no run that ended."""
    state = _state(output)
    days = [day for day in state["days"] if day.get("complete") and set(day["stages"]) == set(STAGES)]
    if not days:
        raise InputError(f"{output}: no run here that was measured to its end; run `dedup spark` first")
    day = days[-1]
    count = day["articles"]
    times = articles / count
    rows = [("stage", "written/article", "shuffled/article", "written", "shuffled", "core hours")]
    totals = [0.0, 0.0, 0.0]
    for stage in STAGES:
        one = day["stages"][stage]
        written, shuffled = one["bytes"] * times, one["shuffled"] * times
        hours = one["core_seconds"] * times / 3600
        totals = [total + part for total, part in zip(totals, (written, shuffled, hours), strict=True)]
        each = (size(one["bytes"] / count), size(one["shuffled"] / count))
        rows.append((stage, *each, size(written), size(shuffled), f"{hours:,.1f}"))
    rows.append(("all", "", "", size(totals[0]), size(totals[1]), f"{totals[2]:,.1f}"))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.rjust(width) if i else cell.ljust(width) for i, (cell, width) in enumerate(cells))
        for cells in (list(zip(row, widths, strict=True)) for row in rows)
    ]
    which = "the run" if day["day"] == ALL else f"day {day['day']}"
    lines.insert(0, f"{articles:,.0f} articles, from what {which} of {count:,} took:")
    lines.append(f"About {totals[2] / CORES:,.1f} hours on {CORES:,} cores, if all grows as the articles do.")
    if count < ENOUGH:
        lines.append(f"Much of a run so small is the start of its workers: one of {ENOUGH:,} tells more.")
    return "\n".join([*lines, *_limits(articles, day, state["settings"]["common_candidates"])])


def _limits(articles: float, day: Mapping[str, Any], most: int) -> Iterator[str]:
    """What does not grow as the articles do, the first to give way first."""
    stages, count = day["stages"], day["articles"]
    keys, pairs = stages["keys"]["keys"] / count, stages["candidates"]["rows"] / count
    full = keys * COMMON * LIST_BYTES
    texts = (1 + pairs) * (stages["sketches"]["bytes"] - stages["keys"]["bytes"]) / count
    lines = stages["lines"]["shuffled"] / count
    both = (full + texts) * articles
    yield "What gives way, the first first:"
    yield f"1. Local disks: posting lists grow to {COMMON} articles, and the more articles there are the"
    yield f"   further apart are the {pairs:,.0f} candidates of each. With {keys:,.0f} keys an article, up to"
    yield f"   {size(full)} of lists and {size(texts)} of texts are shuffled for each: {size(both)} in all,"
    yield f"   {size(both / CORES)} a core. A --window keeps both small."
    yield f"2. Memory: a task has up to {size(full * BUCKET)} of lists for its {BUCKET:,} articles."
    yield f"3. A task groups a whole component: with {size(TASK)} and {most} links an article it ends"
    yield f"   at a story that {TASK / LINK_BYTES / most:,.0f} articles tell."
    yield f"4. A task counts the lines of a whole source: with {size(TASK)} it ends at"
    yield f"   {TASK / max(lines, 1):,.0f} articles of one source in a day."
    yield "5. The driver holds a row for each block of the input and for each repeated id."


def size(count: float) -> str:
    """Bytes for people."""
    units = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "KB"))
    unit, name = next(((unit, name) for unit, name in units if count >= unit), (1, "B"))
    return f"{count / unit:,.1f} {name}"


def _state(output: str) -> Any:
    place = f"{output.rstrip('/')}/run.json"
    if "://" in output:
        from dedup.spark.session import session

        with session(None, {}) as spark:
            state = Storage(spark).get(place)
    else:
        state = _local(Path(place))
    state = whole(state, place)
    return state if state and state["schema"] == SCHEMA else {"days": []}


def _local(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    except ValueError:
        raise damaged(str(path)) from None
