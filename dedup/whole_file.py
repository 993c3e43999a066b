"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from dedup.errors import OutputUnusable


@contextlib.contextmanager
def whole(path: Path, *, mode: int | None = None) -> Iterator[BinaryIO]:
    """A file to write, as `put_whole` puts it in place; a device or a pipe is written to.

    Raises OutputUnusable where the system refuses that.
    """
    try:
        is_device = path.exists() and not path.is_file()
        place = contextlib.nullcontext(path) if is_device else put_whole(path, mode)
        with place as part, part.open("wb") as file:
            yield file
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.filename in (None, str(path)):
            raise OutputUnusable(f"{path}: {error.strerror or error}") from None
        raise


@contextlib.contextmanager
def put_whole(path: Path, mode: int | None = None) -> Iterator[Path]:
    """Where to write what is put at `path` when this ends well; it keeps the mode and the owner of a file.

    A new one has this `mode`, or the one that the umask leaves. A link stays one, to what is written. Nothing
    is left of what ends by an error; an OSError names `path`.
    """
    target = Path(os.path.realpath(path))
    part = target.with_name(f".dedup-{os.urandom(8).hex()}")
    try:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            is_new = not target.exists()
            state = os.fstat(descriptor) if is_new else target.stat()
            kept = stat.S_IMODE(state.st_mode) if mode is None or not is_new else mode
            os.fchmod(descriptor, 0o600)
            yield part
            with contextlib.suppress(PermissionError):  # to give it to somebody else takes root
                os.fchown(descriptor, state.st_uid, state.st_gid)
            os.fchmod(descriptor, kept)
            os.fsync(descriptor)
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.filename in (None, str(part)):
            raise OSError(error.errno, error.strerror or str(error), str(path)) from None
        raise
