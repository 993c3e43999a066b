"""What a format is, and which format an input is in."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from types import ModuleType
from typing import BinaryIO

from dedup.errors import InputError
from dedup.model import Article, RecordError
from dedup.read.record import Fields


@dataclass(frozen=True, slots=True)
class Origin:
    """What a reader must know of its input.

    `name` is what messages call it, and the path of its articles; `id` is the id of articles that bring none
    (a line is added where it holds several); `fields` makes articles of records.
    """

    name: str
    id: str
    fields: Fields


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name, the endings of its files (with the dot, lower case), and its reader.

    The reader yields one Article or RecordError a record, in order. It may raise InputError or OSError where
    it cannot go on: that becomes a RecordError, and the next input is read.
    """

    name: str
    endings: tuple[str, ...]
    read: Callable[[BinaryIO, Origin], Iterator[Article | RecordError]]


def needed(module: str, extra: str) -> ModuleType:
    """A library that only some formats need; InputError with the command that installs it."""
    try:
        return importlib.import_module(module)
    except ImportError:
        raise InputError(f"needs {module.partition('.')[0]}: pip install 'dedup[{extra}]'") from None


def plugged_in() -> Iterator[Format | RecordError]:
    """The formats of other packages: each entry point of the group `dedup.formats` is a Format."""
    for point in entry_points(group="dedup.formats"):
        try:
            found = point.load()
        except Exception as error:  # whatever another package does when it is imported
            found = error
        if isinstance(found, Format):
            yield found
        else:
            said = str(found) if isinstance(found, Exception) else "it is not a dedup.read.Format"
            yield RecordError(f"format {point.name}", None, f"{point.value} cannot be used: {said}")
