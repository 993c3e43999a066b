"""Spark, started with what the stages need; what is missing is said in one line."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from dedup.errors import SparkUnusable
from dedup.extras import command

MEMORY = "2g"
"""Of the one process of a local Spark, beside which its Python workers run."""

JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:ReservedCodeCacheSize=240m"
"""Of a local Spark: most of its work is done in Python, and Java that is compiled lightly starts sooner. For
1,000 articles on two busy cores, 55 seconds of processor time in all for 84, and 1.4 GB for 2.3. The room for
code is that of full compilation: in less, a long run compiles again what it had to forget."""


def needed() -> None:
    """Refuse to begin without pyspark, what it needs, or Java, with the command that installs it."""
    for name in ("pyspark", "pyarrow", "pandas"):
        if find_spec(name) is None:
            raise SparkUnusable(f"Spark needs {name}: {command('spark')}")
    home = os.environ.get("JAVA_HOME")
    if not (home and Path(home, "bin", "java").exists()) and shutil.which("java") is None:
        raise SparkUnusable(
            "Spark needs Java 17: install it (Debian and Ubuntu: apt-get install openjdk-17-jre-headless)"
        )


@contextmanager
def session(master: str | None, conf: Mapping[str, str]) -> Iterator[Any]:
    """Spark, with the master and the settings asked for; those of spark-submit where there are any."""
    needed()
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
    submitted = "PYSPARK_GATEWAY_PORT" in os.environ
    settings = {
        "spark.app.name": "dedup",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "4000",
        "spark.sql.adaptive.coalescePartitions.parallelismFirst": "true",
        "spark.ui.showConsoleProgress": "false",
    }
    if not submitted:
        master = master or "local[*]"
        settings["spark.master"] = master
        if master.startswith("local"):
            settings |= {
                "spark.driver.memory": MEMORY,
                "spark.driver.extraJavaOptions": JAVA,
                "spark.driver.host": "127.0.0.1",
                "spark.driver.bindAddress": "127.0.0.1",
                "spark.ui.enabled": "false",
                "spark.sql.shuffle.partitions": str(4 * _cores(master)),
            }
    elif master:
        settings["spark.master"] = master
    builder = SparkSession.builder
    for name, value in {**settings, **conf}.items():
        builder = builder.config(name, value)
    with _quiet_start():
        try:
            spark = builder.getOrCreate()
        except Exception as error:
            told = f"Spark cannot be started ({first_line(error)})"
            if "JAVA_GATEWAY_EXITED" in told:
                told = "Spark cannot be started: Java ended at once; it must be Java 17 (java -version tells)"
            raise SparkUnusable(told) from None
    spark.sparkContext.setLogLevel("ERROR" if "DEDUP_SPARK_LOG" not in os.environ else "WARN")
    try:
        yield spark
    finally:
        spark.stop()


def _cores(master: str) -> int:
    """Of local[N] or local[N, failures]; all where it is *, one where it is not told."""
    told = re.match(r"local\[(\d+|\*)", master)
    count = told[1] if told else "1"
    return os.cpu_count() or 1 if count == "*" else int(count)


@contextmanager
def _quiet_start() -> Iterator[None]:
    """Keep from stderr what the JVM says as it starts, before its log can be asked to be silent."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def first_line(error: BaseException) -> str:
    """What an error of Spark says, without the traces of Java and Python around it."""
    text = str(error)
    own = re.findall(r"^(?:\S+\.)?(?:InputError|SettingsError|DedupError): (.+)$", text, re.MULTILINE)
    if own:
        return str(own[-1])
    causes = re.findall(r"^(?:Caused by)?: \S+: (.+)$", text, re.MULTILINE)
    line = (causes[-1] if causes else next((row for row in text.splitlines() if row.strip()), "")).strip()
    return line[:400] or type(error).__name__
