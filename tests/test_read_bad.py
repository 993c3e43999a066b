"""What the reader says of bad input: one clear line for each, and the rest goes on."""

import gzip
import io
import json
import os
import socket
import sys
import threading
import time
import zipfile
from pathlib import Path

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.errors import IndexDamaged, InputError
from dedup.model import Article, RecordError
from dedup.read import Origin, compressed, encodings, jsonl, live, read, record_to_article, stream
from dedup.read.inputs import refused
from dedup.read.record import Fields

BAD = Path(__file__).parent.parent / "fixtures" / "bad"
REASONS = {
    "blank.txt": {None: "no text: nothing but white space"},
    "cut-utf16.txt": {None: "not valid UTF-16-LE: it breaks off at byte 44"},
    "damaged.txt.gz": {None: "damaged: not valid gz data"},
    "deep.json": {None: "not JSON: depth limit exceeded"},
    "empty.json": {None: "empty"},
    "empty.jsonl": {None: "empty"},
    "empty.txt": {None: "empty"},
    "latin1.txt": {},
    "lines.jsonl": {
        2: "not JSON: ",
        3: "a list, not an object",
        4: "a string, not an object",
        5: "null, not an object",
        6: "not JSON: it breaks off after character 39",
        7: "no text: no field text, body, content or the like among id, title, author",
        8: "no text: text is null",
        9: "the text is a number, not a string",
        10: "the text is a list, not a string",
        11: "no text: text is empty",
        14: "not JSON: unexpected control character in string at character 29",
        15: "the id is a list, not a string or a number",
        16: "the id is true or false, not a string or a number",
        17: "the id is too large a number to be exact: write it as a string",
        18: "not JSON: depth limit exceeded",
    },
    "not-gzip.txt.gz": {None: "damaged: not valid gz data"},
    "nothing.json": {None: "an empty list"},
    "nul.txt": {None: "a NUL at byte 13: this is not a text file"},
    "records.json": {None: "record 2: a number, not an object|record 3: no text: "},
    "scalar.json": {None: "a number, neither an object nor a list of objects"},
    "truncated.json": {None: "not JSON: it breaks off after character 64"},
    "truncated.jsonl.gz": {None: "damaged: its gz data breaks off"},
}
WHOLE = {
    "latin1.txt": ["latin1"],
    "lines.jsonl": ["good-1", "surrogate", "latin-1", "good-2"],
    "records.json": ["whole"],
}
GUESSED = {"latin1.txt": ["cp1252"], "lines.jsonl": [None, None, "cp1252", None]}


def errors(*inputs: Path | str, **options) -> list[str]:
    found = list(read([str(i) for i in inputs], **options))
    assert all(isinstance(one, RecordError) for one in found), found
    return [str(one) for one in found]


@pytest.mark.parametrize("name", REASONS)
def test_each_broken_file_says_what_is_wrong_and_gives_what_is_whole(name):
    found = list(read([str(BAD / name)]))
    told = [one for one in found if isinstance(one, RecordError)]
    reasons = [(line, reason) for line, given in REASONS[name].items() for reason in given.split("|")]
    assert [(one.input, one.line) for one in told] == [(str(BAD / name), line) for line, _ in reasons]
    for one, (_, reason) in zip(told, reasons, strict=True):
        assert one.reason.startswith(reason)
        assert one.reason.isprintable()
    articles = [one for one in found if isinstance(one, Article)]
    assert [one.id for one in articles] == WHOLE.get(name, [])
    assert [one.guessed for one in articles] == GUESSED.get(name, [None] * len(articles))


def test_no_broken_file_is_without_a_test():
    assert {path.name for path in BAD.iterdir()} == set(REASONS)


def test_a_folder_of_broken_files_is_read_to_its_end():
    found = list(read([str(BAD)]))
    assert sum(isinstance(one, Article) for one in found) == 6
    broken = {name for name, reasons in REASONS.items() if reasons}
    assert {Path(one.input).name for one in found if isinstance(one, RecordError)} == broken


