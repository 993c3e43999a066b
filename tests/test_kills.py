"""Killed at random moments, the index is sound, and the same command leads to the same groups."""

import json
import subprocess
import sys
from pathlib import Path

from commands import environment

KILLS = Path(__file__).parent / "kills.py"


def test_a_kill_loses_nothing_and_the_same_command_finishes():
    done = subprocess.run(
        [sys.executable, str(KILLS), "--kills", "12", "--stories", "8", "--batch", "6"],
        capture_output=True,
        env=environment(),
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert sum(told[name]["kills"] for name in ("add", "filter --add", "prune", "compact")) == 12
    assert sum(told[name]["before the end"] for name in ("add", "filter --add", "prune", "compact")) > 0
    assert told["groups"] > 3
