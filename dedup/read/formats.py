"""What a format is, and which format an input is in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

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
