"""Slow records are made by several processes, and come in the order in which they stood."""

import os
import signal
import subprocess
import sys
import time

import pytest

from dedup.model import Article, RecordError
from dedup.read import read
from dedup.read.formats import Later
from dedup.read.parallel import ALONE, made
from tests.commands import ROOT


def slowly(number: int, seconds: float) -> Article:
    time.sleep(seconds)
    return Article(str(number), f"process {os.getpid()}")


def dies(number: int) -> Article:
    os.kill(os.getpid(), signal.SIGKILL)
    return Article(str(number), "never")


def fails() -> Article:
    raise ValueError("of a format of somebody else")


def later(number: int, seconds: float = 0.0) -> Later:
    return Later(slowly, (number, seconds), f"file {number}", 1)


def test_what_is_made_elsewhere_keeps_its_place():
    stream = [later(n, 0.02 if n % 3 else 0) if n % 5 else f"plain {n}" for n in range(2 * ALONE)]
    found = list(made(iter(stream), 2))
    assert [one if isinstance(one, str) else int(one.id) for one in found] == [
        n if n % 5 else f"plain {n}" for n in range(2 * ALONE)
    ]
    processes = {one.text for one in found if isinstance(one, Article)}
    assert len(processes) == 3


def test_a_process_that_dies_costs_one_record():
    stream = [
        *(later(n) for n in range(ALONE + 2)),
        Later(dies, (0,), "bad", 1),
        *(later(n) for n in range(6)),
    ]
    found = list(made(iter(stream), 2))
    reason = "the process that read it died: out of memory, or a fault"
    assert [one for one in found if isinstance(one, RecordError)] == [RecordError("bad", None, reason)]
    assert found[ALONE + 2].passing  # it may have been the memory that others took
    assert len(found) == ALONE + 9


@pytest.mark.parametrize("before", [0, ALONE])
def test_what_a_format_raises_costs_one_record(before):
    found = list(made(iter([*(later(n) for n in range(before)), Later(fails, (), "f", 1), later(9)]), 2))
    assert isinstance(found[before + 1], Article)
    reason = "cannot be read: ValueError: of a format of somebody else"
    assert found[before] == RecordError("f", None, reason)


def test_no_more_than_a_few_are_read_ahead():
    taken = []

    def stream():
        for n in range(10_000):
            taken.append(n)
            yield later(n)

    results = made(stream(), 2)
    for _ in range(ALONE + 1):
        next(results)
    assert len(taken) < ALONE + 200
    results.close()


PAGE = "<html><head><title>Page {n}</title></head><body><article>{text}</article></body></html>"
SENTENCES = "<p>The ferry number {n} ran aground in thick fog off the island, and its passengers waited.</p>"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    pytest.importorskip("trafilatura", reason="needs dedup[html]")
    folder = tmp_path_factory.mktemp("pages")
    for n in range(ALONE + 40):
        text = SENTENCES.format(n=n) * 4 if n != ALONE + 5 else ""
        (folder / f"{n:03}.html").write_text(PAGE.format(n=n, text=text))
    return folder


def test_pages_are_the_same_made_by_one_process_and_by_several(pages):
    alone, several = (list(read([str(pages)], processes=count)) for count in (1, 2))
    assert alone == several
    assert [one.id for one in alone if isinstance(one, Article)] == [
        f"{n:03}" for n in range(ALONE + 40) if n != ALONE + 5
    ]


def test_files_are_begun_and_done_around_their_records(pages):
    told = []
    stream = read(
        [str(pages)], processes=2,
        started=lambda file: told.append(("started", file.id)),
        finished=lambda file: told.append(("finished", file.id)),
    )  # fmt: skip
    for one in stream:
        name = one.id if isinstance(one, Article) else f"{ALONE + 5:03}"
        told += [("record", name)]
    assert told == [
        (what, f"{n:03}") for n in range(ALONE + 40) for what in ("started", "record", "finished")
    ]


def test_an_interruption_ends_every_process(pages, tmp_path):
    """Ctrl-C goes to the whole group, as from a terminal; nothing is left."""
    code = (
        "import sys, time\nfrom dedup.read import read\n"
        f"stream = read([{str(pages)!r}], processes=2)\n"
        "for n, one in enumerate(stream):\n"
        f"    if n == {ALONE + 3}:\n"
        "        print('now', flush=True)\n"
        "        while True: time.sleep(0.05)\n"  # a signal just before a sleep is seen after it
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdout.readline() == "now\n"
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert said.count("Traceback") == 1  # of this script, which lets KeyboardInterrupt through
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_an_interruption_does_not_reach_processes_that_are_just_starting():
    code = (
        "import os, signal, time\n"
        "from dedup.read.formats import Later\nfrom dedup.read.pool import Pool\n"
        "pool = Pool(2)\n"
        "try:\n    os.killpg(0, signal.SIGINT)\n    time.sleep(1)\n"
        "except KeyboardInterrupt:\n    time.sleep(0.5)\n"
        "print(pool.submit(Later(str, ('made',), 'a', 1)).result())\n"
        "pool.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True,
        start_new_session=True, timeout=60, check=True,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("made\n", "")
