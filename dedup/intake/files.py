"""Files -> index, taking only those that are new or changed: what makes a regular job cheap.

A file is remembered when all of its records are committed, so after a run that died it is read again, which
changes nothing that is there already. It is left out while its size and time of change are the same, or its
bytes are, unless articles of it that were too old are wanted now. What a missing package or the system kept
from being read is not remembered.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import xxhash

from dedup.index import AddressState, FileState, Store
from dedup.index.values import iso
from dedup.intake.report import Report
from dedup.model import Article, RecordError
from dedup.read import File, read
from dedup.read.dates import in_utc
from dedup.read.inputs import NO_FILE, NO_MATCH, is_address

if TYPE_CHECKING:
    from dedup.read.web import Fetcher

RACY = 2_000_000_000
"""Nanoseconds: a file changed so shortly before it was looked at may have changed again without a trace."""

FORGOTTEN = 1_000
"""So many remembered files are looked for in one run, in turn, and forgotten if they are gone."""

UNVISITED = 180 * 86_400
"""Seconds after which an address that was not asked for again is forgotten."""

READER = 7
"""Changes when the reader makes other articles of the same files."""


class Intake:
    """The records of inputs, without the files that the index knows; `commit` remembers those that are done.

    Once there is an index, a folder or a pattern without a file is no error, nor is an empty stdin.

    Args:
        store: the index.
        report: what is left out is counted here; what a known file holds, as unchanged articles.
        inputs, fields, encoding: as for `read`.
        fetch: get inputs that are addresses on the web, if they have changed since they were got.
        since: leave out files that were last changed before this; without an offset, it is in UTC.
        published_since: leave out articles published before this.
        again: read files that are known, too.

    """

    def __init__(
        self,
        store: Store,
        report: Report,
        inputs: Sequence[str],
        fields: Mapping[str, str],
        *,
        encoding: str | None = None,
        fetch: bool = False,
        since: datetime | None = None,
        published_since: datetime | None = None,
        again: bool = False,
    ) -> None:
        self._store = store
        self._report = report
        self._inputs = inputs
        self._fields = fields
        self._encoding = encoding
        named = {**fields, **({"encoding": encoding} if encoding else {})}
        self._manner = f"{READER} " + ",".join(f"{part}={name}" for part, name in sorted(named.items()))
        self._since = None if since is None else int(in_utc(since).timestamp() * 1e9)
        self._published_since = published_since
        self._oldest = None if published_since is None else iso(published_since)
        self._again = again
        self._regular = not store.is_new or store.articles.count() > 0
        self._fetch = fetch
        self._visits: Fetcher | None = None
        self._opened: dict[File, tuple[str, FileState]] = {}
        self._begun: tuple[str, FileState] | None = None
        self._articles = 0  # of the file that is being read
        self._passing = False
        self._left_out: str | None = None
        self._done: list[tuple[str, str, FileState | AddressState]] = []
        self._remembered = 0

    def records(self) -> Iterator[Article | RecordError]:
        """The records to add, each as it is asked for."""
        fetcher = self._fetcher() if self._fetch else None
        stream = read(
            self._inputs, fields=self._fields, encoding=self._encoding, fetch=fetcher,
            ids=self._store.files.ids, holder=self._store.articles.holder if self._regular else None,
            wanted=self._wanted, started=self._started, finished=self._finished,
        )  # fmt: skip
        for record in stream:
            if self._regular and isinstance(record, RecordError) and _is_nothing(record):
                continue  # a queue that is empty, as it should be now and then
            if isinstance(record, RecordError) and self._report.passed_over(record):
                continue
            if (
                self._published_since is not None
                and isinstance(record, Article)
                and record.published is not None
                and record.published < self._published_since
            ):
                self._report.expired += 1
                self._left_out = max(self._left_out or "", iso(record.published))
                continue
            if isinstance(record, Article):
                self._articles += 1
            else:
                self._passing |= record.passing
            yield record

    def _wanted(self, file: File) -> bool:
        try:
            found = os.stat(file.path)  # noqa: PTH116
            if not stat.S_ISREG(found.st_mode):
                return True
            path = os.path.abspath(file.path)  # noqa: PTH100
            if self._since is not None and found.st_mtime_ns < self._since:
                self._report.files_old += 1
                return False
            known = self._store.files.get(path)
            if known is not None and not self._is_done(known):
                known = None
            now = time.time_ns()
            if known is not None and _same(known, found):
                return self._skip(known)
            digest = _digest(file.path)
            state = FileState(found.st_size, found.st_mtime_ns, now, digest, self._manner, file.id, 0)
            if known is not None and known.digest == digest:
                same = replace(known, size=state.size, modified=state.modified, taken=state.taken)
                self._done.append((path, file.name, same))
                return self._skip(known)
        except OSError:
            return True  # the reader says what is wrong, and the file is not remembered
        self._report.files += 1
        self._opened[file] = (path, state)
        return True

    def _is_done(self, known: FileState | AddressState) -> bool:
        """Whether all is in the index that this run wants of what has not changed since."""
        if known.manner != self._manner or self._again:
            return False
        if known.left_out is None:
            return True
        return self._oldest is not None and known.left_out < self._oldest

    def _skip(self, known: FileState | AddressState) -> bool:
        self._report.files_known += 1
        self._report.articles += known.articles
        self._report.unchanged += known.articles
        return False

    def _fetcher(self) -> Fetcher:
        from dedup.read.web import Fetcher, Visit

        def known(url: str) -> Visit | None:
            before = self._store.addresses.get(url)
            if before is None or not self._is_done(before):
                return None
            return Visit(before.etag, before.modified)

        def unchanged(url: str) -> None:
            before = self._store.addresses.get(url)
            if before is not None:
                self._skip(before)
                self._done.append((url, "", replace(before, taken=int(time.time()))))

        self._visits = Fetcher(known, unchanged)
        return self._visits

    def _started(self, file: File) -> None:
        self._articles = 0
        self._passing = False
        self._left_out = None
        self._begun = self._opened.pop(file, None)
        if self._visits is not None and is_address(file.path):
            self._begun = (file.path, FileState(0, 0, 0, b"", self._manner, "", 0))

    def _finished(self, file: File) -> None:
        if self._visits is not None and is_address(file.path):
            visit = self._visits.seen.pop(file.path, None)
            if visit is not None and self._begun is not None and not self._passing:
                now = int(time.time())
                visited = AddressState(
                    visit.etag, visit.modified, self._manner, self._articles, now, self._left_out
                )
                self._done.append((file.path, "", visited))
                self._report.files += 1
        elif self._begun is not None and not self._passing:
            state = replace(self._begun[1], articles=self._articles, left_out=self._left_out)
            self._done.append((self._begun[0], file.name, state))
        self._begun = None

    def position(self) -> int:
        """How many files and addresses have been read to their end so far.

        One is, only when the first record after it has been asked for: so asked between two records, it
        tells of those all of whose records have been given.
        """
        return self._remembered + len(self._done)

    def commit(self, position: int) -> None:
        """Remember the files and addresses up to this position, all of whose records have been committed."""
        count = position - self._remembered
        if count:
            done = self._done[:count]
            self._store.files.put((p, name, of) for p, name, of in done if isinstance(of, FileState))
            self._store.addresses.put((p, of) for p, _, of in done if isinstance(of, AddressState))
            del self._done[:count]
            self._remembered = position

    def forget_gone(self) -> None:
        """Forget some of the files that are gone, so that the memory of them does not grow for ever."""
        self._store.addresses.forget_before(int(time.time()) - UNVISITED)
        after = self._store.state.recall("files_looked_for")
        paths = self._store.files.after(after if isinstance(after, str) else "", FORGOTTEN)
        gone = [path for path in paths if not os.path.lexists(path)]
        if paths or after:
            with self._store.writing():
                self._store.files.forget(gone)
                self._store.state.record("files_looked_for", paths[-1] if len(paths) == FORGOTTEN else "")


def _is_nothing(error: RecordError) -> bool:
    """Whether there was nothing in a folder, for a pattern, or on stdin."""
    return error.reason in (NO_FILE, NO_MATCH) or (error.input == "-" and error.reason == "empty")


def _same(known: FileState, found: os.stat_result) -> bool:
    """Whether a file has not changed, as far as its size and time tell, and they do tell."""
    settled = known.modified < known.taken - RACY
    return settled and (known.size, known.modified) == (found.st_size, found.st_mtime_ns)


def _digest(path: str) -> bytes:
    with Path(path).open("rb", buffering=0) as file:
        return hashlib.file_digest(file, xxhash.xxh3_128).digest()
