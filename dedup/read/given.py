"""What callers of the Python API hand in as records: nobody has looked at it yet, as the formats do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from dedup.errors import InputError
from dedup.model import Article, RecordError
from dedup.read.dates import in_utc
from dedup.read.record import Fields, encodable, kind, record_to_article

_KINDS = (str, int, bool, type(None), datetime, dict, list)
"""What most values are, as they should be."""


def refuse_one(articles: object) -> None:
    """Raise TypeError for one article where several are expected: of a mapping, the names would be read."""
    if isinstance(articles, Article | Mapping | str | bytes):
        what = type(articles).__name__
        raise TypeError(f"several articles are expected, not one {what}: put it in a list")


def readable(record: object, fields: Fields | None = None) -> Article | RecordError:
    """The article of a record, by its `fields`, or why there is none; an Article is taken as it is."""
    if isinstance(record, Article | RecordError):
        return record
    if isinstance(record, Mapping):
        if not all(type(value) in _KINDS for value in record.values()):
            record = {name: _simple(value) for name, value in record.items()}
        return record_to_article(record, fields)
    what = type(record).__name__
    return RecordError("record", None, f"of type {what}, neither an Article nor a mapping")


def _simple(value: Any) -> Any:
    """A value of numpy, pandas, lxml or the like as Python has it: None for what is missing in a table."""
    if isinstance(value, str):
        return str.__str__(value)
    try:
        if value != value:  # noqa: PLR0124 - NaN and NaT
            return None
    except Exception:  # NA, of which neither is known; an array, of which both are; a number that signals
        return None if type(value).__name__ == "NAType" else value
    return value.item() if getattr(value, "shape", None) == () else value  # a number or a time of numpy


def checked(record: object, number: int, fields: Fields | None = None) -> Article | RecordError:
    """The same, but an Article may be wrong, too; of what comes from no file, an error has the `number`."""
    if isinstance(record, RecordError):
        return record
    found = _validated(record) if isinstance(record, Article) else readable(record, fields)
    known = isinstance(found, Article) or found.input != "record" or found.line is not None
    return found if known else replace(found, line=number)


def _validated(article: Article) -> Article | RecordError:
    """An article that somebody else made, or what is wrong with it: what is read is right by itself."""
    if _simple(article.published) is None and article.published is not None:
        article = replace(article, published=None)
    if reason := _misfit(article):
        path = article.path if type(article.path) is str else "record"
        return RecordError(path, article.line if type(article.line) is int else None, reason)
    moment = article.published
    if moment is not None and moment.tzinfo is not UTC:
        article = replace(article, published=in_utc(moment))
    return encodable(article, article.line)


def one(article: Article | Mapping[str, Any]) -> Article:
    """An article as it is given, checked. Raises InputError where it is unreadable, TypeError for another."""
    if not isinstance(article, Article | Mapping):
        raise TypeError(f"an Article or a mapping is wanted, not a {type(article).__name__}")
    record = checked(article, 1)
    if isinstance(record, RecordError):
        raise InputError(f"{record.input}: {record.reason}")
    return record


def _misfit(article: Article) -> str | None:
    """What keeps an article from being one, or None."""
    for part in ("id", "text"):
        value: Any = getattr(article, part)
        if not isinstance(value, str):
            return f"the {part} is {kind(value)}, not a string"
        if not value or (part == "text" and value.isspace()):
            return f"the {part} is empty"
    for part in ("source", "title", "url", "path", "byline", "language", "guessed", "unread_date"):
        value = getattr(article, part)
        if value is not None and not isinstance(value, str):
            return f"the {part} is {kind(value)}, not a string"
    when: Any = article.published
    if when is not None and not isinstance(when, datetime):
        return f"published is {kind(when)}, not a datetime"
    line: Any = article.line
    if line is not None and not isinstance(line, int):
        return f"the line is {kind(line)}, not a whole number"
    return None
