"""A year of cron in a few minutes: runs that add, change and prune, and what they cost; `make soak`.

Each run brings new files, changes some, asks for what is older than a fortnight to go, and tells the changes.
The clock of the articles runs a day in two runs, so that from the 30th run on, as many leave as come. Memory,
the size of the index and the CPU time of a run must then stay flat. Afterwards the killing of tests/kills.py,
the failing disk of tests/disk_faults.py, and ten thousand hostile lines through the filter.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from stories import corpus  # noqa: E402

import dedup  # noqa: E402
from dedup.engine import Index  # noqa: E402

KEEP_DAYS = 14


def resident() -> float:
    """Memory of this process now, in MB."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def write(path: Path, seed: int, when: datetime, size: int, prefix: str = "") -> None:
    """A file of new articles, published at `when`; those of the same seed are new versions of each other."""
    lines = []
    for article in corpus(seed, size):
        text = f"{prefix} {article.text}".strip()
        record = {"id": f"{seed}-{article.id}", "text": text, "published": when.isoformat()}
        lines.append(json.dumps(record) + "\n")
    path.write_text("".join(lines), encoding="utf-8")


def soak(runs: int, stories: int, folder: Path) -> list[dict[str, float]]:
    """What each run cost: seconds of CPU time, MB of memory, MB of index, articles."""
    spool, path = folder / "in", folder / "news.db"
    spool.mkdir()
    rng = random.Random(0)
    rows = []
    begin = datetime.now(UTC) - timedelta(days=runs / 2)
    for run in range(runs):
        now = begin + timedelta(days=run / 2)
        write(spool / f"{run:05}.jsonl", run, now, stories)
        if run > 5:
            changed = run - rng.randint(1, 5)
            write(
                spool / f"{changed:05}.jsonl",
                changed,
                begin + timedelta(days=changed / 2),
                stories,
                f"Update {run}.",
            )
        began = time.process_time()
        with dedup.open(path) as index:
            report = index.add_files([str(spool)], keep=datetime.now(UTC) - now + timedelta(days=KEEP_DAYS))
            told = tell(index)
        seconds = time.process_time() - began
        backdate(path, now)
        wal = Path(f"{path}-wal")
        size = path.stat().st_size + (wal.stat().st_size if wal.exists() else 0)
        row = {"seconds": seconds, "resident": resident(), "index": size / 1e6, "changes": told}
        rows.append({**row, "added": report.added, "updated": report.updated, "pruned": report.pruned})
        if run > 4 * KEEP_DAYS:  # what was taken long ago is moved away
            (spool / f"{run - 4 * KEEP_DAYS:05}.jsonl").unlink(missing_ok=True)
    with dedup.open(path) as index:
        assert index.verify() == []
    return rows


def backdate(path: Path, now: datetime) -> None:
    """Let what this run wrote into the journal of changes be of the day that it plays."""
    connection = sqlite3.connect(path)
    with connection:
        today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(hours=1)
        connection.execute("UPDATE change SET at = ? WHERE at >= ?", (now.isoformat(), today.isoformat()))
    connection.close()


def tell(index: Index) -> int:
    """Take note of the changes, as `dedup changes --since LAST` does."""
    found = list(index.changes(after=index.last_shown()))
    if found:
        index.shown(found[-1])
    return len(found)


def mean(rows: list[dict[str, float]], name: str) -> float:
    """The median of a column."""
    return sorted(row[name] for row in rows)[len(rows) // 2]


def main() -> int:
    """Print a table; the exit status is 1 where something grew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument(
        "--stories", type=int, default=12, help="stories of a run, of some five articles each"
    )
    parser.add_argument("--kills", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        rows = soak(options.runs, options.stories, Path(name))
    steady = rows[len(rows) // 4 :]
    early, late = steady[: len(steady) // 3], steady[-(len(steady) // 3) :]
    total = {name: sum(row[name] for row in rows) for name in ("added", "updated", "pruned", "changes")}
    print(f"{len(rows)} runs: " + ", ".join(f"{count:,.0f} {name}" for name, count in total.items()))
    grown = []
    print(f"{'':14}{'first third':>12}{'last third':>12}  (medians, after the first quarter)")
    for column, unit, most in (("seconds", "s", 1.5), ("resident", "MB", 1.2), ("index", "MB", 1.25)):
        a, b = mean(early, column), mean(late, column)
        print(f"{column:14}{a:10.3f} {unit:2}{b:10.3f} {unit}")
        if b > a * most:
            grown.append(column)
    print(f"peak memory   {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:10.0f} MB")
    if grown:
        print(f"not flat: {', '.join(grown)}")
    status = bool(grown)
    if options.kills:
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        for program, option in (("kills.py", "--kills"), ("disk_faults.py", "--faults")):
            command = [sys.executable, str(ROOT / "tests" / program), option, str(options.kills)]
            status |= subprocess.run(command, check=False, env=environment).returncode != 0
        environment["DEDUP_HOSTILE_EXAMPLES"] = "250"
        command = [sys.executable, "-m", "pytest", "-q", str(ROOT / "tests" / "test_filter_hostile.py")]
        status |= subprocess.run(command, check=False, env=environment, cwd=ROOT).returncode != 0
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
