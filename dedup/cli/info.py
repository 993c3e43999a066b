"""dedup info: what an index holds."""

from __future__ import annotations

from typing import Annotated

import typer

from dedup.cli.files import refuse_database
from dedup.cli.options import DEFAULT_INDEX, Format, FormatOption, IndexPath, LockTimeout, SettingsPath
from dedup.cli.outcome import MetricsPath, Outcome, refused, write_metrics
from dedup.cli.streams import page
from dedup.cli.tables import emit_facts
from dedup.cli.work import open_index
from dedup.errors import IndexDamaged

Check = Annotated[
    bool, typer.Option("--check", help="Look through the whole file for damage (exit status 4 if there is).")
]


def info(
    index: IndexPath = DEFAULT_INDEX,
    format: FormatOption = Format.TEXT,
    settings: SettingsPath = None,
    metrics: MetricsPath = None,
    check: Check = False,
    lock_timeout: LockTimeout = 5.0,
) -> None:
    """Print what an index holds."""
    if metrics is not None:
        refuse_database(metrics, "--metrics")
    with open_index(index, settings, lock_timeout) as opened:
        facts = opened.info()
        problems = opened.verify() if check else []
    if check:
        facts["problems"] = len(problems)
    outcome = Outcome()
    if metrics is not None:
        with refused(outcome):
            write_metrics(metrics, facts)
    _show(facts, format)
    if problems:
        more = f" (and {len(problems) - 1:,} more)" if len(problems) > 1 else ""
        raise IndexDamaged(f"{index}: fails its check: {problems[0]}{more}")
    if outcome.status:
        raise typer.Exit(outcome.status)


def _show(facts: dict[str, object], format: Format) -> None:
    if format is not Format.TEXT:
        emit_facts(format, {"index": facts}, facts)
        return
    from dedup.report.terminal import show_info

    show_info(page(), facts)
