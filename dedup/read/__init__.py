"""Files, folders, globs and stdin -> Article. What cannot be read is a RecordError, and the rest goes on.

Formats, by ending: plain text (.txt, .text, .md: a file is an article), JSON lines (.jsonl, .ndjson) and JSON
(.json), each also compressed (.gz, .bz2, .xz). Another ending, stdin and pipes are told by their first line.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from dedup.model import Article, RecordError
from dedup.read import json_document, jsonl, text
from dedup.read.formats import Format, Origin
from dedup.read.inputs import files
from dedup.read.opening import Formats, read_stdin
from dedup.read.record import Fields, record_to_article

__all__ = ["Format", "Origin", "read", "record_to_article"]

FORMATS = (text.FORMAT, jsonl.FORMAT, json_document.FORMAT)


def read(
    inputs: Sequence[str], *, fields: Mapping[str, str] | None = None, stdin: BinaryIO | None = None
) -> Iterator[Article | RecordError]:
    """Read inputs in their order, each record as it is asked for.

    Args:
        inputs: files, folders (all below them, sorted; known endings only), patterns such as `news/**/*.txt`
            that no shell has expanded, and `-` for stdin.
        fields: the field of a record that holds a part of an article, {"text": "body"}, where its name is
            none of those that are guessed (dedup.read.record.GUESSES).
        stdin: what `-` reads, if not the process's own.

    Raises:
        SettingsError: `fields` names a part that an article does not have.

    """
    return _read(list(inputs), Fields(fields), stdin)


def _read(inputs: Sequence[str], fields: Fields, stdin: BinaryIO | None) -> Iterator[Article | RecordError]:
    formats = Formats(FORMATS)
    for found in files(inputs, formats.ending_of):
        if isinstance(found, RecordError):
            yield found
        elif found.path == "-":
            yield from read_stdin(sys.stdin.buffer if stdin is None else stdin, fields)
        else:
            yield from formats.read_file(found, fields)
