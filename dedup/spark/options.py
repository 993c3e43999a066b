"""What is asked of a run on Spark, and what it did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dedup.model import RecordError
from dedup.settings import Settings

STAGES = ("records", "sketches", "lines", "keys", "candidates", "matches", "undone", "groups")
ALL = "all"
BUCKET = 20_000
"""Articles of a bucket, at most: as many as one machine takes at once."""
TEXTS = 25_000
"""Texts that a task compares in one go, about, at most."""
LINKS = 2_000_000
"""So many links one task groups at once; beyond, components are found first."""
POSTINGS = 2_000_000
"""Postings of one part of the keys, about, at most."""


@dataclass(slots=True)
class Options:
    """What is asked of a run. `window` is the number of days before that a day is compared with (None: all).

    `bucket`, `cell` and `parts` cut the work otherwise than its size suggests; none changes the result.
    """

    inputs: Sequence[str]
    output: str
    day: str = ALL
    fields: Mapping[str, str] = field(default_factory=dict)
    settings: Settings | None = None
    overwrite: bool = False
    window: int | None = None
    bucket: int | None = None
    cell: int | None = None
    parts: int | None = None
    links: int = LINKS


@dataclass(slots=True)
class Outcome:
    """What a run did: the counts of its day, and of all groups as of it."""

    articles: int = 0
    added: int = 0
    unchanged: int = 0
    candidates: int = 0
    matches: int = 0
    groups: int = 0
    errors: tuple[RecordError, ...] = ()
    more_errors: int = 0
