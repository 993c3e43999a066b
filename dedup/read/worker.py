"""A process that makes records: pickled tasks on stdin, what becomes of them on stdout, until stdin ends."""

from __future__ import annotations

import os
import pickle
import signal
import sys


def main() -> None:
    """Make what is asked for. Ctrl-C is for the process that asks: it ends this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    tasks = sys.stdin.buffer
    while True:
        try:
            make, given = pickle.load(tasks)  # noqa: S301  (of the process that started this one)
        except EOFError:
            return
        answer: tuple[object, Exception | None]
        try:
            answer = make(*given), None
        except Exception as error:  # told where it can be seen
            answer = None, error
        try:
            pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
        except BrokenPipeError:  # whoever asked is gone
            os._exit(0)


if __name__ == "__main__":
    main()
