"""Where the paragraphs, quotations and attributions of a text are, for showing it; spans of code points."""

from __future__ import annotations

import re
from collections.abc import Iterator
from statistics import median

from dedup.patterns import pattern

_BLANK = pattern(r"\n(?:[^\S\n]*\n)+|\n(?=[ \t\u3000]{2,}\S)")
_LINE = pattern(r"\n")
_ENDS = frozenset(".!?…。！？۔؟।:;")
_CLOSING = "\"'”’»)]」』"
_SENTENCE = pattern(r"(?<=[.!?…۔؟।])[\"'”’»)\]]*\s+(?=[\"'“‘«(\[]?[^\W_a-z])|(?<=[。！？])[」』”]?")

PIECE = 700
"""Characters from which a paragraph is cut into pieces at its sentences; about a hundred words."""

_CLOSERS = {"“": '”"“', "„": '“”"', '"': '"”', "«": "»", "「": "」", "『": "』", "‹": "›"}
_MARK = pattern("[" + "".join(_CLOSERS) + "".join(_CLOSERS.values()) + "]")


def paragraphs(text: str) -> list[tuple[int, int]]:
    """The paragraphs: parted by blank lines or indents, and by single line ends unless those only wrap."""
    blocks = list(_split(text, 0, len(text), _BLANK))
    if text.count("\n") < len(blocks):
        return blocks
    lines: list[tuple[int, int]] = []
    inner: list[tuple[int, int]] = []
    for begin, end in blocks:
        own = list(_split(text, begin, end, _LINE))
        lines += own
        inner += own[:-1]
    if not inner:
        return blocks
    ends = sum(_ends(text[max(begin, end - 4) : end]) for begin, end in inner)
    wrapped = 45 <= median(end - begin for begin, end in inner) <= 100 and ends <= 0.35 * len(inner)
    return blocks if wrapped else lines


def _ends(line: str) -> bool:
    """Whether a line ends a sentence."""
    return line.rstrip(_CLOSING)[-1:] in _ENDS


def is_heading(line: str) -> bool:
    """Whether a first line looks like a headline: short, and not the end of a sentence."""
    return 12 <= len(line) <= 140 and not _ends(line) and "\n" not in line


