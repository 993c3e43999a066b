"""A fragment of HTML, as feeds, agencies and databases have it -> its text. Whole pages are for html_page."""

from __future__ import annotations

import re
from html import unescape
from html.entities import html5
from typing import Final

from dedup.patterns import pattern

_BLOCKS: Final = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "br", "dd", "div", "dl", "dt", "figcaption",
        "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hl1", "hl2", "hr", "li", "main",
        "nav", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul",
    }
)  # fmt: skip
_SILENT: Final = frozenset({"script", "style", "template", "noscript", "iframe", "object", "svg"})
_INLINE: Final = frozenset(
    {
        "a", "abbr", "b", "cite", "code", "em", "font", "i", "ins", "mark", "q", "s", "small", "span",
        "strong", "sub", "sup", "time", "u",
    }
)  # fmt: skip
_MARK: Final = pattern(
    r"<(?:(!--)|/?([a-z][^\s/<>]*+)(?:[^<>\"']++|\"[^\"]{0,1000}+\"|'[^']{0,1000}+'){0,32}+>|[!?][^<>]*+>)",
    re.I,
)
"""A comment's beginning, a tag with its name, or a declaration."""
_SPACE: Final = pattern(r"[ \t\r\f\v\n]{2,}|[\t\r\f\v\n]")  # all but a single space
_ELEMENT: Final = "|".join(sorted(_BLOCKS | _INLINE))
_SIGN: Final = pattern(r"<(?:/[a-z]|br[\s/>]|p[\s/>]|img\s)", re.I)
"""Where there is none, there is no markup, as in nearly all texts: this is quick."""
_OPENED: Final = pattern(
    rf"(?:^[ \t]*<({_ELEMENT})(?:\s[^<>]*)?>(?! (?-i:[a-z]))|<({_ELEMENT})(?:\s[^<>]*)?>(?=[\w<(\[&“‘«„¿¡]))",
    re.I | re.M,
)
"""The beginning of an element where markup has it: at that of a line, or of a word. Prose sets it apart."""
_ALONE: Final = pattern(
    r"[\w.,;:!?…”’\"')\]]<(?:br|p)\s*/?>(?=[\w<“‘«„\n])|<br\s*/?>\s*<br\s*/?>|<img\s[^<>]*\bsrc=[\"'][^<>]*>",
    re.I,
)
"""Elements that need no end, where only markup has them."""
_BEGINS: Final = pattern(rf"\s*<(?:{'|'.join(sorted(_BLOCKS))})(?:\s[^<>]*)?>[\w<&“‘«„¿¡]", re.I)
"""A text that begins so is markup, though it may be cut before the element ends."""
_CUT: Final = pattern(rf"<(?:{_ELEMENT}|img)\s[^<>]*\Z", re.I)
_ENTITY: Final = pattern(r"&(#\d{2,7}|#[xX][0-9A-Fa-f]{2,6}|[A-Za-z]{2,8}\d{0,2});")
_BREAKS: Final = pattern(r"<(?:p|br|div)[\s/>]", re.I)
_BLANK: Final = pattern(r"\n{3,}")
_PAGE: Final = pattern(r"\ufeff?\s*(?:<\?xml[^<>]*>\s*)?<(?:!doctype\s+html|html)\b", re.I)


def is_page(text: str) -> bool:
    """Whether a text is a whole HTML page."""
    return _PAGE.match(text) is not None


def unmarked(text: str) -> str:
    """A text that may be HTML, or have entities, without them; one that only speaks of `<b>` as it is.

    It is HTML if an element begins and ends in it, or `<br>` or `<p>` breaks it into lines, in places where
    prose would not put a tag. Entities are resolved once; twice, if all of the markup is escaped.
    """
    if "<" in text and _is_marked(text):
        return plain(text)
    if "&" in text:
        text = _ENTITY.sub(_character, text)
        if text.lstrip().startswith("<") and _is_marked(text):
            return plain(text)
    return text


def _is_marked(text: str) -> bool:
    if _BEGINS.match(text):
        return True
    if not _SIGN.search(text):
        return False
    seen = set()
    for found in _OPENED.finditer(text):
        name = (found[1] or found[2]).lower()
        if name not in seen and (f"</{name}" in text or f"</{name.upper()}" in text):
            return True
        seen.add(name)
    return _ALONE.search(text) is not None


def _character(entity: re.Match[str]) -> str:
    return unescape(entity[0]) if entity[1][0] == "#" else named(entity[1])


def named(entity: str) -> str:
    """What a named entity of HTML stands for; one that HTML does not have stays as it is written."""
    return html5.get(f"{entity};", f"&{entity};")


def plain(fragment: str) -> str:
    """The text of a fragment, a blank line between its blocks; text without markup comes back as it is.

    Where no element breaks it into lines and paragraphs, its own are kept.
    """
    if "<" not in fragment and "&" not in fragment:
        return fragment.strip()
    blocks: list[list[str]] = [[]]
    unended: set[str] = set()
    at = 0
    while (mark := _MARK.search(fragment, at)) is not None:
        blocks[-1].append(fragment[at : mark.start()])
        at = mark.end()
        name = mark[2].lower() if mark[2] else ""
        if name in _BLOCKS:
            blocks.append([])
        elif mark[1]:
            at = _after("-->", fragment, at, unended)
        elif name in _SILENT and not mark[0].startswith("</") and not mark[0].endswith("/>"):
            after = _after(rf"</{name}\s*>", fragment, at, unended)
            at = len(fragment) if after == at and name in ("script", "style") else after
        elif "@" in name or name.endswith(":"):  # <someone@site.example>, <https://site.example>
            blocks[-1].append(mark[0])
    blocks[-1].append(_CUT.sub("", fragment[at:]))
    tidy = _tidy_lines if _BREAKS.search(fragment) is None else _tidy
    texts = (tidy(unescape("".join(block))) for block in blocks)
    return "\n\n".join(text for text in texts if text)


def _after(end: str, fragment: str, at: int, unended: set[str]) -> int:
    """Where what ends so has ended; `at` itself if it never does, which is looked for once."""
    if end in unended:
        return at
    found = re.compile(end, re.IGNORECASE).search(fragment, at)
    if found is None:
        unended.add(end)
        return at
    return found.end()


def _tidy(block: str) -> str:
    return _SPACE.sub(" ", block).strip()


def _tidy_lines(block: str) -> str:
    return _BLANK.sub("\n\n", "\n".join(map(_tidy, block.split("\n")))).strip()
