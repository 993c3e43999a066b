"""Runs on Spark for the tests, and what one machine finds in the same articles."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from pathlib import Path

from stories import corpus, sentence, story

import dedup
from dedup.model import Match
from dedup.read import read


def one_machine(inputs: Sequence[str]) -> tuple[dict, dict, list]:
    """The matches by pair, the groups by id, and the errors of `dedup run`."""
    with dedup.open(":memory:") as index:
        report = index.add(read(inputs))
        return (*found_in(index), report.errors)


def found_in(index: dedup.Index) -> tuple[dict[tuple[str, str], Match], dict]:
    """All matches and groups of an index."""
    groups = {group.id: group for group in index.groups()}
    matches = index._store.matches.among(index._store.articles.numbers())
    return {(match.a, match.b): match for match in matches}, groups


def on_spark(output: Path) -> tuple[dict[tuple[str, str], Match], dict[str, Mapping]]:
    """The matches by pair and the groups by id that a run on Spark left, of all days, as Parquet has them."""
    import pyarrow.parquet as pq

    from dedup.spark.load import match_of

    class Row:
        def __init__(self, values):
            for name, value in values.items():
                nested = name == "passages"
                setattr(self, name, [Row(each) for each in value] if nested else value)

    days = sorted((output / "groups").iterdir())
    rows = [row for day in (output / "matches").iterdir() for row in pq.read_table(day).to_pylist()]
    undone = [row for day in (output / "undone").iterdir() for row in pq.read_table(day).to_pylist()]
    now = {(row["a"], row["b"]): row for row in sorted(undone, key=itemgetter("turn"))}
    rows = [now.pop((row["a"], row["b"]), row) for row in rows]
    assert not now
    rows = [row for row in rows if row["relation"] is not None]
    matches = [match_of(Row(row)) for row in rows]
    assert len({(match.a, match.b) for match in matches}) == len(matches)
    last = max(days, key=lambda day: day.name)
    groups = pq.read_table(last).to_pylist()
    return {(match.a, match.b): match for match in matches}, {row["id"]: row for row in groups}


def same_groups(rows: Mapping[str, Mapping], groups: Mapping) -> bool:
    """Whether the rows are the groups, with their measures."""
    return {
        name: (tuple(row["articles"]), row["earliest"], row["relation"], row["weakest"])
        for name, row in rows.items()
    } == {
        name: (group.articles, group.earliest, group.relation.value, group.weakest)
        for name, group in groups.items()
    }


def write(path: Path, records: Iterable[Mapping | str]) -> Path:
    """Records, or lines as they are, as a file of JSON lines."""
    lines = (json.dumps(record) if isinstance(record, Mapping) else record for record in records)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def news(seed: int, stories: int = 10) -> list[dict]:
    """Records of stories and what newspapers did to them."""
    return [{"id": a.id, "text": a.text, "source": a.source} for a in corpus(seed, stories)]


def papers(seed: int, each: int = 20) -> list[dict]:
    """Records of three papers, by time: each has a note of its own in its articles, and copies others."""
    rng = random.Random(seed)
    notes = {f"paper {n}": " ".join(sentence(rng) for _ in range(2)) for n in range(3)}
    found: list[dict] = []
    lines: list[str] = []
    for n in range(each):
        for name, note in notes.items():
            lines = lines if lines and n % 6 == 5 else story(rng)
            published = f"2025-03-{1 + n // 2:02d}T0{rng.randrange(9)}:00:00Z"
            record = {"id": f"{name} {n}", "source": name, "published": published}
            found.append(record | {"text": "\n\n".join([*lines[:6], note, *lines[6:]])})
    return found


def run(spark, inputs: Sequence[object], output: Path, tell=lambda _: None, **options):
    """A run on Spark; its outcome."""
    from dedup.spark.job import Job
    from dedup.spark.options import Options

    return Job(spark, Options([str(one) for one in inputs], str(output), **options), tell).run()


def assert_same(output: Path, inputs: Sequence[object], errors: Sequence | None = None) -> None:
    """Spark left what one machine finds."""
    matches, groups, told = one_machine([str(one) for one in inputs])
    assert matches
    found, rows = on_spark(output)
    assert found == matches
    assert same_groups(rows, groups)
    if errors is not None:
        assert sorted(errors, key=str) == sorted(told, key=str)


def assert_same_by_days(
    spark, index: dedup.Index, days: Sequence[Sequence[Mapping]], output: Path, **options
) -> list[Path]:
    """After each day's records Spark leaves what an index finds; the files of the days, beside `output`."""
    paths = []
    for n, records in enumerate(days):
        paths.append(write(output.parent / f"{n}.jsonl", records))
        run(spark, [paths[-1]], output, day=str(n), **options)
        index.add(read([str(paths[-1])]))
        found, rows = on_spark(output)
        matches, groups = found_in(index)
        assert found == matches
        assert same_groups(rows, groups)
    return paths
