"""The stages wired: each writes a named Parquet data set, and is left out where it is there already.

    OUTPUT/run.json                  the settings, and the days in order, with what was measured
    OUTPUT/records/day=DAY           ids and digests of what was read
    OUTPUT/sketches/day=DAY          articles with their numbers and keys
    OUTPUT/lines/day=DAY             what each source repeats, as of this day
    OUTPUT/keys/day=DAY              the keys of articles without those of such lines
    OUTPUT/candidates/day=DAY        pairs with this day's articles
    OUTPUT/matches/day=DAY           those that match
    OUTPUT/undone/day=DAY            what such lines made of matches, of earlier days too
    OUTPUT/groups/day=DAY            all groups as of this day

A day is what one run adds. A run that died is resumed: a data set is done when Spark has marked it as such.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import Observation
from pyspark.sql import functions as f

from dedup.errors import DedupError, InputError, SparkUnusable
from dedup.settings import Settings
from dedup.spark.arrow import SKETCH
from dedup.spark.begin import begin
from dedup.spark.candidates import CANDIDATES, Plan, find_candidates
from dedup.spark.components import components
from dedup.spark.groups import GROUPS, JOINING, find_groups, links_of, of_one_name
from dedup.spark.lines import KEYS, LINES, find_keys, find_lines, repeated, turns_of
from dedup.spark.load import load
from dedup.spark.matches import MATCHES, find_matches
from dedup.spark.metrics import measured
from dedup.spark.options import BUCKET, POSTINGS, STAGES, TEXTS, Options, Outcome
from dedup.spark.records import RECORDS, Numbering, find_records, number_records
from dedup.spark.session import first_line
from dedup.spark.sketches import find_sketches
from dedup.spark.source import Source, find
from dedup.spark.storage import Storage, damaged
from dedup.spark.table import TABLE, ordered
from dedup.spark.undone import UNDONE, find_undone, standing

SCHEMAS = dict(zip(STAGES, (RECORDS, SKETCH, LINES, KEYS, CANDIDATES, MATCHES, UNDONE, GROUPS), strict=True))
"""Told to Spark, which else looks into the files for it, in a job of its own each time."""


class Job:
    """One run over a Spark session. `tell` is told of each stage that is done."""

    def __init__(self, spark: Any, options: Options, tell: Callable[[str], None]) -> None:
        self._spark = spark
        self._options = options
        self._tell = tell
        self._storage = Storage(spark)
        self._tasks = spark.sparkContext.defaultParallelism
        self._output = options.output.rstrip("/") or "/"
        self._state: dict[str, Any] = {}
        self._unit: dict[str, Any] = {}
        self._repeated: dict[str, tuple[bytes, bytes]] = {}
        self._files: list[tuple[str, str]] = []

    def run(self) -> Outcome:
        """Do what is not done yet. Raises DedupError."""
        try:
            return self._run()
        except (PySparkException, Py4JJavaError) as error:
            raise self._as_dedup_error(error) from None

    def _as_dedup_error(self, error: Exception) -> DedupError:
        """One line on what went wrong, with the file where it is one of the output's or of the input's."""
        unread = re.search(r"FAILED_READ_FILE.* reading file (\S+)", str(error))
        _, inside, place = (
            unread[1].partition(self._storage.absolute(self._output) + "/") if unread else ("",) * 3
        )
        if inside and not place.startswith("input/"):
            return damaged(f"{self._output}/{place.partition('/')[0]}")
        alone = len(self._files) == 1 and not self._unit.get("stages")
        told = first_line(error)
        for path, name in self._files:
            if alone or path in str(error):
                return SparkUnusable(f"{name}: cannot be read ({told})")
        return SparkUnusable(f"Spark failed: {told}")

    def _run(self) -> Outcome:
        source = self._source()
        self._begin(source)
        self._files = [(file.path, file.name) for file in source.files]
        numbering = self._number(source)
        outcome = Outcome(
            articles=numbering.articles + numbering.unchanged,
            added=numbering.articles,
            unchanged=numbering.unchanged,
            errors=numbering.errors,
            more_errors=numbering.more_errors,
        )
        if not numbering.articles:
            for stage in STAGES:
                self._storage.remove(self._place(stage))
            self._state["days"].pop()
            self._storage.put(f"{self._output}/run.json", self._state)
            reasons = f" ({numbering.errors[0]})" if numbering.errors else ""
            raise InputError(f"no new article in {', '.join(self._options.inputs)}{reasons}")
        self._sketch(source, numbering)
        self._lines()
        outcome.candidates = self._candidates()
        outcome.matches = self._matches() - self._undone()
        outcome.groups = self._groups()
        self._unit |= {"complete": True, "errors": len(numbering.errors) + numbering.more_errors}
        self._storage.put(f"{self._output}/run.json", self._state)
        return outcome

    def load(self, index: str) -> None:
        """Put what was found up to now into a new index."""
        days = self._state["days"]
        sketches, groups = self._read("sketches", days), self._read("groups", days[-1:])
        load(index, self._settings, sketches, self._standing(days), groups)
        self._tell(f"index: {index}")

    # -- what is there -----------------------------------------------------------------------------------

    def _source(self) -> Source:
        inputs = list(self._options.inputs)
        for i, given in enumerate(inputs):
            if given.startswith(TABLE):
                inputs[i] = self._table(given.removeprefix(TABLE))
        source = find(inputs, self._options.fields, self._storage)
        if not source.files:
            raise InputError(str(source.errors[0]) if source.errors else "no input")
        for link in source.links:
            self._tell(link)
        return source

    def _table(self, name: str) -> str:
        """A table has no order: its rows are put down as files, by time and then by id."""
        place = f"{self._output}/input/day={self._options.day}"
        if self._options.overwrite or not self._storage.exists(f"{place}/_SUCCESS"):
            ordered(self._spark, name, self._options.fields).write.mode("overwrite").parquet(place)
        return place

    def _begin(self, source: Source) -> None:
        """Make sure that the output is ours, and find or make the entry of this day."""
        seen = [[file.name, *self._storage.state(file.path)] for file in source.files]
        splits = max(2, 2 * self._tasks)
        self._state = begin(self._options, self._storage, self._output, seen, splits)
        self._settings = Settings.from_mapping(self._state["settings"])
        self._unit = self._state["days"][-1]
        self._storage.put(f"{self._output}/run.json", self._state)
        self._spark.conf.set("spark.sql.files.minPartitionNum", str(self._unit["splits"]))

    def _before(self) -> list[dict[str, Any]]:
        """The days before this one that it is compared with."""
        days: list[dict[str, Any]] = self._state["days"][:-1]
        window = self._options.window
        return days if window is None else days[max(0, len(days) - window) :]

    # -- the stages --------------------------------------------------------------------------------------

    def _place(self, stage: str) -> str:
        return f"{self._output}/{stage}/day={self._options.day}"

    def _read(self, stage: str, days: Sequence[Mapping[str, Any]]) -> Any | None:
        paths = [f"{self._output}/{stage}/day={day['day']}" for day in days]
        return self._spark.read.schema(SCHEMAS[stage]).parquet(*paths) if paths else None

    def _own(self, stage: str) -> Any:
        """The data set of this day."""
        return self._read(stage, [self._unit])

    def _standing(self, days: Sequence[Mapping[str, Any]]) -> Any:
        """The matches of some days that are not undone."""
        matches = self._read("matches", days)
        undone = [day for day in days if day["stages"].get("undone", {}).get("rows")]
        return standing(matches, self._read("undone", undone)) if undone else matches

    def _write(self, stage: str, made: Callable[[], Any], **counts: str) -> dict[str, Any]:
        """Make the data set of a stage where it is not there; its figures.

        These are its `rows`, and the `counts` that are asked for: sums over its rows, in SQL.
        """
        place = self._place(stage)
        if stage not in self._unit["stages"] or not self._storage.exists(f"{place}/_SUCCESS"):
            for later in STAGES[STAGES.index(stage) :]:
                self._storage.remove(self._place(later))
                self._unit["stages"].pop(later, None)
            started = time.monotonic()
            observed = Observation()
            sums = [f.expr(f"sum({each})").alias(name) for name, each in counts.items()]
            with measured(self._spark) as figures:
                rows = made().observe(observed, f.count(f.lit(1)).alias("rows"), *sums)
                rows.write.mode("overwrite").parquet(place)
            seconds = round(time.monotonic() - started, 1)
            figures |= {name: int(observed.get.get(name) or 0) for name in ("rows", *counts)}
            figures |= {"seconds": seconds, "bytes": self._storage.size(place)}
            self._unit["stages"][stage] = figures
            self._storage.put(f"{self._output}/run.json", self._state)
            self._tell(f"{stage}: {seconds:,.1f} s")
        found: dict[str, Any] = self._unit["stages"][stage]
        return found

    def _number(self, source: Source) -> Numbering:
        self._write("records", lambda: find_records(self._spark, source))
        earlier = self._read("sketches", self._state["days"][:-1])
        return number_records(self._own("records"), earlier, source, self._unit["first"])

    def _sketch(self, source: Source, numbering: Numbering) -> None:
        self._write("sketches", lambda: find_sketches(self._spark, source, numbering, self._settings))
        self._unit["articles"] = numbering.articles
        self._unit["last"] = self._unit["first"] + numbering.articles - 1

    def _lines(self) -> None:
        sketches = self._own("sketches")
        before = self._read("lines", self._state["days"][:-1][-1:])
        self._write("lines", lambda: find_lines(sketches, before))
        self._repeated = repeated(self._own("lines"))
        self._write(
            "keys", lambda: find_keys(sketches, self._repeated, self._settings), keys="length(keys) div 8"
        )

    def _candidates(self) -> int:
        options, tasks = self._options, self._tasks
        before, new = self._before(), self._unit["articles"]
        live = sum(day["articles"] for day in before) + new
        plan = Plan(
            first=self._unit["first"],
            last=self._unit["last"],
            articles=live,
            size=options.bucket or min(BUCKET, max(500, new // (2 * tasks))),
            parts=options.parts or max(2 * tasks, 80 * live // POSTINGS),
        )
        keys, old = self._own("keys"), self._read("keys", before)
        figures = self._write("candidates", lambda: find_candidates(keys, old, plan, self._settings))
        return int(figures["rows"])

    def _matches(self) -> int:
        new = self._unit["articles"]
        live = sum(day["articles"] for day in self._before()) + new
        # of which each article of a cell needs as many as it has candidates
        most = new if live <= TEXTS else TEXTS * new // (new + self._unit["stages"]["candidates"]["rows"])
        cell = self._options.cell or max(100, min(most, new // (2 * self._tasks)))

        def made() -> Any:
            sketches = self._read("sketches", [*self._before(), self._unit])
            return find_matches(
                self._own("candidates"),
                sketches,
                self._repeated,
                self._settings,
                first=self._unit["first"],
                cell=cell,
            )

        figures = self._write("matches", made, links=f"CASE WHEN relation IN ({JOINING}) THEN 1 END")
        return int(figures["rows"])

    def _undone(self) -> int:
        """What becomes of matches; how many of this day are none any longer."""
        days, first = [*self._before(), self._unit], self._unit["first"]

        def made() -> Any:
            return find_undone(
                self._standing(days),
                self._read("sketches", days),
                self._repeated,
                turns_of(self._repeated, first),
                self._settings,
                keys=self._read("keys", days),
                kept=self._kept,
            )

        gone = f"CASE WHEN relation IS NULL AND b >= {first} THEN 1 END"
        return int(self._write("undone", made, gone=gone)["gone"])

    def _groups(self) -> int:
        days = [*self._before(), self._unit]

        def made() -> Any:
            links = links_of(self._standing(days)).filter(f"a >= {days[0]['first']}")
            most = sum(day["stages"]["matches"]["links"] for day in days)
            previous, sketches = (
                self._read("groups", self._state["days"][:-1][-1:]),
                self._read("sketches", days),
            )
            together = links.select("a", "b")
            if previous is not None:
                together = together.union(of_one_name(previous, sketches))
            found = components(together, self._kept) if most > self._options.links else None
            return find_groups(links, found, sketches, previous, 8 * self._tasks)

        figures = self._write("groups", made)
        self._storage.remove(f"{self._output}/steps")
        return int(figures["rows"])

    def _kept(self, frame: Any, name: str) -> Any:
        """A step on the way, written down, so that it is not made twice."""
        place = f"{self._output}/steps/{name}"
        frame.write.mode("overwrite").parquet(place)
        return self._spark.read.schema(frame.schema).parquet(place)
