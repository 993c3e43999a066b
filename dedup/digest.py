"""What tells one version of an article from another."""

from __future__ import annotations

import xxhash

from dedup.model import Article


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
