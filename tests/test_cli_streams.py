"""Pipes that close, Ctrl-C, terminals with and without colour, output that cannot be written."""

import contextlib
import json
import os
import platform
import pty
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import pytest
from commands import OTHER, WIRE, command, data, environment, folder_of, lines_of, run, told, within

import dedup
from dedup.cli.progress import expected
from dedup.read.jsonl import FORMAT

SIGNS = ("[-", "{+")


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("streams")
    done = within("add", folder_of(folder / "texts"), "--index", folder / "news.db")
    assert done.returncode == 0, done.stderr
    return folder / "news.db"


def on_a_terminal(*arguments, width=100, **more):
    """What a command writes where stdout and stderr are one terminal, and its exit status."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command(*arguments),
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env=environment(TERM="xterm-256color", COLUMNS=str(width), **more),
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # how Linux says that the other end is closed
            break
        if not part:
            break
        written += part
    os.close(ours)
    return written.decode(), process.wait()


@pytest.mark.parametrize("arguments", [["groups", "--format", "json"], ["show", "wire", "rewrite"], ["info"]])
def test_a_closed_pipe_ends_it_quietly(index, arguments):
    process = subprocess.Popen(
        command(*arguments, "--index", str(index)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 141


@pytest.mark.parametrize(
    "arguments", [["info"], ["groups", "--format", "json"], ["export", "groups"], ["filter"]], ids=" ".join
)
def test_output_for_which_there_is_no_room_is_one_line(index, arguments):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command(*arguments, "--index", str(index)),
            input=lines_of({"id": "a", "text": WIRE}),
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(),
            check=False,
        )
    assert done.returncode == 4
    assert done.stderr.decode() == "dedup: stdout: No space left on device\n"


@pytest.mark.parametrize("arguments", [["report"], ["export", "groups"]], ids=" ".join)
def test_a_device_without_room_is_named(index, arguments):
    done = within(*arguments, "-o", "/dev/full", "--quiet", "--index", index)
    assert told(done, 4) == "/dev/full: No space left on device"


@pytest.mark.parametrize("option", ["--metrics", "--summary"])
def test_what_a_monitor_reads_and_cannot_be_written_ends_an_add_with_4_when_all_is_added(tmp_path, option):
    arguments = (
        "add",
        folder_of(tmp_path / "texts"),
        "--index",
        tmp_path / "i.db",
        "--format",
        "json",
        option,
    )
    assert "No such file or directory" in told(within(*arguments, tmp_path / "none" / "file"), 4)
    assert data(within("info", "--index", tmp_path / "i.db", "--format", "json"))["index"]["articles"] == 3
    assert told(within(*arguments, tmp_path / "none" / "file"), 4)
    (tmp_path / "texts" / "empty.txt").touch()
    done = within(*arguments, tmp_path / "file")
    assert done.returncode == 3


def test_a_summary_tells_that_the_metrics_could_not_be_written(tmp_path):
    done = within(
        *("add", folder_of(tmp_path / "texts"), "--index", tmp_path / "i.db"),
        *("--metrics", tmp_path / "none" / "file", "--summary", "-"),
    )
    assert data(done, 4)["status"] == 4
    assert told(within("info", "--index", tmp_path / "i.db", "--metrics", tmp_path / "none" / "file"), 4)


@pytest.mark.skipif(os.geteuid() != 0, reason="a process of another user takes root")
def test_a_folder_that_may_not_be_written_to_is_told_before_the_work(index):
    code = """
    import os, sys
    from dedup.__main__ import main
    *commands, index = sys.argv[1:]
    for arguments in commands:  # imports what nobody may not
        main([*arguments.split(), "/dev/null", "--index", index])
    os.setresuid(65534, 65534, 65534)
    for arguments in commands:
        print(main([*arguments.split(), "/unwritten", "--index", index]))
    """
    commands = ["report --quiet -o", "export groups --quiet -o", "export --quiet --format graphml -o"]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        copy = shutil.copy(index, Path(folder) / "i.db")
        arguments = [sys.executable, "-c", textwrap.dedent(code), *commands, copy]
        done = subprocess.run(arguments, capture_output=True, text=True, check=True, env=environment())
    assert done.stdout.split() == ["4", "4", "4"]
    assert done.stderr.splitlines() == 3 * ["dedup: /unwritten: / may not be written to"]


def test_a_file_that_is_not_there_is_a_mistake_in_the_command(index, tmp_path):
    said = told(within("filter", tmp_path / "none.jsonl", "--index", index), 2)
    assert said == f"{tmp_path}/none.jsonl: No such file or directory"


@contextlib.contextmanager
def files_of_at_most(size):
    """Let what is written beyond so many bytes of a file fail, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("command", [["report"], ["export", "passages", "groups"], ["export", "articles"]])
