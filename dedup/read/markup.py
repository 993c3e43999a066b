"""A fragment of HTML, as feeds and agencies send it -> its text. Whole pages are for html_page."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Final

_BLOCKS: Final = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "br", "dd", "div", "dl", "dt", "figcaption",
        "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hl1", "hl2", "hr", "li", "main",
        "nav", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul",
    }
)  # fmt: skip
_SILENT: Final = frozenset({"script", "style", "template", "noscript", "iframe", "object", "svg"})
_TAG: Final = re.compile(r"<[^<>]*>")
_SPACE: Final = re.compile(r"[ \t\r\f\v\n]{2,}|[\t\r\f\v\n]")  # all but a single space


def plain(fragment: str) -> str:
    """The text of a fragment, a blank line between its blocks; text without markup comes back as it is."""
    if "<" not in fragment and "&" not in fragment:
        return fragment.strip()
    parser = _Plain()
    try:
        parser.feed(fragment)
        parser.close()
    except AssertionError:  # html.parser's way of refusing some declarations
        return unescape(_TAG.sub(" ", fragment)).strip()
    return parser.text()


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks: list[list[str]] = [[]]
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BLOCKS:
            self._blocks.append([])

    def handle_startendtag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        if tag in _BLOCKS:
            self._blocks.append([])

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS:
            self._blocks.append([])

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._blocks[-1].append(data)

    def text(self) -> str:
        blocks = (_SPACE.sub(" ", "".join(block)).strip() for block in self._blocks)
        return "\n\n".join(block for block in blocks if block)
