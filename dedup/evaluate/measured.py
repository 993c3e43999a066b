"""What the comparison makes of labelled data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from dedup.arrays import union_kernel
from dedup.arrays.ordered import each_once
from dedup.comparison import Comparison, comparisons
from dedup.errors import InputError
from dedup.evaluate.plagdet import Case, plagdet
from dedup.evaluate.read import taken, text_of
from dedup.evaluate.reuse import classified, measures
from dedup.evaluate.scores import accuracy, adjusted_rand_index, f1, macro_f1
from dedup.model import Article
from dedup.settings import Settings
from dedup.sketch import sketch

TUNING = 3
"""So many of ten suspicious documents of PAN have pairs that numbers may be tuned on; the rest is held out.

The numbers of the alignment were tuned on three tenths that nobody wrote down: for them, no part is held out.
"""
YES, NO = ("true", "1", "yes", "duplicate", "derived", "WD", "PD"), ("false", "0", "no", "none", "ND")
"""The labels of a pair, in any case; WD, PD and ND (wholly, partially and not derived) are COUNTER's."""
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
        sketches = sketch([a.text for a in articles], settings, keys=False)
        found += comparisons(articles, sketches, local, settings)
    return found


def aligned(texts: Sequence[str], pairs: Sequence[tuple[int, int]], settings: Settings) -> list[Comparison]:
    """The same with the passages of the alignment alone, and no sentences of retellings, for `measures`."""
    most = NOTHING_RETOLD
    return compared(texts, pairs, replace(settings, retold_weight=most, moved_weight=most, brief_weight=most))


def pan(path: Path, settings: Settings, documents: Path | None) -> dict[str, Any]:
    """Passages of PAN text alignment by plagdet, over all, by category and by part.

    And the false alarms: in how many of the pairs without a passage one is found.
    """
    assert documents is not None
    texts = dict(taken(documents, lambda record: (record["id"], text_of(record, "text"))))
    numbers = {name: n for n, name in enumerate(texts)}

    def labelled(record: dict[str, Any]) -> tuple[tuple[int, int], list[Case], tuple[str, ...]]:
        names = record["suspicious"], record["source"]
        for name in names:
            if name not in numbers:
                raise ValueError(f"no document has the id {name!r}")
        cases = [_case(passage) for passage in record["passages"]]
        return (numbers[names[0]], numbers[names[1]]), cases, ("all", record["category"], part(names[0]))

    rows = list(taken(path, labelled))
    pairs = [pair for pair, _, _ in rows]
    scored: dict[str, list[tuple[list[Case], list[Case]]]] = defaultdict(list)
    for (_, cases, names), found in zip(rows, compared(list(texts.values()), pairs, settings), strict=True):
        detections = [Case(p.a.start, p.a.end, p.b.start, p.b.end) for p in found.passages]
        for name in names:
            scored[name].append((cases, detections))
    figures: dict[str, Any] = {"pairs": len(pairs)}
    for name, entries in sorted(scored.items()):
        score = plagdet(entries)
        figures[name] = asdict(score) if score.cases else {}
        alarms = [bool(detections) for cases, detections in entries if not cases]
        if alarms:
            figures[name] |= {"without_reuse": len(alarms), "false_alarms": sum(alarms)}
    return figures


def _case(passage: dict[str, Any]) -> Case:
    """A passage of a pair of PAN, as it is labelled."""
    spans = passage["suspicious"], passage["source"]
    if not all(isinstance(span, list) and [type(n) for n in span] == [int, int] for span in spans):
        raise ValueError('passages are not of the form {"suspicious": [start, end], "source": [start, end]}')
    (a_start, a_end), (b_start, b_end) = spans
    if not (0 <= a_start < a_end and 0 <= b_start < b_end):
        raise ValueError("a passage is empty, or ends before it begins")
    return Case(a_start, a_end, b_start, b_end)


def part(suspicious: str) -> str:
    """The part of the corpus that the pairs of a suspicious document are in: `tuning` or `held_out`."""
    return "tuning" if xxh3_64_intdigest(suspicious.encode()) % 10 < TUNING else "held_out"


def levels(path: Path, settings: Settings, _: Path | None) -> dict[str, Any]:
    """Rewriting levels, each text against the `orig` of its task, judged by what the other tasks teach."""
    labelled = list(taken(path, lambda r: (r["task"], r["level"], text_of(r, "text"))))
    texts = [text for _, _, text in labelled]
    originals = {task: n for n, (task, level, _) in enumerate(labelled) if level == "orig"}
    answers = [(n, task, level) for n, (task, level, _) in enumerate(labelled) if level != "orig"]
    for task in [own for _, own, _ in answers]:
        if task not in originals:
            raise InputError(f"{path}: no text of task {task!r} has the level orig")
    if len({task for _, task, _ in answers}) < 2:
        raise InputError(f"{path}: each task is judged by the others, so there must be two with answers")
    against = [(n, originals[task]) for n, task, _ in answers]
    found = compared(texts, against, settings)
    values = measures(aligned(texts, against, settings), sketch(texts, settings, keys=False), against)
    truth = [level for _, _, level in answers]
    derived = [level != "non" for level in truth]
    tasks = np.array([task for _, task, _ in answers])
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
    for part in each_once(parts):
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

    A label is one of YES or NO; a pair with only a `containment5` is a negative where that is under .02 and
    is not scored elsewhere.
    """
    texts: list[str] = []
    truth: list[bool] = []
    classes: list[str] = []
    for sides, label in filter(None, taken(path, _labelled_pair)):
        texts += sides
        truth.append(label in YES)
        classes.append(label)
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


def _labelled_pair(record: dict[str, Any]) -> tuple[list[str], str] | None:
    """The two texts of a pair, and its label as YES or NO have it; None for a pair that is not scored."""
    label = _label(record)
    if label is None:
        return None
    names = ("agency", "newspaper") if "agency" in record else ("a", "b")
    return [text_of(record, name) for name in names], label


def _label(record: dict[str, Any]) -> str | None:
    if "label" not in record and "containment5" in record:
        return "ND" if record["containment5"] < 0.02 else None
    label = record["label"]
    for known in (*YES, *NO):
        if isinstance(label, bool | int | str) and str(label).casefold() == known.casefold():
            return known
    raise ValueError(f"the label {label!r} is none of {', '.join(YES)}; {', '.join(NO)}")


def _grouped(texts: Sequence[str], links: Sequence[Sequence[bool]]) -> list[list[int]]:
    """The group of each text, where link n joins texts 2n and 2n + 1, and equal texts are one."""
    first: dict[str, int] = {}
    same = np.array([first.setdefault(text, n) for n, text in enumerate(texts)], np.int64)
    found = []
    for link in links:
        parent = np.arange(len(texts), dtype=np.int64)
        joined = np.array(link, np.bool_)
        union_kernel.unite(parent, same[::2][joined], same[1::2][joined])
        found.append(union_kernel.roots(parent, same).tolist())
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
    values = measures(found, sketch(texts, settings, keys=False), pairs)
    halves = np.arange(len(truth)) % 2
    figures = {"accuracy_two_fold": accuracy(truth, _held_out(values, truth, halves))}
    if set(classes) == {"WD", "PD", "ND"}:
        figures["three_way_f1_two_fold"] = macro_f1(classes, _held_out(values, classes, halves))
    return figures
