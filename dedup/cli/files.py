"""The files that commands write: refused before the work if they cannot be written after it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import typer

from dedup.errors import OutputUnusable


def refuse(path: Path, hint: str, *, folder: bool = False, instead: str = "") -> None:
    """Refuse before the work what cannot be written after it, or must not be.

    Raises BadParameter, and OutputUnusable where the system would refuse it.
    """
    with _as_output_error(path):
        reason = None
        if folder and path.exists() and not path.is_dir():
            reason = f"{path} is not a folder"
        elif not folder and path.is_dir():
            reason = f"{path} is a folder; give a file{instead}"
        elif not path.absolute().parent.is_dir():
            reason = f"there is no folder {path.parent}"
        if reason is not None:
            raise typer.BadParameter(reason, param_hint=hint)
        refuse_database(path, hint)
        there = path.is_dir() or (path.exists() and not path.is_file())
        place = path if there else Path(os.path.realpath(path)).parent  # a file is made anew beside the old
        if not os.access(place, os.W_OK):
            raise OutputUnusable(f"{path}: {place} may not be written to")


@contextlib.contextmanager
def _as_output_error(path: Path) -> Iterator[None]:
    """Where the system lets nobody look, nothing can be written."""
    try:
        yield
    except OSError as error:
        raise OutputUnusable(f"{path}: {error.strerror}") from None


def refuse_database(path: Path, hint: str) -> None:
    """Refuse to write over a database, which may be the index itself. Raises BadParameter, OutputUnusable."""
    from dedup.read.signatures import SQLITE

    with _as_output_error(path):
        is_database = path.is_file() and _head(path, len(SQLITE)) == SQLITE
    if is_database:
        raise typer.BadParameter(f"{path} is an index or another database; it is left alone", param_hint=hint)


def _head(path: Path, size: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError:  # whoever may not read it may not be able to write it either, which is told then
        return b""
