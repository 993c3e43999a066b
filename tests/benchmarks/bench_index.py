"""What the index costs, by itself: synthetic articles of 78 keys, a fifth of them common ones.

    python tests/benchmarks/bench_index.py [articles] [batch]

Prints, as the index grows, microseconds an article for each step, bytes an article and memory; then look-ups,
and small additions to the full index.
"""

import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from dedup.funnel.matching import common_of
from dedup.index import Store
from dedup.index.spread import issues_of
from dedup.model import Article

# seconds of the processor tell more than seconds of the wall where others share the machine
CLOCK = time.process_time if os.environ.get("BENCH_CPU") else time.perf_counter
KEYS = 78
COMMON_KEYS = 200_000


def mixed(values):
    """splitmix64's finaliser: keys that are spread evenly."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def batch_of(rng, count, start):
    """Articles without texts, and their keys."""
    rare = rng.integers(0, 2**64, (count, KEYS - KEYS // 5), np.uint64)
    ranks = rng.integers(0, COMMON_KEYS // KEYS, (count, KEYS // 5)).astype(np.uint64)
    # distinct inside an article, as keys are
    ranks = ranks * np.uint64(KEYS) + np.arange(KEYS // 5, dtype=np.uint64)
    keys = np.hstack((mixed(ranks), rare)).ravel()
    articles = [
        Article(
            id=f"https://example.org/news/{start + i:08d}",
            text="",
            source=f"Outlet {i % 500}",
            title=f"A headline of about fifty characters, number {start + i}",
        )
        for i in range(count)
    ]
    return articles, np.arange(count + 1) * KEYS, keys


def memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def add(store, articles, offsets, keys, times):
    count = len(articles)
    begin = CLOCK()
    with store.writing():
        store.articles.known(article.id for article in articles)
        numbers = store.put_articles(
            articles, [os.urandom(16) for _ in articles], [500] * count, same=[0] * count
        )
        put = CLOCK()
        store.postings.post(numbers, offsets, keys)
        posted = CLOCK()
        found = ask(store, articles, numbers, offsets, keys)
        asked = CLOCK()
    done = CLOCK()
    for name, value in (
        ("rows", put - begin),
        ("post", posted - put),
        ("ask", asked - posted),
        ("commit", done - asked),
    ):
        times[name] = times.get(name, 0) + value
    return len(found)


def ask(store, articles, numbers, offsets, keys):
    """The candidates of articles, as every command asks for them (funnel.find_matches)."""
    settings = store.settings
    return store.postings.candidates(
        numbers,
        offsets,
        keys,
        before=bool(numbers[0] >= 0),
        min_score=settings.candidate_score,
        common=common_of(settings),
        issues=issues_of(articles),
    )


def main():
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
    rng = np.random.default_rng(1)
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        path = Path(folder) / "bench.db"
        with Store.open(path, texts=False) as store:
            articles, offsets, keys = batch_of(rng, 10, 0)
            with Store.open(":memory:", texts=False) as warm:
                add(warm, articles, offsets, keys, {})
            print(
                "articles  us/article: rows   post    ask commit    all  bytes/article  runs  candidates  MB"
            )
            marks = [
                n for n in (50_000, 100_000, 200_000, 400_000, 600_000, 800_000, 1_000_000) if n <= total
            ]
            times, since, pairs = {}, 0, 0
            for start in range(0, total, size):
                pairs += add(store, *batch_of(rng, size, start), times)
                since += size
                if marks and start + size >= marks[0]:
                    marks.pop(0)
                    each = {name: value / since * 1e6 for name, value in times.items()}
                    info = store.info()
                    print(
                        f"{start + size:9,}           "
                        + " ".join(f"{each[name]:6.1f}" for name in ("rows", "post", "ask", "commit"))
                        + f" {sum(each.values()):6.1f} {info['bytes'] / (start + size):12.0f}"
                        + f" {len(store.postings._runs.all()):8} {pairs / since:10.1f} {memory():8.0f}",
                        flush=True,
                    )
                    times, since, pairs = {}, 0, 0
            print({run.run: run.postings for run in store.postings._runs.all()})
            look_ups(store, rng)
            for count in (1, 10, 100, 1000):
                spent = []
                for _ in range(5):
                    made = batch_of(rng, count, 10**7 + rng.integers(10**6) * 1000)
                    begin = CLOCK()
                    add(store, *made, {})
                    spent.append(CLOCK() - begin)
                print(
                    f"add {count}: median {statistics.median(spent) * 1e3:.1f}, max {max(spent) * 1e3:.1f} ms"
                )
            begin = CLOCK()
            problems = store.check()
            print(f"check: {problems} in {CLOCK() - begin:.1f} s; memory {memory():.0f} MB")
            begin = CLOCK()
            store.compact()
            info = store.info()
            print(
                f"compact: {CLOCK() - begin:.1f} s, {info['bytes'] / info['articles']:.0f} bytes an article"
            )
            look_ups(store, rng)
        begin = CLOCK()
        with Store.open(path) as store:
            opened = CLOCK()
            look_ups(store, rng, 1)
        print(f"open: {(opened - begin) * 1e3:.1f} ms")


def look_ups(store, rng, count=200):
    spent = []
    for _ in range(count):
        articles, offsets, keys = batch_of(rng, 1, 0)
        begin = CLOCK()
        ask(store, articles, np.array([-1]), offsets, keys)
        spent.append(CLOCK() - begin)
    print(
        f"look-up of an article: median {statistics.median(spent) * 1e3:.2f}, worst {max(spent) * 1e3:.2f} ms"
    )


if __name__ == "__main__":
    main()
