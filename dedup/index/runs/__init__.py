"""Sorted runs of postings inside SQLite: the log-structured merge idea (O'Neil et al. 1996).

A batch of postings is sorted once and written as one run, cut into buckets by the top bits of the key, as
many as the size of the run calls for. Runs follow each other in time: each holds the articles from its first
to its last number. When the newest runs have grown to more than half of the one before them, all become one.

A bucket holds the earliest COMMON articles of each key, which are all that a look-up gives, and counts the
rest. These lie apart, and are read where articles were removed: then others move up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from dedup.arrays.ordered import look_up
from dedup.arrays.ragged import offsets_of
from dedup.errors import damaged
from dedup.index.candidates import COMMON
from dedup.index.rows import Selecting, chunks
from dedup.index.runs import kernel, packing_kernel, rests
from dedup.index.runs.tables import BUCKET, Run, Table, merged, side_by_side, some, trimmed
from dedup.index.transactions import Transactions
from dedup.index.values import Decoding
from dedup.threads import in_order

BUCKET_KEYS = 256
"""Keys of a bucket, on average, at most: some 3 KB."""
MERGED_BUCKETS = 2048
"""Buckets that a merge holds in memory."""
SCANNED_BYTES = 1 << 22
"""Bytes of buckets that a scan holds in memory."""
SPARSE = 2
"""A run is scanned when at least one in so many of its buckets are wanted, else they are picked."""
AT_ONCE = 1 << 15
"""Keys that are looked up in all runs before the next ones: in a large index their lists take 100 MB."""
WHOLE_AT_ONCE = 1 << 12
"""The same where articles were removed, and long lists are read whole."""
FEW = 4096
"""Keys that are looked up without threads: to hand the work over takes longer."""
LARGER = 2
"""So many times as large as all newer runs together is each run, at least. At 400,000 articles a look-up
takes half the time that it takes with 1, and an add 3% less; with 3, posting takes 40% longer for no more."""

MOST_BITS = 31
"""Bits of a run and of its bucket, for both of which the place of a bucket has room."""

ALL = 2**62
"""As many articles as there are."""

SELECT = "SELECT place, postings FROM posting_bucket"
RESTS = "SELECT key, numbers FROM posting_rest"

Buckets = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]


class Runs(Selecting):
    """The runs of one index. What it does is part of the transaction that the caller has begun."""

    def __init__(self, transactions: Transactions) -> None:
        super().__init__(transactions)
        self._removed: tuple[tuple[int, int], NDArray[np.int64]] | None = None
        self._ahead: tuple[NDArray[np.uint64], dict[Run, Table]] | None = None

    def all(self) -> list[Run]:
        """The runs, in order of time."""
        rows = self._db.execute(
            "SELECT run, bits, first, last, articles, keys, postings, bytes FROM posting_run ORDER BY first"
        )
        return [_run(row) for row in rows]

    def add(self, table: Table, first: int, last: int, articles: int) -> None:
        """Write a table of new postings as a run, and merge runs where it is time."""
        self._write([table], len(table.keys), first, last, articles)
        runs = self.all()
        # the longest stretch up to the newest run whose oldest is not large enough
        for begin in range(len(runs) - 1):
            newer = sum(run.postings for run in runs[begin + 1 :])
            if runs[begin].postings < LARGER * newer:
                self.merge(runs[begin:])
                break

    def merge(self, runs: Sequence[Run]) -> None:
        """Make one run of several that follow each other, without the articles that were removed."""
        first, last = runs[0].first, runs[-1].last
        keys = sum(run.keys for run in runs)
        self._write(self._merged(runs, _bits(keys)), keys, first, last, sum(run.articles for run in runs))
        self._db.executemany("DELETE FROM posting_run WHERE run = ?", [(run.run,) for run in runs])
        self._db.execute("DELETE FROM removed WHERE number BETWEEN ? AND ?", (first, last))
        self._removed = None

    def compact(self) -> None:
        """Make one run of all, without what was removed."""
        runs = self.all()
        if len(runs) > 1 or len(self.removed()):
            if runs:
                self.merge(runs)
            self._db.execute("DELETE FROM removed")
            self._removed = None

    def _merged(self, runs: Sequence[Run], bits: int) -> Iterator[Table]:
        """The table of several runs, in parts of ascending keys; what has been read is deleted.

        So the next part of the result takes the place that the sources left, and the file hardly grows.
        """
        removed = self.removed()
        top = max(0, bits - MERGED_BUCKETS.bit_length() + 1)
        for prefix in range(1 << top):
            table = merged([self._part(run, prefix, top) for run in runs], removed, ALL)
            for run in runs:
                keys = _keys(prefix, top)
                self._db.execute(
                    "DELETE FROM posting_rest WHERE run = ? AND key BETWEEN ? AND ?", (run.run, *keys)
                )
                base = run.run << 32
                # the last bucket may have keys of the next part too
                low, high = (prefix << run.bits >> top, prefix + 1 << run.bits >> top)
                self._db.execute(
                    "DELETE FROM posting_bucket WHERE place >= ? AND place < ?", (base + low, base + high)
                )
            yield table

    def parts(self, run: Run) -> Iterator[Table]:
        """The table of a run, in parts of ascending keys."""
        top = max(0, run.bits - MERGED_BUCKETS.bit_length() + 1)
        for prefix in range(1 << top):
            yield self._part(run, prefix, top)

    def _part(self, run: Run, prefix: int, top: int) -> Table:
        """The table of a run's keys whose top bits are `prefix`."""
        table = self._short_part(run, prefix, top)
        ours = f"{RESTS} WHERE run = ? AND key BETWEEN ? AND ? ORDER BY key"
        rows = self._db.execute(ours, (run.run, *_keys(prefix, top)))
        return rests.whole(table, table.keys, rows.fetchall())

    def _short_part(self, run: Run, prefix: int, top: int) -> Table:
        """The same without rests."""
        if run.bits >= top:
            low, high = prefix << run.bits - top, (prefix + 1 << run.bits - top) - 1
            return trimmed(*packing_kernel.unpack(*self._scan(run, low, high), *run.shape))
        bucket = prefix >> top - run.bits
        table = trimmed(*packing_kernel.unpack(*self._scan(run, bucket, bucket), *run.shape))
        own = table.keys >> np.uint64(64 - top)
        begin, end = np.searchsorted(own, np.uint64(prefix)), np.searchsorted(own, np.uint64(prefix), "right")
        offsets = table.offsets[begin : end + 1]
        return Table(
            table.keys[begin:end],
            offsets - offsets[0],
            table.numbers[offsets[0] : offsets[-1]],
            table.totals[begin:end],
        )

    def _write(
        self, tables: Iterator[Table] | list[Table], keys: int, first: int, last: int, articles: int
    ) -> None:
        """Write tables of ascending keys, of about `keys` in all, as one run."""
        number = self._db.execute("SELECT coalesce(max(run), 0) + 1 FROM posting_run").fetchone()[0]
        run = Run(number, _bits(keys), first, last, articles, 0, 0, 0)
        for table in tables:
            buckets, offsets, data, count = packing_kernel.pack(*table, COMMON, *run.shape)
            view, ends = memoryview(data), offsets[: count + 1].tolist()
            blobs = map(view.__getitem__, map(slice, ends, ends[1:]))
            rows = zip((buckets[:count] + (number << 32)).tolist(), blobs, strict=True)
            self._db.executemany("INSERT INTO posting_bucket VALUES (?, ?)", rows)
            self._db.executemany(
                "INSERT INTO posting_rest VALUES (?, ?, ?)", rests.rows_of(table, run, COMMON)
            )
            run = run._replace(
                keys=run.keys + len(table.keys),
                postings=run.postings + len(table.numbers),
                bytes=run.bytes + ends[-1],
            )
        if run.keys:
            self._db.execute("INSERT INTO posting_run VALUES (?, ?, ?, ?, ?, ?, ?, ?)", run)

    def _with_rests(
        self, run: Run, found: Table, wanted: NDArray[np.uint64], removed: NDArray[np.int64]
    ) -> Table:
        """The lists that were found in a run, whole if articles of it were removed."""
        if np.searchsorted(removed, run.first) == np.searchsorted(removed, run.last, "right"):
            return found
        longer = found.keys[found.totals > np.diff(found.offsets)].astype(np.int64)
        keys = (wanted[longer] >> np.uint64(kernel.UNUSED)).tolist()
        rows = self._select(f"{RESTS} WHERE run = {run.run} AND key IN", keys, then=" ORDER BY key")
        return rests.whole(found, wanted[found.keys.astype(np.int64)], list(rows))

    def _scan(self, run: Run, low: int, high: int) -> Buckets:
        """The buckets from `low` to `high`, both included."""
        base = run.run << 32
        return _buckets(
            self._db.execute(
                f"{SELECT} WHERE place BETWEEN ? AND ? ORDER BY place",
                (base + low, base + high),
            ).fetchall(),
            base,
        )

    def find(self, wanted: NDArray[np.uint64]) -> Table:
        """The posting lists of ascending, distinct keys; of those that have none, empty ones."""
        runs, removed = self.all(), self.removed()
        most = WHOLE_AT_ONCE if len(removed) else AT_ONCE
        parts = np.array_split(wanted, -(-len(wanted) // most) or 1)
        return side_by_side([self._find(runs, part, removed) for part in parts])

    @contextmanager
    def ahead(self, wanted: NDArray[np.uint64]) -> Iterator[None]:
        """Look up ascending, distinct keys for all that ask for some of them inside, in one transaction.

        Runs do not change; those that are written meanwhile are looked up when they are asked for.
        """
        self._ahead = wanted, self._look(self.all(), wanted)
        try:
            yield
        finally:
            self._ahead = None

    def _find(self, runs: Sequence[Run], wanted: NDArray[np.uint64], removed: NDArray[np.int64]) -> Table:
        offsets = np.zeros(len(wanted) + 1, np.int64)
        totals = np.zeros(len(wanted), np.int64)
        if not runs:
            return Table(wanted, offsets, np.empty(0, np.int64), totals)
        known = self._known(wanted)
        found = known | self._look([run for run in runs if run not in known], wanted)
        slots, ends, numbers, counted = merged(
            [self._with_rests(run, found[run], wanted, removed) for run in runs], removed, COMMON
        )
        at = slots.astype(np.int64)
        totals[at] = counted
        offsets[at + 1] = np.diff(ends)
        return Table(wanted, np.cumsum(offsets), numbers, totals)

    def _known(self, wanted: NDArray[np.uint64]) -> dict[Run, Table]:
        """By run, the lists of keys that were looked up ahead; their place in `wanted` stands for each."""
        if self._ahead is None:
            return {}
        keys, tables = self._ahead
        at, there = look_up(keys, wanted)
        return {run: some(table, at) for run, table in tables.items()} if there.all() else {}

    def _look(self, runs: Sequence[Run], wanted: NDArray[np.uint64]) -> dict[Run, Table]:
        """By run, the lists of those wanted keys that it has; their place in `wanted` stands for each."""

        def look(part: tuple[Run, int, int, Buckets]) -> tuple[Run, Table]:
            run, begin, end, buckets = part
            table = trimmed(*packing_kernel.find(wanted[begin:end], *buckets, *run.shape))
            return run, table._replace(keys=table.keys + np.uint64(begin))

        found: dict[Run, list[Table]] = {run: [] for run in runs}
        parts = (part for run in runs for part in self._wanted(run, wanted))
        for run, table in in_order(look, parts, alone=len(wanted) < FEW):  # the next are read meanwhile
            found[run].append(table)
        return {run: side_by_side(own) for run, own in found.items()}

    def _wanted(self, run: Run, wanted: NDArray[np.uint64]) -> Iterator[tuple[Run, int, int, Buckets]]:
        """The buckets of a run that may have some of the wanted keys, with the half-open range of these."""
        own = (wanted >> np.uint64(1) >> np.uint64(63 - run.bits)).astype(np.int64)
        needed = own[np.append(True, own[1:] != own[:-1])] if len(own) else own
        begin, end = (int(needed[0]), int(needed[-1]) + 1) if len(needed) else (0, 0)
        if len(needed) * SPARSE > end - begin:
            step = max(1, (SCANNED_BYTES << run.bits) // max(run.bytes, 1))
            borders = ((low, min(low + step, end) - 1) for low in range(begin, end, step))
            parts = ((low, high, self._scan(run, low, high)) for low, high in borders)
        else:
            parts = ((part[0], part[-1], self._pick(run, part)) for part in chunks(needed.tolist()))
        for low, high, buckets in parts:
            yield run, int(np.searchsorted(own, low)), int(np.searchsorted(own, high, "right")), buckets

    def _pick(self, run: Run, needed: Sequence[int]) -> Buckets:
        """The buckets of these places, ascending."""
        base = run.run << 32
        places = [base + bucket for bucket in needed]
        return _buckets(list(self._select(f"{SELECT} WHERE place IN", places, then=" ORDER BY place")), base)

    def remove(self, numbers: Iterable[int]) -> None:
        """Note that these articles were removed."""
        self._db.executemany("INSERT OR IGNORE INTO removed VALUES (?)", ((n,) for n in numbers))
        self._removed = None

    def removed(self) -> NDArray[np.int64]:
        """The numbers of removed articles that runs may still hold, ascending; asked for by each look-up."""
        version = self._transactions.version()
        if self._removed is None or self._removed[0] != version:
            rows = self._db.execute("SELECT number FROM removed ORDER BY number")
            self._removed = version, np.fromiter((number for (number,) in rows), np.int64)
        return self._removed[1]


def _run(row: tuple[int, ...]) -> Run:
    run = Run(*row)
    whole = all(isinstance(number, int) for number in run)
    if not whole or run.run >> MOST_BITS or not 0 <= run.bits < MOST_BITS or not 0 <= run.first <= run.last:
        raise damaged("a run of postings")
    return run


def _keys(prefix: int, top: int) -> tuple[int, int]:
    """The first and the last key, as posting_rest has them, whose top bits are `prefix`."""
    low = 64 - kernel.UNUSED - top
    return prefix << low, (prefix + 1 << low) - 1


def _bits(keys: int) -> int:
    return max(0, (keys // BUCKET_KEYS).bit_length())


def _buckets(rows: list[tuple[int, bytes]], base: int) -> Buckets:
    """Rows of posting_bucket as the kernels take them: buckets, offsets of their bytes (one more), bytes."""
    places, blobs = zip(*rows, strict=True) if rows else ((), ())
    with Decoding(BUCKET):
        data = b"".join((*blobs, bytes(8)))
    buckets = np.fromiter(places, np.int64, len(rows)) - base
    return buckets, offsets_of(map(len, blobs)), np.frombuffer(data, np.uint8)
