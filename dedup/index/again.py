"""Articles that an index knows without their texts -> their texts, read again from where they came from."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.digest import digest_of
from dedup.model import Article, RecordError
from dedup.read import jsonl, read, read_lines

REMEMBERED = 32 << 20
"""Characters of texts that are remembered: what is looked at is often looked at again."""
TABLES = 64
"""Files of JSON lines of which it is remembered where the lines begin."""
LITTLE = 1 << 20
"""Bytes of a file that is read to see whether an article is in it still."""
GONE = 1 << 16
"""Articles of which it is remembered that a file does not have them."""
CHUNK = 1 << 22


class Place(NamedTuple):
    """Where an article was read: the file and the line of its record, and the digest that tells it."""

    path: str | None
    line: int | None
    digest: bytes


class Manner(NamedTuple):
    """How inputs were read: the fields and the encoding that the user named."""

    fields: Mapping[str, str] = {}
    encoding: str | None = None


def file_of(folder: str, path: str) -> str | None:
    """The file that `path` names from `folder`, or the archive that holds it; None if there is none."""
    # not by pathlib, which raises where a folder may not be looked into
    found = os.path.join(folder, path)  # noqa: PTH118
    while not os.path.isfile(found):  # noqa: PTH113
        above = os.path.dirname(found)  # noqa: PTH120
        if above == found or os.path.isdir(above):  # noqa: PTH112
            return None
        found = above
    return os.path.abspath(found)  # noqa: PTH100


def _by_file(places: Iterable[Place]) -> dict[str, dict[bytes, int | None]]:
    """The digests and lines of articles by the files that they are in."""
    found: dict[str, dict[bytes, int | None]] = {}
    for place in places:
        if place.path is not None:
            found.setdefault(place.path, {})[place.digest] = place.line
    return found


class Again:
    """Reads texts again. What is not there any more, or has changed, is "", as no article's text is.

    A record of JSON lines is found by its line; of all other formats, the file is read from its beginning.
    """

    def __init__(self, manners: Iterable[Manner] = ()) -> None:
        self._manners = list(manners) or [Manner()]
        self._texts: OrderedDict[bytes, str] = OrderedDict()
        self._size = 0
        self._lines: OrderedDict[tuple[str, int, int], NDArray[np.int64]] = OrderedDict()
        self._gone: OrderedDict[tuple[tuple[str, int, int], bytes], None] = OrderedDict()

    def texts(self, places: Sequence[Place]) -> list[str]:
        """The texts of articles, in this order."""
        found = {place.digest: self._texts[place.digest] for place in places if place.digest in self._texts}
        for path, wanted in _by_file(place for place in places if place.digest not in found).items():
            with suppress(OSError):  # it is gone, or not to be read now
                for digest, text in self._read(path, wanted):
                    found[digest] = text
                    self._remember(digest, text)
        return [found.get(place.digest, "") for place in places]

    def seen(self, places: Sequence[Place]) -> list[bool]:
        """Which of these articles are there now, as far as their lines or little files tell."""
        found = set()
        for path, wanted in _by_file(places).items():
            with suppress(OSError):
                found |= {(path, digest) for digest, _ in self._read(path, wanted, cheaply=True)}
        return [(place.path, place.digest) in found for place in places]

    def _remember(self, digest: bytes, text: str) -> None:
        if digest not in self._texts:
            self._texts[digest] = text
            self._size += len(text)
        while self._size > REMEMBERED:
            self._size -= len(self._texts.popitem(last=False)[1])

    def _read(
        self, path: str, wanted: Mapping[bytes, int | None], *, cheaply: bool = False
    ) -> Iterator[tuple[bytes, str]]:
        """The digests and texts of what is wanted of a file, or of what can be had `cheaply`.

        Raises OSError if the file cannot be read now.
        """
        with Path(path).open("rb", buffering=0) as stream:
            state = os.fstat(stream.fileno())
        file = (path, state.st_size, state.st_mtime_ns)
        left = {digest: line for digest, line in wanted.items() if (file, digest) not in self._gone}
        lines = path.lower().endswith(jsonl.FORMAT.endings)
        steps = [self._single] if lines else []
        if not cheaply or (not lines and state.st_size <= LITTLE):
            steps.append(self._whole)
        for step in steps:
            for manner in self._manners:
                if not left:
                    return
                for record in step(file, left, manner):
                    if isinstance(record, Article) and (digest := digest_of(record)) in left:
                        del left[digest]
                        yield digest, record.text
                    if not left:
                        return
        if self._whole in steps:
            self._gone.update(dict.fromkeys((file, digest) for digest in left))
            while len(self._gone) > GONE:
                self._gone.popitem(last=False)

    @staticmethod
    def _whole(
        file: tuple[str, int, int], wanted: Mapping[bytes, int | None], manner: Manner
    ) -> Iterator[Article | RecordError]:
        """All records of a file."""
        del wanted
        yield from read([file[0]], fields=manner.fields, encoding=manner.encoding, processes=1)

    def _single(
        self, file: tuple[str, int, int], wanted: Mapping[bytes, int | None], manner: Manner
    ) -> Iterator[Article | RecordError]:
        """The records of some lines of a file."""
        begins = self._begins(file)
        numbers = sorted({line for line in wanted.values() if line is not None and line < len(begins)})
        if numbers:
            with Path(file[0]).open("rb", buffering=0) as stream:
                lines = []
                for number in numbers:
                    stream.seek(int(begins[number - 1]))
                    lines.append(stream.read(int(begins[number] - begins[number - 1])))
            yield from read_lines(lines, fields=manner.fields, encoding=manner.encoding)

    def _begins(self, file: tuple[str, int, int]) -> NDArray[np.int64]:
        """Where the lines of a file begin, and where the last ends."""
        if file not in self._lines:
            parts = [np.zeros(1, np.int64)]
            base = 0
            with Path(file[0]).open("rb", buffering=0) as stream:
                while chunk := stream.read(CHUNK):
                    parts.append(np.flatnonzero(np.frombuffer(chunk, np.uint8) == ord("\n")) + (base + 1))
                    base += len(chunk)
            begins = np.concatenate(parts)
            self._lines[file] = begins if begins[-1] == base else np.append(begins, base)
            while len(self._lines) > TABLES:
                self._lines.popitem(last=False)
        return self._lines[file]
