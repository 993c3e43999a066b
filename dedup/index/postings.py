"""Postings: which articles have a key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from dedup.arrays.ordered import each_once, look_up
from dedup.index.articles import Articles
from dedup.index.candidates import EVERY, Candidates, Common
from dedup.index.rows import Rows, reads, writes
from dedup.index.runs import ALL, Runs
from dedup.index.runs import kernel as runs_kernel
from dedup.index.runs.tables import Run, Table, distinct, trimmed
from dedup.index.sharing import Near, sharing
from dedup.index.transactions import Transactions
from dedup.settings import Settings

DEAD_SHARE = 4
"""A run is written anew when more than a fourth of its articles were removed."""


def table_of(
    numbers: NDArray[np.int64], offsets: NDArray[np.int64], keys: NDArray[np.uint64], most: int = ALL
) -> Table:
    """The posting lists of a batch: article `numbers[i]` has `keys[offsets[i] : offsets[i + 1]]`.

    Lists keep their first `most` articles.
    """
    ascending, each = runs_kernel.sort(runs_kernel.shortened(keys), np.repeat(numbers, np.diff(offsets)))
    return trimmed(*runs_kernel.collect(ascending, each, most))


class Postings(Rows):
    """The postings of one index."""

    def __init__(self, transactions: Transactions, articles: Articles, settings: Settings) -> None:
        super().__init__(transactions)
        self._articles = articles
        self._settings = settings
        self._runs = Runs(transactions)

    @writes
    def post(self, numbers: NDArray[np.int64], offsets: NDArray[np.int64], keys: NDArray[np.uint64]) -> None:
        """Post a batch: article `numbers[i]` under the distinct keys `keys[offsets[i] : offsets[i + 1]]`.

        Numbers ascend, from batch to batch too. Keys are spread evenly over 64 bits; the odd ones are bands.
        """
        if len(keys):
            self._runs.add(table_of(numbers, offsets, keys), int(numbers[0]), int(numbers[-1]), len(numbers))

    @contextmanager
    def ahead(self, keys: NDArray[np.uint64]) -> Iterator[None]:
        """Look these keys up for all that ask for some of them inside, which is one transaction."""
        with (
            self._transactions.reading(),
            self._runs.ahead(each_once(runs_kernel.shortened(keys))),
        ):
            yield

    @reads
    def candidates(
        self,
        numbers: NDArray[np.int64],
        offsets: NDArray[np.int64],
        keys: NDArray[np.uint64],
        *,
        before: bool,
        min_score: float = 0.0,
        common: Common = EVERY,
        settings: Settings | None = None,
        issues: NDArray[np.int64] | None = None,
        near: Near | None = None,
    ) -> Candidates:
        """The articles that share keys with those of a batch, each pair at most once.

        A number of -1 is an article that the index does not hold. With `before`, the numbers ascend, and only
        articles with smaller numbers are found: asked for after posting, a batch finds its pairs with older
        articles and with its own, each once, with the scores that its articles would get if they were added
        one by one. A score is the sum of ln(NOMINAL/df) over the shared keys; df counts the article itself.

        Kept are the pairs that share a band, and those with a score of at least
        `score_bar(min_score, articles)`, as far as `near` keeps them, by query and number. `common` leaves
        out more. With the `issues` of the batch (see dedup.index.spread), forms that recur at a source and
        wire stories are told by `settings`, or by the index's own.
        """
        return sharing(
            numbers, offsets, keys, self._runs.find, before=before,
            populations=self._populations(numbers, before=before),
            min_score=float(min_score), common=common, settings=settings or self._settings,
            issues=issues, issues_of=self._articles.issues, near=near,
        )  # fmt: skip

    def _populations(self, numbers: NDArray[np.int64], *, before: bool) -> NDArray[np.int64]:
        """How many articles each of the batch sees, itself among them."""
        count, last = self._articles.count(), self._articles.newest()
        if not before or not len(numbers):
            return count + (numbers < 0)
        if len(numbers) == last - int(numbers[0]) + 1:
            return count - (last - numbers)  # the newest ones, which follow each other
        return np.searchsorted(self._articles.numbers(), numbers, "right")

    @reads
    def posted(self, keys: NDArray[np.uint64], numbers: NDArray[np.int64]) -> dict[int, NDArray[np.uint64]]:
        """Which of these keys each of these articles is posted under; of common keys, as far as is kept."""
        wanted, order, new = distinct(keys)
        table = self._runs.find(wanted)
        mine = np.isin(table.numbers, numbers)
        slots = np.repeat(np.arange(len(table.keys)), np.diff(table.offsets))[mine]
        by_number = np.argsort(table.numbers[mine], kind="stable")
        slots, own = slots[by_number], table.numbers[mine][by_number]
        begins = np.append(np.flatnonzero(new), len(keys))
        found = {}
        for number in numbers.tolist():
            low, high = np.searchsorted(own, number), np.searchsorted(own, number, "right")
            rows = [order[begins[slot] : begins[slot + 1]] for slot in slots[low:high].tolist()]
            found[number] = keys[np.concatenate([np.empty(0, np.int64), *rows])]
        return found

    @reads
    def having(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """The articles that have some of these keys, ascending; of common keys the earliest."""
        return each_once(self._runs.find(each_once(runs_kernel.shortened(keys))).numbers)

    @writes
    def remove(self, numbers: NDArray[np.int64]) -> None:
        """Forget the postings of these articles; write runs anew in which many have gone."""
        self._runs.remove(numbers.tolist())
        removed = self._runs.removed()
        for run in self._runs.all():
            dead = np.searchsorted(removed, run.last, "right") - np.searchsorted(removed, run.first)
            if dead * DEAD_SHARE > run.articles:
                self._runs.merge([run])

    @writes
    def compact(self) -> None:
        """Make one run of all, without what was removed."""
        self._runs.compact()

    @reads
    def problems(self) -> list[str]:
        """Broken invariants."""
        known = np.union1d(self._articles.numbers(), self._runs.removed())
        problems = []
        last = 0
        for run in self._runs.all():
            if run.first <= last:
                problems.append(
                    f"run {run.run} begins with article {run.first}, before the end of an earlier one"
                )
            last = run.last
            problems += [f"run {run.run}: {problem}" for problem in self._problems_of(run, known)]
        return problems + self._counted(
            "buckets of no run",
            "WITH own(run) AS (SELECT place >> 32 FROM posting_bucket UNION ALL SELECT run FROM posting_rest)"
            " SELECT count(*) FROM own WHERE run NOT IN (SELECT run FROM posting_run)",
        )

    def _problems_of(self, run: Run, known: NDArray[np.int64]) -> list[str]:
        keys = postings = 0
        wrong: set[str] = set()
        before = -1
        for table in self._runs.parts(run):
            lengths = np.diff(table.offsets)
            keys += len(table.keys)
            postings += len(table.numbers)
            if not len(table.keys):
                continue
            if int(table.keys[0]) <= before or np.any(table.keys[1:] <= table.keys[:-1]):
                wrong.add("keys out of order")
            before = int(table.keys[-1])
            if np.any(lengths < 1):
                wrong.add("a list of the wrong length")
            inner = np.ones(len(table.numbers), np.bool_)
            inner[table.offsets[:-1][lengths > 0]] = False
            if np.any(np.diff(table.numbers, prepend=0)[inner] <= 0):
                wrong.add("a list out of order")
            if np.any((table.numbers < run.first) | (table.numbers > run.last)):
                wrong.add("articles of another run")
            if not look_up(known, table.numbers)[1].all():
                wrong.add("postings of articles that are not there")
        if (keys, postings) != (run.keys, run.postings):
            wrong.add(f"{keys} keys and {postings} postings, but {run.keys} and {run.postings} counted")
        return sorted(wrong)
