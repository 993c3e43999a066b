"""Starting up: help without what is heavy, and mistakes in the use told in one line."""

import subprocess
import sys

import pytest
from commands import REWRITE, WIRE, environment, run, told, within

UNNEEDED = ("numpy.ma", "numpy.random", "numba", "datasketch", "scipy", "sqlite_utils", "igraph")
HEAVY = (*UNNEEDED, "numpy", "rich", "orjson", "dedup.engine")
COMMANDS = ("run", "add", "groups", "show", "compare", "check", "explain", "info", "remove", "prune")


def loaded_by(*arguments):
    """The heavy modules that a command line loads."""
    code = (
        "import sys; from dedup.__main__ import main; "
        f"status = main({list(arguments)!r}); "
        f"print('LOADED', status, *sorted(set(sys.modules) & set({HEAVY!r})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True
    )
    status, *modules = done.stdout.rpartition("LOADED ")[2].split()
    return int(status), modules


@pytest.mark.parametrize(
    "arguments", [["--help"], ["-h"], ["--version"], *([name, "--help"] for name in COMMANDS)]
)
def test_help_loads_nothing_heavy(arguments):
    assert loaded_by(*arguments) == (0, [])


def test_a_command_loads_what_it_needs_so_the_test_above_can_fail(tmp_path):
    status, modules = loaded_by("run", "--format", "json", str(tmp_path))
    assert status == 3
    assert "dedup.engine" in modules


def test_a_check_loads_no_part_of_numpy_and_no_compiler_that_it_can_do_without(tmp_path):
    (tmp_path / "a.txt").write_text(WIRE)
    (tmp_path / "b.txt").write_text(REWRITE)
    index = ("--index", str(tmp_path / "index.db"))
    run("add", *index, str(tmp_path / "a.txt"))
    status, modules = loaded_by("check", *index, str(tmp_path / "b.txt"))
    assert status == 1
    assert "numpy" in modules
    assert not {*modules} & {*UNNEEDED}


def test_a_command_starts_no_threads_to_multiply_matrices(tmp_path):
    code = (
        "import os; from dedup.__main__ import main; "
        f"status = main(['info', '--index', {str(tmp_path / 'index.db')!r}]); "
        "import numpy; print('THREADS', len(os.listdir('/proc/self/task')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True
    )
    assert done.stdout.split()[-2:] == ["THREADS", "1"]


def test_help_names_every_command_and_exit_status():
    done = run("--help")
    assert done.returncode == 0
    for name in COMMANDS:
        assert f"\n  {name} " in done.stdout
    for status in ("0 done", "1 check", "2 usage", "3 done", "4 the", "130"):
        assert status in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["frobnicate"], "frobnicate"),
        (["run"], "INPUT"),
        (["run", "--nonsense", "x"], "--nonsense"),
        (["run", "x", "--format", "xml"], "xml"),
        (["run", "x", "--limit", "-1"], "--limit"),
        (["run", "x", "--field", "body"], "PART=NAME"),
        (["run", "x", "--field", "colour=body"], "colour"),
        (["prune", "--older-than", "soon"], "12h, 30d, 8w or 2y"),
        (["prune", "--older-than", "99999999999y"], "years"),
        (["prune"], "--older-than"),
        (["run", "x", "--settings", "absent.toml"], "absent.toml"),
        (["info", "--index", ""], "index"),
    ],
)
def test_mistakes_in_the_use_are_one_line_and_status_2(arguments, words, tmp_path):
    done = within(*arguments, cwd=tmp_path)
    assert words in told(done, 2)
    assert done.stdout == ""


def test_all_mistakes_in_a_settings_file_are_told_at_once(tmp_path):
    (tmp_path / "own.toml").write_text("shingle = 0\ncolour = 'red'\n")
    line = told(within("run", "x", "--settings", "own.toml", cwd=tmp_path), 2)
    assert "shingle" in line
    assert "colour" in line


def test_dedup_alone_shows_the_help_and_is_a_mistake():
    done = run()
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Usage: dedup" in done.stderr
