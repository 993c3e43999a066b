"""SQLite: schema and migrations, articles, postings, candidates, matches, groups."""

from dedup.index.addresses import AddressState
from dedup.index.candidates import NOMINAL, Candidates, Common, Frequency, score_bar
from dedup.index.files import FileState
from dedup.index.store import Store

__all__ = [
    "NOMINAL",
    "AddressState",
    "Candidates",
    "Common",
    "FileState",
    "Frequency",
    "Store",
    "score_bar",
]
