"""Zip and tar: each member of a known ending is read as its format says."""

from __future__ import annotations

import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import IO, Any, BinaryIO, Final, cast

from dedup.errors import InputError
from dedup.model import RecordError
from dedup.read import compressed
from dedup.read.formats import Format, Origin, Records
from dedup.read.inputs import shown, why
from dedup.read.stream import Made, size

ENDINGS: Final = (".zip", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst")

ReadMember = Callable[[Callable[[], BinaryIO], str, int, Origin], Records | None]
"""Reads what (open, name, bytes, origin) say, or gives None where the name has no known ending."""
_Member = tuple[str, int, Callable[[], IO[bytes] | None]]
DAMAGE: Final = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    EOFError,
    RuntimeError,
    NotImplementedError,
)


def formats(read_member: ReadMember) -> tuple[Format, ...]:
    """The formats of archives, whose members `read_member` reads."""

    def read_with(
        members: Callable[[BinaryIO], Iterator[_Member]],
    ) -> Callable[[BinaryIO, Origin], Records]:
        return lambda stream, origin: _read(members(stream), origin, read_member)

    return Format("zip", (".zip",), read_with(_zip)), Format("tar", (".tar",), read_with(_tar))


def _zip(stream: BinaryIO) -> Iterator[_Member]:
    with zipfile.ZipFile(stream) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        expanded = sum(member.file_size for member in members)
        if expanded > compressed.limit_of(sum(member.compress_size for member in members)):
            raise InputError(f"expands to {size(expanded)}: refused as a decompression bomb")
        for member in members:
            yield member.filename, member.file_size, _later(archive.open, member)


def _tar(stream: BinaryIO) -> Iterator[_Member]:
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            if member.isfile() and not member.issparse():  # a sparse one may claim any size
                yield member.name, member.size, _later(archive.extractfile, member)


def _later(opening: Callable[[Any], IO[bytes] | None], member: object) -> Callable[[], IO[bytes] | None]:
    return lambda: opening(member)


def _read(members: Iterator[_Member], origin: Origin, read_member: ReadMember) -> Records:
    """The records of all members; one that is damaged does not keep back those that can still be found."""
    known = False
    try:
        for name, bytes_, opened in members:
            if name.rpartition("/")[2].startswith("."):
                continue
            inner = replace(origin, name=f"{origin.name}/{shown(name)}", id=f"{origin.id}/{shown(name)}")
            if name.lower().endswith(ENDINGS):
                records: Records | None = iter(
                    [RecordError(inner.name, None, "an archive in an archive is not opened")]
                )
            else:
                records = read_member(lambda opened=opened: _stream(opened), name, bytes_, inner)  # type: ignore[misc]
            if records is not None:
                known = True
                yield from records
    except DAMAGE as error:
        raise InputError(f"a damaged archive: {why(error)}") from None
    if not known:
        raise InputError("no file with a known ending in this archive")


def _stream(opened: Callable[[], IO[bytes] | None]) -> BinaryIO:
    """The stream of a member; InputError where its own data is damaged or encrypted."""
    try:
        return cast(BinaryIO, io.BufferedReader(_Checked(opened()), 1 << 18))  # type: ignore[arg-type]
    except DAMAGE as error:
        said = "it is encrypted" if "encrypted" in str(error) else why(error)
        raise InputError(f"cannot be unpacked: {said}") from None


class _Checked(Made):
    """The bytes of a member, with what its archive has against them as an InputError."""

    def __init__(self, inner: BinaryIO) -> None:
        self._inner = inner

    def take(self, most: int) -> bytes:
        try:
            data = self._inner.read(most)
        except DAMAGE as error:
            raise InputError(f"cannot be unpacked: {why(error)}") from None
        return data
