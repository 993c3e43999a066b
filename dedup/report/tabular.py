"""Objects of the contract as rows of a table: CSV for spreadsheets, Markdown for documents."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from io import StringIO
from typing import Any, Final

from dedup.patterns import pattern
from dedup.report.json import time
from dedup.report.visible import label

Row = Mapping[str, Any]

MATCHES: Final = (
    "a", "b", "relation", "resemblance", "containment_a", "containment_b", "passages", "confidence", "retold",
)  # fmt: skip
CHANGES: Final = ("number", "at", "change", "group", "size", "added", "removed", "from", "into")
VERDICTS: Final = ("id", "verdict", "relation", "of", "group", "score", "reason", "matches")
REPORT: Final = (
    "articles", "added", "updated", "unchanged", "outdated", "expired", "pruned", "errors",
)  # fmt: skip
LINES: Final = ("id", "source", "text", "articles", "first", "last", "ruling")
FACTS: Final = ("name", "value")
"""The columns of the tables that commands print; export.TABLES has those of groups and passages."""
COUNTED: Final = frozenset({"errors", "groups", "matches", "passages", "uncounted"})
"""Members that hold a list of objects, or several."""

_SURROGATE = pattern("[\ud800-\udfff]")
_FORMULA = pattern(r"[=+\-@\t\r]")
_MARKUP = pattern(r"([\\`*_\[\]<>|~&])")
LONGEST = 2000
"""Characters of a cell in Markdown."""


def unicode(value: str) -> str:
    """A string that UTF-8 can hold: lone surrogates are replaced."""
    return _SURROGATE.sub("\ufffd", value)


def csv_cell(value: object) -> object:
    """A value as CSV holds it; what a spreadsheet would run as a formula begins with an apostrophe."""
    if isinstance(value, str):
        shown = unicode(value)
        return "'" + shown if _FORMULA.match(shown) else shown
    return plain(value)


def plain(value: object) -> object:
    """A value of another kind as text shows it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return round(value, 4)
    return time(value) if isinstance(value, datetime) else value


def markdown_cell(value: object) -> str:
    """A value as it reads in a Markdown table: on one line, and nothing in it is markup."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return str(plain(value))
    return _MARKUP.sub(r"\\\1", label(" ".join(value.split()), LONGEST))


def flat(value: Mapping[str, object], *, counted: bool = False) -> dict[str, object]:
    """An object as a row: members of members by dotted name; names in a list are joined, objects counted."""
    row: dict[str, object] = {}
    for name, member in value.items():
        if isinstance(member, Mapping):
            inside = flat(member, counted=name in COUNTED)
            row |= {f"{name}.{inner}": each for inner, each in inside.items()}
        elif isinstance(member, list):
            row[name] = len(member) if counted or name in COUNTED else " ".join(map(str, member))
        else:
            row[name] = member
    return row


def facts(value: Mapping[str, object]) -> Iterator[Row]:
    """An object as rows of a name and a value."""
    return ({"name": name, "value": each} for name, each in flat(value).items())


def printed_csv(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """CSV as spreadsheets read it (RFC 4180), a heading first."""
    buffer = StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([csv_cell(row.get(name)) for name in columns])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def printed_markdown(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """A Markdown table; columns of numbers are not told from others."""
    yield f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}\n"
    for row in rows:
        yield f"| {' | '.join(markdown_cell(row.get(name)) for name in columns)} |\n"
