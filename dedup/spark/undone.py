"""Matches -> those that are others by now, or none: links that rested on what a source repeats.

A day's matches are not written anew: what became of them is a data set of its own. One machine judges links
anew where a line becomes boilerplate, those of its source and what shares the line with it; so each source,
with what its articles are linked to, is a small index in memory, and the index's own rule is applied to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.arrays.ordered import each_once
from dedup.funnel.marking import judge_again
from dedup.index import Store
from dedup.index.candidates import COMMON
from dedup.index.runs import kernel as runs_kernel
from dedup.model import Article, Match, Relation
from dedup.settings import Settings
from dedup.spark.arrow import articles_of, column, lists, of_two, schema_of, small
from dedup.spark.groups import JOINING, links_of
from dedup.spark.lines import Repeated, keys_left, lines_known
from dedup.spark.matches import MATCHES, SCHEMA, row_of

UNDONE = f"{MATCHES}, turn long"
"""A match as it is, or was if its relation is null, since the article `turn` came."""
_SCHEMA = SCHEMA.append(pa.field("turn", pa.int64()))


def standing(matches: Any, undone: Any) -> Any:
    """The matches that are left, as they are now."""
    gone = undone.selectExpr("a AS gone_a", "b AS gone_b").distinct()
    left = matches.join(gone, [matches.a == gone.gone_a, matches.b == gone.gone_b], "left_anti")
    now = _of_each_pair(undone, "turn DESC").filter("relation IS NOT NULL")
    return left.select(SCHEMA.names).union(now.select(SCHEMA.names))


def _of_each_pair(undone: Any, order: str) -> Any:
    """The first row of each pair by an order, in SQL."""
    rank = f"row_number() OVER (PARTITION BY a, b ORDER BY {order}) AS rank"
    return undone.selectExpr("*", rank).filter("rank = 1").drop("rank")


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
        return small(spark, [], _SCHEMA)
    from pyspark.sql import functions as f

    last = [{"source": source, "last": numbers[-1]} for source, numbers in turns.items()]
    sources = f.broadcast(small(spark, last, schema_of("source string, last long")))
    own = sketches.select("number", "source").join(sources, "source").filter("number <= last")
    at = small(spark, [{"number": n} for each in turns.values() for n in each], schema_of("number long"))
    others: dict[int, list[int]] = {}
    having: dict[int, list[int]] = {}
    for row in _sharing(keys, sketches, f.broadcast(at), lines, settings).collect():
        others.setdefault(row.turn, []).append(row.number)
        if row.line:
            having.setdefault(row.turn, []).append(row.number)
    near = [
        {"turn": turn, "number": number, "source": source}
        for source, each in turns.items()
        for turn in each
        for number in {turn, *having.get(turn, ())}
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
    told = of_two(undo, lines=lines, turns=turns, others=others, having=having, settings=settings)
    found = links.groupBy("source").cogroup(texts.groupBy("needing")).applyInArrow(told, UNDONE)
    # a link of two sources that both repeat something is as the last line left it, or the first that undid it
    joins = f"coalesce(relation IN ({JOINING}), false)"
    return _of_each_pair(found, f"{joins}, IF({joins}, -turn, turn)")


def _sharing(keys: Any, sketches: Any, at: Any, lines: Repeated, settings: Settings) -> Any:
    """For each `turn`, the earlier articles that have some of its keys, and if of its new `line`.

    Of common keys only the earliest articles count, as in the postings of an index.
    """
    from pyspark.sql import functions as f
    from pyspark.sql.window import Window

    asking = sketches.join(at, "number").select("number", "id", "source", "published", "text").toArrow()
    then = column(asking, "number")
    left = dict(zip(then.tolist(), keys_left(asking, then + 1, lines, settings), strict=True))
    rows = [
        {"key": key, "turn": row.number, "line": key not in rest}
        for row in keys.join(at, "number").collect()
        for rest in [{*_kept_keys(np.frombuffer(left[row.number], np.uint64)).tolist()}]
        for key in _kept_keys(np.frombuffer(bytes(row["keys"]), np.uint64)).tolist()
    ]
    asked = f.broadcast(small(keys.sparkSession, rows, schema_of("key long, turn long, line boolean")))
    wanted = each_once(np.array([row["key"] for row in rows], np.int64))
    earliest = Window.partitionBy("key").orderBy("number")
    return (
        keys.mapInArrow(partial(_having, wanted=wanted), "key long, number long")
        .withColumn("rank", f.row_number().over(earliest))
        .filter(f"rank <= {COMMON}")
        .join(asked, "key")
        .filter("number < turn")
        .groupBy("turn", "number")
        .agg(f.max("line").alias("line"))
    )


def _kept_keys(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Keys as an index keeps them, each once."""
    return each_once(runs_kernel.shortened(keys)).view(np.int64)


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
    having: Mapping[int, list[int]],
    settings: Settings,
) -> Any:
    """The links of one source and their articles -> what became of those that were judged anew.

    By turn, `others` have some key of the article with which a line became boilerplate, `having` one of this.
    """
    if not links.num_rows:
        return pa.Table.from_pylist([], _SCHEMA)
    texts = texts.sort_by("number")
    numbers = column(texts, "number")
    articles = articles_of(texts.to_pylist())
    source = links["source"][0].as_py()
    pairs = np.column_stack((column(links, "a"), column(links, "b")))
    rows = np.searchsorted(numbers, pairs)
    linked = [Match(articles[a].id, articles[b].id, Relation.DERIVED, 0.0, 0.0, 0.0, ()) for a, b in rows]
    sources = {article.source for article in articles if article.source}
    known = [line for each in sources for line in lines_known(lines, each)]
    with Store.open(":memory:", settings) as store, store.writing():
        at = _local(store, numbers, articles, {line.since - 1 for line in known})
        # Numbers are others here, in the same order. A line of an earlier day has been known all along.
        store.boilerplate.put(
            [replace(line, since=at[line.since - 1] + 1 if line.since - 1 in at else 0) for line in known]
        )
        own = np.array([[at[number] for number in pair] for pair in pairs.tolist()], np.int64)
        store.matches.put(own, linked)
        latest: dict[tuple[int, int], int] = {}
        for turn in turns[source]:
            near = (
                [at[other] for other in sharing.get(turn, ()) if other in at] for sharing in (others, having)
            )
            judged = store.matches.pairs_resting(at[turn], *near)
            latest.update(dict.fromkeys(judged, turn))
            judge_again(store, np.array(judged, np.int64).reshape(-1, 2), at[turn] + 1)
        found = []
        for pair, (x, y), before in zip(pairs.tolist(), own.tolist(), linked, strict=True):
            now = store.matches.between(x, y)
            if now is None or now.passages:
                gone = {} if now else {"relation": None}
                found.append(row_of(now or before, *pair) | gone | {"turn": latest[x, y]})
    return pa.Table.from_pylist(found, _SCHEMA)


def _local(
    store: Store, numbers: NDArray[np.int64], articles: Sequence[Article], turns: Set[int]
) -> dict[int, int]:
    """Put articles into a store; the numbers that they have there.

    Others with which a line became boilerplate meanwhile are there without their texts.
    """
    ids = dict(zip(numbers.tolist(), articles, strict=True))
    name = max(article.id for article in articles)  # nobody has one that follows it
    ids |= {n: Article(f"{name} {n}", "") for n in turns if n > numbers[0] and n not in ids}
    ascending = sorted(ids)
    local = store.put_articles([ids[n] for n in ascending], [b""] * len(ids), [0] * len(ids))
    return dict(zip(ascending, local.tolist(), strict=True))
