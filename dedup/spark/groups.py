"""Matches -> groups: the rule of one machine, applied to each connected component by itself.

The rule looks at nothing but the links of a component, so components may be dealt to tasks at will.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from dedup import group as grouping
from dedup.model import Match, Relation
from dedup.spark.arrow import articles_of, column, of_two, schema_of

GROUPS = (
    "id string, size long, first long, earliest string, relation string, weakest double,"
    " articles array<string>, numbers array<long>"
)
"""A group; `articles` as Group has them, `numbers` ascending, `first` the first of these."""
_SCHEMA = pa.schema(
    [
        *schema_of("id string, size long, first long, earliest string, relation string, weakest double"),
        ("articles", pa.list_(pa.string())),
        ("numbers", pa.list_(pa.int64())),
    ]
)
JOINING = ", ".join(f"'{relation.value}'" for relation in Relation if relation.joins)
LINK = ("a", "b", "a_id", "b_id", "relation", "resemblance", "containment_a", "containment_b")
ENDS = ("array_min", "a_start"), ("array_max", "a_end"), ("array_min", "b_start"), ("array_max", "b_end")


def links_of(matches: Any) -> Any:
    """The matches that join, with the stretch of their passages; see `dedup.group`."""
    from pyspark.sql import functions as f

    joining = matches.filter(f"relation IN ({JOINING})")
    joining = joining.withColumn("own", f.expr("filter(passages, p -> NOT p.quoted)"))
    ends = (f"{least}(transform(own, p -> p.{name}))" for least, name in ENDS)
    return joining.selectExpr(*LINK, f"IF(size(own) > 0, array({', '.join(ends)}), NULL) AS stretch")


def of_one_name(before: Any, sketches: Any) -> Any:
    """Pairs (a, b) of articles whose groups may have one id: so that one task names them.

    These are the articles that were in one group the day before, and the one that the group is named by.
    """
    from pyspark.sql import functions as f

    members = before.select("first", f.explode("numbers").alias("number"))
    named = before.join(sketches.select("id", "number"), "id").select("first", "number")
    pairs = members.union(named).filter("first != number")
    return pairs.selectExpr("least(first, number) AS a", "greatest(first, number) AS b")


def find_groups(links: Any, components: Any | None, sketches: Any, before: Any | None, parts: int) -> Any:
    """The groups of articles that are linked.

    `components` (number, component), of the links and of the groups that may have one id, may be None for
    links that one task can hold. `before` are the groups of the day before, whose ids stay. Components are
    dealt to `parts` tasks.
    """
    from pyspark.sql import functions as f

    if components is None:
        links = links.withColumn("part", f.lit(0))
        members = links.selectExpr("0 AS own", "explode(array(a, b)) AS number").distinct()
    else:
        members = components.selectExpr("number", f"pmod(xxhash64(component), {parts}) AS own")
        links = links.join(members.selectExpr("number AS a", "own AS part"), "a")
    members = members.join(sketches.select("number", "id", "published"), "number")
    if before is None:
        members = members.withColumn("before", f.lit(None).cast("string"))
    else:
        had = before.selectExpr("id AS before", "explode(numbers) AS number")
        members = members.join(had, "number", "left")
    return (
        links.groupBy("part")
        .cogroup(members.select("own", "number", "id", "published", "before").groupBy("own"))
        .applyInArrow(of_two(group), GROUPS)
    )


def group(links: Any, members: Any) -> Any:
    """The links of some components and their articles -> groups."""
    links = links.sort_by([("a", "ascending"), ("b", "ascending")])
    members = members.sort_by("number")
    a, b = column(links, "a"), column(links, "b")
    rows = zip(*(links.column(name).to_pylist() for name in LINK[2:]), strict=True)
    matches = [
        Match(a_id, b_id, Relation(relation), resemblance, of_a, of_b, ())
        for a_id, b_id, relation, resemblance, of_a, of_b in rows
    ]
    stretches = links.column("stretch").to_pylist()
    numbers, labels = grouping.partition(
        grouping.Links(
            a,
            b,
            np.maximum(
                column(links, "containment_a", np.float64), column(links, "containment_b", np.float64)
            ),
            column(links, "resemblance", np.float64),
            stretches.__getitem__,
        )
    )
    label_of = dict(zip(numbers.tolist(), labels.tolist(), strict=True))
    own = grouping.members_of(numbers, labels)
    known = column(members, "number").tolist()
    articles = dict(zip(known, articles_of(members.to_pylist()), strict=True))
    had = zip(known, members.column("before").to_pylist(), strict=True)
    before = {number: name for number, name in had if name is not None}
    names = grouping.name_groups(own, {number: article.id for number, article in articles.items()}, before)
    inside: dict[int, list[Match]] = {}
    for x, y, match in zip(a.tolist(), b.tolist(), matches, strict=True):
        if label_of[x] == label_of[y]:
            inside.setdefault(label_of[x], []).append(match)
    found = []
    for label, each in own.items():
        described = grouping.describe(names[label], [articles[n] for n in each], inside[label])
        found.append(
            {
                "id": described.id,
                "size": len(each),
                "first": each[0],
                "earliest": described.earliest,
                "relation": described.relation.value,
                "weakest": described.weakest,
                "articles": list(described.articles),
                "numbers": each,
            }
        )
    return pa.Table.from_pylist(found, _SCHEMA)