def _split(text: str, begin: int, end: int, at: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """The parts of text[begin:end] between separators, without the white space around them."""
    first = begin
    for last, following in (*(found.span() for found in at.finditer(text, begin, end)), (end, end)):
        part = text[first:last]
        inside = part.strip()
        if inside:
            start = first + len(part) - len(part.lstrip())
            yield start, start + len(inside)
        first = following


def pieces(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Paragraphs, the long ones cut at sentence ends into pieces of at least half of PIECE."""
    found = []
    for begin, end in spans:
        start = begin
        if end - begin > PIECE:
            for stop in _SENTENCE.finditer(text, begin, end):
                if stop.end() - start >= PIECE // 2 and end - stop.end() >= PIECE // 4:
                    found.append((start, stop.start() if stop.end() > stop.start() else stop.end()))
                    start = stop.end()
        found.append((start, end))
    return found


def quotations(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The quotations, marks included; one left open ends with the paragraph if the next opens anew."""
    found = []
    for number, (begin, end) in enumerate(spans):
        opened = -1
        for mark in _MARK.finditer(text, begin, end):
            i = mark.start()
            if opened >= 0:
                if mark[0] in _CLOSERS[text[opened]] and i > opened + 1:
                    found.append((opened, i + 1))
                    opened = -1
            elif mark[0] in _CLOSERS and (mark[0] != '"' or _may_open(text, i, begin, end)):
                opened = i
        if opened >= 0 and number + 1 < len(spans) and text[spans[number + 1][0]] in _CLOSERS:
            found.append((opened, end))
    return found


def _may_open(text: str, i: int, begin: int, end: int) -> bool:
    """Whether a straight mark stands where a quotation opens: after a space or bracket, before a letter."""
    before = text[i - 1] if i > begin else " "
    return i + 1 < end and not text[i + 1].isspace() and (before.isspace() or before in "([{-–—:;,")


# A name is up to six capitalised words on one line; it counts as an outlet's if its words say so.
_WORD = r"[A-Z][\w&'’-]*"
_NAME = rf"(?:[Tt]he )?(?P<name>{_WORD}(?: (?:of |and |for )?{_WORD}){{0,5}})"
_AGENCIES = pattern(
    r"(?:reuters|ap|afp|dpa|upi|pti|ani|efe|ansa|tass|xinhua|bloomberg|"
    r"kyodo|interfax|cnn|bbc|nbc|abc|cbs|npr|pbs|nyt|wsj)"
)
_OUTLETS = pattern(
    r"(?:times|post|news|wire|press|agency|herald|tribune|journal|guardian|telegraph|observer|gazette|courier|"
    r"chronicle|daily|mail|star|sun|globe|standard|independent|inquirer|examiner|dispatch|record|review|mirror|"
    r"express|echo|argus|monitor|broadsheet|lantern|today|magazine|weekly|newspaper|radio|television|tv|broadcasting)"
)
# Each pattern with words one of which must be in the text: these are found faster than any pattern.
_CREDIT_LINES = (
    (("(",), pattern(r"\((?P<name>[A-Z][\w&.'’]*(?: [A-Z][\w&.'’]*){0,3})\) ?[-–—]")),
    (
        ("Source", "Credit", "Via", "First published"),
        pattern(r"^(?:Source|Credit|Via|First published (?:in|by)) ?: ?(?P<name>[^\n]{2,60})$", re.MULTILINE),
    ),
)
_PHRASES = tuple(
    ((cue,), pattern(rf"{cue} {_NAME}"))
    for cue in (
        "ccording to", "reported by", "reported in", "published by", "published in", "appeared in", "told",
        "spoke to", "spoke with", "interview with", "our partner", "report by", "report in", "report of",
    )
)  # fmt: skip
_BRACKETS = (("(",), pattern(r"\((?P<name>[A-Z][\w&.'’]*(?: [A-Z][\w&.'’]*){0,3})\)"))
_VERBS = tuple(
    (verb, pattern(rf"{verb}\b"))
    for verb in (
        "reported",
        "reports",
        "writes",
        "wrote",
        "revealed",
        "added",
        "spoke with",
        "spoke to",
        "quoted",
    )
)
_BEFORE_VERB = pattern(rf"{_NAME},? (?:first |also )?\Z")


def _is_outlet(name: str) -> bool:
    words = name.lower().split()
    return any(_AGENCIES.fullmatch(word) for word in words) or bool(_OUTLETS.fullmatch(words[-1]))


def _word_start(text: str, i: int) -> int:
    while i > 0 and text[i - 1].isalpha():
        i -= 1
    return i


def attributions(text: str) -> list[tuple[int, int, str]]:
    """What a text credits, as (start, end, name), in order and without overlaps. English phrases only."""
    found: list[tuple[int, int, str]] = []
    for patterns, sure in ((_CREDIT_LINES, True), ((_BRACKETS, *_PHRASES), False)):
        for cues, phrase in patterns:
            for credit in phrase.finditer(text) if any(cue in text for cue in cues) else ():
                name = credit["name"].strip().rstrip(".")
                if sure or _is_outlet(name):
                    found.append((_word_start(text, credit.start()), credit.end(), name))
    for verb, phrase in _VERBS:
        for said in phrase.finditer(text) if verb in text else ():
            before = _BEFORE_VERB.search(text, max(0, said.start() - 90), said.start())
            if before and _is_outlet(before["name"]):
                found.append((before.start(), said.end(), before["name"]))
    found.sort(key=lambda span: (span[0], -span[1]))
    kept: list[tuple[int, int, str]] = []
    for span in found:
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept
