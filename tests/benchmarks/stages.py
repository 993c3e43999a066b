"""Where the seconds of an add go, stage by stage, beside what the machine could not do faster.

    python tests/benchmarks/stages.py ARTICLES.jsonl INDEX

Seconds of the processor, of all threads, so that they add up to the whole whatever runs at a time.
"""

from __future__ import annotations

import argparse
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import orjson
import xxhash
from measure import load_kernels, table

import dedup
from dedup.funnel import comparing, marking, older
from dedup.funnel.comparing import Comparing
from dedup.funnel.older import Older
from dedup.index import Store
from dedup.index.matches import Matches
from dedup.index.postings import Postings
from dedup.intake import batches, fresh, writer
from dedup.intake.writer import Writer
from dedup.read import read

STAGES = (
    "read", "sketch", "language", "store", "boilerplate", "post", "candidates", "overlap", "compare",
    "matches", "group",
)  # fmt: skip


class Clock:
    """Seconds of the processor by stage, in all threads; what runs inside another stage counts for itself."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._own = threading.local()

    def _turn(self) -> list[str]:
        """Count what this thread took up to now for the stage that it is in; the stages that it is in."""
        own, now = self._own, time.thread_time()
        if not hasattr(own, "stack"):
            own.stack, own.last = [], now
        if own.stack:
            with self._lock:
                self.seconds[own.stack[-1]] += now - own.last
        own.last = now
        stack: list[str] = own.stack
        return stack

    def stage(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, whose time is that of a stage."""

        def timed(*given: Any, **named: Any) -> Any:
            self._turn().append(name)
            try:
                return function(*given, **named)
            finally:
                self._turn().pop()

        return timed

    def submit(self, submit: Callable[..., Any]) -> Callable[..., Any]:
        """The method of a pool, whose threads are in the stage of whoever gives them work."""

        def submitted(pool: Any, work: Callable[..., Any], *given: Any, **named: Any) -> Any:
            stack = self._turn()
            return submit(pool, self.stage(stack[-1], work) if stack else work, *given, **named)

        return submitted

    def records(self, stream: Iterator[Any]) -> Iterator[Any]:
        """The same records; what it takes to read them is the stage `read`."""
        following = self.stage("read", lambda: next(stream, None))
        return iter(following, None)


def watch(clock: Clock) -> None:
    """Put the clock on every stage."""
    for owner, name, stage in (
        (batches, "_begun", "read"), (batches, "fresh", "sketch"), (older, "sketch", "sketch"),
        (fresh, "with_languages", "language"), (Store, "put_articles", "store"),
        (marking, "count", "boilerplate"), (writer, "untied", "boilerplate"),
        (Postings, "post", "post"), (Postings, "candidates", "candidates"),
        (Comparing, "__init__", "overlap"), (Comparing, "_sift", "overlap"), (Older, "look", "overlap"),
        (Comparing, "_read", "compare"), (comparing, "_made_whole", "compare"),
        (Comparing, "_align", "compare"), (Matches, "put", "matches"), (Writer, "_regroup", "group"),
    ):  # fmt: skip
        setattr(owner, name, clock.stage(stage, getattr(owner, name)))
    ThreadPoolExecutor.submit = clock.submit(ThreadPoolExecutor.submit)  # type: ignore[method-assign]


def limits(articles: Path) -> list[list[str]]:
    """What any program has to do with these articles: seconds of the processor, each by itself."""
    rows = []

    def timed(name: str, work: Callable[[], Any]) -> Any:
        begin = time.process_time()
        done = work()
        rows.append([name, f"{time.process_time() - begin:.2f}"])
        return done

    lines = articles.read_bytes().splitlines()
    texts = timed("parse the JSON lines (orjson)", lambda: [orjson.loads(line)["text"] for line in lines])
    encoded = [text.encode() for text in texts]
    timed("hash all texts (xxh3)", lambda: [xxhash.xxh3_64_intdigest(text) for text in encoded])
    target = articles.with_suffix(".limit.db")
    target.unlink(missing_ok=True)

    def insert() -> None:
        db = sqlite3.connect(target, isolation_level=None)
        db.executescript("PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL")
        db.execute("CREATE TABLE article_text(number INTEGER PRIMARY KEY, text BLOB)")
        for begin in range(0, len(encoded), 20_000):
            db.execute("BEGIN")
            db.executemany(
                "INSERT INTO article_text(text) VALUES (?)", ((t,) for t in encoded[begin : begin + 20_000])
            )
            db.execute("COMMIT")
        db.close()

    timed("insert the texts into SQLite", insert)
    target.unlink(missing_ok=True)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description="Where the seconds of an add go.")
    parser.add_argument("articles", type=Path)
    parser.add_argument("index", type=Path)
    given = parser.parse_args()
    load_kernels()
    clock = Clock()
    watch(clock)
    for ending in ("", "-wal", "-shm"):
        given.index.with_name(given.index.name + ending).unlink(missing_ok=True)
    begin, wall = time.process_time(), time.perf_counter()
    with dedup.open(given.index) as index:
        report = index.add(clock.records(read([str(given.articles)])))
        clock.stage("group", lambda: sum(1 for _ in index.groups()))()
    spent, wall = time.process_time() - begin, time.perf_counter() - wall
    seconds = {name: clock.seconds[name] for name in STAGES}
    seconds["rest"] = spent - sum(seconds.values())
    each = 1e6 / max(report.articles, 1)
    rows = [[name, f"{took:.2f}", f"{took * each:.0f}"] for name, took in seconds.items()]
    print(f"{report.articles:,} articles, {report.matches:,} matches: {wall:.2f} s of the wall")
    print(table([["stage", "CPU s", "us an article"], *rows, ["all", f"{spent:.2f}", f"{spent * each:.0f}"]]))
    print(table([["what cannot be saved", "CPU s"], *limits(given.articles)]), end="\n\n")


if __name__ == "__main__":
    main()