def test_inputs_that_are_not_there_do_not_keep_others_from_being_read(tmp_path):
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "lost.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "x.bin").write_text("x")
    inputs = [
        "nope",
        "",
        "nope*.txt",
        "x\0y",
        "n" * 5000,
        tmp_path / "lost.txt",
        tmp_path / "none",
        tmp_path / "a.txt",
    ]
    found = list(read([str(one) for one in inputs]))
    assert [one.reason for one in found[:-1]] == [
        "no such file or folder",
        "an empty path",
        "no file matches this pattern",
        "embedded null byte",
        "file name too long",
        "a link that leads nowhere",
        "no file with a known ending in this folder",
    ]
    assert found[-1].id == "a"


def test_what_is_no_regular_file_in_a_folder_is_not_opened(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    os.mkfifo("pipe.txt")
    Path("lost.txt").symlink_to("nowhere")
    Path("round.txt").symlink_to("round.txt")
    Path("folder.txt").mkdir()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.txt")
        assert errors(".") == [
            "./lost.txt: a link that leads nowhere",
            "./pipe.txt: not a regular file",
            "./round.txt: too many levels of symbolic links",
            "./socket.txt: not a regular file",
        ]
        assert errors("socket.txt") == ["socket.txt: no such device or address"]


def test_a_pipe_that_nobody_writes_to_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert errors(tmp_path / "pipe") == [f"{tmp_path}/pipe: empty"]


def test_what_comes_through_a_pipe_is_named_by_its_text(tmp_path):
    """The shell's <(...) is /dev/fd/63 each time: the next article through it is no version of this one."""
    pipe = tmp_path / "63"
    os.mkfifo(pipe)
    ids = []
    for text in ("The ferry ran aground.", "The goats won.", "The ferry ran aground."):
        writer = threading.Thread(target=pipe.write_text, args=(text,))
        writer.start()
        end = time.monotonic() + 30
        while not (found := [one for one in read([str(pipe)]) if isinstance(one, Article)]):
            assert time.monotonic() < end
        writer.join()
        ids.append(found[0].id)
    assert ids[0] == ids[2] != ids[1]
    assert all(name.startswith("stdin-") for name in ids)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_says_so(tmp_path):
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "a.txt").chmod(0)
    (tmp_path / "sub").mkdir(mode=0)
    assert errors(tmp_path) == [f"{tmp_path}/a.txt: permission denied", f"{tmp_path}/sub: permission denied"]


@pytest.mark.skipif(
    sys.platform != "linux", reason="needs a file that fails while it is read: /proc/self/mem"
)
def test_a_disk_that_fails_while_reading_is_one_error(tmp_path):
    (tmp_path / "a.txt").symlink_to("/proc/self/mem")
    (tmp_path / "b.jsonl").symlink_to("/proc/self/mem")
    assert errors(tmp_path) == [f"{tmp_path}/{name}: input/output error" for name in ("a.txt", "b.jsonl")]


def test_stdin_that_is_empty_or_compressed_says_so():
    assert errors("-", stdin=io.BytesIO(b"")) == ["-: empty"]
    assert errors("-", stdin=io.BytesIO(gzip.compress(b"a")))[0].startswith(
        "-: compressed: pipe it through zcat"
    )
    assert errors("-", stdin=io.BytesIO(b"a\0b")) == ["-: a NUL at byte 1: this is not a text file"]


def test_a_line_beyond_the_limit_is_skipped_and_the_rest_is_read(monkeypatch):
    """The limit itself is 128 MiB; that no more than it is asked for shows with a small one as well."""
    first, long, longest = (b'{"id": 1, "text": "' + b"x" * size + b'"}\n' for size in (1, 200, 78))
    assert len(longest) == 100
    asked = []

    class Counting(io.BytesIO):
        def readline(self, size=-1):
            asked.append(size)
            return super().readline(size)

    data = first + long + longest + b"y" * 3_000_000 + b"\n" + long.rstrip()
    assert list(stream.lines(Counting(data), 100)) == [first, None, longest, None, None]
    assert 0 < min(asked) <= max(asked) <= 1 << 20
    monkeypatch.setattr(jsonl, "lines", lambda source: stream.lines(source, 100))
    found = list(jsonl.read(io.BytesIO(data), origin()))
    assert [(type(one), one.line) for one in found] == [
        (Article, 1), (RecordError, 2), (Article, 3), (RecordError, 4), (RecordError, 5)
    ]  # fmt: skip
    assert found[1].reason == "a line of more than 128 MiB"


