"""What the reader makes of good input: articles, ids, fields, order."""

import glob
import gzip
import io
import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path

import numpy as np
import pytest
from found import parts
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.errors import SettingsError
from dedup.model import LINK, Article, RecordError
from dedup.read import read, record_to_article
from dedup.read.dates import published
from dedup.read.given import checked, readable
from dedup.read.inputs import matching
from dedup.read.record import Fields
from tests.commands import data
from tests.commands import within as run

ROOT = Path(__file__).parent.parent


def write(folder: Path, **files: str | bytes) -> Path:
    """Write files named `a__b_txt` as a/b.txt."""
    for name, content in files.items():
        stem, _, ending = name.rpartition("_")
        path = folder / f"{stem.replace('__', '/')}.{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def ids(*inputs: Path | str, **options) -> list[str]:
    found = list(read([str(i) for i in inputs], **options))
    assert all(isinstance(one, Article) for one in found), found
    return [one.id for one in found]


def test_a_text_is_taken_as_it_stands(tmp_path):
    text = "A title\r\n\r\nThe “text” \t of it. \n"
    write(tmp_path, a_txt=text)
    assert list(read([str(tmp_path / "a.txt")])) == [Article("a", text, path=str(tmp_path / "a.txt"))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_tells_the_encoding_and_is_no_text(tmp_path, encoding):
    write(
        tmp_path,
        a_txt="Größe 茶 مكتبة 🚋".encode(encoding),
        b_jsonl='{"id": 1, "text": "茶"}\n\n'.encode(encoding),
    )
    assert [one.text for one in read([str(tmp_path)])] == ["Größe 茶 مكتبة 🚋", "茶"]


def test_the_id_of_a_file_is_its_path_without_the_ending_below_the_folder(tmp_path):
    write(tmp_path, b_txt="b", a_md="a", sub__c_d_text="c", sub__deep__d_txt="d")
    assert ids(tmp_path) == ["a", "b", "sub/c_d", "sub/deep/d"]
    assert ids(f"{tmp_path}/") == ids(tmp_path)
    assert ids(tmp_path / "sub" / "deep" / "d.txt") == ["d"]


def test_a_pattern_gives_the_ids_that_its_folder_gives(tmp_path):
    write(tmp_path, a_txt="a", sub__b_txt="b", sub__deep__c_txt="c", sub__x_bin="x")
    assert ids(f"{tmp_path}/**/*.txt") == ids(tmp_path) == ["a", "sub/b", "sub/deep/c"]
    assert ids(f"{tmp_path}/sub/*.txt") == ["b"]
    assert ids(f"{tmp_path}/s?b") == ["sub/b", "sub/deep/c"]


def test_a_file_whose_name_looks_like_a_pattern_is_a_file(tmp_path):
    (tmp_path / "a[1]*.txt").write_text("a")
    assert ids(tmp_path / "a[1]*.txt") == ["a[1]*"]


def test_equal_ids_are_told_apart_whatever_the_order(tmp_path):
    write(tmp_path, one__x_txt="1", one__x_md="2", one__y_txt="3", two__y_txt="4", two__z_txt="5")
    one, two = tmp_path / "one", tmp_path / "two"
    assert ids(one) == ["x.md", "x.txt", "y"]
    assert (
        sorted(ids(two, one))
        == sorted(ids(one, two))
        == sorted(["x.md", "x.txt", f"{one}/y.txt", f"{two}/y.txt", "z"])
    )


def test_a_file_that_several_inputs_name_is_read_once(tmp_path, monkeypatch):
    write(tmp_path, a_txt="a", b_txt="b")
    monkeypatch.chdir(tmp_path)
    assert ids("b.txt", ".", tmp_path / "a.txt", "*.txt") == ["b", "a"]


def test_hidden_files_and_unknown_endings_are_left_out_of_folders_but_read_when_named(tmp_path):
    write(tmp_path, a_txt="a", b_log="plain", c_log='{"id": "c", "text": "t"}\n{"id": "d", "text": "u"}')
    (tmp_path / ".hidden.txt").write_text("h")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.txt").write_text("x")
    assert ids(tmp_path) == ["a"]
    assert ids(tmp_path / "b.log", tmp_path / "c.log", tmp_path / ".hidden.txt") == ["b", "c", "d", ".hidden"]


def test_links_to_folders_are_not_followed(tmp_path):
    write(tmp_path, a_txt="a", sub__b_txt="b")
    (tmp_path / "sub" / "round").symlink_to(tmp_path)
    (tmp_path / "c.txt").symlink_to(tmp_path / "a.txt")
    assert ids(tmp_path) == ["a", "c", "sub/b"]


def test_links_to_folders_that_no_input_leads_to_are_told(tmp_path):
    write(tmp_path, a_txt="a", out__b_txt="b", out__deep__c_txt="c")
    write(tmp_path / "in", d_txt="d", day__e_txt="e")
    inside, outside = tmp_path / "in", tmp_path / "out"
    for name, target in {"day.txt": "day", "latest": "day", "loop": ".", "up": "..", "lost": "no"}.items():
        (inside / name).symlink_to(target)
    assert ids(inside) == ["d", "day/e"]
    (inside / "day" / "out").symlink_to(outside)
    (inside / "li\nk").symlink_to(outside / "deep")
    assert ids(inside, outside) == ["d", "day/e", "b", "deep/c"]
    links = [f"{inside}/day/out", f"{inside}/li\\nk"]
    for one_input in (inside, f"{tmp_path}/i*"):
        found = list(read([one_input]))
        told = [(one.input, one.reason) for one in found if isinstance(one, RecordError)]
        assert told == [(link, LINK) for link in links]
        assert len(found) == 4
    told = run("run", inside, "--format", "json")
    assert data(told)["linked_folders"] == links
    assert [line.split(": ")[1] for line in told.stderr.splitlines()] == links
    for _ in range(2):
        told = run("add", inside, "--index", tmp_path / "x.db", "--format", "json")
        assert data(told)["linked_folders"] == links
        assert told.stderr.count(LINK) == 2
    told = run("add", inside, "--index", tmp_path / "x.db", "--quiet")
    assert (told.returncode, told.stderr) == (0, "")
    told = run("check", inside, "--index", tmp_path / "x.db")
    assert (told.returncode, told.stderr.count(LINK)) == (1, 2)


@pytest.mark.parametrize("kind", [str, Path, os.fsencode])
def test_one_input_that_stands_by_itself_is_one_and_paths_are_taken(tmp_path, kind):
    write(tmp_path, a_txt="one", b_txt="two")
    assert [one.id for one in read(kind(tmp_path))] == ["a", "b"]
    assert [one.id for one in read(kind(tmp_path / name) for name in ("b.txt", "a.txt"))] == ["b", "a"]
    with dedup.open(":memory:") as index:
        assert index.add_files(kind(tmp_path)).added == 2
        assert index.add_files([kind(tmp_path / "a.txt")]).files_known == 1


@pytest.mark.parametrize("odd", [3, [None], ["a.txt", 3], [[Path("a.txt")]]])
def test_what_is_no_path_is_a_type_error_at_once(tmp_path, odd):
    with pytest.raises(TypeError):
        read(odd)
    with dedup.open(":memory:") as index:
        with pytest.raises(TypeError):
            index.add_files(odd)
        assert index.info()["pending"] is None


def test_patterns_go_through_no_links_to_folders_that_they_do_not_name(tmp_path):
    write(tmp_path, day__a_txt="a", day__deep__b_txt="b")
    (tmp_path / "latest").symlink_to("day")
    (tmp_path / "day" / "loop").symlink_to(".")
    (tmp_path / "day" / "deep" / "round").symlink_to(tmp_path)
    for pattern in ("**/*.txt", "**", "*/**/*.txt", "**/**/*.txt"):
        assert sorted(ids(f"{tmp_path}/{pattern}")) == ["day/a", "day/deep/b"]
    assert ids(f"{tmp_path}/*/*.txt") == ["day/a"]
    assert ids(f"{tmp_path}/*") == ids(f"{tmp_path}/*/") == ["day/a", "day/deep/b"]
    assert ids(f"{tmp_path}/latest/*.txt") == ["a"]
    assert ids(f"{tmp_path}/d?y/loop/*.txt") == ["day/loop/a"]
    (tmp_path / "self").symlink_to("self")
    assert sorted(ids(f"{tmp_path}/**/*.txt")) == ["day/a", "day/deep/b"]
    [error] = read([f"{tmp_path}/l*/*.txt"])
    assert error.reason == "no file matches this pattern"


def test_a_file_comes_once_whatever_the_inputs_that_lead_to_it(tmp_path):
    write(tmp_path, day__b_txt="b")
    (tmp_path / "latest").symlink_to("day")
    day, latest = f"{tmp_path}/day", f"{tmp_path}/latest"
    assert ids(f"{day}/*", f"{latest}/*", day, latest, f"{latest}/b.txt") == ["b"]
    assert ids(latest, f"{day}/**") == ids(f"{latest}/b.txt", day) == ["b"]
    (tmp_path / "day" / "a.txt").symlink_to("b.txt")
    assert ids(f"{day}/*") == ids(f"{day}/?.txt", f"{latest}/*.txt") == ["b"]
    assert ids(f"{day}/a*", f"{latest}/b.txt") == ["a"]


@pytest.mark.parametrize(
    "pattern",
    [
        "*", "*.txt", "**", "**/*", "**/*.txt", "a*/**", "**/b/*", "**/b/**", "a/[bc]/?.txt", "*/b/*.txt",
        ".*", ".h/*", "**/.*", "**/b", "[!a]*", "a//*.txt", "*/", "**/", "a**", "**/c*/../x.txt", "none/*",
    ],
)  # fmt: skip
def test_without_links_patterns_match_what_they_match_elsewhere(tmp_path, monkeypatch, pattern):
    write(
        tmp_path, a__x_txt="1", a__b__y_txt="2", a__b__b__z_md="3", a__c__x_txt="4", b_txt="5", ca__d_txt="6"
    )
    write(tmp_path / ".h", k_txt="7")
    (tmp_path / ".i.txt").write_text("8")
    monkeypatch.chdir(tmp_path)
    expected = {os.path.normpath(path) for path in glob.glob(pattern, recursive=True)}  # noqa: PTH207
    for base in ("", "./", f"{tmp_path}/"):
        found = {os.path.normpath(path.removeprefix(base)) for path in matching(base, pattern)} - {"."}
        assert found <= expected
        # of `**` the folders are not needed, for what is in them is there too
        assert not {path for path in expected - found if "**" not in pattern or Path(path).is_file()}


def test_names_that_are_no_utf8_become_printable(tmp_path):
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_text("a")
    (tmp_path / "li\nne.txt").write_text("b")
    found = list(read([str(tmp_path)]))
    assert sorted(one.id for one in found) == ["caf\\xe9", "li\\nne"]
    assert all(one.path.isprintable() for one in found)


RECORD = {
    "id": "a1", "source": "The Mail", "published": "2025-03-11T06:12:00+02:00", "title": " A title ",
    "url": "https://x.example/a1", "text": "The text.",
}  # fmt: skip
ARTICLE = Article(
    "a1",
    "The text.",
    "The Mail",
    datetime(2025, 3, 11, 4, 12, tzinfo=UTC),
    "A title",
    "https://x.example/a1",
    None,
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", json.dumps(RECORD)),
        ("a.ndjson", json.dumps(RECORD) + "\r\n\r\n"),
        ("A.JSONL", "\n" + json.dumps(RECORD) + "\n"),
        ("a.json", json.dumps(RECORD, indent=2)),
        ("a.json", json.dumps([RECORD])),
        ("a.json", json.dumps({"status": "ok", "articles": [RECORD]})),
        ("a.json", json.dumps(RECORD) + "\n" + json.dumps(RECORD) + "\n"),
        ("a.dump", json.dumps(RECORD)),
        ("a.dump", json.dumps(RECORD, indent=1)),
        ("a.dump", json.dumps([RECORD])),
        ("a.jsonl", json.dumps(RECORD | {"score": float("nan"), "most": float("inf")})),
    ],
)
def test_a_record_is_the_same_article_in_every_form(tmp_path, name, content):
    (tmp_path / name).write_text(content)
    (tmp_path / f"z_{name}.gz").write_bytes(gzip.compress(content.encode()))
    found = list(read([str(tmp_path / name), str(tmp_path / f"z_{name}.gz")]))
    assert {parts(one) for one in found} == {parts(ARTICLE)}
    assert len(found) % 2 == 0


