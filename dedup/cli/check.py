"""dedup check: what the index has of an article."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from dedup.cli.options import (
    DEFAULT_INDEX,
    Encoding,
    Fetch,
    FieldNames,
    Format,
    FormatOption,
    IndexPath,
    LockTimeout,
    SettingsPath,
    encoding_from,
    fields_from,
    open_stdin,
)
from dedup.cli.streams import MOST_ERRORS, message, page, tell_doubts, tell_more_errors
from dedup.cli.tables import emit_each
from dedup.cli.work import RECORDS_UNREADABLE, fetcher_if, open_index
from dedup.errors import InputError
from dedup.intake.report import Report
from dedup.model import RecordError, VerdictKind

if TYPE_CHECKING:
    from dedup.engine import Index
    from dedup.model import Verdict

KNOWN = 1

File = Annotated[
    str,
    typer.Argument(
        metavar="FILE|-",
        help="A file with an article or several, or -.",
        callback=open_stdin,
        show_default=False,
    ),
]


def check(
    file: File,
    index: IndexPath = DEFAULT_INDEX,
    format: FormatOption = Format.TEXT,
    settings: SettingsPath = None,
    field: FieldNames = None,
    encoding: Encoding = None,
    fetch: Fetch = False,
    lock_timeout: LockTimeout = 5.0,
) -> None:
    """Say whether an article is new to an index.

    It is new, a duplicate of one in the index, or related to one by shared passages; nothing is added. The
    exit status is 0 if it is new, else 1.
    """
    from dedup.read import read

    fields, named, fetcher = fields_from(field), encoding_from(encoding), fetcher_if(fetch)
    doubts = Report()
    seen = errors = known = 0

    def verdicts(opened: Index) -> Iterator[tuple[str, Verdict]]:
        nonlocal seen, errors, known
        for record in read([file], fields=fields, encoding=named, fetch=fetcher):
            if isinstance(record, RecordError) and doubts.passed_over(record):
                continue
            seen += 1
            if isinstance(record, RecordError):
                errors += 1
                if errors <= MOST_ERRORS:
                    message(str(record))
                continue
            doubts.saw(record)
            verdict = opened.check(record)
            known += verdict.verdict is not VerdictKind.NEW
            yield verdict.id or record.id, verdict

    with open_index(index, settings, lock_timeout) as opened:
        _print(verdicts(opened), format)
    tell_more_errors(errors - MOST_ERRORS)
    tell_doubts(doubts)
    if not seen:
        raise InputError(f"{file}: no article in it")
    if errors or known:
        raise typer.Exit(RECORDS_UNREADABLE if errors else KNOWN)


def _print(verdicts: Iterator[tuple[str, Verdict]], format: Format) -> None:
    """Each verdict as soon as it is there."""
    if format is not Format.TEXT:
        from dedup.report.json import verdict_object
        from dedup.report.tabular import VERDICTS

        objects = (verdict_object(name, verdict) for name, verdict in verdicts)
        emit_each(Format.JSONL if format is Format.JSON else format, objects, VERDICTS)
    elif sys.stdout.isatty():
        from dedup.report.terminal import show_verdict

        for name, verdict in verdicts:
            show_verdict(page(), name, verdict)
    else:
        from dedup.report.verdict import parts_of

        for name, verdict in verdicts:
            sys.stdout.write("".join(parts_of(name, verdict)) + "\n")
