"""XML, told by its root element: RSS, Atom, NITF, NewsML-G2."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, BinaryIO, Final
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from dedup.errors import InputError
from dedup.model import Article, RecordError
from dedup.patterns import pattern
from dedup.read import feeds, newsroom
from dedup.read.formats import Format, Origin
from dedup.read.inputs import brief
from dedup.read.json_document import numbered
from dedup.read.markup import named
from dedup.read.stream import MAX_RECORD, read_all

_DEPTH: Final = 200
_DECLARED: Final = pattern(rb"\s*<\?xml[^>]{0,80}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{1,40})")
_SET_APART: Final = pattern(rb"(<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z))", re.DOTALL)
_AMPERSAND: Final = pattern(
    rb"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9A-Fa-f]+);)(?:([A-Za-z][A-Za-z0-9]{1,30});)?"
)
_CONTROLS: Final = pattern(rb"[\0-\x08\x0b\x0c\x0e-\x1f]")
_ROOTS: Mapping[str, Callable[[Element], Iterator[dict[str, Any]]]] = MappingProxyType(
    {
        "rss": feeds.rss,
        "RDF": feeds.rss,
        "feed": feeds.atom,
        "nitf": newsroom.nitf,
        "newsItem": newsroom.newsml,
        "newsMessage": newsroom.newsml,
    }
)
_BEGINS: Final = pattern(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?[^>]*>\s*|<!--.*?-->\s*|<!DOCTYPE[^>]*>\s*)*"
    rb"<(?:[A-Za-z]+:)?(?:%s)[\s>]" % "|".join(_ROOTS).encode(),
    re.DOTALL,
)


def begins(head: bytes) -> bool:
    """Whether these bytes begin a document of a kind that is read, whatever its name says."""
    return _BEGINS.match(head) is not None


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article | RecordError]:
    """The articles of a document. The format has its own names: those that the caller gave do not count."""
    data, guessed = _utf8(read_all(stream, MAX_RECORD), origin)
    root = parse(data)
    records = _ROOTS.get(root.tag)
    if records is None:
        raise InputError(f"XML of a kind that is not known: its root is {brief(root.tag)}")
    found = list(records(root))
    if not found:
        raise InputError("no articles in it")
    if len(found) == 1:
        yield origin.own().guessed(guessed).fields.article(found[0], origin.name, None, origin.id)
    else:
        yield from numbered(found, origin.own().guessed(guessed))


def _utf8(data: bytes, origin: Origin) -> tuple[bytes, str | None]:
    """A document in UTF-8, whatever it was in, and the encoding if that was guessed."""
    match = _DECLARED.match(data[:200])
    text, guessed = origin.decode(data, match[1].decode("ascii") if match else None)
    return text.encode(), guessed


def _mended(data: bytes) -> bytes:
    """A document with what feeds have in it and XML has not: HTML's entities, an & for itself, controls."""
    parts = _SET_APART.split(_CONTROLS.sub(b"", data))
    parts[::2] = (_AMPERSAND.sub(_mended_entity, part) for part in parts[::2])
    return b"".join(parts)


def _mended_entity(found: re.Match[bytes]) -> bytes:
    if found[1] is None:
        return b"&amp;"
    return named(found[1].decode()).replace("&", "&amp;").replace("<", "&lt;").encode()


def parse(data: bytes) -> Element:
    """The tree of a document in UTF-8, whatever it declares; its names without their namespaces.

    Entities that a document declares are refused, and nothing is fetched, so that a small file can neither
    grow without bounds nor read others. Those that nobody has declared are HTML's.
    """
    builder = TreeBuilder()
    parser = expat.ParserCreate("utf-8", namespace_separator="}")
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEPTH:
            raise InputError(f"XML nested more than {_DEPTH} deep")
        builder.start(_local(tag), {_local(name): value for name, value in attributes.items()})

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_local(tag))

    def entity(*declared: object) -> None:
        raise InputError(f"declares the entity {brief(str(declared[0]))}: refused, as it may be an XML bomb")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = entity
    parser.buffer_text = True
    try:
        parser.Parse(_mended(data), True)  # noqa: FBT003
    except expat.ExpatError as error:
        what = "empty" if not data.strip() else f"not well-formed XML: {error}"
        raise InputError(what) from None
    return builder.close()


def _local(name: str) -> str:
    return name.rpartition("}")[2]


FORMAT = Format("XML", (".xml", ".rss", ".atom", ".rdf", ".nitf", ".nml"), read)
