"""Whether the tables hold what their columns say: SQLite takes any value in any of them."""

from __future__ import annotations

import sqlite3

from dedup.errors import IndexDamaged
from dedup.index.values import restored

KINDS = {"INTEGER": ("integer",), "REAL": ("real",), "TEXT": ("text", "blob"), "BLOB": ("blob",)}
"""How the values of columns may be stored; a text that UTF-8 has no place for is a blob."""


def problems(connection: sqlite3.Connection) -> list[str]:
    """Values of another kind than their column, and texts that are none, one line for each table."""
    found = []
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    for (table,) in tables.fetchall():
        columns = [
            (f'"{name}"', kind)
            for _, name, kind, *_ in connection.execute(f'PRAGMA table_info("{table}")')
            if kind in KINDS
        ]
        for wrong, what in (
            (_of_another_kind(connection, table, columns), "a value of another kind than its column"),
            (_without_text(connection, table, columns), "a text that is none"),
        ):
            if wrong:
                found.append(f"{wrong} rows of {table} with {what}")
    return found


def _of_another_kind(connection: sqlite3.Connection, table: str, columns: list[tuple[str, str]]) -> int:
    other = (f"typeof({name}) NOT IN {(*KINDS[kind], 'null')}" for name, kind in columns)
    select = f"SELECT count(*) FROM {table} WHERE {' OR '.join(other) or '0'}"  # noqa: S608
    wrong: int = connection.execute(select).fetchone()[0]
    return wrong


def _without_text(connection: sqlite3.Connection, table: str, columns: list[tuple[str, str]]) -> int:
    texts = [name for name, kind in columns if kind == "TEXT"]
    if not texts:
        return 0
    # as bytes: of a text that is not UTF-8 nothing comes through
    both = ", ".join(f"typeof({name}), CAST({name} AS BLOB)" for name in texts)
    rows = connection.execute(f"SELECT {both} FROM {table}")  # noqa: S608
    return sum(not all(map(_is_text, row[::2], row[1::2])) for row in rows)


def _is_text(kind: str, value: bytes | None) -> bool:
    try:
        if kind == "blob":
            restored(value)
        elif value is not None:
            value.decode()
    except (IndexDamaged, UnicodeDecodeError):
        return False
    return True
