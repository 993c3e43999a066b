"""The contract: JSON, exit statuses, what stays behind."""

import contextlib
import sqlite3
from pathlib import Path
from unittest.mock import patch

import pytest
from commands import OTHER, REWRITE, WIRE, data, folder_of, lines_of, run, told, within

from dedup.__main__ import main


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    return folder_of(tmp_path_factory.mktemp("input") / "texts")


@pytest.fixture(scope="module")
def index(texts):
    path = texts.parent / "news.db"
    done = within("add", texts, "--index", path)
    assert done.returncode == 0, done.stderr
    return path


def is_a_match(match, a, b):
    assert {a, b} == {match["a"], match["b"]}
    assert isinstance(match["relation"], str)
    for name in ("resemblance", "containment_a", "containment_b"):
        assert 0 <= match[name] <= 1
    for passage in match["passages"]:
        assert 0 <= passage["a"][0] < passage["a"][1]
        assert 0 <= passage["b"][0] < passage["b"][1]
        assert passage["words"] > 0
        assert 0 < passage["similarity"] <= 1
        assert isinstance(passage["quoted"], bool)


def test_run_prints_the_object_of_the_contract(texts):
    done = run("run", texts, "--format", "json")
    found = data(done)
    assert done.stderr == ""
    assert (found["articles"], found["added"], found["unchanged"], found["errors"]) == (3, 3, 0, [])
    (group,) = found["groups"]
    assert sorted(group["articles"]) == ["rewrite", "wire"]
    assert group["id"] in group["articles"]
    assert group["earliest"] is None
    assert 0 < group["weakest"] <= 1
    (match,) = group["matches"]
    is_a_match(match, "wire", "rewrite")
    assert match["relation"] == group["relation"] == "derived"
    text = {"wire": WIRE, "rewrite": REWRITE}
    shared = " ".join(text[match["a"]][slice(*passage["a"])] for passage in match["passages"])
    assert "landing stage for ten years" in shared


def test_run_explains_each_group_to_people(texts):
    done = run("run", texts)
    assert done.returncode == 0
    assert done.stderr == ""
    assert "3 articles: 3 added" in done.stdout
    assert "1 group of 2 articles; 1 on their own" in done.stdout
    assert "derived" in done.stdout
    assert "[-any-] subsidy" in " ".join(done.stdout.split())
    assert "\x1b" not in done.stdout