@pytest.mark.parametrize(
    "names",
    [
        ("body", "guid", "headline", "link", "publisher", "pubDate"),
        ("articleBody", "@id", "Headline", "URL", "outlet", "datePublished"),
        ("content", "_id", "TITLE", "web_url", "site-name", "published_at"),
    ],
)
def test_the_names_that_are_about_are_guessed(names):
    taken = ("text", "id", "title", "url", "source", "published")
    record = {name: RECORD[part] for part, name in zip(taken, names, strict=True)} | {"author": "N. N."}
    assert parts(record_to_article(record)) == parts(ARTICLE)


def test_a_name_that_is_given_overrules_the_guess():
    record = {"text": "the lead", "full": "all of it", "id": 3, "key": 4}
    assert record_to_article(record).text == "the lead"
    article = Fields({"text": "full", "id": "key"}).article(record, "x")
    assert (article.text, article.id) == ("all of it", "4")
    assert isinstance(Fields({"text": "body"}).article(record, "x"), RecordError)


def test_null_and_empty_fields_give_way_to_the_next():
    record = {
        "id": None,
        "guid": "",
        "uuid": "u",
        "text": "",
        "body": None,
        "content": "c",
        "title": 7,
        "source": [],
    }
    assert parts(record_to_article(record)) == ("u", "c", None, None, "7", None)
    assert record_to_article({"text": "t", "source": {"id": None, "name": "N"}, "url": "w"}).source == "N"


