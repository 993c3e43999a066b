"""dedup filter: one line out for each line in, as it came, with its verdict; prompt, orderly, quiet."""

import base64
import contextlib
import fcntl
import gzip
import hashlib
import io
import json
import os
import re
import select
import signal
import sqlite3
import subprocess
import sys
import tempfile
import termios
import threading
import time
from array import array
from unittest.mock import patch

import pytest
from commands import OTHER, REWRITE, ROOT, WIRE, command, data, environment, lines_of, within
from commands import told as told_by
from hypothesis import example, given
from hypothesis import strategies as st

import dedup
from dedup.__main__ import main
from dedup.model import Article, RecordError, Relation, Verdict
from dedup.read.live import Lines
from dedup.report.answer import answer, refusal, with_member, wrapped

VERDICT = Verdict("duplicate", Relation.EXCERPT, "ä\u202e\x00", "g", 0.51237, "it is in “x”")
ARTICLE = Article("mine", "text")
SPACE = st.text(" \t\r", max_size=3)


def run(*arguments, stdin=b""):
    """A command within this process; the filter, which asks for descriptors, with files for its streams."""
    if arguments[0] != "filter":
        return within(*arguments, stdin=stdin)
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as target:
        source.write(stdin)
        source.seek(0)
        err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        streams = {"stdin": io.TextIOWrapper(source), "stdout": io.TextIOWrapper(target), "stderr": err}
        with patch.multiple(sys, **streams):
            status = main([str(argument) for argument in arguments])
        os.lseek(target.fileno(), 0, os.SEEK_SET)
        out = os.read(target.fileno(), 1 << 24).decode()
        for name in ("stdin", "stdout"):
            streams[name].detach()
    return subprocess.CompletedProcess(arguments, status, out, err.buffer.getvalue().decode())


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    path = tmp_path_factory.mktemp("filter") / "news.db"
    records = lines_of({"id": "wire", "text": WIRE}, {"id": "other", "text": OTHER})
    assert run("add", "-", "--index", path, stdin=records).returncode == 0
    return path


def answered(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def verdicts(done):
    return [line["dedup"]["verdict"] for line in answered(done)]


# -- one line


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def objects(draw):
    """A JSON object as bytes, with spaces and escapes of all kinds, and its members (of equal names, all)."""
    names = st.sampled_from(["dedup", '"dedup"', "{", "a", "dedup\\", "}", ","]) | st.text(max_size=5)
    members = draw(st.lists(st.tuples(names, JSON), max_size=5))
    parts = []
    for name, value in members:
        key = json.dumps(name, ensure_ascii=draw(st.booleans()))
        if draw(st.booleans()) and name:
            key = '"' + "".join(f"\\u{unit:04x}" for unit in units(name)) + '"'
        own = json.dumps(value, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 1])))
        own = own.replace("\n", "\t")
        parts.append(draw(SPACE) + key + draw(SPACE) + ":" + draw(SPACE) + own + draw(SPACE))
    text = draw(SPACE) + "{" + (",".join(parts) or draw(SPACE)) + "}" + draw(SPACE)
    return text.encode("utf-8", "replace"), members


def units(name):
    raw = name.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(raw[i : i + 2], "big") for i in range(0, len(raw), 2)]


@given(objects())
def test_the_record_stays_as_it_is_and_gets_one_more_member(made):
    line, members = made
    again = any(name == "dedup" for name, _ in members)
    out = with_member(line, {"verdict": "new"}, again=again)
    pairs = json.loads(out, object_pairs_hook=lambda found: found)
    assert [name for name, _ in pairs].count("dedup") == 1
    assert pairs[-1] == ("dedup", [("verdict", "new")])
    kept = [(name, json.loads(json.dumps(value))) for name, value in members if name != "dedup"]
    assert [name for name, _ in pairs[:-1]] == [name for name, _ in kept]
    if not again:
        before, _, after = out.partition(b'"dedup": {"verdict": "new"}')
        assert before.removesuffix(b", ") + after == line


