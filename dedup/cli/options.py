"""The options that commands have in common, and what their values become."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from dedup.settings import Settings


class Format(StrEnum):
    """How data is printed."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    MARKDOWN = "markdown"


class TextOrJson(StrEnum):
    """How a summary is printed, or messages are written to stderr."""

    TEXT = "text"
    JSON = "json"


def open_stdin(given: str | list[str]) -> str | list[str]:
    """Refuse `-`, alone or among other inputs, where stdin is closed."""
    if sys.stdin is None and "-" in ([given] if isinstance(given, str) else given):
        raise typer.BadParameter("stdin is closed")
    return given


Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT",
        help="Files, folders, globs, or - for stdin.",
        callback=open_stdin,
        show_default=False,
    ),
]
IndexPath = Annotated[
    str, typer.Option("--index", metavar="FILE", envvar="DEDUP_INDEX", help="The index to use.")
]
DEFAULT_INDEX = "dedup.db"
FormatOption = Annotated[
    Format, typer.Option("--format", help="How to print: for people, as JSON, or as a table.")
]
SettingsPath = Annotated[
    Path | None,
    typer.Option("--settings", metavar="FILE.toml", help="Settings, as TOML.", show_default=False),
]
FieldNames = Annotated[
    list[str] | None,
    typer.Option(
        "--field",
        metavar="PART=NAME",
        help="The field of a record that holds a part of an article, such as text=body. Repeatable.",
        show_default=False,
    ),
]
Encoding = Annotated[
    str | None,
    typer.Option(
        "--encoding",
        metavar="NAME",
        help="The encoding of the input, such as windows-1252, where nothing is to be guessed.",
        show_default=False,
    ),
]
Fetch = Annotated[
    bool, typer.Option("--fetch", help="Get inputs that are addresses of feeds or pages from the web.")
]
Strict = Annotated[bool, typer.Option("--strict", help="Stop at the first record that cannot be read.")]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="No progress and no remarks; only data and errors.")
]
LockTimeout = Annotated[
    float,
    typer.Option(
        "--lock-timeout",
        metavar="SECONDS",
        min=0.0,
        help="How long to wait for an index that another process holds.",
    ),
]
Window = Annotated[
    str | None,
    typer.Option(
        "--window",
        metavar="AGE",
        help="Compare only what was published at most so far apart, such as 30d.",
        show_default=False,
    ),
]
NoText = Annotated[
    bool,
    typer.Option(
        "--no-text",
        help="Make an index without texts, which are read again from their files while these are there.",
    ),
]
PassageCount = Annotated[
    int,
    typer.Option("--passages", metavar="N", min=0, help="Text: passages shown of a match, the best first."),
]
LARGEST = (1 << 63) - 1
"""The largest number that SQLite and the iterators of Python take."""
AS_TEXT = 50
"""Groups that are shown as text unless told."""
Limit = Annotated[
    int | None,
    typer.Option(
        "--limit",
        metavar="N",
        min=0,
        max=LARGEST,
        help="Groups shown, the largest first; 0 shows all.",
        show_default=f"{AS_TEXT} as text, else all",
    ),
]


def settings_from(path: Path | None) -> Settings | None:
    """The settings of a file; None where none was given."""
    if path is None:
        return None
    from dedup.settings import Settings

    return Settings.from_toml(path)


def encoding_from(given: str | None) -> str | None:
    """What `--encoding windows-1252` says; SettingsError where there is no such encoding."""
    if given is None:
        return None
    from dedup.read.encodings import known

    return known(given)


def fields_from(given: list[str] | None) -> dict[str, str]:
    """What `--field text=body --field id=guid` says."""
    return values_from(given, "PART=NAME, such as text=body")


def values_from(given: list[str] | None, form: str, *, empty: bool = False) -> dict[str, str]:
    """What an option says of several names, each time in this form; a value may be `empty`."""
    found = {}
    for each in given or ():
        name, equals, value = each.partition("=")
        if not (name and equals and (value or empty)):
            raise typer.BadParameter(f"{each!r} is not of the form {form}")
        found[name] = value
    return found