def test_a_part_that_does_not_exist_is_refused_at_once():
    with pytest.raises(SettingsError, match="txt, head"):
        read(["x"], fields={"txt": "a", "head": "b"})


def test_a_record_without_an_id_has_its_url_or_its_place(tmp_path):
    write(
        tmp_path,
        sub__w_jsonl='{"text": "a", "url": "u"}\n\n{"text": "b"}\n',
        d_json='[{"text": "c"}, {"text": "d"}]',
    )
    assert ids(tmp_path) == ["d#1", "d#2", "u", "sub/w#3"]
    assert record_to_article({"text": "t"}) == RecordError("record", None, "neither an id nor a url")


def test_articles_know_their_line(tmp_path):
    write(tmp_path, w_jsonl='\n{"id": 1, "text": "a"}\n\n{"id": 2, "text": "b"}')
    assert [(one.line, one.id) for one in read([str(tmp_path)])] == [(2, "1"), (4, "2")]


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (b'{"id": 1, "text": "a"}\n{"id": 2, "text": "b"}', ["a", "b"]),
        (b"\xef\xbb\xbf\n", None),
        (b'\xef\xbb\xbf{"id": 1, "text": "a"}\n', ["a"]),
        (b' \n [{"id": 1, "text": "a"}]', ["a"]),
        (b'{\n"id": 1,\n"text": "a"}', ["a"]),
        (b"One\ntext.\n", ["One\ntext.\n"]),
        ("Größe".encode("utf-16"), ["Größe"]),
    ],
)
def test_stdin_is_told_by_its_first_line(data, texts):
    found = list(read(["-"], stdin=io.BytesIO(data)))
    if texts is None:
        assert [type(one) for one in found] == [RecordError]
    else:
        assert [one.text for one in found] == texts


