"""What a format is, and which format an input is in."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from dedup.model import Article, RecordError
from dedup.read.encodings import Decoded, decode
from dedup.read.record import Fields


@dataclass(frozen=True, slots=True)
class Origin:
    """What a reader must know of its input.

    `name` is what messages call it, and the path of its articles; `id` is the id of articles that bring none
    (a line is added where it holds several); `fields` makes articles of records. `encoding` is the one that
    the user gave, `declared` the one that a server gave, `url` the address of the input where it has one.
    """

    name: str
    id: str
    fields: Fields
    encoding: str | None = None
    declared: str | None = None
    url: str | None = None

    def decode(self, data: bytes, declared: str | None = None) -> Decoded:
        """The text of bytes that say `declared` of themselves, where no server has said it."""
        return decode(data, self.encoding, self.declared or declared)

    def own(self) -> Origin:
        """The same, for a format with names of its own: those that the user gave do not count."""
        return replace(self, fields=self.fields.own())

    def guessed(self, encoding: str | None) -> Origin:
        """The same, for articles whose encoding was guessed."""
        return self if encoding is None else replace(self, fields=self.fields.guessing(encoding))


@dataclass(frozen=True, slots=True)
class Later:
    """A record that is slow to make, so that several are made at once: `make(*given)`.

    `make` is a function of a module, and `given` what pickle can carry, for another process may call it.
    `name` is what messages call the input, `size` the bytes that wait with it.
    """

    make: Callable[..., Article | RecordError]
    given: tuple[Any, ...]
    name: str
    size: int


Records = Iterator[Article | RecordError | Later]


def named_by_text(article: Article) -> Article:
    """An article that comes from a stream without an id: another stream's line 7 is another article."""
    digest = hashlib.blake2b(article.text.encode(), digest_size=6).hexdigest()
    return replace(article, id=f"{article.id}-{digest}")


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name, the endings of its files (with the dot, lower case), and its reader.

    The reader yields one Article, RecordError or Later a record, in order. It may raise InputError or OSError
    where it cannot go on: that becomes a RecordError, and the next input is read.
    """

    name: str
    endings: tuple[str, ...]
    read: Callable[[BinaryIO, Origin], Records]


GROUP = "dedup.formats"
_PACKAGES = (".dist-info", ".egg-info", "EGG-INFO")


def plugged_in() -> Iterator[Format | RecordError]:
    """The formats of other packages: each entry point of GROUP is a Format."""
    if not _may_be_plugged_in():
        return
    from importlib.metadata import entry_points

    for point in entry_points(group=GROUP):
        try:
            found = point.load()
        except Exception as error:  # whatever another package does when it is imported
            found = error
        if isinstance(found, Format):
            yield found
        else:
            said = str(found) if isinstance(found, Exception) else "it is not a dedup.read.Format"
            yield RecordError(f"format {point.name}", None, f"{point.value} cannot be used: {said}")


def _may_be_plugged_in() -> bool:
    """Whether a package may have such an entry point; importlib.metadata knows, but takes 45 ms at first."""
    for folder in sys.path:
        try:
            packages = [each for each in Path(folder or ".").iterdir() if each.name.endswith(_PACKAGES)]
        except FileNotFoundError:
            continue
        except OSError:  # what is not a folder may be a zip that has packages in it
            return True
        for package in packages:
            with suppress(OSError):
                if GROUP.encode() in (package / "entry_points.txt").read_bytes():
                    return True
    return False
