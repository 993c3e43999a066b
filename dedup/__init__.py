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
    from dedup.comparison import Comparison
    from dedup.engine import Index, open  # noqa: A004
    from dedup.errors import (
        ArticleLost,
        DedupError,
        IndexDamaged,
        IndexForeign,
        IndexLocked,
        IndexMismatch,
        IndexUnusable,
        InputError,
        OutputDamaged,
        OutputExists,
        OutputUnusable,
        PackageMissing,
        SettingsError,
        SparkUnusable,
        TextGone,
        UnknownArticle,
    )
    from dedup.explanation import Explanation, Uncounted
    from dedup.intake.report import Report
    from dedup.model import (
        Article,
        Change,
        ChangeKind,
        Group,
        Match,
        Passage,
        RecordError,
        Relation,
        RepeatedLine,
        Ruling,
        Span,
        Verdict,
        VerdictKind,
    )
    from dedup.settings import Settings
    from dedup.two_texts import compare, explain

__version__ = "0.1.0"

__all__ = [
    "Article",
    "ArticleLost",
    "Change",
    "ChangeKind",
    "Comparison",
    "DedupError",
    "Explanation",
    "Group",
    "Index",
    "IndexDamaged",
    "IndexForeign",
    "IndexLocked",
    "IndexMismatch",
    "IndexUnusable",
    "InputError",
    "Match",
    "OutputDamaged",
    "OutputExists",
    "OutputUnusable",
    "PackageMissing",
    "Passage",
    "RecordError",
    "Relation",
    "RepeatedLine",
    "Report",
    "Ruling",
    "Settings",
    "SettingsError",
    "Span",
    "SparkUnusable",
    "TextGone",
    "Uncounted",
    "UnknownArticle",
    "Verdict",
    "VerdictKind",
    "compare",
    "explain",
    "open",
]

_ROOMS = {
    "dedup.engine": ("Index", "open"),
    "dedup.two_texts": ("compare", "explain"),
    "dedup.comparison": ("Comparison",),
    "dedup.explanation": ("Explanation", "Uncounted"),
    "dedup.errors": (
        "ArticleLost", "DedupError", "IndexDamaged", "IndexForeign", "IndexLocked", "IndexMismatch",
        "IndexUnusable", "InputError", "OutputDamaged", "OutputExists", "OutputUnusable", "PackageMissing",
        "SettingsError", "SparkUnusable", "TextGone", "UnknownArticle",
    ),
    "dedup.settings": ("Settings",),
    "dedup.intake.report": ("Report",),
    "dedup.model": (
        "Article", "Change", "ChangeKind", "Group", "Match", "Passage", "RecordError", "Relation",
        "RepeatedLine", "Ruling", "Span", "Verdict", "VerdictKind",
    ),
}  # fmt: skip


def __getattr__(name: str) -> object:
    """Load a public name when it is first used (PEP 562): `import dedup` and `dedup --help` stay quick."""
    for room, names in _ROOMS.items():
        if name in names:
            return getattr(import_module(room), name)
    raise AttributeError(f"module 'dedup' has no attribute {name!r}")


def __dir__() -> list[str]:
    """What is there by now, and the public names that are loaded when they are used."""
    return sorted({*globals(), *__all__})
