"""Records that are slow to make, made by several processes, in the order in which they were asked for."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from dedup.model import Article, RecordError
from dedup.read.formats import Later
from dedup.read.inputs import refused
from dedup.threads import THREADS

if TYPE_CHECKING:
    from concurrent.futures import Future

    from dedup.read.pool import Pool

T = TypeVar("T")

ALONE: Final = 32
"""So many are made by this process before it starts others, which takes them a second."""
_WAITING: Final = 64
"""Records that are held back at most, for those before them are not done ..."""
_HELD: Final = 64 << 20
"""... and the bytes of them."""
_MOST: Final = 8


def made(stream: Iterable[T | Later], processes: int | None = None) -> Iterator[T | Article | RecordError]:
    """All that is in a stream, in its order, and in place of what is to be made later what it becomes.

    `processes`, those that may be started: as many as there are processors, if nothing is said; with 0 and 1
    this one makes everything.
    """
    count = min(_MOST, THREADS) if processes is None else processes
    alone = ALONE if count > 1 else sys.maxsize
    pool: Pool | None = None
    waiting: deque[tuple[Future[Article | RecordError] | None, Any, int]] = deque()
    held = 0
    try:
        for one in stream:
            if not isinstance(one, Later):
                if not waiting:
                    yield one
                    continue
                waiting.append((None, one, 0))
            elif alone > 0:
                alone -= 1
                yield _made(partial(one.make, *one.given), one)
            else:
                pool = pool or _pool(count)
                waiting.append((pool.submit(one), one, one.size))
                held += one.size
            while waiting and (len(waiting) > _WAITING or held > _HELD or _ready(waiting[0][0])):
                future, ready, size = waiting.popleft()
                held -= size
                yield ready if future is None else _made(future.result, ready)
        for future, ready, _ in waiting:
            yield ready if future is None else _made(future.result, ready)
    finally:
        if pool is not None:
            pool.close()


def _made(make: Callable[[], Article | RecordError], later: Later) -> Article | RecordError:
    """What a record becomes; what its reader did not foresee is an error of that record alone."""
    try:
        return make()
    except Exception as error:
        return refused(later.name, error)


def _pool(count: int) -> Pool:
    from dedup.read.pool import Pool

    return Pool(count)


def _ready(future: Future[Article | RecordError] | None) -> bool:
    return future is None or future.done()
