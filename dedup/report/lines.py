"""The lines that sources repeat, as a table for people; and what of a text does not count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dedup.model import Article, RepeatedLine, Ruling, Span
from dedup.report.page import Page, count
from dedup.report.visible import cut, label, running

if TYPE_CHECKING:
    from dedup.explanation import Uncounted

WIDEST = 100


def show_lines(page: Page, lines: Sequence[RepeatedLine]) -> None:
    """A line each, the most frequent first."""
    if not lines:
        page.line("No line that a source repeats has been found.")
        return
    table = [["ID", "ARTICLES", "FIRST", "LAST", "RULING", "SOURCE", "LINE"]]
    for line in lines:
        days = [line.first or "", line.last or ""]
        ruling = "" if line.ruling is None else {Ruling.KEEP: "kept", Ruling.MARK: "marked"}[line.ruling]
        source = "all" if line.source is None else label(line.source, 24)
        text = cut(running(line.text), WIDEST)
        table.append([str(line.id), f"{line.articles:,}", *days, ruling, source, text])
    page.table(table, styles=("cyan", "bold"))


def show_boilerplate(page: Page, article: Article, spans: Sequence[Span], name: str = "") -> None:
    """What of one article is boilerplate."""
    if not spans:
        return
    page.blank()
    page.line(("Boilerplate", "bold"), f" of {name}" if name else "", ": does not count in a match")
    for span in spans:
        page.wrapped(
            cut(running(article.text[span.start : span.end]), 4 * WIDEST),
            indent=2,
            first=f"{span.start:,}-{span.end:,}  ",
        )


def show_uncounted(page: Page, uncounted: Sequence[Sequence[Uncounted]]) -> None:
    """What of two articles does not count in their match."""
    if not any(uncounted):
        return
    page.blank()
    parts = sum(map(len, uncounted))
    page.line(("Not counted", "bold"), f": {count(parts, 'part')} of the texts")
    kinds = {"boilerplate": "boilerplate, which its source repeats", "page": "page furniture"}
    for side, own in zip("ab", uncounted, strict=True):
        for part in own:
            page.wrapped(
                cut(running(part.text), 4 * WIDEST),
                indent=2,
                first=f"{side} {part.span.start:,}-{part.span.end:,}, {kinds[part.kind]}:  ",
            )
