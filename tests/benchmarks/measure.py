"""Whole processes, measured from outside: wall time, CPU time, and the memory of the largest of the tree."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

# A process starts with the peak memory of the one that made it, so a small one makes those that are measured.
BETWEEN = """
import os, sys, time
told, command = int(sys.argv[1]), sys.argv[2:]
os.set_inheritable(told, False)
begin = time.perf_counter()
_, status, usage = os.wait4(os.posix_spawnp(command[0], command, os.environ), 0)
wall, cpu = time.perf_counter() - begin, usage.ru_utime + usage.ru_stime
os.write(told, f"[{wall}, {cpu}, {usage.ru_maxrss}, {os.waitstatus_to_exitcode(status)}]".encode())
"""


@dataclass(frozen=True)
class Run:
    """One run of a command: seconds of wall and CPU time, and peak megabytes."""

    wall: float
    cpu: float
    megabytes: float


def run(command: Sequence[str], *, stdout: Path | None = None, accept: Sequence[int] = (0,)) -> Run:
    """Run a command; what it prints goes to `stdout`, or nowhere. Exits with its messages where it fails."""
    reading, told = os.pipe()
    with (stdout or Path(os.devnull)).open("wb") as out, os.fdopen(reading, "rb") as figures:
        between = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", BETWEEN, str(told), *command],
            stdout=out, stderr=subprocess.PIPE, pass_fds=[told],
        )  # fmt: skip
        os.close(told)
        messages = between.communicate()[1]
        wall, cpu, peak, status = json.loads(figures.read() or b"[0, 0, 0, 127]")
    if status not in accept:
        sys.exit(f"{' '.join(command)}: exit status {status}\n{messages.decode(errors='replace')}")
    return Run(wall, cpu, megabytes(peak))


def megabytes(peak: int) -> float:
    """Those of `ru_maxrss`, in which Linux counts kilobytes and macOS bytes."""
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def load_kernels() -> None:
    """Have this process ready to add articles, so that what is measured is the work."""
    import dedup
    from dedup.__main__ import keep_memory

    keep_memory()  # as the command does
    with dedup.open(":memory:") as index:
        index.add(
            {"id": str(n), "text": text} for n, text in enumerate(2 * ["A word or two of a text. " * 40])
        )


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
