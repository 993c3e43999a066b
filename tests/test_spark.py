"""On Spark, the matches and groups of one machine. Run by `make test-spark`; needs pyspark and Java."""

import json
import random
import re
from datetime import datetime
from pathlib import Path

import pytest
from sparked import assert_same, news, on_spark, one_machine, run, write
from stories import daily, told_together, wired

import dedup
from dedup.model import Relation
from dedup.read import read

pytest.importorskip("pyspark")


pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("ignore")]
ROOT = Path(__file__).parents[1]
ARTICLES = str(ROOT / "fixtures" / "articles")
REUTERS = ROOT.parent / "shared" / "data" / "reuters21578.jsonl.gz"
SMALL = 20_000


@pytest.mark.parametrize(
    "cut",
    [
        {},
        {"bucket": 3, "cell": 2, "parts": 7},
        {"bucket": 1000, "cell": 1000, "parts": 1, "links": 0},
    ],
    ids=["as it comes", "small pieces", "components by stars"],
)
def test_the_fixtures_give_the_matches_and_groups_of_one_machine(spark, tmp_path, cut):
    outcome = run(spark, [ARTICLES], tmp_path / "out", **cut)
    assert (outcome.added, outcome.errors) == (35, ())
    assert_same(tmp_path / "out", [ARTICLES])


