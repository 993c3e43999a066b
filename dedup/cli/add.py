"""dedup add: put articles into an index."""

from __future__ import annotations

from typing import Annotated

import typer

from dedup.cli.options import (
    DEFAULT_INDEX,
    Encoding,
    Fetch,
    FieldNames,
    Format,
    FormatOption,
    IndexPath,
    Inputs,
    LockTimeout,
    NoText,
    Quiet,
    SettingsPath,
    Strict,
    TextOrJson,
    Window,
    encoding_from,
    fields_from,
)
from dedup.cli.outcome import LogFormatOption, MetricsPath, SummaryPath, recording_outcome
from dedup.cli.streams import log_as_json, page, tell_doubts, tell_errors
from dedup.cli.tables import emit_each
from dedup.cli.times import age_from, moment_from
from dedup.cli.work import RECORDS_UNREADABLE, add_inputs, open_index, tell_if_new, tell_settings

Since = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="TIME|AGE",
        help="Only files that were changed since, such as 2026-11-22 (in UTC) or 2d.",
        show_default=False,
    ),
]
Keep = Annotated[
    str | None,
    typer.Option(
        "--keep",
        metavar="AGE",
        help="Remove what is older, and take nothing that is, such as 90d.",
        show_default=False,
    ),
]
Again = Annotated[bool, typer.Option("--again", help="Read files again that have not changed.")]


def add(
    inputs: Inputs,
    index: IndexPath = DEFAULT_INDEX,
    format: FormatOption = Format.TEXT,
    settings: SettingsPath = None,
    field: FieldNames = None,
    encoding: Encoding = None,
    fetch: Fetch = False,
    window: Window = None,
    no_text: NoText = False,
    since: Since = None,
    keep: Keep = None,
    again: Again = False,
    strict: Strict = False,
    quiet: Quiet = False,
    summary: SummaryPath = None,
    metrics: MetricsPath = None,
    log_format: LogFormatOption = TextOrJson.TEXT,
    lock_timeout: LockTimeout = 5.0,
) -> None:
    """Add articles to an index.

    It is made where there is none. An article that it has is left alone, and replaced if it has changed. A
    file whose articles it has is not read again until it changes, or until older ones of it are wanted than
    --keep has left.
    """
    if log_format is TextOrJson.JSON:
        log_as_json()
    fields = fields_from(field)
    limits = {
        "since": moment_from(since, "--since") if since else None,
        "keep": age_from(keep, "--keep") if keep else None,
        "again": again,
    }
    with (
        recording_outcome(summary, metrics) as outcome,
        open_index(index, settings, lock_timeout, create=True, window=window, no_text=no_text) as opened,
    ):
        report = outcome.report
        if quiet:
            tell_if_new(opened)
        else:
            tell_settings(opened, settings)
        add_inputs(
            opened, inputs, fields, encoding_from(encoding),
            fetch=fetch, strict=strict, quiet=quiet, files={**limits, "report": report},
        )  # fmt: skip
        outcome.facts = opened.info()
        outcome.status = RECORDS_UNREADABLE if report.errors else 0
    tell_errors(report.errors, how="--again --format json")  # by now the files are known
    if not quiet:
        tell_doubts(report)
    if format is not Format.TEXT:
        from dedup.report.json import report_object
        from dedup.report.tabular import REPORT

        emit_each(format, [{**report_object(report), "matches": report.matches}], (*REPORT, "matches"))
    elif not quiet and summary != "-":
        from dedup.report.terminal import show_report

        show_report(page(), report)
    if outcome.status:
        raise typer.Exit(outcome.status)
