"""Tables and graphs of groups for other tools, and the commands that write them."""

from __future__ import annotations

import csv
import errno
import gc
import io
import json
import sys
from dataclasses import replace
from pathlib import Path
from shutil import copyfile
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import typer
from commands import REWRITE, WIRE, told, within
from hypothesis import given
from hypothesis import strategies as st
from pages import article, bakery, ferry, finder, match, passage
from stories import told_together

import dedup
from dedup.cli.export import ExportFormat, Table
from dedup.cli.export import export as command
from dedup.cli.report import report as report_command
from dedup.model import Article, Group, Relation
from dedup.read import read
from dedup.report.export import TABLES, ParquetWriter, export, graphml, rows

anything = st.text(st.characters(exclude_categories=()), min_size=1, max_size=40)


def stories() -> tuple[list[Group], dict[str, Article]]:
    told = [ferry(), bakery()]
    return [group for group, _ in told], {a.id: a for _, own in told for a in own}


def written(table: str, kind: str) -> bytes:
    groups, articles = stories()
    file = io.BytesIO()
    export(groups, finder(articles), {table: file}, kind)
    return file.getvalue()


class TestTables:
    def test_the_rows_tell_what_the_groups_hold(self) -> None:
        groups, articles = stories()
        found = [
            (table, row)
            for group in groups
            for table, row in rows(group, [articles[name] for name in group.articles])
        ]
        assert [row["group"] for table, row in found if table == "groups"] == ["w1", "bakery-a"]
        assert [row["article"] for table, row in found if table == "articles"][:3] == ["w1", "p1", "d1"]
        matches = [m for group in groups for m in group.matches]
        assert [(r["a"], r["b"], r["passages"]) for table, r in found if table == "matches"] == [
            (m.a, m.b, len(m.passages)) for m in matches
        ]
        sure = [(row["confidence"], row["retold"]) for table, row in found if table == "matches"]
        assert sure == [(m.confidence, m.retold) for m in matches]
        assert [row["retold"] for table, row in found if table == "groups"] == [False, False]
        for row in (row for table, row in found if table == "passages"):
            assert row["a_text"] == articles[row["a"]].text[row["a_start"] : row["a_end"]]
            assert row["b_text"] == articles[row["b"]].text[row["b_start"] : row["b_end"]]
        for table, row in found:
            assert list(row) == list(TABLES[table])

    @pytest.mark.parametrize("table", list(TABLES))
    def test_csv_jsonl_and_parquet_hold_the_same(self, table: str) -> None:
        parquet = pytest.importorskip("pyarrow.parquet")
        lines = [json.loads(line) for line in written(table, "jsonl").splitlines()]
        assert all(line.pop("schema") == 1 for line in lines)
        read = csv.DictReader(io.StringIO(written(table, "csv").decode(), newline=""))
        as_csv = [{k: v for k, v in row.items() if v} for row in read]
        assert as_csv == [
            {k: str(v).lower() if isinstance(v, bool) else str(v) for k, v in line.items() if v is not None}
            for line in lines
        ]
        stored = parquet.read_table(io.BytesIO(written(table, "parquet"))).to_pylist()
        assert [list(row) for row in stored] == [list(TABLES[table])] * len(lines)
        for row, line in zip(stored, lines, strict=True):
            for name, value in row.items():
                if hasattr(value, "isoformat"):
                    assert value.isoformat().replace("+00:00", "Z") == line[name]
                else:
                    assert value == (
                        pytest.approx(line[name], abs=5e-5) if isinstance(value, float) else line[name]
                    )

    @given(anything, anything)
    def test_any_string_comes_back(self, name: str, title: str) -> None:
        a = article(name, "Some words stand here.", title=title)
        b = replace(a, id=name + "x")
        group = Group(
            a.id, (a.id, b.id), None, Relation.IDENTICAL, 1.0, (match(a, b, Relation.IDENTICAL, []),)
        )
        members = {a.id: a, b.id: b}
        line, sheet = io.BytesIO(), io.BytesIO()
        export([group], finder(members), {"groups": line}, "jsonl")
        assert json.loads(line.getvalue())["title"] == title
        export([group], finder(members), {"groups": sheet}, "csv")
        shown = next(csv.DictReader(io.StringIO(sheet.getvalue().decode(), newline="")))["title"]
        clean = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in title)
        assert shown == ("'" + clean if title[0] in "=+-@\t\r" else clean)
        assert not shown.startswith(("=", "+", "-", "@"))


