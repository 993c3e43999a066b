"""A table that Spark knows -> its rows in an order that a second look finds again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dedup.read.record import Fields

TABLE = "table:"
"""What an input begins with that is one."""


def ordered(spark: Any, name: str, fields: Mapping[str, str]) -> Any:
    """The columns of a table that an article is made of, by time and then by id."""
    table = spark.table(name)
    reader = Fields(fields)
    found = table.select(*[f"`{column}`" for column in reader.used(table.columns)])
    parts = reader.parts(table.columns)
    order = [parts[part][0] for part in ("published", "id", "url") if parts[part]]
    return found.sort(*[f"`{column}`" for column in order])
