"""RSS 2.0 and 1.0, Atom and JSON Feed: an entry is an article, its source the title of the feed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from xml.etree.ElementTree import Element

from dedup.patterns import pattern
from dedup.read.markup import plain


def rss(root: Element) -> Iterator[dict[str, Any]]:
    """The items of an RSS feed. Where an item holds both its text and a description, the text is taken."""
    source = _text(root.find("channel/title"))
    language = _text(root.find("channel/language"))
    for item in root.iter("item"):
        if _first(item, "post_type") in _NO_POSTS:
            continue
        text = _first(item, "encoded", "fulltext", "description")
        yield {
            "id": _first(item, "guid") or item.get("about"),
            "title": plain(_first(item, "title") or ""),
            "url": _first(item, "link"),
            "published": _first(item, "pubDate", "date"),
            "source": plain(_first(item, "source") or source or ""),
            "byline": plain(_writer(_first(item, "creator", "author")) or ""),
            "language": _first(item, "language") or language,
            "text": plain(text or ""),
        }


_NO_POSTS: Final = frozenset({"attachment", "nav_menu_item", "revision", "custom_css", "oembed_cache"})
"""What the export of a WordPress site (WXR, which is RSS) holds beside posts and pages."""


def atom(root: Element) -> Iterator[dict[str, Any]]:
    """The entries of an Atom feed."""
    source = _text(root.find("title"))
    for entry in root.iter("entry"):
        links = {link.get("rel", "alternate"): link.get("href") for link in reversed(entry.findall("link"))}
        body = next((found for tag in ("content", "summary") if (found := _body(entry.find(tag)))), "")
        yield {
            "id": _first(entry, "id"),
            "title": plain(_first(entry, "title") or ""),
            "url": links.get("alternate"),
            "published": _first(entry, "published", "issued", "updated"),
            "source": plain(_text(entry.find("source/title")) or source or ""),
            "byline": [name for author in entry.findall("author") if (name := _first(author, "name"))]
            or _text(root.find("author/name")),
            "language": entry.get("lang") or root.get("lang"),
            "text": body,
        }


def json_feed(feed: dict[str, Any]) -> Iterator[Any]:
    """The items of a JSON Feed; one that is no object comes back as it is."""
    for item in feed["items"]:
        if not isinstance(item, dict):
            yield item
            continue
        html = item.get("content_html")
        yield {
            "id": item.get("id"),
            "title": item.get("title"),
            "url": item.get("url") or item.get("external_url"),
            "published": item.get("date_published") or item.get("date_modified"),
            "source": feed.get("title"),
            "byline": item.get("authors") or item.get("author") or feed.get("authors"),
            "language": item.get("language") or feed.get("language"),
            "text": item.get("content_text")
            or (plain(html) if isinstance(html, str) else html)
            or item.get("summary"),
        }


def _writer(given: str | None) -> str | None:
    """The name in RSS's `author`, which is an address with a name in brackets: a@b.example (A Name)."""
    match = _ADDRESS.fullmatch(given or "")
    return match[1] if match else given


_ADDRESS = pattern(r"\S+@\S+(?:\s+\((.+)\))?")


def is_json_feed(value: dict[str, Any]) -> bool:
    """Whether an object is a JSON Feed."""
    version = value.get("version")
    return (
        isinstance(version, str)
        and "jsonfeed.org/version/" in version
        and isinstance(value.get("items"), list)
    )


def inner(element: Element) -> str:
    """The text of an element with markup of its own (XHTML, NITF), a blank line between its blocks."""
    parts: list[str] = []
    _serialise(element, parts)
    return plain("".join(parts))


def _serialise(element: Element, parts: list[str]) -> None:
    parts.append(_escaped(element.text))
    for child in element:
        parts.append(f"<{child.tag}>")
        if child.tag != "media":  # of NITF: a picture and its caption
            _serialise(child, parts)
        parts.append(f"</{child.tag}>{_escaped(child.tail)}")


def _escaped(text: str | None) -> str:
    return (text or "").replace("&", "&amp;").replace("<", "&lt;")


def _body(element: Element | None) -> str:
    if element is None:
        return ""
    return inner(element) if len(element) else plain(element.text or "")


def _first(parent: Element, *tags: str) -> str | None:
    """The text of the first of these children that has any."""
    return next((text for tag in tags for child in parent.findall(tag) if (text := _text(child))), None)


def _text(element: Element | None) -> str | None:
    return None if element is None else "".join(element.itertext()).strip() or None
