"""The files that commands write: refused before the work, and written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import typer

DATABASE = b"SQLite format 3\0"


def refuse(path: Path, hint: str, *, folder: bool = False, instead: str = "") -> None:
    """Refuse before the work what cannot be written after it, or must not be. Raises BadParameter."""
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


def refuse_database(path: Path, hint: str) -> None:
    """Refuse to write over a database, which may be the index itself. Raises BadParameter."""
    if path.is_file() and _begins(path) == DATABASE:
        raise typer.BadParameter(f"{path} is an index or another database; it is left alone", param_hint=hint)


def _begins(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(len(DATABASE))
    except OSError:  # whoever may not read it may not be able to write it either, which is told then
        return b""


@contextlib.contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """A file written whole or not at all, which an OSError names; a device or a pipe is written to."""
    if path.exists() and not path.is_file():
        try:
            with path.open("wb") as device:
                yield device
        except OSError as error:
            if error.filename is None:
                raise OSError(error.errno, error.strerror or str(error), str(path)) from None
            raise
        return
    path = path.resolve()  # a link stays one, to what is written
    prefix = f".{path.name[:100]}."
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=prefix, delete=False) as file:
            written = Path(file.name)
            try:
                yield cast("BinaryIO", file)
                file.close()
                written.chmod(0o666 & ~_umask())
                written.replace(path)
            except BaseException:
                written.unlink(missing_ok=True)
                raise
    except OSError as error:
        if error.filename is None or Path(str(error.filename)).name.startswith(prefix):
            raise OSError(error.errno, error.strerror or str(error), str(path)) from None
        raise


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