def test_a_full_disk_is_told_by_the_name_of_the_output(index, tmp_path, command):
    output = tmp_path / ("tables" if len(command) > 2 else "one.html" if command == ["report"] else "one.csv")
    assert within(*command, "--quiet", "-o", output, "--index", index).returncode == 0  # kernels are there
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*")}
    with dedup.open(index) as held:  # what SQLite keeps beside it is there before the disk is full
        held.info()
        with files_of_at_most(10):
            done = within(*command, "--quiet", "-o", output, "--index", index)
    named = output / "passages.csv" if len(command) > 2 else output
    assert told(done, 4) == f"{named}: File too large"
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*")} == before


def test_closed_stdout_and_stderr_do_not_matter_to_an_add(index, tmp_path):
    folder = folder_of(tmp_path / "texts")
    line = " ".join(command("add", str(folder), "--index", str(tmp_path / "i.db")))
    done = subprocess.run(["sh", "-c", f"{line} >&- 2>&-"], env=environment(), check=False)
    assert done.returncode == 0
    assert data(within("info", "--index", tmp_path / "i.db", "--format", "json"))["index"]["articles"] == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ["add", "-"],
        ["run", "-"],
        ["check", "-"],
        ["filter"],
        ["filter", "-"],
        ["compare", "-", "-"],
        ["calibrate"],
    ],
)
def test_a_closed_stdin_is_a_mistake_of_usage(index, arguments):
    options = [] if arguments[0] in ("run", "compare") else ["--index", str(index)]
    done = subprocess.run(
        ["sh", "-c", f"{' '.join(command(*arguments, *options))} <&-"],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert "stdin is closed" in told(done, 2)
    assert done.stdout == ""


def articles_in(path):
    if not path.exists():
        return 0
    try:
        with dedup.open(path, create=False) as index:
            return index.info()["articles"]
    except dedup.DedupError:
        return 0


def test_ctrl_c_says_what_was_done_and_keeps_what_was_committed(tmp_path):
    path = tmp_path / "i.db"
    process = subprocess.Popen(
        command("add", "-", "--index", str(path)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    process.stdin.write(lines_of(*({"id": f"a{i}", "text": f"note {i}"} for i in range(25_000))))
    process.stdin.flush()
    deadline = time.monotonic() + 120
    while not (stored := articles_in(path)) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert 0 < stored < 25_000
    time.sleep(0.5)  # let it go back to waiting for more
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == b""
    (line,) = err.decode().splitlines()
    assert line.startswith("dedup: interrupted after ")
    assert f"{stored:,} of them are stored in {path}, beside what it had" in line
    assert articles_in(path) == stored
    again = data(
        within(
            "add", "-", "--index", path, "--format", "json", stdin=lines_of({"id": "a1", "text": "note 1"})
        )
    )
    assert again["unchanged"] == 1


def wait_until_it_reads(process):
    """Wait until a process sleeps on its stdin, which Linux tells."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        call = Path(f"/proc/{process.pid}/syscall").read_text().split()
        if call[0] == "0" and int(call[1], 16) == 0:  # read(0, ...) on x86-64
            return
        time.sleep(0.1)
    raise AssertionError("it never read its stdin")


@pytest.mark.skipif(
    platform.machine() != "x86_64" or sys.platform != "linux", reason="reads /proc of Linux on x86-64"
)
def test_ctrl_c_in_memory_says_that_nothing_is_kept():
    process = subprocess.Popen(
        command("run", "-"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    process.stdin.write(lines_of({"id": "a", "text": WIRE}))
    process.stdin.flush()
    wait_until_it_reads(process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, b"")
    assert err.decode().count("\n") == 1
    assert "nothing is kept" in err.decode()


def test_a_terminal_gets_colour_and_signs_and_a_pipe_signs_alone(index):
    written, status = on_a_terminal("show", "wire", "rewrite", "--index", str(index))
    piped = run("show", "wire", "rewrite", "--index", index, COLUMNS="100").stdout
    assert status == 0
    assert "\x1b[31m" in written  # red
    assert "\x1b" not in piped
    assert re.sub(r"\x1b\[[\d;]*m", "", written).replace("\r\n", "\n") == piped
    assert all(sign in piped for sign in SIGNS)


@pytest.mark.parametrize("columns", ["0", "00"])
def test_a_width_of_nothing_is_none_that_is_known(index, columns):
    for arguments in (("groups",), ("show", "wire"), ("show", "wire", "rewrite")):
        told = [run(*arguments, "--index", index, COLUMNS=width).stdout for width in (columns, "80")]
        assert told[0] == told[1] != ""


def test_no_color_is_obeyed(index):
    written, status = on_a_terminal("show", "wire", "rewrite", "--index", str(index), NO_COLOR="1")
    assert status == 0
    assert not re.search(r"\x1b\[[\d;]*3[0-7]", written)
    assert all(sign in written for sign in SIGNS)


def test_a_bar_is_drawn_on_a_terminal_alone(tmp_path):
    folder = folder_of(tmp_path / "texts")
    written, status = on_a_terminal("add", str(folder), "--index", str(tmp_path / "i.db"))
    assert status == 0
    assert "of 3" in written
    quiet, _ = on_a_terminal("add", str(folder), "--index", str(tmp_path / "j.db"), "--quiet")
    assert "of 3" not in quiet
    assert quiet.count("\n") == 1
    assert within("add", folder, "--index", tmp_path / "k.db").stderr == ""


@pytest.mark.parametrize("ending", FORMAT.endings)
def test_the_bar_knows_how_many_lines_there_are(tmp_path, ending):
    file = tmp_path / f"news{ending}"
    file.write_text("{}\n" * 3)
    assert expected([file]) == expected([tmp_path]) == 3


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_encoding_of_stdout_will_do(tmp_path, encoding):
    records = lines_of(
        {"id": "港", "text": WIRE, "title": "Łódź 港"},
        {"id": "b", "text": WIRE + OTHER, "title": "ferry – night"},
    )
    done = run("run", "-", stdin=records, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "1 group" in done.stdout


def test_hostile_articles_are_shown_and_not_obeyed(tmp_path):
    evil = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202egnp.\u2066 [bold red]x[/] :boom:"
    records = lines_of(
        {"id": f"one{evil}", "text": WIRE + evil, "title": evil, "source": evil, "url": f"javascript:{evil}"},
        {"id": f"two{evil}", "text": WIRE + evil + " Twice.", "title": "T" * 1_000_000, "source": evil},
    )
    path = tmp_path / "i.db"
    done = run("run", "-", "--index", path, stdin=records)
    assert done.returncode == 0, done.stderr
    (group,) = data(within("groups", "--index", path, "--format", "json"))["groups"]
    one, two = group["articles"]
    outputs = [done.stdout]
    outputs += [
        within(*arguments, "--index", path).stdout
        for arguments in (["groups"], ["show", one], ["show", one, two])
    ]
    outputs += [
        within("explain", one, two, "--index", path).stdout,
        within("show", f"absent{evil}", "--index", path).stderr,
    ]
    outputs += [within("show", one, "--index", path, "--format", "json").stdout]
    terminal, _ = on_a_terminal("show", one, two, "--index", str(path), NO_COLOR="1")
    outputs.append(re.sub(r"\x1b\[[\d;]*m", "", terminal))
    for output in outputs:
        assert output
        assert not set(output) & set("\x1b\x07\x9b\u202e\u2066")
        assert len(output) < 100_000
    assert "[bold red]x[/]" in outputs[0]
    assert json.loads(outputs[-2])["article"]["id"] == one


def test_an_unreadable_input_with_a_hostile_name_is_told_safely(tmp_path):
    assert "ab\\x1b[2Jsent" in told(run("run", "ab\x1b[2Jsent", cwd=tmp_path), 3)


def test_all_bad_records_are_in_the_json_and_the_first_on_stderr(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"id": "a", "text": "x"}\n' + "{}\n" * 100)
    done = within("run", tmp_path / "a.jsonl", "--format", "json")
    assert [error["line"] for error in data(done, 3)["errors"]] == list(range(2, 102))
    lines = [line for line in done.stderr.splitlines() if line.startswith("dedup: ")]
    assert len(lines) == 6
    assert lines[-1] == "dedup: and 95 more records that could not be read; --format json has them all"


def test_one_reason_of_many_records_leaves_room_for_others(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"note": "x"}\n' * 100 + "{}\n")
    done = within("run", tmp_path / "a.jsonl")
    lines = [line for line in done.stderr.splitlines() if line.startswith("dedup: ")]
    assert len(lines) == 8
    assert lines[5].endswith(":101: no text: it has no fields")
    assert lines[6] == "dedup: --field text=NAME says which field has the text"
    assert lines[7].startswith("dedup: and 95 more")


def test_after_an_add_all_bad_records_are_told_by_the_command_that_is_named(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"id": "a", "text": "x"}\n' + "{}\n" * 100)
    given = ("add", tmp_path / "a.jsonl", "--index", tmp_path / "i.db")
    done = within(*given)
    assert done.returncode == 3
    assert done.stderr.splitlines()[-1].endswith(
        "95 more records that could not be read; --again --format json has them all"
    )
    assert data(within(*given, "--format", "json"), 0)["errors"] == []  # it is known
    assert len(data(within(*given, "--again", "--format", "json"), 3)["errors"]) == 100


def test_a_check_names_the_first_records_that_cannot_be_read_and_counts_the_others(tmp_path, index):
    (tmp_path / "in.jsonl").write_bytes(b"{}\n" * 2020 + lines_of({"id": "a", "text": WIRE}))
    done = within("check", tmp_path / "in.jsonl", "--index", index)
    assert done.returncode == 3
    assert done.stdout.startswith("a: duplicate")
    *named, last = done.stderr.splitlines()
    assert len(named) == 20
    assert last == "dedup: and 2,000 more records that could not be read"


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", "-o"),
        ("export", "groups", "-o"),
        ("export", "--format", "graphml", "-o"),
        ("info", "--metrics"),
        ("add", "new.txt", "--metrics"),
        ("add", "new.txt", "--summary"),
    ],
    ids=" ".join,
)
def test_an_index_is_never_written_over_by_what_a_command_tells(tmp_path, arguments):
    (tmp_path / "new.txt").write_text(OTHER, "utf-8")
    first = run("add", folder_of(tmp_path / "texts"), "--index", "news.db", cwd=tmp_path)
    assert first.returncode == 0
    before = (tmp_path / "news.db").read_bytes()
    done = run(*arguments, "news.db", "--index", "news.db", cwd=tmp_path)
    assert "news.db is an index or another database" in told(done, 2)
    assert (tmp_path / "news.db").read_bytes() == before


@pytest.mark.parametrize("arguments", [("report", "-o"), ("export", "groups", "-o"), ("info", "--metrics")])
def test_a_pipe_is_written_to_and_not_replaced(tmp_path, index, arguments):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    process = subprocess.Popen(
        command(*arguments, pipe, "--index", index), env=environment(), stdout=subprocess.DEVNULL
    )
    with pipe.open("rb") as file:
        assert file.read()
    assert process.wait() == 0
    assert pipe.is_fifo()


@pytest.fixture
def masked():
    """A umask that leaves 640."""
    before = os.umask(0o027)
    yield
    os.umask(before)


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", "-o"),
        ("export", "groups", "-o"),
        ("info", "--metrics"),
        ("backup",),
    ],
    ids=" ".join,
)
def test_a_link_stays_one_to_what_is_written_and_a_file_keeps_its_mode(tmp_path, index, masked, arguments):
    folder, link, modes = tmp_path / "folder", tmp_path / "link", []
    folder.mkdir()
    link.symlink_to(folder / "written")
    for _ in range(2):  # to nothing yet, and to a file
        done = within(*arguments, link, "--index", index)
        assert done.returncode == 0, done.stderr
        assert link.is_symlink()
        assert (folder / "written").stat().st_size > 0
        modes.append((folder / "written").stat().st_mode & 0o777)
        (folder / "written").chmod(0o600)
    # metrics are counts, and read by the user of an exporter
    assert modes == [0o644 if "--metrics" in arguments else 0o640, 0o600]
    assert [own.name for own in folder.iterdir()] == ["written"]


def test_the_standard_output_may_be_named_as_a_device(tmp_path, index):
    report = command("report", "-o", "/dev/stdout", "--index", index)
    with (tmp_path / "page.html").open("wb") as file:
        subprocess.run(report, check=True, env=environment(), stdout=file)
    assert (tmp_path / "page.html").read_bytes().startswith(b"<!DOCTYPE html>")
    done = subprocess.run(report, check=True, env=environment(), stdout=subprocess.PIPE)
    assert done.stdout.startswith(b"<!DOCTYPE html>")
    assert Path("/dev/stdout").is_symlink()


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_slow_reader_of_a_pipe_that_does_not_wait_gets_all(index, unbuffered):
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    arguments = command("report", "--index", index, "-o", "-")
    process = subprocess.Popen(arguments, stdout=theirs, env=environment(PYTHONUNBUFFERED=unbuffered))
    os.close(theirs)
    time.sleep(2)  # by now it has filled the pipe
    with os.fdopen(ours, "rb") as pipe:
        page = pipe.read()
    assert process.wait() == 0
    assert len(page) > 100_000  # more than a pipe holds
    assert page.rstrip().endswith(b"</html>")


def test_changes_that_nobody_hears_are_told_again(index):
    closed = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *command("changes", "--since", "LAST", "--index", index)],
        capture_output=True, check=False, env=environment(),
    )  # fmt: skip
    assert closed.returncode == 2
    assert b"stdout is closed" in closed.stderr
    assert within("changes", "--since", "LAST", "--index", index).stdout
