"""How a run ended, for those who were not there: a summary, metrics, a log in JSON."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from dedup.cli.ending import ending
from dedup.cli.files import refuse_database
from dedup.cli.options import TextOrJson
from dedup.cli.streams import emit, message
from dedup.cli.work import RECORDS_UNREADABLE
from dedup.errors import OutputUnusable
from dedup.intake.report import Report
from dedup.whole_file import whole

SummaryPath = Annotated[
    str | None,
    typer.Option(
        "--summary", metavar="FILE|-", help="Append the counts of the run as a JSON line.", show_default=False
    ),
]
MetricsPath = Annotated[
    Path | None,
    typer.Option(
        "--metrics", metavar="FILE", help="Replace FILE by metrics for Prometheus.", show_default=False
    ),
]
LogFormatOption = Annotated[
    TextOrJson, typer.Option("--log-format", help="How messages are written to stderr: a JSON object a line.")
]


@dataclass(slots=True)
class Outcome:
    """What is known of a run so far; `facts` are those of the index."""

    report: Report = field(default_factory=Report)
    facts: dict[str, object] | None = None
    status: int = 0


@contextlib.contextmanager
def recording_outcome(summary: str | None, metrics: Path | None) -> Iterator[Outcome]:
    """Write the summary and the metrics of what is done inside, however it ends.

    Metrics are written where the index could be asked; else the file keeps telling of the last success.
    Where either cannot be written, a message says so, and the status of the outcome.
    Raises BadParameter where either would destroy a database.
    """
    if summary not in (None, "-"):
        refuse_database(Path(summary), "--summary")
    if metrics is not None:
        refuse_database(metrics, "--metrics")
    outcome = Outcome()
    began = time.monotonic()
    error: str | None = None
    try:
        yield outcome
    except BaseException as raised:
        outcome.status, error = ending(raised)
        raise
    finally:
        if summary is not None or metrics is not None:
            from dedup.report import json
            from dedup.report.monitor import summary_object

            seconds = round(time.monotonic() - began, 3)
            found = summary_object(outcome.report, status=outcome.status, error=error, seconds=seconds)
            if metrics is not None and outcome.facts is not None:
                with refused(outcome):
                    write_metrics(metrics, outcome.facts, found)
            found["status"] = outcome.status
            if summary == "-":
                emit(json.printed(found))
            elif summary is not None:
                with refused(outcome):
                    _append(summary, "".join(json.printed(found)))


@contextlib.contextmanager
def refused(outcome: Outcome) -> Iterator[None]:
    """Tell of what cannot be written inside; it does not hide what else a run ended with."""
    try:
        yield
    except OutputUnusable as error:
        message(str(error))
        if outcome.status in (0, RECORDS_UNREADABLE):
            outcome.status = error.exit_status


def _append(path: str, line: str) -> None:
    """One write, so that lines of runs that overlap stay apart; a part that a full disk takes is cut off."""
    data = line.encode()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        try:
            written = os.write(descriptor, data)
            if written < len(data):
                os.ftruncate(descriptor, max(os.fstat(descriptor).st_size - written, 0))
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        finally:
            os.close(descriptor)
    except OSError as error:
        raise OutputUnusable(f"{path}: the summary cannot be written ({error.strerror})") from None


def write_metrics(path: Path, facts: dict[str, object], run: dict[str, object] | None = None) -> None:
    """The state of an index, and the counts of a run. Whoever reads the file sees the old one or the new one.

    Raises OutputUnusable.
    """
    from dedup.report.monitor import prometheus

    with whole(path, mode=0o644) as file:  # counts alone, for an exporter, which is another user
        file.write(prometheus(facts, run).encode())
