"""What tells one version of an article from another."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

import xxhash

from dedup.model import Article

if TYPE_CHECKING:
    from dedup.sketch import Sketches


COUNTS_VISITS = {"fbclid", "gclid", "msclkid", "mc_cid", "mc_eid", "igshid", "cmpid", "ocid"}
"""Parameters of addresses, beside utm_..., that say where a reader came from and not what the page is."""


@lru_cache(1 << 14)
def page_of(url: str) -> str:
    """What addresses of one page have in common, whatever their scheme, fragment, last slash and counters."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return url
    asked = (pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _counts_visits(pair[0]))
    place = f"{host.removeprefix('www.')}{f':{port}' if port not in (None, 80, 443) else ''}"
    inside = parts.fragment if "/" in parts.fragment else ""  # of a site that is one page to its server
    return f"{place}{parts.path.rstrip('/')}?{urlencode(list(asked))}#{inside}"


def _counts_visits(name: str) -> bool:
    return name.lower().startswith("utm_") or name.lower() in COUNTS_VISITS


def is_of_one_source(a: Article, b: Article) -> bool:
    """Whether both are known to be of one source."""
    return bool(a.source) and a.source == b.source


def is_revision(a: Article, b: Article) -> bool:
    """Whether both claim to be one article: the same url, or the same id at the same source."""
    if a.url and b.url and (a.url == b.url or page_of(a.url) == page_of(b.url)):
        return True
    return is_of_one_source(a, b) and a.id == b.id


def is_outdated(article: Article, other: Article) -> bool:
    """Whether an article is an older version of the other, by the times of publication.

    A time to come tells nothing, nor does the hour where one of the two has but a day.
    """
    one, late = article.published, other.published
    if one is None or late is None or not is_revision(article, other):
        return False
    if late > datetime.now(UTC) + timedelta(days=1):
        return False
    days = is_day(one) or is_day(late)
    return one.date() < late.date() if days else one < late


def is_day(published: datetime) -> bool:
    """Whether of a time of publication the day alone is known, as of one at midnight."""
    return published.time() == time()


def digest_of(article: Article) -> bytes:
    """What tells whether an article has changed: XXH3-128 of everything but its id and where it was read."""
    published = article.published.isoformat() if article.published else None
    given = [article.source, published, article.title, article.url, article.text]
    if article.byline is not None:  # left out where there is none, as when articles had none
        given.append(article.byline)
    parts = []
    for part in given:
        if part is None:
            parts.append(b"-1:")
        else:
            data = part.encode("utf-8", "surrogatepass")
            parts += (b"%d:" % len(data), data)
    return xxhash.xxh3_128_digest(b"".join(parts))


def hashes_of_words(sketches: Sketches) -> list[int]:
    """A hash of the words of each article in their order (XXH3-64 of its shingles, as SQLite's integers)."""
    bounds, shingle = sketches.shingles.tolist(), sketches.shingle
    return [signed(xxhash.xxh3_64_intdigest(shingle[a:b].tobytes())) for a, b in pairwise(bounds)]


def signed(value: int) -> int:
    """A hash of 64 bits as one of SQLite's integers, which have a sign."""
    return value - (1 << 64) if value >> 63 else value