def test_stdin_gives_other_ids_to_other_texts_and_the_same_to_the_same():
    def of(data: bytes) -> list[str]:
        return ids("-", stdin=io.BytesIO(data))

    assert of(b"one text") == of(b"one text") != of(b"another text")
    first, second = of(b'{"text": "a"}\n{"text": "a"}')
    assert first != second
    assert of(b'{"text": "a"}') == [first] != of(b'{"text": "b"}')
    assert of(b'{"text": "a", "id": "stdin-own"}') == ["stdin-own"]


def test_stdin_hands_on_each_line_when_it_is_there():
    """A pipeline must not wait for the end of its input."""
    code = "import sys\nfrom dedup.read import read\nfor one in read(['-']): print(one.id, flush=True)"
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as run:
        for number in range(3):
            run.stdin.write(b'{"id": %d, "text": "t"}\n' % number)
            run.stdin.flush()
            assert run.stdout.readline() == b"%d\n" % number


def test_a_pipe_of_the_shell_is_read(tmp_path):
    code = "import sys\nfrom dedup.read import read\nprint([one.id for one in read(sys.argv[1:])])"
    shell = """exec "$0" -c "$1" <(sleep 0.2; echo '{"id": "piped", "text": "t"}')"""
    run = subprocess.run(
        ["bash", "-c", shell, sys.executable, code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout == "['piped']\n"


def test_it_reads_lazily(tmp_path):
    write(tmp_path, a_jsonl='{"id": 1, "text": "a"}\n' * 3, b_txt="b")
    reading = read([str(tmp_path)])
    next(reading)
    (tmp_path / "b.txt").write_text("changed")
    assert [one.text for one in reading][-1] == "changed"


MOMENT = datetime(2024, 3, 5, 10, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "2024-03-05T10:20:30Z", "2024-03-05T10:20:30+00:00", "2024-03-05 10:20:30",
        "2024-03-05T12:20:30+0200",
        "2024-03-05 10:20:30 UTC", "2024-03-05 12:20:30 +02:00", " 2024-03-05 10:20:30 GMT ",
        "2024-3-5 10:20:30", "20240305T102030Z", "20240305102030", "Tue, 05 Mar 2024 10:20:30 GMT",
        "Tue, 5 Mar 2024 05:20:30 -0500", "Tue, 05 Mar 2024 05:20:30 EST", "05 Mar 2024 10:20:30",
        "5 March 2024 10:20:30", "March 5, 2024 10:20:30", "5-MAR-2024 10:20:30.00", "2024/03/05 10:20:30",
        "Tue,  5 Mar 2024 11:20:30 CET", "5 Mar 2024 12:20:30 +0200 (EET)", "Tue Mar  5 10:20:30 2024",
        "Tue Mar 05 10:20:30 UTC 2024", "Tue Mar 05 11:20:30 +0100 2024", "2024-03-05 10:20:30 +0000 UTC",
        "Tuesday, March 5, 2024 10:20:30 AM", "March 5, 2024, 5:20:30 am EST", "2024-03-05 12:20:30 PM +0200",
        1709634030, 1709634030.0, 1709634030000, 1709634030000000, "1709634030", "1709634030000",
        MOMENT, MOMENT.replace(tzinfo=None), MOMENT.astimezone(timezone(timedelta(hours=5))),
    ],
)  # fmt: skip
def test_a_moment_is_the_same_in_every_form(value):
    assert published(value) == MOMENT
    assert published(value).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "value",
    [
        "2024-03-05",
        "20240305",
        20240305,
        "5 Mar 2024",
        "Mar 5, 2024",
        "2024/3/5",
        "05.03.2024",
        "5. 3. 2024",
        "5-Mar-2024",
        date(2024, 3, 5),
    ],
)
def test_a_day_is_its_first_moment(value):
    assert published(value) == datetime(2024, 3, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        None, "", " ", "yesterday", "2024", 2024, "01.12.14", "5/3/2024", 0, -1, 1.5, True, [], {},
        "2024-13-05",
        "13.13.2024", "5.3.2024.",
        "99999999", "0001-01-01T00:00:00+05:00", "Tue, 99 Mar 2024 10:00:00 +9999", float("inf"),
        float("nan"),
        10**40, "9" * 5000, "Marchember 5, 2024",
        "Tue, 05 Mar 2024 10:00:00 BST", "5 Mar 2024 10:00 XYZ", "5 Mar 2024 13:00 PM", "5 Mar 2024 0:30 AM",
        "Tue Mar 05 10:20:30 XYZ 2024",
    ],
)  # fmt: skip
def test_what_is_no_plain_date_is_unknown(value):
    assert published(value) is None


