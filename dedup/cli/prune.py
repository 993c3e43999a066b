"""dedup prune: remove what is old."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

import typer

from dedup.cli.options import DEFAULT_INDEX, Format, FormatOption, IndexPath, LockTimeout, Quiet, SettingsPath
from dedup.cli.remove import tell_removed
from dedup.cli.work import open_index

AGE = re.compile(r"(\d+(?:\.\d+)?)\s*([hdwy])")
_DAYS = {"h": 1 / 24, "d": 1, "w": 7, "y": 365}

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

    An article is as old as its publication; where that is unknown, as its addition to the index.
    """
    age = age_from(older_than)
    with open_index(index, settings, lock_timeout) as opened:
        tell_removed(opened.prune(age), format, quiet=quiet)


def age_from(given: str, option: str = "--older-than") -> timedelta:
    """What 12h, 30d, 8w or 2y means."""
    read = AGE.fullmatch(given.strip().lower())
    if not read:
        raise typer.BadParameter(f"{given!r} is no age such as 12h, 30d, 8w or 2y", param_hint=option)
    days = float(read[1]) * _DAYS[read[2]]
    if days > 365_000:
        raise typer.BadParameter(f"{given!r} is more than 1,000 years", param_hint=option)
    return timedelta(days=days)