def origin():
    from dedup.read.formats import Origin
    from dedup.read.record import Fields

    return Origin("in", "in", Fields())


def test_a_large_article_is_read_and_a_larger_one_refused(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"word " * 10_000_000)
    assert [len(one.text) for one in read([str(tmp_path)])] == [50_000_000]
    with pytest.raises(stream.InputError, match="larger than 1 KiB"):
        stream.read_all(io.BytesIO(b"x" * 1025), 1024)
    assert stream.read_all(io.BytesIO(b"x" * 1024), 1024) == b"x" * 1024


def test_what_expands_beyond_the_limit_is_refused(monkeypatch, tmp_path):
    packed = gzip.compress(b"\n" * 1_000_000)
    (tmp_path / "a.jsonl.gz").write_bytes(packed)
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(b'{"id": 1, "text": "fine"}\n'))
    monkeypatch.setattr(compressed, "EXPANDED", 1000)
    found = list(read([str(tmp_path)]))
    most = stream.size(compressed.RATIO * len(packed))
    assert found[0].reason == f"expands to more than {most}: refused as a decompression bomb"
    assert [one.id for one in found[1:]] == ["1"]


def test_a_closed_stdin_is_an_error_and_the_rest_is_read(monkeypatch, tmp_path):
    (tmp_path / "a.txt").write_text("some words")
    monkeypatch.setattr("sys.stdin", None)
    error, article = read(["-", str(tmp_path / "a.txt")])
    assert error == RecordError("-", None, "stdin is closed")
    assert article.text == "some words"


def test_a_lone_surrogate_from_python_says_where():
    record = {"id": "a", "text": "fine", "title": "half \ud83d"}
    reason = "a lone surrogate, U+D83D, at character 5 of the title"
    assert record_to_article(record) == RecordError("record", None, reason)


HALVES = {
    "half \\ud83d": "half \ufffd",
    "\\uD83D\\ud83d\\ude8b \\ude8b": "\ufffd\U0001f68b \ufffd",
    "\\\\ud83d \\\\\\uD83D": "\\ud83d \\\ufffd",
    "\\ud83d\\n\\u0041\\ufffe\\ue000": "\ufffd\nA\ufffe\ue000",
}


@pytest.mark.parametrize("escaped", HALVES)
@pytest.mark.parametrize("more", ["1", "NaN"])
def test_half_a_character_in_an_escape_costs_no_more_than_itself(tmp_path, escaped, more):
    record = f'{{"id": "a {escaped}", "text": "{escaped}", "{escaped}": "{escaped}", "score": {more}}}'
    text = HALVES[escaped]
    (tmp_path / "a.jsonl").write_text(f'{{"id": "before", "text": "x"}}\n{record}\n')
    (tmp_path / "b.json").write_text(f"[{record}]")
    (tmp_path / "c.json").write_text(record)
    (tmp_path / "d.json").write_text(f"{record}\n{record}\n")
    (tmp_path / "e.jsonl").write_bytes(b"\xef\xbb\xbf" + record.encode())
    found = list(read([str(tmp_path)]))[1:]
    assert [(one.id, one.text) for one in found] == [(f"a {text}", text)] * 6
    (tmp_path / "c.json").write_text(record.replace('"text"', '"none"'))
    [error] = read([str(tmp_path / "c.json")])
    assert error.reason.startswith("no text: no field text, body")


def test_what_is_wrong_beside_half_a_character_is_told():
    for line, reason in {
        b'["\\ud83d", }': "not JSON: unexpected character, expected a JSON value at character 11",
        b'{"text": "\\ud83d", "a": ': "not JSON: it breaks off after character 23",
        b'["\\ud83d"]': "a list, not an object",
        b'{"text": "\\ud83"}': "not JSON: invalid escaped sequence in string at character 10",
    }.items():
        assert [one.reason for one in jsonl.read(io.BytesIO(b"{}\n" + line), origin())][1:] == [reason]


