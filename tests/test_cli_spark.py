"""What `dedup spark` says where it cannot begin; runs without Spark."""

import sys

import pytest
from commands import told, within


@pytest.fixture
def paths(tmp_path):
    (tmp_path / "in.jsonl").write_text('{"id": "a", "text": "words"}\n')
    return str(tmp_path / "in.jsonl"), str(tmp_path / "out")


def test_without_pyspark_it_says_what_to_install(paths, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    assert told(within("spark", *paths), 4) == "Spark needs pyspark: pip install 'dedup[spark]'"


def test_without_java_it_says_what_to_install(paths, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", sys)
    assert "apt-get install openjdk-17-jre-headless" in told(
        within("spark", *paths, PATH="", JAVA_HOME=""), 4
    )


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["in"], "at least one INPUT"),
        (["in", "out", "--conf", "spark.x"], "NAME=VALUE"),
        (["in", "out", "--day", "../up"], "a day is letters"),
        (["in", "out", "--field", "text"], "PART=NAME"),
    ],
)
def test_usage(arguments, reason):
    assert reason in told(within("spark", *arguments), 2)


def test_no_estimate_without_a_run(tmp_path):
    assert "no run here" in told(within("spark", str(tmp_path), "--estimate", "1e9"), 3)
