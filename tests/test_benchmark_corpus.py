"""The planted corpus of the benchmark: deterministic, and its truth is true."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent / "benchmarks"))
import corpus
from measure import run, table


@pytest.fixture(autouse=True)
def only_fixtures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write from the texts of fixtures/ alone, as on a machine without the data."""
    monkeypatch.setattr(corpus, "SHARED", Path("/nonexistent"))


def shingles(text: str, k: int = 5) -> set[tuple[str, ...]]:
    words = text.split()
    return {tuple(words[i : i + k]) for i in range(len(words) - k + 1)}


def test_the_same_seed_writes_the_same_corpus(tmp_path: Path) -> None:
    made = []
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        corpus.write_corpus(tmp_path / f"{name}.jsonl", 300, seed)
        made.append((tmp_path / f"{name}.jsonl").read_bytes())
    assert made[0] == made[1] != made[2]


def test_the_truth_is_true(tmp_path: Path) -> None:
    """Planted pairs share text, as much as their kind says; articles of no family share next to none."""
    path = tmp_path / "corpus.jsonl"
    corpus.write_corpus(path, 600, seed=1, hot=True)
    records = [json.loads(line) for line in path.read_text().splitlines()]
    truth = json.loads(path.with_suffix(".truth.json").read_text())
    sets = [shingles(record["text"]) for record in records]
    assert len({record["id"] for record in records}) == len(records) >= 600
    assert all(truth["pairs"].values())
    assert len(truth["hot"]) == pytest.approx(60, abs=1)

    def containment(a: int, b: int) -> float:
        return len(sets[a] & sets[b]) / min(len(sets[a]), len(sets[b]))

    floors = {"exact": 0.5, "light": 0.35, "heavy": 0.04, "half": 0.2, "lifted": 0.03, "chain": 0.15}
    for kind, floor in floors.items():
        assert all(containment(a, b) > floor for a, b in truth["pairs"][kind]), kind

    family = {article for pairs in truth["pairs"].values() for pair in pairs for article in pair}
    alone = [i for i in range(len(records)) if i not in family and i not in truth["hot"]][:80]
    plain = [shingles(records[i]["text"].split("\n\n")[0]) for i in alone]
    shared = [len(a & b) for i, a in enumerate(plain) for b in plain[:i]]
    assert sum(shared) / len(shared) < 0.5


def test_what_was_read_is_not_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A language of which little was read has one follower for most words: whole texts came out of it."""
    monkeypatch.setattr(corpus, "ENOUGH", 0)
    writer = corpus.Writer(seed=5)
    read = {run for text in corpus.sentences() for run in shingles(" ".join(corpus.WORD.findall(text)), 12)}
    written = [run for words in writer.write(200, np.full(200, 400)) for run in shingles(" ".join(words), 12)]
    assert sum(run in read for run in written) < len(written) / 1000


def test_a_run_is_measured_from_outside(tmp_path: Path) -> None:
    """Memory that a process touched and what it printed are both seen."""
    out = tmp_path / "out"
    code = "block = b'x' * 200_000_000; print(len(block))"
    measured = run([sys.executable, "-c", code], stdout=out)
    assert out.read_text() == "200000000\n"
    assert 190 < measured.megabytes < 400
    assert measured.wall > 0
    with pytest.raises(SystemExit, match="exit status 3"):
        run([sys.executable, "-c", "import sys; sys.exit(3)"])


def test_memory_of_the_one_who_measures_is_not_counted() -> None:
    ballast = b"x" * 300_000_000
    assert run([sys.executable, "-c", "pass"]).megabytes < 100 < len(ballast) / 1e6


def test_tables_are_aligned() -> None:
    assert table([["", "s"], ["gaoya", "10.0"]]) == "          s\ngaoya  10.0"


def test_every_stage_of_an_add_is_timed(tmp_path: Path) -> None:
    """The clock is put on functions by their names: one that is gone, or does nothing, is noticed."""
    path = tmp_path / "corpus.jsonl"
    corpus.write_corpus(path, 300, seed=1)
    out = tmp_path / "out"
    run(
        [sys.executable, str(Path(corpus.__file__).with_name("stages.py")), str(path), str(tmp_path / "db")],
        stdout=out,
    )
    rows = [line.rsplit(maxsplit=2) for line in out.read_text().splitlines()]
    told = {row[0].strip(): float(row[2]) for row in rows if len(row) == 3 and row[2].isdecimal()}
    stages = {name: told[name] for name in import_module("stages").STAGES}
    assert all(stages.values()), stages
    assert sum(stages.values()) > told["all"] / 2
    assert told["all"] == pytest.approx(sum(stages.values()) + told["rest"], abs=len(stages))
