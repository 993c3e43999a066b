"""The news industry's own formats, of the IPTC: NITF, NewsML-G2 and ninjs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from dedup.read.feeds import inner
from dedup.read.markup import plain


def nitf(root: Element) -> Iterator[dict[str, Any]]:
    """The one article of an NITF document."""
    yield _nitf(root)


def newsml(root: Element) -> Iterator[dict[str, Any]]:
    """The text items of a NewsML-G2 item or message; pictures and packages are passed over."""
    for item in root.iter("newsItem"):
        body = _body(item)
        if body is None:
            continue
        held = _nitf(body) if body.tag == "nitf" else {}
        yield {
            "id": item.get("guid") or held.get("id"),
            "title": _text(item, "contentMeta/headline")
            or held.get("title")
            or _text(item, "itemMeta/title"),
            "url": _attribute(item, "itemMeta/link", "href"),
            "published": _text(item, "itemMeta/firstCreated")
            or _text(item, "contentMeta/contentCreated")
            or _text(item, "itemMeta/versionCreated"),
            "source": _named(item, "contentMeta/infoSource") or _named(item, "itemMeta/provider"),
            "byline": _text(item, "contentMeta/by")
            or [name for creator in item.findall("contentMeta/creator") if (name := _text(creator, "name"))]
            or held.get("byline"),
            "language": _attribute(item, "contentMeta/language", "tag") or item.get("lang"),
            "text": held["text"] if held else inner(body),
        }


def _body(item: Element) -> Element | None:
    """The element that holds the text of an item: NITF, XHTML's body, or plain inline data."""
    for path in (".//nitf", "contentSet/inlineXML//body", "contentSet/inlineXML", "contentSet/inlineData"):
        if (found := item.find(path)) is not None:
            return found
    return None


def _nitf(root: Element) -> dict[str, Any]:
    content = root.find("body/body.content")
    blocks = (
        [] if content is None else [inner(block) for block in content if block.tag not in ("media", "table")]
    )
    return {
        "id": _attribute(root, "head/docdata/doc-id", "id-string"),
        "title": _text(root, "body/body.head/hedline/hl1") or _text(root, "head/title"),
        "published": _attribute(root, "head/docdata/date.issue", "norm")
        or _attribute(root, "body/body.head/dateline/story.date", "norm"),
        "source": _text(root, "body/body.head/distributor") or _attribute(root, "head/pubdata", "name"),
        "byline": _text(root, "body/body.head/byline/person") or _text(root, "body/body.head/byline"),
        "language": root.get("lang"),
        "text": "\n\n".join(block for block in blocks if block),
    }


def is_ninjs(value: dict[str, Any]) -> bool:
    """Whether a JSON object is a ninjs item: a uri and a body under one of its names, or several bodies."""
    return "uri" in value and (
        isinstance(value.get("bodies"), list) or any(f"body_{k}" in value for k in _KINDS)
    )


def ninjs(value: dict[str, Any]) -> dict[str, Any]:
    """A ninjs item (1, 2 or 3) as a record."""
    bodies = {f"body_{kind}": value.get(f"body_{kind}") for kind in _KINDS}
    for body in _objects(value.get("bodies")):
        if kind := _kind(body):
            bodies.setdefault(f"body_{kind}", None)
            bodies[f"body_{kind}"] = bodies[f"body_{kind}"] or body.get("value")
    text = bodies["body_text"]
    if not text:
        marked = bodies["body_xhtml"] or bodies["body_html"]
        text = plain(marked) if isinstance(marked, str) else marked
    headlines = [each.get("value") for each in _objects(value.get("headlines"))]
    source = next((value[name] for name in _SOURCES if value.get(name)), None)
    first = source[0] if isinstance(source, list) and source else source
    return {
        "id": value["uri"],
        "title": value.get("headline") or next(iter(headlines), None) or value.get("title"),
        "url": value.get("web") or value.get("url"),
        "published": _earliest(value),
        "source": first,
        "byline": value.get("byline") or [b.get("byline") for b in _objects(value.get("bylines"))],
        "language": value.get("language"),
        "text": text,
    }


def _objects(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


_KINDS = ("text", "xhtml", "html")
_SOURCES = ("infosource", "infosources", "infoSources", "provider")


def _kind(body: dict[str, Any]) -> str | None:
    """Which of the kinds a body is, by its content type."""
    content = str(body.get("contentType") or body.get("contenttype") or "text/plain")
    if content.startswith("text/plain"):
        return "text"
    return next((kind for kind in _KINDS[1:] if kind in content), None)


def _earliest(value: dict[str, Any]) -> Any:
    names = (
        "firstCreated",
        "firstcreated",
        "contentCreated",
        "contentcreated",
        "versionCreated",
        "versioncreated",
    )
    return next((value[name] for name in names if value.get(name)), None)


def _named(item: Element, path: str) -> str | None:
    found = item.find(path)
    if found is None:
        return None
    return (
        _text(found, "name") or found.get("literal") or (found.get("qcode") or "").rpartition(":")[2] or None
    )


def _text(root: Element, path: str) -> str | None:
    found = root.find(path)
    return None if found is None else " ".join("".join(found.itertext()).split()) or None


def _attribute(root: Element, path: str, name: str) -> str | None:
    found = root.find(path)
    return None if found is None else found.get(name)
