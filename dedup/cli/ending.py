"""What ends a command before its time: its exit status, and the line that says why."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from dedup.cli.stopping import status_of
from dedup.cli.streams import USAGE, Interrupted, refusal
from dedup.errors import DedupError

CLOSED_PIPE = 141
"""What a shell reports of a process that the closed pipe ended (128 + SIGPIPE)."""
BUG = 70
"""EX_SOFTWARE of sysexits.h: Python's own 1 after a traceback would be read as the verdict of a `check`."""


@runtime_checkable
class UsageError(Protocol):
    """A mistake in the command line.

    Typer has click in a copy of its own from some version on, so its errors are known by what they can do.
    """

    def format_message(self) -> str:
        """What is wrong."""


def ending(error: BaseException) -> tuple[int, str]:
    """The exit status of a command that an exception ends, and why it ends."""
    match error:
        case DedupError():
            return error.exit_status, str(error)
        case Interrupted():
            return error.status, str(error)
        case KeyboardInterrupt():
            return status_of(error), "interrupted"
        case MemoryError():
            return USAGE, "out of memory"
        case BrokenPipeError():
            return CLOSED_PIPE, "nobody reads the output"
        case OSError():
            return refusal(error)
    if isinstance(error, UsageError):
        text = error.format_message()
        # where no command was given, it is the help
        return USAGE, text if "\n" in text else f"{text[:1].lower()}{text[1:].rstrip('.')}"
    return BUG, f"{type(error).__name__}: {error}"
