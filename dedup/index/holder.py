"""Which process holds the write lock of an index."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

WRITE_LOCK = 120
"""The byte of the -shm file that SQLite locks while a process writes (its WAL-index format)."""


def holder_of(path: str) -> str | None:
    """The writer, as "process 123 (started 2026-11-22T10:00:00Z)", where the system tells: Linux does.

    It is read from /proc/locks: to ask the lock itself, one would have to open the file, and closing it again
    would release this process's own locks.
    """
    try:
        inode = Path(f"{path}-shm").stat().st_ino
        held = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return None
    for line in held:
        # 1: POSIX  ADVISORY  WRITE 16734 fe:00:2147037 120 120
        part = line.split()
        if len(part) == 8 and part[1] == "POSIX" and part[3] == "WRITE":
            same = part[5].endswith(f":{inode}") and part[6] == str(WRITE_LOCK)
            if same and int(part[4]) not in (0, -1):
                return _process(int(part[4]))
    return None


def _process(pid: int) -> str:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
        system = Path("/proc/stat").read_text(encoding="ascii").splitlines()
        booted = next(int(line.split()[1]) for line in system if line.startswith("btime"))
        ticks = int(fields.split()[19])  # the 22nd field, two of which stand before the bracket
        began = datetime.fromtimestamp(booted + ticks / os.sysconf("SC_CLK_TCK"), UTC)
    except (OSError, ValueError, StopIteration, IndexError):
        return f"process {pid}"
    return f"process {pid} (started {began:%Y-%m-%dT%H:%M:%SZ})"
