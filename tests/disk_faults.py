"""Let the disk fail at random reads and writes of an index: what is left must be sound, as after a kill.

Run as a program, `python tests/disk_faults.py --faults 200`: it compiles disk_faults.c, starts again with it
before the C library, and forks a child for every command, whose disk fails once or from then on. Prints one
JSON object of counts; the exit status is 1 where anything was lost, or not said in one line.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from kills import Trial, child, prepare, trials

SOURCE = Path(__file__).with_suffix(".c")
NAME = b"kill.db"
INDEX_FAILED = 4


def preloaded(arguments: list[str]) -> int:
    """Run this program with the shim, compiled for it; its exit status."""
    with tempfile.TemporaryDirectory() as folder:
        shim = Path(folder) / "disk_faults.so"
        subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", shim, SOURCE, "-ldl"], check=True)
        command = [sys.executable, __file__, *arguments]
        return subprocess.run(command, env=os.environ | {"LD_PRELOAD": str(shim)}, check=False).returncode


def attempt(trial: Trial, begin: int, end: int) -> tuple[int, str]:
    """Run a command whose disk fails from one call to another: its exit status, and what it said."""
    said = trial.base / "said"

    def before() -> None:
        os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), 2)
        ctypes.CDLL(None).disk_fails(NAME, ctypes.c_long(begin), ctypes.c_long(end))

    trial.reset()
    _, status = os.waitpid(child(trial.arguments, trial.stdin, trial.output, before), 0)
    return os.waitstatus_to_exitcode(status), said.read_text()


def run(faults: int, seed: int, stories: int, batch: int) -> dict[str, object]:
    """Let the disk fail in each of the four commands that write, `faults` / 4 times."""
    rng = random.Random(seed)
    prepare(seed, batch)
    calls = ctypes.CDLL(None).disk_calls
    calls.restype = ctypes.c_long
    with tempfile.TemporaryDirectory() as folder:
        made = trials(Path(folder), seed, stories)
        counts = {}
        for trial in made:
            status, said = attempt(trial, -1, -1)
            if status or not calls():
                raise AssertionError(f"{trial.name} ended with {status} on a sound disk: {said}")
            counts[trial.name] = calls()
        statuses: dict[str, Counter[int]] = {trial.name: Counter() for trial in made}
        for n in range(faults):
            trial = made[n % len(made)]
            begin = rng.randrange(counts[trial.name])
            status, said = attempt(trial, begin, begin + 1 if rng.random() < 0.5 else sys.maxsize)
            statuses[trial.name][status] += 1
            # a fault that SQLite can do without, as in a checkpoint that it repeats, is none
            if status not in {0, INDEX_FAILED} or (status and not re.fullmatch(r"dedup: [^\n]+\n", said)):
                raise AssertionError(f"{trial.name}, call {begin}: ended with {status}: {said}")
            trial.finish()
        return {name: {"calls": counts[name], "statuses": told} for name, told in statuses.items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--stories", type=int, default=30)
    parser.add_argument("--batch", type=int, default=16)
    options = parser.parse_args()
    if "LD_PRELOAD" not in os.environ:
        sys.exit(preloaded(sys.argv[1:]))
    try:
        print(json.dumps(run(options.faults, options.seed, options.stories, options.batch)))
    except AssertionError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
