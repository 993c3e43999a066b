"""dedup evaluate: scores of the comparison against labelled data."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from dedup.cli.options import Format, FormatOption, SettingsPath, settings_from
from dedup.cli.streams import emit
from dedup.cli.tables import emit_facts


class Kind(StrEnum):
    """What a labelled file holds."""

    PAN = "pan"
    LEVELS = "levels"
    PAIRS = "pairs"


Labelled = Annotated[
    Path, typer.Argument(metavar="FILE", help="JSON lines, plain or .gz.", show_default=False)
]
Documents = Annotated[
    Path | None,
    typer.Option("--documents", metavar="FILE", help="The texts that pan's pairs name.", show_default=False),
]


def evaluate(
    kind: Annotated[Kind, typer.Argument(help="pan: passages; levels: of rewriting; pairs: with a label.")],
    file: Labelled,
    documents: Documents = None,
    format: FormatOption = Format.TEXT,
    settings: SettingsPath = None,
) -> None:
    """Score the comparison on a labelled file: plagdet, accuracy, F1.

    Each line of FILE is a JSON object. Of pairs: "a" and "b", two texts, and "label", which is true, 1, yes,
    duplicate, derived, WD or PD where one is derived from the other, and false, 0, no, none or ND where not.

    Of levels: "task", "text", and "level": orig is the text that the others of its task were written from,
    non is one that is not derived from it, any other word is a level of rewriting.

    Of pan: "suspicious" and "source", the ids of two documents; "passages", a list of {"suspicious": [start,
    end], "source": [start, end]} in code points; and "category", any word. Each line of --documents has "id"
    and "text".
    """
    from dedup.evaluate import evaluate as score

    figures = score(kind.value, file, documents=documents, settings=settings_from(settings))
    if format is not Format.TEXT:
        emit_facts(format, figures)
    else:
        from dedup.report.tabular import flat

        rows = flat(figures)
        width = max(map(len, rows))
        emit(f"{name:{width}}  {_shown(value)}\n" for name, value in rows.items())


def _shown(value: object) -> str:
    """A figure as it is printed; - for one that is not defined."""
    return "-" if value is None else f"{value:.4f}" if isinstance(value, float) else str(value)
