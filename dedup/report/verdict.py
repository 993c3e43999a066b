"""A verdict as one line, without what colours and tables need: a check is to be quick."""

from __future__ import annotations

from dedup.model import Relation, Verdict
from dedup.report.visible import label

# how the relation to an article is said; where it may be either that was made from the other, of neither
_TO = {
    Relation.IDENTICAL: "to",
    Relation.REVISION: "of",
    Relation.NEAR_DUPLICATE: "of",
    Relation.QUOTE: "in common with",
    Relation.TEMPLATE: "in common with",
}


def parts_of(id: str, verdict: Verdict) -> tuple[str, str, str]:  # noqa: A002
    """What stands before the verdict of an article, the verdict, and what stands after it."""
    relation = (
        f" ({_relation(verdict, verdict.relation)} {label(verdict.of or '')})" if verdict.relation else ""
    )
    return f"{label(id)}: ", str(verdict.verdict), f"{relation}: {label(verdict.reason)}"


def _relation(verdict: Verdict, relation: Relation) -> str:
    if relation is Relation.EXCERPT and any(
        match.a == verdict.of and match.is_copy for match in verdict.matches
    ):
        return "excerpt of"
    to = _TO.get(relation)
    return f"{relation.value} {to}" if to else f"{relation.value}, with"
