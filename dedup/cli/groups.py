"""dedup groups: the groups of an index, one a line."""

from __future__ import annotations

from itertools import islice

from dedup.cli.options import (
    AS_TEXT,
    DEFAULT_INDEX,
    Format,
    FormatOption,
    IndexPath,
    Limit,
    LockTimeout,
    Quiet,
    SettingsPath,
)
from dedup.cli.streams import emit, message, page
from dedup.cli.tables import emit_groups
from dedup.cli.work import open_index, tell_settings


def groups(
    index: IndexPath = DEFAULT_INDEX,
    format: FormatOption = Format.TEXT,
    settings: SettingsPath = None,
    quiet: Quiet = False,
    lock_timeout: LockTimeout = 5.0,
    limit: Limit = None,
) -> None:
    """List the groups of an index, the largest first."""
    with open_index(index, settings, lock_timeout) as opened, opened.reading():
        if settings is not None and not quiet:
            tell_settings(opened, settings)
        if format is Format.JSON:
            from dedup.report import json

            emit(json.printed_groups(islice(opened.groups(), limit or None), {}))
            return
        if format is not Format.TEXT:
            emit_groups(format, opened, limit)
            return
        from dedup.report.terminal import show_groups

        limit = AS_TEXT if limit is None else limit
        found = opened.groups()
        show_groups(page(), islice(found, limit or None), opened.articles)
        if limit and next(found, None) is not None and not quiet:
            message(f"only the {limit:,} largest groups are shown; --limit 0 shows all")
