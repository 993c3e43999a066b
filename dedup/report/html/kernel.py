"""The kernels of the passage map: which words of two spans correspond, and where strands begin."""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.kernels import kernel


@kernel
def correspond(a: Any, b: Any, limit: int) -> Any:
    """For each word of b the place of the same word in a, or -1; ascending.

    A shortest edit script (Myers 1986, greedy), given up after `limit` edits: then only the common beginning
    and end correspond. Memory is quadratic in the edits, which are few where two spans are a passage.
    """
    n, m = a.shape[0], b.shape[0]
    found = np.full(m, -1, np.int64)
    head = 0
    while head < n and head < m and a[head] == b[head]:
        found[head] = head
        head += 1
    tail = 0
    while tail < n - head and tail < m - head and a[n - 1 - tail] == b[m - 1 - tail]:
        tail += 1
        found[m - tail] = n - tail
    n, m = n - head - tail, m - head - tail
    bound = min(n + m, limit)
    if n == 0 or m == 0:
        return found
    reach = np.zeros(2 * bound + 3, np.int64)
    trace = np.empty(((bound + 1) * (bound + 2)) // 2, np.int32)
    edits = -1
    base = 0
    for d in range(bound + 1):
        for k in range(-d, d + 1, 2):
            middle = bound + 1 + k
            if k == -d or (k != d and reach[middle - 1] < reach[middle + 1]):
                x = reach[middle + 1]
            else:
                x = reach[middle - 1] + 1
            y = x - k
            while x < n and y < m and a[head + x] == b[head + y]:
                x += 1
                y += 1
            reach[middle] = x
            trace[base + (k + d) // 2] = x
            if x >= n and y >= m:
                edits = d
                break
        if edits >= 0:
            break
        base += d + 1
    if edits < 0:
        return found
    x, y = n, m
    for d in range(edits, 0, -1):
        k = x - y
        base -= d
        before = trace[base + (k - 1 + d - 1) // 2] if k > -d else -1
        after = trace[base + (k + 1 + d - 1) // 2] if k < d else -1
        down = k == -d or (k != d and before < after)
        begin = after if down else before + 1
        while x > begin:
            x -= 1
            y -= 1
            found[head + y] = head + x
        if down:
            y -= 1
        else:
            x -= 1
    while x > 0:
        x -= 1
        y -= 1
        found[head + y] = head + x
    return found


@kernel
def open_strands(labels: Any, begin: int, end: int, free: int) -> Any:
    """Number the runs of -1 in labels[begin:end] from `free` on; returns the first number still free."""
    inside = False
    for i in range(begin, end):
        if labels[i] >= 0:
            inside = False
            continue
        if not inside:
            inside = True
            free += 1
        labels[i] = free - 1
    return free


@kernel
def settle(labels: Any, begin: Any, end: Any, stray: int, free: int) -> Any:
    """Let each word of a text have a strand; returns the first number that is then free.

    The pieces of the text are its words [begin[p], end[p]). In each, a run of fewer than `stray` words joins
    the run before it (the first: the one after it); then each run without a strand (-1) begins one, numbered
    from `free` on. So do at last the runs of words that no piece holds.
    """
    for p in range(begin.shape[0]):
        first = begin[p]
        while first < end[p]:
            last = first + 1
            while last < end[p] and labels[last] == labels[first]:
                last += 1
            if last - first < stray and last - first < end[p] - begin[p]:
                labels[first:last] = labels[first - 1] if first > begin[p] else labels[last]
            first = last
        free = open_strands(labels, begin[p], end[p], free)
    return open_strands(labels, 0, labels.shape[0], free)
