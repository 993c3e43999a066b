"""A date in any of the forms that feeds, files and databases write -> an aware datetime in UTC, or None."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from types import MappingProxyType

from dedup.patterns import pattern

_ZONE = r"(Z|[+-]\d\d:?\d\d(?: +\(?[A-Z]{2,5}\)?)?|[A-Z]{2,5})"
_TIME = r"(?:[T ,]+(\d\d?):(\d\d)(?::(\d\d)(?:[.,]\d+)?)? *(?:([ap])\.?m\b\.?)? *" + _ZONE + r"?)?\Z"
_WEEKDAY = r"(?:[a-z]{3,9},? +)?"
_ANY = re.ASCII | re.IGNORECASE
_NUMERIC = pattern(r"(\d{4})[-/](\d\d?)[-/](\d\d?)" + _TIME, _ANY)
_DOTTED = pattern(r"(\d\d?)\. ?(\d\d?)\. ?(\d{4})" + _TIME, _ANY)
_DAY_FIRST = pattern(_WEEKDAY + r"(\d\d?)[- ] *([a-z]{3,9})\.?[-, ] *(\d{4})" + _TIME, _ANY)
_MONTH_FIRST = pattern(_WEEKDAY + r"([a-z]{3,9})\.? +(\d\d?),? +(\d{4})" + _TIME, _ANY)
_YEAR_LAST = pattern(r"[a-z]{3} ([a-z]{3}) +(\d\d?) (\d\d):(\d\d):(\d\d)(?: " + _ZONE + r")? (\d{4})\Z", _ANY)
_ZONES = MappingProxyType(
    {
        "Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "EET": 2,
        "EEST": 3, "MSK": 3, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "EDT": -4, "EST": -5, "CDT": -5,
        "CST": -6, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8,
    }
)  # fmt: skip
"""Hours from UTC: the names of RFC 2822, and others that are one zone only. BST and IST are several."""
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_NUMBERS = MappingProxyType({name[:3]: number for number, name in enumerate(_MONTHS, 1)})
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_ZEROS = (FIRST, datetime.fromtimestamp(0, UTC))
"""What Go and .NET, and Unix, write for no time at all."""
_CLOCK = pattern(r"\d:\d\d")
_EPOCH = ((1e8, 1e11, 1.0), (1e11, 1e14, 1e3), (1e14, 1e17, 1e6), (1e17, 1e20, 1e9))


def published(value: object) -> datetime | None:
    """The moment that `value` names, in UTC, or None where that is not plain.

    Takes ISO 8601, RFC 2822, dates with an English month, year/month/day, day.month.year, epoch seconds (from
    1973; also milli-, micro- and nanoseconds, told by their size), and datetimes. A time without an offset is
    taken as UTC, a date without a time as its first moment. A year alone, 01.12.14, 01/12/2014, or a zone by
    a name that is not plain itself, is not plain; nor is the zero of a clock, to the second.
    """
    try:
        if isinstance(value, str):
            moment = _utc(_from_text(value))
            return None if moment in _ZEROS and _CLOCK.search(value) else moment
        if isinstance(value, bool) or value is None:
            return None
        if isinstance(value, int | float):
            return _utc(_from_number(value))
        if isinstance(value, datetime):
            return None if value.replace(tzinfo=UTC) == FIRST else _utc(value)
        if isinstance(value, date):
            return datetime(value.year, value.month, value.day, tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError, OSError):
        return None
    return None


def in_utc(moment: datetime) -> datetime:
    """A moment in UTC, or the first or last of all that it has; one without an offset is taken as UTC."""
    if moment.tzinfo is UTC:
        return moment
    if moment.utcoffset() is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return FIRST if moment.year == 1 else LAST


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None or moment.tzinfo is UTC:
        return moment
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _from_text(text: str) -> datetime | None:
    if len(text) > 64:
        return None
    if text[:4].isdigit():
        if text.isdigit() and text.isascii():
            return _stamp(text) if len(text) == 14 else _from_number(int(text))
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    text = text.strip()
    if match := _NUMERIC.match(text):
        year, month, day, *time = match.groups()
        return _moment(year, int(month), day, time)
    if match := _DOTTED.match(text):
        day, number, year, *time = match.groups()
        return _moment(year, int(number), day, time)
    if match := _DAY_FIRST.match(text):
        day, name, year, *time = match.groups()
        return _moment(year, _month(name), day, time)
    if match := _MONTH_FIRST.match(text):
        name, day, year, *time = match.groups()
        return _moment(year, _month(name), day, time)
    if match := _YEAR_LAST.match(text):
        name, day, hour, minute, second, zone, year = match.groups()
        return _moment(year, _month(name), day, (hour, minute, second, None, zone))
    return None


def _moment(year: str, month: int, day: str, time: Sequence[str | None]) -> datetime:
    hour, minute, second, half, zone = time
    if hour is None:
        return datetime(int(year), month, int(day), tzinfo=UTC)
    hours = int(hour)
    if half is not None:
        if not 1 <= hours <= 12:
            raise ValueError(hour)
        hours = hours % 12 + (12 if half in "pP" else 0)
    return datetime(
        int(year), month, int(day), hours, int(minute or 0), int(second or 0), tzinfo=_zone(zone or "Z")
    )


def _zone(name: str) -> timezone:
    """The zone of an offset or a name; ValueError where the name is of none, or of several."""
    if name[0] in "+-":
        hours, minutes = int(name[1:3]), int(name[3:].lstrip(":")[:2])
        return timezone((-1 if name[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes))
    if name.upper() not in _ZONES:
        raise ValueError(name)
    return timezone(timedelta(hours=_ZONES[name.upper()]))


def _month(name: str) -> int:
    """The number of an English month, or of its first three letters or more; ValueError if it is none."""
    name = name.lower()
    number = _NUMBERS.get(name[:3])
    if number is None or not (_MONTHS[number - 1].startswith(name) or name == "sept"):
        raise ValueError(name)
    return number


def _stamp(digits: str) -> datetime:
    """YYYYMMDDhhmmss."""
    return datetime.fromisoformat(f"{digits[:8]}T{digits[8:]}")


def _from_number(number: float) -> datetime | None:
    if 19_000_101 <= number <= 29_991_231:
        return datetime.fromisoformat(str(int(number)))
    for low, high, unit in _EPOCH:
        if low <= number < high:
            return datetime.fromtimestamp(number / unit, UTC)
    return None
