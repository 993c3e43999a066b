"""The command line in a process of its own, and articles to feed it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import dedup
from dedup.__main__ import main

ROOT = Path(dedup.__file__).parents[1]

WIRE = """\
The harbour council will close the night ferry between Norrhamn and the outer islands from the first of
March, ending a service that has carried fishermen, nurses and students home for sixty-one years.
Bookings fell by almost half after the bridge at Kettle Sound was opened, and the two ageing vessels need
new engines that the council says it cannot pay for.

"We looked at every timetable and every loan, and the sums would not come right," harbour master Ingrid
Solbakken told a crowded meeting in the fish market on Tuesday evening. Islanders shouted her down twice.
Three of them have hired a lawyer, and a petition against the closure gathered four thousand signatures
over the weekend.

The mayor promised to look for a helicopter that could take patients to the clinic in bad weather, though
nobody in the hall believed that the province would share the bill. A private operator from Vesterby has
offered to run one boat on Fridays, without subsidy, if the council lets it keep the landing stage for
ten years. The dredger that cleared the channel last autumn broke its anchor chain and will not return
before midsummer, the ministry admitted in a letter that was read out. The offer will be put to the vote
at the end of the month.
"""
REWRITE = """\
Anger is growing on the outer islands. Three islanders have hired a lawyer, and a petition against the
closure of the night ferry has gathered more than four thousand signatures over the weekend, campaigners
said. Nobody here remembers a winter without the boat, and the school has begun to count how many pupils
will have to board in town.

The mayor promised to look for a helicopter to take patients to the clinic in bad weather, though nobody
believed that the province would share the bill. A private operator from Vesterby offered to run one boat
on Fridays, without any subsidy, if the council lets it keep the landing stage for ten years. The dredger
that cleared the channel last autumn broke its anchor chain and will not return before midsummer, the
ministry admitted in a letter. Shopkeepers doubt that it will ever come, for the same firm promised a
summer line to the lighthouse two years ago and never sent so much as a dinghy.
"""
OTHER = """Beekeepers in the upper valley lost a third of their hives this winter, according to a count by the
growers' union. Mild weeks in January drew the insects out too early, and frost in February caught them
far from home. Prices for spring honey are expected to climb, and orchards may have to rent colonies from
the south.
"""


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "dedup", *map(str, arguments)]


def environment(**more: str) -> dict[str, str]:
    """The environment of a plain pipe: nothing that sets colour, width or the index."""
    dropped = ("DEDUP_INDEX", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONIOENCODING", "TTY_COMPATIBLE")
    own = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**own, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **more}


def run(
    *arguments: str, stdin: bytes = b"", cwd: Path | None = None, **more: str
) -> subprocess.CompletedProcess:
    """Run `dedup` with arguments; its output as text."""
    done = subprocess.run(
        command(*arguments),
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=environment(**more),
        timeout=240,
        check=False,
    )
    done.stdout, done.stderr = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
    return done


def within(
    *arguments: str, stdin: bytes = b"", cwd: Path | None = None, **more: str
) -> subprocess.CompletedProcess:
    """The same as `run` without a process of its own, which takes a second to start."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    asked = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    with (
        patch.dict(os.environ, environment(COLUMNS="80", **more), clear=True),
        patch.multiple(sys, stdout=out, stderr=err, stdin=asked),
        contextlib.chdir(cwd or Path.cwd()),
    ):
        status = main([str(argument) for argument in arguments])
    texts = (stream.buffer.getvalue().decode("utf-8", "replace") for stream in (out, err))
    return subprocess.CompletedProcess(arguments, status, *texts)


def told(done: subprocess.CompletedProcess, status: int) -> str:
    """The only line on stderr of a command that ended with `status`."""
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("dedup: ")
    return lines[0].removeprefix("dedup: ")


def data(done: subprocess.CompletedProcess, status: int = 0) -> dict:
    """The JSON object that a command printed."""
    assert done.returncode == status, done.stderr
    printed = json.loads(done.stdout)
    assert printed["schema"] == 1
    return printed


def folder_of(path: Path) -> Path:
    """A folder of three texts, of which two share passages."""
    path.mkdir(exist_ok=True)
    for name, text in (("wire", WIRE), ("rewrite", REWRITE), ("other", OTHER)):
        (path / f"{name}.txt").write_text(text, encoding="utf-8")
    return path


def lines_of(*records: dict) -> bytes:
    """Records as JSON lines."""
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)
