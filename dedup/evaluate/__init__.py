"""Scores of the comparison against labelled data: `evaluate(kind, path)` -> a dict of figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from dedup.errors import InputError
from dedup.evaluate.measured import levels, pairs, pan
from dedup.evaluate.read import digest
from dedup.settings import DEFAULTS, Settings

__all__ = ["KINDS", "digest", "evaluate"]

KINDS: dict[str, Callable[[Path, Settings, Path | None], dict[str, Any]]] = {
    "pan": pan,
    "levels": levels,
    "pairs": pairs,
}
"""What can be scored: passages of pairs of documents, rewriting levels, pairs with a label."""


def evaluate(
    kind: str, path: str | Path, *, documents: str | Path | None = None, settings: Settings | None = None
) -> dict[str, Any]:
    """Score the comparison on a labelled file of one of KINDS; figures by name, with the corpus' digest.

    `pan` wants a file of pairs and one of `documents` (by default the same name with documents for pairs).
    Raises InputError for a file that cannot be read or holds other records.
    """
    if kind not in KINDS:
        raise InputError(f"{kind}: not one of {', '.join(KINDS)}")
    path = Path(path)
    other = Path(documents) if documents else None
    if kind == "pan" and other is None:
        other = path.with_name(path.name.replace("pairs", "documents"))
    try:
        figures = KINDS[kind](path, settings or DEFAULTS, other)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: not records of the kind {kind}: {error!r}") from None
    return {
        "kind": kind,
        "digest": digest(*filter(None, (path, other if kind == "pan" else None))),
        **figures,
    }
