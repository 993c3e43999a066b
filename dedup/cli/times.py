"""Moments on the command line: a date, or an age."""

from __future__ import annotations

from datetime import datetime, timedelta

import typer

from dedup.patterns import pattern

AGE = pattern(r"(\d+(?:\.\d+)?)\s*([hdwy])")
_DAYS = {"h": 1 / 24, "d": 1, "w": 7, "y": 365}


def moment_from(given: str, option: str) -> datetime:
    """What 2026-11-22, 2026-11-22T10:00Z, an epoch second, or an age such as 12h or 30d means."""
    if AGE.fullmatch(given.strip().lower()):
        from dedup.index.values import ago

        return ago(age_from(given, option))
    from dedup.read.dates import published

    found = published(given.strip())
    if found is None:
        raise typer.BadParameter(
            f"{given!r} is neither a time nor an age such as 12h or 30d", param_hint=option
        )
    return found


def age_from(given: str, option: str = "--older-than") -> timedelta:
    """What 12h, 30d, 8w or 2y means."""
    read = AGE.fullmatch(given.strip().lower())
    if not read:
        raise typer.BadParameter(f"{given!r} is no age such as 12h, 30d, 8w or 2y", param_hint=option)
    days = float(read[1]) * _DAYS[read[2]]
    if days > 365_000:
        raise typer.BadParameter(f"{given!r} is more than 1,000 years", param_hint=option)
    return timedelta(days=days)
