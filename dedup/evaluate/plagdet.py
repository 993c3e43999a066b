"""plagdet (Potthast, Stein, Barron-Cedeno & Rosso 2010), on characters, macro-averaged.

A case and a detection are both a span of the suspicious text and a span of the source. A detection detects a
case when they overlap on both sides. Lengths count the characters of both sides together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Case(NamedTuple):
    """A passage, annotated or detected: half-open code-point ranges in two texts."""

    a_start: int
    a_end: int
    b_start: int
    b_end: int

    @property
    def length(self) -> int:
        """Characters of both sides."""
        return self.a_end - self.a_start + self.b_end - self.b_start


@dataclass(frozen=True, slots=True)
class Score:
    """plagdet and what it is made of."""

    plagdet: float
    recall: float
    precision: float
    granularity: float
    cases: int


def covered(spans: Sequence[tuple[int, int]]) -> int:
    """How many places the half-open spans cover together."""
    total, reach = 0, -math.inf
    for start, end in sorted(spans):
        if end > reach:
            total += end - int(max(start, reach))
            reach = end
    return total


def shared(case: Case, others: Sequence[Case]) -> int:
    """Characters of `case`, on both sides, that those of `others` cover which overlap it on both sides."""
    a, b = [], []
    for other in others:
        left = max(case.a_start, other.a_start), min(case.a_end, other.a_end)
        right = max(case.b_start, other.b_start), min(case.b_end, other.b_end)
        if left[0] < left[1] and right[0] < right[1]:
            a.append(left)
            b.append(right)
    return covered(a) + covered(b)


def overlaps(one: Case, other: Case) -> bool:
    """Whether a detection detects a case."""
    return max(one.a_start, other.a_start) < min(one.a_end, other.a_end) and max(
        one.b_start, other.b_start
    ) < min(one.b_end, other.b_end)


def plagdet(pairs: Sequence[tuple[Sequence[Case], Sequence[Case]]]) -> Score:
    """The score of (annotated cases, detections) for each pair of texts."""
    recalls, precisions, counts = [], [], []
    for cases, detections in pairs:
        for case in cases:
            recalls.append(shared(case, detections) / case.length)
            hits = sum(overlaps(case, detection) for detection in detections)
            if hits:
                counts.append(hits)
        precisions += [
            shared(detection, cases) / detection.length for detection in detections if detection.length
        ]
    recall = sum(recalls) / len(recalls) if recalls else 0.0
    precision = sum(precisions) / len(precisions) if precisions else 0.0
    granularity = sum(counts) / len(counts) if counts else 1.0
    f1 = 2 * recall * precision / (recall + precision) if recall + precision else 0.0
    return Score(f1 / math.log2(1 + granularity), recall, precision, granularity, len(recalls))
