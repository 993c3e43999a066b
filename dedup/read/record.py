"""One record (a mapping of names to values, from whatever format) -> Article."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from operator import itemgetter
from types import MappingProxyType
from typing import Any, cast

from dedup.errors import InputError, PackageMissing, SettingsError
from dedup.model import Article, RecordError
from dedup.patterns import pattern
from dedup.read.dates import published
from dedup.read.encodings import is_utf8
from dedup.read.extraction import extract
from dedup.read.inputs import brief
from dedup.read.labels import byline_of, code, label_of, line_of
from dedup.read.markup import is_page, unmarked
from dedup.read.nested import simple, text_in, unwrapped

GUESSES: Mapping[str, str] = MappingProxyType(
    {
        "text": "text body content article articlebody articletext fulltext bodytext contenttext maintext "
        "plaintext story html bodyhtml contenthtml htmlbody htmlcontent rawhtml",
        "id": "id guid uuid articleid documentid docid storyid itemid identifier uri",
        "title": "title headline headlinetext webtitle",
        "url": "url link weburl articleurl canonicalurl canonical permalink",
        "source": "source publisher outlet site sitename sourcename newspaper publication provider domain "
        "sourcedomain",
        "published": "published publishedat datepublished pubdate publisheddate publishdate datepublish "
        "publicationdate webpublicationdate publishedtime dategmt date datetime timestamp created createdat "
        "firstcreated versioncreated",
        "byline": "byline author authors writer creator",
        "language": "language lang inlanguage languagecode",
    }
)
"""The names tried for each part of an article, best first, compared without case and punctuation."""

_PLAIN = pattern(r"[^0-9a-z]")
_LAYOUTS = 512
"""Layouts that are remembered: records of one stream have few, and a hostile one must not fill the memory."""

_Layout = tuple[Callable[[tuple[Any, ...]], Any], tuple[tuple[int, tuple[int, ...]], ...]]
"""For records with the same names: picks the eight parts from their values, the None after these for what
they lack; and the places of all the values that may be a part, where there are several."""


DATE = 40
"""Characters that are kept of a date that cannot be read, to show it."""


class _Draft:
    """An article that can still be written to.

    Filling one and then declaring it an Article takes a fifth of the time that the frozen class needs for
    itself, and that would be a third of reading JSON lines.
    """

    __slots__ = tuple(Article.__slots__)

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
    unread_date: str | None


class Fields:
    """Which fields of a record hold which part of an article.

    `names` says it for some parts ({"text": "body"}); the others are guessed by `GUESSES`. Where several
    fields could be meant, the first that is neither null nor empty is taken. A text, title, source or byline
    that is HTML becomes its text, unless they are known to be `plain`.
    """

    def __init__(
        self, names: Mapping[str, str] | None = None, *, guessed: str | None = None, plain: bool = False
    ) -> None:
        self._names = dict(names or {})
        self._guessed = guessed
        self._plain = plain
        self._layouts: dict[tuple[Any, ...], _Layout] = {}
        if unknown := [part for part in self._names if part not in GUESSES]:
            raise SettingsError(f"fields: {', '.join(unknown)}: an article has only {', '.join(GUESSES)}")

    def article(
        self, record: Mapping[Any, Any], name: str, line: int | None = None, fallback: str | None = None
    ) -> Article | RecordError:
        """The article of a record of the input `name`; `fallback` is its id where it has neither id nor url.

        A line is added to the fallback, as in `wire#3`: one input holds many records.
        """
        return self.row(tuple(record), (*record.values(), None), name, line, fallback)

    def row(
        self,
        names: tuple[Any, ...],
        values: tuple[Any, ...],
        name: str,
        line: int | None = None,
        fallback: str | None = None,
    ) -> Article | RecordError:
        """The article of a record whose names and values come apart as in a table; None ends the values."""
        pick, several = self._layouts.get(names) or self._learn(names)
        parts = pick(values)
        if several:
            parts = list(parts)
            for part, places in several:
                parts[part] = _first(values, places)
        text, ident, title, url, source, when, byline, language = parts
        if type(text) is not str or not text or text.isspace():
            record = dict(zip(names, values, strict=False))
            deeper = self._deeper(record)
            if deeper is None:
                return RecordError(name, line, self._no_text(record, text))
            return self.article(deeper, name, line, fallback)
        marked = not self._plain
        if marked and ("<" in text or "&" in text):
            try:
                text, ident, title, url, source, when, byline, language = _unmarked(parts)
            except InputError as error:
                return RecordError(name, line, str(error), passing=isinstance(error, PackageMissing))
        url = None if url is None else line_of(url)
        if type(ident) is dict:
            ident = simple(ident)
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
        draft = _Draft()
        draft.id = ident
        draft.text = text
        draft.source = None if source is None else label_of(source, marked)
        draft.published = None if when is None else published(simple(when))
        draft.unread_date = None
        if when is not None and draft.published is None:
            draft.unread_date = str(when).strip()[:DATE] or None
        draft.title = None if title is None else label_of(title, marked)
        draft.url = url
        draft.path = name
        draft.line = line
        draft.byline = None if byline is None else label_of(byline_of(byline), marked)
        draft.language = None if language is None else code(language)
        draft.guessed = self._guessed
        draft.__class__ = Article  # type: ignore[assignment]
        return cast(Article, draft)

    def own(self) -> Fields:
        """The fields as they are guessed, whatever names were given, of records that hold plain text."""
        return self if self._plain else Fields(guessed=self._guessed, plain=True)

    def guessing(self, encoding: str) -> Fields:
        """The same for records whose encoding was guessed."""
        return Fields(self._names, guessed=encoding, plain=self._plain)

    def parts(self, names: Sequence[Any]) -> dict[str, list[str]]:
        """The names that may hold each part, best first."""
        plain = [(name, _PLAIN.sub("", name.lower())) for name in names if isinstance(name, str)]
        parts = {}
        for part, guesses in GUESSES.items():
            if part in self._names:
                parts[part] = [self._names[part]] if self._names[part] in names else []
            else:
                parts[part] = [name for guess in guesses.split() for name, word in plain if word == guess]
        return parts

    def used(self, names: Sequence[str]) -> list[str]:
        """Those of a table's columns that an article is made of.

        InputError where none can be the text: that is one error, and not one for each of the rows.
        """
        parts = self.parts(names)
        if not parts["text"]:
            raise InputError(self._no_text(dict.fromkeys(names), None))
        return list(dict.fromkeys(name for several in parts.values() for name in several))

    def has_text(self, record: Mapping[Any, Any]) -> bool:
        """Whether a record has a text, not counting what lies deeper in it than a list of paragraphs."""
        return any(text_in(record[name]) for name in self.parts(list(record))["text"])

    def _deeper(self, record: dict[Any, Any]) -> dict[Any, Any] | None:
        """A record whose text is a string, of one whose text lies deeper; None where it has none."""
        found: dict[Any, Any] | None = record if self.has_text(record) else unwrapped(record, self.has_text)
        if found is None:
            return None
        names = self.parts(list(found))["text"]
        name = next(name for name in names if text_in(found[name]))
        return {
            **{key: value for key, value in found.items() if key not in names},
            name: text_in(found[name]),
        }

    def _learn(self, names: tuple[Any, ...]) -> _Layout:
        place = {name: i for i, name in enumerate(names)}
        parts = [tuple(place[name] for name in several) for several in self.parts(names).values()]
        pick = itemgetter(*(places[0] if places else -1 for places in parts))
        learnt = pick, tuple((i, places) for i, places in enumerate(parts) if len(places) > 1)
        if len(self._layouts) < _LAYOUTS:
            self._layouts[names] = learnt
        return learnt

    def _no_text(self, record: Mapping[Any, Any], text: object) -> str:
        if isinstance(text, bytes):
            return f"the text is bytes{', not a string' if is_utf8(text) else ' that are not UTF-8'}"
        if text is not None and not isinstance(text, str):
            return f"the text is {kind(text)}, not a string"
        for name in self.parts(list(record))["text"]:
            return f"no text: {brief(name)} is {'empty' if isinstance(record[name], str) else 'null'}"
        sought = brief(self._names["text"]) if "text" in self._names else "text, body, content or the like"
        if not record:
            return "no text: it has no fields"
        has = ", ".join(brief(str(key)) for key in list(record)[:8])
        return f"no text: no field {sought} among {has}{', ...' if len(record) > 8 else ''}"


def record_to_article(record: Mapping[Any, Any], fields: Fields | None = None) -> Article | RecordError:
    """The article of one record that a caller hands in, by its `fields`, which are guessed if none are given.

    Strings from Python, unlike those read from files, may hold lone surrogates: that is an error here.
    """
    return encodable((fields or _guessing()).article(record, "record"))


@cache
def _guessing() -> Fields:
    """The fields as they are guessed; what it remembers of layouts is the same for everyone."""
    return Fields()


def encodable(article: Article | RecordError, line: int | None = None) -> Article | RecordError:
    """The article itself, or an error where a string of it holds a lone surrogate (and so has no UTF-8)."""
    if isinstance(article, RecordError):
        return article
    for part in ("id", "text", "source", "title", "url", "byline"):
        try:
            (getattr(article, part) or "").encode()
        except UnicodeEncodeError as error:
            code, at = ord(error.object[error.start]), error.start
            reason = f"a lone surrogate, U+{code:04X}, at character {at} of the {part}"
            return RecordError(article.path or "record", line, reason)
    return article


def _first(values: tuple[Any, ...], places: tuple[int, ...]) -> Any:
    for place in places:
        value = values[place]
        if value is not None and value != "":
            return value
    return None


def _unmarked(parts: Sequence[Any]) -> list[Any]:
    """The parts of a record whose text may be HTML, with its text; a whole page tells what else is missing.

    Raises InputError.
    """
    text, url = parts[0], parts[3]
    if is_page(text):
        page = extract(text, url if isinstance(url, str) else None)
        if page is not None:
            given = zip(GUESSES, parts, strict=True)
            return [page["text"], *[page.get(part) if own in (None, "") else own for part, own in given][1:]]
    text = unmarked(text)
    if not text:
        raise InputError("no text: nothing but markup")
    return [text, *parts[1:]]


def _unfit(ident: object) -> str | None:
    """Why a value that is not a string cannot be an id, or None: numbers can, as far as they are exact."""
    if isinstance(ident, bool) or not isinstance(ident, int | float):
        return f"the id is {kind(ident)}, not a string or a number"
    if isinstance(ident, float) and abs(ident) >= 2**53:
        return "the id is too large a number to be exact: write it as a string"
    return None


def kind(value: object) -> str:
    """What a value is that should be something else: in the words of JSON, if that has one."""
    kinds = {
        dict: "an object", list: "a list", bool: "true or false", int: "a number", float: "a number",
        str: "a string", bytes: "bytes", type(None): "null",
    }  # fmt: skip
    return kinds.get(type(value), f"a {type(value).__name__}")
