"""dedup compare: two files, without an index."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from dedup.cli.options import (
    Encoding,
    FieldNames,
    Format,
    FormatOption,
    SettingsPath,
    encoding_from,
    fields_from,
    open_stdin,
    settings_from,
)
from dedup.cli.streams import emit, page
from dedup.cli.tables import emit_passages
from dedup.cli.work import single_article

One = Annotated[
    str,
    typer.Argument(metavar="FILE", help="A file with one article.", callback=open_stdin, show_default=False),
]
Other = Annotated[
    str, typer.Argument(metavar="FILE", help="Another.", callback=open_stdin, show_default=False)
]


def compare(
    one: One,
    other: Other,
    format: FormatOption = Format.TEXT,
    settings: SettingsPath = None,
    field: FieldNames = None,
    encoding: Encoding = None,
) -> None:
    """Compare two files: relation, measures, passages."""
    import dedup

    fields, chosen = fields_from(field), settings_from(settings)
    named = encoding_from(encoding)
    a, b = single_article(one, fields, named), single_article(other, fields, named)
    match = dedup.compare(a, b, settings=chosen)
    # what the two are called here is what the user calls them: their ids may be the same
    a, b = replace(a, id=one), replace(b, id=other)
    if match is not None:
        match = replace(match, a=one, b=other)
    if format not in (Format.TEXT, Format.JSON):
        emit_passages(format, match, a, b)
        return
    if format is Format.JSON:
        from dedup.report import json

        if match is None:
            compared = dedup.explain(a, b, settings=chosen).comparison
            emit(json.printed(json.comparison_object(one, other, compared)))
        else:
            emit(json.printed(json.match_object(match)))
        return
    from dedup.report.lines import show_uncounted
    from dedup.report.pair import show_no_match, show_pair

    if match is not None and match.relation.joins and not match.retold:
        show_pair(page(), match, a, b)  # its passages tell why
        return
    why = dedup.explain(a, b, settings=chosen)
    if match is None:
        show_no_match(page(), a, b, why.comparison)
    else:
        show_pair(page(), match, a, b, why.comparison.reason)
    show_uncounted(page(), why.uncounted)
