"""Candidates -> matches: each cell of articles with the texts that it needs, once each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.comparison import matches
from dedup.funnel.comparing import glance, may_match
from dedup.funnel.marking import mark_known
from dedup.index import Frequency
from dedup.model import Article, Match
from dedup.settings import Settings
from dedup.sketch import Sketches, sketch, take
from dedup.sketch.content import content_of
from dedup.spark.arrow import articles_of, column, of_two
from dedup.spark.lines import Repeated, known_of, states
from dedup.threads import one_thread

PASSAGE = (
    "struct<a_start: long, a_end: long, b_start: long, b_end: long, words: long, similarity: double,"
    " quoted: boolean, weight: double>"
)
MATCHES = (
    "a long, b long, a_id string, b_id string, relation string, resemblance double, containment_a double,"
    f" containment_b double, weight double, passages array<{PASSAGE}>"
)
"""A match, its articles by number (a < b) and by id."""
PAIRS = 50_000
"""Pairs compared at a time."""

_PASSAGE = pa.struct(
    [(name, pa.int64()) for name in ("a_start", "a_end", "b_start", "b_end", "words")]
    + [("similarity", pa.float64()), ("quoted", pa.bool_()), ("weight", pa.float64())]
)
SCHEMA = pa.schema(
    [("a", pa.int64()), ("b", pa.int64()), ("a_id", pa.string()), ("b_id", pa.string())]
    + [("relation", pa.string())]
    + [(name, pa.float64()) for name in ("resemblance", "containment_a", "containment_b", "weight")]
    + [("passages", pa.list_(_PASSAGE))]
)  # fmt: skip


def find_matches(
    candidates: Any, sketches: Any, lines: Repeated, settings: Settings, *, first: int, cell: int
) -> Any:
    """The matches among candidates; `sketches` has the articles of all days, `cell` is a number of articles.

    A pair belongs to the cell of its later article. Which articles a cell needs is made distinct before any
    text is moved, so the 64 first copies of a story go to a cell once, however many pairs they are in.
    """
    pairs = candidates.selectExpr(
        "a",
        "b",
        "shared",
        "bands",
        "frequency",
        "recurrent",
        "part",
        "coalesce(story, false) AS story",  # an earlier dedup may have left candidates without it
        f"(b - {first}) div {cell} AS cell",
    )
    # under another name: Spark cannot tell apart columns of both sides that come from one
    needed = pairs.selectExpr("cell AS needing", "explode(array(a, b)) AS number").distinct()
    texts = sketches.select("number", "id", "source", "published", "url", "text").join(needed, "number")
    return (
        pairs.groupBy("cell")
        .cogroup(texts.groupBy("needing"))
        .applyInArrow(of_two(compare, lines=lines, settings=settings), MATCHES)
    )


@one_thread()  # Spark gives each core a process
def compare(pairs: Any, texts: Any, lines: Repeated, settings: Settings) -> Any:
    """The pairs of a cell and its articles -> matches; what their sources repeat does not count."""
    texts = texts.sort_by("number")
    numbers = column(texts, "number")
    articles = articles_of(texts.to_pylist())
    whole = sketch([article.text for article in articles], settings, keys=False)
    every = glance(content_of(whole))
    ends = np.column_stack([column(pairs, name) for name in ("a", "b")])
    both = np.searchsorted(numbers, ends)
    banded, shared = column(pairs, "bands") > 0, column(pairs, "shared")
    marks = (column(pairs, name, np.bool_) for name in ("recurrent", "part", "story"))
    frequency = Frequency(column(pairs, "frequency", np.float64), *marks)
    rows: list[dict[str, object]] = []
    for begin in range(0, len(both), PAIRS):
        own = slice(begin, begin + PAIRS)
        may = may_match(
            every, every, both[own], settings,
            banded=banded[own], shared=shared[own], frequency=frequency[own],
        )  # fmt: skip
        kept = begin + np.flatnonzero(may)
        seen = _seen(articles, whole, both[kept], ends[kept, 1], lines)
        found = matches(*seen, settings, frequency=frequency[kept])
        rows += [
            row_of(match, *pair)
            for match, pair in zip(found, ends[kept].tolist(), strict=True)
            if match is not None
        ]
    return pa.Table.from_pylist(rows, SCHEMA)


def _seen(
    articles: Sequence[Article],
    sketches: Sketches,
    pairs: NDArray[np.int64],
    when: NDArray[np.int64],
    lines: Repeated,
) -> tuple[list[Article], Sketches, NDArray[np.int64]]:
    """The pairs with what was boilerplate when the articles of these numbers came, one for each pair.

    An article is there as often as it was seen with other lines marked.
    """
    ends = np.column_stack((pairs.ravel(), states(lines, articles, pairs, when).ravel()))
    distinct, first, place = np.unique(ends, axis=0, return_index=True, return_inverse=True)
    rows = distinct[:, 0]
    own = [articles[row] for row in rows.tolist()]
    marked = mark_known(known_of(lines, own), own, take(sketches, rows), np.repeat(when, 2)[first])
    return own, marked, place.reshape(pairs.shape)


def row_of(match: Match, a: int, b: int) -> dict[str, object]:
    """A match of the articles of these numbers as a row."""
    return {
        "a": a,
        "b": b,
        "a_id": match.a,
        "b_id": match.b,
        "relation": match.relation.value,
        "resemblance": match.resemblance,
        "containment_a": match.containment_a,
        "containment_b": match.containment_b,
        "weight": match.weight,
        "passages": [
            {
                "a_start": p.a.start,
                "a_end": p.a.end,
                "b_start": p.b.start,
                "b_end": p.b.end,
                "words": p.words,
                "similarity": p.similarity,
                "quoted": p.quoted,
                "weight": p.weight,
            }
            for p in match.passages
        ],
    }
