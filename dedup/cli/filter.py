"""dedup filter: JSON lines in, the same lines with a verdict out."""

from __future__ import annotations

import contextlib
import os
import re
import select
import stat
import sys
from collections.abc import Iterator, Sequence, Set
from typing import TYPE_CHECKING, Annotated

import typer

from dedup.cli.options import (
    DEFAULT_INDEX,
    FieldNames,
    IndexPath,
    LockTimeout,
    NoText,
    Quiet,
    SettingsPath,
    Strict,
    Window,
    fields_from,
    open_stdin,
)
from dedup.cli.stopping import Stop, status_of
from dedup.cli.streams import MOST_ERRORS, Interrupted, message, tell_undated
from dedup.cli.work import RECORDS_UNREADABLE, open_index, tell_if_new
from dedup.intake.report import Report
from dedup.model import Article, RecordError, VerdictKind

if TYPE_CHECKING:
    from dedup.engine import Index
    from dedup.model import Verdict
    from dedup.read.live import Line, Lines

FIRST = 64
"""Lines that are taken at first, so that answers come soon; then four times as many while as many come."""
BATCH = 8192
"""Lines that are taken at once where as many are there. Each batch reads most postings of a large index once:
at 100,000 articles that is 0.1 ms a line of 2,500."""
BATCH_ADDED = 1024
"""The same with --add: nobody else may write to the index until they are answered."""


File = Annotated[
    str,
    typer.Argument(
        metavar="[FILE|-]", help="JSON lines; - is stdin.", callback=open_stdin, show_default=False
    ),
]
Drop = Annotated[bool, typer.Option("--drop", help="Leave out duplicates.")]
Add = Annotated[bool, typer.Option("--add", help="Add what is no duplicate to the index.")]
Only = Annotated[
    list[VerdictKind] | None,
    typer.Option("--only", help="Write only lines with this verdict. Repeatable.", show_default=False),
]
FieldList = Annotated[
    str | None,
    typer.Option("--fields", metavar="PART=NAME,...", help="The same for several parts.", show_default=False),
]
Batch = Annotated[
    int,
    typer.Option(
        "--batch",
        metavar="N",
        min=0,
        max=100_000,
        help="Wait for N lines and answer them at once; 0 takes those that are there.",
    ),
]


def filter(
    file: File = "-",
    index: IndexPath = DEFAULT_INDEX,
    drop: Drop = False,
    add: Add = False,
    only: Only = None,
    field: FieldNames = None,
    fields: FieldList = None,
    batch: Batch = 0,
    window: Window = None,
    no_text: NoText = False,
    settings: SettingsPath = None,
    strict: Strict = False,
    quiet: Quiet = False,
    lock_timeout: LockTimeout = 60.0,
) -> None:
    """Give each JSON line its verdict.

    Each line is written as it came, in order, with one more member: "dedup", an object of "verdict" (new,
    duplicate or related), "relation", "of", "group", "score", "reason" and "id". A line that cannot be read
    has the verdict null and the error in dedup.error; if it is no object, it is written as {"raw": the line,
    "dedup": ...}, with "raw_base64" in place of "raw" if it is not UTF-8. Of a line of more than 128 MiB only
    "dedup" is written, with the error. Blank lines stay blank. --only leaves all of these out.

    With --add, lines are written before their batch is committed: if it dies in between, they are answered
    again when they come again.
    """
    names = fields_from([*(part for part in (fields or "").split(",") if part), *(field or ())])
    wanted = set(only or VerdictKind)
    if drop:
        wanted.discard(VerdictKind.DUPLICATE)
    if no_text and not add:
        raise typer.BadParameter("it is for an index that --add makes", param_hint="--no-text")
    if not wanted:
        raise typer.BadParameter("--drop leaves out what --only asks for")
    if sys.__stdout__ is None:
        raise typer.BadParameter("stdout is closed, and answers are written to it")
    told = Filter(wanted, blank=not only, quiet=quiet, strict=strict)
    with (
        Stop().listening() as stop,
        _opened(file) as descriptor,
        open_index(index, settings, lock_timeout, create=add, window=window, no_text=no_text) as opened,
    ):
        from dedup.read.live import Lines

        if add:
            opened.read_by(names)
        if add and quiet:
            tell_if_new(opened)
        output = sys.stdout.fileno()
        most = BATCH_ADDED if add else BATCH
        lines = Lines(descriptor, name=file, fields=names, watched=output, idle=stop.idle)
        try:
            told.run(lines, opened, stop, output, add=add, most=batch or most, least=batch or 1)
        except KeyboardInterrupt as error:
            raise Interrupted(told.done(opened.path if add else None), status_of(error)) from None
    if told.errors:
        raise typer.Exit(RECORDS_UNREADABLE)


@contextlib.contextmanager
def _opened(file: str) -> Iterator[int]:
    if file == "-":
        yield sys.stdin.fileno()
        return
    descriptor = os.open(file, os.O_RDONLY)
    try:
        _check(file, descriptor)
        yield descriptor
    finally:
        os.close(descriptor)