def test_blocks_bad_lines_repeated_ids_and_nameless_records_are_as_on_one_machine(spark, tmp_path):
    """A file that is read in many blocks; so lines and ids depend on what is in the blocks before."""
    records = news(3, 40)
    records[7] = {"text": records[7]["text"]}
    for at in (11, 60, 90):
        records[at] = {"text": records[at]["text"], "source": "nameless"}
    records[20:20] = ["{broken", "", "[1, 2]", json.dumps({"id": "empty"})]
    records.insert(50, dict(records[2]))
    records.insert(70, {**records[3], "text": "Other words under the same id."})
    records.append("{")
    path = write(tmp_path / "wire.jsonl", records)
    spark.conf.set("spark.sql.files.maxPartitionBytes", str(path.stat().st_size // 9))
    spark.conf.set("spark.sql.files.openCostInBytes", "0")
    try:
        outcome = run(spark, [path], tmp_path / "out", bucket=17, cell=9)
    finally:
        spark.conf.unset("spark.sql.files.maxPartitionBytes")
        spark.conf.unset("spark.sql.files.openCostInBytes")
    assert outcome.unchanged == 1
    assert len(outcome.errors) == 5
    assert_same(tmp_path / "out", [path], outcome.errors)
    with dedup.open(":memory:") as index:
        index.add(read([str(path)]))
        expected = [a.id for a in index._store.articles.get(index._store.articles.numbers())]
    rows = (
        spark.read.parquet(str(tmp_path / "out" / "sketches")).sort("number").select("number", "id").collect()
    )
    assert [row.id for row in rows] == expected
    assert [row.number for row in rows] == list(range(1, len(expected) + 1))


def test_the_same_ids_of_two_sources_are_of_two_articles_day_by_day(spark, tmp_path):
    records = [
        {"id": str(n % 12), "source": ("Courier", "Gazette", None)[n // 12 % 3], "text": one["text"]}
        for n, one in enumerate(news(6, 10))
    ]
    records.insert(40, dict(records[15]))  # the same again
    half = len(records) // 2
    paths = [write(tmp_path / "one.jsonl", records[:half]), write(tmp_path / "two.jsonl", records[half:])]
    for day, path in enumerate(paths):
        run(spark, [path], tmp_path / "out", day=f"{day}", bucket=11)
    assert_same(tmp_path / "out", paths)
    rows = spark.read.parquet(str(tmp_path / "out" / "sketches")).select("id").collect()
    assert {row.id for row in rows} == {str(n) for n in range(12)} | {f"Gazette/{n}" for n in range(12)}


def test_of_versions_in_one_run_the_newest_stays_as_on_one_machine(spark, tmp_path):
    texts = [one["text"] for one in news(9, 6)]
    days = [None, 1, 2, 2, 3, 1, None, 3]
    records = []
    for n in range(24):
        rng = random.Random(n)
        for day in rng.sample(days, 4):
            record = {"id": f"v{n}", "text": rng.choice(texts)} | ({"source": "Wire"} if n % 3 else {})
            records.append(record if day is None else record | {"published": f"2026-03-0{day}T08:00:00Z"})
    random.Random(1).shuffle(records)
    path = write(tmp_path / "wire.jsonl", records)
    outcome = run(spark, [path], tmp_path / "out", bucket=9)
    assert_same(tmp_path / "out", [path], outcome.errors)
    assert outcome.unchanged > 5
    assert outcome.errors


def test_a_path_may_lead_out_of_a_folder_again(spark, tmp_path):
    (tmp_path / "inner").mkdir()
    write(tmp_path / "wire.jsonl", news(3, 8))
    given = str(tmp_path / "inner" / ".." / "wire.jsonl")
    outcome = run(spark, [given], tmp_path / "out")
    assert outcome.errors == ()
    assert_same(tmp_path / "out", [given])


def test_files_of_many_formats_in_one_folder_keep_their_order(spark, tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = tmp_path / "a b%20[1]"
    folder.mkdir()
    records = news(5, 12)
    third = len(records) // 3
    write(folder / "2 wire.jsonl", records[:third])
    pq.write_table(
        pa.Table.from_pylist([*records[third : 2 * third], {"id": "no text"}]), folder / "1.parquet"
    )
    for n, record in enumerate(records[2 * third :]):
        (folder / f"text-{n}.txt").write_text(record["text"], encoding="utf-8")
    (folder / "empty.jsonl").write_text("")
    (folder / "broken.txt").write_bytes(b"\xff\xfe\xfd")
    outcome = run(spark, [folder], tmp_path / "out")
    assert_same(tmp_path / "out", [folder], outcome.errors)
    assert len(outcome.errors) == 3


def test_folders_with_files_of_one_name_lose_none_and_a_link_that_is_an_input_is_not_told(spark, tmp_path):
    folders = [str(tmp_path / name) for name in "abc"]
    for folder, records in zip(folders, (news(n, 3) for n in range(3)), strict=True):
        Path(folder).mkdir()
        for n, record in enumerate(records):
            (Path(folder) / f"{n}.txt").write_text(record["text"], encoding="utf-8")
    (tmp_path / "a" / "link").symlink_to(folders[1])
    (tmp_path / "a" / "other").symlink_to(tmp_path)
    said = []
    outcome = run(spark, folders, tmp_path / "out", tell=said.append)
    assert outcome.errors == ()
    assert not any("not followed" in line for line in said)
    assert_same(tmp_path / "out", folders)
    (tmp_path / "a" / "far").symlink_to(tmp_path / "out")
    outcome = run(spark, folders, tmp_path / "again", tell=said.append)
    assert outcome.errors == ()
    assert [line.partition(":")[0] for line in said if "not followed" in line] == [f"{tmp_path}/a/far"]


@pytest.mark.skipif(not REUTERS.exists(), reason="the Reuters stories are not here: ../shared/data")
@pytest.mark.parametrize(
    "cut", [{}, {"bucket": 700, "cell": 150, "parts": 9, "links": 0}], ids=["auto", "small"]
)
def test_the_reuters_stories_give_the_matches_and_groups_of_one_machine(spark, tmp_path, cut):
    import gzip

    with gzip.open(REUTERS) as lines:
        records = [json.loads(line) for line, _ in zip(lines, range(SMALL), strict=False)]
    for record in records:
        if when := re.search(r"\d+-[A-Z]{3}-\d{4} \d\d:\d\d:\d\d", record.pop("date")):
            record["published"] = datetime.strptime(when[0], "%d-%b-%Y %H:%M:%S").isoformat()
    path = write(tmp_path / "reuters.jsonl", [r for r in records if r["title"]])
    outcome = run(spark, [path], tmp_path / "out", **cut)
    assert_same(tmp_path / "out", [path], outcome.errors)


def test_rewordings_that_no_passage_tells_are_those_of_one_machine(spark, tmp_path):
    path = Path(__file__).parent / "quality" / "rewordings-held-out.jsonl"
    run(spark, [path], tmp_path / "out", cell=50)
    assert_same(tmp_path / "out", [path])
    retold = [match for match in on_spark(tmp_path / "out")[0].values() if match.as_a_whole is not None]
    assert len(retold) > 30


@pytest.mark.parametrize(
    "cut", [{}, {"bucket": 3, "cell": 2, "parts": 7}], ids=["as it comes", "small pieces"]
)
def test_forms_and_wire_stories_are_told_as_on_one_machine_day_by_day(spark, tmp_path, cut):
    articles = [*daily(1, 14), *daily(2, 12, "Courier"), *wired(1)]
    articles.sort(key=lambda one: one.published)
    records = [
        {"id": one.id, "text": one.text, "source": one.source, "published": one.published.isoformat()}
        for one in articles
    ]
    paths = [write(tmp_path / "one.jsonl", records[:25]), write(tmp_path / "two.jsonl", records[25:])]
    for day, path in enumerate(paths):
        run(spark, [path], tmp_path / "out", day=f"{day}", **cut)
    assert_same(tmp_path / "out", paths)
    relations = {match.relation for match in one_machine([str(path) for path in paths])[0].values()}
    assert Relation.TEMPLATE in relations


def test_groups_that_span_batches_of_one_machine_have_the_same_names(spark, tmp_path, monkeypatch):
    monkeypatch.setattr("dedup.intake.batches.BATCH_ARTICLES", 9)
    together = [{"id": one.id, "text": one.text} for one in told_together(1)]
    path = write(tmp_path / "wire.jsonl", [*news(8, 12), *together])
    run(spark, [path], tmp_path / "out")
    assert_same(tmp_path / "out", [path])


def test_components_are_those_of_a_walk(spark, tmp_path):
    from dedup.spark.components import components

    rng = random.Random(1)
    links = [(rng.randrange(60), rng.randrange(60)) for _ in range(45)] + [
        (n, n + 1) for n in range(100, 140)
    ]
    links = [(a, b) for a, b in links if a != b]

    def kept(frame, name):
        frame.write.mode("overwrite").parquet(f"{tmp_path}/{name}")
        return spark.read.parquet(f"{tmp_path}/{name}")

    found = components(spark.createDataFrame(links, "a long, b long"), kept).collect()
    near: dict[int, set[int]] = {}
    for a, b in links:
        near.setdefault(a, set()).add(b)
        near.setdefault(b, set()).add(a)
    expected = {}
    for start in sorted(near):
        todo = [start]
        while todo:
            if (node := todo.pop()) not in expected:
                expected[node] = start
                todo += near[node]
    assert {row.number: row.component for row in found} == expected
    assert len(found) == len(expected)
