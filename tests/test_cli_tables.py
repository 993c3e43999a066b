"""Data as JSON lines, CSV and Markdown: they say what the JSON says."""

import csv
import io
import json
import re

import pytest
from commands import OTHER, REWRITE, WIRE, within
from hypothesis import given
from hypothesis import strategies as st

from dedup.report.tabular import flat, markdown_cell, printed_csv, printed_markdown

TITLE = 'Night | ferry <b>"closed"</b>\n=1+1'


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    told = [("wire", WIRE), ("rewrite", REWRITE), ("other", OTHER)]
    lines = [json.dumps({"id": name, "text": text, "title": TITLE, "source": "Wire"}) for name, text in told]
    (folder / "news.jsonl").write_text("\n".join(lines))
    for name, text in told:
        (folder / f"{name}.txt").write_text(text)
    done = within("add", folder / "news.jsonl", "--index", folder / "news.db", "--format", "csv")
    assert (
        done.stdout
        == "articles,added,updated,unchanged,outdated,expired,pruned,errors,matches\r\n3,3,0,0,0,0,0,0,1\r\n"
    )
    return folder


def printed(folder, format, *arguments):  # noqa: A002
    placed = [folder / each if str(each).endswith((".txt", ".jsonl")) else each for each in arguments]
    indexed = [] if arguments[0] in ("compare", "run") else ["--index", folder / "news.db"]
    done = within(*placed, *indexed, "--format", format)
    assert done.stderr == ""
    return done.stdout


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def cells_of(text):
    lines = [re.split(r"(?<!\\)\|", line)[1:-1] for line in text.splitlines()]
    assert len({len(line) for line in lines}) == 1
    assert set(lines[1]) == {" --- "}
    head = [cell.strip() for cell in lines[0]]
    return [
        dict(zip(head, (re.sub(r"\\(.)", r"\1", cell.strip()) for cell in line), strict=True))
        for line in lines[2:]
    ]


COMMANDS = [
    (["groups"], "groups"),
    (["run", "news.jsonl"], "groups"),
    (["show", "wire"], "matches"),
    (["show", "wire", "rewrite"], "passages"),
    (["compare", "wire.txt", "rewrite.txt"], "passages"),
    (["changes"], None),
    (["check", "wire.txt"], None),
]


@pytest.mark.parametrize(("arguments", "member"), COMMANDS, ids=str)
def test_all_formats_say_the_same(folder, arguments, member):
    objects = [json.loads(line) for line in printed(folder, "json", *arguments).splitlines()]
    if member:
        (whole,) = objects
        objects = whole[member]
    lines = [json.loads(line) for line in printed(folder, "jsonl", *arguments).splitlines()]
    assert all(line.pop("schema") == 1 for line in lines)
    rows, cells = (
        rows_of(printed(folder, "csv", *arguments)),
        cells_of(printed(folder, "markdown", *arguments)),
    )
    assert len(lines) == len(rows) == len(cells) == len(objects) > 0
    for name in set(objects[0]) & set(rows[0]) - {"a", "b"}:
        told = [flat(each)[name] for each in objects]
        if name in ("articles", "earliest"):
            continue
        assert [row[name] for row in rows] == [_text(each) for each in told]
        assert [row[name] for row in cells] == [" ".join(_text(each).split()) for each in told]
    if member == "passages":
        for row, each in zip(rows, objects, strict=True):
            assert [int(row["a_start"]), int(row["a_end"])] == each["a"]
            assert row["b_text"] == REWRITE[slice(*each["b"])]
    elif member:
        assert lines == objects
    if member == "groups":
        assert rows[0]["title"] == TITLE
        assert cells[0]["title"] == " ".join(TITLE.split())


def test_a_limit_holds_in_all_formats(tmp_path):
    pairs = [(f"{name}{n}", f"{text} It is {n}.") for name, text in (("w", WIRE), ("o", OTHER)) for n in "12"]
    lines = [json.dumps({"id": name, "text": text}) for name, text in pairs]
    (tmp_path / "news.jsonl").write_text("\n".join(lines))
    within("add", tmp_path / "news.jsonl", "--index", tmp_path / "news.db")
    for command in (["groups", "--index", tmp_path / "news.db"], ["run", tmp_path / "news.jsonl"]):
        for limit, found in (([], 2), (["--limit", "0"], 2), (["--limit", "1"], 1)):
            told = {kind: within(*command, *limit, "--format", kind) for kind in ("json", "jsonl", "csv")}
            assert len(json.loads(told["json"].stdout)["groups"]) == found
            assert len(told["jsonl"].stdout.splitlines()) == found
            assert len(rows_of(told["csv"].stdout)) == found
            assert len(cells_of(within(*command, *limit, "--format", "markdown").stdout)) == found


def _text(value):
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("arguments", [["info"], ["explain", "wire", "rewrite"]], ids=str)
def test_facts_are_rows_of_name_and_value(folder, arguments):
    told = json.loads(printed(folder, "json", *arguments))
    assert json.loads(printed(folder, "jsonl", *arguments)) == told
    del told["schema"]
    told = flat(told.get("index", told))
    for rows in (
        rows_of(printed(folder, "csv", *arguments)),
        cells_of(printed(folder, "markdown", *arguments)),
    ):
        found = {row["name"]: row["value"] for row in rows}
        assert found.keys() == told.keys()
        assert found["articles" if "articles" in told else "relation"] in ("3", "derived")
        assert not any("{" in value for value in found.values())


def test_what_does_not_count_in_a_pair_is_counted_in_its_explanation(folder, tmp_path):
    within("add", folder / "news.jsonl", "--index", tmp_path / "i.db")
    within("boilerplate", "--mark", OTHER.split(". ")[0], "--index", tmp_path / "i.db")
    done = within("explain", "wire", "other", "--format", "csv", "--index", tmp_path / "i.db")
    found = {row["name"]: row["value"] for row in rows_of(done.stdout)}
    assert (found["uncounted.a"], found["uncounted.b"]) == ("0", "1")


def test_a_pair_that_is_no_match_has_a_heading_and_no_rows(folder):
    for format, lines in (("csv", 1), ("markdown", 2), ("jsonl", 0)):  # noqa: A001
        assert len(printed(folder, format, "compare", "wire.txt", "other.txt").splitlines()) == lines


@given(st.lists(st.dictionaries(st.sampled_from("ab"), st.text(max_size=20) | st.none()), max_size=4))
def test_any_strings_stay_in_their_cells(rows):
    text = "".join(printed_markdown("ab", rows))
    assert text.count("\n") == len(rows) + 2
    assert len(cells_of(text)) == len(rows)
    back = rows_of("".join(printed_csv("ab", rows)))
    for row, found in zip(rows, back, strict=True):
        for name in "ab":
            given = (row.get(name) or "").encode("utf-8", "replace").decode().replace("?", "\ufffd")
            assert found[name].removeprefix("'").replace("?", "\ufffd") == given.removeprefix("'")


def test_markup_in_a_title_is_no_markup():
    assert markdown_cell("<script>|[x](javascript:y)*`\n") == r"\<script\>\|\[x\](javascript:y)\*\`"