def test_the_names_in_a_message_are_short_and_printable():
    record = {"a\nb\x1b[31m" + "c" * 500: 1} | {str(i): i for i in range(50)}
    error = record_to_article(record)
    assert error.reason.isprintable()
    assert len(error.reason) < 200


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["id", "text", "body", "title", "url", "source", "published", "date", "guid"]
) | st.text(max_size=4)
RECORDS = st.dictionaries(NAMES, JSON | st.text(st.characters(), max_size=20), max_size=6)
LINES = (
    st.binary(max_size=60).map(lambda data: data.replace(b"\n", b" "))
    | st.builds(lambda record: json.dumps(record).encode(), RECORDS)
    | st.builds(lambda record, cut: json.dumps(record).encode()[:cut], RECORDS, st.integers(0, 99))
    | st.builds(
        lambda opening, depth: opening * depth,
        st.sampled_from([b"[", b'{"text":', b'[{"a":[']),
        st.integers(0, 3000),
    )
)


@given(st.lists(LINES, max_size=6))
def test_every_line_is_one_article_or_one_error(lines):
    """Whatever stands in a line, it is one record that was read or one that was not, and none is raised."""
    data = b"\n".join(lines)
    if encodings.encoding_of(data) != "utf-8":
        data = b" " + data
    wanted = [
        n for n, line in enumerate(data.split(b"\n"), 1) if line.strip().removeprefix(b"\xef\xbb\xbf").strip()
    ]
    if not wanted:
        return
    found = list(jsonl.read(io.BytesIO(data), origin()))
    assert [one.line for one in found] == wanted
    for one in found:
        if isinstance(one, RecordError):
            assert one.reason.isprintable()
        else:
            assert one.id
            assert one.text.strip()
            orjson.dumps([one.id, one.text, one.title, one.url, one.source])


