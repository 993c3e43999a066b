"""Matches -> those that are none any longer: links within a source that rest on what it repeats.

A day's matches are not written anew: what became of them is a data set of its own. One machine judges links
anew where a line becomes boilerplate, and never looks beyond its source; so each source is a small index in
memory, and the index's own rule is applied to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from dedup.index import Store
from dedup.marking import judge_again
from dedup.model import Match, Relation
from dedup.settings import Settings
from dedup.sketch import sketch
from dedup.spark.arrow import articles_of, column, of_two, schema_of, small
from dedup.spark.groups import links_of
from dedup.spark.lines import Repeated, lines_known
from dedup.spark.matches import MATCHES, SCHEMA, row_of


def standing(matches: Any, undone: Any) -> Any:
    """The matches that are left, as they are now."""
    gone = undone.selectExpr("a AS gone_a", "b AS gone_b")
    left = matches.join(gone, [matches.a == gone.gone_a, matches.b == gone.gone_b], "left_anti")
    return left.select(SCHEMA.names).union(undone.filter("relation IS NOT NULL").select(SCHEMA.names))


def find_undone(
    matches: Any,
    sketches: Any,
    lines: Repeated,
    turns: Mapping[str, list[int]],
    settings: Settings,
    *,
    kept: Callable[[Any, str], Any],
) -> Any:
    """The DataFrame of what became of matches, a null for the relation of those that are dropped.

    `turns` are the numbers of articles by source, ascending, with which a line of it became boilerplate: only
    links of articles up to the last of them are looked at. `kept` writes a DataFrame under a name and gives
    what was written.
    """
    spark = sketches.sparkSession
    if not turns:
        return small(spark, [], SCHEMA)
    from pyspark.sql import functions as f

    last = [{"source": source, "last": numbers[-1]} for source, numbers in turns.items()]
    sources = f.broadcast(small(spark, last, schema_of("source string, last long")))
    own = sketches.select("number", "source").join(sources, "source").filter("number <= last")
    links = kept(
        links_of(matches)
        .select("a", "b")
        .join(own.selectExpr("number AS a", "source"), "a")
        .join(own.selectExpr("number AS b", "source AS other"), "b")
        .filter("source = other")
        .select("source", "a", "b"),
        "links-within-sources",
    )
    at = small(spark, [{"number": n} for each in turns.values() for n in each], schema_of("number long"))
    needed = links.selectExpr("explode(array(a, b)) AS number").union(at).distinct()
    texts = sketches.join(needed, "number").selectExpr("number", "id", "source AS own", "url", "text")
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
    rows = np.searchsorted(numbers, pairs)
    linked = [Match(articles[a].id, articles[b].id, Relation.DERIVED, 0.0, 0.0, 0.0, ()) for a, b in rows]
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
        own = local[rows]
        store.put_matches(own, linked)
        sketches = sketch([article.text for article in articles], settings)
        store.post(local, sketches.keys, sketches.key)
        for turn in turns[source]:
            row = int(np.searchsorted(local, at[turn]))
            keys = sketches.key[sketches.keys[row] : sketches.keys[row + 1]]
            judge_again(store, store.pairs_around(at[turn], keys), at[turn] + 1)
        found = []
        for pair, (x, y), before in zip(pairs.tolist(), own.tolist(), linked, strict=True):
            now = store.match(x, y)
            if now is None or not now.relation.joins:
                found.append(row_of(now or before, *pair) | ({} if now else {"relation": None}))
    return pa.Table.from_pylist(found, SCHEMA)
