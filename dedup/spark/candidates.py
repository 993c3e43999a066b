"""Sketches -> candidates, as one machine finds them: a bucket of articles is what a batch is to the index.

Postings of a bucket are trimmed to the earliest 64 articles of a key before anything is shuffled, which is
what salts a hot key: however many articles have it, each bucket sends one short list. Where the parts of a
key meet, each bucket is told the list and the count as they were when its last article had come; and the
index's own kernel does the rest, bucket by bucket.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.arrays.ordered import look_up
from dedup.arrays.ragged import gather
from dedup.funnel.matching import common_of
from dedup.index.candidates import COMMON
from dedup.index.postings import table_of
from dedup.index.runs import kernel as runs_kernel
from dedup.index.runs.tables import Table
from dedup.index.sharing import sharing
from dedup.settings import Settings
from dedup.spark import kernel
from dedup.spark.arrow import POSTINGS, batch_of, column, lists, of_group, of_two, packed, schema_of, unpacked

CANDIDATES = (
    "a long, b long, score float, shared int, bands int, frequency double, recurrent boolean, part boolean,"
    " story boolean"
)
"""A pair that share keys, by number, a < b; see index.candidates.Candidates."""

OLD = -1
"""The bucket of all articles of earlier days."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How articles are cut up: those from number `first` to `last` are new, in buckets of `size`.

    Keys are dealt to `parts`. In all, up to `last`, there are `articles`. None of it changes the result.
    """

    first: int
    last: int
    articles: int
    size: int
    parts: int

    def bucket(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """The bucket of each number."""
        return np.where(numbers < self.first, OLD, (numbers - self.first) // self.size)


def find_candidates(sketches: Any, old: Any | None, plan: Plan, settings: Settings) -> Any:
    """The candidates of the articles of the DataFrame `sketches`, with `old` and among themselves."""
    columns = ("number", "keys", "issue")
    own = sketches.select(*columns)
    every = own if old is None else own.union(old.select(*columns))
    posted = every.mapInArrow(partial(post, plan=plan), POSTINGS)
    known = posted.groupBy("part").applyInArrow(of_group(tell, plan=plan), POSTINGS)
    own = own.selectExpr("*", f"(number - {plan.first}) div {plan.size} AS bucket")
    return (
        own.groupBy("bucket")
        .cogroup(known.groupBy("bucket"))
        .applyInArrow(of_two(pair, plan=plan, settings=settings), CANDIDATES)
    )


def post(batches: Iterator[Any], plan: Plan) -> Iterator[Any]:
    """Number and keys of articles -> the posting lists of each bucket, one row for each part of the keys."""
    schema = schema_of(POSTINGS)
    for batch in batches:
        numbers = column(batch, "number")
        order = np.argsort(numbers, kind="stable")
        ordered = batch.take(pa.array(order))
        numbers = numbers[order]
        issues = column(ordered, "issue")
        offsets, keys = lists(ordered, "keys", np.uint64)
        buckets = plan.bucket(numbers)
        # also where numbers are left out, so that pieces follow each other in time
        new = (np.diff(buckets) != 0) | (np.diff(numbers) != 1)
        cuts = np.concatenate(([0], np.flatnonzero(new) + 1, [len(numbers)]))
        for begin, end in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
            table = table_of(
                numbers[begin:end],
                offsets[begin : end + 1] - offsets[begin],
                keys[offsets[begin] : offsets[end]],
                COMMON,
            )
            own = issues[begin:end][np.searchsorted(numbers[begin:end], table.numbers)]
            rows = [
                {"bucket": int(buckets[begin]), "first": int(numbers[begin]), "part": part, **found}
                for part, found in _dealt(table, own, plan.parts)
            ]
            yield batch_of(rows, schema)


def _dealt(table: Table, issues: NDArray[np.int64], parts: int) -> Iterator[tuple[int, dict[str, bytes]]]:
    """The lists of each part of the keys."""
    # The lowest bits that an index keeps; the highest stay evenly spread, as the sorting likes them.
    part = ((table.keys >> np.uint64(runs_kernel.UNUSED)) % np.uint64(parts)).astype(np.int64)
    order = np.argsort(part, kind="stable")
    offsets, places = gather(table.offsets, order)
    dealt = Table(table.keys[order], offsets, table.numbers[places], table.totals[order])
    bounds = np.searchsorted(part[order], np.arange(parts + 1))
    for p in range(parts):
        if bounds[p] < bounds[p + 1]:
            yield p, packed(dealt, issues[places], int(bounds[p]), int(bounds[p + 1]))


def tell(rows: Any, plan: Plan) -> Any:
    """The posting lists of one part of the keys -> what each bucket needs to know of them."""
    rows = rows.sort_by([("bucket", "ascending"), ("first", "ascending")])
    table, issues, counts = unpacked(rows)
    buckets = np.repeat(column(rows, "bucket"), counts)
    _, order = runs_kernel.sort(table.keys, np.arange(len(table.keys)))
    keys, own, offsets, places, totals, size = kernel.running_lists(
        order, table.keys, buckets, table.offsets, np.arange(len(table.numbers)), table.totals, COMMON
    )
    own = own[:size]
    order = np.argsort(own, kind="stable")
    offsets, kept = gather(offsets[: size + 1], order)
    places = places[kept]
    told = Table(keys[:size][order], offsets, table.numbers[places], totals[:size][order])
    issues = issues[places]
    present, begins = np.unique(own[order], return_index=True)
    ends = np.append(begins, size)
    part = rows.column("part")[0].as_py() if len(rows) else 0
    found = [
        {
            "bucket": bucket,
            "first": plan.first,
            "part": part,
            **packed(told, issues, int(ends[i]), int(ends[i + 1])),
        }
        for i, bucket in enumerate(present.tolist())
    ]
    return pa.Table.from_batches([batch_of(found, schema_of(POSTINGS))])


def pair(sketches: Any, known: Any, plan: Plan, settings: Settings) -> Any:
    """Number and keys of the articles of a bucket, and what is known of its keys -> candidates."""
    sketches = sketches.sort_by("number")
    numbers = column(sketches, "number")
    offsets, keys = lists(sketches, "keys", np.uint64)
    table, issues, _ = unpacked(known)
    posted, first = np.unique(table.numbers, return_index=True)
    ascending, order = runs_kernel.sort(table.keys, np.arange(len(table.keys)))
    none = len(ascending)
    ends, totals = np.append(table.offsets, table.offsets[-1]), np.append(table.totals, 0)

    def find(wanted: NDArray[np.uint64]) -> Table:
        at, there = look_up(ascending, wanted)
        which = np.full(len(wanted), none)
        which[there] = order[at[there]]
        offsets, places = gather(ends, which)
        return Table(wanted, offsets, table.numbers[places], totals[which])

    found = sharing(
        numbers,
        offsets,
        keys,
        find,
        before=True,
        populations=plan.articles - (plan.last - numbers),
        min_score=settings.candidate_score,
        common=common_of(settings),
        settings=settings,
        issues=column(sketches, "issue"),
        issues_of=lambda others: issues[first[np.searchsorted(posted, others)]],
    )
    return pa.table(
        {
            "a": found.number,
            "b": numbers[found.query],
            "score": found.score,
            "shared": found.shared,
            "bands": found.bands,
            "frequency": found.frequency.articles,
            "recurrent": found.frequency.recurrent,
            "part": found.frequency.part,
            "story": found.frequency.story,
        }
    )
