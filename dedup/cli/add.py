"""dedup add: put articles into an index."""

from __future__ import annotations

import typer

from dedup.cli.options import (
    DEFAULT_INDEX,
    FieldNames,
    Format,
    FormatOption,
    IndexPath,
    Inputs,
    LockTimeout,
    Quiet,
    SettingsPath,
    Strict,
    fields_from,
)
from dedup.cli.streams import emit, page, tell_errors
from dedup.cli.work import RECORDS_UNREADABLE, add_inputs, open_index


def add(
    inputs: Inputs,
    index: IndexPath = DEFAULT_INDEX,
    format: FormatOption = Format.TEXT,
    settings: SettingsPath = None,
    field: FieldNames = None,
    strict: Strict = False,
    quiet: Quiet = False,
    lock_timeout: LockTimeout = 5.0,
) -> None:
    """Add articles to an index.

    It is made where there is none. An article that it has is left alone, and replaced if it has changed.
    """
    fields = fields_from(field)
    with open_index(index, settings, lock_timeout, create=True) as opened:
        report = add_inputs(opened, inputs, fields, strict=strict, quiet=quiet)
    tell_errors(report.errors)
    if format is Format.JSON:
        from dedup.report import json

        emit(json.printed({**json.report_object(report), "matches": report.matches}))
    elif not quiet:
        from dedup.report.terminal import show_report

        show_report(page(), report)
    if report.errors:
        raise typer.Exit(RECORDS_UNREADABLE)
