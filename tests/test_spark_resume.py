"""A run on Spark that died goes on; days add up; nothing that is there is lost unasked. See test_spark.py."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sparked import assert_same, found_in, news, on_spark, run, same_groups, write
from stories import story

import dedup
from dedup.errors import InputError, OutputDamaged, OutputExists, SettingsError

pytest.importorskip("pyspark")
import pyarrow.parquet as pq

from dedup.sketch import tables
from dedup.spark import begin
from dedup.spark.job import Job
from dedup.spark.options import STAGES

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("ignore")]


def test_a_run_that_died_in_each_stage_does_the_rest(spark, tmp_path, monkeypatch):
    path, output = write(tmp_path / "wire.jsonl", news(4)), tmp_path / "out"
    real = Job._write
    doomed = ""

    def dying(job, stage, made, **counts):
        if stage != doomed:
            return real(job, stage, made, **counts)
        made().write.mode("overwrite").parquet(job._place(stage))
        (output / stage / "day=all" / "_SUCCESS").unlink()  # all but the mark that it is whole
        raise KeyboardInterrupt

    for done, doomed in enumerate(STAGES):  # noqa: B007
        with monkeypatch.context() as patched:
            patched.setattr(Job, "_write", dying)
            with pytest.raises(KeyboardInterrupt):
                run(spark, [path], output)
        there = {stage for stage in STAGES if (output / stage / "day=all" / "_SUCCESS").exists()}
        assert there == set(STAGES[:done])
    told = []
    run(spark, [path], output, tell=told.append)
    assert [stage.partition(":")[0] for stage in told] == [STAGES[-1]]
    assert_same(output, [path])


def test_a_killed_command_is_run_again_and_leaves_an_index(tmp_path):
    """A real SIGKILL of all of Spark, and the same command once more."""
    path, output, index = (
        write(tmp_path / "wire.jsonl", [*news(6), "{"]),
        tmp_path / "out",
        tmp_path / "news.db",
    )
    command = [
        *(sys.executable, "-m", "dedup", "spark", str(path), str(output), "--master", "local[2]"),
        *("--index", str(index), "--format", "json"),
    ]
    process = subprocess.Popen(
        command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + 500
        while not (output / "sketches" / "day=all" / "_SUCCESS").exists():
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    records = (output / "records" / "day=all" / "_SUCCESS").stat().st_mtime_ns
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 3, done.stderr
    assert "wire.jsonl:" in done.stderr
    assert (output / "records" / "day=all" / "_SUCCESS").stat().st_mtime_ns == records
    assert_same(output, [path])
    told = json.loads(done.stdout)
    with dedup.open(index) as opened, dedup.open(":memory:") as expected:
        expected.add(dedup.read.read([str(path)]))
        assert found_in(opened) == found_in(expected)
        assert opened.verify() == []
        assert told["added"] == opened.info()["articles"] == expected.info()["articles"]
        # and it goes on as an index does
        copy = {"id": "another", "text": next(iter(expected.groups())).id and news(6)[0]["text"]}
        assert opened.check(copy) == expected.check(copy)


def test_days_add_up_to_what_one_machine_finds_day_by_day(spark, tmp_path):
    records = news(9, 18)
    third = len(records) // 3
    days = [records[:third], [*records[third : 2 * third], records[0]], records[2 * third :]]
    output = tmp_path / "out"
    with dedup.open(":memory:") as index:
        for n, day in enumerate(days):
            path = write(tmp_path / f"day-{n}.jsonl", day)
            outcome = run(spark, [path], output, day=f"2025-03-0{n + 1}", bucket=13, cell=8)
            report = index.add(dedup.read.read([str(path)]))
            assert (outcome.added, outcome.unchanged) == (report.added, report.unchanged)
            matches, groups = found_in(index)
            found, rows = on_spark(output)
            assert found == matches
            assert same_groups(rows, groups)
    before = on_spark(output)
    with pytest.raises(OutputExists, match="day 2025-03-02 is not the last"):
        run(spark, [path], output, day="2025-03-02", overwrite=True)
    with pytest.raises(OutputExists, match="day 2025-03-03 is there already; --overwrite"):
        run(spark, [path], output, day="2025-03-03")
    with pytest.raises(OutputExists, match="days go in order"):
        run(spark, [path], output, day="2025-02-01")
    run(spark, [path], output, day="2025-03-03", overwrite=True)
    assert on_spark(output) == before


def test_a_window_of_days_leaves_the_older_ones_out(spark, tmp_path):
    """With no day before to look at, each day is compared with itself alone."""
    records = news(9, 18)
    days = [records[: len(records) // 2], records[len(records) // 2 :]]
    for n, day in enumerate(days):
        path = write(tmp_path / f"{n}.jsonl", day)
        run(spark, [path], tmp_path / "out", day=str(n), window=0)
        run(spark, [path], tmp_path / f"alone-{n}")
    found, groups = on_spark(tmp_path / "out")
    alone = [on_spark(tmp_path / f"alone-{n}") for n in (0, 1)]
    assert found == alone[0][0] | alone[1][0]
    assert set(groups) == set(alone[1][1])


def test_parts_of_a_group_that_are_named_by_different_tasks_have_different_ids(spark, tmp_path):
    """The first article leaves the window of days, and its halves have nothing else in common."""
    text = story(random.Random(5), 40)
    first, second = (" ".join(half) for half in (text[:20], text[20:]))
    days = [{"A": " ".join(text)}, {"B": first, "C": second}, {"B2": first, "C2": second}]
    expected = [{}, {"A": {"A", "B", "C"}}, {"A": {"B", "B2"}, "C": {"C", "C2"}}]
    for n, day in enumerate(days):
        path = write(tmp_path / f"{n}.jsonl", [{"id": name, "text": text} for name, text in day.items()])
        run(spark, [path], tmp_path / "out", day=str(n), window=1, links=-1)
        last = max((tmp_path / "out" / "groups").iterdir())
        found = [(row["id"], set(row["articles"])) for row in pq.read_table(last).to_pylist()]
        assert sorted(found) == sorted(expected[n].items())


def test_what_is_there_is_not_lost_unasked(spark, tmp_path):
    path, other = write(tmp_path / "a.jsonl", news(1, 3)), write(tmp_path / "b.jsonl", news(2, 3))
    output = tmp_path / "out"
    run(spark, [path], output)
    with pytest.raises(OutputExists, match="--overwrite"):
        run(spark, [path], output)
    with pytest.raises(OutputExists, match="is there already; --overwrite"):
        run(spark, [other], output)
    run(spark, [other], output, overwrite=True)
    assert_same(output, [other])
    foreign = tmp_path / "mine"
    foreign.mkdir()
    (foreign / "thesis.txt").write_text("years of work")
    for overwrite in (False, True):
        with pytest.raises(OutputExists, match="not an output of dedup spark"):
            run(spark, [path], foreign, overwrite=overwrite)
    assert (foreign / "thesis.txt").read_text() == "years of work"


def test_an_output_that_cannot_be_written_is_not_told_as_the_inputs(spark, tmp_path):
    path, file = write(tmp_path / "a.jsonl", news(1, 2)), write(tmp_path / "file", [])
    with pytest.raises(dedup.DedupError) as told:
        run(spark, [path], file / "out")
    assert "a.jsonl" not in str(told.value)
    assert str(file) in str(told.value)


@pytest.mark.parametrize(
    "content",
    [
        f'{{"schema": {begin.SCHEMA}, "set',
        "[1, 2]",
        f'{{"schema": {begin.SCHEMA}, "days": [{{}}]}}',
        b"\xff",
    ],
    ids=["cut", "a list", "another state", "bytes"],
)
def test_a_damaged_state_is_told_as_the_outputs_with_what_mends_it(spark, tmp_path, content):
    """By a run and by an estimate; the data sets are lost only where all is to be made anew."""
    from dedup.spark.estimate import plan

    path, output = write(tmp_path / "a.jsonl", news(1, 3)), tmp_path / "out"
    (output / "matches").mkdir(parents=True)
    (output / "matches" / "kept").write_text("matches")
    (output / "run.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    told = r"out/run\.json: damaged; .* --overwrite"
    for again in ({}, {"overwrite": True, "day": "2025-03-01"}):
        with pytest.raises(OutputDamaged, match=told):
            run(spark, [path], output, **again)
    with pytest.raises(OutputDamaged, match=told):
        plan(str(output), 1e9)
    (output / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputDamaged, match=told):
        run(spark, [path], output, overwrite=True)
    assert (output / "matches" / "kept").read_text() == "matches"
    (output / "thesis.txt").unlink()
    if content == "[1, 2]":
        run(spark, [path], output, overwrite=True)
        assert_same(output, [path])


def test_a_state_whose_checksum_is_wrong_is_damaged(spark, tmp_path):
    path, output = write(tmp_path / "a.jsonl", news(1, 3)), tmp_path / "out"
    run(spark, [path], output)
    (output / "run.json").write_text(f'{{"schema": {begin.SCHEMA}}}')
    with pytest.raises(OutputDamaged, match=r"out/run\.json: damaged"):
        run(spark, [path], output)


def test_a_damaged_data_set_of_a_run_that_died_is_told_as_the_outputs(spark, tmp_path, monkeypatch):
    path, output = write(tmp_path / "a.jsonl", news(1, 3)), tmp_path / "out"
    with monkeypatch.context() as patched:
        patched.setattr(Job, "_matches", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run(spark, [path], output)
    for part in (output / "candidates" / "day=all").glob("*.parquet"):
        part.write_bytes(b"PAR1" + bytes(part.stat().st_size - 8) + b"PAR1")
    with pytest.raises(OutputDamaged, match=r"out/candidates: damaged; .* --overwrite"):
        run(spark, [path], output)


@pytest.mark.parametrize(
    ("lines", "told"), [([], "empty"), (["{", "[]"], "not JSON"), (None, "no such file or folder")]
)
def test_an_input_without_an_article_is_one_line(spark, tmp_path, lines, told):
    path = tmp_path / "in.jsonl"
    if lines is not None:
        write(path, lines)
    with pytest.raises(InputError, match=told):
        run(spark, [path], tmp_path / "out")
    # and it can be run again when there is something
    write(path, news(1, 3))
    run(spark, [path], tmp_path / "out")
    assert_same(tmp_path / "out", [path])


def test_a_damaged_parquet_file_is_one_line_that_names_it(spark, tmp_path):
    path = tmp_path / "news.parquet"
    path.write_bytes(b"PAR1 and nothing else PAR1")
    with pytest.raises(dedup.DedupError, match=r"news\.parquet"):
        run(spark, [path], tmp_path / "out")


def test_fields_that_no_article_has_are_refused(spark, tmp_path):
    with pytest.raises(SettingsError):
        run(spark, [write(tmp_path / "a.jsonl", news(1, 2))], tmp_path / "out", fields={"headlines": "x"})


def test_a_table_is_read_by_time_and_id(spark, tmp_path):
    rows = [{**record, "published": f"2025-01-{n % 27 + 1:02d}"} for n, record in enumerate(news(3, 6))]
    spark.createDataFrame(rows).createOrReplaceTempView("wire")
    run(spark, ["table:wire"], tmp_path / "out")
    ordered = sorted(rows, key=lambda row: (row["published"], row["id"]))
    assert_same(tmp_path / "out", [write(tmp_path / "wire.jsonl", ordered)])
    spark.createDataFrame(rows[1:]).createOrReplaceTempView("wire")
    run(spark, ["table:wire"], tmp_path / "out", overwrite=True)
    assert_same(tmp_path / "out", [write(tmp_path / "wire.jsonl", [r for r in ordered if r != rows[0]])])


def test_an_estimate_is_made_of_the_last_run(spark, tmp_path):
    from dedup.spark.estimate import plan

    run(spark, [write(tmp_path / "a.jsonl", news(1, 6))], tmp_path / "out")
    told = plan(str(tmp_path / "out"), 1e9)
    assert "1,000,000,000 articles" in told
    assert all(stage in told for stage in STAGES)
    with pytest.raises(InputError, match="no run here"):
        plan(str(Path(tmp_path) / "nothing"), 1e9)


def test_core_seconds_are_those_of_tasks_and_not_of_the_clock(spark):
    """Two tasks side by side are twice the time; a driver that waits is none."""
    from dedup.spark.metrics import measured

    with measured(spark) as busy:
        spark.sparkContext.parallelize(range(2), 2).foreach(lambda _: time.sleep(2))
    assert 4.0 <= busy["core_seconds"] < 20.0
    with measured(spark) as idle:
        time.sleep(2)
    assert idle["core_seconds"] == 0.0
    with measured(spark) as shuffling:
        spark.range(1000).repartition(3).count()
    assert shuffling["shuffled"] > 0


def test_the_schema_of_an_output_changes_with_the_tables_that_keys_are_made_of():
    assert (begin.SCHEMA, tables().version) == (9, 4)
