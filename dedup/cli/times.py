"""Moments on the command line: a date, or an age."""

from __future__ import annotations

from datetime import UTC, datetime

import typer

from dedup.cli.prune import AGE, age_from


def moment_from(given: str, option: str) -> datetime:
    """What 2026-11-22, 2026-11-22T10:00Z, an epoch second, or an age such as 12h or 30d means."""
    if AGE.fullmatch(given.strip().lower()):
        return datetime.now(UTC) - age_from(given, option)
    from dedup.read.dates import published

    found = published(given.strip())
    if found is None:
        raise typer.BadParameter(
            f"{given!r} is neither a time nor an age such as 12h or 30d", param_hint=option
        )
    return found
