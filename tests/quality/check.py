"""Score the comparison and the candidates on the labelled data and refuse figures under their floors.

    python tests/quality/check.py [--data FOLDER] [--raise] [--lower]

`passages` are 40 pairs of invented news in seven languages, of which 30 share passages that were taken over
as they are, edited (`light`), told in other words (`heavy`) or summed up; nothing was fixed on them.

Floors stand in floors.json beside the digest of the corpus they were measured on. `--raise` lifts them to
what is measured now; `--lower` is needed to write one that is less.
"""

from __future__ import annotations

import argparse
import json
import sys
from math import ceil
from pathlib import Path

from candidates import candidates
from rewordings import MADE, rewordings

from dedup.evaluate import evaluate

HERE = Path(__file__).parent
DATA = HERE.parents[2] / "shared" / "data"
CORPORA = {
    "pan": ("pan", "pan13-train-pairs.jsonl.gz"),
    "passages": ("pan", HERE / "passages-pairs.jsonl"),
    "candidates": ("candidates", "pan13-train-pairs.jsonl.gz"),
    "clough-stevenson": ("levels", "clough-stevenson-abc.jsonl.gz"),
    "counter-urdu": ("pairs", "counter-urdu-odd.jsonl.gz"),
    "same-event": ("pairs", "same-event-en.jsonl.gz"),
    "rewordings": ("rewordings", HERE / "rewordings-tuning.jsonl"),
    "rewordings-held-out": ("rewordings", HERE / "rewordings-held-out.jsonl"),
    "rewordings-moved": ("rewordings", HERE / "rewordings-moved.jsonl"),
    "rewordings-languages": ("rewordings", HERE / "rewordings-languages.jsonl"),
    "rewordings-same-facts": ("rewordings", HERE / "rewordings-same-facts.jsonl"),
    "rewordings-brief": ("rewordings", HERE / "rewordings-brief.jsonl"),
    "rewordings-desks": ("rewordings", HERE / "rewordings-desks.jsonl"),
    "rewordings-inflected": ("rewordings", HERE / "rewordings-inflected.jsonl"),
    "forms": ("rewordings", HERE / "forms.jsonl"),
    "newsroom-inflected": ("rewordings", HERE / "newsroom-inflected.jsonl"),
    "newsroom": ("rewordings", HERE / "newsroom.jsonl"),
    "newsroom-reuse": ("rewordings", HERE / "newsroom-reuse.jsonl"),
    "newsroom-genres": ("rewordings", HERE / "newsroom-genres.jsonl"),
    "newsroom-briefs": ("rewordings", HERE / "newsroom-briefs.jsonl"),
    "newsroom-web": ("rewordings", HERE / "newsroom-web.jsonl"),
    "newsroom-sites": ("rewordings", HERE / "newsroom-sites.jsonl"),
    "newsroom-archive": ("rewordings", HERE / "newsroom-archive.jsonl"),
    "newsroom-captions": ("rewordings", HERE / "newsroom-captions.jsonl"),
    "newsroom-scripts": ("rewordings", HERE / "newsroom-scripts.jsonl"),
    "newsroom-farm": ("rewordings", HERE / "newsroom-farm.jsonl"),
    "newsroom-release": ("rewordings", HERE / "newsroom-release.jsonl"),
    "newsroom-extended": ("rewordings", HERE / "newsroom-extended.jsonl"),
    "newsroom-rivals": ("rewordings", HERE / "newsroom-rivals.jsonl"),
    "newsroom-woven": ("rewordings", HERE / "newsroom-woven.jsonl"),
    "newsroom-numbers": ("rewordings", HERE / "newsroom-numbers.jsonl"),
}
OWN = {"candidates": candidates, "rewordings": rewordings}
JOINED = ["joined.independent", "joined.form", "joined.topic", "joined.stranger", "joined.quoter"]
ALARMS = ["01-no-plagiarism.false_alarms", "all.false_alarms"]
LESS_IS_BETTER = {*ALARMS, "joined_negatives", "keys_per_1000_words", "others", *JOINED}
PINNED = {
    "pan": ["all.plagdet", "held_out.plagdet", *ALARMS],
    "passages": [*(f"{way}.plagdet" for way in ("verbatim", "light", "heavy")), *ALARMS],
    "candidates": [
        "keys_per_1000_words",
        "others",
        "recall.03-random-obfuscation",
        "recall.04-translation-obfuscation",
        "recall.05-summary-obfuscation",
    ],
    "clough-stevenson": ["derived_accuracy", "levels_accuracy"],
    "counter-urdu": ["accuracy_two_fold", "three_way_f1_two_fold"],
    "same-event": ["joined_negatives"],
    **dict.fromkeys(
        [name for name in CORPORA if CORPORA[name][0] == "rewordings"],
        [f"recall.{kind}" for kind in MADE] + JOINED,
    ),
}


def flat(figures: dict) -> dict[str, float]:
    """Figures by dotted name, but for those that are not defined."""
    out = {}
    for name, value in figures.items():
        if isinstance(value, dict):
            out |= {f"{name}.{inner}": number for inner, number in value.items()}
        elif value is not None and not isinstance(value, str):
            out[name] = value
    return out


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--raise", action="store_true", dest="lift", help="write floors that rose")
    parser.add_argument("--lower", action="store_true", help="write floors that fell, too")
    chosen = parser.parse_args()
    path = HERE / "floors.json"
    floors = json.loads(path.read_text()) if path.exists() else {}
    failed = False
    for corpus, (kind, name) in CORPORA.items():
        labelled = chosen.data / name
        if not labelled.exists():
            print(f"\n{corpus}\n  skipped: there is no {labelled}")
            continue
        figures = OWN[kind](labelled) if kind in OWN else evaluate(kind, labelled)
        measured = flat(figures)
        pinned = floors.setdefault(corpus, {"digest": figures["digest"], "floors": {}})
        print(f"\n{corpus}")
        if pinned["digest"] != figures["digest"]:
            print("  the corpus is not the one that the floors were measured on")
            failed = True
            continue
        for figure, value in measured.items():
            floor = pinned["floors"].get(figure)
            pin = figure in PINNED[corpus]
            under = floor is not None and (
                value > floor if figure in LESS_IS_BETTER else value < floor - 1e-9
            )
            shown = "" if floor is None else f"{floor:9.4f}"
            print(f"  {figure:44} {value:9.4f} {shown} {'UNDER' if under else ''}")
            if pin and (floor is None or (chosen.lift and not under) or chosen.lower):
                rounded = (ceil if figure in LESS_IS_BETTER else int)(value * 1000) / 1000
                pinned["floors"][figure] = rounded
            else:
                failed |= under
    if chosen.lift or chosen.lower or not path.exists():
        path.write_text(json.dumps(floors, indent=2) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
