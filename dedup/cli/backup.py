"""dedup backup: a copy of an index."""

from __future__ import annotations

from typing import Annotated

import typer

from dedup.cli.options import DEFAULT_INDEX, IndexPath, LockTimeout, SettingsPath
from dedup.cli.work import open_index

Copy = Annotated[str, typer.Argument(metavar="FILE", help="Where to put the copy.", show_default=False)]


def backup(
    file: Copy,
    index: IndexPath = DEFAULT_INDEX,
    settings: SettingsPath = None,
    lock_timeout: LockTimeout = 5.0,
) -> None:
    """Copy an index while others may write to it.

    The copy is the index as it is now, and is put in place when it is whole and has passed the check of
    `dedup info --check`. A file that is there is replaced only if it is an index of dedup too, which nobody
    has open.
    """
    with open_index(index, settings, lock_timeout) as opened:
        opened.backup(file)
