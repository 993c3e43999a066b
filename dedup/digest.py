"""What tells one version of an article from another."""

from __future__ import annotations

import xxhash

from dedup.model import Article


def digest_of(article: Article) -> bytes:
    """What tells whether an article has changed: XXH3-128 of everything but its id and where it was read."""
    published = article.published.isoformat() if article.published else None
    parts = [article.source, published, article.title, article.url, article.text]
    if article.byline is not None:  # left out where there is none, as when articles had none
        parts.append(article.byline)
    state = xxhash.xxh3_128()
    for part in parts:
        data = b"" if part is None else part.encode("utf-8", "surrogatepass")
        state.update(b"%d:" % (-1 if part is None else len(data)))
        state.update(data)
    return state.digest()
