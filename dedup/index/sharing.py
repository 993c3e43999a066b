"""Which articles share enough keys with those of a batch, by the posting lists of its keys."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dedup.index import kernel
from dedup.index.candidates import DEEP, FORMS, GROWTH, NOMINAL, Candidates, Common, Frequency
from dedup.index.runs.tables import Table, distinct
from dedup.index.spread import DAY, Issues, apart, spread
from dedup.settings import Settings
from dedup.threads import THREADS, in_order

Near = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.bool_]]
"""Whether the article of each query and the one of each number (both m) may be compared at all."""


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
    near: Near | None = None,
) -> Candidates:
    """The articles that share keys with those of a batch; see Postings.candidates.

    `find` gives the posting lists of ascending, distinct keys, in their order. `populations` (n) is how many
    articles each of the batch sees, itself among them. `issues` are those of the batch, where they are
    known, and `issues_of` gives those of posted articles.
    """
    wanted, order, new = distinct(keys)
    slots = np.empty(len(keys), np.int64)
    slots[order] = np.cumsum(new) - 1
    found = find(wanted)
    band = (keys & np.uint64(1)).astype(np.uint8)
    sizes = (float(NOMINAL), GROWTH, float(FORMS), float(DEEP))
    known = (populations, *sizes, min_score, common)

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
        return rows[: kernel.COLUMNS * pairs].reshape(-1, kernel.COLUMNS), score[: 2 * pairs].reshape(-1, 2)

    count = max(1, min(THREADS, len(numbers)))
    cuts = [len(numbers) * i // count for i in range(count + 1)]
    rows, scores = map(np.concatenate, zip(*in_order(part, pairwise(cuts)), strict=True))
    if near is not None:
        kept = near(rows[:, kernel.QUERY], rows[:, kernel.NUMBER])
        rows, scores = rows[kept], scores[kept]
    kept = _closest(rows[:, kernel.QUERY], rows[:, kernel.KIND], common.most)
    rows, scores = rows[kept], scores[kept]
    query, number, shared, bands, kind = rows.T
    score, frequency = scores.T
    wire = kind == kernel.WIRE
    none = np.zeros(len(query), np.bool_)
    candidates = Candidates(
        query=query.astype(np.int32),
        number=number.copy(),
        score=score.astype(np.float32),
        shared=shared.astype(np.int32),
        bands=bands.astype(np.int32),
        frequency=Frequency(frequency.copy(), none.copy(), wire, none.copy()),
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


def _closest(query: NDArray[np.int64], kind: NDArray[np.int64], most: int) -> NDArray[np.bool_]:
    """Which pairs (best first) are left if each query keeps but `most` of each kind that is not rare."""
    kept = np.ones(len(query), np.bool_)
    for common in (kernel.COMMON_LARGE, kernel.COMMON_SMALL, kernel.WIRE):
        own = np.flatnonzero(kind == common)
        place = np.arange(len(own)) - np.searchsorted(query[own], query[own])
        kept[own[place >= most]] = False
    return kept


def _hidden(
    query: NDArray[np.int64],
    number: NDArray[np.int64],
    offsets: NDArray[np.int64],
    slots: NDArray[np.int64],
    found: Table,
) -> NDArray[np.int32]:
    """How many keys of each query have a list that ends before the other article of the pair, and goes on."""
    cut = (np.diff(found.offsets) < found.totals)[slots]
    before = np.append(0, np.cumsum(cut))[offsets]
    own = np.repeat(np.arange(len(offsets) - 1), np.diff(before))
    ends = found.numbers[found.offsets[slots[cut] + 1] - 1]  # one that is cut off has its first ones
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
    large = (frequency.articles >= settings.doubtful_frequency) & (found.shared >= settings.wire_keys)
    common = large | (
        (frequency.articles > settings.retold_frequency) & (found.shared >= settings.retold_keys)
    )
    often = (
        ~frequency.part
        & (usual >= settings.recurrent_articles / 2)
        & (found.shared >= settings.recurrent_keys)
    )
    asked = np.flatnonzero((common | often) & (own & DAY > 0))
    same, days = apart(own[asked], _each(found.number[asked], issues_of))
    form = often[asked] & same & (days > 0)
    near = common[asked] & ~same & (days >= 0) & (days <= settings.wire_days)
    asked, form = asked[form | near], form[form | near]
    if len(asked):
        offsets, others = having(asked)
        told = spread(own[asked], offsets, _each(others, issues_of))
        frequency.recurrent[asked] = form & told.recurs(settings)
        is_wire = ~form & large[asked] & told.is_wire(settings)
        frequency.articles[asked[is_wire]] = 1.0
        frequency.story[asked] = is_wire | (~form & told.is_story(settings))


def _each(numbers: NDArray[np.int64], issues_of: Issues) -> NDArray[np.int64]:
    distinct, place = np.unique(numbers, return_inverse=True)
    return issues_of(distinct)[place]
