"""Matches of a new article -> what a pipeline is told of it."""

from __future__ import annotations

from collections.abc import Sequence

from dedup.model import Match, Relation, Verdict, VerdictKind

NEW = Verdict(VerdictKind.NEW, reason="it shares too little with any article of the index")


def judge(matches: Sequence[Match]) -> Verdict:
    """The verdict on an article, the b of every match, from its closest match; the earlier of equals.

    A duplicate says nothing that the index does not hold: the same words, nearly the same, or mostly
    contained in an article of the index. Related are articles that share text and add some of their own, or
    replace an earlier version. What shares only quotations or a form is new. Of excerpts, those that make it
    a duplicate are closer than those that it contains. `group` is left to the caller.
    """
    if not matches:
        return NEW
    ranked = sorted(matches, key=lambda match: (match.relation.rank, not match.is_copy, -match.resemblance))
    best = ranked[0]
    verdict = VerdictKind.RELATED if best.relation.joins else VerdictKind.NEW
    if best.is_copy:
        verdict = VerdictKind.DUPLICATE
    return Verdict(
        verdict=verdict,
        relation=best.relation,
        of=best.a,
        group=best.a if best.relation.joins else None,
        score=best.containment,
        reason=_reason(best),
        matches=tuple(ranked),
    )


def _reason(match: Match) -> str:
    """One sentence for a person: what a new article (b) shares with a known one (a)."""
    count = len(match.passages)
    passages = f"{'1 passage' if count == 1 else f'{count} passages'} ({match.words} words)"
    if match.estimated:
        passages = f"about {match.containment_b:.0%} of its words"
    part = (
        f"{match.a} contains {match.containment_b:.0%} of it"
        if match.containment_b >= match.containment_a
        else f"it contains {match.containment_a:.0%} of {match.a}"
    )
    return {
        Relation.IDENTICAL: f"its words are those of {match.a}",
        Relation.REVISION: f"it is another version of {match.a} from the same source",
        Relation.NEAR_DUPLICATE: f"it is nearly the same as {match.a} (resemblance {match.resemblance:.2f})",
        Relation.EXCERPT: part,
        Relation.DERIVED: f"it tells in other words what {match.a} tells, and shares {passages}"
        if match.retold
        else f"it shares {passages} with {match.a}",
        Relation.QUOTE: f"it shares only quotations with {match.a}",
        Relation.TEMPLATE: f"what it shares with {match.a} recurs: a form, a notice or what was told before",
    }[match.relation]
