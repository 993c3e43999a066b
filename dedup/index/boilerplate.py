"""The rows of boilerplate: the lines that sources repeat, and what people ruled of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dedup.digest import signed
from dedup.index.rows import Rows, reads, writes
from dedup.index.values import Decoding, restored, storable, unreadable
from dedup.model import RepeatedLine, Ruling

if TYPE_CHECKING:
    from dedup.boilerplate.recurrence import Source

SELECT = "SELECT id, source, hash, text, articles, first, last, since, ruling FROM boilerplate"
ANY = ""
"""The source of a line that was marked for all."""


def _line(row: tuple[Any, ...]) -> RepeatedLine:
    number, source, hashed, text, articles, first, last, since, ruling = row
    with Decoding("a line of a source"):
        return RepeatedLine(
            id=number,
            source=restored(source) or None,
            text=restored(text) or "",
            articles=int(articles),
            first=restored(first),
            last=restored(last),
            ruling=None if ruling is None else Ruling(ruling),
            hash=int(hashed) % (1 << 64),
            since=int(since),
        )


def _source(state: bytes) -> Source:
    from dedup.boilerplate.recurrence import Source

    with Decoding("the lines of a source"):
        return Source.unpacked(state)


class Boilerplate(Rows):
    """The lines that recur at the sources of one index, and what is remembered to find more."""

    @reads
    def lines(self, sources: Iterable[str] | None = None) -> list[RepeatedLine]:
        """The lines of these sources and those marked for all, or those of all; the most frequent first."""
        if sources is None:
            rows: Iterable[Any] = self._db.execute(SELECT)
        else:
            rows = self._select(f"{SELECT} WHERE source IN", [storable(name) for name in {ANY, *sources}])
        return sorted(map(_line, rows), key=lambda line: (-line.articles, line.id))

    @reads
    def get(self, number: int) -> RepeatedLine | None:
        """The line of this number, or None."""
        if not 0 < number < 1 << 63:  # SQLite has no such number
            return None
        row = self._db.execute(f"{SELECT} WHERE id = ?", (number,)).fetchone()
        return _line(row) if row else None

    @writes
    def put(self, lines: Sequence[RepeatedLine]) -> None:
        """Add lines, or give those whose source and hash are there already new counts and a new ruling."""
        self._db.executemany(
            "INSERT INTO boilerplate(source, hash, text, articles, first, last, since, ruling)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, hash) DO UPDATE SET"
            " articles = excluded.articles, first = excluded.first, last = excluded.last,"
            " since = excluded.since, ruling = excluded.ruling",
            [
                (
                    storable(line.source or ANY), signed(line.hash), storable(line.text), line.articles,
                    line.first, line.last, line.since, line.ruling,
                )
                for line in lines
            ],
        )  # fmt: skip

    @reads
    def sources(self, names: Iterable[str]) -> dict[str, Source]:
        """What is remembered of the lines of these sources; nothing of those that are new."""
        from dedup.boilerplate.recurrence import Source

        found = {name: Source() for name in names}
        select = "SELECT source, state FROM line_source WHERE source IN"
        for name, state in self._select(select, [storable(name) for name in found]):
            found[restored(name) or ""] = _source(state)
        return found

    @writes
    def put_sources(self, sources: Mapping[str, Source]) -> None:
        """Remember the lines of sources as they are now."""
        self._db.executemany(
            "INSERT INTO line_source(source, state) VALUES (?, ?)"
            " ON CONFLICT (source) DO UPDATE SET state = excluded.state",
            [(storable(name), source.packed()) for name, source in sources.items()],
        )

    @reads
    def problems(self) -> list[str]:
        """Broken invariants."""
        states = (state for (state,) in self._db.execute("SELECT state FROM line_source"))
        return [
            *unreadable("sources whose lines cannot be read", _source, states),
            *unreadable("lines of sources that cannot be read", _line, self._db.execute(SELECT)),
        ]