def test_dates_that_cannot_be_read_are_counted_and_the_first_is_shown(tmp_path):
    dates = ["2026-03-12", "12. März 2026", None, "", "  ", {"soon": 1}]
    records = [{"id": str(n), "text": f"{n} and no more", "date": date} for n, date in enumerate(dates)]
    path = tmp_path / "wire.jsonl"
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), encoding="utf-8")
    assert [article.unread_date for article in read([str(path)])][:5] == [None, dates[1], None, None, None]
    told = run("add", str(path), "--index", str(tmp_path / "i.db"), "--format", "json")
    assert json.loads(told.stdout)["unread_dates"] == 2
    assert "2 articles have a date that cannot be read (the first: '12. März 2026')" in told.stderr
    assert "2 with a date that cannot be read" in run("run", str(path), "--quiet").stdout


def test_noon_and_midnight_are_told_apart():
    hours = [
        published(f"March 5, 2024 {hour}:00 {half}").hour for half in ("am", "p.m.") for hour in (12, 1, 11)
    ]
    assert hours == [0, 1, 11, 12, 13, 23]


ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(timezones=ZONES, min_value=datetime(1000, 1, 2), max_value=datetime(9999, 12, 30)))
def test_iso_and_rfc_dates_come_back(moment):
    assert published(moment.isoformat()) == moment
    assert published(format_datetime(moment)) == moment.replace(microsecond=0)


