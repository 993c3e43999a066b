"""A SQLite table or query: `sqlite:news.db?table=articles`, `sqlite:news.db?query=select ...`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from dedup.errors import InputError
from dedup.model import Article, RecordError
from dedup.read.formats import Origin
from dedup.read.inputs import SCHEME, shown
from dedup.read.record import Fields, brief, sound


def read(given: str, fields: Fields) -> Iterator[Article | RecordError]:
    """The rows of a table, or of a query, as records; the database is opened for reading only.

    What brings neither id nor url is named by its table and its place, so a query had better bring one.
    """
    path, _, options = given.removeprefix(SCHEME).partition("?")
    name = shown(given)
    try:
        yield from _rows(path, dict(parse_qsl(options, keep_blank_values=True)), Origin(name, "", fields))
    except (InputError, sqlite3.Error) as error:
        yield RecordError(name, None, str(error))


def _rows(path: str, options: dict[str, str], origin: Origin) -> Iterator[Article | RecordError]:
    from sqlite_utils import Database

    if unknown := options.keys() - {"table", "query"}:
        raise InputError(f"{brief(', '.join(sorted(unknown)))}: only table=... or query=... can follow the ?")
    if not Path(path).is_file():
        raise InputError("no such file")
    connection = sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=ro", uri=True)
    try:
        connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        database: Any = Database(connection)
        tables = database.table_names() + database.view_names()
        table = options.get("table")
        if "query" in options:
            rows, table = database.query(options["query"]), "query"
        elif table is not None and table in tables:
            rows = database[table].rows
        else:
            given = "no table given" if table is None else f"no table {brief(table)}"
            raise InputError(f"{given}: it has {brief(', '.join(tables), 200) or 'none'}")
        for number, row in enumerate(rows, 1):
            if number == 1:
                origin.fields.used(list(row))
            found = sound(
                origin.fields.article(row, origin.name, None, f"{Path(path).stem}/{table}#{number}")
            )
            yield (
                found
                if isinstance(found, Article)
                else RecordError(origin.name, None, f"row {number}: {found.reason}")
            )
    finally:
        connection.close()
