"""What happened to groups, as lines for people."""

from __future__ import annotations

from collections.abc import Iterable

from dedup.model import Change
from dedup.report.page import Page, count, moment
from dedup.report.visible import label

MOST = 8
"""Ids of a change that are named."""


def show_changes(page: Page, changes: Iterable[Change]) -> None:
    """A line for each change."""
    some = False
    for change in changes:
        some = True
        parts = [f"{change.change}, now {count(change.size, 'article')}"]
        for word, ids in (
            *(("with", change.added), ("without", change.removed)),
            *(("from", change.origins), ("into", change.into)),
        ):
            if ids:
                more = f" and {len(ids) - MOST:,} more" if len(ids) > MOST else ""
                parts.append(f"{word} {', '.join(label(name, 60) for name in ids[:MOST])}{more}")
        page.line(f"{moment(change.at)} ", (label(change.group, 60), "cyan"), f": {'; '.join(parts)}")
    if not some:
        page.line("No changes.")
