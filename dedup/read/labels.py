"""What a record says of a title, a source, an author and a language -> one line of text each."""

from __future__ import annotations

import re
from functools import lru_cache

from dedup.patterns import pattern
from dedup.read.markup import unmarked

_BY = pattern(r"\Aby\s+", re.IGNORECASE)
_LONGEST_CODE, _CODES = 40, 512
"""Characters of a code of a language, and codes that are remembered."""
_CODE = pattern(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_][A-Za-z0-9]{1,8})*")


def line_of(value: object) -> str | None:
    """A title, source or url as a string, or None: what is of another kind is unknown, which is no error."""
    if type(value) is str:
        return value.strip() or None
    if isinstance(value, dict):
        return line_of(value.get("name") or value.get("title") or value.get("rendered"))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return None


def label_of(value: object, marked: bool) -> str | None:  # noqa: FBT001
    """The same, without the markup that it may have."""
    line = line_of(value)
    if marked and line is not None and ("<" in line or "&" in line):
        plain = unmarked(line)
        return line if plain == line else " ".join(plain.split()) or None
    return line


def byline_of(value: object) -> str | None:
    """One author, or a list of them, without the "By" that some put before."""
    if type(value) is not str and isinstance(value, list | tuple):
        return ", ".join(name for each in value if (name := byline_of(each))) or None
    name = line_of(value)
    return _BY.sub("", name, 1) or None if name is not None and name[0] in "bB" else name


def code(value: object) -> str | None:
    """The code of a language as it is usually written, en or zh-Hant (BCP 47); None for what is none."""
    return _code(value) if isinstance(value, str) and len(value) <= _LONGEST_CODE else None


@lru_cache(_CODES)
def _code(value: str) -> str | None:
    found = _CODE.fullmatch(value.strip())
    if found is None or found[1].lower() in ("un", "und", "mul", "zxx"):
        return None
    return found[1].lower() + (f"-{found[2].title()}" if found[2] else "")