def test_the_members_around_an_earlier_answer_keep_their_bytes():
    line = b'{"dedup":1 ,"a" : {"dedup": [2,"}"]}, "d\\u0065dup":{"x":","} , "b":1.50 }\r'
    assert (
        with_member(line, {"v": 1}, again=True)
        == b'{"a" : {"dedup": [2,"}"]}, "b":1.50 , "dedup": {"v": 1}}\r'
    )


@given(st.binary(max_size=40))
@example(b"\x00")
@example(b"null")
def test_a_line_that_is_no_object_comes_back_whole_and_without_nul(line):
    out = wrapped(line, refusal(RecordError("-", 7, "no")))
    found = json.loads(out)
    raw = found["raw"].encode() if "raw" in found else base64.b64decode(found["raw_base64"])
    assert raw == line
    assert b"\x00" not in out
    assert b"\n" not in out
    assert found["dedup"]["error"] == {"input": "-", "line": 7, "reason": "no"}


def test_what_came_from_strangers_is_escaped_in_the_answer():
    out = with_member(b"{}", answer(ARTICLE, VERDICT))
    assert b"\x00" not in out
    assert "\u202e" not in out.decode()
    assert json.loads(out)["dedup"] == {
        "schema": 1, "verdict": "duplicate", "relation": "excerpt", "of": "ä\u202e\x00", "group": "g",
        "score": 0.5124, "reason": "it is in “x”", "id": "mine",
    }  # fmt: skip


# -- the lines of a pipe


def lines_in(chunks, most=5, **how):
    """What comes out of a pipe that is written to in these pieces, batch by batch."""
    reading, writing = os.pipe()
    try:
        lines = Lines(reading, **how)
        found = []
        for chunk in chunks:
            os.write(writing, chunk)
        os.close(writing)
        writing = -1
        while batch := lines.batch(most):
            found.append(batch)
        return found
    finally:
        os.close(reading)
        if writing >= 0:
            os.close(writing)


@given(st.binary(max_size=200).map(lambda b: b.replace(b"a", b"\n")), st.integers(1, 7))
def test_every_line_comes_once_and_in_order(content, most):
    batches = lines_in([content] if content else [], most)
    expected = content.split(b"\n")
    if not expected[-1]:
        expected.pop()
    assert [line for batch in batches for line in batch] == expected
    assert all(len(batch) <= most for batch in batches)


def test_a_line_that_is_too_long_is_skipped_and_told():
    ((first, middle, last, end),) = lines_in([b"abc\n" + b"x" * 11 + b"\nabcdefghij\ny"], limit=10)
    assert (first, middle, last, end) == (b"abc", None, b"abcdefghij", b"y")
    assert lines_in([b"x" * 11], limit=10) == [[None]]


def test_a_batch_is_what_is_there_and_waits_for_as_many_as_were_asked_for():
    reading, writing = os.pipe()
    try:
        lines = Lines(reading)
        os.write(writing, b"1\n2\n3")
        assert lines.batch(10) == [b"1", b"2"]
        os.write(writing, b"\n4\n5\n")
        assert lines.batch(2) == [b"3", b"4"]
        os.write(writing, b"6\n")
        assert lines.batch(2, least=2) == [b"5", b"6"]
    finally:
        os.close(reading)
        os.close(writing)


# -- the command


