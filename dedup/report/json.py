r"""Values of the model -> the JSON of the contract: every object that is printed carries `"schema": 1`.

What is printed is JSON in UTF-8 whatever the locale. Characters that would steer a terminal, and lone
surrogates, which UTF-8 cannot hold, are written as \u escapes; a reader gets back the very string.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dedup.intake.report import Report
from dedup.model import Article, Change, Group, Match, Passage, RecordError, RepeatedLine, Span, Verdict
from dedup.patterns import pattern
from dedup.report.steering import CONTROLS, NO_CHARACTERS, STEERING, UNSEEN

if TYPE_CHECKING:
    from dedup.comparison import Comparison
    from dedup.explanation import Explanation
    from dedup.spark.options import Outcome

SCHEMA = 1

# Inside a JSON text these characters stand in strings only, so they can be escaped after the encoding.
_STEERING = pattern(f"[{CONTROLS}{STEERING}{UNSEEN}{NO_CHARACTERS}]")


def _escape(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code > 0xFFFF:
        code -= 0x10000
        return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
    return f"\\u{code:04x}"


def encode(value: object) -> str:
    """One value as JSON on one line."""
    text = json.dumps(value, ensure_ascii=False, separators=(", ", ": "), allow_nan=False, default=_plain)
    return _STEERING.sub(_escape, text)


def time(value: datetime) -> str:
    """A time as the contract writes it."""
    return value.isoformat().replace("+00:00", "Z")


def _plain(value: object) -> str:
    return time(value) if isinstance(value, datetime) else str(value)


def printed(value: Mapping[str, object]) -> Iterator[str]:
    """One object of the contract, as a line."""
    yield encode({"schema": SCHEMA, **value}) + "\n"


def printed_groups(groups: Iterable[Group], before: Mapping[str, object]) -> Iterator[str]:
    """An object that ends in all groups, in pieces: they may be more than memory holds."""
    yield encode({"schema": SCHEMA, **before})[:-1] + ', "groups": ['
    separator = ""
    for group in groups:
        yield separator + encode(group_object(group))
        separator = ", "
    yield "]}\n"


def rounded(value: float | None) -> float | None:
    """Four digits after the point: more than the measures carry."""
    return None if value is None or not math.isfinite(value) else round(float(value), 4)


def passage_object(passage: Passage) -> dict[str, Any]:
    """A passage: half-open ranges of code points in the texts of a and b."""
    return {
        "a": [passage.a.start, passage.a.end],
        "b": [passage.b.start, passage.b.end],
        "words": passage.words,
        "similarity": rounded(passage.similarity),
        "quoted": passage.quoted,
        "weight": rounded(passage.weight),
    }


def _pair(a: str, b: str, compared: Match | Comparison) -> dict[str, Any]:
    return {
        "a": a,
        "b": b,
        "relation": compared.relation.value if compared.relation else None,
        "resemblance": rounded(compared.resemblance),
        "containment_a": rounded(compared.containment_a),
        "containment_b": rounded(compared.containment_b),
        "passages": [passage_object(passage) for passage in compared.passages],
    }


def match_object(match: Match) -> dict[str, Any]:
    """A match, as MATCH of the contract: `retold` in other words, `estimated` where told by keys alone."""
    estimated = {"estimated": True} if match.estimated else {}
    told = {"confidence": rounded(match.confidence), "retold": match.retold}
    return {**_pair(match.a, match.b, match), **told, **estimated}


def comparison_object(a: str, b: str, comparison: Comparison) -> dict[str, Any]:
    """A compared pair like a match, its relation null where it is none, with the reason."""
    return {
        **_pair(a, b, comparison),
        "weight": rounded(comparison.weight),
        "bar": rounded(comparison.bar),
        "reason": comparison.reason,
    }


def group_object(group: Group) -> dict[str, Any]:
    """A group with its matches."""
    return {
        "id": group.id,
        "articles": list(group.articles),
        "earliest": group.earliest,
        "relation": group.relation.value,
        "weakest": rounded(group.weakest),
        "retold": group.retold,
        "matches": [match_object(match) for match in group.matches],
    }


def article_object(article: Article, boilerplate: Sequence[Span] | None = None) -> dict[str, Any]:
    """An article without its text, with what of it is boilerplate where that is known."""
    known = {} if boilerplate is None else {"boilerplate": [[span.start, span.end] for span in boilerplate]}
    return {
        **known,
        "id": article.id,
        "source": article.source,
        "published": article.published,
        "title": article.title,
        "url": article.url,
        "byline": article.byline,
        "language": article.language,
        "characters": len(article.text) or None,
    }


def line_object(line: RepeatedLine) -> dict[str, Any]:
    """A line that a source repeats; source null: all."""
    return {
        "id": line.id,
        "source": line.source,
        "text": line.text,
        "articles": line.articles,
        "first": line.first,
        "last": line.last,
        "ruling": None if line.ruling is None else str(line.ruling),
    }


def change_object(change: Change) -> dict[str, Any]:
    """What happened to a group."""
    return {
        "number": change.number,
        "at": change.at,
        "change": str(change.change),
        "group": change.group,
        "size": change.size,
        "added": list(change.added),
        "removed": list(change.removed),
        "from": list(change.origins),
        "into": list(change.into),
    }


def error_object(error: RecordError) -> dict[str, Any]:
    """A record that could not be read."""
    return {"input": error.input, "line": error.line, "reason": error.reason}


def report_object(report: Report) -> dict[str, Any]:
    """What one add did."""
    return {
        "articles": report.articles,
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "outdated": report.outdated,
        "expired": report.expired,
        "pruned": report.pruned,
        "guessed_encodings": dict(sorted(report.guessed.items())),
        "unread_dates": report.unread_dates,
        "linked_folders": report.linked_folders,
        "errors": [error_object(error) for error in report.errors],
    }


def spark_object(outcome: Outcome, output: str) -> dict[str, Any]:
    """What a run on Spark did, and where it left the results."""
    return {
        "output": output,
        "articles": outcome.articles,
        "added": outcome.added,
        "unchanged": outcome.unchanged,
        "candidates": outcome.candidates,
        "matches": outcome.matches,
        "groups": outcome.groups,
        "errors": [error_object(error) for error in outcome.errors],
        "more_errors": outcome.more_errors,
    }


def verdict_members(verdict: Verdict) -> dict[str, Any]:
    """What the index says of an article, wherever that is told."""
    return {
        "verdict": str(verdict.verdict),
        "relation": verdict.relation.value if verdict.relation else None,
        "of": verdict.of,
        "group": verdict.group,
        "score": rounded(verdict.score),
        "reason": verdict.reason,
    }


def verdict_object(id: str, verdict: Verdict) -> dict[str, Any]:  # noqa: A002
    """What the index says of the article `id`."""
    matches = [match_object(match) for match in verdict.matches]
    return {"id": id, **verdict_members(verdict), "matches": matches}


def explanation_object(explanation: Explanation) -> dict[str, Any]:
    """Why two articles are or are not a match."""
    return {
        **comparison_object(explanation.a, explanation.b, explanation.comparison),
        "stored": explanation.stored,
        "parted": explanation.parted,
        "bands": {
            "count": explanation.bands,
            "rows": explanation.rows,
            "shared": explanation.shared_bands,
            "probability": rounded(explanation.band_probability),
        },
        "fingerprints": {
            "a": explanation.fingerprints_a,
            "b": explanation.fingerprints_b,
            "shared": explanation.shared_fingerprints,
        },
        "score": rounded(explanation.score),
        "score_bar": rounded(explanation.score_bar),
        "frequency": rounded(explanation.frequency),
        "uncounted": {
            side: [{"span": [part.span.start, part.span.end], "kind": part.kind} for part in own]
            for side, own in zip("ab", explanation.uncounted, strict=True)
        },
    }
