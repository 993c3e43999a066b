"""From what a run measured: what more articles would take, and what would give way first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dedup.errors import InputError
from dedup.index.candidates import COMMON
from dedup.spark.begin import SCHEMA, whole
from dedup.spark.options import ALL, BUCKET, STAGES, TEXTS
from dedup.spark.storage import damaged

CORES = 1_000
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
    rows = [("stage", "B/article", "shuffled", "written", "shuffled", "core hours")]
    totals = [0.0, 0.0, 0.0]
    for stage in STAGES:
        one = day["stages"][stage]
        written, shuffled = one["bytes"] * times, one["shuffled"] * times
        hours = one["core_seconds"] * times / 3600
        totals = [total + part for total, part in zip(totals, (written, shuffled, hours), strict=True)]
        per_article = (f"{one['bytes'] / count:,.0f}", f"{one['shuffled'] / count:,.0f}")
        rows.append((stage, *per_article, size(written), size(shuffled), f"{hours:,.1f}"))
    rows.append(("all", "", "", size(totals[0]), size(totals[1]), f"{totals[2]:,.1f}"))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(row))
        for row in ([*zip(row, widths, strict=True)] for row in rows)
    ]
    which = "the run" if day["day"] == ALL else f"day {day['day']}"
    lines.insert(0, f"{articles:,.0f} articles, from what {which} of {count:,} took:")
    lines.append(f"About {totals[2] / CORES:,.1f} hours on {CORES:,} cores, if all grows as the articles do.")
    return "\n".join([*lines, *_limits(articles, day)])


def _limits(articles: float, day: Mapping[str, Any]) -> Iterator[str]:
    """What does not grow as the articles do, the first to give way first."""
    stages, count = day["stages"], day["articles"]
    keys, links = stages["keys"]["keys"] / count, stages["matches"]["links"] / count
    full = keys * COMMON * LIST_BYTES
    yield "What gives way, the first first:"
    yield f"1. Posting lists grow to {COMMON} articles: with {keys:,.0f} keys an article, candidates need"
    yield f"   up to {size(full)} of lists an article, {size(full * articles)} in all, and a task with its"
    yield f"   bucket of {BUCKET:,} articles up to {size(full * BUCKET)}. A --window keeps both small."
    yield f"2. A task groups a whole component: with {size(TASK)} and {links:,.1f} links an article it ends"
    yield f"   at a story that {TASK / LINK_BYTES / max(links, 1):,.0f} articles tell."
    yield "3. The driver holds a row for each block of the input and for each repeated id."


def size(count: float) -> str:
    """Bytes for people."""
    units = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "KB"))
    unit, name = next(((unit, name) for unit, name in units if count >= unit), (1, "B"))
    return f"{count / unit:,.1f} {name}"


def _state(output: str) -> Any:
    place = f"{output.rstrip('/')}/run.json"
    if "://" in output:
        from dedup.spark.session import session
        from dedup.spark.storage import Storage

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