def test_each_line_gets_its_verdict_and_nothing_is_added(index):
    records = lines_of(
        {"id": "copy", "text": WIRE}, {"id": "part", "text": REWRITE}, {"id": "fresh", "text": WIRE[::-1]}
    )
    done = run("filter", "--index", index, stdin=records)
    assert (done.returncode, done.stderr) == (0, "")
    copy, part, fresh = answered(done)
    assert [found.pop("dedup")["id"] for found in (copy, part, fresh)] == ["copy", "part", "fresh"]
    assert [copy, part, fresh] == [json.loads(line) for line in records.splitlines()]
    told = [line["dedup"] for line in answered(done)]
    assert [(t["verdict"], t["relation"], t["of"], t["group"]) for t in told] == [
        ("duplicate", "identical", "wire", "wire"),
        ("related", "derived", "wire", "wire"),
        ("new", None, None, None),
    ]
    assert told[0]["score"] == 1.0
    assert all(t["reason"] for t in told)
    assert data(run("info", "--index", index, "--format", "json"))["index"]["articles"] == 2


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (["--drop"], ["part", "fresh", 7]),
        (["--only", "new"], ["fresh"]),
        (["--only", "new", "--only", "related"], ["part", "fresh"]),
        (["--only", "duplicate"], ["copy"]),
    ],
)
def test_only_what_is_asked_for_is_written(index, options, ids):
    records = lines_of(
        {"id": "copy", "text": WIRE},
        {"id": "part", "text": REWRITE},
        {"id": "fresh", "text": WIRE[::-1]},
        {"id": 7},
    )
    done = run("filter", "--index", index, *options, stdin=records)
    assert done.returncode == 3
    assert [line["id"] for line in answered(done)] == ids
    assert "no text" in told_by(done, 3)


def test_drop_and_only_that_leave_nothing_are_a_mistake(index):
    assert "--only" in told_by(run("filter", "--index", index, "--drop", "--only", "duplicate"), 2)


@pytest.mark.parametrize("batch", [[], ["--batch", "1"], ["--batch", "1000"]])
def test_with_add_what_is_no_duplicate_is_kept_whatever_the_batch(tmp_path, batch):
    records = lines_of(
        {"id": "a", "text": WIRE},
        {"id": "b", "text": WIRE},
        {"id": "c", "text": REWRITE},
        {"id": "c", "text": REWRITE},
    )
    path = tmp_path / "i.db"
    done = run("filter", "--add", "--index", path, *batch, stdin=records)
    assert verdicts(done) == ["new", "duplicate", "related", "duplicate"]
    assert data(run("info", "--index", path, "--format", "json"))["index"]["articles"] == 2
    again = run("filter", "--add", "--index", path, *batch, stdin=records)
    assert verdicts(again) == ["duplicate"] * 4
    assert data(run("info", "--index", path, "--format", "json"))["index"]["articles"] == 2


def test_lines_that_cannot_be_read_pass_with_the_error(index):
    bad = [b"{broken", b"[1, 2]", b"null", b"\xff\xfe", b'{"id": 3}', b"\x00", b"{}"]
    good = lines_of({"id": "copy", "text": WIRE})
    done = run("filter", "--index", index, stdin=b"\n".join(bad) + b"\n \r\n" + good)
    assert done.returncode == 3
    out = done.stdout.split("\n")
    assert len(out) == len(bad) + 3
    assert out[len(bad)] == " \r"
    found = [json.loads(line) for line in out[: len(bad)]]
    for number, (line, told) in enumerate(zip(bad, found, strict=True), 1):
        assert told["dedup"]["verdict"] is None
        assert told["dedup"]["error"]["line"] == number
        assert told["dedup"]["reason"]
        if line.startswith(b"{") and line != b"{broken":
            del told["dedup"]
            assert told == json.loads(line)
        elif line == b"\xff\xfe":
            assert base64.b64decode(told["raw_base64"]) == line
        else:
            assert told["raw"].encode() == line
    assert json.loads(out[-2])["dedup"]["verdict"] == "duplicate"
    assert len(done.stderr.splitlines()) == len(bad)
    assert "Traceback" not in done.stderr


def test_dates_that_cannot_be_read_are_told_at_the_end(index):
    records = lines_of(
        *({"id": f"n{n}", "text": OTHER, "published": f"soon, the {n}th"} for n in range(3)),
        {"id": "dated", "text": OTHER, "published": "2026-03-05"},
    )
    told = run("filter", "--index", index, stdin=records)
    assert told.returncode == 0
    assert told.stderr.count("\n") == 1
    assert "3 articles have a date that cannot be read (the first: 'soon, the 0th')" in told.stderr
    assert run("filter", "--index", index, "--quiet", stdin=records).stderr == ""