def _check(file: str, descriptor: int) -> None:
    """Refuse what would make an error of every line."""
    from dedup.read.signatures import HEAD, advice

    mode = os.fstat(descriptor).st_mode
    if stat.S_ISDIR(mode):
        raise typer.BadParameter(f"{file} is a folder; give a file of JSON lines", param_hint="FILE")
    if stat.S_ISREG(mode) and (told := advice(os.pread(descriptor, HEAD, 0))):
        kind = re.split("[:,]", told)[0]
        reads = "and the filter reads plain JSON lines: unpack or convert it first"
        raise typer.BadParameter(f"{file} is {kind}, {reads}", param_hint="FILE")


PATIENCE = 5
"""Seconds that a signal waits for a reader who takes nothing."""


class Filter:
    """The lines that pass, and counts of what has been done."""

    def __init__(self, wanted: Set[str], *, blank: bool, quiet: bool, strict: bool) -> None:
        self._wanted = wanted
        self._blank = blank
        self._quiet = quiet
        self._strict = strict
        self._seen = Report()
        self.taken = self.lines = self.added = self.errors = 0

    def run(
        self, lines: Lines, index: Index, stop: Stop, output: int, *, add: bool, most: int, least: int
    ) -> None:
        """Answer batch after batch until the input ends."""
        size = max(least, min(most, FIRST))
        while True:
            try:
                data = lines.batch(size, least)
            except KeyboardInterrupt:  # what is taken out of a pipe, nobody else can answer
                rest = lines.taken()
                for begin in range(0, len(rest), most):
                    data = rest[begin : begin + most]
                    self._batch([lines.parse(line) for line in data], index, stop, output, add=add)
                raise
            if not data:
                break
            while add and not stop.asked and not _writable(output, 1):
                pass  # whoever reads slowly should not keep others from the index
            if len(data) == size:
                size = min(4 * size, most)
            self._batch([lines.parse(line) for line in data], index, stop, output, add=add)
            if self._strict and self.errors:
                break
        if self.errors > MOST_ERRORS:
            message(f"{self.errors:,} of {self.lines:,} lines could not be read")
        if not self._quiet:
            tell_undated(self._seen)

    def _batch(self, batch: Sequence[Line], index: Index, stop: Stop, output: int, *, add: bool) -> None:
        """Answer one batch: written, and then committed, or neither."""
        self.taken += len(batch)
        if self._strict:
            batch = _to_first_bad(batch)
        articles = [line.record for line in batch if isinstance(line.record, Article)]
        # written first: what dies before the commit is answered again, and nothing is ever left unanswered
        with index.transaction(steps=False) if add else contextlib.nullcontext():
            verdicts = [v for _, v in index.filter(articles, add=add, batch=len(articles) or 1) if v]
            _write(output, b"".join(self._answers(batch, iter(verdicts))), stop)
        for article in articles:
            self._seen.saw(article)
        self.lines += len(batch)
        self.added += sum(verdict.verdict is not VerdictKind.DUPLICATE for verdict in verdicts) if add else 0

    def _answers(self, batch: Sequence[Line], verdicts: Iterator[Verdict]) -> Iterator[bytes]:
        from dedup.report.answer import answer, refusal, with_member, wrapped

        for line in batch:
            if line.record is None:
                if self._blank:
                    yield (line.data or b"") + b"\n"
            elif isinstance(line.record, RecordError):
                self._tell(line.record)
                if self._blank:
                    told = refusal(line.record)
                    if line.data is not None and line.is_object:
                        yield with_member(line.data, told, again=line.has) + b"\n"
                    else:
                        yield wrapped(line.data, told) + b"\n"
            else:
                verdict = next(verdicts)
                if verdict.verdict in self._wanted and line.data is not None:
                    yield with_member(line.data, answer(line.record, verdict), again=line.has) + b"\n"

    def _tell(self, error: RecordError) -> None:
        self.errors += 1
        if self.errors <= MOST_ERRORS:
            message(str(error))

    def done(self, path: str | None) -> str:
        """What has been done, for a person."""
        added = f", and {self.added:,} articles are added to {path}" if path else ""
        rest = f"; {self.taken - self.lines:,} more were read and are not" if self.taken > self.lines else ""
        return f"interrupted after {self.lines:,} lines; all of them are answered{added}{rest}"


def _to_first_bad(batch: Sequence[Line]) -> Sequence[Line]:
    """The lines up to the first that cannot be read, with it: what comes after is neither told nor added."""
    bad = (number for number, line in enumerate(batch, 1) if isinstance(line.record, RecordError))
    return batch[: next(bad, None)]


def _writable(descriptor: int, seconds: float | None = None) -> bool:
    """Wait until somebody takes what is written, or so long; whether somebody does."""
    waiting = select.poll()
    waiting.register(descriptor, select.POLLOUT)
    return bool(waiting.poll(None if seconds is None else 1000 * seconds))


def _write(descriptor: int, data: bytes, stop: Stop) -> None:
    """Write all of the bytes, past any buffer: what is written is out.

    Once a signal has come, whoever reads them has PATIENCE seconds for the next ones.
    """
    view = memoryview(data)
    waited = 0
    while view:
        if not _writable(descriptor, 1):
            waited += stop.asked
            if waited > PATIENCE:
                stop.now()
            continue
        waited = 0
        with contextlib.suppress(BlockingIOError):  # whoever shares the pipe has made it non-blocking
            view = view[os.write(descriptor, view[: select.PIPE_BUF]) :]  # as many as a pipe takes at once
