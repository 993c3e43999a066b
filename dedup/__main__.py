"""python -m dedup, and the `dedup` command: errors become one line on stderr and an exit status."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
import traceback
from collections.abc import Sequence

INTERRUPTED = 130

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
LARGEST_KEPT = 256 << 20
"""Bytes of the largest blocks that the allocator takes from its heap, and of what it keeps at its end."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status."""
    # A process that mostly imports makes a million objects that stay: looking for garbage among them takes
    # a seventh of its time.
    gc.set_threshold(100_000)
    keep_memory()
    # numpy would start a thread for each core to multiply matrices, which takes 50 ms, and there are none.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        from dedup.cli import streams
        from dedup.cli.ending import ending
        from dedup.cli.stopping import terminable

        streams.prepare()
        try:
            with terminable():
                status = _run(list(sys.argv[1:] if arguments is None else arguments))
            sys.stdout.flush()
        except (streams.Interrupted, MemoryError, OSError) as error:
            if isinstance(error, OSError):
                streams.abandon_stdout()
            status, reason = ending(error)
            if not isinstance(error, BrokenPipeError):
                streams.message(reason)
        except Exception as error:
            traceback.print_exc()
            status, _ = ending(error)
    except KeyboardInterrupt as error:
        sys.stderr.write("dedup: interrupted\n")
        return getattr(error, "status", INTERRUPTED)
    return status


def keep_memory() -> None:
    """Let glibc, where it is that, keep the memory of large arrays for the next ones.

    By itself it gives each back to the system, and gets it again zeroed page by page: a tenth of the time.
    And what is free it keeps apart for each thread: a fourth of the memory more.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    mallopt(M_MMAP_THRESHOLD, LARGEST_KEPT)
    mallopt(M_TRIM_THRESHOLD, LARGEST_KEPT)
    mallopt(M_ARENA_MAX, 1)


def _run(arguments: list[str]) -> int:
    import typer

    from dedup.cli import command_line, streams
    from dedup.cli.ending import UsageError
    from dedup.errors import DedupError

    command = command_line(arguments)
    try:
        with command.make_context("dedup", arguments) as context:
            command.invoke(context)
    except typer.Exit as done:
        return done.exit_code
    except DedupError as error:
        sys.stdout.flush()
        streams.message(str(error))
        return error.exit_status
    except Exception as error:
        if not isinstance(error, UsageError):
            raise
        return _tell_usage(error)
    return 0


def _tell_usage(error: Exception) -> int:
    from dedup.cli import streams
    from dedup.cli.ending import ending

    status, text = ending(error)
    context = getattr(error, "ctx", None)
    if "\n" in text:
        sys.stderr.write(text + "\n")
        return status
    path = context.command_path if context else "dedup"
    streams.message(f"{text} (try: {path} --help)")
    return status


if __name__ == "__main__":
    sys.exit(main())
