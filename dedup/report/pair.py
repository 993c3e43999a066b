"""Two articles side by side: a map of their passages, and each with the differing words marked."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from rich.text import Text

from dedup.model import Article, Match, Passage, text_gone
from dedup.report.page import TWO_COLUMNS_FROM, Page, count, headline, moment, share
from dedup.report.passages import (
    DROPPED,
    INSERTED,
    REPLACED,
    Piece,
    excerpt,
    is_same,
    marked,
    pieces,
    position_map,
    rows,
    shared_parts,
)
from dedup.report.visible import is_right_to_left, label

if TYPE_CHECKING:
    from dedup.comparison import Comparison

_NUMBERS = "123456789abcdefghijklmnopqrstuvwxyz"
_WHOLE_UP_TO = 50_000
"""Characters of a passage that are shown whole; a longer one is cut even where all is asked."""
_PARTS = 4
"""Of a passage that is shown sentence beside sentence, where it is cut."""


def kind_of(compared: Match | Comparison) -> str:
    """The relation of a match, and that it is one in other words, where no passage ties the two."""
    if compared.relation is None:
        return "no match"
    return f"{compared.relation.value}{', in other words' if compared.retold else ''}"


def measures(page: Page, match: Match) -> str:
    """Resemblance, both containments and what is shared, in words."""
    if match.estimated:
        shared = "told by keys alone, for the text was not to be had: no passages are known"
    else:
        shared = _counted(match)
    facts = [
        f"resemblance {match.resemblance:.3f}",
        f"{share(match.containment_a)} of a in b, {share(match.containment_b)} of b in a",
        shared,
    ]
    return f" {page.dot} ".join(facts)


def _counted(match: Match) -> str:
    words = match.words
    quoted = sum(passage.words for passage in match.passages if passage.quoted)
    tail = f" ({quoted:,} quoted)" if quoted else ""
    return f"{count(len(match.passages), 'passage')}, {count(words, 'word')}{tail}"


def show_heads(page: Page, a: Article, b: Article) -> None:
    """Which article is a and which is b."""
    for side, article in (("a", a), ("b", b)):
        facts = [label(article.source or "", 40), moment(article.published), headline(article)]
        page.wrapped(
            f" {page.dot} ".join(fact for fact in facts if fact),
            first=Text.assemble((f"{side}  ", "bold")),
            indent=2,
        )


def show_legend(page: Page) -> None:
    """The signs, explained once."""
    legend = Text.assemble(
        ("[-only in a-]", DROPPED), "  ", ("{+only in b+}", INSERTED), "  ",
        ("[~a's words~]", REPLACED), " ", ("{~b's words~}", REPLACED),
        f"  {page.paragraph} paragraph", "" if page.width >= TWO_COLUMNS_FROM else "  = both",
    )  # fmt: skip
    page.wrapped(legend, indent=2)


def show_map(page: Page, passages: Sequence[Passage], a: Article, b: Article) -> None:
    """Where the passages stand in both texts; each is drawn with its number."""
    cells = min(page.width - 26, 100)
    parts = [(part, _sign(i)) for i, p in enumerate(passages) for part in shared_parts(p, a.text, b.text)]
    for side, (name, article) in enumerate((("a", a), ("b", b))):
        spans = [(part[side].start, part[side].end, sign) for part, sign in parts]
        drawn = position_map(len(article.text), spans, cells, page.dot)
        page.line(
            (f"{name} ", "bold"), (page.bar, "dim"), _coloured(drawn, passages, page.dot), (page.bar, "dim"),
            (f" {count(len(article.text), 'character')}", "dim"), indent=2,
        )  # fmt: skip


def _sign(i: int) -> str:
    return _NUMBERS[i] if i < len(_NUMBERS) else "#"


def _coloured(drawn: str, passages: Sequence[Passage], ground: str) -> Text:
    text = Text()
    for sign, run in groupby(drawn):
        place = _NUMBERS.find(sign)
        quoted = 0 <= place < len(passages) and passages[place].quoted
        text.append("".join(run), "dim" if sign == ground else "magenta" if quoted else "yellow")
    return text


def show_passages(
    page: Page,
    passages: Sequence[Passage],
    a: Article,
    b: Article,
    *,
    most: int | None,
    weights: bool = False,
) -> None:
    """Passages in the order of a's text: the `most` best of them and cut, or (None) all and whole.

    One that is told in another order is shown sentence beside sentence.
    """
    from dedup.comparison.parts import parts

    ordered = sorted(passages, key=lambda p: (p.a.start, p.b.start))
    numbered = list(enumerate(ordered))
    if most is not None and len(numbered) > most:
        best = sorted(numbered, key=lambda each: (each[1].quoted, -each[1].weight))[:most]
        numbered = sorted(best, key=lambda each: each[0])
    for i, passage in numbered:
        page.blank()
        known = a.text and b.text
        told = parts(passage, a.text, b.text) if known else []
        _show_heading(page, i, passage, weights=weights, parts=len(told))
        shown = told if most is None else told[:_PARTS]
        for part in shown:
            whole = pieces(
                a.text[part.a.start : part.a.end][:_WHOLE_UP_TO],
                b.text[part.b.start : part.b.end][:_WHOLE_UP_TO],
            )
            _show_text(page, whole if most is None else excerpt(whole))
        if len(shown) < len(told):
            page.line((f"... and {count(len(told) - len(shown), 'more sentence')}", "dim"), indent=5)
    for article in (a, b):
        if passages and not article.text:
            page.blank()
            page.wrapped(label(text_gone(article)), indent=2)
    if len(numbered) < len(ordered):
        page.blank()
        page.line((f"... and {count(len(ordered) - len(numbered), 'more passage')}", "dim"), indent=2)


def _show_heading(page: Page, i: int, passage: Passage, *, weights: bool, parts: int) -> None:
    dot = f" {page.dot} "
    facts = [
        f"{count(passage.words, 'word')} in common",
        f"{share(passage.similarity)} alike",
        f"a {passage.a.start:,}-{passage.a.end:,}",
        f"b {passage.b.start:,}-{passage.b.end:,}",
    ]
    if parts > 1:
        facts.append("sentence beside sentence")
    if weights:
        facts.append(f"weight {passage.weight:.2f}" + (", not counted" if passage.quoted else ""))
    kind = ("quotation" + dot, "magenta") if passage.quoted else ""
    heading = Text.assemble(kind, (dot.join(facts), "dim"))
    page.wrapped(heading, indent=2, first=Text.assemble((f"{_sign(i)}  ", "bold")))


def _show_text(page: Page, whole: Sequence[Piece]) -> None:
    """A passage in two columns where the page is wide enough and reads from the left, else by turns."""
    right_to_left = any(is_right_to_left(piece.a) or is_right_to_left(piece.b) for piece in whole)
    sign = f" {page.paragraph} "
    if page.width >= TWO_COLUMNS_FROM and not right_to_left:
        for row in rows(whole):
            page.columns(marked(row, "a", sign), marked(row, "b", sign), indent=5)
        return
    for row in rows(whole, 400):
        if is_same(row):
            page.wrapped(
                marked(row, "a", sign), indent=3, first=Text.assemble(("= ", "dim"), (page.bar + " ", "dim"))
            )
            continue
        for side in ("a", "b"):
            page.wrapped(
                marked(row, side, sign),
                indent=3,
                first=Text.assemble((f"{side} ", "bold"), (page.bar + " ", "dim")),
            )


def show_pair(page: Page, match: Match, a: Article, b: Article, reason: str = "") -> None:
    """A match in full: both articles, the reason if given, its measures, the map, and all passages whole."""
    page.line((label(a.id), "bold cyan"), " and ", (label(b.id), "bold cyan"), ": ", (kind_of(match), "bold"))
    if reason:
        page.wrapped(label(reason))
    page.wrapped(measures(page, match))
    _show_shared(page, match.passages, a, b)


def show_no_match(page: Page, a: Article, b: Article, compared: Comparison) -> None:
    """That two articles are no match, and why; and what they share."""
    page.line((label(a.id), "bold cyan"), " and ", (label(b.id), "bold cyan"), ": ", ("no match", "bold"))
    page.wrapped(label(compared.reason))
    _show_shared(page, compared.passages, a, b, weights=True)


def _show_shared(
    page: Page, passages: Sequence[Passage], a: Article, b: Article, *, weights: bool = False
) -> None:
    """Both articles, the map, and all passages whole."""
    page.blank()
    show_heads(page, a, b)
    if passages and a.text and b.text:
        page.blank()
        show_map(page, passages, a, b)
        page.blank()
        show_legend(page)
    show_passages(page, passages, a, b, most=None, weights=weights)
