"""What a monitor reads: the counts of a run as one JSON object, and the state of an index for Prometheus."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from dedup.intake.report import Report
from dedup.report import json

_GAUGES = (
    ("articles", "articles", "Articles in the index."),
    ("groups", "groups", "Groups of two articles or more."),
    ("grouped_articles", "grouped", "Articles that are in a group."),
    ("matches", "matches", "Stored matches."),
    ("index_bytes", "bytes", "Size of the index."),
    ("index_free_bytes", "free_bytes", "Of these, space that the next articles will take."),
    ("files", "files", "Files that are known to be read."),
)
_RUN = (
    ("last_run_added", "added", "Articles that the last run added."),
    ("last_run_updated", "updated", "Articles that the last run replaced by a new version."),
    ("last_run_unreadable", "errors", "Records that the last run could not read."),
    ("last_run_pruned", "pruned", "Articles that the last run removed for their age."),
    ("last_run_seconds", "seconds", "How long the last run took."),
)


def summary_object(own: Report, **more: object) -> dict[str, Any]:
    """The counts of one run of `add`, whole even where it failed."""
    return {
        "at": datetime.now(UTC).replace(microsecond=0),
        **more,
        **json.report_object(own),
        "matches": own.matches,
        "errors": len(own.errors),
        "files": own.files,
        "files_known": own.files_known,
        "files_old": own.files_old,
    }


def prometheus(info: Mapping[str, object], summary: Mapping[str, object] | None = None) -> str:
    """The text format of Prometheus (0.0.4) for the textfile collector of its node exporter."""
    rows = [(name, text, info.get(key)) for name, key, text in _GAUGES]
    rows += [
        (
            "last_success_timestamp_seconds",
            "When `dedup add` last came to its end, or `dedup filter --add` last took lines.",
            _seconds(info["last_add"]),
        ),
        ("pending", "Whether a run of `dedup add` began that has not ended.", int(bool(info.get("pending")))),
    ]
    if summary is not None:
        rows += [(name, text, summary.get(key)) for name, key, text in _RUN]
        counts = (summary.get(name) for name in ("files", "files_known", "files_old"))
        there = sum(count for count in counts if isinstance(count, int))
        rows.append(
            ("last_run_files", "Files that the last run found, whether it had to read them or not.", there)
        )
    return "".join(
        f"# HELP dedup_{name} {text}\n# TYPE dedup_{name} gauge\ndedup_{name} {value}\n"
        for name, text, value in rows
        if value is not None
    )


def _seconds(moment: object) -> float | None:
    return datetime.fromisoformat(moment).timestamp() if isinstance(moment, str) else None
