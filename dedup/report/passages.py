"""Two texts of a passage cut into pieces that a person can compare: kept, dropped, inserted, replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from rich.text import Text

from dedup.model import Passage, Span
from dedup.patterns import pattern
from dedup.report.visible import is_mark, past_marks, running

# Where a reader may rest: after a sentence, or between paragraphs.
_REST = pattern(r"[.!?؟۔।][\"”’»)\]]*\s+|[。！？][”’」』）]*|\n\s*\n\s*")

_QUOTES = "\"'`´‘’‚‛“”„‟«»‹›「」『』＂"

DROPPED, INSERTED, REPLACED = "red", "green", "yellow"
LENGTH, AROUND = 1000, 90
LEFT_OUT = 120
"""Characters in a row that one of two texts has alone, from which they are no wording of the other's."""
PARAGRAPH = 30
"""The same of what has one paragraph more than what the other has there."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands in a and in b for one step of the difference.

    `kind` is kept, dropped, inserted or replaced, or "between" for what stands between words, or "left out".
    """

    kind: str
    a: str
    b: str


def pieces(a: str, b: str) -> list[Piece]:
    """The word-level difference of two aligned texts; all of both is in it, in order."""
    from dedup.comparison import differences

    found: list[Piece] = []
    at_a = at_b = 0
    kind = "between"
    for step in differences(a, b):
        if step.kind != "kept":
            kind = step.kind
            continue
        begin_a, end_a = (past_marks(a, at) for at in (step.a.start, step.a.end))
        begin_b, end_b = (past_marks(b, at) for at in (step.b.start, step.b.end))
        found += _between(kind, a[at_a:begin_a], b[at_b:begin_b])
        found.append(Piece("kept", a[begin_a:end_a], b[begin_b:end_b]))
        at_a, at_b, kind = end_a, end_b, "between"
    found += _between(kind, a[at_a:], b[at_b:])
    return found


def _between(kind: str, a: str, b: str) -> Iterator[Piece]:
    """What stands between kept words: the spaces and signs that both have, and about them what differs.

    So a word that was dropped takes the full stop or the commas along that only it had.
    """
    head = tail = 0
    if kind != "between":
        shorter = min(len(a), len(b))
        while head < shorter and _is_same_sign(a[head], b[head]):
            head += 1
        while tail < shorter - head and _is_same_sign(a[-1 - tail], b[-1 - tail]):
            tail += 1
    middle_a, middle_b = a[head : len(a) - tail], b[head : len(b) - tail]
    if head:
        yield Piece("between", a[:head], b[:head])
    if kind == "dropped" and middle_b:
        yield Piece("between", "", middle_b)
        middle_b = ""
    if kind == "inserted" and middle_a:
        yield Piece("between", middle_a, "")
        middle_a = ""
    if middle_a or middle_b:
        yield Piece(kind, middle_a, middle_b)
    if tail:
        yield Piece("between", a[len(a) - tail :], b[len(b) - tail :])


def _is_same_sign(one: str, other: str) -> bool:
    """Whether two characters are the same and not of a word; so are all spaces, and all quotation marks."""
    if one.isalnum() or other.isalnum() or is_mark(one):
        return False
    return one == other or (one.isspace() and other.isspace()) or (one in _QUOTES and other in _QUOTES)


def rows(whole: Sequence[Piece], cells: int = 150) -> Iterator[list[Piece]]:
    """Pieces by sentences: a row ends where both texts rest, once it is `cells` wide on either side."""
    row: list[Piece] = []
    width_a = width_b = 0
    left_a, left_b = (sum(len(getattr(piece, side)) for piece in whole) for side in ("a", "b"))
    for piece in chain.from_iterable(map(_sentences, whole)):
        row.append(piece)
        width_a += len(piece.a)
        width_b += len(piece.b)
        left_a -= len(piece.a)
        left_b -= len(piece.b)
        # what is left must be worth a row of its own
        if max(width_a, width_b) >= cells and max(left_a, left_b) >= cells // 4 and _rests(row):
            yield row
            row, width_a, width_b = [], 0, 0
    if row:
        yield row


def _sentences(piece: Piece) -> Iterator[Piece]:
    """A kept piece cut where both of its texts rest, if they do so equally often; any other piece whole."""
    if piece.kind in ("kept", "between"):
        cuts_a = [found.end() for found in _REST.finditer(piece.a)]
        cuts_b = [found.end() for found in _REST.finditer(piece.b)]
        if len(cuts_a) == len(cuts_b) > 0:
            at_a = at_b = 0
            for cut_a, cut_b in zip([*cuts_a, len(piece.a)], [*cuts_b, len(piece.b)], strict=True):
                if cut_a > at_a or cut_b > at_b:
                    yield Piece(piece.kind, piece.a[at_a:cut_a], piece.b[at_b:cut_b])
                at_a, at_b = cut_a, cut_b
            return
    yield piece


def _rests(row: Sequence[Piece]) -> bool:
    """Whether both texts of a row end at a rest."""
    for side in ("a", "b"):
        last = next((text for piece in reversed(row) if (text := getattr(piece, side))), "")
        if not any(found.end() == len(last) for found in _REST.finditer(last)):
            return False
    return True


