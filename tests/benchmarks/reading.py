"""Megabytes a second that become articles, each format beside the library that reads it, in the same run.

    python tests/benchmarks/reading.py ARTICLES.jsonl FOLDER

Of records: seconds of the processor, the best of several; one core reads them. Of pages: 2,000 in a folder,
by one process and by two. MB/s counts the same JSON lines, whatever a format makes of them, so that rows can
be compared; `own` counts the bytes of the file. Texts have the apostrophes of print, and so are not ASCII.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable
from html import escape
from multiprocessing import Pool
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
from measure import Run, run, table
from pyarrow import feather, parquet

from dedup.model import Article
from dedup.read import read
from dedup.read.language import language_of

PAGES = 2000
RUNS = 7
FURNITURE = "".join(f'<li><a href="/{i}">Section {i} of the paper</a></li>' for i in range(40))


def records(articles: Path) -> list[dict[str, str]]:
    """The articles with the fields of news."""
    made = []
    for line in articles.open("rb"):
        record = orjson.loads(line)
        text = record["text"].replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")
        made.append(
            {
                "id": record["id"],
                "title": text[:70].strip(),
                "source": record["source"],
                "url": f"https://{record['source']}.example/2024/{record['id']}",
                "published": record["published"],
                "author": "Ottilie Brandvold",
                "text": text,
            }
        )
    return made


def page(record: dict[str, str]) -> str:
    """A record as a page of a news site."""
    body = "".join(f"<p>{escape(part)}</p>\n" for part in record["text"].split("\n\n"))
    return (
        f'<html lang="en"><head><meta charset="utf-8"><title>{escape(record["title"])}</title>'
        f'<link rel="canonical" href="{record["url"]}">'
        f'<meta property="article:published_time" content="{record["published"]}"></head><body>'
        f"<nav><ul>{FURNITURE}</ul></nav><article><h1>{escape(record['title'])}</h1>{body}</article>"
        f"<aside><ul>{FURNITURE}</ul></aside><footer>All rights reserved.</footer></body></html>"
    )


def write(made: list[dict[str, str]], folder: Path) -> None:
    """Every file that is measured."""
    lines = b"".join(orjson.dumps(record) + b"\n" for record in made)
    (folder / "news.jsonl").write_bytes(lines)
    (folder / "news.jsonl.gz").write_bytes(gzip.compress(lines, 6))
    (folder / "news.json").write_bytes(orjson.dumps(made))
    with (folder / "news.csv").open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, made[0])
        writer.writeheader()
        writer.writerows(made)
    rows = pa.Table.from_pylist(made)
    parquet.write_table(rows, folder / "news.parquet")
    parquet.write_table(rows, folder / "news-zstd.parquet", compression="zstd")
    feather.write_feather(rows, folder / "news.arrow", compression="uncompressed")
    (folder / "news.db").unlink(missing_ok=True)
    with sqlite3.connect(folder / "news.db") as database:
        database.execute(f"create table articles ({', '.join(made[0])})")
        marks = ", ".join("?" * len(made[0]))
        database.executemany(f"insert into articles values ({marks})", (tuple(r.values()) for r in made))
    database.close()
    items = "".join(
        f"<item><guid>{r['id']}</guid><title>{escape(r['title'])}</title><link>{r['url']}</link>"
        f"<description>{escape(r['text'])}</description></item>\n"
        for r in made
    )
    (folder / "news.rss").write_text(f"<rss version='2.0'><channel>{items}</channel></rss>", encoding="utf-8")
    (folder / "pages").mkdir(exist_ok=True)
    for record in made[:PAGES]:
        (folder / "pages" / f"{record['id']}.html").write_text(page(record), encoding="utf-8")


def used(results: Iterable[Any]) -> int:
    """All of them taken, and let go."""
    return sum(1 for _ in results)


def articles_in(path: Path | str, count: int) -> None:
    read_ = sum(type(found) is Article for found in read([str(path)]))
    assert read_ == count, f"{path}: {read_} articles of {count}"


def best(work: Callable[[], object], clock: Callable[[], float] = time.process_time) -> float:
    """Seconds of the quickest of several runs."""
    took = []
    for _ in range(RUNS):
        begin = clock()
        work()
        took.append(clock() - begin)
    return min(took)


def bare(folder: Path) -> dict[str, tuple[str, Callable[[], object]]]:
    """What the library of each format needs for the same file, into Python's own objects."""

    def rows_of(name: str) -> Callable[[], object]:
        def work() -> None:
            for batch in parquet.ParquetFile(folder / name).iter_batches(1024, use_threads=False):
                used(zip(*(column.to_pylist() for column in batch.columns), strict=True))

        return work

    def arrow() -> None:
        for batch in feather.read_table(folder / "news.arrow", use_threads=False).to_batches(1024):
            used(zip(*(column.to_pylist() for column in batch.columns), strict=True))

    def database() -> None:
        connection = sqlite3.connect(folder / "news.db")
        used(connection.execute("select * from articles"))
        connection.close()

    def xml() -> None:
        from lxml import etree

        used(etree.parse(folder / "news.rss").iter("description"))

    def comma() -> None:
        with (folder / "news.csv").open(newline="", encoding="utf-8") as lines:
            used(csv.reader(lines))

    def packed() -> None:
        with gzip.open(folder / "news.jsonl.gz") as lines:
            used(map(orjson.loads, lines))

    lines = (folder / "news.jsonl").read_bytes().splitlines()
    return {
        "news.jsonl": ("orjson", lambda: used(map(orjson.loads, lines))),
        "news.jsonl.gz": ("gzip, orjson", packed),
        "news.json": ("orjson", lambda: orjson.loads((folder / "news.json").read_bytes())),
        "news.parquet": ("pyarrow", rows_of("news.parquet")),
        "news-zstd.parquet": ("pyarrow", rows_of("news-zstd.parquet")),
        "news.arrow": ("pyarrow", arrow),
        "news.csv": ("csv", comma),
        "news.db": ("sqlite3", database),
        "news.rss": ("lxml", xml),
    }


