"""A regular job: only what is new is read, what happened is told, and faults leave the index as it was."""

import errno
import fcntl
import io
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import zipfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
import zstandard
from commands import OTHER, WIRE, command, data, environment, lines_of, told
from commands import within as run
from hypothesis import given
from hypothesis import strategies as st
from stories import corpus

import dedup
from dedup import Article
from dedup.cli.add import add as add_command
from dedup.cli.stopping import Terminated
from dedup.errors import (
    IndexForeign,
    IndexLocked,
    IndexUnusable,
    InputError,
    OutputUnusable,
)
from dedup.index.changes import changes_of
from dedup.index.holder import holder_of
from dedup.intake.report import Report
from dedup.report.monitor import prometheus, summary_object


def write(folder, articles, size=5):
    """Articles as JSON lines, `size` in a file."""
    folder.mkdir(exist_ok=True)
    for n in range(0, len(articles), size):
        records = [{"id": a.id, "text": a.text, "source": a.source} for a in articles[n : n + size]]
        (folder / f"{n:03}.jsonl").write_bytes(lines_of(*records))


PAGE = f"<html><body><article><p>{OTHER}</p></article></body></html>"


def zipped(**members):
    """A zip archive of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def age(path, seconds=100):
    """Let a file look as if it was changed so long ago."""
    then = time.time_ns() - seconds * 10**9
    os.utime(path, ns=(then, then))


def counts(report):
    return report.articles, report.added, report.updated, report.unchanged, report.files, report.files_known


def groups_of(index):
    return sorted((group.id, tuple(sorted(group.articles))) for group in index.groups())


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "in", corpus(1, 3))
    for path in (tmp_path / "in").iterdir():
        age(path)
    return tmp_path / "in"


# -- files


def test_a_known_file_is_not_read_again_until_it_changes(folder, tmp_path):
    total = len(corpus(1, 3))
    files = len(list(folder.iterdir()))
    with dedup.open(tmp_path / "i.db") as index:
        assert counts(index.add_files([str(folder)])) == (total, total, 0, 0, files, 0)
        before = groups_of(index)
        assert counts(index.add_files([str(folder)])) == (total, 0, 0, total, 0, files)
        first = sorted(folder.iterdir())[0]
        held = len(first.read_bytes().splitlines())
        os.utime(first)  # touched, but the same
        assert counts(index.add_files([str(folder)])) == (total, 0, 0, total, 0, files)
        with first.open("ab") as file:
            file.write(lines_of({"id": "more", "text": OTHER}))
        assert counts(index.add_files([str(folder)])) == (total + 1, 1, 0, total, 1, files - 1)
        first.write_bytes(lines_of({"id": "more", "text": WIRE}))
        assert counts(index.add_files([str(folder)])) == (total - held + 1, 0, 1, total - held, 1, files - 1)
        assert groups_of(index) == before
        assert index.verify() == []


def test_a_change_that_leaves_size_and_time_is_seen_if_it_is_recent(folder, tmp_path):
    path = folder / "new.jsonl"
    path.write_bytes(lines_of({"id": "n", "text": WIRE}))
    at = path.stat().st_mtime_ns
    with dedup.open(tmp_path / "i.db") as index:
        assert index.add_files([str(folder)]).errors == []
        path.write_bytes(lines_of({"id": "n", "text": WIRE.replace("ferry", "hurry")}))
        os.utime(path, ns=(at, at))
        assert index.add_files([str(folder)]).updated == 1
        assert "hurry" in index.article("n").text


def test_a_file_that_changes_after_the_clock_was_set_back_is_read(folder, tmp_path):
    path = folder / "new.jsonl"
    path.write_bytes(lines_of({"id": "n", "text": WIRE}))
    age(path, -10_000)
    with dedup.open(tmp_path / "i.db") as index:
        index.add_files([str(folder)])
        path.write_bytes(lines_of({"id": "n", "text": OTHER}))
        age(path, 10_000)
        assert index.add_files([str(folder)]).updated == 1


def test_other_fields_make_a_known_file_new(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines_of({"id": "a", "text": WIRE, "body": OTHER}))
    age(path)
    with dedup.open(":memory:") as index:
        assert index.add_files([str(path)]).added == 1
        assert index.add_files([str(path)], fields={"text": "body"}).updated == 1
        assert index.article("a").text == OTHER
        assert index.add_files([str(path)], fields={"text": "body"}).files_known == 1
        assert index.add_files([str(path)], fields={"text": "body"}, again=True).files == 1


def test_what_could_not_be_read_is_told_once_and_what_could_not_be_opened_each_time(tmp_path):
    bad = tmp_path / "bad.jsonl"
    bad.write_bytes(b"{broken\n" + lines_of({"id": "a", "text": WIRE}))
    age(bad)
    with dedup.open(":memory:") as index:
        assert len(index.add_files([str(tmp_path)]).errors) == 1
        assert index.add_files([str(tmp_path)]).errors == []
        missing = str(tmp_path / "none.jsonl")
        assert [len(index.add_files([missing]).errors) for _ in range(2)] == [1, 1]


@pytest.mark.parametrize(
    ("name", "module", "package"),
    [
        ("a.jsonl.zst", "zstandard", zstandard.compress),
        ("a.zip", "trafilatura", lambda lines: zipped(**{"a.jsonl": lines, "b.html": PAGE})),
        ("a.jsonl", "trafilatura", lambda lines: lines + lines_of({"id": "b", "text": PAGE})),
        ("a.json", "trafilatura", lambda _: json.dumps([{"id": "b", "text": PAGE}]).encode()),
    ],
)
def test_a_file_that_a_missing_package_kept_from_being_read_is_read_once_it_is_there(
    tmp_path, monkeypatch, name, module, package
):
    path = tmp_path / name
    path.write_bytes(package(lines_of({"id": "a", "text": WIRE})))
    age(path)
    with dedup.open(":memory:") as index:
        with monkeypatch.context() as without:
            without.setitem(sys.modules, module, None)
            for _ in range(2):
                (error,) = index.add_files([str(path)]).errors
                assert f"needs {module}: pip install" in error.reason
        report = index.add_files([str(path)])
        assert (report.added > 0, report.errors) == (True, [])
        assert index.add_files([str(path)]).files_known == 1


def test_a_file_that_the_disk_did_not_give_is_read_the_next_time(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text(WIRE)
    age(path)

    def fails(path):
        raise OSError(errno.EIO, "Input/output error")

    with dedup.open(":memory:") as index:
        with monkeypatch.context() as failing:
            failing.setattr("dedup.read.opening._open", fails)
            (error,) = index.add_files([str(path)]).errors
            assert error.reason == "input/output error"
        assert index.add_files([str(path)]).added == 1


def test_a_run_that_dies_between_two_batches_reads_only_what_it_had_not(folder, tmp_path, monkeypatch):
    monkeypatch.setattr("dedup.intake.batches.BATCH_ARTICLES", 5)
    files = len(list(folder.iterdir()))
    with dedup.open(tmp_path / "i.db") as index:

        def die(count):
            if count >= 10:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            index.add_files([str(folder)], progress=die)
        assert index.info()["pending"]
        report = index.add_files([str(folder)])
        # the second batch ended with the second file, which nobody had yet asked to go on
        assert (report.files, report.files_known) == (files - 1, 1)
        assert report.added == len(corpus(1, 3)) - 10
        assert index.info()["pending"] is None
        assert index.verify() == []


def test_files_that_are_gone_are_forgotten(folder, tmp_path):
    with dedup.open(tmp_path / "i.db") as index:
        index.add_files([str(folder)])
        known = index.info()["files"]
        sorted(folder.iterdir())[0].unlink()
        index.add_files([str(folder)])
        assert index.info()["files"] == known - 1


@pytest.fixture
def queue(tmp_path):
    """The script of README for a queue, in a folder: runs it, and gives its status and what it said."""
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    script = next(each for each in readme.split("```sh\n") if "queue.lock" in each).partition("```")[0]
    program = tmp_path / "bin" / "dedup"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {" ".join(command())} "$@"\n')
    program.chmod(0o755)
    folder = tmp_path / "news"
    (folder / "in").mkdir(parents=True)
    (folder / "queue.sh").write_text(script.replace("/srv/news", str(folder)))
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"

    def run_queue():
        done = subprocess.run(
            ["sh", folder / "queue.sh"],
            capture_output=True,
            text=True,
            env=environment() | {"PATH": path},
            check=False,
            timeout=120,
        )
        return done.returncode, done.stderr

    return folder, run_queue


def test_the_queue_of_readme_moves_what_is_in_the_index_and_nothing_else(queue):
    folder, run_queue = queue

    def deliver(name, text):
        (folder / "in" / "news.jsonl").write_bytes(lines_of({"id": name, "text": text}))

    deliver("first", WIRE)
    (folder / "news.db").mkdir()  # no index can be made
    assert run_queue()[0] == 4
    deliver("second", OTHER)  # a file of the name of one that waits in `work`
    (folder / "news.db").rmdir()
    assert run_queue() == (0, "dedup: news.db: a new index\n")
    deliver("third", OTHER[::-1])
    with (folder / "queue.lock").open() as lock:  # the run before goes on
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert run_queue() == (0, "")
        assert (folder / "in" / "news.jsonl").exists()
    assert run_queue() == (0, "")
    with dedup.open(folder / "news.db") as index:
        assert len(index.articles(["first", "second", "third"])) == 3
    assert not list((folder / "work").iterdir())
    assert not list((folder / "in").iterdir())
    assert len(list((folder / "done").rglob("*.jsonl"))) == 3


def test_an_empty_queue_is_no_error_once_there_are_articles(folder, tmp_path):
    (tmp_path / "empty").mkdir()
    empty = [str(tmp_path / "empty"), str(tmp_path / "empty" / "*.jsonl")]
    with dedup.open(tmp_path / "i.db") as index:
        assert len(index.add_files(empty).errors) == 2
        index.add_files([str(folder)])
        assert index.add_files(empty).errors == []
        with patch("sys.stdin", io.TextIOWrapper(io.BytesIO())):
            assert index.add_files(["-"]).errors == []
        assert len(index.add_files([str(tmp_path / "none")]).errors) == 1


def test_since_takes_only_files_that_were_changed_since(folder):
    old = sorted(folder.iterdir())[0]
    age(old, 10 * 86400)
    with dedup.open(":memory:") as index:
        report = index.add_files([str(folder)], since=datetime.now(UTC) - timedelta(days=1))
        assert report.files_old == 1
        assert report.files == len(list(folder.iterdir())) - 1


NAIVE = """
import os, sys
from datetime import UTC, datetime, timedelta
import dedup
now = datetime.now(UTC).replace(tzinfo=None)
for name, hours in (("a.txt", 1), ("b.txt", 6)):
    with open(name, "w") as file:
        file.write(name)
    at = (now - timedelta(hours=hours)).replace(tzinfo=UTC).timestamp()
    os.utime(name, (at, at))