def test_half_a_character_in_an_escape_passes_as_it_came(index, tmp_path):
    lines = [
        b'{"id": "s\\ud800", "text": "fine text", "note": "\\ud800"}',
        b'{"\\ud800": 1, "dedup": "\\udc00", "id": "t", "text": "half \\ud83d"}',
    ]
    done = run("filter", "--index", tmp_path / "new.db", "--add", stdin=b"\n".join(lines))
    assert (done.returncode, done.stderr) == (0, "")
    assert verdicts(done) == ["new", "new"]
    first, second = answered(done)
    assert done.stdout.startswith(lines[0].decode()[:-1] + ', "dedup": {')
    assert (first["note"], first["dedup"]["id"]) == ("\ud800", "s\ufffd")
    assert list(second) == ["\ud800", "id", "text", "dedup"]
    again = run("filter", "--index", tmp_path / "new.db", stdin=done.stdout.encode())
    assert verdicts(again) == ["duplicate", "duplicate"]


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_news_item_of_ninjs_is_read_as_add_and_check_read_it(index, tmp_path, version):
    item = json.loads((ROOT / "fixtures" / "formats" / f"ninjs-{version}.json").read_bytes())
    file = tmp_path / "items.jsonl"
    file.write_bytes(lines_of(item))
    (line,) = answered(run("filter", file, "--index", index, "--field", "text=body"))
    own = json.loads(run("check", file, "--index", index, "--format", "json").stdout)
    assert (line["dedup"]["verdict"], line["dedup"]["id"]) == (own["verdict"], own["id"])


def test_strict_stops_at_the_first_bad_line(index):
    done = run("filter", "--strict", "--index", index, stdin=lines_of({"id": 1, "text": OTHER}) + b"{\n" * 5)
    assert done.returncode == 3
    assert len(answered(done)) == 2
    assert len(done.stderr.splitlines()) == 1


def test_strict_adds_nothing_after_the_first_bad_line(tmp_path):
    path = tmp_path / "i.db"
    records = lines_of({"id": "a", "text": WIRE}) + b"{\n" + lines_of({"id": "b", "text": OTHER})
    done = run("filter", "--add", "--strict", "--index", path, stdin=records)
    assert verdicts(done) == ["new", None]
    again = run("filter", "--add", "--index", path, stdin=records)
    assert verdicts(again) == ["duplicate", None, "new"]


def test_fields_can_be_named_in_one_option_or_in_several(index):
    record = lines_of({"guid": "g1", "body": WIRE, "text": "none"})
    for options in (["--fields", "text=body,id=guid"], ["--field", "text=body", "--field", "id=guid"]):
        done = run("filter", "--index", index, *options, stdin=record)
        assert [line["dedup"]["id"] for line in answered(done)] == ["g1"]
        assert verdicts(done) == ["duplicate"]
    assert "PART=NAME" in told_by(run("filter", "--index", index, "--fields", "text", stdin=record), 2)


def test_the_help_has_the_option_for_several_fields_after_the_one_for_one():
    said = run("filter", "--help").stdout
    assert 0 < said.index("--field PART=NAME") < said.index("--fields PART=NAME")


def test_a_byte_order_mark_and_the_last_line_without_an_end(index):
    done = run(
        "filter", "--index", index, stdin=b"\xef\xbb\xbf" + lines_of({"id": 1, "text": WIRE}).rstrip(b"\n")
    )
    assert done.returncode == 0
    assert done.stdout.startswith("\ufeff{")
    assert done.stdout.endswith("}\n")
    assert run("filter", "--index", index, stdin=b"").stdout == ""


def test_filtering_twice_leaves_one_answer(index):
    record = lines_of({"id": "x", "text": WIRE, "dedup": {"verdict": "old"}, "last": 1})
    done = run("filter", "--index", index, stdin=record)
    assert done.stdout.count('"dedup"') == 1
    assert answered(done)[0]["dedup"]["verdict"] == "duplicate"
    assert list(answered(done)[0]) == ["id", "text", "last", "dedup"]


