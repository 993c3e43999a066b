"""The kernel of recurrence: the lines that are looked at, and the count of those that come again."""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.arrays.ragged_kernel import longest_row
from dedup.kernels import kernel

U64 = np.uint64

HEAD, TAIL, MIDDLE = 4, 6, 6
"""Lines looked at from the start of an article, from its end, and between them."""
DAYS = 4
MASK = 0xFFFFFF
"""What is kept of the hash of a line that was seen once: another is taken for it once in 10,000 articles."""
SPREAD = 0x9E3779B97F4A7C15


@kernel
def sample(offsets: Any, words: Any, hashes: Any) -> Any:
    """The lines of n articles that are looked at: offsets (n + 1), hashes, and whether each is of the middle.

    Lines of one word tell nothing, and are left out. Of the middle those with the smallest hashes are taken:
    they are the same ones in every version of an article.
    """
    n = offsets.shape[0] - 1
    out_offsets = np.zeros(n + 1, np.int64)
    out = np.empty(n * (HEAD + TAIL + MIDDLE), U64)
    inner = np.empty(n * (HEAD + TAIL + MIDDLE), np.uint8)
    size = 0
    own = np.empty(longest_row(offsets), U64)
    for i in range(n):
        count = 0
        for k in range(offsets[i], offsets[i + 1]):
            if words[k] > 1:
                own[count] = hashes[k]
                count += 1
        begin = size
        for k in range(count):
            if count <= HEAD + TAIL or k < HEAD or k >= count - TAIL:
                size = _add(out, inner, begin, size, own[k], 0)
        if count > HEAD + TAIL:
            least = U64(0)
            for _ in range(MIDDLE):
                best = ~U64(0)
                for k in range(HEAD, count - TAIL):
                    if least < own[k] < best:
                        best = own[k]
                if best == ~U64(0):
                    break
                size = _add(out, inner, begin, size, best, 1)
                least = best
        out_offsets[i + 1] = size
    return out_offsets, out[:size].copy(), inner[:size].copy()


@kernel
def _add(out: Any, inner: Any, begin: Any, size: Any, value: Any, middle: Any) -> Any:
    """Append a hash unless it is there from `begin` on; the new size."""
    for k in range(begin, size):
        if out[k] == value:
            return size
    out[size] = value
    inner[size] = middle
    return size + 1


@kernel
def _slot(keys: Any, taken: Any, key: Any) -> Any:
    """Where a key is in an open table, or the free slot for it; `taken` is 0 where a slot is free."""
    mask = U64(keys.shape[0] - 1)
    at = ((key * U64(SPREAD)) >> U64(32)) & mask
    while taken[at] and keys[at] != key:
        at = (at + U64(1)) & mask
    return at


@kernel
def take(
    offsets: Any, sampled: Any, inner: Any, days: Any, articles: Any, each: Any, recent: Any,
    counted: Any, counts: Any, known: Any, window: Any, many: Any, many_undated: Any, most: Any,
) -> Any:  # fmt: skip
    """Count the sampled lines of the next n articles of one source, in order.

    `days` (n) are days from any beginning, -1 where not known. What is remembered: `articles`, how many there
    were; `each`, how many lines of each of the latest ones `recent` has (24 bits each, oldest first);
    `counted`, the lines that came again, with `counts` (int64, 3 + DAYS for each): the latest article, how
    many have had it, on how many days, and these. `known` are boilerplate already; at most `most` will be.
    Returns the lines that are boilerplate from the article after the returned one on, with their counts, and
    the lines that are counted on with theirs.
    """
    n = offsets.shape[0] - 1
    size = 16
    while size < 2 * (recent.shape[0] + sampled.shape[0]):
        size *= 2
    short, latest = np.zeros(size, U64), np.zeros(size, np.int64)
    place = 0
    for k in range(each.shape[0]):
        for _ in range(each[k]):
            at = _slot(short, latest, U64(recent[place]))
            short[at] = U64(recent[place])
            latest[at] = articles - each.shape[0] + k + 1
            place += 1

    room = counted.shape[0] + known.shape[0] + sampled.shape[0]
    size = 16
    while size < 2 * room:
        size *= 2
    keys, record = np.zeros(size, U64), np.zeros(size, np.int64)
    hashes, rows = np.empty(room, U64), np.zeros((room, 3 + DAYS), np.int64)
    done = np.zeros(room, np.uint8)
    records = 0
    for k in range(counted.shape[0] + known.shape[0]):
        old = k < counted.shape[0]
        hashes[records] = counted[k] if old else known[k - counted.shape[0]]
        at = _slot(keys, record, hashes[records])
        if record[at]:
            done[record[at] - 1] = 1
            continue
        if old:
            for column in range(3 + DAYS):
                rows[records, column] = counts[k * (3 + DAYS) + column]
        else:
            done[records] = 1
        keys[at] = hashes[records]
        records += 1
        record[at] = records

    turn, of_turn = np.empty(room, np.int64), np.empty(room, np.int64)
    turns = 0
    seen = np.zeros(HEAD + TAIL + MIDDLE, np.uint8)
    for i in range(n):
        articles += 1
        oldest = articles - window
        new, middle, again = 0, 0, 0
        for k in range(offsets[i], offsets[i + 1]):
            at = _slot(keys, record, sampled[k])
            r = record[at] - 1
            s = _slot(short, latest, sampled[k] & U64(MASK))
            is_seen = (r >= 0 and (done[r] or rows[r, 0] >= oldest)) or (
                latest[s] > 0 and latest[s] >= oldest
            )
            seen[k - offsets[i]] = is_seen
            middle += inner[k]
            new += inner[k] and not is_seen
            again += is_seen
        # an article counts if it is another one
        another = 2 * new >= middle if middle else again < offsets[i + 1] - offsets[i]
        for k in range(offsets[i], offsets[i + 1]):
            at = _slot(keys, record, sampled[k])
            r = record[at] - 1
            if r >= 0 and done[r]:
                continue
            if seen[k - offsets[i]] and another:
                if r < 0:
                    r = records
                    hashes[r] = keys[at] = sampled[k]
                    records += 1
                    record[at] = records
                    rows[r, 1] = 1
                elif rows[r, 0] < oldest:
                    rows[r, 1], rows[r, 2] = 1, 0
                rows[r, 0] = articles
                rows[r, 1] += 1
                fresh = days[i] >= 0 and rows[r, 2] < DAYS
                for d in range(rows[r, 2]):
                    fresh = fresh and rows[r, 3 + d] != days[i]
                if fresh:
                    rows[r, 3 + rows[r, 2]] = days[i]
                    rows[r, 2] += 1
                enough = rows[r, 1] >= many and rows[r, 2] >= DAYS
                if (enough or (rows[r, 2] == 0 and rows[r, 1] >= many_undated)) and turns < most:
                    done[r] = 1
                    turn[turns], of_turn[turns] = i, r
                    turns += 1
            s = _slot(short, latest, sampled[k] & U64(MASK))
            short[s] = sampled[k] & U64(MASK)
            latest[s] = articles
    kept = np.empty(records, np.int64)
    count = 0
    for r in range(records):
        if not done[r] and rows[r, 0] > articles - window:
            kept[count] = r
            count += 1
    kept, of_turn = kept[:count], of_turn[:turns]
    return turn[:turns], hashes[of_turn], rows[of_turn], hashes[kept], rows[kept]