with dedup.open("i.db") as index:
    report = index.add_files(["a.txt", "b.txt"], since=now - timedelta(hours=3))
    index.add([dedup.Article(name, "The same words in both.") for name in "cd"])
    sooner, later = (len([*index.changes(since=now + timedelta(hours=n))]) for n in (-3, 3))
print(report.files, report.files_old, sooner, later)
"""


@pytest.mark.parametrize("zone", ["America/New_York", "UTC", "Asia/Tokyo"])
def test_a_time_without_an_offset_is_in_utc_wherever_the_machine_is(tmp_path, zone):
    """As a date without a time is, and the time of an article."""
    done = subprocess.run(
        [sys.executable, "-c", NAIVE], capture_output=True, text=True, cwd=tmp_path, check=True,
        env=environment() | {"TZ": zone},
    )  # fmt: skip
    assert done.stdout == "1 1 1 0\n"
    when = f"{datetime.now(UTC) - timedelta(hours=3):%Y-%m-%dT%H:%M}"
    added = subprocess.run(
        command("add", "a.txt", "b.txt", "--index", "j.db", "--since", when, "--summary", "-"),
        capture_output=True, text=True, cwd=tmp_path, check=True, env=environment() | {"TZ": zone},
    )  # fmt: skip
    assert json.loads(added.stdout)["files_old"] == 1


def test_removed_articles_come_back_with_their_file_and_pruned_ones_do_not(tmp_path):
    path = tmp_path / "a.jsonl"
    old = (datetime.now(UTC) - timedelta(days=100)).isoformat()
    path.write_bytes(lines_of({"id": "a", "text": WIRE}, {"id": "old", "text": OTHER, "published": old}))
    age(path)
    with dedup.open(":memory:") as index:
        assert index.add_files([str(path)]).added == 2
        index.remove(["a"])
        assert index.add_files([str(path)]).added == 1
        report = index.add_files([str(path)], keep=timedelta(days=90))
        assert (report.pruned, report.files_known) == (1, 1)
        again = index.add_files([str(path)], keep=timedelta(days=90), again=True)
        assert (again.expired, again.added, again.pruned, again.unchanged) == (1, 0, 0, 1)


def test_a_removed_member_of_an_archive_comes_back_and_what_a_file_is_called_does_not_matter(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    with zipfile.ZipFile("x.zip", "w") as archive:
        archive.writestr("in/a.txt", WIRE)
        archive.writestr("in/b.txt", OTHER)
    Path("c.txt").write_text(WIRE.replace("the", "a"))
    for name in ("x.zip", "c.txt"):
        age(Path(name))
    with dedup.open(":memory:") as index:
        assert index.add_files(["x.zip", "c.txt"]).added == 3
        index.remove(["x/in/a"])
        assert index.add_files(["x.zip"]).added == 1
        Path("c.txt").touch()
        assert index.add_files(["./c.txt"]).added == 0
        index.remove(["c"])
        assert index.add_files(["c.txt"]).added == 1


def test_a_known_file_keeps_its_id_whatever_comes_beside_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(WIRE)
    rows = '"First row, of the harbour."\n"Second row, of the bridge."\n'
    (folder / "b.csv").write_text(f"text\n{rows}")
    with dedup.open(":memory:") as index:
        index.add_files(["in"])
        assert ids(index) == ["a", "b#2", "b#3"]
        (folder / "a.html").write_text(PAGE)
        (folder / "b.txt").write_text("A text of its own.")
        (folder / "a.txt").write_text(f"{WIRE} More.")
        (folder / "b.csv").write_text(f'text\n{rows}"A third."\n')
        report = index.add_files(["in"])
        assert (report.added, report.updated, report.unchanged, report.errors) == (3, 1, 2, [])
        assert ids(index) == ["a", "a.html", "b#2", "b#3", "b#4", "b.txt"]
        assert index.article("a").text == f"{WIRE} More."
        (folder / "a.txt").unlink()
        (folder / "a.html").write_text(PAGE.replace("upper", "lower"))
        (folder / "b.csv").write_text(f'text\n{rows}"A third."\n"A fourth."\n')
        report = index.add_files(["."])  # from another folder, and without a neighbour
        assert (report.added, report.updated) == (1, 1)
        assert "b#5" in ids(index)


def two_folders(tmp_path, monkeypatch):
    """Whose files come to one id."""
    monkeypatch.chdir(tmp_path)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(f"{WIRE} Of {name}.")


def test_an_id_that_a_known_file_keeps_is_given_to_no_other(tmp_path, monkeypatch):
    two_folders(tmp_path, monkeypatch)
    with dedup.open(":memory:") as index:
        index.add_files(["one"])
        (tmp_path / "a.txt").write_text(OTHER)
        (tmp_path / "one" / "a.txt").write_text(f"{WIRE} More.")
        report = index.add_files([".", "two/a.txt"])
        assert (report.added, report.updated, report.errors) == (2, 1, [])
        assert ids(index) == ["a", "a.txt", "two/a"]
        assert index.add_files(["two"], again=True).unchanged == 1
        index.add_files(["two/a.txt"], fields={"text": "body"})
        assert ids(index) == ["a", "a.txt", "two/a"]


def test_a_file_takes_no_id_of_another_that_is_there(tmp_path, monkeypatch):
    two_folders(tmp_path, monkeypatch)
    for name in ("one", "two"):
        (tmp_path / name / "b.csv").write_text(f'text\n"Of the harbour of {name}."\n')
    with dedup.open(":memory:") as index:
        assert index.add_files(["one"]).added == 2
        assert index.add_files(["two"]).added == 2
        assert ids(index) == ["a", "a.txt", "b#2", "b.csv#2"]
        assert index.add_files(["one", "two"], again=True).unchanged == 4
        (tmp_path / "one").rename(tmp_path / "three")
        assert index.add_files([str(tmp_path / "three")]).unchanged == 2


@pytest.mark.parametrize("path", [None, "-", "sqlite:news.db?table=wire", "https://post.example/feed.xml"])
def test_a_file_takes_no_id_of_an_article_that_came_otherwise(tmp_path, path):
    (tmp_path / "a.txt").write_text(WIRE)
    with dedup.open(":memory:") as index:
        index.add([Article("a", OTHER, path=path)])
        assert index.add_files([str(tmp_path)]).added == 1
        assert ids(index) == ["a", "a.txt"]


def test_an_id_that_two_known_files_had_one_after_the_other_is_kept_by_neither(tmp_path, monkeypatch):
    """As in an index of before."""
    two_folders(tmp_path, monkeypatch)
    monkeypatch.setattr("dedup.index.articles.Articles.holder", lambda *_: None)
    with dedup.open(":memory:") as index:
        index.add_files(["one"])
        assert index.add_files(["two"]).updated == 1
        report = index.add_files(["one", "two"], again=True)
        assert (report.added, report.errors) == (2, [])
        assert ids(index) == ["a", "one/a.txt", "two/a.txt"]


def days(count):
    return timedelta(days=count)


def dated(path, **ages):
    """A file of articles that are so many days old, which nobody has touched for a while."""
    texts = dict(zip(ages, (WIRE, OTHER), strict=False))
    now = datetime.now(UTC)
    path.write_bytes(
        lines_of(
            *(
                {"id": name, "text": texts[name], "published": (now - days(age)).isoformat()}
                for name, age in ages.items()
            )
        )
    )
    age(path)
    return str(path)


def ids(index):
    return sorted(name for (name,) in index._store._db.execute("SELECT id FROM article"))


def test_what_was_too_old_is_read_once_it_no_longer_is(tmp_path):
    path = dated(tmp_path / "a.jsonl", ten=10, hundred=100)
    with dedup.open(":memory:") as index:
        for _ in range(3):  # as from cron: what is not wanted is read once
            report = index.add_files([path], keep=days(1))
            assert (report.articles, report.added, report.unchanged) == (0, 0, 0)
        assert (report.files_known, report.expired) == (1, 0)
        assert index.add_files([path], keep=days(5)).files_known == 1
        report = index.add_files([path], keep=days(30))
        assert (report.added, report.expired, report.files) == (1, 1, 1)
        report = index.add_files([path], keep=days(30))
        assert (report.unchanged, report.files_known) == (1, 1)
        assert index.add_files([path]).added == 1
        assert index.add_files([path]).files_known == 1
        assert ids(index) == ["hundred", "ten"]


def test_a_file_that_was_touched_still_knows_what_was_left_out(tmp_path):
    path = dated(tmp_path / "a.jsonl", ten=10)
    with dedup.open(":memory:") as index:
        index.add_files([path], keep=days(1))
        os.utime(path)
        assert index.add_files([path], keep=days(1)).files_known == 1
        assert index.add_files([path], keep=days(30)).added == 1


@pytest.mark.parametrize("name", ["a.jsonl", "a.zip"])
def test_what_was_pruned_comes_back_when_it_is_wanted_and_not_before(tmp_path, name):
    path = tmp_path / name
    dated(path, ten=10, hundred=100)
    if name == "a.zip":
        path.write_bytes(zipped(**{"b/c.jsonl": path.read_bytes(), "d.txt": OTHER}))
        age(path)
    with dedup.open(":memory:") as index:
        assert index.add_files([str(path)]).added >= 2
        report = index.add_files([str(path)], keep=days(5))
        assert (report.pruned, report.files_known) == (2, 1)
        left = report.unchanged - 2
        for keep in (5, 4, 5.001):
            report = index.add_files([str(path)], keep=days(keep))
            assert (report.files_known, report.added, report.unchanged) == (1, 0, left)
        report = index.add_files([str(path)], keep=days(30))
        assert (report.files, report.added, report.expired) == (1, 1, 1)
        index.prune(days(5))
        index.prune(days(1))
        assert index.add_files([str(path)], keep=days(5)).files_known == 1
        assert index.add_files([str(path)]).added == 2
        assert index.add_files([str(path)]).files_known == 1


def test_a_pruned_file_is_found_by_another_name_too(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a.jsonl"
    dated(path, ten=10)
    with dedup.open(":memory:") as index:
        index.add_files(["a.jsonl"])
        with path.open("ab") as file:
            file.write(lines_of({"id": "new", "text": OTHER}))
        assert index.add_files([str(path)], keep=days(1)).pruned == 1
        assert index.add_files([str(path)], keep=days(30)).added == 1


@pytest.mark.parametrize("texts", [True, False])
@pytest.mark.parametrize("end", ["remove", "prune"])
def test_what_is_taken_out_comes_back_with_the_file_that_it_moved_to(tmp_path, monkeypatch, end, texts):
    monkeypatch.chdir(tmp_path)
    dated(Path("a.jsonl"), new=1, ten=10)
    with dedup.open("x.db", texts=texts) as index:
        index.add_files(["a.jsonl"])
        for name in ("b.jsonl", "in/c.jsonl"):
            Path(name).parent.mkdir(exist_ok=True)
            Path("a.jsonl").rename(name)
            assert index.add_files([name]).unchanged == 2
            assert index.article("ten").path == name
            index.remove(["ten"]) if end == "remove" else index.prune(days(5))
            assert ids(index) == ["new"]
            if end == "prune":
                assert index.add_files([name], keep=days(5)).files_known == 1
            assert index.add_files([name]).added == 1
            Path(name).rename("a.jsonl")


def test_an_article_of_two_files_is_known_by_the_first_that_is_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    own = {"id": "a", "text": WIRE}
    for name in ("a.jsonl", "b.jsonl"):
        Path(name).write_bytes(lines_of(own))
    with dedup.open(":memory:") as index:
        index.add([own])
        for name in ("a.jsonl", "b.jsonl"):
            assert index.add_files([name]).unchanged == 1
            assert index.article("a").path == "a.jsonl"
        Path("a.jsonl").unlink()
        assert index.add_files(["b.jsonl"], again=True).unchanged == 1
        assert index.article("a").path == "b.jsonl"


def test_what_has_no_date_comes_back_only_to_stay(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(WIRE)
    age(path)
    with dedup.open(":memory:") as index:
        index.add_files([str(path)])
        index._store._db.execute("UPDATE article SET added = ?", ((datetime.now(UTC) - days(9)).isoformat(),))
        assert index.add_files([str(path)], keep=days(5)).pruned == 1
        assert index.add_files([str(path)], keep=days(5)).files_known == 1
        assert index.add_files([str(path)], keep=days(30)).added == 1
        assert index.add_files([str(path)], keep=days(5)).files_known == 1
        assert ids(index) == ["a"]


@pytest.mark.parametrize("keep", [5, 30])
def test_a_prune_reads_all_articles_once(tmp_path, keep):
    """Whether it finds some or none."""
    with dedup.open(":memory:") as index:
        index.add_files([dated(tmp_path / "a.jsonl", new=1, ten=10)])
        asked, connection = [], index._store._db
        connection.set_trace_callback(asked.append)
        assert index.prune(days(keep)) == (keep < 10)
        connection.set_trace_callback(None)
        selects = [each for each in asked if each.startswith(("SELECT", "WITH"))]
        steps = [row[3] for each in selects for row in connection.execute(f"EXPLAIN QUERY PLAN {each}")]
        assert steps.count("SCAN article") == 1


def test_articles_of_no_file_are_pruned_whatever_their_path(tmp_path):
    old = datetime.now(UTC) - days(9)
    with dedup.open(":memory:") as index:
        paths = (None, "", "/", "a//b/", "\ud800", "\0", "https://site.example/feed")
        index.add([Article(f"a{n}", WIRE, path=path, published=old) for n, path in enumerate(paths)])
        assert index.prune(days(5)) == len(paths)


def test_what_was_left_out_and_removed_for_its_age_is_told(tmp_path):
    path = dated(tmp_path / "a.jsonl", ten=10)
    add = ["add", path, "--index", tmp_path / "i.db", "--keep"]
    assert run(*add, "1h").stdout == "0 articles: 0 added, 0 unchanged, 1 too old\n"
    assert run(*add, "90d").stdout == "1 article: 1 added, 0 unchanged\n"
    assert run(*add, "1h").stdout == "1 article: 0 added, 1 unchanged, 1 removed as too old\n"
    assert run(*add, "1h").stdout == "0 articles: 0 added, 0 unchanged\n"
    told = data(run(*add, "1h", "--again", "--format", "json"))
    assert (told["expired"], told["pruned"]) == (1, 0)


# -- changes


NAMES = st.sampled_from("ABCD")
STATES = st.dictionaries(st.sampled_from("abcdefgh"), NAMES, max_size=8)


def whole(state):
    """Only groups of two members or more are groups."""
    size = sizes(state)
    return {article: name for article, name in state.items() if size[name] >= 2}


def sizes(state):
    return {name: list(state.values()).count(name) for name in "ABCD"}


@given(STATES, STATES)
def test_the_journal_replayed_leads_from_one_state_to_the_other(before, after):
    before, after = whole(before), whole(after)
    touched = {article: before.get(article) for article in {*before, *after}}
    members = {name: {a for a, own in before.items() if own == name} for name in "ABCD"}
    told = set()
    for kind, name, details in changes_of(touched, after, sizes(after)):
        assert name not in told
        told.add(name)
        was, now = sizes(before)[name], sizes(after)[name]
        assert (kind == "created") == (was == 0)
        assert (kind == "dissolved") == (now == 0)
        assert (kind == "merged") == (was > 0 < now and any(not sizes(after)[g] for g in details["from"]))
        if kind == "split":
            assert any(not sizes(before)[group] for group in details["into"])
        members[name] = members[name] - set(details["removed"]) | set(details["added"])
        assert len(members[name]) == details["size"] == now
    for name in "ABCD":
        if sizes(after)[name]:
            assert members[name] == {a for a, own in after.items() if own == name}
        elif name not in told:  # all of it went into others, whose changes name it
            assert {after.get(article) for article in members[name]} <= told


def test_a_group_is_created_grown_shrunk_and_dissolved():
    with dedup.open(":memory:") as index:
        index.add([Article("a", WIRE), Article("x", OTHER)])
        assert list(index.changes()) == []
        index.add([Article("b", WIRE)])
        index.add([Article("c", WIRE)])
        index.add([Article("c", WIRE, title="changed, but it stays where it is")])
        index.remove(["b"])
        index.remove(["c"])
        told = [(c.number, c.change, c.group, c.size, c.added, c.removed) for c in index.changes()]
        assert told == [
            (1, "created", "a", 2, ("a", "b"), ()),
            (2, "grown", "a", 3, ("c",), ()),
            (3, "shrunk", "a", 2, (), ("b",)),
            (4, "dissolved", "a", 0, (), ("a", "c")),
        ]
        assert [c.number for c in index.changes(after=2)] == [3, 4]
        assert list(index.changes(since=datetime.now(UTC) + timedelta(hours=1))) == []


def test_changes_are_read_in_parts_up_to_the_last_one_at_the_beginning(monkeypatch):
    monkeypatch.setattr("dedup.index.changes.AT_ONCE", 2)
    with dedup.open(":memory:") as index:
        for n in range(5):
            index.add([Article(f"{n} {m}", WIRE) for m in range(2)])
        whole = list(index.changes())
        assert [change.number for change in whole] == [1, 2, 3, 4, 5]
        for n, change in enumerate(index.changes()):
            assert change == whole[n]
            index.add([Article(f"another {n}", WIRE)])
        assert n == 4
        assert [change.number for change in index.changes(after=4)] == [5, 6, 7, 8, 9, 10]


def test_an_unfinished_look_at_the_changes_hinders_nobody(tmp_path):
    path = tmp_path / "i.db"
    with dedup.open(path) as index, dedup.open(path) as other:
        index.add([Article("a", WIRE), Article("b", WIRE)])
        index.add([Article("c", WIRE)])
        told = index.changes()
        assert next(told).change == "created"
        index.compact()
        other.add([Article("d", WIRE)])
        index.add([Article("e", WIRE)])
        assert [change.added for change in told] == [("c",)]


def test_what_goes_nowhere_when_the_rest_of_its_group_goes_into_another_is_told():
    with dedup.open(":memory:") as index:
        index.add([Article(name, WIRE) for name in "ab"] + [Article(name, OTHER) for name in "cdef"])
        with index.transaction():
            index.remove(["e"])
            index.add([Article("c", "It has another text by now."), Article("d", WIRE)])
            index.add([Article("f", WIRE)])
        told = [(c.change, c.group, c.size, c.added, c.removed) for c in index.changes(after=2)]
        assert told == [
            ("merged", "a", 4, ("d", "f"), ()),
            ("dissolved", "c", 0, (), ("c", "d", "e", "f")),
        ]


def test_groups_that_merge_and_split_keep_the_earlier_id(monkeypatch):
    monkeypatch.setattr("dedup.group.joining.APART", -99)  # else what holds both is no reason to merge them
    with dedup.open(":memory:") as index:
        index.add([Article("a", WIRE), Article("b", WIRE), Article("c", OTHER), Article("d", OTHER)])
        assert groups_of(index) == [("a", ("a", "b")), ("c", ("c", "d"))]
        index.add([Article("join", f"{WIRE}\n{OTHER}")])
        assert groups_of(index) == [("a", ("a", "b", "c", "d", "join"))]
        index.remove(["join"])
        assert groups_of(index) == [("a", ("a", "b")), ("c", ("c", "d"))]
        merged, split, created = list(index.changes())[2:]
        assert (merged.change, merged.group, merged.origins, merged.size) == ("merged", "a", ("c",), 5)
        assert (split.change, split.group, split.into, split.size) == ("split", "a", ("c",), 2)
        assert split.removed == ("c", "d", "join")
        assert (created.change, created.group, created.origins) == ("created", "c", ("a",))


def test_a_change_is_told_once_by_last_and_only_if_it_was_written(tmp_path):
    path = tmp_path / "i.db"
    records = lines_of({"id": "a", "text": WIRE}, {"id": "b", "text": WIRE})
    assert run("add", "-", "--index", path, stdin=records).returncode == 0
    first = run("changes", "--since", "LAST", "--index", path)
    found = data(first)
    assert (found["change"], found["group"], found["added"]) == ("created", "a", ["a", "b"])
    assert run("changes", "--since", "last", "--index", path).stdout == ""
    assert len(run("changes", "--index", path).stdout.splitlines()) == 1
    assert len(run("changes", "--since", "1h", "--index", path).stdout.splitlines()) == 1
    assert run("changes", "--since", "2100-01-01", "--index", path).stdout == ""
    assert "created, now 2 articles" in run("changes", "--format", "text", "--index", path).stdout
    assert "neither a time nor an age" in told(run("changes", "--since", "soon", "--index", path), 2)


# -- for monitors


def test_the_summary_is_one_line_for_each_run_also_for_one_that_failed(folder, tmp_path):
    index, lines = tmp_path / "i.db", tmp_path / "log.jsonl"
    metrics = tmp_path / "dedup.prom"
    done = run("add", folder, "--index", index, "--quiet", "--summary", lines, "--metrics", metrics)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", f"dedup: {index}: a new index\n")
    assert "dedup_pending 0\n" in metrics.read_text()
    assert f"dedup_articles {len(corpus(1, 3))}\n" in metrics.read_text()
    assert "dedup_last_run_files 2\n" in metrics.read_text()
    empty = tmp_path / "not mounted"
    empty.mkdir()
    run("add", empty, "--index", index, "--quiet", "--metrics", tmp_path / "other.prom")
    assert "dedup_last_run_files 0\n" in (tmp_path / "other.prom").read_text()
    before = metrics.read_text()
    failed = run("add", folder, "--index", folder, "--quiet", "--summary", lines, "--metrics", metrics)
    assert told(failed, 4)
    assert metrics.read_text() == before
    good, bad = [json.loads(line) for line in lines.read_text().splitlines()]
    assert (good["schema"], good["status"], good["error"], good["added"]) == (1, 0, None, len(corpus(1, 3)))
    assert (bad["status"], bad["added"]) == (4, 0)
    assert "not an index" in bad["error"]
    printed = data(run("add", folder, "--index", index, "--summary", "-"))
    assert (printed["added"], printed["files"], printed["status"]) == (0, 0, 0)


def test_of_a_run_that_fails_is_counted_what_it_kept(tmp_path, monkeypatch):
    monkeypatch.setattr("dedup.intake.batches.BATCH_ARTICLES", 2)
    path = tmp_path / "many.jsonl"
    path.write_bytes(lines_of(*({"id": str(i), "text": f"{i} {WIRE}"} for i in range(5))) + b"{\n")
    with pytest.raises(InputError):
        add_command([str(path)], tmp_path / "i.db", strict=True, summary=str(tmp_path / "log.jsonl"))
    with dedup.open(tmp_path / "i.db") as index:
        assert index.info()["articles"] == 4
    assert json.loads((tmp_path / "log.jsonl").read_text())["added"] == 4


def ended(tmp_path, *options):
    """An add as it ended, and its summary."""
    lines = tmp_path / "log.jsonl"
    done = run("add", tmp_path, "--index", tmp_path / "i.db", "--summary", lines, *options)
    return done, json.loads(lines.read_text())


def test_the_summary_has_the_mistake_in_an_option(tmp_path):
    done, summary = ended(tmp_path, "--window", "zzz")
    assert told(done, 2).startswith(f"{summary['error']} (try: ")
    assert summary["status"] == 2


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (KeyboardInterrupt(), 130),
        (Terminated(), 143),
        (MemoryError(), 2),
        (OSError(errno.ENOSPC, "No space left on device", "x.db"), 4),
        (IndexLocked("another process is writing"), 4),
    ],
)
def test_the_summary_has_the_status_that_the_process_ends_with_and_why(tmp_path, error, status):
    with patch("dedup.open", side_effect=error):
        done, summary = ended(tmp_path)
    assert summary["status"] == status
    assert summary["error"] == told(done, status)


def test_the_summary_of_a_run_that_a_bug_ended_says_so(tmp_path):
    with patch("dedup.open", side_effect=RuntimeError("a bug")):
        done, summary = ended(tmp_path)
    assert (done.returncode, summary["status"], summary["error"]) == (70, 70, "RuntimeError: a bug")


def test_the_log_is_json_on_every_line(tmp_path):
    (tmp_path / "in.jsonl").write_bytes(b"{\n" + lines_of({"id": "a", "text": WIRE}))
    done = run("add", tmp_path / "in.jsonl", "--index", tmp_path / "i.db", "--quiet", "--log-format", "json")
    assert done.returncode == 3
    new, line = [json.loads(line) for line in done.stderr.splitlines()]
    assert new["message"].endswith("i.db: a new index")
    assert (line["level"], line["line"]) == ("error", 1)
    assert line["time"].endswith("Z")
    (tmp_path / "day.jsonl").write_bytes(lines_of({"id": "b", "text": OTHER, "published": "someday"}))
    day = run("add", tmp_path / "day.jsonl", "--index", tmp_path / "i.db", "--log-format", "json")
    assert day.returncode == 0
    assert json.loads(day.stderr)["level"] == "warning"
    gone = run("add", tmp_path / "in.jsonl", "--index", tmp_path, "--log-format", "json")
    assert gone.returncode == 4
    assert "folder" in json.loads(gone.stderr)["message"]


def test_info_tells_a_monitor_what_it_wants(folder, tmp_path):
    run("add", folder, "--index", tmp_path / "i.db", "--quiet")
    done = run("info", "--index", tmp_path / "i.db", "--format", "json", "--metrics", tmp_path / "m")
    facts = data(done)["index"]
    assert facts["articles"] == len(corpus(1, 3))
    assert facts["groups"] > 0
    assert facts["bytes"] > 0
    assert datetime.fromisoformat(facts["last_add"]) <= datetime.now(UTC)
    assert facts["pending"] is None
    assert "dedup_last_success_timestamp_seconds" in (tmp_path / "m").read_text()


def test_a_filter_that_adds_tells_when_it_last_did_also_if_all_were_duplicates(tmp_path):
    long_ago = "2001-01-01T00:00:00+00:00"
    with dedup.open(tmp_path / "i.db") as index:
        for _ in range(2):
            list(index.filter([Article("a", WIRE)], add=True))
            assert index.info()["last_add"] > long_ago
            assert "dedup_last_success_timestamp_seconds" in prometheus(index.info())
            index._store.state.record("last_add", long_ago)
        list(index.filter([Article("b", OTHER)]))
        assert index.info()["last_add"] == long_ago


def test_metrics_are_in_the_format_of_prometheus():
    with dedup.open(":memory:") as index:
        index.add([Article("a", WIRE)])
        text = prometheus(index.info(), summary_object(Report(added=3), seconds=1.5))
    rows = [line.split(" ") for line in text.splitlines() if not line.startswith("#")]
    assert all(name.startswith("dedup_") and float(value) >= 0 for name, value in rows)
    assert dict(rows)["dedup_last_run_added"] == "3"
    assert all(f"# TYPE {name} gauge\n" in text for name, _ in rows)


# -- backup


def test_a_backup_is_an_index_and_replaces_nothing_else(folder, tmp_path):
    with dedup.open(tmp_path / "i.db") as index:
        index.add_files([str(folder)])
        writer = sqlite3.connect(tmp_path / "i.db", isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")  # others write meanwhile
        index.backup(tmp_path / "copy.db")
        writer.close()
        expected = groups_of(index)
        index.backup(tmp_path / "copy.db")
        for place, content in (("notes.txt", b"notes\n"), ("i.db", None)):
            if content:
                (tmp_path / place).write_bytes(content)
            with pytest.raises(IndexUnusable):
                index.backup(tmp_path / place)
        assert (tmp_path / "notes.txt").read_bytes() == b"notes\n"
        with pytest.raises(IndexUnusable):
            index.backup(tmp_path / "none" / "copy.db")
    assert not list(tmp_path.glob(".*"))
    with dedup.open(tmp_path / "copy.db", create=False) as copy:
        assert groups_of(copy) == expected
        assert copy.verify() == []


def test_a_backup_does_not_replace_another_programs_database(tmp_path):
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE mail (text)")
    before = other.read_bytes()
    with dedup.open(tmp_path / "i.db") as index, pytest.raises(IndexForeign, match="another program's"):
        index.backup(other)
    assert other.read_bytes() == before


def left_behind(path, *articles):
    """An index at `path` whose writer was killed: what it has is in the log beside it."""
    with dedup.open(path.with_name("live.db")) as index:
        index.add(articles)
        for end in ("", "-wal", "-shm"):
            shutil.copy(f"{index.path}{end}", f"{path}{end}")


def ids_in(path):
    """The ids of the articles of a sound index."""
    with dedup.open(path, create=False) as index:
        assert index.verify() == []
        return {name for group in index.groups() for name in group.articles}


def test_a_backup_is_not_read_with_the_log_of_what_it_replaces(tmp_path):
    copy = tmp_path / "copy.db"
    with dedup.open(tmp_path / "i.db") as index:
        index.add([Article("a", WIRE), Article("b", WIRE)])
        for orphaned in (False, True):
            left_behind(copy, Article("c", OTHER), Article("d", OTHER))
            if orphaned:
                copy.unlink()
            index.backup(copy)
            assert not list(tmp_path.glob("copy.db-*"))
            assert ids_in(copy) == {"a", "b"}


def test_a_backup_that_dies_before_it_is_in_place_leaves_the_old_index_whole(tmp_path, monkeypatch):
    left_behind(tmp_path / "copy.db", Article("c", OTHER), Article("d", OTHER))
    with dedup.open(tmp_path / "i.db") as index, monkeypatch.context() as patched:
        index.add([Article("a", WIRE), Article("b", WIRE)])
        patched.setattr(os, "replace", lambda *_: os.kill(os.getpid(), signal.SIGINT))
        with pytest.raises(KeyboardInterrupt):
            index.backup(tmp_path / "copy.db")
    assert ids_in(tmp_path / "copy.db") == {"c", "d"}


def test_an_index_that_is_open_is_not_replaced(tmp_path):
    with dedup.open(tmp_path / "i.db") as index, dedup.open(tmp_path / "copy.db") as other:
        other.add([Article("c", OTHER)])
        with pytest.raises(IndexLocked, match="another process has the index open; it is not replaced"):
            index.backup(tmp_path / "copy.db")
        assert other.article("c").text == OTHER


def test_a_backup_replaces_a_damaged_index(tmp_path):
    copy = tmp_path / "copy.db"
    dedup.open(copy).close()
    whole = copy.read_bytes()
    copy.write_bytes(whole[:16] + b"\xff" * 52 + whole[68:])
    (tmp_path / "copy.db-wal").write_bytes(b"no log")
    with dedup.open(tmp_path / "i.db") as index:
        index.add([Article("a", WIRE), Article("b", WIRE)])
        index.backup(copy)
    assert ids_in(copy) == {"a", "b"}


def test_a_damaged_index_does_not_replace_its_backup(folder, tmp_path):
    path, copy = tmp_path / "i.db", tmp_path / "copy.db"
    with dedup.open(path) as index:
        index.add_files([str(folder)])
        index.backup(copy)
    before = copy.read_bytes()
    whole = path.read_bytes()
    middle = len(whole) // 2 // 8192 * 8192
    path.write_bytes(whole[:middle] + b"\xff" * 40960 + whole[middle + 40960 :])
    said = told(run("backup", str(copy), "--index", str(path)), 4)
    assert said.startswith(f"{path}: fails its check: ")
    assert said.endswith(f"; {copy} is left as it was")
    assert copy.read_bytes() == before
    assert not list(tmp_path.glob("copy.db?*"))


def test_a_text_that_is_not_what_it_was_does_not_replace_its_backup(tmp_path):
    """SQLite's own check does not notice: its pages are in order."""
    path, copy = tmp_path / "i.db", tmp_path / "copy.db"
    with dedup.open(path) as index:
        index.add(
            [Article("a", WIRE), Article("b", "Overwritten words are as long as those that were there.")]
        )
        index.backup(copy)
    before = copy.read_bytes()
    whole = path.read_bytes()
    assert whole.count(b"as long as") == 1
    path.write_bytes(whole.replace(b"as long as", b"XXXXXXXXXX"))
    said = told(run("backup", str(copy), "--index", str(path)), 4)
    assert said.startswith(
        f"{path}: fails its check: 1 articles that are not what they were when they came; "
    )
    assert copy.read_bytes() == before
    assert not list(tmp_path.glob("copy.db?*"))