def test_what_has_no_id_is_named_after_the_file(index, tmp_path):
    ids = []
    for name in ("monday", "tuesday"):
        file = tmp_path / f"{name}.jsonl"
        file.write_bytes(lines_of({"id": "own", "text": OTHER}, {"text": WIRE}))
        ids.append([line["dedup"]["id"] for line in answered(run("filter", "--index", index, file))])
    digest = hashlib.blake2b(WIRE.encode(), digest_size=6).hexdigest()
    assert ids == [["own", f"monday#2-{digest}"], ["own", f"tuesday#2-{digest}"]]
    piped = answered(run("filter", "--index", index, stdin=lines_of({"text": WIRE})))
    assert piped[0]["dedup"]["id"] == f"stdin#1-{digest}"


def test_a_folder_is_told_by_its_name(index, tmp_path):
    assert f"{tmp_path} is a folder" in told_by(run("filter", "--index", index, tmp_path), 2)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (gzip.compress(lines_of({"id": 1, "text": WIRE})), "compressed"),
        (b"PK\x03\x04 and so on", "a zip archive"),
        (b"%PDF-1.7\n", "a PDF"),
    ],
)
def test_a_file_of_another_kind_is_told_once(index, tmp_path, content, kind):
    file = tmp_path / "x.jsonl.gz"
    file.write_bytes(content)
    done = run("filter", "--index", index, file)
    assert f"{file} is {kind}, and the filter reads plain JSON lines" in told_by(done, 2)
    assert done.stdout == ""


def test_without_an_index_there_is_nothing_to_ask_unless_it_may_be_made(tmp_path):
    assert told_by(run("filter", "--index", tmp_path / "none.db", stdin=b"{}\n"), 4)
    assert not (tmp_path / "none.db").exists()
    assert run("filter", "--add", "--index", tmp_path / "none.db", stdin=b"").returncode == 0


def started(*arguments):
    return subprocess.Popen(
        command("filter", *arguments),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )


def test_an_answer_comes_while_the_input_stays_open(index):
    with started("--index", index) as process:
        for n in range(3):
            process.stdin.write(lines_of({"id": n, "text": WIRE}))
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == n
        process.stdin.close()
        assert process.wait(60) == 0


def test_a_batch_that_is_not_full_waits_for_the_end(index):
    with started("--index", index, "--batch", "2") as process:
        for n in range(3):
            process.stdin.write(lines_of({"id": n, "text": WIRE}))
            process.stdin.flush()
        assert [json.loads(process.stdout.readline())["id"] for _ in range(2)] == [0, 1]
        assert select.select([process.stdout], [], [], 0.3)[0] == []
        process.stdin.close()
        assert json.loads(process.stdout.readline())["id"] == 2


@pytest.mark.parametrize("sent", [b"", lines_of({"id": "late", "text": OTHER[::-1]})])
def test_a_closed_output_ends_it_quietly_and_keeps_nothing_unanswered(index, tmp_path, sent):
    path = tmp_path / "i.db"
    with started("--add", "--index", path) as process:
        process.stdin.write(lines_of({"id": "a", "text": WIRE}))
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write(sent)
        process.stdin.flush()
        assert process.wait(60) == 141
        assert process.stderr.read() == b""
    assert data(run("info", "--index", path, "--format", "json"))["index"]["articles"] == 1


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_says_what_was_done(tmp_path, number, status):
    path = tmp_path / "i.db"
    with started("--add", "--index", path) as process:
        process.stdin.write(lines_of({"id": "a", "text": WIRE}, {"id": "b", "text": OTHER}))
        process.stdin.flush()
        for _ in range(2):
            process.stdout.readline()
        time.sleep(0.2)
        process.send_signal(number)
        assert process.wait(60) == status
        said = process.stderr.read().decode()
        done = "interrupted after 2 lines; all of them are answered, and 2 articles are added to"
        assert said == f"dedup: {done} {path}\n"
    with dedup.open(path) as opened:
        assert opened.info()["articles"] == 2


