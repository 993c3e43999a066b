"""Speed, memory and, where the truth is known, quality, beside the peers on the same articles.

    make bench                             the Reuters stories, and 10,000 planted articles
    make bench ARGS="--articles 200000 --only planted"
    make bench ARGS="--stages"             where the seconds go, beside the limits of the machine
    make bench ARGS="--pairs"              what the comparison of one pair costs
    make bench ARGS="--read"               how fast each format is read, beside the library that reads it
    make bench ARGS="--hot"                20% of the articles copies of one story or under one footer
    make bench ARGS="--growth --articles 1000000"   what an article costs as the index grows
    make bench ARGS="--outlets 1000"       as many outlets, each with a footer of its own, instead of 50

Every figure is the median of several whole processes: wall and CPU seconds, and the peak memory of the
largest process of the tree. A ratio is the peer's wall time over that of dedup with a persistent index.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import orjson
from corpus import KINDS, OUTLETS, SHARED, write_corpus
from growth import ADDED
from measure import Run, median, run, table

HERE = Path(__file__).parent
BUILD = HERE.parents[1] / "build" / "bench"
DEDUP = [sys.executable, "-m", "dedup"]
PEERS = ("gaoya", "rensa", "datasketch")


def reuters() -> Path | None:
    """The 19,043 stories with a body, as JSON lines; None where the data is absent."""
    source, out = SHARED / "reuters21578.jsonl.gz", BUILD / "reuters.jsonl"
    if not source.exists():
        print(f"The Reuters stories are skipped: {source} is absent.\n")
        return None
    with gzip.open(source) as lines, out.open("wb") as kept:
        for line in lines:
            record = orjson.loads(line)
            text = record["text"]
            if record["title"] and "blah blah" not in text.lower() and not text.startswith("***"):
                del record["date"]  # not in a form that dedup reads as a time
                kept.write(orjson.dumps(record) + b"\n")
    return out


def planted(articles: int, *, hot: bool = False, outlets: int = OUTLETS) -> Path:
    """The corpus of so many articles, written unless it is there."""
    kind = f"{'-hot' if hot else ''}{f'-{outlets}' if outlets != OUTLETS else ''}"
    out = BUILD / f"planted-{articles}{kind}.jsonl"
    if not out.with_suffix(".truth.json").exists():
        write_corpus(out, articles, seed=1, hot=hot, outlets=outlets)
    return out


def remove(index: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        index.with_name(index.name + ending).unlink(missing_ok=True)


def run_fresh(articles: Path, index: Path, *more: str) -> Run:
    """`dedup run` with a persistent index, from nothing."""
    remove(index)
    return run([*DEDUP, "run", str(articles), "--index", str(index), "--quiet", *more])


def found_pairs(index: Path, articles: Path) -> set[tuple[int, int]]:
    """The matches that join, as pairs of line numbers, from what `dedup groups` prints."""
    out = BUILD / "groups.json"
    run([*DEDUP, "groups", "--index", str(index), "--format", "json"], stdout=out)
    lines = {orjson.loads(line)["id"]: i for i, line in enumerate(articles.open("rb"))}
    matches = [match for group in json.loads(out.read_bytes())["groups"] for match in group["matches"]]
    ends = ((lines[match["a"]], lines[match["b"]]) for match in matches)
    return {(min(a, b), max(a, b)) for a, b in ends}


def quality(pairs: set[tuple[int, int]], articles: Path) -> list[str]:
    """Recall of each kind and precision, of pairs, against the truth beside the corpus."""
    truth = json.loads(articles.with_suffix(".truth.json").read_text())["pairs"]
    of_kind = {kind: {(min(a, b), max(a, b)) for a, b in truth[kind]} for kind in KINDS}
    true = set().union(*of_kind.values())
    recalls = [f"{len(wanted & pairs) / max(len(wanted), 1):.2f}" for wanted in of_kind.values()]
    return [*recalls, f"{len(pairs & true) / max(len(pairs), 1):.3f}"]


def cells(name: str, measured: Run, base: Run | None, rest: Sequence[str] = ()) -> list[str]:
    ratio = f"{measured.wall / base.wall:.1f}" if base else ""
    return [name, f"{measured.wall:.2f}", f"{measured.cpu:.2f}", f"{measured.megabytes:.0f}", ratio, *rest]


def whole_job(articles: Path, peers: str | None, runs: int) -> None:
    """dedup in memory and with an index, and each peer, over one corpus."""
    index = BUILD / f"{articles.stem}.db"
    known = articles.with_suffix(".truth.json").exists()
    none = ["-"] * (len(KINDS) + 1) if known else []
    stored = median(runs, lambda: run_fresh(articles, index))
    memory = median(runs, lambda: run([*DEDUP, "run", str(articles), "--quiet"]))
    bare = BUILD / f"{articles.stem}-no-text.db"
    textless = median(runs, lambda: run_fresh(articles, bare, "--no-text"))
    pairs = found_pairs(index, articles)
    rows = [["", "wall s", "CPU s", "MB", "ratio", *([*KINDS, "precision"] if known else ["pairs"])]]
    rows.append(
        cells(
            "dedup, index on disk", stored, stored, quality(pairs, articles) if known else [f"{len(pairs):,}"]
        )
    )
    rows.append(cells("dedup, index without texts", textless, stored, none if known else ["-"]))
    rows.append(cells("dedup, in memory", memory, stored, none if known else ["-"]))
    for peer in PEERS if peers else ():
        out = BUILD / "pairs.npy"
        command = [str(peers), str(HERE / "peers.py"), peer, str(articles), str(out)]
        measured = median(runs, partial(run, command))
        found = {(int(a), int(b)) for a, b in np.load(out)}
        rows.append(cells(peer, measured, stored, quality(found, articles) if known else [f"{len(found):,}"]))
    count = sum(1 for _ in articles.open("rb"))
    size, less = (sum(path.stat().st_size for path in BUILD.glob(f"{at.name}*")) for at in (index, bare))
    print(f"{articles.stem}: {count:,} articles, {articles.stat().st_size / 1e6:.1f} MB of JSON lines")
    print(table(rows))
    print(f"the index, texts included: {size / 1e6:.1f} MB, {size / count:.0f} bytes an article")
    print(f"the index without texts: {less / 1e6:.1f} MB, {less / count:.0f} bytes an article\n")


def hot_job(articles: int, runs: int) -> None:
    """A tenth of the corpus copies of one story, a tenth under one footer: its groups, and its price."""
    plain, hot = planted(articles), planted(articles, hot=True)
    index = BUILD / f"{hot.stem}.db"
    without = median(runs, lambda: run_fresh(plain, index))
    having = median(runs, lambda: run_fresh(hot, index))
    pairs = found_pairs(index, hot)
    truth = json.loads(hot.with_suffix(".truth.json").read_text())
    story = set(truth["hot"])
    true = {(min(a, b), max(a, b)) for own in truth["pairs"].values() for a, b in own}
    linked = {line for pair in pairs if set(pair) <= story for line in pair}
    wrong = sum(pair not in true and not set(pair) <= story for pair in pairs)
    sizes = [len(group["articles"]) for group in json.loads((BUILD / "groups.json").read_bytes())["groups"]]
    print(f"{hot.stem}: {len(story):,} copies of one story, as many articles under one more footer")
    print(
        table(
            [
                ["", "wall s", "CPU s", "MB", "ratio"],
                cells("without", without, None),
                cells("with", having, without),
            ]
        )
    )
    print(
        f"time with over time without: {having.wall / without.wall:.2f} (CPU {having.cpu / without.cpu:.2f})"
    )
    print(f"the largest groups: {sizes[:3]}; copies of the story that are linked: {len(linked):,}")
    print(f"links that are neither planted nor of the story: {wrong:,} of {len(pairs):,}\n")


def outlets_job(articles: int, outlets: int, runs: int) -> None:
    """What it costs if the articles are of more outlets: the first ones of each share its footer."""
    rows = [["outlets", "wall s", "CPU s", "MB", "ratio", *KINDS, "precision"]]
    base = None
    for count in (OUTLETS, outlets):
        corpus = planted(articles, outlets=count)
        index = BUILD / f"{corpus.stem}.db"
        measured = median(runs, partial(run_fresh, corpus, index))
        rows.append(cells(f"{count:,}", measured, base, quality(found_pairs(index, corpus), corpus)))
        base = base or measured
    print(f"{articles:,} planted articles, each outlet with a footer of its own under two in five")
    print(table(rows), end="\n\n")


def small_jobs(articles: Path, runs: int) -> None:
    """What a person waits for: help, and one article against the index, both from a cold start."""
    index = BUILD / f"{articles.stem}.db"
    one = BUILD / "one.json"
    with articles.open("rb") as lines:
        record = orjson.loads(next(lines))
    one.write_bytes(orjson.dumps({**record, "id": "another", "source": "elsewhere"}))
    help_ = median(runs, lambda: run([*DEDUP, "--help"]))
    check = median(runs, lambda: run([*DEDUP, "check", str(one), "--index", str(index)], accept=(0, 1)))
    print(f"one article, cold processes, index of {articles.stem}")
    rows = [cells("dedup --help", help_, None), cells("dedup check", check, None)]
    print(table([["", "wall s", "CPU s", "MB", ""], *rows]), end="\n\n")


def sketching(articles: Path, runs: int) -> None:
    """Megabytes of text a second on one core, the compiled kernels loaded; with what bounds it."""
    import xxhash

    from dedup.settings import Settings
    from dedup.sketch import sketch
    from dedup.threads import one_thread

    texts = [orjson.loads(line)["text"] for line in articles.open("rb")]
    size = sum(len(text.encode()) for text in texts) / 1e6
    encoded = [text.encode() for text in texts]
    sketch(texts[:100], Settings())

    def fastest(work: Callable[[], object]) -> float:
        times = []
        for _ in range(runs):
            begin = time.thread_time()
            work()
            times.append(time.thread_time() - begin)
        return size / min(times)

    hashed = fastest(lambda: [xxhash.xxh3_64_intdigest(text) for text in encoded])
    with one_thread():
        sketched = fastest(lambda: sketch(texts, Settings()))
    print(f"sketch of {articles.stem}, one core: {sketched:.0f} MB/s")
    print(f"xxh3 over the same texts, for scale: {hashed:.0f} MB/s\n")


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed, memory and quality beside the peers.")
    parser.add_argument("--articles", type=int, default=10_000, help="size of the planted corpus")
    parser.add_argument("--runs", type=int, default=5, help="runs of which the median is printed")
    parser.add_argument("--peers", help="the Python that has the peers installed; without, dedup alone")
    parser.add_argument("--stages", action="store_true", help="where the seconds go, and nothing else")
    parser.add_argument("--pairs", action="store_true", help="what one comparison costs, and nothing else")
    parser.add_argument("--read", action="store_true", help="the speed of reading, and nothing else")
    parser.add_argument("--index", action="store_true", help="what the index costs alone, and nothing else")
    parser.add_argument("--growth", action="store_true", help="the index as it grows, and nothing else")
    parser.add_argument("--hot", action="store_true", help="the corpus with a hot story, and nothing else")
    parser.add_argument("--outlets", type=int, help="so many outlets beside the usual 50, and nothing else")
    parser.add_argument("--only", choices=["reuters", "planted"])
    given = parser.parse_args()
    if given.pairs:
        subprocess.run([sys.executable, HERE / "pairs.py"], check=True)
        return
    if given.index:
        subprocess.run([sys.executable, HERE / "bench_index.py", str(given.articles)], check=True)
        return
    BUILD.mkdir(parents=True, exist_ok=True)
    print(
        f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, median of {given.runs} whole processes\n"
    )
    if given.read:
        folder = BUILD / "reading"
        subprocess.run([sys.executable, HERE / "reading.py", planted(given.articles), folder], check=True)
        return
    if given.growth:
        index = BUILD / "growth.db"
        remove(index)
        corpus = planted(given.articles + ADDED)
        subprocess.run([sys.executable, HERE / "growth.py", corpus, index], check=True)
        return
    if given.hot:
        hot_job(given.articles, given.runs)
        return
    if given.outlets:
        outlets_job(given.articles, given.outlets, given.runs)
        return
    corpora = [reuters()] if given.only != "planted" else []
    if given.only != "reuters":
        corpora.append(planted(given.articles))
    present = [articles for articles in corpora if articles]
    if given.stages:
        for corpus in present:
            index = BUILD / f"{corpus.stem}.db"
            subprocess.run([sys.executable, HERE / "stages.py", corpus, index], check=True)
        return
    for articles in present:
        whole_job(articles, given.peers, given.runs)
    for articles in present[:1]:
        small_jobs(articles, given.runs)
        sketching(articles, given.runs)


if __name__ == "__main__":
    main()