def test_run_leaves_nothing_behind_unless_an_index_is_named(texts, tmp_path):
    within("run", texts, cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []
    within("run", texts, "--index", "kept.db", cwd=tmp_path)
    assert (
        data(within("info", "--index", "kept.db", "--format", "json", cwd=tmp_path))["index"]["articles"] == 3
    )


def test_the_index_is_the_named_one_then_that_of_the_environment_then_dedup_db(texts, tmp_path):
    for options, more, name in (
        (["--index", "own.db"], {"DEDUP_INDEX": "other.db"}, "own.db"),
        ([], {"DEDUP_INDEX": "env.db"}, "env.db"),
        ([], {}, "dedup.db"),
    ):
        assert run("add", texts, *options, cwd=tmp_path, **more).returncode == 0
        assert (tmp_path / name).exists()
    assert not (tmp_path / "other.db").exists()


def test_adding_again_changes_nothing(texts, tmp_path):
    first = data(within("add", texts, "--index", tmp_path / "i.db", "--format", "json"))
    again = data(within("add", texts, "--index", tmp_path / "i.db", "--format", "json"))
    assert (first["added"], first["unchanged"]) == (3, 0)
    assert (again["articles"], again["added"], again["unchanged"], again["errors"]) == (3, 0, 3, [])


def test_quiet_add_says_nothing(texts, index):
    done = within("add", texts, "--index", index, "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_groups_lists_what_run_found(index):
    (group,) = data(within("groups", "--index", index, "--format", "json"))["groups"]
    assert sorted(group["articles"]) == ["rewrite", "wire"]
    text = within("groups", "--index", index)
    head, line = text.stdout.splitlines()
    assert head.split()[:4] == ["GROUP", "ARTICLES", "RELATION", "WEAKEST"]
    assert line.split()[1:3] == ["2", "derived"]


def test_groups_counts_all_sources_of_a_group(tmp_path):
    path = tmp_path / "news.db"
    papers = [f"Kessholm Morning Herald {n}" for n in range(30)]
    records = lines_of(*({"id": paper, "source": paper, "text": WIRE} for paper in papers))
    assert within("add", "-", "--index", path, stdin=records).returncode == 0
    assert " +29 " in within("groups", "--index", path).stdout


def test_run_leaves_a_known_file_its_id_and_counts_records_that_come_twice_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = Path("in/herald")
    folder.mkdir(parents=True)
    (folder / "wire.txt").write_text(WIRE)
    Path("in/other.txt").write_text(OTHER)
    record = lines_of({"id": "copy", "text": WIRE})
    for name in ("in/a.jsonl", "in/b.jsonl"):
        Path(name).write_bytes(record)
    done = run("run", "in", "--index", "news.db", "--passages", "0")
    assert "1 group of 2 articles; 1 on their own" in done.stdout
    again = run("run", folder, "--index", "news.db", "--passages", "0")
    assert "1 article: 0 added, 1 unchanged" in again.stdout
    assert "1 group of 2 articles; 1 on their own" in again.stdout


def test_show_one_article(index):
    shown = data(within("show", "wire", "--index", index, "--format", "json"))
    assert shown["article"]["id"] == "wire"
    assert shown["article"]["characters"] == len(WIRE)
    assert sorted(shown["group"]["articles"]) == ["rewrite", "wire"]
    is_a_match(shown["matches"][0], "wire", "rewrite")
    alone = data(within("show", "other", "--index", index, "--format", "json"))
    assert (alone["group"], alone["matches"]) == (None, [])
    assert "belongs to no group" in within("show", "other", "--index", index).stdout


def test_show_two_articles_in_the_order_asked_for(index):
    one = data(within("show", "wire", "rewrite", "--index", index, "--format", "json"))
    two = data(within("show", "rewrite", "wire", "--index", index, "--format", "json"))
    assert (one["a"], one["b"], two["a"], two["b"]) == ("wire", "rewrite", "rewrite", "wire")
    assert one["containment_a"] == two["containment_b"]
    assert sorted(p["a"] for p in one["passages"]) == sorted(p["b"] for p in two["passages"])
    text = within("show", "rewrite", "wire", "--index", index).stdout
    assert "[-any-] subsidy" in " ".join(text.split())
    assert "no match" in within("show", "wire", "other", "--index", index).stdout


def test_check_says_new_with_0_and_known_with_1(index, tmp_path):
    for text, status, verdict in (
        (OTHER[::-1], 0, "new"),
        (WIRE, 1, "duplicate"),
        (REWRITE[:700], 1, "duplicate"),
    ):
        file = tmp_path / "asked.txt"
        file.write_text(text)
        checked = data(run("check", file, "--index", index, "--format", "json"), status)
        assert (checked["id"], checked["verdict"]) == ("asked", verdict)
        assert checked["reason"]
    piped = run("check", "-", "--index", index, stdin=WIRE.encode())
    assert piped.returncode == 1
    assert "duplicate" in piped.stdout
    assert data(within("info", "--index", index, "--format", "json"))["index"]["articles"] == 3


def test_compare_two_files(texts):
    match = data(within("compare", texts / "wire.txt", texts / "rewrite.txt", "--format", "json"))
    is_a_match(match, str(texts / "wire.txt"), str(texts / "rewrite.txt"))
    none = data(within("compare", texts / "wire.txt", texts / "other.txt", "--format", "json"))
    assert none["relation"] is None
    assert "no match" in within("compare", texts / "wire.txt", texts / "other.txt").stdout
    shown = within("compare", texts / "wire.txt", texts / "rewrite.txt").stdout
    assert "{+any+} subsidy" in " ".join(shown.split())


def test_explain_by_ids_and_by_files(texts, index):
    by_id = data(within("explain", "wire", "rewrite", "--index", index, "--format", "json"))
    by_file = data(within("explain", texts / "wire.txt", texts / "rewrite.txt", "--format", "json"))
    assert by_id["stored"] is True
    assert by_file["stored"] is False
    assert by_id["resemblance"] == by_file["resemblance"]
    assert by_id["fingerprints"]["shared"] == by_file["fingerprints"]["shared"] > 0
    assert by_id["weight"] >= by_id["bar"] > 0
    back = data(within("explain", "rewrite", "wire", "--index", index, "--format", "json"))
    assert (back["a"], back["b"], back["containment_a"]) == ("rewrite", "wire", by_id["containment_b"])
    text = within("explain", "wire", "rewrite", "--index", index).stdout
    for word in (
        "bands",
        "fingerprints",
        "probability",
        "resemblance",
        "containment",
        "weight",
        by_id["reason"][:30],
    ):
        assert word in " ".join(text.split())


def test_remove_and_prune(texts, tmp_path):
    index = tmp_path / "i.db"
    records = lines_of(
        {"id": "old", "text": WIRE, "published": "2001-02-03"}, {"id": "young", "text": REWRITE}
    )
    assert within("add", "-", "--index", index, stdin=records).returncode == 0
    assert data(within("prune", "--older-than", "30d", "--index", index, "--format", "json"))["removed"] == 1
    assert data(within("groups", "--index", index, "--format", "json"))["groups"] == []
    assert "1 article removed" in within("remove", "young", "--index", index).stdout
    assert data(within("info", "--index", index, "--format", "json"))["index"]["articles"] == 0


def test_unreadable_records_are_told_and_counted_and_the_rest_goes_on(tmp_path):
    file = tmp_path / "in.jsonl"
    file.write_bytes(
        lines_of({"id": "a", "text": WIRE}, {"id": "none"})
        + b"{broken\n"
        + lines_of({"id": "b", "text": OTHER})
    )
    done = run("run", file, "--format", "json")
    found = data(done, 3)
    assert found["articles"] == 2
    assert [error["line"] for error in found["errors"]] == [2, 3]
    assert [line.split(":")[2] for line in done.stderr.splitlines()] == ["2", "3"]
    assert "Traceback" not in done.stderr
    strict = run("run", file, "--format", "json", "--strict")
    assert ":2:" in told(strict, 3)
    assert strict.stdout == ""


def test_many_unreadable_records_do_not_flood(tmp_path):
    file = tmp_path / "in.jsonl"
    file.write_bytes(b"{broken\n" * 500)
    done = within("run", file)
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 6
    assert "495 more" in done.stderr.splitlines()[-1]


def test_fields_can_be_named(tmp_path):
    record = lines_of({"guid": "g1", "words": WIRE, "text": "not this"})
    done = within(
        "run", "-", "--field", "text=words", "--field", "id=guid", "--index", tmp_path / "i.db", stdin=record
    )
    assert done.returncode == 0
    assert data(within("show", "g1", "--index", tmp_path / "i.db", "--format", "json"))["article"][
        "characters"
    ] == len(WIRE)


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "nobody"],
        ["show", "wire", "nobody"],
        ["explain", "wire", "nobody"],
        ["remove", "wire", "nobody"],
    ],
)
def test_an_unknown_id_is_one_line_and_status_2(index, arguments):
    assert "nobody" in told(run(*arguments, "--index", index), 2)
    assert data(within("info", "--index", index, "--format", "json"))["index"]["articles"] == 3


