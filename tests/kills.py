"""Kill dedup at random moments, again and again: what is left must be sound, and the same command finish it.

Run as a program, `python tests/kills.py --kills 200`: it loads dedup once, forks a child for every command,
and sends it SIGKILL. Prints one JSON object of counts; the exit status is 1 where anything was lost.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from stories import corpus

import dedup
from dedup.__main__ import main
from dedup.cli import filter as filtering
from dedup.errors import IndexForeign
from dedup.index.opening import NONE_HERE
from dedup.intake import batches

OLD = (datetime.now(UTC) - timedelta(days=60)).isoformat()
YOUNG = (datetime.now(UTC) - timedelta(days=1)).isoformat()


def write(folder: Path, seed: int, stories: int) -> list[dict]:
    """A folder of files of a few records each; every third record is old."""
    records = [
        {"id": a.id, "text": a.text, "source": a.source, "published": OLD if n % 3 == 0 else YOUNG}
        for n, a in enumerate(corpus(seed, stories))
    ]
    folder.mkdir()
    for n in range(0, len(records), 7):
        lines = "".join(json.dumps(record) + "\n" for record in records[n : n + 7])
        (folder / f"{n:05}.jsonl").write_text(lines)
    (folder.parent / "all.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    return records


def child(
    arguments: list[str],
    stdin: Path | None = None,
    stdout: Path | None = None,
    before: Callable[[], None] = lambda: None,
) -> int:
    """Begin a command in a process of its own, which does `before` first."""
    pid = os.fork()
    if pid:
        return pid
    status = 70
    try:
        before()
        if stdin is not None:
            os.dup2(os.open(stdin, os.O_RDONLY), 0)
        target = os.devnull if stdout is None else stdout
        os.dup2(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644), 1)
        status = main(arguments)
    finally:
        os._exit(status)


def whole(arguments: list[str], stdin: Path | None = None, stdout: Path | None = None) -> float:
    """Run a command to its end; how long it took."""
    began = time.monotonic()
    _, status = os.waitpid(child(arguments, stdin, stdout), 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise AssertionError(f"{arguments} ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - began


def is_made(path: Path) -> bool:
    """Whether there is an index; not if what would have made it died before that."""
    try:
        dedup.open(path, create=False).close()
    except IndexForeign as error:
        if not str(error).endswith(NONE_HERE):
            raise
        return False
    return True


def groups_of(path: Path) -> list[tuple[str, tuple[str, ...]]]:
    """The groups of an index, which must be sound."""
    with dedup.open(path, create=False) as index:
        broken = index.verify()
        if broken:
            raise AssertionError(f"{path}: {broken}")
        return sorted((group.id, tuple(sorted(group.articles))) for group in index.groups())


def ids_of(path: Path) -> set[str]:
    """The ids of all articles, by asking for each that could be there."""
    with dedup.open(path, create=False) as index:
        found = set()
        for line in (path.parent / "all.jsonl").read_text().splitlines():
            name = json.loads(line)["id"]
            try:
                found.add(index.article(name).id)
            except dedup.DedupError:
                continue
        return found


@dataclass
class Trial:
    """One command to be killed: what it begins from, and what it must lead to."""

    name: str
    base: Path
    arguments: list[str]
    begin: Path | None = None
    stdin: Path | None = None
    expected: list = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    seconds: float = 0.0
    kills: int = 0
    within: int = 0

    @property
    def index(self) -> Path:
        return self.base / "kill.db"

    @property
    def output(self) -> Path | None:
        return self.base / "out.jsonl" if self.stdin else None

    def reset(self) -> None:
        for leftover in self.base.glob("kill.db*"):
            leftover.unlink()
        (self.base / "out.jsonl").unlink(missing_ok=True)
        if self.begin is not None:
            shutil.copy(self.begin, self.index)

    def undisturbed(self) -> None:
        self.reset()
        self.seconds = min(self.timed() for _ in range(2))
        self.expected, self.ids = groups_of(self.index), ids_of(self.index)

    def timed(self) -> float:
        self.reset()
        return whole(self.arguments, self.stdin, self.output)

    def kill(self, rng: random.Random) -> None:
        self.reset()
        pid = child(self.arguments, self.stdin, self.output)
        time.sleep(rng.uniform(0, self.seconds))
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        self.kills += 1
        self.within += os.WIFSIGNALED(status)
        self.finish()

    def finish(self) -> None:
        """The index of a command that broke off is sound, and the same command leads to what it must."""
        if is_made(self.index):
            groups_of(self.index)
        whole(self.arguments, self.stdin, self.output)
        found = groups_of(self.index)
        if found != self.expected or ids_of(self.index) != self.ids:
            raise AssertionError(
                f"{self.name}: other groups after it broke off: {set(found) ^ set(self.expected)}"
            )
        if self.output is not None:
            self.all_answered()

    def all_answered(self) -> None:
        """Whatever the index took has been passed on, by the run that was killed or the one after it."""
        passed = set()
        for line in (self.base / "out.jsonl").read_bytes().split(b"\n"):
            try:
                record = json.loads(line)
            except ValueError:  # the kill cut it off
                continue
            if record["dedup"]["verdict"] in ("new", "related"):
                passed.add(record["id"])
        if self.ids - passed:
            raise AssertionError(f"{self.name}: in the index, but never passed on: {self.ids - passed}")


def trials(base: Path, seed: int, stories: int) -> list[Trial]:
    """The four commands that write."""
    folder = base / "in"
    write(folder, seed, stories)
    full, pruned = base / "full.db", base / "pruned.db"
    whole(["add", str(folder), "--index", str(full), "--quiet"])
    shutil.copy(full, pruned)
    whole(["prune", "--older-than", "30d", "--index", str(pruned), "--quiet"])
    at = ["--index", str(base / "kill.db")]
    made = [
        Trial("add", base, ["add", str(folder), *at, "--quiet"]),
        Trial("filter --add", base, ["filter", "--add", *at], stdin=base / "all.jsonl"),
        Trial("prune", base, ["prune", "--older-than", "30d", *at, "--quiet"], begin=full),
        Trial("compact", base, ["compact", *at], begin=pruned),
    ]
    for trial in made:
        trial.undisturbed()
    return made


def prepare(seed: int, batch: int) -> None:
    """Commit every `batch` articles, and load the kernels once, and not in each child."""
    batches.BATCH_ARTICLES = filtering.BATCH_ADDED = batch
    with dedup.open(":memory:") as warm:
        warm.add(corpus(seed, 2))


def run(kills: int, seed: int, stories: int, batch: int) -> dict[str, object]:
    """Kill each command `kills` / 4 times."""
    rng = random.Random(seed)
    prepare(seed, batch)
    with tempfile.TemporaryDirectory() as name:
        made = trials(Path(name), seed, stories)
        for n in range(kills):
            made[n % len(made)].kill(rng)
        told = {
            trial.name: {"kills": trial.kills, "before the end": trial.within, "seconds": trial.seconds}
            for trial in made
        }
        return {**told, "articles": len(made[0].ids), "groups": len(made[0].expected)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--stories", type=int, default=30)
    parser.add_argument("--batch", type=int, default=16)
    options = parser.parse_args()
    try:
        print(json.dumps(run(options.kills, options.seed, options.stories, options.batch)))
    except AssertionError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
