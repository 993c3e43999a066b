"""What the comparison makes of labelled data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dedup.comparison import Comparison, comparisons
from dedup.evaluate.plagdet import Case, plagdet
from dedup.evaluate.read import records
from dedup.evaluate.scores import accuracy, best_bar, f1, macro_f1
from dedup.model import Article
from dedup.settings import Settings
from dedup.sketch import sketch

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


def pan(path: Path, settings: Settings, documents: Path | None) -> dict[str, Any]:
    """Passages of PAN text alignment by plagdet, over all and by category; and false alarms."""
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
        for name in ("all", record["category"]):
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


def coverage(found: Sequence[Comparison], texts: Sequence[str], settings: Settings) -> list[float]:
    """How much of each of `texts` the passages of its pair match, as a share of its words."""
    words = np.diff(sketch(texts, settings).tokens)
    shared = [sum(passage.words for passage in one.passages) for one in found]
    return [n / max(int(all_words), 1) for n, all_words in zip(shared, words, strict=True)]


def levels(path: Path, settings: Settings, _: Path | None) -> dict[str, Any]:
    """Rewriting levels, each text against the `orig` of its task; bars from all other tasks."""
    labelled = list(records(path))
    originals = {r["task"]: n for n, r in enumerate(labelled) if r["level"] == "orig"}
    answers = [(n, r) for n, r in enumerate(labelled) if r["level"] != "orig"]
    pairs = [(n, originals[r["task"]]) for n, r in answers]
    found = compared([r["text"] for r in labelled], pairs, settings)
    values = coverage(found, [r["text"] for _, r in answers], settings)
    containments = [one.containment_a for one in found]
    derived = [r["level"] != "non" for _, r in answers]
    joined = [one.relation is not None and one.relation.joins for one in found]
    said = []
    graded = []
    for n, (__, record) in enumerate(answers):
        rest = [m for m, (__, other) in enumerate(answers) if other["task"] != record["task"]]
        said.append(values[n] >= best_bar([values[m] for m in rest], [derived[m] for m in rest]))
        close = [m for m in rest if derived[m]]
        cut = best_bar([containments[m] for m in close], [answers[m][1]["level"] == "cut" for m in close])
        light = best_bar([containments[m] for m in close], [answers[m][1]["level"] != "heavy" for m in close])
        grade = "cut" if containments[n] >= cut else "light" if containments[n] >= light else "heavy"
        graded.append(grade if said[-1] else "non")
    return {
        "texts": len(answers),
        "derived_accuracy": accuracy(derived, said),
        "derived_accuracy_at_defaults": accuracy(derived, joined),
        "levels_accuracy": accuracy([r["level"] for _, r in answers], graded),
    }


def pairs(path: Path, settings: Settings, _: Path | None) -> dict[str, Any]:
    """Labelled pairs: derived or not at the product's own bars, and at the best bar of the other half.

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
    joined = [one.relation is not None and one.relation.joins for one in found]
    precision, recall, score = f1(truth, joined)
    figures: dict[str, Any] = {
        "pairs": len(truth),
        "negatives": truth.count(False),
        "joined_negatives": sum(j and not t for j, t in zip(joined, truth, strict=True)),
        "accuracy": accuracy(truth, joined),
        "precision": precision,
        "recall": recall,
        "f1": score,
    }
    if any(truth):
        figures |= _at_best_bar(coverage(found, texts[1::2], settings), truth, classes)
    return figures


def _at_best_bar(values: Sequence[float], truth: Sequence[bool], classes: Sequence[str]) -> dict[str, Any]:
    """Two-fold: each half is judged by coverage at the bars that serve the other half best."""
    said, graded = [], []
    for n in range(len(values)):
        rest = range(1 - n % 2, len(values), 2)
        said.append(values[n] >= best_bar([values[m] for m in rest], [truth[m] for m in rest]))
        near = [m for m in rest if truth[m]]
        bar = best_bar([values[m] for m in near], [classes[m] == "WD" for m in near])
        graded.append(("WD" if values[n] >= bar else "PD") if said[-1] else "ND")
    figures = {"accuracy_two_fold": accuracy(truth, said)}
    if set(classes) == {"WD", "PD", "ND"}:
        figures["three_way_f1_two_fold"] = macro_f1(classes, graded)
    return figures