def formats(folder: Path, count: int) -> None:
    size = (folder / "news.jsonl").stat().st_size / 1e6
    rows = [["", "MB/s", "own MB/s", "us a record", "beside", "MB/s"]]
    for name, (library, work) in bare(folder).items():
        path = f"sqlite:{folder / name}?table=articles" if name.endswith(".db") else folder / name
        limit, took = best(work), best(lambda path=path: articles_in(path, count))  # type: ignore[misc]
        own = (folder / name).stat().st_size / 1e6
        each = f"{took / count * 1e6:.1f}"
        rows.append([name, f"{size / took:.0f}", f"{own / took:.0f}", each, library, f"{size / limit:.0f}"])
    print(table(rows), end="\n\n")


def languages(made: list[dict[str, str]]) -> None:
    """What an add does besides, for articles that do not state their language."""
    took = best(lambda: used(language_of(record["text"]) for record in made))
    print(f"telling the language, which is no part of the above: {took / len(made) * 1e6:.1f} us a record\n")


def extracted(path: Path) -> int:
    """The characters that trafilatura finds in a page."""
    import trafilatura

    found = trafilatura.bare_extraction(path.read_text(encoding="utf-8"), with_metadata=True)
    return len(found.text)


def work_on_pages(how: str, processes: int, folder: Path) -> None:
    """Read a folder of pages, in this way and by so many processes; a process of its own does it."""
    if how == "dedup":
        assert used(read([str(folder)], processes=processes)) == PAGES
    elif processes == 1:
        used(map(extracted, sorted(folder.glob("*.html"))))
    else:
        with Pool(processes) as pool:
            pool.map(extracted, sorted(folder.glob("*.html")), 16)


def pages(folder: Path) -> None:
    """A folder of pages, by one process and by two, and what two make of it that share no work."""
    size = sum(path.stat().st_size for path in folder.glob("*.html")) / 1e6
    ways = [(how, processes) for processes in (1, 2) for how in ("trafilatura", "dedup")]
    command = [sys.executable, __file__, str(folder), str(folder)]
    done: dict[tuple[str, int], list[Run]] = {way: [] for way in ways}
    for _ in range(3):  # in turns, for others may use the machine
        for how, processes in ways:
            done[how, processes].append(run([*command, "--pages", how, "--processes", str(processes)]))
    rows = [["", "wall s", "CPU s", "cores", "pages/s", "MB/s"]]
    for (how, processes), runs in done.items():
        best_ = min(runs, key=lambda one: one.wall)
        figures = (best_.wall, best_.cpu, best_.cpu / best_.wall, PAGES / best_.wall, size / best_.wall)
        name = f"{how}, {processes} process{'es' * (processes > 1)}"
        rows.append([name, *(f"{f:.0f}" if f > 100 else f"{f:.2f}" for f in figures)])
    print(f"{PAGES:,} pages, {size:.1f} MB of HTML, whole processes, the quickest of three in turns")
    print(table(rows), end="\n\n")


def main() -> None:
    parser = argparse.ArgumentParser(description="The speed of reading, format by format.")
    parser.add_argument("articles", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", choices=["trafilatura", "dedup"], help="only read the pages of the folder")
    parser.add_argument("--processes", type=int, default=1)
    given = parser.parse_args()
    if given.pages:
        work_on_pages(given.pages, given.processes, given.folder)
        return
    given.folder.mkdir(parents=True, exist_ok=True)
    made = records(given.articles)
    assert len(made) >= PAGES, f"it takes {PAGES} articles"
    write(made, given.folder)
    formats(given.folder, len(made))
    languages(made)
    pages(given.folder / "pages")


if __name__ == "__main__":
    main()
