"""What `filter` writes of a line: the record as it came, with the verdict as its last member."""

from __future__ import annotations

import base64
import json
import re
from typing import Any, Final

from dedup.model import Article, RecordError, Verdict
from dedup.patterns import pattern
from dedup.read.live import MEMBER
from dedup.report.json import SCHEMA, encode, error_object, verdict_members

_SPACE: Final = b" \t\r\n"
_TOKEN: Final = pattern(rb'"(?:[^"\\]|\\.)*"|[{}\[\],:]', re.DOTALL)


def answer(article: Article, verdict: Verdict) -> dict[str, Any]:
    """The `dedup` object of an article; `id` is the one by which the index knows it."""
    return {"schema": SCHEMA, **verdict_members(verdict), "id": verdict.id or article.id}


def refusal(error: RecordError) -> dict[str, Any]:
    """The `dedup` object of a line that could not be read: no verdict, and the error."""
    reason = f"it could not be read: {error.reason}"
    nothing = dict.fromkeys(("verdict", "relation", "of", "group", "score"))
    return {"schema": SCHEMA, **nothing, "reason": reason, "error": error_object(error)}


def with_member(line: bytes, told: dict[str, Any], *, again: bool = False) -> bytes:
    """A line that is a JSON object, byte for byte, with one more member before its last brace.

    `again` says that it has such a member: that one is taken out, so that the object does not have two.
    """
    if again:
        line = _without(line, MEMBER)
    end = len(line.rstrip(_SPACE)) - 1
    comma = "" if line[:end].rstrip(_SPACE).endswith(b"{") else ", "
    return line[:end] + f'{comma}"{MEMBER}": {encode(told)}'.encode() + line[end:]


def wrapped(line: bytes | None, told: dict[str, Any]) -> bytes:
    """A line that is no JSON object as the member `raw` of one; `raw_base64` where it is not UTF-8 either.

    It is left out where the line was too long to be held.
    """
    raw: dict[str, Any] = {}
    if line is not None:
        try:
            raw = {"raw": line.decode()}
        except UnicodeDecodeError:
            raw = {"raw_base64": base64.b64encode(line).decode()}
    return encode({**raw, MEMBER: told}).encode()


def _without(line: bytes, name: str) -> bytes:
    """A JSON object without its members of this name, and the rest byte for byte."""
    members: list[bytes] = []
    depth = opened = begin = closed = 0
    named, key = False, True
    for token in _TOKEN.finditer(line):
        sign = token.group()
        if depth == 1 and sign in b",}":
            if not named:
                members.append(line[begin : token.start()])
            begin, closed = token.end(), token.start()
            named, key = False, True
        elif depth == 1 and key:
            named, key = _says(sign, name), False
        if sign in b"{[":
            depth += 1
            if depth == 1:
                begin = opened = token.end()
                key = True
        elif sign in b"}]":
            depth -= 1
    return line[:opened] + b",".join(members) + line[closed:]


def _says(key: bytes, name: str) -> bool:
    try:
        return bool(json.loads(key) == name)
    except ValueError:
        return False
