"""What the comparison makes of labelled data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from dedup.comparison import Comparison, comparisons
from dedup.evaluate.plagdet import Case, plagdet
from dedup.evaluate.read import records
from dedup.evaluate.reuse import classified, measures
from dedup.evaluate.scores import accuracy, adjusted_rand_index, f1, macro_f1
from dedup.group import kernel
from dedup.model import Article
from dedup.settings import Settings
from dedup.sketch import sketch

TUNING = 3
"""So many of ten suspicious documents of PAN have pairs that numbers may be tuned on; the rest is held out.

The numbers of the alignment were tuned on three tenths that nobody wrote down: for them, no part is held out.
"""
NOTHING_RETOLD = 1e9
"""More than the words of any two articles weigh."""
BLOCK = 500
"""Pairs compared at a time, so that memory does not grow with the corpus."""


def compared(texts: Sequence[str], pairs: Sequence[tuple[int, int]], settings: Settings) -> list[Comparison]:
    """Compare pairs of texts, given by their numbers."""
    found: list[Comparison] = []
    for begin in range(0, len(pairs), BLOCK):
        block = pairs[begin : begin + BLOCK]
        rows = {row: n for n, row in enumerate(sorted({row for pair in block for row in pair}))}
        articles = [Article(str(row), texts[row]) for row in rows]
        local = np.array([[rows[a], rows[b]] for a, b in block], np.int64)
        found += comparisons(articles, sketch([a.text for a in articles], settings), local, settings)
    return found


def aligned(texts: Sequence[str], pairs: Sequence[tuple[int, int]], settings: Settings) -> list[Comparison]:
    """The same with the passages of the alignment alone, and no sentences of retellings, for `measures`."""
    most = NOTHING_RETOLD
    return compared(texts, pairs, replace(settings, retold_weight=most, moved_weight=most, brief_weight=most))


def pan(path: Path, settings: Settings, documents: Path | None) -> dict[str, Any]:
    """Passages of PAN text alignment by plagdet, over all, by category and by part; and false alarms."""
    assert documents is not None
    texts = {record["id"]: record["text"] for record in records(documents)}
    numbers = {name: n for n, name in enumerate(texts)}
    labelled = list(records(path))
    pairs = [(numbers[record["suspicious"]], numbers[record["source"]]) for record in labelled]
    scored: dict[str, list[tuple[list[Case], list[Case]]]] = defaultdict(list)
    alarms = 0
    for record, found in zip(labelled, compared(list(texts.values()), pairs, settings), strict=True):
        cases = [Case(*passage["suspicious"], *passage["source"]) for passage in record["passages"]]
        detections = [Case(p.a.start, p.a.end, p.b.start, p.b.end) for p in found.passages]
        alarms += not cases and bool(detections)
        for name in ("all", record["category"], part(record["suspicious"])):
            scored[name].append((cases, detections))
    figures: dict[str, Any] = {"pairs": len(pairs), "false_alarms": alarms}
    for name, entries in sorted(scored.items()):
        score = plagdet(entries)
        if score.cases:
            figures[name] = {
                "plagdet": score.plagdet,
                "recall": score.recall,
                "precision": score.precision,
                "granularity": score.granularity,
                "cases": score.cases,
            }
    return figures


def part(suspicious: str) -> str:
    """The part of the corpus that the pairs of a suspicious document are in: `tuning` or `held_out`."""
    return "tuning" if xxh3_64_intdigest(suspicious.encode()) % 10 < TUNING else "held_out"


def levels(path: Path, settings: Settings, _: Path | None) -> dict[str, Any]:
    """Rewriting levels, each text against the `orig` of its task, judged by what the other tasks teach."""
    labelled = list(records(path))
    texts = [record["text"] for record in labelled]
    originals = {r["task"]: n for n, r in enumerate(labelled) if r["level"] == "orig"}
    answers = [(n, r) for n, r in enumerate(labelled) if r["level"] != "orig"]
    against = [(n, originals[r["task"]]) for n, r in answers]
    found = compared(texts, against, settings)
    values = measures(aligned(texts, against, settings), sketch(texts, settings), against)
    truth = [r["level"] for _, r in answers]
    derived = [level != "non" for level in truth]
    tasks = np.array([r["task"] for _, r in answers])
    said = _held_out(values, derived, tasks)
    graded = _held_out(values, truth, tasks)
    return {
        "texts": len(answers),
        "derived_accuracy": accuracy(derived, said),
        "derived_accuracy_at_defaults": accuracy(derived, [joins(one) for one in found]),
        "levels_accuracy": accuracy(truth, graded),
    }


def _held_out(values: NDArray[np.float64], truth: Sequence[Hashable], parts: NDArray[Any]) -> list[Hashable]:
    """The class of each row by what the rows of all other parts teach."""
    said: list[Hashable] = [None] * len(truth)
    for part in np.unique(parts):
        rest = np.flatnonzero(parts != part)
        own = np.flatnonzero(parts == part)
        answers = classified(values[rest], [truth[n] for n in rest.tolist()], values[own])
        for n, answer in zip(own.tolist(), answers, strict=True):
            said[n] = answer
    return said


def joins(found: Comparison) -> bool:
    """Whether a pair is a match that joins a group."""
    return found.relation is not None and found.relation.joins


def pairs(path: Path, settings: Settings, _: Path | None) -> dict[str, Any]:
    """Labelled pairs: derived or not at the product's own bars, and by what the other half teaches.

    A label is `WD`, `PD` or `ND` (COUNTER), or true or false; a pair with only a `containment5` is a negative
    where that is under .02 and is not scored elsewhere.
    """
    texts: list[str] = []
    truth: list[bool] = []
    classes: list[str] = []
    for record in records(path):
        if "label" in record:
            sides = (
                [record["agency"], record["newspaper"]] if "agency" in record else [record["a"], record["b"]]
            )
            label = record["label"]
        elif record["containment5"] < 0.02:
            sides, label = [record["a"], record["b"]], "ND"
        else:
            continue
        texts += [side if isinstance(side, str) else side["text"] for side in sides]
        truth.append(label is True or label in ("WD", "PD"))
        classes.append(str(label))
    found = compared(texts, [(2 * n, 2 * n + 1) for n in range(len(truth))], settings)
    joined = [joins(one) for one in found]
    precision, recall, score = f1(truth, joined)
    groups = _grouped(texts, [joined, truth])
    figures: dict[str, Any] = {
        "pairs": len(truth),
        "negatives": truth.count(False),
        "joined_negatives": sum(j and not t for j, t in zip(joined, truth, strict=True)),
        "accuracy": accuracy(truth, joined),
        "precision": precision,
        "recall": recall,
        "f1": score,
        "adjusted_rand_index": adjusted_rand_index(groups[1], groups[0]),
    }
    if any(truth) and not all(truth):
        figures |= _two_fold(texts, truth, classes, settings)
    return figures


def _grouped(texts: Sequence[str], links: Sequence[Sequence[bool]]) -> list[list[int]]:
    """The group of each text, where link n joins texts 2n and 2n + 1, and equal texts are one."""
    first: dict[str, int] = {}
    same = np.array([first.setdefault(text, n) for n, text in enumerate(texts)], np.int64)
    found = []
    for link in links:
        parent = np.arange(len(texts), dtype=np.int64)
        joined = np.array(link, np.bool_)
        kernel.unite(parent, same[::2][joined], same[1::2][joined])
        found.append(kernel.roots(parent, same).tolist())
    return found


def _two_fold(
    texts: Sequence[str],
    truth: Sequence[bool],
    classes: Sequence[str],
    settings: Settings,
) -> dict[str, Any]:
    """Each half of the pairs is judged by what the other half teaches; the second text is the one judged."""
    pairs = [(2 * n + 1, 2 * n) for n in range(len(truth))]
    found = aligned(texts, [(2 * n, 2 * n + 1) for n in range(len(truth))], settings)
    turned = [replace(one, containment_a=one.containment_b) for one in found]
    values = measures(turned, sketch(texts, settings), pairs)
    halves = np.arange(len(truth)) % 2
    figures = {"accuracy_two_fold": accuracy(truth, _held_out(values, truth, halves))}
    if set(classes) == {"WD", "PD", "ND"}:
        figures["three_way_f1_two_fold"] = macro_f1(classes, _held_out(values, classes, halves))
    return figures
