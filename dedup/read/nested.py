"""Records whose text lies deeper: {"article": {"body": ...}}, {"rendered": ...}, a list of paragraphs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

_HOLDERS: Final = ("rendered", "value", "html", "#text")
_DEPTH: Final = 4


def text_in(value: object) -> str | None:
    """The text of an object that holds it (WordPress: {"rendered": ...}), or of a list of paragraphs."""
    if isinstance(value, str):
        return str.__str__(value) if value.strip() else None
    if isinstance(value, dict):
        return next(
            (str.__str__(held) for name in _HOLDERS if isinstance(held := value.get(name), str) and held),
            None,
        )
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "\n\n".join(filter(str.strip, value)) or None
    return None


def unwrapped(
    record: Mapping[Any, Any], has_text: Callable[[Mapping[Any, Any]], bool]
) -> dict[Any, Any] | None:
    """The only object in a record that has a text, with what else the record says; None where there is none.

    As in Elasticsearch's {"_id": ..., "_source": {...}}.
    """
    for _ in range(_DEPTH):
        inner = [value for value in record.values() if isinstance(value, dict)]
        holding = [value for value in inner if has_text(value)]
        if len(holding or inner) != 1:
            return None
        record = {name: value for name, value in record.items() if not isinstance(value, dict)}
        record |= (holding or inner)[0]
        if holding:
            return record
    return None


def simple(value: object) -> object:
    """The value itself of what MongoDB writes as {"$oid": ...}, {"$date": ...} or {"$numberLong": ...}."""
    for _ in range(2):
        if isinstance(value, dict) and len(value) == 1 and (name := next(iter(value)))[:1] == "$":
            value = value[name]
    return value
