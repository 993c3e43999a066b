"""dedup: near-duplicate and syndicated news, with the passages that articles share.

import dedup
match = dedup.compare(text_a, text_b)
with dedup.open("news.db") as index:
    report = index.add(articles)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dedup.engine import Explanation, Index, open  # noqa: A004
    from dedup.errors import DedupError
    from dedup.intake.report import Report
    from dedup.model import Article, Group, Match, Passage, RecordError, Relation, Span, Verdict
    from dedup.settings import Settings
    from dedup.two_texts import compare, explain

__version__ = "0.1.0"

__all__ = [
    "Article",
    "DedupError",
    "Explanation",
    "Group",
    "Index",
    "Match",
    "Passage",
    "RecordError",
    "Relation",
    "Report",
    "Settings",
    "Span",
    "Verdict",
    "compare",
    "explain",
    "open",
]

_ROOMS = {
    "dedup.engine": ("Explanation", "Index", "open"),
    "dedup.two_texts": ("compare", "explain"),
    "dedup.errors": ("DedupError",),
    "dedup.settings": ("Settings",),
    "dedup.intake.report": ("Report",),
    "dedup.model": ("Article", "Group", "Match", "Passage", "RecordError", "Relation", "Span", "Verdict"),
}  # fmt: skip


def __getattr__(name: str) -> object:
    """Load a public name when it is first used (PEP 562): `import dedup` and `dedup --help` stay quick."""
    for room, names in _ROOMS.items():
        if name in names:
            return getattr(import_module(room), name)
    raise AttributeError(f"module 'dedup' has no attribute {name!r}")