def test_what_waits_for_a_batch_is_answered_when_a_signal_ends_it(tmp_path):
    path = tmp_path / "i.db"
    with started("--add", "--batch", "100", "--index", path) as process:
        process.stdin.write(lines_of({"id": "a", "text": WIRE}, {"id": "b", "text": OTHER}))
        process.stdin.flush()
        unread = array("i", [1])
        while unread[0]:
            time.sleep(0.1)
            fcntl.ioctl(process.stdin, termios.FIONREAD, unread)
        time.sleep(1)  # by now it waits for 98 more
        process.send_signal(signal.SIGTERM)
        assert [json.loads(line)["id"] for line in process.stdout] == ["a", "b"]
        assert process.wait(60) == 143
        assert b"interrupted after 2 lines; all of them are answered" in process.stderr.read()
    with dedup.open(path) as opened:
        assert opened.info()["articles"] == 2


def feed(pipe, data):
    with contextlib.suppress(BrokenPipeError), pipe:
        pipe.write(data)


def test_a_signal_does_not_wait_for_ever_for_a_reader_who_takes_nothing(tmp_path):
    path = tmp_path / "i.db"
    texts = [" ".join(f"w{n}x{k}" for k in range(60)) for n in range(40)]
    lines = lines_of(*({"id": f"n{n}", "text": text, "note": "x" * 20_000} for n, text in enumerate(texts)))
    with started("--add", "--index", path) as process:
        feeding = threading.Thread(target=feed, args=(process.stdin, lines))
        feeding.start()
        time.sleep(2)  # by now the pipe is full of the first answers
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 143
        feeding.join()
        said = re.match(rb"dedup: interrupted after (\d+) lines; all of them are ans", process.stderr.read())
        *whole, _ = process.stdout.read().split(b"\n")
    answered = [json.loads(line)["id"] for line in whole]
    with dedup.open(path) as opened:
        assert opened.verify() == []
        assert opened.info()["articles"] == int(said[1])
        assert len(opened.articles(answered[: int(said[1])])) == int(said[1]) <= len(answered) < len(texts)


def test_a_writer_that_stays_is_told_by_its_process(tmp_path, index):
    holder = sqlite3.connect(index, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        done = run(
            "filter",
            "--add",
            "--lock-timeout",
            "0.1",
            "--index",
            index,
            stdin=lines_of({"id": 1, "text": WIRE}),
        )
        assert str(os.getpid()) in told_by(done, 4)
        assert done.stdout == ""
        free = run("filter", "--index", index, stdin=lines_of({"id": 1, "text": WIRE}))
        assert verdicts(free) == ["duplicate"]
    finally:
        holder.close()


def test_a_filter_whose_stdout_is_closed_takes_nothing(tmp_path):
    path = tmp_path / "news.db"
    line = " ".join(command("filter", "--add", "--index", str(path)))
    given = json.dumps({"id": "a", "text": WIRE}).encode()
    shell = ["sh", "-c", f"{line} >&-"]
    done = subprocess.run(shell, input=given, env=environment(), capture_output=True, check=False)
    assert done.returncode == 2
    assert b"stdout is closed" in done.stderr
    assert not path.exists()


def test_a_new_index_is_told_however_quiet_it_is(tmp_path):
    given = ("filter", "--add", "--quiet", "--index", tmp_path / "i.db")
    assert (
        run(*given, stdin=lines_of({"id": "a", "text": WIRE})).stderr
        == f"dedup: {tmp_path / 'i.db'}: a new index\n"
    )
    assert run(*given, stdin=lines_of({"id": "b", "text": OTHER})).stderr == ""


def test_errors_are_told_however_quiet_it_is(index):
    told = run("filter", "--index", index, "--quiet", "--only", "new", stdin=b"{bad\n")
    assert told.returncode == 3
    assert told.stdout == ""
    assert "1: " in told.stderr
    assert told.stderr.count("\n") == 1


def test_fields_that_no_article_has_are_not_remembered(tmp_path):
    path, lines = tmp_path / "x.db", tmp_path / "lines.jsonl"
    lines.write_bytes(b'{"id": "a", "text": "some words of an article"}\n')
    asked = "filter", str(lines), "--add", "--no-text", "--index", str(path)
    assert run(*asked, "--field", "nonsense=x").returncode == 2
    assert run(*asked).returncode == 0
    with dedup.open(path, texts=False) as index:
        assert "nonsense" not in str(index._store.state.recall("manners"))
