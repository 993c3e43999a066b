"""A story of the wire as plain text: what stands above its dateline, and the agency that has sent it.

    MERIDIAN-FERRY/SKERROW                    the slug
    11 Mar 2025 06:12 GMT                     when, if it says the year
    Ferry with 212 aboard stranded            the headline
    By Ottilie Brand                          the byline
    SKERROW, March 11 (Reuters) - A car ...   the dateline with the credit, and the text

Only what is written is taken: a dateline has no year, so it is no date. And papers print the dateline with
its credit under a headline and a byline of their own: the agency is the source where nothing else stands
above, or what only agencies write, a slug, a note to editors, its name.
"""

from __future__ import annotations

import re
from typing import Final

from dedup.patterns import pattern
from dedup.read.dates import published
from dedup.read.headline import HASHES, LONGEST, Head, is_byline
from dedup.read.headline import byline as named

_ABOVE: Final = 12
"""Lines, blank ones left out, that may stand above a dateline."""
HEAD: Final = 2560
"""Characters in which a dateline is looked for."""
_AGENCIES: Final = (
    "Reuters", "Thomson Reuters Foundation", "AP", "Associated Press", "The Associated Press", "AFP",
    "Agence France-Presse", "dpa", "UPI", "United Press International", "Xinhua", "EFE", "ANSA", "TASS",
    "Interfax", "Kyodo", "Kyodo News", "Yonhap", "PTI", "IANS", "ANI", "Bloomberg", "PA", "PA Media",
    "APA", "ANP", "Belga", "CP", "The Canadian Press", "Canadian Press", "AAP", "Anadolu", "WAM", "SPA",
    "KUNA", "MENA", "NAN", "CNS", "Bernama", "Antara", "Lusa", "MTI", "PAP", "NTB", "TT", "Ritzau",
    "STT", "Dow Jones", "CNN", "BNS", "Ukrinform", "PRNewswire", "PR Newswire", "Business Wire",
    "BUSINESS WIRE", "GLOBE NEWSWIRE",
)  # fmt: skip
_NAME: Final = "|".join(map(re.escape, _AGENCIES))
_MONTH: Final = (
    r"(?i:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_DAY: Final = rf"(?:{_MONTH} \d{{1,2}}|\d{{1,2}}\.? [^\W\d_]{{3,10}}\.?)(?:,? \d{{4}})?"
"""A day, with the month before it in English, and after it in any language."""
_PLACE: Final = r"[^\W\d_][\w'’.\-]*(?:[ /,]{1,2}[^\W\d_][\w'’.\-]*){0,7}?"
_DATELINE: Final = pattern(
    rf"(?:(?P<place>{_PLACE})[,.]? {{1,2}}|)(?:(?P<day>{_DAY})[,.]? )?"
    rf"(?:[(/](?P<known>{_NAME})(?:/[a-z]{{2,3}})?[)/]|\((?P<other>[A-Z][\w.&'’ \-]{{1,40}})\))"
    r"\.? ?(?:[-–—]{1,2} ?| )\S"
)
_SMALL: Final = frozenset(
    {
        "al", "am", "an", "and", "de", "del", "der", "di", "do", "el", "en", "la", "le", "of", "on", "sur",
        "the", "und", "upon", "y",
    }
)  # fmt: skip
"""Words of the names of places that may stand in small letters."""
_AGENCY: Final = pattern(rf"\b(?:{_NAME})\b")
_BYLINE: Final = pattern(r"(?:By|BY|by) ([^\W\d_].{2,100})")
_SLUG: Final = pattern(
    r"(?:BC|AM|PM)-(?:\S*--.+|\S+(?:,.+| \d(?:st|nd|rd|th) .+)?)"
    r"|[A-Z0-9]{2,}(?:[-/.&+][A-Z0-9.]++)+/?(?: ?\([^()]{0,60}\)|[ ,][^a-z]{0,16})?"
)
_NOTE: Final = pattern(
    r"(?i:eds?|editors)\b.{0,20}:|\((?i:adds|updates|recasts)\b|(?i:urgent|flash|bulletin|newsalert|snap)\W*\Z"
)


def story(text: str) -> Head | None:
    """What a text says of itself if it is a wire story, else None."""
    above: list[str] = []
    start = 0
    apart = True  # the line before is blank, or cannot be one of a paragraph's
    for line in text[:HEAD].splitlines(keepends=True):
        plain = line.strip()
        if apart or len(above) == 1:
            match = _DATELINE.match(plain)
            if match and _credible(match):
                return _made(above, start + line.index(plain), match)
        if plain:
            above.append(plain)
        if len(above) > _ABOVE or len(plain) > LONGEST:
            return None
        apart = not plain or _kind(plain) != "title"
        start += len(line)
    return None


def credit(text: str) -> str | None:
    """The agency that the dateline with which a text begins credits; None where there is none."""
    dateline = _DATELINE.match(text[:LONGEST].lstrip())
    return _agency(dateline) if dateline and _credible(dateline) else None


def _agency(dateline: re.Match[str]) -> str:
    found: str = dateline["known"] or dateline["other"]
    return found


def _credible(dateline: re.Match[str]) -> bool:
    """Whether a line credits an agency that is known, or a name after a date, and begins with a place."""
    if not dateline["known"] and not dateline["day"]:
        return False
    words = re.split(r"[ /,]+", dateline["place"] or "")
    return all(word[:1].isupper() or word in _SMALL for word in words if word)


def _kind(line: str) -> str:
    """What a line above a dateline is."""
    if _BYLINE.fullmatch(line) or is_byline(line):
        return "byline"
    if line in _AGENCIES or _SLUG.fullmatch(line) or _NOTE.match(line):
        return "note"
    return "title" if published(line) is None else "time"


def _made(above: list[str], start: int, dateline: re.Match[str]) -> Head:
    kinds = list(map(_kind, above))
    lines = dict(reversed(list(zip(kinds, above, strict=True))))
    when = published(lines.get("time")) or published(dateline["day"])
    source = _agency(dateline) if _is_wires(above, kinds) else None
    title = HASHES.sub("", lines["title"]) if "title" in lines else None
    return Head(start, title, _names(lines.get("byline", "")), when, source)


def _names(byline: str) -> str | None:
    match = _BYLINE.fullmatch(byline)
    return match[1] if match else named(byline)


def _is_wires(above: list[str], kinds: list[str]) -> bool:
    """Whether a story is as the agency sent it: one of two headlines may be the name of a paper."""
    bylines = [line for line, kind in zip(above, kinds, strict=True) if kind == "byline"]
    if "note" in kinds or any(map(_AGENCY.search, bylines)):
        return True
    return not bylines and kinds.count("title") < 2
