"""Ctrl-C, SIGTERM and SIGHUP: at once where nothing is lost by it, else after the batch."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator, Mapping
from types import FrameType

INTERRUPTED = 130

Handler = Callable[[int, FrameType | None], None]


ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""What ends a process from outside: asked to, or by the end of its terminal or connection."""


class Terminated(KeyboardInterrupt):
    """One of ENDING, to be treated as Ctrl-C is."""

    def __init__(self, number: int = signal.SIGTERM) -> None:
        super().__init__()
        self.status = 128 + number


def status_of(error: KeyboardInterrupt) -> int:
    """The exit status: 128 and the number of the signal, as a shell reports it."""
    return getattr(error, "status", INTERRUPTED)


def raise_it(number: int, _frame: FrameType | None = None) -> None:
    """Raise a signal as an exception."""
    raise Terminated(number) if number in ENDING else KeyboardInterrupt


@contextlib.contextmanager
def terminable() -> Iterator[None]:
    """Let ENDING raise Terminated inside, if this is the main thread and nobody else handles them."""
    with _handled({number: raise_it for number in ENDING if signal.getsignal(number) is signal.SIG_DFL}):
        yield


@contextlib.contextmanager
def _handled(handlers: Mapping[signal.Signals, Handler]) -> Iterator[None]:
    before = {}
    try:
        for number, handler in handlers.items():
            # signal() raises ValueError outside of the main thread
            with contextlib.suppress(ValueError):
                before[number] = signal.signal(number, handler)
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)


class Stop:
    """Signals that are kept until a batch is done: the first is, and the second is raised at once."""

    def __init__(self) -> None:
        self._asked = 0
        self._idle = False

    @contextlib.contextmanager
    def listening(self) -> Iterator[Stop]:
        """Keep SIGINT and ENDING inside, but those that are ignored (as under nohup)."""
        numbers = [n for n in (signal.SIGINT, *ENDING) if signal.getsignal(n) is not signal.SIG_IGN]
        with _handled(dict.fromkeys(numbers, self._on_signal)):
            yield self

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        at_once = self._idle or self._asked
        self._asked = number
        if at_once:
            raise_it(number)

    @property
    def asked(self) -> bool:
        """Whether there was a signal."""
        return bool(self._asked)

    def now(self) -> None:
        """Raise the signal that was kept, if there was one."""
        if self._asked:
            raise_it(self._asked)

    @contextlib.contextmanager
    def idle(self) -> Iterator[None]:
        """Nothing is begun inside, so that a signal ends the wait; one that was kept does so now."""
        self._idle = True
        try:
            self.now()
            yield
        finally:
            self._idle = False
