"""The numbers of texts, in figures or in words: `eighteen months`, `26,000 tonnes`, `4.2 million`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from dedup.patterns import pattern

NUMBER = pattern(r"\d(?:[\d.,:/٫٬]*\d)?")
_SEPARATORS = {"٫": ".", "٬": ","}
_IN_NUMBERS = ".,:/"
_BLANK_BUT_NUMBERS = bytes(c if chr(c) in "0123456789" + _IN_NUMBERS else 0x20 for c in range(256))

_SPELT = {"da", "de", "en", "es", "fr", "it", "nl", "pt"}
"""Languages whose numbers text2num reads."""
_PIECE = 1_000
"""Characters that it reads at a time: a row of numbers takes it the square of its length."""
_SPACED = pattern(r"(?<![\d.,:/])\d{1,3}(?: \d{3})+(?![.,:/]?\d)")
_GROUPED = pattern(r"\d{1,3}(?:[.,]\d{3})+")
_SCALED = pattern(rf"({NUMBER.pattern})(?: (1(?:000)+)(?!\d))?")
_MILLIONS = {"milioni": "1000000", "miliardi": "1000000000"}
"""Italian plurals that text2num reads after words, but not after digits."""
_AFTER_DIGITS = pattern(rf"(?<=\d )(?:{'|'.join(_MILLIONS)})\b")


def numbers_of(text: str) -> list[str]:
    """All that NUMBER finds; in ASCII without the search, which would take most of the time."""
    if not text.isascii():
        return list(map(in_ascii, NUMBER.findall(text)))
    runs = text.encode().translate(_BLANK_BUT_NUMBERS).decode().split()
    return [number for run in runs if (number := run.strip(_IN_NUMBERS))]


def in_ascii(number: str) -> str:
    """A number in the digits of ASCII, whichever it is written in."""
    if number.isascii():
        return number
    return "".join(str(unicodedata.decimal(c, _SEPARATORS.get(c, c))) for c in number)


class Numbers(NamedTuple):
    """The numbers of a text: those in figures, those in words alone, and the text with all in figures.

    They are without what groups their digits. `scaled` are those in figures with the thousands or millions
    that follow them: who tells them again may write 4.2 million, 4.2m, or four million two hundred thousand.
    """

    figures: set[str]
    spelt: set[str]
    scaled: set[str]
    text: str

    @classmethod
    def of(cls, text: str, language: str | None) -> Numbers:
        """Those of a text with single spaces, as far as its language, a code, is known.

        One and two stay words where they stand alone: they are articles and pronouns, too.
        """
        spoken = (language or "").split("-")[0]
        if spoken not in {"", "en"}:
            text = _SPACED.sub(lambda found: found.group().replace(" ", ""), text)
        written = {_plain(number) for number in numbers_of(text)}
        told = _in_figures(text, spoken) if spoken in _SPELT else text
        found = list(_values(told))
        scaled = {value for number, value, _ in found if number in written and value != number}
        spelt = {value for number, value, _ in found if number not in written}
        return cls(written, spelt - written, scaled, told)


def places_of(text: str) -> Iterator[tuple[str, int]]:
    """The numbers of a text of `Numbers`, and where each stands."""
    return ((number, place) for number, _, place in _values(text))


def _in_figures(text: str, language: str) -> str:
    from text_to_num import alpha2digit

    plain = text.encode("utf-8", "replace").decode()  # it knows no lone surrogates
    told = " ".join(alpha2digit(piece, language) for piece in _pieces(plain))
    return told if language != "it" else _AFTER_DIGITS.sub(lambda found: _MILLIONS[found.group()], told)


def _values(text: str) -> Iterator[tuple[str, str, int]]:
    """The numbers of a text in figures, as they are written, as what they are, and where they stand."""
    for found in _SCALED.finditer(text):
        number = _plain(in_ascii(found.group(1)))
        yield number, _times(number, found.group(2)), found.start()


def _plain(number: str) -> str:
    """A number in ASCII without what groups its digits."""
    return re.sub("[.,]", "", number) if _GROUPED.fullmatch(number) else number


def _times(number: str, scale: str | None) -> str:
    if scale is None:
        return number
    try:
        return f"{(Decimal(number.replace(',', '.')) * int(scale)).normalize():f}"
    except ArithmeticError:  # a time, a score, or a row of digits
        return number


def _pieces(text: str) -> Iterator[str]:
    begin = 0
    while begin < len(text):
        end = text.find(" ", begin + _PIECE)
        end = len(text) if end < 0 else end
        yield text[begin:end]
        begin = end + 1
