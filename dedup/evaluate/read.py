"""Labelled files: JSON lines, plain or gzipped."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from dedup.errors import InputError

T = TypeVar("T")


def taken(path: Path, take: Callable[[dict[str, Any]], T]) -> Iterator[T]:
    """What `take` makes of each object of a file, one a line; its KeyError or ValueError becomes InputError.

    So does a line that is no object.
    """
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")
        ) as file:
            for number, line in enumerate(file, 1):
                try:
                    record = json.loads(line)
                except json.JSONDecodeError as error:
                    raise InputError(f"{path}:{number}: not JSON: {error.msg}") from None
                except RecursionError:
                    raise InputError(f"{path}:{number}: JSON that is nested too deeply") from None
                if not isinstance(record, dict):
                    raise InputError(f"{path}:{number}: not a JSON object")
                try:
                    made = take(record)
                except KeyError as error:
                    raise InputError(f"{path}:{number}: there is no {error.args[0]}") from None
                except ValueError as error:
                    raise InputError(f"{path}:{number}: {error}") from None
                yield made
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: {getattr(error, 'strerror', None) or error}") from None


def text_of(record: dict[str, Any], name: str) -> str:
    """A text of a record, which may be the `text` of an object. Raises KeyError and ValueError."""
    value = record[name]
    if isinstance(value, dict):
        value = value["text"]
    if not isinstance(value, str):
        raise ValueError(f"{name} is no text")
    return value


def digest(*paths: Path) -> str:
    """SHA-256 of the files' bytes, one after the other: the identity of a corpus."""
    state = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            hashlib.file_digest(file, lambda: state)
    return state.hexdigest()