@pytest.mark.parametrize("kind", ["absent", "folder", "text", "foreign", "other settings"])
def test_an_index_that_cannot_be_used_is_one_line_and_status_4(kind, texts, index, tmp_path):
    path, options = tmp_path / "i.db", []
    if kind == "folder":
        path.mkdir()
    elif kind == "text":
        path.write_text("nothing of a database here\n" * 100)
    elif kind == "foreign":
        import sqlite3

        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE mine (x)")
        connection.commit()
        connection.close()
    elif kind == "other settings":
        (tmp_path / "own.toml").write_text("shingle = 3\n")
        path, options = index, ["--settings", tmp_path / "own.toml"]
    done = run("groups", "--index", path, *options)
    assert told(done, 4)
    assert done.stdout == ""
    if kind != "absent":
        assert told(within("add", texts, "--index", path, *options), 4)
    else:
        assert not path.exists()


@pytest.mark.parametrize("content", [b"", b"caf\xe9 \xc3\xba\xc3\xba damaged", b"   \n"])
def test_compare_tells_of_a_file_without_an_article(content, texts, tmp_path):
    (tmp_path / "bad.txt").write_bytes(content)
    assert "bad.txt" in told(within("compare", texts / "wire.txt", tmp_path / "bad.txt"), 3)


def test_compare_takes_one_article_a_file(texts, tmp_path):
    (tmp_path / "two.jsonl").write_bytes(lines_of({"id": 1, "text": WIRE}, {"id": 2, "text": OTHER}))
    assert "several" in told(within("compare", tmp_path / "two.jsonl", texts / "wire.txt"), 2)


def test_every_object_is_on_one_line_of_utf_8_whatever_the_locale(texts, tmp_path):
    record = lines_of({"id": "é\u202e", "text": WIRE, "title": "\x1b[31m"}, {"id": "港", "text": WIRE})
    done = run(
        "run", "-", "--format", "json", stdin=record, PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C"
    )
    assert done.stdout.count("\n") == 1
    assert sorted(data(done)["groups"][0]["articles"]) == ["é\u202e", "港"]
    assert "港" in done.stdout
    assert "\u202e" not in done.stdout


