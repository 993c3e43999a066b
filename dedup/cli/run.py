"""dedup run: everything at once."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from dedup.cli.options import (
    AS_TEXT,
    Encoding,
    Fetch,
    FieldNames,
    Format,
    FormatOption,
    Inputs,
    Limit,
    LockTimeout,
    NoText,
    PassageCount,
    Quiet,
    SettingsPath,
    Strict,
    Window,
    encoding_from,
    fields_from,
)
from dedup.cli.streams import emit, message, page, tell_doubts, tell_errors
from dedup.cli.tables import emit_groups
from dedup.cli.work import IN_MEMORY, RECORDS_UNREADABLE, add_inputs, open_index, tell_settings

if TYPE_CHECKING:
    from dedup.engine import Index
    from dedup.intake.report import Report


def run(
    inputs: Inputs,
    index: Annotated[
        str,
        typer.Option("--index", metavar="FILE", help="Keep an index here.", show_default="in memory only"),
    ] = IN_MEMORY,
    format: FormatOption = Format.TEXT,
    settings: SettingsPath = None,
    field: FieldNames = None,
    encoding: Encoding = None,
    fetch: Fetch = False,
    window: Window = None,
    no_text: NoText = False,
    strict: Strict = False,
    quiet: Quiet = False,
    lock_timeout: LockTimeout = 5.0,
    limit: Limit = None,
    passages: PassageCount = 5,
) -> None:
    """Find groups of articles that share text, and show why."""
    fields = fields_from(field)
    if no_text and index == IN_MEMORY:
        raise typer.BadParameter("it says what an index keeps: name one with --index", param_hint="--no-text")
    with open_index(index, settings, lock_timeout, create=True, window=window, no_text=no_text) as opened:
        if not quiet:
            tell_settings(opened, settings)
        report = add_inputs(
            opened, inputs, fields, encoding_from(encoding),
            fetch=fetch, strict=strict, quiet=quiet, files={"again": True},
        )  # fmt: skip
        tell_errors(report.errors)
        if not quiet:
            tell_doubts(report)
        with opened.reading():
            _print(opened, report, format, limit=limit, passages=passages, quiet=quiet)
    if report.errors:
        raise typer.Exit(RECORDS_UNREADABLE)


def _print(
    index: Index, report: Report, format: Format, *, limit: int | None, passages: int, quiet: bool
) -> None:
    if format is Format.JSON:
        from dedup.report import json

        emit(json.printed_groups(islice(index.groups(), limit or None), json.report_object(report)))
    elif format is not Format.TEXT:
        emit_groups(format, index, limit)
    else:
        from dedup.report.page import count
        from dedup.report.pair import show_legend
        from dedup.report.terminal import show_found, show_group, show_report

        limit = AS_TEXT if limit is None else limit
        out = page()
        groups, grouped = index.count_groups()
        show_report(out, report)
        show_found(out, groups, grouped, index.count_articles() - grouped)
        if groups and passages:
            show_legend(out)
        for group in islice(index.groups(), limit or None):
            out.blank()
            show_group(out, group, index.articles, passages=passages)
        if limit and groups > limit and not quiet:
            message(f"{count(groups - limit, 'more group')} not shown; --limit 0 shows all")
