"""Matches -> those that are none any longer: links within a source that rest on what it repeats.

A day's matches are not written anew: what became of them is a data set of its own. One machine judges links
anew where a line becomes boilerplate, and never looks beyond its source; so each source is a small index in
memory, and the index's own rule is applied to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from dedup.index import Store
from dedup.marking import judge_again
from dedup.model import Match, Relation
from dedup.settings import Settings
from dedup.sketch import sketch
from dedup.spark.arrow import articles_of, column, of_two
from dedup.spark.groups import links_of
from dedup.spark.lines import Repeated, lines_known
from dedup.spark.matches import MATCHES, SCHEMA, row_of


def standing(matches: Any, undone: Any) -> Any:
    """The matches that are left, as they are now."""
    gone = undone.selectExpr("a AS gone_a", "b AS gone_b")
    left = matches.join(gone, [matches.a == gone.gone_a, matches.b == gone.gone_b], "left_anti")
    return left.select(SCHEMA.names).union(undone.filter("relation IS NOT NULL").select(SCHEMA.names))


def find_undone(
    matches: Any, sketches: Any, lines: Repeated, turns: Mapping[str, list[int]], settings: Settings
) -> Any:
    """The DataFrame of what became of matches, a null for the relation of those that are dropped.

    `turns` are the numbers of articles by source with which a line of it became boilerplate.
    """
    spark = sketches.sparkSession
    if not turns:
        return spark.createDataFrame([], MATCHES)
    from pyspark.sql import functions as f

    sources = f.broadcast(spark.createDataFrame([(source,) for source in turns], "source string"))
    own = sketches.join(sources, "source").select("number", "source")
    links = (
        links_of(matches)
        .select("a", "b", "a_id", "b_id")
        .join(own.selectExpr("number AS a", "source"), "a")
        .join(own.selectExpr("number AS b", "source AS other"), "b")
        .filter("source = other")
        .drop("other")
    )
    ends = [links.selectExpr(f"{end} AS needed") for end in ("a", "b")]
    at = spark.createDataFrame([(n,) for numbers in turns.values() for n in numbers], "needed long")
    needed = ends[0].union(ends[1]).union(at).distinct()
    texts = sketches.join(needed, sketches.number == needed.needed)
    texts = texts.selectExpr("number", "id", "source AS own", "url", "text")
    return (
        links.groupBy("source")
        .cogroup(texts.groupBy("own"))
        .applyInArrow(of_two(undo, lines=lines, turns=turns, settings=settings), MATCHES)
    )


def undo(links: Any, texts: Any, lines: Repeated, turns: Mapping[str, list[int]], settings: Settings) -> Any:
    """The links within one source and their articles -> what became of those that were judged anew."""
    if not links.num_rows:
        return pa.Table.from_pylist([], SCHEMA)
    texts = texts.rename_columns(["source" if name == "own" else name for name in texts.column_names])
    texts = texts.sort_by("number")
    numbers = column(texts, "number")
    articles = articles_of(texts.to_pylist())
    source = articles[0].source or ""
    pairs = np.column_stack((column(links, "a"), column(links, "b")))
    names = zip(links["a_id"].to_pylist(), links["b_id"].to_pylist(), strict=True)
    linked = [Match(a, b, Relation.DERIVED, 0.0, 0.0, 0.0, ()) for a, b in names]
    nothing = np.zeros(len(articles), np.int64)
    with Store.open(":memory:", settings) as store, store.writing():
        local = store.put_articles(articles, [b""] * len(articles), nothing, nothing)
        at = dict(zip(numbers.tolist(), local.tolist(), strict=True))
        # Numbers are others here, in the same order. A line of an earlier day has been known all along.
        store.put_boilerplate(
            [
                replace(line, since=at[line.since - 1] + 1 if line.since - 1 in at else 0)
                for line in lines_known(lines, source)
            ]
        )
        own = local[np.searchsorted(numbers, pairs)]
        store.put_matches(own, linked)
        sketches = sketch([article.text for article in articles], settings)
        store.post(local, sketches.keys, sketches.key)
        for turn in turns[source]:
            row = int(np.searchsorted(local, at[turn]))
            keys = sketches.key[sketches.keys[row] : sketches.keys[row + 1]]
            judge_again(store, store.pairs_around(at[turn], keys), at[turn] + 1)
        rows = []
        for pair, (x, y), before in zip(pairs.tolist(), own.tolist(), linked, strict=True):
            now = store.match(x, y)
            if now is None or not now.relation.joins:
                rows.append(row_of(now or before, *pair) | ({} if now else {"relation": None}))
    return pa.Table.from_pylist(rows, SCHEMA)
