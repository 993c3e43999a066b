"""Foreign strings made fit for a page: nothing that hides, reorders or breaks the text around it.

What the page shows goes through Jinja's escaping or into text nodes; this module sees to the rest: what UTF-8
cannot hold, characters that steer, titles of a megabyte, and addresses that are not web addresses.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from urllib.parse import urlsplit

from dedup.patterns import pattern
from dedup.report.steering import CONTROLS, NO_CHARACTERS, STEERING, UNSEEN

LABEL = 400
"""Characters of a title, id, source or url that are shown; the rest is cut."""

# Controls other than tab and line ends; surrogates and noncharacters; the two bidi overrides, by which a text
# reads as something else than it says. Embeddings and isolates stay: right-to-left prose uses them.
_UNSAFE = pattern(f"[\x00-\x08\x0b\x0c\x0e-\x1f{CONTROLS}\u202d\u202e{NO_CHARACTERS}]")
_STEERING = pattern(f"[{STEERING}{UNSEEN}]")
_LANGUAGE = pattern(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


def _shown(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"


def running(text: str) -> str:
    """An article's text for display: the same number of code points, each unsafe one replaced by a sign."""
    return _UNSAFE.sub(_shown, text)


def label(value: str, limit: int = LABEL) -> str:
    """A title, id, source or url on one line, cut to `limit` code points."""
    cut = value[: limit + 1]
    shown = " ".join(_STEERING.sub("", running(cut)).split())
    return shown[: limit - 1] + "…" if len(cut) > limit else shown


def address(id: str) -> str:  # noqa: A002  (the word of the model)
    """What stands for an id in a fragment: the id where it is short and plain, otherwise a digest of it."""
    if 0 < len(id) <= 120 and id.isprintable() and not id.startswith("~"):
        return id
    return "~" + blake2b(id.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def language(code: str | None) -> str | None:
    """A language code that may stand for one in a page (RFC 5646, about); None if it has not the form."""
    return code if code and len(code) <= 35 and _LANGUAGE.fullmatch(code) else None


def link(url: str | None) -> str | None:
    """A url that may be followed: http or https with a host, nothing unprintable in it; otherwise None."""
    if url is None or len(url) > 2000 or not url.isprintable() or any(c in url for c in ' "<>\\^`{|}'):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
        url.encode()
    except ValueError:
        return None
    return url if parts.scheme.lower() in ("http", "https") and host and parts.username is None else None
