"""dedup prune: remove what is old."""

from __future__ import annotations

from typing import Annotated

import typer

from dedup.cli.options import DEFAULT_INDEX, Format, FormatOption, IndexPath, LockTimeout, Quiet, SettingsPath
from dedup.cli.remove import tell_removed
from dedup.cli.times import age_from
from dedup.cli.work import open_index

OlderThan = Annotated[
    str,
    typer.Option("--older-than", metavar="AGE", help="Such as 12h, 30d, 8w or 2y.", show_default=False),
]


def prune(
    older_than: OlderThan,
    index: IndexPath = DEFAULT_INDEX,
    format: FormatOption = Format.TEXT,
    settings: SettingsPath = None,
    quiet: Quiet = False,
    lock_timeout: LockTimeout = 5.0,
) -> None:
    """Remove old articles.

    An article is as old as its publication; where that is unknown, as its addition to the index. What is
    removed comes back if `dedup add` reads its file without a --keep that leaves it out.
    """
    age = age_from(older_than)
    with open_index(index, settings, lock_timeout) as opened:
        tell_removed(opened.prune(age), format, quiet=quiet)
