"""Work in threads whose results come in order."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import cache
from itertools import chain, islice
from typing import TypeVar

THREADS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
"""As many as there are processors that this process may use."""

T = TypeVar("T")
R = TypeVar("R")


class _Here(threading.local):
    """Whether the work that this thread gives out is done in it."""

    alone = False


_here = _Here()


@cache
def _pool(process: int) -> ThreadPoolExecutor:
    """The threads of this process; one that was forked has none of those before."""

    def begin() -> None:
        _here.alone = True  # work inside of work: the cores are busy, and waiting for it might never end

    return ThreadPoolExecutor(THREADS, f"dedup-{process}", begin)


@contextmanager
def one_thread() -> Iterator[None]:
    """Do what is asked for inside in this thread alone."""
    before, _here.alone = _here.alone, True
    try:
        yield
    finally:
        _here.alone = before


def in_order(work: Callable[[T], R], given: Iterable[T], *, alone: bool = False) -> Iterator[R]:
    """The work on each of what is given, in THREADS while the next few are taken; or `alone`, in this one.

    Inside of such work, and if there is only one to be done, it is alone.
    """
    given = iter(given)
    first = list(islice(given, 2))
    if alone or _here.alone or len(first) < 2:
        yield from map(work, chain(first, given))
        return
    pool = _pool(os.getpid())
    waiting: deque[Future[R]] = deque()
    try:
        for each in chain(first, given):
            waiting.append(pool.submit(work, each))
            if len(waiting) > THREADS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:  # whoever stops asking may end what the work looks at
        for future in waiting:
            future.cancel()
        wait(waiting)