def test_a_folder_that_is_empty_is_an_error_of_the_first_run_alone(tmp_path):
    (tmp_path / "in").mkdir()
    given = ("add", tmp_path / "in", "--index", tmp_path / "i.db", "--quiet")
    first = run(*given)
    assert first.returncode == 3
    assert first.stderr.splitlines() == [
        f"dedup: {tmp_path / 'i.db'}: a new index",
        f"dedup: {tmp_path / 'in'}: no file with a known ending in this folder",
    ]
    for _ in range(2):  # the inbox of a job that is set up before the first articles come
        assert run(*given).returncode == 0


def test_compact_gives_space_back(folder, tmp_path):
    with dedup.open(tmp_path / "i.db") as index:
        index.add_files([str(folder)])
        index.remove([a.id for a in corpus(1, 3)[4:]])
        before = index.info()
        index.compact()
        after = index.info()
        assert after["bytes"] < before["bytes"]
        assert after["articles"] == before["articles"] == 4
        assert index.verify() == []


# -- faults


def test_a_second_writer_waits_and_then_says_who_holds_the_index(folder, tmp_path):
    path = tmp_path / "i.db"
    with dedup.open(path) as index, dedup.open(path, lock_timeout=0.1) as other:
        index.add([Article("a", WIRE)])
        assert holder_of(str(path)) is None
        with index.transaction():
            index.add([Article("b", WIRE)])
            with pytest.raises(IndexLocked, match=rf"process {os.getpid()} \(started 20\d\d-.*Z\)"):
                other.add([Article("c", WIRE)])
            assert other.check(Article("d", WIRE)).verdict == "duplicate"
        other.add([Article("c", WIRE)])
        assert index.info()["articles"] == 3


