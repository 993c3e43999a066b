"""Work in threads whose results come in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

THREADS = os.cpu_count() or 1

T = TypeVar("T")
R = TypeVar("R")


def in_order(work: Callable[[T], R], given: Iterable[T], *, alone: bool = False) -> Iterator[R]:
    """The work on each of what is given, in THREADS while the next few are taken; or `alone`, without any."""
    if alone:
        yield from map(work, given)
        return
    waiting: deque[Future[R]] = deque()
    with ThreadPoolExecutor(THREADS) as pool:
        for each in given:
            waiting.append(pool.submit(work, each))
            if len(waiting) > THREADS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
