"""What an article costs as the index grows, and what the full index costs whoever comes next.

    python tests/benchmarks/growth.py corpus index

The corpus is added in tenths, all but its last articles; these are then added to the full index, and others
checked against it, as one goes on.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import time
from itertools import islice
from pathlib import Path

import orjson
from measure import load_kernels, median, megabytes, run, table

import dedup
from dedup.model import Article
from dedup.read import read

DEDUP = [sys.executable, "-m", "dedup"]
TENTHS, ADDED, CHECKED = 10, 1_000, 200


def of_corpus(corpus: Path, first: int, count: int) -> list[Article]:
    """So many articles of a corpus from the first of them on."""
    return [each for each in islice(read([str(corpus)]), first, first + count) if isinstance(each, Article)]


def main() -> None:
    parser = argparse.ArgumentParser(description="What an article costs as the index grows.")
    parser.add_argument("corpus", type=Path)
    parser.add_argument("index", type=Path)
    given = parser.parse_args()
    with given.corpus.open("rb") as lines:
        total = sum(1 for _ in lines) - ADDED
    grow(given.corpus, given.index, total)
    go_on(given.corpus, given.index, total)


def grow(corpus: Path, index: Path, total: int) -> None:
    """Add all but the last articles, and print what each tenth of them costs."""
    load_kernels()
    rows = [["articles", "wall s", "CPU s", "us an article", "of the first", "peak MB", "bytes an article"]]
    records = islice(read([str(corpus)]), total)
    first = 0.0
    with dedup.open(index) as opened:
        for _ in range(1, TENTHS + 1):
            wall, spent = time.perf_counter(), time.process_time()
            report = opened.add(islice(records, -(-total // TENTHS)))
            wall, spent = time.perf_counter() - wall, time.process_time() - spent
            each = wall / max(report.articles, 1) * 1e6
            first = first or each
            count = opened.count_articles()
            peak = megabytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
            size = sum(at.stat().st_size for at in index.parent.glob(f"{index.name}*"))
            rows.append(
                [
                    f"{count:,}",
                    f"{wall:.2f}",
                    f"{spent:.2f}",
                    f"{each:.0f}",
                    f"{each / first:.2f}",
                    f"{peak:.0f}",
                    f"{size / count:.0f}",
                ]
            )
    print(f"{corpus.stem}, added a tenth at a time; kernels loaded before")
    print(table(rows), end="\n\n")


def go_on(corpus: Path, index: Path, total: int) -> None:
    """Check articles that the index has not, warm and cold, and add them."""
    fresh = of_corpus(corpus, total, ADDED)
    with dedup.open(index) as opened:
        opened.check(fresh[-1])
        took = []
        for article in fresh[:CHECKED]:
            begin = time.perf_counter()
            opened.check(article)
            took.append((time.perf_counter() - begin) * 1e3)
    one, more = (index.with_name(f"{index.name}.{name}.jsonl") for name in ("one", "more"))
    with corpus.open("rb") as lines:
        more.write_bytes(b"".join(islice(lines, total, None)))
    one.write_bytes(orjson.dumps({"id": "another", "source": "elsewhere", "text": fresh[0].text}))
    cold = median(5, lambda: run([*DEDUP, "check", str(one), "--index", str(index)], accept=(0, 1)))
    added = run([*DEDUP, "add", str(more), "--index", str(index), "--quiet"])
    for path in (one, more):
        path.unlink()
    print(f"an index of {total:,} articles")
    print(
        table(
            [
                ["", "ms", "MB"],
                [f"check, warm, median of {CHECKED}", f"{statistics.median(took):.1f}", ""],
                ["check, warm, the slowest", f"{max(took):.1f}", ""],
                ["check, cold process, median of 5", f"{cold.wall * 1e3:.0f}", f"{cold.megabytes:.0f}"],
                [f"add {ADDED:,}, whole process", f"{added.wall * 1e3:.0f}", f"{added.megabytes:.0f}"],
            ]
        ),
        end="\n\n",
    )


if __name__ == "__main__":
    main()