def excerpt(whole: Sequence[Piece]) -> list[Piece]:
    """The telling part of a long passage: what differs, with AROUND characters of what is kept about it.

    About LENGTH characters in all on the longer side; what is left out is marked.
    """
    if max(sum(len(piece.a) for piece in whole), sum(len(piece.b) for piece in whole)) <= LENGTH * 1.2:
        return list(whole)
    short: list[Piece] = []
    used = 0
    for i, piece in enumerate(whole):
        if used >= LENGTH:
            _leave_out(short)
            break
        size = max(len(piece.a), len(piece.b))
        last = i == len(whole) - 1
        if piece.kind in ("dropped", "inserted", "replaced"):
            if size > 2 * AROUND:
                short.append(Piece(piece.kind, _head(piece.a, AROUND), _head(piece.b, AROUND)))
                _leave_out(short)
                used += AROUND
                continue
        elif size > 3 * AROUND:
            kept = 2 * AROUND if last else AROUND  # before a difference its tail says more
            short.append(Piece(piece.kind, _head(piece.a, kept), _head(piece.b, kept)))
            _leave_out(short)
            if not last:
                short.append(Piece(piece.kind, _tail(piece.a, AROUND), _tail(piece.b, AROUND)))
            used += 2 * AROUND
            continue
        short.append(piece)
        used += size
    return short


def _leave_out(short: list[Piece]) -> None:
    short.append(Piece("left out", " [...] ", " [...] "))


def _head(text: str, length: int) -> str:
    """The first `length` characters, up to the end of the word where one ends soon."""
    space = re.compile(r"\s").search(text, length, length + 20)
    return text[: space.start() if space else past_marks(text, length)]


def _tail(text: str, length: int) -> str:
    begin = max(len(text) - length, 0)
    space = re.compile(r"\s").search(text, max(begin - 20, 0), begin) if begin else None
    return text[space.end() if space else past_marks(text, begin) :]


def marked(row: Sequence[Piece], side: str, paragraph: str = " ¶ ") -> Text:
    """One side of a row, with what differs marked by signs and by colour."""
    signs = {
        "dropped": ("[-", "-]", DROPPED),
        "inserted": ("{+", "+}", INSERTED),
        "replaced": ("[~", "~]", REPLACED) if side == "a" else ("{~", "~}", REPLACED),
    }
    shown = Text(overflow="fold")
    for piece in row:
        raw = piece.a if side == "a" else piece.b
        text = running(raw, paragraph)
        if piece.kind not in signs:
            shown.append(text, "dim" if piece.kind == "left out" else None)
        elif bare := text.strip():
            begin, end, colour = signs[piece.kind]
            shown.append(text[: len(text) - len(text.lstrip())])
            shown.append(f"{begin}{bare}{end}", colour)
            shown.append(text[len(text.rstrip()) :])
        else:
            shown.append(text)
    return _single_spaced(shown, paragraph.rstrip())


def _single_spaced(text: Text, paragraph: str) -> Text:
    """Pieces that each bring a space must not make two; a row needs no sign of the paragraph that it ends."""
    plain = text.plain
    doubled = [found.start() for found in re.finditer(r"(?<= ) ", plain)]
    parts = text.divide(sorted({at for i in doubled for at in (i, i + 1)})) if doubled else [text]
    joined = Text(overflow="fold")
    at = 0
    for part in parts:
        if at not in set(doubled):
            joined.append_text(part)
        at += len(part)
    joined.rstrip()
    if joined.plain.endswith(paragraph):
        joined.right_crop(len(paragraph))
    return joined


def is_same(row: Sequence[Piece]) -> bool:
    """Whether both sides of a row read the same."""
    return all(piece.kind in ("kept", "between", "left out") for piece in row) and (
        marked(row, "a").plain == marked(row, "b").plain
    )


def shared_parts(passage: Passage, a: str, b: str) -> list[tuple[Span, Span]]:
    """The parts of a passage, in texts a and b, but what one of the two has alone, from LEFT_OUT on.

    Of a text that is not at hand, the whole passage.
    """
    from dedup.comparison import differences

    whole = [(passage.a, passage.b)]
    if passage.verbatim or not (a and b):
        return whole
    found: list[tuple[Span, Span]] = []
    for step in differences(a[passage.a.start : passage.a.end], b[passage.b.start : passage.b.end]):
        if step.kind != "kept":
            continue
        one = Span(passage.a.start + step.a.start, passage.a.start + step.a.end)
        other = Span(passage.b.start + step.b.start, passage.b.start + step.b.end)
        if found and not _is_left_out(a[found[-1][0].end : one.start], b[found[-1][1].end : other.start]):
            one, other = Span(found[-1][0].start, one.end), Span(found.pop()[1].start, other.end)
        found.append((one, other))
    return found or whole


def _is_left_out(a: str, b: str) -> bool:
    """Whether of what stands between two kept runs of words one text has more than a wording of its own."""
    least = LEFT_OUT if a.count("\n") == b.count("\n") else PARAGRAPH
    return max(len(a), len(b)) >= least


def position_map(length: int, spans: Sequence[tuple[int, int, str]], cells: int, ground: str = "·") -> str:
    """A text of `length` characters as a bar of `cells`; each (start, end, sign) puts its sign where it lies.

    A span always shows in one cell at least, and earlier spans win.
    """
    bar = [ground] * cells
    for start, end, sign in reversed(spans):
        first = min(start * cells // max(length, 1), cells - 1)
        last = min(max(-(-end * cells // max(length, 1)), first + 1), cells)
        bar[first:last] = [sign] * (last - first)
    return "".join(bar)