OPENINGS = st.sampled_from([b"", b"[", b"{", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\x1f\x8b", b"[{"])


@given(OPENINGS, st.binary(max_size=200))
def test_no_stream_is_too_strange_for_stdin(opening, data):
    found = list(read(["-"], stdin=io.BytesIO(opening + data)))
    assert found
    for one in found:
        assert isinstance(one, Article) or (isinstance(one, RecordError) and one.reason.isprintable())


@given(RECORDS | st.dictionaries(st.integers() | NAMES, JSON))
def test_no_mapping_is_too_strange_for_an_article(record):
    found = record_to_article(record)
    assert isinstance(found, Article | RecordError)
    if isinstance(found, Article):
        orjson.dumps([found.id, found.text, found.title, found.url, found.source])


def test_a_byte_order_mark_between_files_put_together_costs_nothing(tmp_path):
    lines = [b'\xef\xbb\xbf{"id": "%d", "text": "x"}\n' % n for n in range(3)]
    (tmp_path / "a.jsonl").write_bytes(b"".join(lines))
    rows = [b"\xef\xbb\xbfid,text\r\n%d,x\r\n" % n for n in range(3)]
    (tmp_path / "b.csv").write_bytes(b"".join(rows))
    assert [a.id for a in read([str(tmp_path)])] == ["0", "1", "2"] * 2
    with (tmp_path / "a.jsonl").open("rb") as file:
        source = live.Lines(file.fileno())
        assert [source.parse(line).record.id for line in source.batch(9, 9)] == ["0", "1", "2"]


def test_a_file_of_no_json_is_one_error_and_soon(tmp_path):
    """However long it is: no more than so many lines are looked at, and nothing else is said of them."""
    noise = b"".join(bytes([65 + n % 7, 0x80 + n % 99]) + b" noise\n" for n in range(10 * jsonl.GIVEN_UP))
    source = io.BytesIO(noise)
    (tmp_path / "a.jsonl").write_bytes(noise)
    [error] = read([str(tmp_path)])
    assert error.line is None
    assert error.reason == "not JSON lines: none of the first 1,000 is JSON: not valid UTF-8: byte 1 is 0x80"
    with pytest.raises(InputError):
        list(jsonl.read(source, Origin("a", "a", Fields())))
    assert noise[: source.tell()].count(b"\n") == jsonl.GIVEN_UP


def test_a_part_of_a_file_is_read_whatever_it_begins_with():
    """As Spark reads them, which cuts files anywhere."""
    lines = [b"noise\n"] * (3 * jsonl.GIVEN_UP) + [b'{"id": "a", "text": "x"}\n']
    found = list(jsonl.records(iter(lines), io.BytesIO(), Origin("a", "a", Fields()), given_up=sys.maxsize))
    assert [one.line for one in found] == list(range(1, len(lines) + 1))
    assert isinstance(found[-1], Article)


@pytest.mark.parametrize("damaged", [1, 30, jsonl.GIVEN_UP - 1])
def test_damaged_lines_at_the_start_cost_no_others(tmp_path, damaged):
    lines = [b"\x80 noise\n"] * damaged + [b'{"id": "a", "text": "x"}\n'] + [b"\x80 noise\n"] * 2000
    (tmp_path / "a.jsonl").write_bytes(b"".join(lines))
    found = list(read([str(tmp_path)]))
    assert [one.line for one in found] == list(range(1, damaged + 2002))
    assert [one.line for one in found if isinstance(one, Article)] == [damaged + 1]


def _office(first: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(first, "application/x")
        archive.writestr("word/document.xml", "<document/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("a.docx", _office("[Content_Types].xml"), "an Office document"),
        ("a.xlsx", _office("_rels/.rels"), "an Office document"),
        ("a.odt", _office("mimetype"), "an Office document"),
        ("a.txt", _office("[Content_Types].xml"), "an Office document"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an Office document"),
        ("a.rtf", b"{\\rtf1\\ansi Hello}\n", "RTF"),
    ],
)
def test_an_office_document_is_told_as_one(tmp_path, name, content, what):
    (tmp_path / name).write_bytes(content)
    [error] = read([str(tmp_path / name)])
    assert error.reason == f"{what}, which is not read: save it as text or HTML"


def test_what_no_reader_foresaw_costs_one_input(tmp_path):
    """Of a folder that cron reads, one file must not keep back the others for ever."""
    import pyarrow as pa

    text = "The ferry ran aground off Port Ansel in fog on Friday, and a lifeboat brought all of them ashore."
    for name in ("undefined", "punycode", "idna"):
        head = f'<meta charset="{name}">'
        page = f"<html><head>{head}</head><body><article><p>{text}</p></article></body></html>"
        (tmp_path / f"a-{name}.html").write_text(page)
    odd = tmp_path / "odd.arrow"
    table = pa.table({"text": ["fog on Fri", "and a lifeboat"]})
    with pa.OSFile(str(odd), "wb") as file, pa.ipc.new_file(file, table.schema) as rows:
        rows.write_table(table)
    offsets = [np.array([0, 10, end], np.int32).tobytes() for end in (24, 1 << 30)]
    assert odd.read_bytes().count(offsets[0]) == 1
    odd.write_bytes(odd.read_bytes().replace(*offsets))  # a string that leads out of all memory
    response = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>x</p>"
    head = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: %d\r\n\r\n" % len(response)
    (tmp_path / "of-no-address.warc").write_bytes(head + response + b"\r\n\r\n")
    (tmp_path / "z.txt").write_text(text)
    found = list(read([str(tmp_path)]))
    assert [one.id for one in found if isinstance(one, Article)][-1] == "z"
    pages = [one for one in found if isinstance(one, Article) and one.text == text]
    assert len(pages) == 4
    wrong = {Path(one.input).name: one.reason for one in found if isinstance(one, RecordError)}
    assert wrong.keys() == {"odd.arrow", "of-no-address.warc"}
    assert wrong["odd.arrow"].startswith("damaged or not Arrow")


@pytest.mark.parametrize("name", ["utf-16", "utf-32", "undefined", "punycode"])
@pytest.mark.parametrize("ending", ["csv", "jsonl", "txt"])
def test_an_encoding_that_an_input_is_not_in_is_one_error(tmp_path, name, ending):
    path = tmp_path / f"wire.{ending}"
    path.write_text('{"id": "1", "text": "the ferry"}\n' if ending == "jsonl" else "id,text\n1,fogs\n")
    (found,) = read([str(path)], encoding=name)
    assert isinstance(found, RecordError)
    assert not found.reason.startswith("cannot be read:")


def test_what_is_wrong_with_the_index_is_no_error_of_a_file():
    assert refused("a", InputError("so")) == RecordError("a", None, "so")
    assert refused("a", KeyError("x")) == RecordError("a", None, "cannot be read: KeyError: 'x'")
    assert refused("a", RuntimeError("can't start new thread")).passing
    with pytest.raises(IndexDamaged):
        refused("a", IndexDamaged("i"))
