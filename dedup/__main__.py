"""python -m dedup, and the `dedup` command: errors become one line on stderr and an exit status."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Sequence

USAGE = 2
INTERRUPTED = 130
CLOSED_PIPE = 141
"""What a shell reports of a process that the closed pipe ended (128 + SIGPIPE)."""

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
LARGEST_KEPT = 256 << 20
"""Bytes of the largest blocks that the allocator takes from its heap, and of what it keeps at its end."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status."""
    # A process that mostly imports makes a million objects that stay: looking for garbage among them takes
    # a seventh of its time.
    gc.set_threshold(100_000)
    keep_memory()
    try:
        from dedup.cli import streams
        from dedup.cli.stopping import terminable

        streams.prepare()
        try:
            with terminable():
                status = _run(list(sys.argv[1:] if arguments is None else arguments))
            sys.stdout.flush()
        except BrokenPipeError:
            streams.abandon_stdout()
            return CLOSED_PIPE
        except streams.Interrupted as error:
            streams.message(str(error))
            return error.status
        except MemoryError:
            streams.message("out of memory")
            return USAGE
        except OSError as error:
            streams.abandon_stdout()
            status, reason = streams.refusal(error)
            streams.message(reason)
            return status
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

    from dedup.cli import app, streams
    from dedup.errors import DedupError

    command = typer.main.get_command(app)
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
        # typer has click in a copy of its own from some version on: its errors are known by what they can do
        if not hasattr(error, "format_message"):
            raise
        return _tell_usage(error)
    return 0


def _tell_usage(error: Exception) -> int:
    from dedup.cli import streams

    text: str = error.format_message()  # type: ignore[attr-defined]
    context = getattr(error, "ctx", None)
    if "\n" in text:  # no command was given: the text is the help
        sys.stderr.write(text + "\n")
        return USAGE
    path = context.command_path if context else "dedup"
    streams.message(f"{text[:1].lower()}{text[1:].rstrip('.')} (try: {path} --help)")
    return USAGE


if __name__ == "__main__":
    sys.exit(main())
