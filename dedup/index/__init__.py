"""SQLite: schema and migrations, articles, postings, candidates, matches, groups."""

from dedup.index.matches import Links
from dedup.index.postings import COMMON, Candidates
from dedup.index.store import Store

__all__ = ["COMMON", "Candidates", "Links", "Store"]
