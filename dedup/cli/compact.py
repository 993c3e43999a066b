"""dedup compact: give unused space back."""

from __future__ import annotations

from dedup.cli.options import DEFAULT_INDEX, IndexPath, LockTimeout, SettingsPath
from dedup.cli.work import open_index


def compact(
    index: IndexPath = DEFAULT_INDEX, settings: SettingsPath = None, lock_timeout: LockTimeout = 5.0
) -> None:
    """Give the space of removed articles back to the disk.

    It rewrites the file, for which the disk needs as much space again. There is no need for it in a regular
    job: new articles take the place of those that were removed.
    """
    with open_index(index, settings, lock_timeout) as opened:
        opened.compact()
