"""SQLite: schema and migrations, articles, postings, candidates, matches, groups."""

from dedup.index.candidates import COMMON, LEAST_ARTICLES, Candidates
from dedup.index.files import FileState
from dedup.index.matches import Links
from dedup.index.store import Store

__all__ = ["COMMON", "LEAST_ARTICLES", "Candidates", "FileState", "Links", "Store"]
