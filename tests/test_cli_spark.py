"""What `dedup spark` says where it cannot begin; runs without Spark."""

import sys

import pytest
from commands import told, within


@pytest.fixture
def paths(tmp_path):
    (tmp_path / "in.jsonl").write_text('{"id": "a", "text": "words"}\n')
    return str(tmp_path / "in.jsonl"), str(tmp_path / "out")


@pytest.mark.parametrize("missing", ["pyspark", "pyarrow", "pandas"])
def test_without_a_package_it_says_what_to_install(paths, monkeypatch, missing):
    for name in ("pyspark", "pyarrow", "pandas"):
        monkeypatch.setitem(sys.modules, name, None if name == missing else sys)
    assert told(within("spark", *paths), 4) == f"Spark needs {missing}: pip install pandas pyarrow pyspark"


def test_without_java_it_says_what_to_install(paths, monkeypatch):
    for name in ("pyspark", "pyarrow", "pandas"):
        monkeypatch.setitem(sys.modules, name, sys)
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


@pytest.mark.filterwarnings("ignore")  # pyspark leaves a pipe open
def test_a_java_that_ends_at_once_is_told(paths, tmp_path):
    """As one of another version does."""
    pytest.importorskip("pyspark")
    java = tmp_path / "home" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text("#!/bin/sh\nexit 1\n")
    java.chmod(0o755)
    assert "must be Java 17" in told(within("spark", *paths, JAVA_HOME=str(java.parents[1])), 4)


def test_no_estimate_without_a_run(tmp_path):
    assert "no run here" in told(within("spark", str(tmp_path), "--estimate", "1e9"), 3)
