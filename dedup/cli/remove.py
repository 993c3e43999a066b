"""dedup remove: take articles out of an index."""

from __future__ import annotations

from typing import Annotated

import typer

from dedup.cli.options import DEFAULT_INDEX, Format, FormatOption, IndexPath, LockTimeout, Quiet, SettingsPath
from dedup.cli.streams import page
from dedup.cli.tables import emit_each
from dedup.cli.work import open_index

Ids = Annotated[list[str], typer.Argument(metavar="ID", help="Ids of articles.", show_default=False)]


def remove(
    ids: Ids,
    index: IndexPath = DEFAULT_INDEX,
    format: FormatOption = Format.TEXT,
    settings: SettingsPath = None,
    quiet: Quiet = False,
    lock_timeout: LockTimeout = 5.0,
) -> None:
    """Remove articles from an index.

    What is removed comes back when `dedup add` next reads its file, which it does though nothing in it has
    changed: take the article out of the file first, or give the file to `add` no more.
    """
    with open_index(index, settings, lock_timeout) as opened:
        tell_removed(opened.remove(list(dict.fromkeys(ids))), format, quiet=quiet)


def tell_removed(count: int, format: Format, *, quiet: bool) -> None:
    """How many articles were removed."""
    if format is not Format.TEXT:
        emit_each(format, [{"removed": count}], ("removed",))
    elif not quiet:
        from dedup.report.page import count as counted

        page().line(f"{counted(count, 'article')} removed")
