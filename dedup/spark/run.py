"""A run from the start of Spark to its end: what the command line calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from dedup.errors import IndexUnusable
from dedup.spark.options import Options, Outcome
from dedup.spark.session import needed, session


def run(
    options: Options,
    *,
    master: str | None = None,
    conf: Mapping[str, str] | None = None,
    index: str | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Find the matches and groups of the inputs with Spark; load them into a new index where one is named.

    Raises DedupError: SparkUnusable, OutputExists, InputError, IndexUnusable, SettingsError.
    """
    needed()
    from dedup.spark.job import Job

    if index is not None and Path(index).exists():
        raise IndexUnusable(f"{index}: exists already; name a new index")
    with session(master, conf or {}) as spark:
        job = Job(spark, options, tell)
        outcome = job.run()
        if index is not None:
            job.load(index)
        return outcome
