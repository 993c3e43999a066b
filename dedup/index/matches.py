"""The rows of matches."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import numpy as np
import orjson
from numpy.typing import NDArray

from dedup.index.rows import Rows, reads, writes
from dedup.index.values import Decoding, Numbers, plain, restored, unreadable
from dedup.links import Links, Stretch
from dedup.model import Match, Passage, Relation, Span

RELATIONS = (
    Relation.IDENTICAL,
    Relation.REVISION,
    Relation.NEAR_DUPLICATE,
    Relation.EXCERPT,
    Relation.DERIVED,
    Relation.QUOTE,
    Relation.TEMPLATE,
)
"""What the numbers in the column `relation` mean; append only."""

MOST = 500
"""Pairs that are looked at again when a line becomes boilerplate."""
NEAR = (
    "SELECT :last UNION SELECT number FROM article"
    " WHERE number IN (SELECT value FROM json_each(:others)) AND number < :last AND source = :source"
)
"""An article, and those of some others that are earlier ones of its source."""

JOINING = f"relation IN ({','.join(str(code) for code, each in enumerate(RELATIONS) if each.joins)})"
SELECT = (
    "SELECT match.a, match.b, relation, resemblance, containment_a, containment_b, weight, passages,"
    " x.id, y.id FROM match JOIN article x ON x.number = match.a JOIN article y ON y.number = match.b"
)


SELECT_LINKS = "SELECT a, b, resemblance, containment_a, containment_b FROM match"


PACKED: tuple[type | tuple[type, ...], ...] = (int, int, int, int, int, (int, float), bool, (int, float))
"""The kinds of the numbers of a passage."""


def _packed(passages: Iterable[Passage]) -> str:
    rows = [
        (p.a.start, p.a.end, p.b.start, p.b.end, p.words, p.similarity, p.quoted, p.weight) for p in passages
    ]
    return orjson.dumps(rows).decode()


def _unpacked(text: str) -> tuple[Passage, ...]:
    with Decoding("a match"):
        return tuple(
            Passage(Span(a0, a1), Span(b0, b1), words, similarity, quoted, weight)
            for a0, a1, b0, b1, words, similarity, quoted, weight in orjson.loads(text)
        )


def _check(row: tuple[int, float, str]) -> None:
    """Raise IndexDamaged unless a relation is one, a weight too, and passages are as they were packed."""
    relation, weight, text = row
    with Decoding("a match"):
        passages = orjson.loads(text)
        if relation not in range(len(RELATIONS)) or weight < 0 or not isinstance(passages, list):
            raise ValueError(row)
        for own in passages:
            if not all(isinstance(value, kind) for value, kind in zip(own, PACKED, strict=True)):
                raise ValueError(row)


class Matches(Rows):
    """The matches of one index, each stored once, with the smaller number as a."""

    @writes
    def put(self, numbers: NDArray[np.int64], matches: Sequence[Match]) -> None:
        """Store matches, in place of older ones of the same pairs; `numbers` (m, 2) has their a and b."""
        rows = []
        pairs = np.asarray(numbers, np.int64).reshape(-1, 2).tolist()
        for (a, b), given in zip(pairs, matches, strict=True):
            match = given if a < b else given.turned()
            rows.append(
                (
                    *(min(a, b), max(a, b), RELATIONS.index(match.relation), match.resemblance),
                    *(match.containment_a, match.containment_b, match.weight, _packed(match.passages)),
                )
            )
        self._db.executemany("INSERT OR REPLACE INTO match VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    @reads
    def of(self, number: int) -> list[Match]:
        """The matches of an article, by numbers (a, b); the earlier article of each is its a."""
        rows = self._db.execute(f"{SELECT} WHERE match.a = ? OR match.b = ?", (number, number))
        return [_match(row) for row in sorted(rows)]

    @reads
    def among(self, numbers: Numbers) -> list[Match]:
        """The matches with both articles among these, by numbers; the earlier article of each is its a."""
        numbers = plain(numbers)
        inside = set(numbers)
        found = [row for row in self._select(f"{SELECT} WHERE match.a IN", numbers) if row[1] in inside]
        return [_match(row) for row in sorted(found)]

    @reads
    def between(self, a: int, b: int) -> Match | None:
        """The match of two articles, with the first as a."""
        row = self._db.execute(
            f"{SELECT} WHERE match.a = ? AND match.b = ?", (min(a, b), max(a, b))
        ).fetchone()
        if row is None:
            return None
        return _match(row) if a < b else _match(row).turned()

    @reads
    def links(self) -> Links:
        """All matches that join, by (a, b)."""
        return self._links(self._db.execute(f"{SELECT_LINKS} WHERE {JOINING} ORDER BY a, b"))

    @reads
    def links_around(self, numbers: Numbers) -> Links:
        """The matches that join and that lead, over any number of steps, to these articles, by (a, b)."""
        steps = " UNION ".join(
            f"SELECT {x} FROM match JOIN own ON {y} = n WHERE {JOINING}"  # noqa: S608
            for x, y in (("a", "b"), ("b", "a"))
        )
        rows = self._db.execute(
            f"WITH RECURSIVE own(n) AS (SELECT value FROM json_each(?) UNION {steps})"  # noqa: S608
            f" {SELECT_LINKS} WHERE {JOINING} AND a IN own ORDER BY a, b",
            (json.dumps(plain(numbers)),),
        )
        return self._links(rows)

    @reads
    def pairs_with(self, numbers: Numbers) -> NDArray[np.int64]:
        """The joining matches with one of these articles, or two: (m, 2) numbers, in order."""
        rows = self._db.execute(
            "WITH own(n) AS (SELECT value FROM json_each(?))"  # noqa: S608
            f" SELECT a, b FROM match WHERE a IN own AND {JOINING}"
            f" UNION SELECT a, b FROM match WHERE b IN own AND {JOINING} ORDER BY a, b",
            (json.dumps(plain(numbers)),),
        )
        return np.array(rows.fetchall(), np.int64).reshape(-1, 2)

    def _links(self, rows: Iterable[tuple[int, int, float, float, float]]) -> Links:
        with Decoding("a match"):
            table = np.fromiter(rows, np.dtype("i8, i8, f8, f8, f8"))
        a, b, resemblance, *both = (np.ascontiguousarray(table[name]) for name in table.dtype.names or ())
        return Links(a, b, np.maximum(*both), resemblance, lambda row: self.stretch(int(a[row]), int(b[row])))

    @reads
    def stretch(self, a: int, b: int) -> Stretch | None:
        """Where what two articles share, but for quotations, begins and ends in a and b; None if nowhere."""
        row = self._db.execute("SELECT passages FROM match WHERE a = ? AND b = ?", (a, b)).fetchone()
        own = [p for p in _unpacked(row[0]) if not p.quoted] if row else []
        if not own:
            return None
        sides = [p.a for p in own], [p.b for p in own]
        (a0, a1), (b0, b1) = ((min(s.start for s in side), max(s.end for s in side)) for side in sides)
        return a0, a1, b0, b1

    @reads
    def pairs(self, relation: Relation) -> NDArray[np.int64]:
        """The article numbers (a, b) of all matches of one relation, a row each, in order."""
        rows = self._db.execute(
            "SELECT a, b FROM match WHERE relation = ? ORDER BY a, b", (RELATIONS.index(relation),)
        )
        return np.array(rows.fetchall(), np.int64).reshape(-1, 2)

    @reads
    def pairs_resting(self, number: int, near: Numbers, having: Numbers) -> list[tuple[int, int]]:
        """The joining matches that may rest on a line which became boilerplate with an article.

        They are those among it, `near` ones of its source, and what leads to these; and those that it or
        one of its source's has with other articles, of those `having` the keys that are boilerplate now.
        """
        pairs = np.concatenate((self.pairs_around(number, near), self.pairs_across(number, having)))
        return [*dict.fromkeys(zip(*pairs.T.tolist(), strict=True))]

    @reads
    def pairs_around(self, number: int, others: Numbers) -> NDArray[np.int64]:
        """The joining matches among an article, some others, and what leads to these: (m, 2) numbers.

        All are earlier ones of its source.
        """
        steps = " UNION ".join(
            f"SELECT {x} FROM match JOIN own ON {y} = n JOIN article ON number = {x}"  # noqa: S608
            f" WHERE {x} < :last AND {JOINING} AND source = :source"
            for x, y in (("a", "b"), ("b", "a"))
        )
        rows = self._db.execute(
            f"WITH RECURSIVE own(n) AS ({NEAR} UNION {steps})"  # noqa: S608
            f" SELECT a, b FROM match WHERE a IN own AND b IN own AND {JOINING} ORDER BY a, b LIMIT :most",
            self._near(number, others) | {"most": MOST},
        )
        return np.array(rows.fetchall(), np.int64).reshape(-1, 2)

    @reads
    def pairs_across(self, number: int, others: Numbers) -> NDArray[np.int64]:
        """The joining matches among an article and some others, one of them an earlier one of its source.

        Those with later articles are left out.
        """
        rows = self._db.execute(
            f"WITH near(n) AS ({NEAR}) SELECT a, b FROM match"  # noqa: S608
            f" WHERE a IN near AND {JOINING} AND b <= :last"
            f" UNION SELECT a, b FROM match WHERE b IN near AND {JOINING} ORDER BY a, b",
            self._near(number, others),
        )
        pairs = np.array(rows.fetchall(), np.int64).reshape(-1, 2)
        return pairs[np.isin(pairs, [number, *plain(others)]).all(axis=1)][:MOST]

    def _near(self, number: int, others: Numbers) -> dict[str, object]:
        """What NEAR asks for."""
        source = self._db.execute("SELECT source FROM article WHERE number = ?", (number,)).fetchone()
        source = source[0] if source else None
        return {"last": number, "others": json.dumps(plain(others)), "source": source}

    @writes
    def drop(self, pairs: NDArray[np.int64]) -> None:
        """Delete the matches of these pairs (m, 2) of numbers, the smaller first."""
        self._db.executemany("DELETE FROM match WHERE a = ? AND b = ?", pairs.tolist())

    @writes
    def remove(self, numbers: Sequence[int]) -> None:
        """Delete all matches with these articles."""
        rows = [(number,) for number in numbers]
        self._db.executemany("DELETE FROM match WHERE a = ?", rows)
        self._db.executemany("DELETE FROM match WHERE b = ?", rows)

    @reads
    def count(self) -> int:
        """How many matches there are."""
        found: int = self._db.execute("SELECT count(*) FROM match").fetchone()[0]
        return found

    @reads
    def problems(self) -> list[str]:
        """Broken invariants."""
        orphans = self._counted(
            "matches whose articles are not there or in the wrong order",
            "SELECT count(*) FROM match WHERE a NOT IN (SELECT number FROM article)"
            " OR b NOT IN (SELECT number FROM article) OR a >= b",
        )
        rows = self._db.execute("SELECT relation, weight, passages FROM match")
        return orphans + unreadable("matches cannot be read", _check, rows)


def _match(row: tuple[int, int, int, float, float, float, float, str, str | bytes, str | bytes]) -> Match:
    _, _, relation, resemblance, containment_a, containment_b, weight, passages, a, b = row
    with Decoding("a match"):
        match = Match(
            a=restored(a) or "",
            b=restored(b) or "",
            relation=RELATIONS[relation],
            resemblance=float(resemblance),
            containment_a=float(containment_a),
            containment_b=float(containment_b),
            passages=_unpacked(passages),
        )
        whole = float(weight)
    return match.weighing(whole)
