"""Whole processes, measured from outside: wall time, CPU time, and the memory of the largest of the tree."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """One run of a command: seconds of wall and CPU time, and peak megabytes."""

    wall: float
    cpu: float
    megabytes: float


def run(command: Sequence[str], *, stdout: Path | None = None, accept: Sequence[int] = (0,)) -> Run:
    """Run a command; what it prints goes to `stdout`, or nowhere. Exits with its messages where it fails."""
    with (stdout or Path(os.devnull)).open("wb") as out:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE)
        assert process.stderr
        with process.stderr as errors:
            messages = errors.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in accept:
        sys.exit(
            f"{' '.join(command)}: exit status {process.returncode}\n{messages.decode(errors='replace')}"
        )
    # Linux counts kilobytes, macOS bytes
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


def median(runs: int, one: Callable[[], Run]) -> Run:
    """The medians of several runs."""
    done = [one() for _ in range(runs)]
    return Run(
        statistics.median(r.wall for r in done),
        statistics.median(r.cpu for r in done),
        statistics.median(r.megabytes for r in done),
    )


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as lines of aligned columns, the first to the left."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
