"""Processes of dedup.read.worker, and threads that ask them. Imported only where there is much to make."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from threading import Lock

from dedup.model import Article, RecordError
from dedup.read.formats import Later


class Pool:
    """Processes of dedup.read.worker, each with a thread that asks it.

    They are not multiprocessing's, which would run the user's own script again in each of them, and would
    copy a process that has threads.
    """

    def __init__(self, count: int) -> None:
        self._threads = ThreadPoolExecutor(count)
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        self._workers = [_Worker() for _ in range(count)]
        for worker in self._workers:
            self._idle.put(worker)

    def submit(self, task: Later) -> Future[Article | RecordError]:
        """Have a record made."""
        return self._threads.submit(self._make, task)

    def _make(self, task: Later) -> Article | RecordError:
        worker = self._idle.get()
        try:
            return worker.make(task)
        finally:
            self._idle.put(worker)

    def close(self) -> None:
        """End the processes, whatever they are at."""
        for worker in self._workers:
            worker.end()
        self._threads.shutdown(cancel_futures=True)


class _Worker:
    """One process, started anew where it has died."""

    def __init__(self) -> None:
        self._ended = False
        self._changing = Lock()  # it is ended by another thread than that which starts it anew
        self._start()

    def _start(self) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        # Ctrl-C is for this process; the new one inherits the mask, and ignores it only once it has begun.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "dedup.read.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=environment,
            )
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def make(self, task: Later) -> Article | RecordError:
        """What becomes of a task; RecordError where the process died of it."""
        give, take = self._process.stdin, self._process.stdout
        assert give is not None
        assert take is not None
        try:
            pickle.dump((task.make, task.given), give, pickle.HIGHEST_PROTOCOL)
            give.flush()
            made_, error = pickle.load(take)  # noqa: S301  (of a process of ours)
        except (OSError, EOFError, pickle.UnpicklingError):
            with self._changing:
                if not self._ended:
                    self._kill()
                    self._start()
            reason = "the process that read it died: out of memory, or a fault"
            return RecordError(task.name, None, reason, passing=True)
        if error is not None:
            raise error
        found: Article | RecordError = made_
        return found

    def end(self) -> None:
        """Kill the process, for good."""
        with self._changing:
            self._ended = True
            self._kill()

    def _kill(self) -> None:
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()
        self._process.wait()
