"""The views of an index say in SQL what the program says."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlite_utils import Database
from stories import corpus

import dedup
from dedup import Article

README = Path(__file__).parents[1] / "README.md"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("views") / "news.db"
    articles = [
        Article(
            a.id, a.text, source=a.source, title=f"On {a.id}", published=f"2026-11-{n % 28 + 1:02}T09:00:00Z"
        )
        for n, a in enumerate(corpus(3))
    ]
    with dedup.open(path) as opened:
        opened.add({**_fields(a), "published": a.published} for a in articles)
    return path


def _fields(a: Article) -> dict[str, object]:
    return {"id": a.id, "text": a.text, "source": a.source, "title": a.title}


def test_articles_and_groups_are_those_of_the_index(index: Path) -> None:
    db = Database(index)
    with dedup.open(index) as opened:
        groups = list(opened.groups())
        told = {group.id: [opened.article(name) for name in group.articles] for group in groups}
    assert len(groups) > 3
    assert db["articles"].count == db["article"].count
    for group in groups:
        rows = list(db["articles"].rows_where("group_id = ?", [group.id]))
        assert {row["article_id"] for row in rows} == set(group.articles)
        (row,) = db["groups"].rows_where("group_id = ?", [group.id])
        members = told[group.id]
        assert row["articles"] == len(members)
        assert row["sources"] == len({a.source for a in members})
        assert row["title"] == members[0].title
        assert row["first_published"] == min(a.published for a in members).isoformat()
        assert row["undated"] == 0
    alone = {row["article_id"] for row in db["articles"].rows_where("group_id IS NULL")}
    assert alone.isdisjoint(name for group in groups for name in group.articles)


def test_matches_and_passages_are_those_of_the_index(index: Path) -> None:
    db = Database(index)
    with dedup.open(index) as opened:
        matches = {(m.a, m.b): m for row in db["articles"].rows for m in opened.matches_of(row["article_id"])}
    rows = {(row["a"], row["b"]): row for row in db["matches"].rows}
    assert rows.keys() == matches.keys()
    for pair, match in matches.items():
        row = rows[pair]
        assert row["relation"] == match.relation.value
        assert row["containment_a"] == pytest.approx(match.containment_a, abs=1e-4)
        assert row["passages"] == len(match.passages)
        assert row["words"] == sum(p.words for p in match.passages)
        own = list(db["passages"].rows_where("a = ? and b = ?", pair, order_by="number"))
        assert [row["number"] for row in own] == list(range(1, len(match.passages) + 1))
        assert [(r["a_start"], r["a_end"], r["b_start"], r["b_end"], bool(r["quoted"])) for r in own] == [
            (p.a.start, p.a.end, p.b.start, p.b.end, p.quoted) for p in match.passages
        ]


def test_every_relation_has_its_name_in_the_view(index: Path) -> None:
    from dedup.index.matches import RELATIONS

    db = Database(memory=True)
    source = Database(index)["matches"].schema
    case = source[source.index("CASE relation") : source.index("END AS relation") + 3]
    for code, relation in enumerate(RELATIONS):
        assert db.execute(f"SELECT {case} FROM (SELECT {code} AS relation)").fetchone()[0] == relation.value


def query_of_readme() -> str:
    text = README.read_text(encoding="utf-8")
    return text.split('sqlite-utils query news.db --table "', 1)[1].split('"\n```', 1)[0]


def test_the_query_of_readme_runs(index: Path) -> None:
    query = query_of_readme()
    done = subprocess.run(
        [sys.executable, "-m", "sqlite_utils", "query", str(index), query], capture_output=True, check=True
    )
    rows = json.loads(done.stdout)
    assert rows
    assert {"first", "later"} < set(rows[0])


@pytest.mark.parametrize("order", [1, -1])
def test_the_query_of_readme_goes_by_the_time_of_publication_and_not_of_arrival(
    tmp_path: Path, order: int
) -> None:
    text = corpus(3)[0].text
    copies = [
        {"id": source, "text": text, "source": source, "published": day}
        for source, day in (("Wire", "2026-11-01"), ("Post", "2026-11-02"), ("Undated", None))
    ]
    with dedup.open(tmp_path / "news.db") as opened:
        opened.add(copies[::order])
    rows = Database(tmp_path / "news.db").query(query_of_readme())
    assert [(row["first"], row["later"], row["articles"]) for row in rows] == [("Wire", "Post", 1)]


@pytest.mark.skipif(find_spec("datasette") is None, reason="no Datasette: pip install datasette")
@pytest.mark.parametrize("view", ["articles", "groups", "matches", "passages"])
def test_datasette_shows_the_views(index: Path, view: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "datasette", str(index), "--get", f"/news/{view}.json?_shape=array"],
        capture_output=True,
        check=True,
    )
    assert len(json.loads(done.stdout)) == min(100, Database(index)[view].count)
