"""The stages wired: each writes a named Parquet data set, and is left out where it is there already.

    OUTPUT/run.json                  the settings, and the days in order, with what was measured
    OUTPUT/records/day=DAY           ids and digests of what was read
    OUTPUT/sketches/day=DAY          articles with their numbers and keys
    OUTPUT/lines/day=DAY             what each source repeats, as of this day
    OUTPUT/keys/day=DAY              the keys of articles without those of such lines
    OUTPUT/candidates/day=DAY        pairs with this day's articles
    OUTPUT/matches/day=DAY           those that match
    OUTPUT/undone/day=DAY            matches, of earlier days too, that such lines have undone
    OUTPUT/groups/day=DAY            all groups as of this day

A day is what one run adds. A run that died is resumed: a data set is done when Spark has marked it as such.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dedup.errors import InputError, SparkUnusable
from dedup.settings import Settings
from dedup.spark.begin import begin
from dedup.spark.options import BUCKET, CELL, KEYS, STAGES, Options, Outcome
from dedup.spark.session import first_line
from dedup.spark.source import TABLE, Source, find
from dedup.spark.storage import Storage


class Job:
    """One run over a Spark session. `tell` is told of each stage that is done."""

    def __init__(self, spark: Any, options: Options, tell: Callable[[str], None]) -> None:
        self._spark = spark
        self._options = options
        self._tell = tell
        self._storage = Storage(spark)
        self._output = options.output.rstrip("/") or "/"
        self._state: dict[str, Any] = {}
        self._unit: dict[str, Any] = {}
        self._repeated: dict[str, tuple[bytes, bytes]] = {}
        self._skipped: list[str] = []
        self._files: list[tuple[str, str]] = []

    def run(self) -> Outcome:
        """Do what is not done yet. Raises DedupError."""
        from py4j.protocol import Py4JJavaError
        from pyspark.errors import PySparkException

        try:
            return self._run()
        except (PySparkException, Py4JJavaError) as error:
            raise SparkUnusable(self._told(error)) from None

    def _told(self, error: Exception) -> str:
        """One line on what went wrong, with the file where it is one of the input's."""
        alone = len(self._files) == 1 and not self._unit.get("stages")
        told = first_line(error)
        for path, name in self._files:
            if alone or path in str(error):
                return f"{name}: cannot be read ({told})"
        return f"Spark failed: {told}"

    def _run(self) -> Outcome:
        source = self._source()
        self._files = [(file.path, file.name) for file in source.files]
        self._begin(source)
        records, numbering = self._number(source)
        outcome = Outcome(
            articles=numbering.articles + numbering.unchanged,
            added=numbering.articles,
            unchanged=numbering.unchanged,
            errors=numbering.errors,
            more_errors=numbering.more_errors,
        )
        del records
        if not numbering.articles:
            for stage in STAGES:
                self._storage.remove(self._place(stage))
            self._state["days"].pop()
            self._storage.put(f"{self._output}/run.json", self._state)
            reasons = f" ({numbering.errors[0]})" if numbering.errors else ""
            raise InputError(f"no new article in {', '.join(self._options.inputs)}{reasons}")
        self._sketch(source, numbering)
        self._lines()
        outcome.candidates = self._candidates(numbering.articles)
        outcome.matches = self._matches() - self._undone()
        outcome.groups = self._groups()
        self._unit |= {"complete": True, "errors": len(numbering.errors) + numbering.more_errors}
        self._storage.put(f"{self._output}/run.json", self._state)
        outcome.done_before = tuple(self._skipped)
        return outcome

    def load(self, index: str) -> None:
        """Put what was found up to now into a new index."""
        from dedup.spark.load import load
        from dedup.spark.undone import standing

        days = self._state["days"]
        load(
            index,
            self._settings,
            self._read("sketches", days),
            standing(self._read("matches", days), self._read("undone", days)),
            self._read("groups", days[-1:]),
        )
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
        return source

    def _table(self, name: str) -> str:
        """A table has no order: its rows are put down as files, by time and then by id."""
        from dedup.spark.table import ordered

        place = f"{self._output}/input/day={self._options.day}"
        if not self._storage.exists(f"{place}/_SUCCESS"):
            ordered(self._spark, name, self._options.fields).write.mode("overwrite").parquet(place)
        return place

    def _begin(self, source: Source) -> None:
        """Make sure that the output is ours, and find or make the entry of this day."""
        seen = [[file.name, *self._storage.state(file.path)] for file in source.files]
        splits = max(2, 2 * self._spark.sparkContext.defaultParallelism)
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
        return self._spark.read.parquet(*paths) if paths else None

    def _write(self, stage: str, made: Callable[[], Any]) -> Any:
        """The data set of a stage, made where it is not there."""
        from dedup.spark.metrics import measured

        place = self._place(stage)
        if self._storage.exists(f"{place}/_SUCCESS"):
            self._skipped.append(stage)
        else:
            for later in STAGES[STAGES.index(stage) :]:
                self._storage.remove(self._place(later))
            started = time.monotonic()
            with measured(self._spark) as figures:
                made().write.mode("overwrite").parquet(place)
            seconds = round(time.monotonic() - started, 1)
            figures |= {"seconds": seconds, "bytes": self._storage.size(place)}
            self._unit["stages"][stage] = figures
            self._storage.put(f"{self._output}/run.json", self._state)
            self._tell(f"{stage}: {seconds:,.1f} s")
        return self._spark.read.parquet(place)

    def _number(self, source: Source) -> tuple[Any, Any]:
        from dedup.spark.records import find_records, number_records

        records = self._write("records", lambda: find_records(self._spark, source))
        earlier = self._read("sketches", self._state["days"][:-1])
        return records, number_records(self._spark, records, earlier, source, self._unit["first"])

    def _sketch(self, source: Source, numbering: Any) -> None:
        from dedup.spark.sketches import find_sketches

        self._write("sketches", lambda: find_sketches(self._spark, source, numbering, self._settings))
        self._unit["articles"] = numbering.articles
        self._unit["last"] = self._unit["first"] + numbering.articles - 1

    def _lines(self) -> None:
        from dedup.spark.lines import find_keys, find_lines, repeated

        sketches = self._spark.read.parquet(self._place("sketches"))
        before = self._read("lines", self._state["days"][:-1][-1:])
        self._repeated = repeated(self._write("lines", lambda: find_lines(sketches, before)))
        self._write("keys", lambda: find_keys(sketches, self._repeated, self._settings))

    def _candidates(self, new: int) -> int:
        from dedup.spark.candidates import Plan, find_candidates

        options, tasks = self._options, self._spark.sparkContext.defaultParallelism
        before = self._before()
        live = sum(day["articles"] for day in before) + new
        plan = Plan(
            first=self._unit["first"],
            last=self._unit["last"],
            articles=live,
            size=options.bucket or min(BUCKET, max(500, new // (4 * tasks))),
            parts=options.parts or max(2 * tasks, 80 * live // KEYS),
        )
        keys = self._spark.read.parquet(self._place("keys"))
        self._unit["keys"] = int(keys.selectExpr("sum(length(keys) div 8)").first()[0] or 0)
        old = self._read("keys", before)
        return int(
            self._write("candidates", lambda: find_candidates(keys, old, plan, self._settings)).count()
        )

    def _matches(self) -> int:
        from dedup.spark.matches import find_matches

        tasks = self._spark.sparkContext.defaultParallelism
        cell = self._options.cell or min(CELL, max(100, self._unit["articles"] // (4 * tasks)))
        found = self._write(
            "matches",
            lambda: find_matches(
                self._spark.read.parquet(self._place("candidates")),
                self._read("sketches", [*self._before(), self._unit]),
                self._repeated,
                self._settings,
                first=self._unit["first"],
                cell=cell,
            ),
        )
        return int(found.count())

    def _undone(self) -> int:
        """What becomes of matches; how many are none any longer."""
        from dedup.spark.lines import turns_of
        from dedup.spark.undone import find_undone, standing

        days, first = [*self._before(), self._unit], self._unit["first"]

        def made() -> Any:
            matches, undone = self._read("matches", days), self._read("undone", days[:-1])
            return find_undone(
                matches if undone is None else standing(matches, undone),
                self._read("sketches", days),
                self._repeated,
                turns_of(self._repeated, first),
                self._settings,
            )

        return int(self._write("undone", made).filter(f"relation IS NULL AND b >= {first}").count())

    def _groups(self) -> int:
        from dedup.spark.groups import find_groups, links_of
        from dedup.spark.undone import standing

        days = [*self._before(), self._unit]
        least = days[0]["first"]
        links = links_of(standing(self._read("matches", days), self._read("undone", days))).filter(
            f"a >= {least}"
        )
        sketches = self._read("sketches", days)
        previous = self._read("groups", self._state["days"][:-1][-1:])

        def made() -> Any:
            self._unit["links"] = links.count()
            found = self._components(links) if self._unit["links"] > self._options.links else None
            parts = 8 * self._spark.sparkContext.defaultParallelism
            return find_groups(links, found, sketches, previous, parts)

        found = self._write("groups", made)
        self._storage.remove(f"{self._output}/steps")
        return int(found.count())

    def _components(self, links: Any) -> Any:
        from dedup.spark.components import components

        def kept(frame: Any, name: str) -> Any:
            place = f"{self._output}/steps/{name}"
            frame.write.mode("overwrite").parquet(place)
            return self._spark.read.parquet(place)

        return components(links, kept)
