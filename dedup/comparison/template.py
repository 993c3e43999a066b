"""Forms and notices: what recurs in articles that are not copies of each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from string import ascii_uppercase, digits

from dedup.comparison.differences import differences
from dedup.comparison.facts import CAPITAL, Facts, facts_of_both, is_german, texts_of
from dedup.digest import is_of_one_source
from dedup.model import Article, Passage, Span
from dedup.patterns import pattern
from dedup.settings import DEFAULTS
from dedup.sketch import sketch
from dedup.sketch.stem_kernel import FUNCTION

TAIL = 120
"""Characters that may follow a notice at the end of an article."""
NOTICE_SHARE = 0.3
FREQUENT_SHARE = 0.7
"""Share of an article that a notice may be; and where more articles of the source have it."""
APART_SHARE, BRIEF_SHARE, APART = 0.5, 0.7, 0.2
"""Share of an article that a notice may be which is a paragraph and stands apart, and that one source's may
be at the end of its briefs; and share of all other facts that two such articles may have in common."""
_NAMED = rf"{CAPITAL}[\w&'’-]*"
_PROFILE = pattern(
    rf"(?:About|ABOUT|Über|ÜBER|À propos de|Acerca de|Informazioni su|Over|Om) (?:the )?{_NAMED}"
    rf"(?:,? (?:{_NAMED}|&|and|of|for|und|de|di)){{0,5}} ?[.:*\n]"
)
"""The heading under which a company says at the end of its news what it is."""
PLACES, PARAGRAPHS, SIGNATURE = 3, 4, 16
"""Runs of paragraphs, with others between them, that tell two pages of one site, which have 5 and more in
common; how many are asked; and characters that one has which counts: the name of an agency has fewer."""
LEAST_WORDS, OTHER_WORDS = 20, 1 / 3
"""Content words that either rest of two articles must have for them to tell anything; and share of the fewer
that both may have where they are about something else."""
TABLE, FIGURES, NAMES, ALIKE = 0.4, 0.25, 0.4, 0.66
"""Share of the words of a passage that are numbers from which it is a table; that are numbers or names from
which it is a list if two are as ALIKE. So are the weather of two days; where a report tells the figures of a
table in prose, it is less like it (.63)."""
RUN, SAME_RUNS = 5, 0.3
"""Share of their runs of RUN words that two lists have in common if they are versions of one, or of their
runs of numbers or names alone. Of 320 pairs of made-up tables with the same rows and other numbers none has
more than .13; of 320 of which a tenth of the numbers differs none less than .39."""
FEW_SIGNS, LATIN = 0.08, 1.3
"""Share of its characters that are digits and capitals of ASCII, under which a text is no list to look at,
and bytes for each that a text in Latin letters has at most."""
_SIGNS = (digits + ascii_uppercase).encode()
_CELL = pattern(r"\d+|[^\W\d]+")
_BLANK, _BREAK = pattern(r"\n\s*\n"), pattern(r"\n[^\S\n]*(?:\n|(?<=[^\S\n])(?=\S))")
_LINE_END, _INNER = pattern(r"[\r\n]+"), pattern(r"\S(?:.*\S)?", re.DOTALL)
_BEGINS, _ENDS = pattern(r"(?:\A|\n\s*\n)\W*\Z"), pattern(r"[^\w\n]*(?:\Z|\n\s*\n)")
_LINE = pattern(r"\n[\s#*]*")


def is_notice(a: Article, b: Article, passage: Passage, *, frequent: bool, part: bool = False) -> bool:
    """Whether a passage ends both articles and is a part of either, as the footer of their source is.

    What stands there under the heading of a company's profile may be any part, and word for word anywhere. A
    paragraph that is all that the two have in common is one, too, of a larger part, and anywhere in two
    articles of one source.

    `frequent`: more articles have what the two share. One source's footer may be most of a short article;
    but two articles that alone share their last half are two versions of a story with another beginning.
    `part`: dozens of several sources have it.
    """
    same = is_of_one_source(a, b)
    share = FREQUENT_SHARE if part or (frequent and same) else NOTICE_SHARE
    both = (a.text, passage.a), (b.text, passage.b)
    last = all(len(text.rstrip()) - span.end <= TAIL for text, span in both)
    small = (_length(span) <= share * len(text) or _is_profile(text, span.start) for text, span in both)
    if last and all(small):
        return True
    if not passage.verbatim:
        return False
    return all(_is_profile(text, span.start) for text, span in both) or (
        (last or same) and _stands_apart(BRIEF_SHARE if last and same else APART_SHARE, *both)
    )


Kind = tuple[Callable[[str], bool], float]
"""What a list has much of, and which share of its words at least."""


def is_list(a: Article, b: Article, passage: Passage) -> bool:
    """Whether a passage is a list in both articles that has other numbers in one, or names in another order.

    So are the table of a league, the weather, and the matches of a day. In German, where all nouns are
    capitalised, numbers alone tell it.
    """
    texts = [own.text[span.start : span.end] for own, span in ((a, passage.a), (b, passage.b))]

    def kinds() -> Iterator[Kind]:
        alike = passage.similarity >= ALIKE
        yield str.isdecimal, FIGURES if alike else TABLE
        if alike and not any(map(is_german, (a.text, b.text))):
            yield _is_name, NAMES

    return _are_other_lists(texts, kinds())


def are_tables(a: Article, b: Article) -> bool:
    """Whether two articles are tables, with other numbers in one."""
    return _are_other_lists([a.text, b.text], [(str.isdecimal, TABLE)])


def _are_other_lists(texts: Sequence[str], kinds: Iterable[Kind]) -> bool:
    if not all(map(_has_signs, texts)):
        return False
    both = [_CELL.findall(text) for text in texts]
    for is_one, least in kinds:
        told = [list(filter(is_one, cells)) for cells in both]
        if all(len(own) >= least * len(cells) for own, cells in zip(told, both, strict=True)):
            words = ([cell.casefold() for cell in cells] for cells in both)
            return max(_common_runs(*words), _common_runs(*told)) < SAME_RUNS
    return False


def _is_name(word: str) -> bool:
    return word[0].isupper() and not word.isupper()


def _common_runs(a: Sequence[str], b: Sequence[str]) -> float:
    """Share of the runs of words of the shorter list that the other has, too."""
    first, second = ({*zip(*(own[i:] for i in range(RUN)), strict=False)} for own in (a, b))
    return len(first & second) / max(min(len(first), len(second)), 1)


def _has_signs(text: str) -> bool:
    """Whether a text may be a list, in a hundredth of the time that it takes to find its words.

    Those of another script than the Latin, which have digits and capitals of their own, may all be lists.
    """
    plain = text.encode("utf-8", "replace")
    count = len(plain) - len(plain.translate(None, _SIGNS))
    return count >= FEW_SIGNS * len(text) or len(plain) > LATIN * len(text)


def _stands_apart(share: float, *both: tuple[str, Span]) -> bool:
    """Whether a passage is a paragraph in two texts whose others tell of other people and other numbers.

    So is the plea of a newsroom, or what it says of its author; what two versions of a story share is not.
    """
    if not all(_length(span) <= share * len(text) and _is_paragraph(text, span) for text, span in both):
        return False
    rests = (Facts.of(_without(text, [span])) for text, span in both)
    fewer, common = min(facts_of_both(*rests), default=(0, 0))
    return common < APART * fewer


def is_framed(a: Article, b: Article, passages: Sequence[Passage]) -> bool:
    """Whether two articles that may be of one source share but what its pages have around any article.

    These are a bar to share the page, links to other stories, a plea, what is said of comments. The next
    version of a report may keep as many paragraphs, too, but hardly PARAGRAPHS in three places.
    """
    if a.source and b.source and a.source != b.source:
        return False
    if len({*a.text.splitlines()} & {*b.text.splitlines()}) < PLACES - 1:  # told in no time
        return False
    both = [[(each.text[x.start : x.end], x) for x in _paragraphs(each.text)] for each in (a, b)]
    first, second = ({text for text, _ in own if len(text) >= SIGNATURE} for own in both)
    common = first & second
    if len(common) < PARAGRAPHS or min(_places([text in common for text, _ in own]) for own in both) < PLACES:
        return False
    frame_a, frame_b = ([x for text, x in own if text in common] for own in both)
    return tell_of_others(a, b, passages, besides=(frame_a, frame_b))


def _places(is_common: Sequence[bool]) -> int:
    """Runs of common paragraphs; one that ends a text which begins with another counts as two."""
    runs = [common for common, _ in groupby(is_common)]
    return sum(runs) + (not runs[0] and runs[-1])


def tell_of_others(
    a: Article,
    b: Article,
    passages: Sequence[Passage],
    *,
    besides: tuple[Sequence[Span], Sequence[Span]] = ((), ()),
) -> bool:
    """Whether two articles, but for the words that they share, are about something else.

    The rest of two versions of a story is reworded, and has words and facts in common: of 15 pairs of one
    source 35% of the words and more. Of bulletins, and of stories over one background, it was up to 32%.
    The parts `besides` of either are left out, too.
    """
    rests = _rests(a.text, b.text, passages, *besides)
    sketches = sketch(rests, DEFAULTS, keys=False)
    (first, second), (one, other) = sketches.tokens[:2], sketches.tokens[1:]
    telling = sketches.level != FUNCTION
    words = [{*sketches.stem[i:j][telling[i:j]].tolist()} for i, j in ((first, one), (second, other))]
    fewest = min(map(len, words))
    return fewest >= LEAST_WORDS and len(words[0] & words[1]) <= OTHER_WORDS * fewest


def _rests(
    text_a: str,
    text_b: str,
    passages: Sequence[Passage],
    besides_a: Sequence[Span],
    besides_b: Sequence[Span],
) -> tuple[str, str]:
    """Two texts without the words that their passages have in common, and without other parts of them."""
    rests = (
        _without(text_a, [*besides_a, *(p.a for p in passages)]),
        _without(text_b, [*besides_b, *(p.b for p in passages)]),
    )
    parts = [[rest] for rest in rests]
    for shared_a, shared_b in texts_of(text_a, text_b, passages):
        for other in differences(shared_a, shared_b) if shared_a != shared_b else ():
            if other.kind != "kept":
                parts[0].append(shared_a[other.a.start : other.a.end])
                parts[1].append(shared_b[other.b.start : other.b.end])
    return "\n".join(parts[0]), "\n".join(parts[1])


def _without(text: str, spans: Sequence[Span]) -> str:
    """A text without some of its parts."""
    rest, at = [], 0
    for span in sorted(spans, key=lambda span: span.start):
        rest.append(text[at : span.start])
        at = max(at, span.end)
    return "\n".join((*rest, text[at:]))


def _paragraphs(text: str) -> list[Span]:
    """The paragraphs of a text, or its lines if nothing tells where one ends, without blanks around them."""
    ends = (_BREAK if _BREAK.search(text) else _LINE_END).finditer(text)
    edges = [0, *(edge for found in ends for edge in found.span()), len(text)]
    trimmed = (_INNER.search(text, *own) for own in zip(edges[::2], edges[1::2], strict=True))
    return [Span(*found.span()) for found in trimmed if found]


def _is_paragraph(text: str, span: Span) -> bool:
    """Whether a span is one paragraph from its first word to its last, between blank lines."""
    inside = _BLANK.search(text, span.start, span.end)
    before, after = text[max(span.start - TAIL, 0) : span.start], text[span.end : span.end + TAIL]
    return not inside and bool(_BEGINS.search(before) and _ENDS.match(after))


def _length(span: Span) -> int:
    return span.end - span.start


def _is_profile(text: str, start: int) -> bool:
    """Whether a passage begins with the heading of a profile, in its line or in one of the next."""
    if start < TAIL:
        return False
    lines = [start, *(found.end() for found in _LINE.finditer(text, start - TAIL, start + TAIL))]
    return any(_PROFILE.match(text, at) for at in lines)
