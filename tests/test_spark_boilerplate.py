"""What a source repeats is found on Spark as on one machine, and does not count. See test_spark.py."""

import json
import random
from itertools import pairwise

import pytest
from sparked import assert_same, assert_same_by_days, found_in, on_spark, papers, run, write
from stories import quoted_around_a_line, repeating, story

import dedup
from dedup.read import read

pytest.importorskip("pyspark")

from dedup.spark.groups import JOINING
from dedup.spark.job import Job
from dedup.spark.options import Options

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("ignore")]


def record(article):
    return {
        "id": article.id,
        "source": article.source,
        "published": f"{article.published}",
        "text": article.text,
    }


@pytest.mark.parametrize("cut", [{}, {"bucket": 7, "cell": 5, "parts": 5}], ids=["as it comes", "small"])
def test_links_that_rest_on_what_a_source_repeats_are_undone(spark, tmp_path, cut):
    path = write(tmp_path / "wire.jsonl", papers(1))
    run(spark, [path], tmp_path / "out", **cut)
    with dedup.open(":memory:") as index:
        index.add(read([str(path)]))
        assert {line.source for line in index.boilerplate()} == {"paper 0", "paper 1", "paper 2"}
    assert_same(tmp_path / "out", [path])
    undone = spark.read.parquet(str(tmp_path / "out" / "undone"))
    assert undone.count() > 3


@pytest.mark.parametrize("days", [1, 3])
def test_links_of_other_sources_that_rest_on_it_are_undone_too(spark, tmp_path, days):
    records = papers(4)
    note = records[0]["text"].split("\n\n")[6]
    others = []
    for n in range(6):
        body = story(random.Random(100 + n))
        text = "\n\n".join([*body[:3], note, *body[3:]])
        others.append({"id": f"other {n}", "source": f"other {n}", "text": text})
    for n, other in enumerate(others):  # before, among and after those of the paper
        records.insert(n * len(records) // 5, {**records[0], **other})
    size = -(-len(records) // days)
    with dedup.open(":memory:") as index:
        parts = [records[begin : begin + size] for begin in range(0, len(records), size)]
        assert_same_by_days(spark, index, parts, tmp_path / "out")
        groups = [{name.split()[0] for name in group.articles} for group in index.groups()]
        assert {"other"} in groups  # whose sources do not repeat it
        assert {"other", "paper"} not in groups


def test_lines_are_counted_on_from_day_to_day(spark, tmp_path):
    """Also those of a source that brings nothing on one of the days; the last day can be made anew."""
    records = papers(2)
    days = [records[:15], [r for r in records[15:33] if r["source"] != "paper 1"], records[33:]]
    output = tmp_path / "out"
    with dedup.open(":memory:") as index:
        paths = assert_same_by_days(spark, index, days, output, bucket=11)
        assert index.boilerplate()
    before = on_spark(output)
    run(spark, [paths[2]], output, day="2", overwrite=True)
    assert on_spark(output) == before


def test_an_index_knows_the_lines_and_counts_on(spark, tmp_path):
    records = papers(3, 24)
    path = write(tmp_path / "wire.jsonl", records[:60])
    job = Job(spark, Options([str(path)], str(tmp_path / "out")), lambda _: None)
    job.run()
    job.load(str(tmp_path / "news.db"))
    with dedup.open(tmp_path / "news.db") as opened, dedup.open(":memory:") as expected:
        expected.add(read([str(path)]))
        assert found_in(opened) == found_in(expected)
        assert opened.boilerplate() == expected.boilerplate()
        rest = [json.loads(json.dumps(record)) for record in records[60:]]
        for index in (opened, expected):
            index.add(rest)
        assert found_in(opened) == found_in(expected)
        assert opened.boilerplate() == expected.boilerplate() != []
        assert opened.verify() == []


def test_an_article_is_seen_with_the_lines_that_its_source_repeats_by_the_time_of_the_later_one(
    spark, tmp_path
):
    """Of a match that joins nothing, too; see test_boilerplate.py."""
    path = write(tmp_path / "paper.jsonl", map(record, quoted_around_a_line()))
    run(spark, [path], tmp_path / "out")
    assert_same(tmp_path / "out", [path])


@pytest.mark.parametrize("cuts", [(), (25, 32)], ids=["at once", "in three days"])
def test_links_are_judged_anew_where_one_machine_does_and_kept_as_they_are_then(spark, tmp_path, cuts):
    """Of one source and of two, also by a line that is too short to have keys of its own; more than once."""
    records = [*map(record, repeating(2))]
    output = tmp_path / "out"
    with dedup.open(":memory:") as index:
        days = [records[begin:end] for begin, end in pairwise([0, *cuts, len(records)])]
        assert_same_by_days(spark, index, days, output)
    undone = spark.read.parquet(str(output / "undone"))
    assert undone.filter(f"relation IN ({JOINING})").count() > 10
