"""Data to stdout and nothing else; messages to stderr, one line each."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from dedup.intake.report import Report
    from dedup.model import RecordError
    from dedup.report.page import Page

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FAILED = (*NO_ROOM, errno.EIO)
"""What a disk may say that is full, or out of order."""
USAGE, DISK_FAILED = 2, 4
MOST_ERRORS, OF_ONE_REASON = 20, 5
"""Unreadable records that are told one by one, in all and of each reason; JSON has them all."""


NO_FIELD = "no text: no field"
"""How the reason begins if a record has no field that is taken for its text."""


class Interrupted(Exception):  # noqa: N818
    """Ctrl-C or SIGTERM, with what had been done by then and the exit status."""

    def __init__(self, done: str, status: int) -> None:
        super().__init__(done)
        self.status = status


def prepare() -> None:
    """Let both streams take any string: closed ones lead nowhere, what cannot be encoded is escaped."""
    for name in ("stdout", "stderr"):
        stream: TextIO | None = getattr(sys, name)
        if stream is None:
            stream = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
            setattr(sys, name, stream)
        if name == "stdout":
            sys.stdout = stream = _patient(stream)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    if sys.stderr.isatty():
        _show_log()


def _patient(stream: TextIO) -> TextIO:
    """A stream that waits for whoever reads it, and writes all: PYTHONUNBUFFERED has it write what fits."""
    with contextlib.suppress(OSError, ValueError):
        os.set_blocking(stream.fileno(), True)
    buffer = getattr(stream, "buffer", None)
    if not isinstance(buffer, io.RawIOBase):
        return stream
    patient = io.BufferedWriter(buffer)
    return io.TextIOWrapper(patient, stream.encoding, stream.errors, line_buffering=stream.isatty())


@cache
def _show_log() -> None:
    """Tell somebody who waits what the library logs: that kernels are compiled."""
    import logging

    class Messages(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            message(record.getMessage(), "info")

    logger = logging.getLogger("dedup")
    logger.setLevel(logging.INFO)
    logger.addHandler(Messages())


class JsonLog(io.TextIOBase):
    """Stderr as a log: each line that is written to it becomes a JSON object on a line."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._line = ""

    def write(self, text: str) -> int:
        """Take text, and log what is a whole line."""
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            if line:
                self.log({"message": line.removeprefix("dedup: ")})
        return len(text)

    def log(self, facts: Mapping[str, object]) -> None:
        """Log an object; the time and the level are added."""
        from dedup.report import json

        at = datetime.now(UTC).replace(microsecond=0)
        self._stream.write("".join(json.printed({"time": at, "level": "error", **facts})))
        self._stream.flush()

    def flush(self) -> None:
        """Pass on what has come."""
        self._stream.flush()


def log_as_json() -> None:
    """Turn stderr into a JsonLog."""
    sys.stderr = JsonLog(sys.stderr)


def message(text: str, level: str = "error") -> None:
    """One line on stderr, of a level if that is a log. Where nobody can read it, the work goes on."""
    from dedup.report.visible import label

    told = label(text, 2000)
    with contextlib.suppress(OSError):
        if isinstance(sys.stderr, JsonLog):
            sys.stderr.log({"level": level, "message": told})
            return
        sys.stderr.write(f"dedup: {told}\n")
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


def tell_errors(errors: Sequence[RecordError], *, how: str = "--format json") -> None:
    """The records that could not be read, by line, the first of each reason; and `how` one is told of all."""
    of_reason = Counter[str]()
    shown = []
    for error in errors:
        of_reason[error.reason] += 1
        if of_reason[error.reason] <= OF_ONE_REASON:
            shown.append(error)
    for error in shown[:MOST_ERRORS]:
        if isinstance(sys.stderr, JsonLog):
            from dedup.report.json import error_object

            sys.stderr.log({"message": str(error), **error_object(error)})
        else:
            message(str(error))
    if any(many > OF_ONE_REASON and reason.startswith(NO_FIELD) for reason, many in of_reason.items()):
        message("--field text=NAME says which field has the text")
    tell_more_errors(len(errors) - len(shown[:MOST_ERRORS]), f"; {how} has them all")


def tell_more_errors(count: int, where: str = "") -> None:
    """How many more records could not be read, if there are such, and where they are told."""
    if count > 0:
        message(f"and {count:,} more records that could not be read{where}")


def tell_doubts(report: Report) -> None:
    """What a reader may have missed, or taken for another thing: links to folders, encodings and dates."""
    from dedup.model import LINK

    tell_undated(report)
    for link in report.linked_folders[:OF_ONE_REASON]:
        message(f"{link}: {LINK}", "warning")
    if more := len(report.linked_folders[OF_ONE_REASON:]):
        message(f"and {more:,} more links to folders, which are not followed", "warning")
    if guessed := report.guessed:
        each = ", ".join(f"{count:,} {name}" for name, count in sorted(guessed.items()))
        total = sum(guessed.values())
        articles = "an article was" if total == 1 else f"{total:,} articles were"
        message(f"{articles} read in an encoding that was guessed ({each}); --encoding says it", "warning")


def tell_undated(report: Report) -> None:
    """How many articles have a date that is none."""
    if undated := report.unread_dates:
        articles = "an article has" if undated == 1 else f"{undated:,} articles have"
        first = "" if undated == 1 else "the first: "
        told = f"{articles} a date that cannot be read ({first}{report.unread_date!r}): taken as undated"
        message(told, "warning")


def refusal(error: OSError) -> tuple[int, str]:
    """The exit status of a command that the system refuses something, and what it is, on a line."""
    name = error.filename or ("stdout" if error.errno in NO_ROOM else None)  # files are written by name
    status = DISK_FAILED if error.errno in FAILED else USAGE
    return status, f"{name}: {error.strerror}" if name else str(error.strerror or error)


def abandon_stdout() -> None:
    """Let what is still buffered go nowhere, so that the end of the process does not stumble over it."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
