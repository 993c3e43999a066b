"""Postings: which articles have a key, and which share enough of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dedup.index import kernel
from dedup.index.articles import Articles
from dedup.index.candidates import (
    DEEP,
    EVERY,
    FORMS,
    GROWTH,
    NOMINAL,
    Candidates,
    Common,
    Frequency,
)
from dedup.index.rows import Rows, reads, writes
from dedup.index.runs import ALL, Runs
from dedup.index.runs import kernel as runs_kernel
from dedup.index.runs.tables import Run, Table, trimmed
from dedup.index.spread import DAY, Issues, apart, spread
from dedup.index.transactions import Transactions
from dedup.settings import Settings
from dedup.threads import THREADS, in_order

DEAD_SHARE = 4
"""A run is written anew when more than a fourth of its articles were removed."""

Near = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.bool_]]
"""Whether the article of each query and the one of each number (both m) may be compared at all."""


def table_of(
    numbers: NDArray[np.int64], offsets: NDArray[np.int64], keys: NDArray[np.uint64], most: int = ALL
) -> Table:
    """The posting lists of a batch: article `numbers[i]` has `keys[offsets[i] : offsets[i + 1]]`.

    Lists keep their first `most` articles.
    """
    ascending, each = runs_kernel.sort(runs_kernel.shortened(keys), np.repeat(numbers, np.diff(offsets)))
    return trimmed(*runs_kernel.collect(ascending, each, most))


def sharing(
    numbers: NDArray[np.int64],
    offsets: NDArray[np.int64],
    keys: NDArray[np.uint64],
    find: Callable[[NDArray[np.uint64]], Table],
    *,
    before: bool,
    populations: NDArray[np.int64],
    min_score: float,
    common: Common,
    settings: Settings,
    issues: NDArray[np.int64] | None = None,
    issues_of: Issues,
    min_shared: int = 1,
    limit: int = 0,
    near: Near | None = None,
) -> Candidates:
    """The articles that share keys with those of a batch; see Postings.candidates.

    `find` gives the posting lists of ascending, distinct keys, in their order. `populations` (n) is how many
    articles each of the batch sees, itself among them. `issues` are those of the batch, where they are
    known, and `issues_of` gives those of posted articles.
    """
    ascending, order = runs_kernel.sort(runs_kernel.shortened(keys), np.arange(len(keys)))
    new = np.append(True, ascending[1:] != ascending[:-1])[: len(keys)]
    slots = np.empty(len(keys), np.int64)
    slots[order] = np.cumsum(new) - 1
    found = find(ascending[new])
    band = (keys & np.uint64(1)).astype(np.uint8)
    sizes = (float(NOMINAL), GROWTH, float(FORMS), float(DEEP))
    of_all = common if near is None else common._replace(most=1 << 60)
    known = (populations, *sizes, min_score, min_shared, limit, of_all)

    def part(own: tuple[int, int]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The pairs of the queries from one to another, a row each, and their scores and frequencies."""
        rows, score, pairs = kernel.candidates(
            *own,
            offsets,
            slots,
            found.offsets,
            found.numbers,
            found.totals,
            band,
            numbers,
            before,
            *known,
        )
        return rows[: 4 * pairs].reshape(-1, 4), score[: 2 * pairs].reshape(-1, 2)

    count = max(1, min(THREADS, len(numbers)))
    cuts = [len(numbers) * i // count for i in range(count + 1)]
    rows, scores = map(np.concatenate, zip(*in_order(part, pairwise(cuts)), strict=True))
    if near is not None:
        kept = np.flatnonzero(near(rows[:, 0], rows[:, 1]))
        kept = kept[_few(rows[kept], scores[kept, 0], np.diff(offsets), populations, common)]
        rows, scores = rows[kept], scores[kept]
    query, number, shared, bands = rows.T
    score, frequency = scores.T
    candidates = Candidates(
        query=query.astype(np.int32),
        number=number.copy(),
        score=score.astype(np.float32),
        shared=shared.astype(np.int32),
        bands=bands.astype(np.int32),
        frequency=Frequency(frequency.copy(), np.zeros(len(query), np.bool_)),
        hidden=_hidden(query, number, offsets, slots, found),
    )

    def having(pairs: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Offsets and numbers of the articles that have at least half of what each of these pairs shares."""
        have, others = kernel.having(
            query[pairs], number[pairs], offsets, slots, found.offsets, found.numbers, numbers, before
        )
        return have, others[: have[-1]]

    if issues is not None:
        _judge(candidates, issues[query], having, issues_of, settings)
    return candidates


def _few(
    rows: NDArray[np.int64],
    score: NDArray[np.float64],
    keys: NDArray[np.int64],
    populations: NDArray[np.int64],
    common: Common,
) -> NDArray[np.bool_]:
    """What `common` leaves of pairs, which the kernel does where none has been left out before it."""
    query, shared = rows[:, 0], rows[:, 2]
    deeper = np.log(np.maximum(populations / DEEP, 1.0)) / 2
    rare = math.log(NOMINAL / common.frequency) if math.isfinite(common.frequency) else -math.inf
    often = score / np.maximum(shared, 1) - kernel.ROUNDING <= (rare - deeper)[query]
    kept = np.ones(len(rows), np.bool_)
    for large in (False, True):
        own = np.flatnonzero(often & ((shared >= common.share * keys[query]) == large))
        place = np.arange(len(own)) - np.searchsorted(query[own], query[own])  # the best of each query first
        kept[own[place >= common.most]] = False
    return kept


def _hidden(
    query: NDArray[np.int64],
    number: NDArray[np.int64],
    offsets: NDArray[np.int64],
    slots: NDArray[np.int64],
    found: Table,
) -> NDArray[np.int32]:
    """How many keys of each query have a list that ends before the other article of the pair, and goes on."""
    lengths = np.diff(found.offsets)
    cut = (lengths < found.totals)[slots]
    before = np.append(0, np.cumsum(cut))[offsets]
    own = np.repeat(np.arange(len(offsets) - 1), np.diff(before))
    # one of an index of before may have lost all that it listed
    ends = np.where(lengths > 0, np.append(found.numbers, 0)[found.offsets[1:] - 1], 0)[slots[cut]]
    above = 1 + max(int(number.max(initial=0)), int(ends.max(initial=0)))
    earlier = np.searchsorted(np.sort(own * above + ends), query * above + number)
    hidden: NDArray[np.int32] = (earlier - before[query]).astype(np.int32)
    return hidden


def _judge(
    found: Candidates,
    own: NDArray[np.int64],
    having: Callable[[NDArray[np.int64]], tuple[NDArray[np.int64], NDArray[np.int64]]],
    issues_of: Issues,
    settings: Settings,
) -> None:
    """Tell recurrent forms and wire stories among pairs by the sources and days of what has what they share.

    `own` are the issues of the newer articles. What is told is put into the frequency.
    """
    frequency = found.frequency
    usual = NOMINAL * np.exp(-found.score.astype(np.float64) / found.shared)  # however large the index is
    common = (frequency.articles >= settings.doubtful_frequency) & (found.shared >= settings.wire_keys)
    often = (usual >= settings.recurrent_articles / 2) & (found.shared >= settings.recurrent_keys)
    asked = np.flatnonzero((common | often) & (own & DAY > 0))
    same, days = apart(own[asked], _each(found.number[asked], issues_of))
    form = often[asked] & same & (days > 0)
    wire = common[asked] & ~same & (days >= 0) & (days <= settings.wire_days)
    asked, form = asked[form | wire], form[form | wire]
    if len(asked):
        offsets, others = having(asked)
        told = spread(own[asked], offsets, _each(others, issues_of))
        frequency.recurrent[asked] = form & told.recurs(settings)
        frequency.articles[asked[~form & told.is_wire(settings)]] = 1.0


def _each(numbers: NDArray[np.int64], issues_of: Issues) -> NDArray[np.int64]:
    distinct, place = np.unique(numbers, return_inverse=True)
    return issues_of(distinct)[place]


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
            self._runs.ahead(np.unique(runs_kernel.shortened(keys))),
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
        min_shared: int = 1,
        limit: int = 0,
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

        Kept are the pairs that share a band, and those that share at least `min_shared` keys with a score of
        at least `score_bar(min_score, articles)`; of each article's, the best `limit`, by score and then the
        earlier (0: all). `common` leaves out more, of those that `near` keeps by query and number. With the
        `issues` of the batch (see dedup.index.spread), forms that recur at a source and wire stories are told
        by `settings`, or by the index's own.
        """
        return sharing(
            numbers, offsets, keys, self._runs.find, before=before,
            populations=self._populations(numbers, before=before),
            min_score=float(min_score), min_shared=int(min_shared), limit=int(limit), common=common,
            settings=settings or self._settings, issues=issues, issues_of=self._articles.issues,
            near=near,
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
        ascending, order = runs_kernel.sort(runs_kernel.shortened(keys), np.arange(len(keys)))
        new = np.append(True, ascending[1:] != ascending[:-1])[: len(keys)]
        table = self._runs.find(ascending[new])
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
        return np.unique(self._runs.find(np.unique(runs_kernel.shortened(keys))).numbers)

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
        strays = self._db.execute(
            "WITH own(run) AS (SELECT place >> 32 FROM posting_bucket UNION ALL SELECT run FROM posting_rest)"
            " SELECT count(*) FROM own WHERE run NOT IN (SELECT run FROM posting_run)"
        ).fetchone()[0]
        if strays:
            problems.append(f"{strays} buckets of no run")
        return problems

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
            if np.any(lengths > table.totals) or np.any(table.totals < 1):
                wrong.add("a list of the wrong length")
            inner = np.ones(len(table.numbers), np.bool_)
            inner[table.offsets[:-1][lengths > 0]] = False
            if np.any(np.diff(table.numbers, prepend=0)[inner] <= 0):
                wrong.add("a list out of order")
            if np.any((table.numbers < run.first) | (table.numbers > run.last)):
                wrong.add("articles of another run")
            at = np.minimum(np.searchsorted(known, table.numbers), len(known) - 1)
            if len(table.numbers) and (not len(known) or np.any(known[at] != table.numbers)):
                wrong.add("postings of articles that are not there")
        if (keys, postings) != (run.keys, run.postings):
            wrong.add(f"{keys} keys and {postings} postings, but {run.keys} and {run.postings} counted")
        return sorted(wrong)
