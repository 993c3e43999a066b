"""A SQLite table or query: `sqlite:news.db?table=articles`, `sqlite:news.db?query=select ...`.

`sqlite:index.db` alone, of an index of dedup, are the articles whose texts it keeps, by whatever version it
was made: so a new one is built of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

from dedup.errors import InputError
from dedup.model import Article, RecordError
from dedup.read.dates import published
from dedup.read.formats import Origin
from dedup.read.inputs import SCHEME, brief, refused, shown
from dedup.read.record import Fields, encodable

_OF_INDEX = {"article", "article_text", "posting_run"}
"""Tables by which an index is known."""
_COLUMNS = ("id", "source", "published", "title", "byline", "language", "url", "path")


def read(given: str, fields: Fields) -> Iterator[Article | RecordError]:
    """The rows of a table, or of a query, as records; the database is opened for reading only.

    What brings neither id nor url is named by its table and its place, so a query had better bring one.
    """
    path, _, asked = given.removeprefix(SCHEME).partition("?")
    name = shown(given)
    try:
        yield from _rows(path, asked, Origin(name, "", fields))
    except sqlite3.Error as error:
        yield RecordError(name, None, str(error))
    except Exception as error:
        yield refused(name, error)


def _rows(path: str, asked: str, origin: Origin) -> Iterator[Article | RecordError]:
    from sqlite_utils import Database

    kind, _, value = asked.partition("=")
    if kind not in ("", "table", "query"):
        raise InputError(f"{brief(kind)}: only table=... or query=... can follow the ?")
    if not Path(path).is_file():
        raise InputError("no such file")
    connection = sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=ro", uri=True)
    try:
        connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        database: Any = Database(connection)
        tables = database.table_names() + database.view_names()
        table = value if value in tables else _typed(value)
        if kind == "query":
            rows, table = _asked(database, _typed(value)), kind
        elif table in tables:
            rows = database[table].rows
        elif not kind and set(tables) >= _OF_INDEX:
            yield from _of_index(database, origin)
            return
        else:
            given = f"no table {brief(table)}" if kind else "no table given"
            raise InputError(f"{given}: it has {brief(', '.join(tables), 200) or 'none'}")
        for number, row in enumerate(rows, 1):
            if number == 1:
                origin.fields.used(list(row))
            found = encodable(
                origin.fields.article(row, origin.name, None, f"{Path(path).stem}/{table}#{number}")
            )
            yield (
                found
                if isinstance(found, Article)
                else RecordError(origin.name, None, f"row {number}: {found.reason}")
            )
    finally:
        connection.close()


def _of_index(database: Any, origin: Origin) -> Iterator[Article | RecordError]:
    """The articles as they are in an index; the earliest versions have not all of the columns."""
    if database["article"].count and not database["article_text"].count:
        raise InputError("an index that keeps no texts: give the files that it was made from")
    columns = [name for name in _COLUMNS if name in database["article"].columns_dict]
    rows = database.query(
        f"SELECT {', '.join(columns)}, text"  # noqa: S608
        " FROM article LEFT JOIN article_text USING (number) ORDER BY number"
    )
    for number, row in enumerate(rows, 1):
        try:
            found = encodable(_stored(row))
        except (ValueError, TypeError, AttributeError) as error:
            found = RecordError(origin.name, None, f"article {number}: damaged ({error})")
        yield found


def _stored(row: Mapping[str, Any]) -> Article:
    """The article of a row of an index. Raises ValueError and the like where it is damaged."""
    plain: dict[str, Any] = {
        name: value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value
        for name, value in row.items()
    }
    if plain["text"] is None:
        raise ValueError("its text is not there")
    return Article(**{**plain, "published": published(plain["published"] or "")})


def _typed(value: str) -> str:
    """What a value means: itself if it has spaces, as SQL has; else it may be encoded as in an address."""
    return value if any(map(str.isspace, value)) else unquote_plus(value)


def _asked(database: Any, query: str) -> Iterator[dict[str, Any]]:
    try:
        rows: Iterator[dict[str, Any]] = database.query(query)
    except ValueError:
        raise InputError("the query gives no rows: it must be one that selects") from None
    return rows
