"""The kernels of sentences: their ends, and those that are alike, where two articles are to be aligned."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from dedup.comparison.array_kernel import fill
from dedup.kernels import kernel


@kernel
def first_of(sentence: Any, t: Any) -> Any:
    """The first token of the sentence of token t."""
    while t > 0 and sentence[t - 1] == sentence[t]:
        t -= 1
    return t


@kernel
def end_of(sentence: Any, t: Any) -> Any:
    """The end of the sentence of token t."""
    t += 1
    while t < sentence.shape[0] and sentence[t] == sentence[t - 1]:
        t += 1
    return t


@kernel
def choose(sentence: Any, word_of: Any, begin: Any, end: Any, run: Any, chosen: Any, starts: Any) -> Any:
    """Fill `chosen` with the tokens of a whose words b has too, or that are in a run, in order.

    Those of sentence s are chosen[starts[s] : starts[s + 1]].
    """
    size, row = 0, -1
    for t in range(sentence.shape[0]):
        if sentence[t] != row:
            row = sentence[t]
            starts[row] = size
        w = word_of[t]
        chosen[size] = t
        size += (run[t] >= 0) | (end[w] > begin[w])
    starts[row + 1] = size


@kernel
def marked_sentences(
    rows: Any, sentence_b: Any, word_of: Any, begin: Any, end: Any, place_b: Any, weight: Any,
    norm_a: Any, norm_b: Any, run: Any, chosen: Any, starts: Any, mark: Any,
    product: Any, touched: Any, offsets: Any, marked: Any, likeness: Any,
) -> Any:  # fmt: skip
    """Pairs of sentences whose cosine is above `mark`: fills offsets (rows + 1) into `marked`, its b's.

    `product`, zeros, and `touched` have an entry more than b has sentences. Returns how many are marked.
    """
    size = 0
    offsets[0] = 0
    tiny = np.float32(1e-9)
    for row in range(rows):
        reached = 0
        for n in range(starts[row], starts[row + 1]):
            t = chosen[n]
            w = word_of[t]
            squared = np.float32(weight[w] * weight[w]) + tiny
            if run[t] >= 0:
                s = sentence_b[run[t]]
                touched[reached] = s
                reached += product[s] == 0
                product[s] += squared
            else:
                for k in range(begin[w], end[w]):
                    s = sentence_b[place_b[k]]
                    touched[reached] = s
                    reached += product[s] == 0
                    product[s] += squared
        for k in range(reached):
            s = touched[k]
            length = math.sqrt(norm_a[row] * norm_b[s])
            if product[s] > mark * length:
                marked[size], likeness[size] = s, product[s] / max(length, 1e-6)
                size += 1
            product[s] = 0
        offsets[row + 1] = size
    return size


@kernel
def dots(
    rows: Any, sentence_b: Any, word_of: Any, begin: Any, end: Any, place_b: Any,
    runs: Any, run_a: Any, run_b: Any, chosen: Any, starts: Any, offsets: Any, marked: Any, stamp: Any,
    di: Any, dj: Any,
) -> Any:  # fmt: skip
    """The places (i, j) of equal content words in marked sentences, widened by one each way, or in `runs`.

    Fills (di, dj), in order, and returns how many there are; `stamp` has three entries more than b has
    sentences.
    """
    size = 0
    fill(stamp, sentence_b[-1] + 3, -1)
    for row in range(rows):
        first, last = offsets[max(row - 1, 0)], offsets[min(row + 2, rows)]
        if first == last and not runs:
            continue
        for k in range(first, last):
            stamp[marked[k]] = row
            stamp[marked[k] + 1] = row
            stamp[marked[k] + 2] = row
        for n in range(starts[row], starts[row + 1]):
            t = chosen[n]
            w = word_of[t]
            if run_a[t] >= 0:
                di[size], dj[size] = t, run_a[t]
                size += end[w] > begin[w]
            else:
                for k in range(begin[w], end[w]):
                    j = place_b[k]
                    di[size], dj[size] = t, j
                    size += (run_b[j] < 0) & (stamp[sentence_b[j] + 1] == row)
    return size
