"""dedup changes: what happened to groups."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from dedup.cli.options import DEFAULT_INDEX, Format, FormatOption, IndexPath, LockTimeout, SettingsPath
from dedup.cli.streams import page
from dedup.cli.tables import emit_each
from dedup.cli.times import moment_from
from dedup.cli.work import open_index

if TYPE_CHECKING:
    from dedup.model import Change

Since = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="TIME|AGE|LAST",
        help="From this time on, such as 2026-11-22 (in UTC) or 12h; LAST: what LAST has not told yet.",
        show_default=False,
    ),
]


def changes(
    since: Since = None,
    index: IndexPath = DEFAULT_INDEX,
    format: FormatOption = Format.JSON,
    settings: SettingsPath = None,
    lock_timeout: LockTimeout = 5.0,
) -> None:
    """Tell what happened to groups, one JSON line a change.

    A group is created, grown, merged (it took in the groups "from"), split (a part went "into" others),
    shrunk or dissolved; of one that went into others as a whole, these alone tell. Each article of "added" is
    in "group" now and in no other, each of "removed" is out of it. "number" counts the changes. LAST
    remembers the last one that it told, once it is written.
    """
    last = since is not None and since.strip().lower() == "last"
    if last and sys.__stdout__ is None:
        raise typer.BadParameter("stdout is closed, and what is told once is written to it")
    with open_index(index, settings, lock_timeout) as opened:
        if since is None or last:
            found = opened.changes(after=opened.last_shown() if last else 0)
        else:
            found = opened.changes(since=moment_from(since, "--since"))
        told: list[Change] = []
        _print(_noted(found, told), format)
        sys.stdout.flush()  # so that what is noted as told is out
        if last and told:
            opened.shown(told[0])


def _print(found: Iterator[Change], format: Format) -> None:
    if format is not Format.TEXT:
        from dedup.report import json, tabular

        objects = map(json.change_object, found)
        emit_each(format, objects, tabular.CHANGES)
        return
    from dedup.report.changes import show_changes

    show_changes(page(), found)


def _noted(found: Iterator[Change], last: list[Change]) -> Iterator[Change]:
    """The same changes; `last` holds the last of them."""
    for change in found:
        yield change
        last[:] = [change]