def test_repeated_lines_are_listed_while_another_process_writes_and_ruled_on_when_it_is_done(index):
    at_once = ["--index", index, "--lock-timeout", "0"]
    with contextlib.closing(sqlite3.connect(index, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        listed = within("boilerplate", *at_once)
        assert (listed.returncode, listed.stderr) == (0, "")
        assert "is writing to the index" in told(within("boilerplate", "--mark", "A line", *at_once), 4)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (["--keep", "99"], "no line has the number 99"),
        (["--mark", ""], "there are no words in the text"),
        (["--mark", "A line that there is", "--mark", " ... "], "there are no words in the text"),
    ],
)
def test_a_ruling_on_no_line_is_a_mistake_in_the_command_and_changes_nothing(index, asked, says):
    line = told(within("boilerplate", *asked, "--index", index), 2)
    assert says in line
    assert asked[0] in line
    assert within("boilerplate", "--index", index, "--format", "jsonl").stdout == ""


def test_an_index_is_looked_through_for_damage(tmp_path: Path) -> None:
    """What no longer agrees is told in one line, with status 4; the counts are printed all the same."""
    index = tmp_path / "kept.db"
    within("run", folder_of(tmp_path / "articles"), "--index", index, "--quiet")
    assert data(within("info", "--check", "--index", index, "--format", "json"))["index"]["problems"] == 0
    with contextlib.closing(sqlite3.connect(index)) as connection, connection:
        connection.execute("DELETE FROM posting_bucket")
    done = within("info", "--check", "--index", index, "--format", "json")
    assert data(done, 4)["index"]["problems"] >= 1
    assert "kept.db: fails its check: run 1: 0 keys and 0 postings, but" in told(done, 4)


@pytest.mark.parametrize(
    ("statement", "asked"),
    [
        ("UPDATE match SET passages = '[[1,2'", ["groups"]),
        ("UPDATE article SET published = 'rubbish'", ["groups"]),
        ("UPDATE article SET title = CAST(x'e60a41' AS TEXT)", ["groups", "--format", "csv"]),
        ("UPDATE article SET source = x'e641'", ["report", "--output", "report.html"]),
        ("UPDATE article_text SET text = CAST(x'e641' AS BLOB)", ["report", "--output", "report.html"]),
        ("UPDATE change SET details = '{'", ["changes"]),
        ("UPDATE about SET value = '{' WHERE name = 'created'", ["info"]),
        ("UPDATE article SET id = CAST(id AS BLOB)", ["check", "input.jsonl"]),
    ],
)
def test_what_cannot_be_read_is_one_line_and_status_4(
    tmp_path: Path, statement: str, asked: list[str]
) -> None:
    within("run", folder_of(tmp_path / "articles"), "--index", tmp_path / "kept.db", "--quiet")
    (tmp_path / "input.jsonl").write_bytes(lines_of({"id": "new", "text": f"{WIRE}\nNothing else."}))
    with contextlib.closing(sqlite3.connect(tmp_path / "kept.db")) as connection, connection:
        connection.execute(statement)
    for command in (asked, ["info", "--check"]):
        line = told(within(*command, "--index", "kept.db", cwd=tmp_path), 4)
        assert line.startswith("kept.db: ")
        assert line.isprintable()


def test_damage_that_sqlite_finds_is_told_once(tmp_path: Path) -> None:
    index = tmp_path / "kept.db"
    within("run", folder_of(tmp_path / "articles"), "--index", index, "--quiet")
    content = bytearray(index.read_bytes())
    middle = len(content) // 2 // 8192 * 8192
    content[middle : middle + 3 * 8192] = b"\xa5" * (3 * 8192)
    index.write_bytes(content)
    line = told(within("info", "--check", "--index", index), 4)
    assert line.count("kept.db") == 1


def test_a_mistake_of_ours_does_not_end_as_a_verdict(capsys):
    with patch("typer.main.get_group", side_effect=ZeroDivisionError("ours")):
        assert main(["check", "x.json"]) == 70
    assert "ZeroDivisionError: ours" in capsys.readouterr().err


@pytest.mark.parametrize(("command", "option"), [("groups", "--limit"), ("boilerplate", "--keep")])
def test_numbers_that_nothing_can_count_to_are_refused(index, command, option):
    assert option in told(within(command, option, str(1 << 70), "--index", index), 2)


def test_an_earlier_version_is_said_to_make_way_for_its_newer_one(tmp_path):
    told_by = {"source": "Harbour Post", "id": "ferry"}
    new = {**told_by, "published": "2025-03-12", "text": WIRE}
    old = [{**told_by, "published": f"2025-03-1{day}", "text": REWRITE} for day in (1, 0)]
    (tmp_path / "one.jsonl").write_bytes(lines_of(new, old[0]))
    (tmp_path / "two.jsonl").write_bytes(lines_of(new, *old))
    said = {"one": "1 left out for its newer version", "two": "2 left out for newer versions"}
    for verb, name in ((verb, name) for verb in ("run", "add") for name in said):
        done = run(verb, tmp_path / f"{name}.jsonl", "--index", tmp_path / f"{verb}-{name}.db")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines()[0].endswith(f": 1 added, 0 unchanged, {said[name]}")
