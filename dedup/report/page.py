"""What is printed to: a terminal or a pipe, as wide and as colourful as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from dedup.model import Article
from dedup.patterns import pattern
from dedup.report.visible import cut

TWO_COLUMNS_FROM = 110
"""Cells from which two texts stand side by side; in less they stand one above the other."""
ROOM = 24
"""Cells that the last column of a table should have."""
SIGNS = ("[-", "-]", "[~", "~]", "{+", "+}", "{~", "~}")
"""What a difference begins and ends with."""
_SIGN = pattern("|".join(map(re.escape, SIGNS)))
_SIGN_OR_LETTER = pattern(f"{_SIGN.pattern}|.", re.DOTALL)
_AS_WIDE = "\uff03"
WIDEST = 120
"""Cells of a column in a pipe; on a terminal it has a third of the width."""


class _Console(Console):
    """A console that leaves it to the caller what a closed pipe means."""

    def on_broken_pipe(self) -> None:
        raise  # noqa: PLE0704  (rich calls this while it handles the BrokenPipeError)


class Page:
    """Lines on a stream. No markup is ever read: what is printed is what stands there."""

    def __init__(self, file: TextIO | None = None) -> None:
        self.console = _Console(file=file, markup=False, highlight=False, emoji=False)
        if self.console.width < 1:  # COLUMNS=0, of a terminal that does not know; rich would print nothing
            self.console.width = 80
        self.width = max(self.console.width, 40)
        self.cuts = self.console.is_terminal
        drawn = "·│¶█▒"
        try:
            drawn.encode(self.console.encoding)
        except (UnicodeEncodeError, LookupError):
            drawn = ".|/#o"
        self.dot, self.bar, self.paragraph, self.full, self.half = tuple(drawn)

    def line(self, *parts: str | Text | tuple[str, str | None], indent: int = 0) -> None:
        """One line of parts: strings, styled strings (text, style) or Text. It is not wrapped here."""
        self.console.print(_joined(" " * indent, *parts), soft_wrap=True)

    def blank(self) -> None:
        """An empty line."""
        self.console.print()

    def wrapped(self, text: str | Text, *, indent: int = 0, first: str | Text = "") -> None:
        """A paragraph wrapped by display width; its first line is led by `first`, the others indented."""
        lead = _joined(first)
        width = max(self.width - indent - cell_len(lead.plain), 20)
        for line in self.fold(text, width):
            self.line(lead, line, indent=indent)
            lead = Text(" " * cell_len(lead.plain))

    def fold(self, text: str | Text, width: int) -> list[Text]:
        """Lines of at most `width` cells; no sign of a difference is broken over two."""
        whole = Text(text, overflow="fold") if isinstance(text, str) else text
        # one wide letter in the place of each sign, which no wrapping breaks, is as wide
        drawn = _SIGN.sub(_AS_WIDE, whole.plain)
        places = [found.start() for found in _SIGN_OR_LETTER.finditer(whole.plain)]
        begins, end = [], 0
        for line in Text(drawn).wrap(self.console, width, overflow="fold"):
            shown = line.plain.rstrip()
            begin = drawn.index(shown, end)
            end = begin + len(shown)
            begins.append(begin)
        lines = list(whole.divide(places[begin] for begin in begins[1:]))
        for line in lines:
            line.rstrip()
        return lines

    def columns(self, left: Text, right: Text, *, indent: int) -> None:
        """Two texts side by side."""
        width = (self.width - indent - 3) // 2
        lines = [self.fold(left, width), self.fold(right, width)]
        for i in range(max(map(len, lines))):
            a, b = (side[i] if i < len(side) else Text() for side in lines)
            a.append(" " * (width - cell_len(a.plain)))
            self.line(a, (f" {self.bar} ", "dim"), b, indent=indent)

    def table(
        self,
        rows: Sequence[Sequence[str]],
        *,
        indent: int = 0,
        styles: Sequence[str | None] = (),
        spare: Sequence[int] = (),
        wraps: bool = False,
    ) -> None:
        """Rows with aligned columns; the last is cut to the width of a terminal, or `wraps`, but in no pipe.

        A cell that is wider than a column may be does not widen it, but the rest of its row moves; on a
        terminal the first cell has a line of its own then. On a narrow terminal the `spare` columns are left
        out, the first of them first, until the last has room.
        """
        most = max(self.width // 3, 30) if self.cuts else WIDEST
        if self.cuts:
            rows, styles = self._narrowed(rows, indent, styles, spare, most)
        count = max(map(len, rows), default=0)
        widths = [
            max((w for row in rows if i < len(row) and (w := cell_len(row[i])) <= most), default=0)
            for i in range(count)
        ]
        for row in rows:
            text = Text()
            for i, (cell, width) in enumerate(zip(row, widths, strict=False)):
                style = styles[i] if i < len(styles) else None
                if i == count - 1 and wraps and self.cuts and cell:
                    self.wrapped(cell, indent=indent, first=text)
                    break
                if i == count - 1:
                    left = self.width - indent - cell_len(text.plain)
                    text.append(cut(cell, max(left, 20)) if self.cuts else cell, style)
                elif self.cuts and i == 0 and cell_len(cell) > most:
                    self.line((cell, style), indent=indent)
                    text.append(" " * (width + 2))
                elif width:
                    numeric = i > 0 and cell.strip("%").replace(",", "").replace(".", "").isdigit()
                    pad = " " * max(width - cell_len(cell), 0)
                    text.append(pad + cell + "  " if numeric else cell + pad + "  ", style)
            else:
                text.rstrip()
                self.line(text, indent=indent)

    def _narrowed(
        self,
        rows: Sequence[Sequence[str]],
        indent: int,
        styles: Sequence[str | None],
        spare: Sequence[int],
        most: int,
    ) -> tuple[Sequence[Sequence[str]], Sequence[str | None]]:
        """The rows and styles without those of the `spare` columns for which there is no room."""
        count = max(map(len, rows), default=0)
        wide = [
            max((w for row in rows if i < len(row) and ((w := cell_len(row[i])) <= most or i)), default=0)
            for i in range(count)
        ]
        kept = list(range(count))
        for column in spare:
            if indent + sum(wide[i] + 2 for i in kept[:-1] if wide[i]) + ROOM <= self.width:
                break
            kept.remove(column)
        styled = [*styles, *[None] * count]
        return [[row[i] for i in kept if i < len(row)] for row in rows], [styled[i] for i in kept]


def _joined(*parts: str | Text | tuple[str, str | None]) -> Text:
    text = Text()
    for part in parts:
        if isinstance(part, tuple):
            text.append(*part)
        else:
            text.append(part)
    return text


def count(number: int, noun: str) -> str:
    """A number with its noun: 1 article, 2,000 articles."""
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def moment(when: datetime | None) -> str:
    """A time of publication (UTC), as a date alone where no hour was given."""
    if when is None:
        return ""
    return when.strftime(
        "%Y-%m-%d" if (when.hour, when.minute, when.second) == (0, 0, 0) else "%Y-%m-%d %H:%M"
    )


def share(value: float) -> str:
    """A share of one as a percentage; a little is not nothing."""
    return "under 1%" if 0 < value < 0.01 else f"{value:.0%}" if value < 0.995 or value == 1 else "over 99%"


def is_titled(article: Article) -> bool:
    """Whether it has a title to be headed by."""
    return bool(article.title and article.title.strip())


def headline(article: Article) -> str:
    """The title, else the first words."""
    if is_titled(article):
        return cut((article.title or "").strip(), 200)
    return cut(" ".join(article.text[:1000].split()), 90)
