"""SQLite: schema and migrations, articles, postings, candidates, matches, groups."""

from dedup.index.addresses import AddressState
from dedup.index.candidates import COMMON, EVERY, NOMINAL, Candidates, Common, Frequency, score_bar
from dedup.index.files import FileState
from dedup.index.matches import Links
from dedup.index.store import Store

__all__ = [
    "COMMON",
    "EVERY",
    "NOMINAL",
    "AddressState",
    "Candidates",
    "Common",
    "FileState",
    "Frequency",
    "Links",
    "Store",
    "score_bar",
]
