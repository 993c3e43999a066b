"""A table that Spark knows -> its rows in an order that a second look finds again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dedup.read.record import GUESSES, Fields


def ordered(spark: Any, name: str, fields: Mapping[str, str]) -> Any:
    """The columns of a table that an article is made of, by time and then by id."""
    table = spark.table(name)
    used = Fields(fields).used(table.columns)
    found = table.select(*[f"`{column}`" for column in used])
    plain = {"".join(c for c in column.lower() if c.isalnum()): column for column in used}
    order = [
        fields.get(part) or next((plain[guess] for guess in GUESSES[part].split() if guess in plain), None)
        for part in ("published", "id", "url")
    ]
    return found.sort(*[f"`{column}`" for column in order if column])