@pytest.mark.parametrize("lost", ["unlinked", "emptied"])
def test_an_index_that_was_lost_is_told_by_the_job_that_makes_a_new_one(folder, tmp_path, lost):
    index = tmp_path / "i.db"
    given = ("add", folder, "--index", index, "--quiet")
    assert run(*given).stderr == f"dedup: {index}: a new index\n"
    assert run(*given).stderr == ""
    index.unlink()
    if lost == "emptied":
        index.touch()
    again = run(*given)
    assert (again.returncode, again.stderr) == (0, f"dedup: {index}: a new index\n")


def test_two_runs_that_overlap_both_come_to_their_end(folder, tmp_path):
    with dedup.open(tmp_path / "once.db") as index:
        index.add_files([str(folder)])
        expected = {tuple(sorted(group.articles)) for group in index.groups()}
    at = ["add", str(folder), "--index", str(tmp_path / "i.db"), "--quiet", "--lock-timeout", "120"]
    both = [subprocess.Popen(command(*at), stderr=subprocess.PIPE, env=environment()) for _ in range(2)]
    said = sorted((p.communicate(timeout=240)[1], p.returncode) for p in both)
    assert said[0] == (b"", 0)
    assert said[1][0] in (b"", f"dedup: {tmp_path / 'i.db'}: a new index\n".encode())
    assert said[1][1] == 0
    with dedup.open(tmp_path / "i.db") as index:
        assert {tuple(sorted(group.articles)) for group in index.groups()} == expected
        assert index.info()["articles"] == len(corpus(1, 3))
        assert index.verify() == []


