"""The kernel of what keys tell: the words of a text between the fingerprints that another article has."""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.arrays.ordered_kernel import contains
from dedup.kernels import kernel


@kernel
def shared(
    pairs: Any,
    words: Any,
    weight: Any,
    quoted: Any,
    places: Any,
    key: Any,
    begin: Any,
    end: Any,
    posted: Any,
    posted_key: Any,
    least: Any,
    near: Any,
    tail: Any,
    most: Any,
) -> Any:
    """What is shared by pairs (m, 2) of a text that is at hand, and an article of which the keys are known.

    Text q has the words from `words[q]` to `words[q + 1]`; `weight` and `quoted` are running sums, one more
    than there are words, of what each weighs outside quotation marks and inside. Its fingerprints, from
    `places[q]` to `places[q + 1]`, have a `key`, and are the words from `begin` to `end` of all texts. The
    keys of article a are `posted_key[posted[a] : posted[a + 1]]`, ascending.

    Words are shared where at least `least` fingerprints are that follow each other (of a text that has fewer,
    all). Shared words that are more than `near` words apart are of two passages. One that has a word from
    `tail[q]` on, and at most `most[m]` words, may be a notice under the text.

    Returns float64 (m, 4): what the best passage weighs, what the best weighs inside quotation marks, how
    many words are shared, and what the best passage weighs that is no notice.
    """
    out = np.zeros((pairs.shape[0], 4), np.float64)
    for m in range(pairs.shape[0]):
        q, a = pairs[m, 0], pairs[m, 1]
        first, last = places[q], places[q + 1] - 1
        plain, marked = 0.0, 0.0
        done = words[q]
        start = done
        runs = 0
        enough = min(least, last + 1 - first)
        p = first
        while p <= last:
            run = p
            while p <= last and contains(posted_key, posted[a], posted[a + 1], key[p]):
                p += 1
            if p - run >= max(enough, 1):
                # the ends of a text are shared with the fingerprints next to them
                low = words[q] if run == first else max(begin[run], done)
                high = words[q + 1] if p > last else max(end[p - 1], low)
                if not runs or low - done > near:
                    _close(out[m], plain, marked, start, done, tail[q], most[m])
                    plain, marked, start = 0.0, 0.0, low
                plain += weight[high] - weight[low]
                marked += quoted[high] - quoted[low]
                out[m, 2] += high - low
                done = high
                runs += 1
            p += 1
        _close(out[m], plain, marked, start, done, tail[q], most[m])
    return out


@kernel
def _close(out: Any, plain: Any, marked: Any, start: Any, done: Any, tail: Any, most: Any) -> None:
    """Count a passage from `start` to `done`."""
    out[0] = max(out[0], plain)
    out[1] = max(out[1], marked)
    if done <= tail or done - start > most:
        out[3] = max(out[3], plain)