class TestGraph:
    def test_articles_are_nodes_and_matches_edges(self) -> None:
        groups, articles = stories()
        space = "{http://graphml.graphdrawing.org/xmlns}"
        root = ET.fromstring("".join(graphml(groups, finder(articles))))
        assert [node.get("id") for node in root.iter(f"{space}node")] == list(articles)
        edges = [(edge.get("source"), edge.get("target")) for edge in root.iter(f"{space}edge")]
        assert edges == [(m.a, m.b) for group in groups for m in group.matches]
        keys = {key.get("id") for key in root.iter(f"{space}key")}
        assert {data.get("key") for data in root.iter(f"{space}data")} <= keys
        first = next(root.iter(f"{space}edge"))
        told = {data.get("key"): data.text for data in first.iter(f"{space}data")}
        link = groups[0].matches[0]
        assert float(told["edge_weight"]) == pytest.approx(link.containment, abs=5e-5)
        assert float(told["edge_evidence"]) == pytest.approx(link.weight, abs=5e-5)
        assert told["edge_retold"] == "false"

    @given(anything, anything)
    def test_any_string_makes_well_formed_xml(self, name: str, title: str) -> None:
        a = article(name, "Some words stand here.", title=title, source=title)
        b = article(name + "x", "Some words stand here.")
        found = match(a, b, Relation.DERIVED, [passage(a.text, b.text, "words stand")])
        group = Group(a.id, (a.id, b.id), None, Relation.DERIVED, 0.5, (found,))
        text = "".join(graphml([group], finder({a.id: a, b.id: b})))
        assert len(list(ET.fromstring(text.encode()).iter())) > 10


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An index of a wire story, its copy and a rewrite."""
    path = str(tmp_path_factory.mktemp("index") / "news.db")
    with dedup.open(path) as opened:
        opened.add([
            {"id": "wire", "text": WIRE, "source": "Meridian Wire", "published": "2025-03-03T06:30:00Z"},
            {"id": "copy", "text": WIRE, "source": "Harbour Post", "published": "2025-03-03T08:00:00Z"},
            {"id": "other", "text": REWRITE},
        ])  # fmt: skip
    return path


class TestCommands:
    def test_export_writes_a_folder_of_tables(self, index: str, tmp_path: Path) -> None:
        command(output=str(tmp_path / "out"), index=index)
        assert sorted(file.name for file in (tmp_path / "out").iterdir()) == [
            "articles.csv", "groups.csv", "matches.csv", "passages.csv",
        ]  # fmt: skip
        sheet = (tmp_path / "out" / "articles.csv").read_text(encoding="utf-8")
        ids = [row["article"] for row in csv.DictReader(io.StringIO(sheet, newline=""))]
        assert {"wire", "copy"} <= set(ids)

    def test_export_writes_one_table_to_stdout(self, index: str, capfdbinary: pytest.CaptureFixture) -> None:
        command([Table.MATCHES], format=ExportFormat.JSONL, index=index)
        first = json.loads(capfdbinary.readouterr().out.splitlines()[0])
        assert {first["a"], first["b"]} <= {"wire", "copy", "other"}

    def test_the_ending_tells_the_format(self, index: str, tmp_path: Path) -> None:
        command(output=str(tmp_path / "net.graphml"), index=index)
        assert (tmp_path / "net.graphml").read_text().startswith("<?xml")
        command([Table.GROUPS], output=str(tmp_path / "g.jsonl"), index=index)
        assert json.loads((tmp_path / "g.jsonl").read_text().splitlines()[0])["schema"] == 1

    def test_what_ties_two_groups_is_in_the_tables_and_in_the_graph(self, tmp_path: Path) -> None:
        where = str(tmp_path / "i.db")
        with dedup.open(where) as index:
            index.add(told_together(5))
            home = {*index.group_of("round-up").articles}
            matches = [m for m in index.matches_of("round-up") if m.relation.joins]
            found = {(m.a, m.b): len(m.passages) for m in matches if not {m.a, m.b} <= home}
        assert found
        command(output=str(tmp_path / "out"), index=where, format=ExportFormat.JSONL)
        tables = {
            name: [json.loads(line) for line in (tmp_path / "out" / f"{name}.jsonl").read_text().splitlines()]
            for name in TABLES
        }
        apart = [row for row in tables["matches"] if row["group"] is None]
        assert {(row["a"], row["b"]): row["passages"] for row in apart} == found
        texts = {article.id: article.text for article in told_together(5)}
        own = [row for row in tables["passages"] if row["group"] is None]
        assert len(own) == sum(found.values())
        assert all(row["a_text"] == texts[row["a"]][row["a_start"] : row["a_end"]] for row in own)
        command(output=str(tmp_path / "net.graphml"), index=where)
        edges = (
            ET.parse(tmp_path / "net.graphml").getroot().iter("{http://graphml.graphdrawing.org/xmlns}edge")
        )
        ends = [(edge.get("source"), edge.get("target")) for edge in edges]
        assert set(found) <= set(ends)
        assert len(ends) == len(tables["matches"])

    @pytest.mark.parametrize("name", ["o.json", "out.xlsx", "m.csv.gz"])
    def test_an_ending_that_is_no_format_is_refused(self, index: str, tmp_path: Path, name: str) -> None:
        done = within("export", "matches", "-o", tmp_path / name, "--index", index)
        line = told(done, 2)
        assert f".{name.rsplit('.', maxsplit=1)[-1]}" in line
        assert ".csv, .jsonl, .parquet, .graphml" in line
        assert list(tmp_path.iterdir()) == []
        for output in (name, "matches"):
            asked = ExportFormat.CSV if output == name else None
            command([Table.MATCHES], output=str(tmp_path / output), format=asked, index=index)
            assert (tmp_path / output).read_text().startswith("group,a,b,")
        (tmp_path / "in.2026").mkdir()
        command([Table.MATCHES], output=str(tmp_path / "in.2026"), index=index)
        assert (tmp_path / "in.2026" / "matches.csv").exists()

    def test_what_cannot_be_written_is_refused_at_once(self, index: str, tmp_path: Path) -> None:
        for arguments in (
            {"output": "-"},
            {"output": str(tmp_path / "no" / "where")},
            {"tables": [Table.GROUPS], "format": ExportFormat.GRAPHML},
            {"output": str(tmp_path), "format": ExportFormat.GRAPHML},
        ):
            with pytest.raises(typer.BadParameter):
                command(index=index, **arguments)  # type: ignore[arg-type]
        for output, split in ((tmp_path, False), (tmp_path / "no" / "where.html", False), (Path("-"), True)):
            with pytest.raises(typer.BadParameter):
                report_command(output=output, split=split, index=index)
        assert list(tmp_path.iterdir()) == []

    def test_report_writes_a_page_and_a_folder(
        self, index: str, tmp_path: Path, capfd: pytest.CaptureFixture
    ) -> None:
        report_command(output=tmp_path / "r.html", index=index, title="The ferry")
        assert "<title>The ferry</title>" in (tmp_path / "r.html").read_text(encoding="utf-8")
        folder = tmp_path / "folder"
        report_command(output=folder, split=True, index=index, quiet=True)
        copyfile(folder / "stories-001.html", folder / "stories-009.html")
        (folder / "stories-of-my-youth.html").write_text("<p>A novel.")
        report_command(output=folder, split=True, index=index, quiet=True)
        assert sorted(file.name for file in folder.iterdir()) == [
            "index.html",
            "stories-001.html",
            "stories-of-my-youth.html",  # which the report of before did not make
        ]
        capfd.readouterr()
        report_command(output=Path("-"), index=index)
        out, told = capfd.readouterr()
        assert out.startswith("<!DOCTYPE html>")
        assert told == ""

    def test_without_pyarrow_it_is_said_what_to_install(
        self, index: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        done = within("export", "groups", "--index", index, "-o", tmp_path / "g.parquet")
        assert told(done, 4) == "Parquet needs pyarrow: pip install pyarrow"
        assert list(tmp_path.iterdir()) == []

    def test_small_groups_can_be_left_out(self, index: str, tmp_path: Path) -> None:
        report_command(output=tmp_path / "r.html", index=index, min_articles=9, quiet=True)
        assert '"groups":[]' in (tmp_path / "r.html").read_text(encoding="utf-8")

    def test_what_is_no_story_can_be_left_out(self, tmp_path: Path) -> None:
        path = tmp_path / "fixtures.db"
        with dedup.open(path) as opened:
            opened.add(read([str(Path(__file__).parents[1] / "fixtures" / "articles")]))
        sizes = []
        for only in (False, True):
            report_command(output=tmp_path / "r.html", index=str(path), stories_only=only, quiet=True)
            text = (tmp_path / "r.html").read_text(encoding="utf-8")
            data = json.loads(text.split('id="overview">', 1)[1].split("</script>", 1)[0])
            relations = {data["relations"][row["r"]] for row in data["groups"]}
            assert ({"quote", "template"} <= relations) != only
            sizes.append(len(data["groups"]))
            assert text.count('type="text/plain"') == sizes[-1]
        assert sizes[0] > sizes[1] > 3


class Ends(io.RawIOBase):
    """A file that takes some bytes, and then raises an error once: a disk that is full, or Ctrl-C."""

    def __init__(self, room: int, error: BaseException) -> None:
        super().__init__()
        self.room, self.error = room, error

    def write(self, data: Any, /) -> int:
        if self.room < 0:
            pytest.fail("written to after the error")
        self.room -= len(bytes(data))
        if self.room < 0:
            raise self.error
        return len(bytes(data))

    def writable(self) -> bool:
        return True


@pytest.mark.parametrize("kind", ["parquet", "csv", "jsonl"])
@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()], ids=repr
)
@pytest.mark.parametrize("room", [0, 200, 500])
def test_an_export_ends_with_the_first_error_and_nothing_is_written_after_it(
    room: int, error: BaseException, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "parquet":
        pytest.importorskip("pyarrow")
    monkeypatch.setattr(ParquetWriter, "BATCH", 1)
    groups, articles = stories()
    file = Ends(room, error)
    with pytest.raises(type(error)) as raised:
        export(groups, finder(articles), {"passages": file}, kind)
    assert raised.value is error
    file.close()
    gc.collect()  # what is left of the writer says nothing more


def test_an_export_that_is_interrupted_between_two_rows_leaves_its_files_open() -> None:
    pytest.importorskip("pyarrow")
    groups, articles = stories()

    def interrupted(done: int) -> None:
        raise KeyboardInterrupt

    for kind in ("parquet", "csv", "jsonl"):
        file = io.BytesIO()
        with pytest.raises(KeyboardInterrupt):
            export(groups, finder(articles), {"passages": file}, kind, interrupted)
        before = file.getvalue()
        gc.collect()
        assert file.getvalue() == before
