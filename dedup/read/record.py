"""One record (a mapping of names to values, from whatever format) -> Article."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any, cast

from dedup.errors import InputError, SettingsError
from dedup.model import Article, RecordError
from dedup.read.dates import published

GUESSES: Mapping[str, str] = MappingProxyType(
    {
        "text": "text body content article articlebody articletext fulltext bodytext contenttext maintext "
        "plaintext story",
        "id": "id guid uuid articleid documentid docid storyid itemid identifier uri",
        "title": "title headline headlinetext",
        "url": "url link weburl articleurl canonicalurl canonical permalink",
        "source": "source publisher outlet site sitename sourcename newspaper publication provider domain "
        "sourcedomain",
        "published": "published publishedat datepublished pubdate publisheddate publishdate datepublish "
        "publicationdate publishedtime date datetime timestamp created createdat "
        "firstcreated versioncreated",
        "byline": "byline author authors writer creator",
        "language": "language lang inlanguage languagecode",
    }
)
"""The names tried for each part of an article, best first, compared without case and punctuation."""

_PLAIN = re.compile(r"[^0-9a-z]")
_LAYOUTS = 512
"""Layouts that are remembered: records of one stream have few, and a hostile one must not fill the memory."""

_Names = str | tuple[str, ...]
"""The field of a record that holds a part, which is the usual case; or all that may, or none."""
_Layout = tuple[_Names, _Names, _Names, _Names, _Names, _Names, _Names, _Names]


@dataclass(slots=True)
class _Draft:
    """An article that can still be written to.

    Creating it and then declaring it an Article takes a third of the time that the frozen class needs for
    itself, and that would be a fifth of reading JSON lines.
    """

    id: str
    text: str
    source: str | None
    published: datetime | None
    title: str | None
    url: str | None
    path: str | None
    line: int | None
    byline: str | None
    language: str | None
    guessed: str | None


class Fields:
    """Which fields of a record hold which part of an article.

    `names` says it for some parts ({"text": "body"}); the others are guessed by `GUESSES`. Where several
    fields could be meant, the first that is neither null nor empty is taken.
    """

    def __init__(self, names: Mapping[str, str] | None = None, *, guessed: str | None = None) -> None:
        self._names = dict(names or {})
        self._guessed = guessed
        self._layouts: dict[tuple[object, ...], _Layout] = {}
        if unknown := [part for part in self._names if part not in GUESSES]:
            raise SettingsError(f"fields: {', '.join(unknown)}: an article has only {', '.join(GUESSES)}")

    def article(
        self, record: Mapping[Any, Any], name: str, line: int | None = None, fallback: str | None = None
    ) -> Article | RecordError:
        """The article of a record of the input `name`; `fallback` is its id where it has neither id nor url.

        A line is added to the fallback, as in `wire#3`: one input holds many records.
        """
        keys = tuple(record)
        layout = self._layouts.get(keys)
        if layout is None:
            layout = self._learn(keys)
        texts, ids, titles, urls, sources, dates, bylines, languages = layout
        text = record[texts] if isinstance(texts, str) else _first(record, texts)
        if type(text) is not str or not text or text.isspace():
            return RecordError(name, line, self._no_text(record, text, texts))
        url = _line(record[urls] if isinstance(urls, str) else _first(record, urls)) if urls else None
        ident = record[ids] if isinstance(ids, str) else _first(record, ids)
        if type(ident) is not str or not ident:
            if ident is not None and ident != "":
                if reason := _unfit(ident):
                    return RecordError(name, line, reason)
                ident = str(ident)
            elif url is not None:
                ident = url
            elif fallback is None:
                return RecordError(name, line, "neither an id nor a url")
            else:
                ident = fallback if line is None else f"{fallback}#{line}"
        when = record[dates] if isinstance(dates, str) else _first(record, dates)
        draft = _Draft(
            ident,
            text,
            _line(record[sources] if isinstance(sources, str) else _first(record, sources))
            if sources
            else None,
            None if when is None else published(when),
            _line(record[titles] if isinstance(titles, str) else _first(record, titles)) if titles else None,
            url,
            name,
            line,
            _byline(_first(record, _several(bylines))) if bylines else None,
            code(_first(record, _several(languages))) if languages else None,
            self._guessed,
        )
        draft.__class__ = Article  # type: ignore[assignment]
        return cast(Article, draft)

    def own(self) -> Fields:
        """The fields as they are guessed, whatever names were given."""
        return Fields(guessed=self._guessed) if self._names else self

    def guessing(self, encoding: str) -> Fields:
        """The same for records whose encoding was guessed."""
        return Fields(self._names, guessed=encoding)

    def used(self, names: Sequence[str]) -> list[str]:
        """Those of a table's columns that an article is made of.

        InputError where none can be the text: that is one error, and not one for each of the rows.
        """
        keys = tuple(names)
        layout = self._learn(keys)
        if not layout[0]:
            raise InputError(self._no_text(dict.fromkeys(keys), None, ()))
        return list(dict.fromkeys(name for names in layout for name in _several(names)))

    def _learn(self, keys: tuple[object, ...]) -> _Layout:
        plain = [(key, _PLAIN.sub("", key.lower())) for key in keys if isinstance(key, str)]
        layout: list[_Names] = []
        for part, guesses in GUESSES.items():
            if part in self._names:
                names = [self._names[part]] if self._names[part] in keys else []
            else:
                names = [key for guess in guesses.split() for key, name in plain if name == guess]
            layout.append(names[0] if len(names) == 1 else tuple(names))
        text, ident, title, url, source, when, byline, language = layout
        learnt = (text, ident, title, url, source, when, byline, language)
        if len(self._layouts) < _LAYOUTS:
            self._layouts[keys] = learnt
        return learnt

    def _no_text(self, record: Mapping[Any, Any], text: object, texts: _Names) -> str:
        if text is not None and not isinstance(text, str):
            return f"the text is {_kind(text)}, not a string"
        for name in _several(texts):
            return f"no text: {brief(name)} is {'empty' if isinstance(record[name], str) else 'null'}"
        sought = brief(self._names["text"]) if "text" in self._names else "text, body, content or the like"
        has = ", ".join(brief(str(key)) for key in list(record)[:8]) or "no fields"
        return f"no text: no field {sought} among {has}{', ...' if len(record) > 8 else ''}"


def record_to_article(
    record: Mapping[Any, Any],
    *,
    fields: Mapping[str, str] | None = None,
    input: str,  # noqa: A002
    line: int | None = None,
) -> Article | RecordError:
    """The article of one record that came from elsewhere (the API, a filter).

    Strings from Python, unlike those read from files, may hold lone surrogates: that is an error here.
    """
    reader = _guessing() if fields is None else Fields(fields)
    return sound(reader.article(record, input, line), line)


@cache
def _guessing() -> Fields:
    """The fields as they are guessed; what it remembers of layouts is the same for everyone."""
    return Fields()


def sound(article: Article | RecordError, line: int | None = None) -> Article | RecordError:
    """The article itself, or an error where a string of it holds a lone surrogate (and so has no UTF-8)."""
    if isinstance(article, RecordError):
        return article
    for part in ("id", "text", "source", "title", "url", "byline"):
        try:
            (getattr(article, part) or "").encode()
        except UnicodeEncodeError as error:
            code, at = ord(error.object[error.start]), error.start
            reason = f"a lone surrogate, U+{code:04X}, at character {at} of the {part}"
            return RecordError(article.path or "", line, reason)
    return article


def brief(text: str, most: int = 40) -> str:
    """A string of the input as it may stand in a message: one line, printable, not long."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:most])
    return shown + "..." if len(text) > most else shown


