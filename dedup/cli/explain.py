"""dedup explain: why two articles are or are not a match."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from dedup.cli.options import (
    DEFAULT_INDEX,
    Encoding,
    FieldNames,
    Format,
    FormatOption,
    IndexPath,
    LockTimeout,
    SettingsPath,
    encoding_from,
    fields_from,
    settings_from,
)
from dedup.cli.streams import page
from dedup.cli.tables import emit_facts
from dedup.cli.work import open_index, single_article

A = Annotated[str, typer.Argument(metavar="A", help="An id in the index, or a file.", show_default=False)]
B = Annotated[str, typer.Argument(metavar="B", help="Another of the same kind.", show_default=False)]


def explain(
    a: A,
    b: B,
    index: IndexPath = DEFAULT_INDEX,
    format: FormatOption = Format.TEXT,
    settings: SettingsPath = None,
    field: FieldNames = None,
    encoding: Encoding = None,
    lock_timeout: LockTimeout = 5.0,
) -> None:
    """Tell why two articles are or are not a match.

    Give two files, or two ids of the index.
    """
    fields, named = fields_from(field), encoding_from(encoding)
    if Path(a).is_file() and Path(b).is_file():
        import dedup

        first, second = single_article(a, fields, named), single_article(b, fields, named)
        why = dedup.explain(first, second, settings=settings_from(settings))
        why = replace(why, a=a, b=b)
        first, second = replace(first, id=a), replace(second, id=b)
    else:
        with open_index(index, settings, lock_timeout) as opened, opened.reading():
            opened.articles([a, b], texts=False)  # an id that is none is told first
            if a == b:
                raise typer.BadParameter("the two ids are the same")
            why = opened.explain(a, b)
            first, second = opened.articles([a, b])
    if format is not Format.TEXT:
        from dedup.report.json import explanation_object

        emit_facts(format, explanation_object(why))
        return
    from dedup.report.terminal import show_explanation

    show_explanation(page(), why, first, second)
