"""Data to stdout and nothing else; messages to stderr, one line each."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from dedup.model import RecordError
    from dedup.report.page import Page

MOST_ERRORS = 20
"""Unreadable records that are told one by one; JSON has them all."""


class Interrupted(Exception):  # noqa: N818
    """Ctrl-C or SIGTERM, with what had been done by then and the exit status."""

    def __init__(self, done: str, status: int = 130) -> None:
        super().__init__(done)
        self.status = status


def prepare() -> None:
    """Let both streams take any string: closed ones lead nowhere, what cannot be encoded is escaped."""
    for name in ("stdout", "stderr"):
        stream: TextIO | None = getattr(sys, name)
        if stream is None:
            stream = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
            setattr(sys, name, stream)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def message(text: str) -> None:
    """One line on stderr. Where nobody can read it, the work goes on."""
    from dedup.report.visible import label

    with contextlib.suppress(OSError):
        sys.stderr.write(f"dedup: {label(text, 2000)}\n")
        sys.stderr.flush()


def emit(pieces: Iterable[str]) -> None:
    """JSON to stdout: UTF-8, whatever the locale."""
    sys.stdout.flush()
    for piece in pieces:
        sys.stdout.buffer.write(piece.encode("utf-8"))


def page() -> Page:
    """Stdout as a page for people."""
    from dedup.report.page import Page

    return Page(sys.stdout)


def tell_errors(errors: Sequence[RecordError]) -> None:
    """The records that could not be read, the first ones by line."""
    for error in errors[:MOST_ERRORS]:
        message(str(error))
    if len(errors) > MOST_ERRORS:
        message(f"and {len(errors) - MOST_ERRORS:,} more records that could not be read")


def abandon_stdout() -> None:
    """Let what is still buffered go nowhere, so that the end of the process does not stumble over it."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