@given(st.one_of(st.text(max_size=40), st.floats(), st.integers(), st.from_regex(r"[A-Z0-9:+., -]{1,30}\Z")))
def test_no_value_is_too_strange_for_a_date(value):
    assert published(value) is None or published(value).tzinfo is UTC


def test_the_seeds_are_named_after_their_files():
    seeds = ROOT.parent / "shared" / "seeds"
    if not seeds.is_dir():
        pytest.skip("the seed articles are not here: ../shared/seeds")
    assert ids(seeds)[0] == "000_aeb54c8f0a04511a"
    assert ids(*sorted(seeds.glob("*.txt"))) == ids(seeds)


class Markup(str):
    """As lxml gives strings: they know where they come from."""


class NAType:
    """As of pandas: what is missing is neither like nor unlike anything."""

    def __eq__(self, other):
        return self

    def __ne__(self, other):
        return self

    def __hash__(self):
        return 0

    def __bool__(self):
        raise TypeError("boolean value of NA is ambiguous")


@pytest.mark.parametrize("missing", [float("nan"), np.float64("nan"), np.datetime64("NaT"), NAType()])
def test_what_is_missing_in_a_table_is_missing_in_a_record(missing):
    rest = dict.fromkeys(("source", "title", "published", "byline", "language"), missing)
    assert readable({"id": missing, "url": "http://a.example/1", "text": "Words.", **rest}) == Article(
        "http://a.example/1", "Words.", url="http://a.example/1", path="record"
    )
    assert readable({"id": "a", "url": missing, "text": "Words.", **rest}) == Article(
        "a", "Words.", path="record"
    )
    assert readable({"id": "a", "text": missing}).reason.startswith("no text: ")
    assert checked(Article("a", "Words.", published=missing), 1).published is None


def test_strings_and_numbers_of_other_packages_are_strings_and_numbers():
    for kind in (Markup, np.str_):
        found = readable(
            {"id": kind("a"), "text": kind("Words."), "title": kind("Head"), "source": kind("Post")}
        )
        assert found == Article("a", "Words.", title="Head", source="Post", path="record")
        assert {type(found.id), type(found.text), type(found.title)} == {str}
        assert readable({"id": "a", "text": [kind("One."), kind("Two.")]}).text == "One.\n\nTwo."
        assert readable({"id": "a", "text": {"rendered": kind("Words.")}}).text == "Words."
        assert readable({"id": "a", "text": kind("Words."), "published": kind("2026-11-22")}).published
    assert readable({"id": np.int64(7), "text": "Words."}).id == "7"
    times = [np.int64(1_795_305_600), *(np.datetime64("2026-11-22", unit) for unit in ("D", "s", "us", "ns"))]
    for when in times:
        found = readable({"id": "a", "text": "Words.", "published": when})
        assert found.published == datetime(2026, 11, 22, tzinfo=UTC), when


def test_what_a_record_has_besides_ends_nothing():
    for other in (Decimal("sNaN"), np.arange(3), object(), NAType()):
        assert readable({"id": "a", "text": "Words.", "price": other}) == Article(
            "a", "Words.", path="record"
        )


def test_bytes_are_no_text_whatever_is_in_them():
    assert readable({"id": "a", "text": b"Words."}).reason == "the text is bytes, not a string"
    assert readable({"id": "a", "text": b"\xff"}).reason == "the text is bytes that are not UTF-8"


@pytest.mark.parametrize(
    "zero",
    [
        "0001-01-01T00:00:00Z", "1970-01-01T00:00:00+00:00", "Thu, 01 Jan 1970 00:00:00 GMT",
        datetime(1, 1, 1), datetime(1, 1, 1, tzinfo=UTC),
    ],
)  # fmt: skip
def test_the_zero_of_a_clock_is_no_time(zero):
    found = readable({"id": "a", "text": "Words.", "published": zero})
    assert found.published is None
    assert found.unread_date == str(zero)
    days = ("1970-01-01", "1 January 1970", "Thu, 01 Jan 1970", "January 1, 1970")
    for other in (*days, "1970-01-01T00:00:01Z", "1931-03-02T00:00:00Z"):
        assert readable({"id": "a", "text": "Words.", "published": other}).published is not None