def _several(names: _Names) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else names


def _first(record: Mapping[Any, Any], names: tuple[str, ...]) -> Any:
    for name in names:
        value = record[name]
        if value is not None and value != "":
            return value
    return None


def _line(value: object) -> str | None:
    """A title, source or url as a string, or None: what is of another kind is unknown, which is no error."""
    if type(value) is str:
        return value.strip() or None
    if isinstance(value, dict):
        return _line(value.get("name") or value.get("title"))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return None


def _byline(value: object) -> str | None:
    """One author, or a list of them, without the "By" that some put before."""
    if isinstance(value, list | tuple):
        return ", ".join(name for each in value if (name := _byline(each))) or None
    name = _line(value)
    return name if name is None else _BY.sub("", name, 1) or None


_BY = re.compile(r"\Aby\s+", re.IGNORECASE)


def code(value: object) -> str | None:
    """The code of a language as it is usually written, en or zh-Hant (BCP 47); None for what is none."""
    found = _CODE.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None or found[1].lower() in ("un", "und", "mul", "zxx"):
        return None
    return found[1].lower() + (f"-{found[2].title()}" if found[2] else "")


_CODE = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_][A-Za-z0-9]{1,8})*")


def _unfit(ident: object) -> str | None:
    """Why a value that is not a string cannot be an id, or None: numbers can, as far as they are exact."""
    if isinstance(ident, bool) or not isinstance(ident, int | float):
        return f"the id is {_kind(ident)}, not a string or a number"
    if isinstance(ident, float) and abs(ident) >= 2**53:
        return "the id is too large a number to be exact: write it as a string"
    return None


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", bool: "true or false", int: "a number", float: "a number"}
    return kinds.get(type(value), f"a {type(value).__name__}")
