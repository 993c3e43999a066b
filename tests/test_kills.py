"""Killed, or with a failing disk, at random moments: the index is sound, and the same command finishes it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from commands import environment

KILLS = Path(__file__).parent / "kills.py"
DISK_FAULTS = Path(__file__).parent / "disk_faults.py"
INDEX_FAILED = "4"


def outcome(program, option, times):
    """What a program says of a small corpus that it disturbs so many times."""
    done = subprocess.run(
        [sys.executable, str(program), option, str(times), "--stories", "8", "--batch", "6"],
        capture_output=True,
        env=environment(),
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_kill_loses_nothing_and_the_same_command_finishes():
    told = outcome(KILLS, "--kills", 12)
    assert sum(told[name]["kills"] for name in ("add", "filter --add", "prune", "compact")) == 12
    assert sum(told[name]["before the end"] for name in ("add", "filter --add", "prune", "compact")) > 0
    assert told["groups"] > 3


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_a_failing_disk_loses_nothing_and_the_same_command_finishes():
    told = outcome(DISK_FAULTS, "--faults", 8)
    assert sorted(told) == ["add", "compact", "filter --add", "prune"]
    assert all(each["calls"] > 50 and sum(each["statuses"].values()) == 2 for each in told.values())
    assert sum(each["statuses"].get(INDEX_FAILED, 0) for each in told.values()) > 2
