"""Passages and pairs against labelled data, one table a corpus.

    make quality

Reads ../shared/data, and says so where it is absent. plagdet is that of Potthast et al. (2010), on a fixed
tenth of the PAN 2013 training pairs, by kind of obfuscation.
"""

from __future__ import annotations

import gzip
import sys
import time
from pathlib import Path

import numpy as np
import orjson

from dedup.compare import comparisons
from dedup.evaluate.plagdet import Case, plagdet
from dedup.model import Article
from dedup.settings import Settings
from dedup.sketch import sketch

DATA = Path(__file__).parents[2] / "shared" / "data"
TENTH = 10


def lines(name: str) -> list[dict]:
    with gzip.open(DATA / name) as stored:
        return [orjson.loads(line) for line in stored]


def passages() -> None:
    """plagdet by kind on every tenth pair."""
    pairs = lines("pan13-train-pairs.jsonl.gz")[::TENTH]
    wanted = {pair[side] for pair in pairs for side in ("suspicious", "source")}
    articles = [
        Article(d["id"], d["text"]) for d in lines("pan13-train-documents.jsonl.gz") if d["id"] in wanted
    ]
    number = {article.id: i for i, article in enumerate(articles)}
    rows = np.array([(number[pair["suspicious"]], number[pair["source"]]) for pair in pairs])
    settings = Settings()
    sketches = sketch([article.text for article in articles], settings)
    begin = time.perf_counter()
    compared = comparisons(articles, sketches, rows, settings)
    each = 1000 * (time.perf_counter() - begin) / len(pairs)
    cases = [[Case(*p["suspicious"], *p["source"]) for p in pair["passages"]] for pair in pairs]
    kinds = [*sorted({pair["category"] for pair in pairs}), "all"]
    print(f"PAN 2013 training, every {TENTH}th pair: {len(pairs)} pairs, {each:.2f} ms each")
    for title, only_matches in (("all passages", False), ("passages of matches", True)):
        detections = [
            [Case(p.a.start, p.a.end, p.b.start, p.b.end) for p in comparison.passages]
            if comparison.relation or not only_matches
            else []
            for comparison in compared
        ]
        print(f"{title:28} plagdet  recall  precision  granularity")
        for kind in kinds:
            chosen = [i for i, pair in enumerate(pairs) if kind in (pair["category"], "all")]
            score = plagdet([(cases[i], detections[i]) for i in chosen])
            figures = (score.plagdet, score.recall, score.precision, score.granularity)
            print("  {:26} {:7.3f} {:7.3f} {:10.3f} {:12.3f}".format(kind, *figures))


def main() -> None:
    if not DATA.exists():
        sys.exit(f"skipped: the labelled data is not at {DATA}")
    passages()


if __name__ == "__main__":
    main()