def test_eight_readers_see_whole_states_while_one_writes(tmp_path):
    articles = corpus(2, 6)
    path = tmp_path / "i.db"
    dedup.open(path).close()
    wrong: list[BaseException] = []
    finished = threading.Event()

    def read_on():
        try:
            with dedup.open(path, create=False) as reader:
                while not finished.is_set():
                    for group in reader.groups():
                        assert len(group.articles) >= 2
                        assert group.matches
                    reader.check(articles[0])
        except BaseException as error:
            wrong.append(error)

    readers = [threading.Thread(target=read_on) for _ in range(8)]
    for reader in readers:
        reader.start()
    try:
        with dedup.open(path) as index:
            for n in range(0, len(articles), 4):
                index.add(articles[n : n + 4])
            index.remove([article.id for article in articles[::2]])
    finally:
        finished.set()
        for reader in readers:
            reader.join()
    assert wrong == []


def test_threads_may_share_an_index(tmp_path):
    articles = corpus(3, 6)
    with dedup.open(":memory:") as once:
        once.add(articles)
        expected = {tuple(sorted(group.articles)) for group in once.groups()}
    wrong: list[BaseException] = []
    with dedup.open(tmp_path / "i.db") as index:

        def work(part):
            try:
                for article in part:
                    index.add([article])
                    assert index.check(article).verdict == "duplicate"
                    list(index.groups())
            except BaseException as error:
                wrong.append(error)

        threads = [threading.Thread(target=work, args=(articles[n::4],)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []
        assert {tuple(sorted(group.articles)) for group in index.groups()} == expected
        assert index.verify() == []


def full_disk(limit):
    def prepare():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return prepare


def test_a_full_disk_is_one_line_and_the_next_run_finishes(folder, tmp_path):
    path = tmp_path / "i.db"
    with dedup.open(path) as index:
        index.add([Article("before", OTHER)])
    room_for_the_log = 40_000  # and not for what the articles take
    done = subprocess.run(
        command("add", folder, "--index", path, "--quiet"),
        capture_output=True,
        env=environment(),
        preexec_fn=full_disk(room_for_the_log),
        check=False,
        timeout=240,
    )
    assert done.returncode == 4
    assert len(done.stderr.splitlines()) == 1
    assert b"full" in done.stderr
    with dedup.open(path) as index:
        assert index.article("before").text == OTHER
        assert index.verify() == []
        index.add_files([str(folder)])
        assert index.info()["articles"] == len(corpus(1, 3)) + 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_index_can_be_read_and_says_that_it_cannot_be_written(folder, tmp_path):
    path = tmp_path / "i.db"
    with dedup.open(path) as index:
        index.add_files([str(folder)])
        expected = groups_of(index)
    path.chmod(0o444)
    with dedup.open(path, create=False) as index:
        assert groups_of(index) == expected
        with pytest.raises(IndexUnusable, match="cannot be written"):
            index.add([Article("x", WIRE)])


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_ends_an_add_with_what_was_done(tmp_path, number, status):
    path = tmp_path / "i.db"
    dedup.open(path).close()
    summary = tmp_path / "log.jsonl"
    process = subprocess.Popen(
        command("add", "-", "--index", path, "--summary", summary),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(),
    )  # fmt: skip
    process.stdin.write(lines_of({"id": "a", "text": WIRE}))
    process.stdin.flush()
    while True:  # it is at work once it says so
        with dedup.open(path) as index:
            if index.info()["pending"]:
                break
        time.sleep(0.05)
    time.sleep(0.3)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == status
    assert out == b""
    assert err.decode().startswith("dedup: interrupted after ")
    assert f"0 of them are stored in {path}" in err.decode()
    assert json.loads(summary.read_text())["status"] == status


def test_the_file_has_the_rights_that_the_umask_leaves(tmp_path):
    before = os.umask(0o027)
    try:
        with dedup.open(tmp_path / "i.db") as index:
            index.add([Article("a", WIRE)])
            index.backup(tmp_path / "copy.db")
    finally:
        os.umask(before)
    assert (tmp_path / "i.db").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o640


def test_a_summary_that_a_full_disk_cuts_off_is_taken_back_and_told(tmp_path, monkeypatch):
    from dedup.cli import outcome

    path = tmp_path / "runs.jsonl"
    outcome._append(str(path), '{"run": 1}\n')
    write = os.write
    monkeypatch.setattr(outcome.os, "write", lambda file, data: write(file, data[:5]))
    with pytest.raises(OutputUnusable, match="No space left"):
        outcome._append(str(path), '{"run": 2}\n')
    assert path.read_text() == '{"run": 1}\n'
