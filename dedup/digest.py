"""What tells one version of an article from another."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import xxhash

from dedup.model import Article

if TYPE_CHECKING:
    from dedup.sketch import Sketches


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
    unsigned = (xxhash.xxh3_64_intdigest(shingle[a:b].tobytes()) for a, b in pairwise(bounds))
    return [each - (1 << 64) if each >> 63 else each for each in unsigned]
