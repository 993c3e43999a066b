"""Connected components by large-star and small-star (Kiveris et al. 2014), in DataFrames alone.

Each step keeps the components: a node's neighbours are linked to the smallest of them and of itself; the
larger ones in the large step, the others in the small one. It ends, after about as many steps as the square
of the logarithm of the largest component, when each component is a star around its smallest node.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

STEPS = 100


def components(links: Any, kept: Callable[[Any, str], Any]) -> Any:
    """For each node of the links (a, b): `number` and `component`, the smallest number that it is linked to.

    `kept` writes a DataFrame under a name and gives what was written: so no step is computed twice, and its
    history does not grow.
    """
    edges = kept(_distinct(links.selectExpr("greatest(a, b) AS u", "least(a, b) AS v")), "links")
    nodes = kept(edges.selectExpr("u AS number").union(edges.selectExpr("v AS number")).distinct(), "nodes")
    before: tuple[int, int] | None = None
    for step in range(STEPS):
        edges = kept(_small_star(_large_star(edges)), f"step-{step}")
        state = _state(edges)
        if state == before:
            break
        before = state
    else:
        raise AssertionError(f"components are not found after {STEPS} steps")
    return nodes.join(edges.selectExpr("u AS number", "v AS component"), "number", "left").selectExpr(
        "number", "coalesce(component, number) AS component"
    )


def _state(edges: Any) -> tuple[int, int]:
    """What no longer changes when the components are found: how many links there are, and their hash."""
    row = edges.selectExpr("count(*) AS links", "bit_xor(xxhash64(u, v)) AS hash").first()
    return int(row.links), int(row.hash or 0)


def _distinct(edges: Any) -> Any:
    return edges.filter("u != v").distinct()


def _large_star(edges: Any) -> Any:
    """Each node links its larger neighbours to the smallest of its neighbours and itself."""
    from pyspark.sql import functions as f

    both = edges.union(edges.selectExpr("v AS u", "u AS v"))
    least = both.groupBy("u").agg(f.least(f.min("v"), f.col("u")).alias("least"))
    larger = both.filter("v > u").join(least, "u")
    return _distinct(larger.selectExpr("v AS u", "least AS v"))


def _small_star(edges: Any) -> Any:
    """Each node links itself and its smaller neighbours (its v) to the smallest of them."""
    from pyspark.sql import functions as f

    least = edges.groupBy("u").agg(f.min("v").alias("least"))
    smaller = edges.join(least, "u").selectExpr("v AS u", "least AS v")
    return _distinct(smaller.union(least.selectExpr("u", "least AS v")))
