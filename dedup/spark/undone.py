"""Matches -> those that are none any longer: links of a source that rest on what it repeats.

A day's matches are not written anew: what became of them is a data set of its own. One machine judges links
anew where a line becomes boilerplate, those of its source alone; so each source, with what its articles are
linked to, is a small index in memory, and the index's own rule is applied to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.funnel.marking import judge_again
from dedup.index import Store
from dedup.index.candidates import COMMON
from dedup.index.runs import kernel as runs_kernel
from dedup.model import Match, Relation
from dedup.settings import Settings
from dedup.spark.arrow import articles_of, column, lists, of_two, schema_of, small
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
    keys: Any,
    kept: Callable[[Any, str], Any],
) -> Any:
    """The DataFrame of what became of matches, a null for the relation of those that are dropped.

    `turns` are the numbers of articles by source, ascending, with which a line of it became boilerplate: only
    links of its articles up to the last of them are looked at. `keys` are those without such lines. `kept`
    writes a DataFrame under a name and gives what was written.
    """
    spark = sketches.sparkSession
    if not turns:
        return small(spark, [], SCHEMA)
    from pyspark.sql import functions as f
    from pyspark.sql.window import Window

    last = [{"source": source, "last": numbers[-1]} for source, numbers in turns.items()]
    sources = f.broadcast(small(spark, last, schema_of("source string, last long")))
    own = sketches.select("number", "source").join(sources, "source").filter("number <= last")
    at = small(spark, [{"number": n} for each in turns.values() for n in each], schema_of("number long"))
    others: dict[int, list[int]] = {}
    for row in _sharing(keys, f.broadcast(at)).collect():
        others.setdefault(row.turn, []).append(row.number)
    near = [
        {"turn": turn, "number": number, "source": source}
        for source, each in turns.items()
        for turn in each
        for number in {turn, *others.get(turn, ())}
    ]
    around = f.broadcast(small(spark, near, schema_of("turn long, number long, source string")))
    every = links_of(matches).select("a", "b")
    within = (
        every.join(own.selectExpr("number AS a", "source"), "a")
        .join(own.selectExpr("number AS b", "source AS other"), "b")
        .filter("source = other")
    )
    across = every.join(around.withColumnRenamed("number", "a"), "a").join(
        around.withColumnRenamed("number", "b"), ["b", "turn", "source"]
    )
    links = within.select("source", "a", "b")
    for end in ("a", "b"):  # one of the two is of the source
        ours = own.select("source", f.col("number").alias(end))
        links = links.union(across.join(ours, ["source", end], "left_semi").select("source", "a", "b"))
    links = kept(links.distinct(), "links-of-sources")
    asked = at.join(own, "number").select("source", "number")
    needed = links.selectExpr("source", "explode(array(a, b)) AS number").union(asked).distinct()
    texts = sketches.join(needed.withColumnRenamed("source", "needing"), "number").select(
        "needing", "number", "id", "source", "published", "url", "text"
    )
    found = (
        links.groupBy("source")
        .cogroup(texts.groupBy("needing"))
        .applyInArrow(of_two(undo, lines=lines, turns=turns, others=others, settings=settings), MATCHES)
    )
    # a link of two sources that both repeat something is dropped if it is by either
    first = Window.partitionBy("a", "b").orderBy(f.col("relation").asc_nulls_first())
    return found.withColumn("rank", f.row_number().over(first)).filter("rank = 1").drop("rank")


def _sharing(keys: Any, at: Any) -> Any:
    """For each `turn`, the earlier articles that have some of its keys.

    Of common keys only the earliest articles count, as in the postings of an index.
    """
    from pyspark.sql import functions as f
    from pyspark.sql.window import Window

    rows = [
        {"key": key, "turn": row.number}
        for row in keys.join(at, "number").collect()
        for key in _kept_keys(np.frombuffer(bytes(row["keys"]), np.uint64)).tolist()
    ]
    asked = f.broadcast(small(keys.sparkSession, rows, schema_of("key long, turn long")))
    wanted = np.unique(np.array([row["key"] for row in rows], np.int64))
    earliest = Window.partitionBy("key").orderBy("number")
    return (
        keys.mapInArrow(partial(_having, wanted=wanted), "key long, number long")
        .withColumn("rank", f.row_number().over(earliest))
        .filter(f"rank <= {COMMON}")
        .join(asked, "key")
        .filter("number < turn")
        .select("turn", "number")
        .distinct()
    )


def _kept_keys(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Keys as an index keeps them, each once."""
    return np.unique(runs_kernel.shortened(keys)).view(np.int64)


def _having(batches: Iterator[Any], wanted: NDArray[np.int64]) -> Iterator[Any]:
    """Which articles have which of the keys that are wanted."""
    for batch in batches:
        offsets, keys = lists(batch, "keys", np.uint64)
        kept = runs_kernel.shortened(keys).view(np.int64)
        number = np.repeat(column(batch, "number"), np.diff(offsets))
        rows = np.isin(kept, wanted)
        found = np.unique(np.column_stack((kept[rows], number[rows])), axis=0)
        yield pa.RecordBatch.from_pydict({"key": found[:, 0].copy(), "number": found[:, 1].copy()})


def undo(
    links: Any,
    texts: Any,
    *,
    lines: Repeated,
    turns: Mapping[str, list[int]],
    others: Mapping[int, list[int]],
    settings: Settings,
) -> Any:
    """The links of one source and their articles -> what became of those that were judged anew."""
    if not links.num_rows:
        return pa.Table.from_pylist([], SCHEMA)
    texts = texts.sort_by("number")
    numbers = column(texts, "number")
    articles = articles_of(texts.to_pylist())
    source = links["source"][0].as_py()
    pairs = np.column_stack((column(links, "a"), column(links, "b")))
    rows = np.searchsorted(numbers, pairs)
    linked = [Match(articles[a].id, articles[b].id, Relation.DERIVED, 0.0, 0.0, 0.0, ()) for a, b in rows]
    with Store.open(":memory:", settings) as store, store.writing():
        local = store.put_articles(articles, [b""] * len(articles), [0] * len(articles))
        at = dict(zip(numbers.tolist(), local.tolist(), strict=True))
        # Numbers are others here, in the same order. A line of an earlier day has been known all along.
        store.boilerplate.put(
            [
                replace(line, since=at[line.since - 1] + 1 if line.since - 1 in at else 0)
                for each in {article.source for article in articles if article.source}
                for line in lines_known(lines, each)
            ]
        )
        own = local[rows]
        store.matches.put(own, linked)
        for turn in turns[source]:
            near = [at[other] for other in others.get(turn, ()) if other in at]
            for pairs_of in (store.matches.pairs_around, store.matches.pairs_across):
                judge_again(store, pairs_of(at[turn], near), at[turn] + 1)
        found = []
        for pair, (x, y), before in zip(pairs.tolist(), own.tolist(), linked, strict=True):
            now = store.matches.between(x, y)
            if now is None or not now.relation.joins:
                found.append(row_of(now or before, *pair) | ({} if now else {"relation": None}))
    return pa.Table.from_pylist(found, SCHEMA)
