"""A verdict as one line, without what colours and tables need: a check is to be quick."""

from __future__ import annotations

from dedup.model import Verdict
from dedup.report.visible import label


def parts_of(id: str, verdict: Verdict) -> tuple[str, str, str]:  # noqa: A002
    """What stands before the verdict of an article, the verdict, and what stands after it."""
    relation = f" ({verdict.relation.value} of {label(verdict.of or '')})" if verdict.relation else ""
    return f"{label(id)}: ", str(verdict.verdict), f"{relation}: {label(verdict.reason)}"
