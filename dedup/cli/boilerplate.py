"""dedup boilerplate: the lines that sources repeat, and what a person rules of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from dedup.cli.options import (
    DEFAULT_INDEX,
    LARGEST,
    Format,
    FormatOption,
    IndexPath,
    LockTimeout,
    SettingsPath,
)
from dedup.cli.streams import emit, page
from dedup.cli.tables import emit_each
from dedup.cli.work import open_index
from dedup.errors import InputError

SourceName = Annotated[
    str | None,
    typer.Option(
        "--source", metavar="NAME", help="Only this source's; with --mark, for it alone.", show_default=False
    ),
]
Keep = Annotated[
    list[int] | None,
    typer.Option(
        "--keep",
        metavar="ID",
        max=LARGEST,
        help="This line is no boilerplate: it counts in the articles that are added from now on. Repeatable.",
        show_default=False,
    ),
]
Mark = Annotated[
    list[str] | None,
    typer.Option(
        "--mark",
        metavar="TEXT",
        help="The lines of this text are boilerplate; matches that rest on them are undone. Repeatable.",
        show_default=False,
    ),
]


def boilerplate(
    index: IndexPath = DEFAULT_INDEX,
    source: SourceName = None,
    keep: Keep = None,
    mark: Mark = None,
    format: FormatOption = Format.TEXT,
    settings: SettingsPath = None,
    lock_timeout: LockTimeout = 5.0,
) -> None:
    """List the lines that sources repeat, which do not count in a match, or rule on them.

    A line is found when many articles of one source have it, on several days. FIRST is the day on which it
    came for the second time: of what was seen once, no day is kept. What --keep and --mark say is remembered
    in the index.
    """
    with open_index(index, settings, lock_timeout) as opened:
        if keep or mark:  # whoever only looks need not wait for whoever writes
            with opened.transaction():
                for number in keep or ():
                    with _usage("--keep"):
                        opened.keep_line(number)
                for text in mark or ():
                    with _usage("--mark"):
                        opened.mark_lines(text, source)
        lines = [line for line in opened.boilerplate() if source is None or line.source in (source, None)]
    if format is Format.TEXT:
        from dedup.report.lines import show_lines

        show_lines(page(), lines)
        return
    from dedup.report import json, tabular

    objects = [json.line_object(line) for line in lines]
    if format is Format.JSON:
        emit(json.printed({"lines": objects}))
    else:
        emit_each(format, objects, tabular.LINES)


@contextmanager
def _usage(option: str) -> Iterator[None]:
    """Tell a line that there is not as a mistake in the command."""
    try:
        yield
    except InputError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None
