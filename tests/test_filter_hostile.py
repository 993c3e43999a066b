"""Hostile lines through the filter: one line out for each line in, and never a traceback."""

import json
import os
import tempfile

import pytest
from commands import OTHER, WIRE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dedup
from dedup import Article
from dedup.cli.filter import Filter
from dedup.cli.stopping import Stop
from dedup.read.live import Lines

LINES = 40
EXAMPLES = int(os.environ.get("DEDUP_HOSTILE_EXAMPLES", "50"))  # `make soak` makes it 250

HOSTILE = [
    *(
        "\x00",
        "\u202e",
        "\x1b[31m",
        "\ud800",
        "\ufeff",
        "\U0010ffff",
        "e\u0301" * 50,
        "a" * 5000,
        "-",
        "",
        " ",
    ),
    *("'; DROP TABLE article; --", "../../etc/passwd", "$(reboot)", "%s%n"),
]
WORDS = st.sampled_from([*HOSTILE, WIRE, OTHER, WIRE[:200]]) | st.text(max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=4,
)
NAMES = st.sampled_from(["id", "text", "title", "url", "published", "source", "dedup", "body", "x"]) | WORDS
RECORDS = st.dictionaries(NAMES, VALUES, max_size=6) | st.fixed_dictionaries({"id": VALUES, "text": WORDS})
JSON = st.builds(
    lambda value, plain: json.dumps(value, ensure_ascii=plain).encode("utf-8", "surrogatepass"),
    RECORDS | VALUES,
    st.booleans(),
)
DEEP = st.integers(1, 3000).map(lambda n: b'{"text":' + b"[" * n + b"]" * n + b"}")
NUMBERS = st.sampled_from([b"1e999", b"-0", b"9" * 400, b"NaN", b"Infinity", b"1.", b"0x1"]).map(
    lambda n: b'{"id": ' + n + b', "text": "some words"}'
)


@st.composite
def broken(draw):
    """JSON with bytes put in, taken out, doubled or cut off."""
    line = draw(JSON)
    at = draw(st.integers(0, len(line)))
    kind = draw(st.sampled_from(["cut", "put", "out", "twice"]))
    if kind == "cut":
        return line[:at]
    if kind == "put":
        return line[:at] + draw(st.binary(min_size=1, max_size=4)) + line[at:]
    return line[:at] + line[at + 1 :] if kind == "out" else line[:at] + line


LINE = (JSON | broken() | DEEP | NUMBERS | st.binary(max_size=60)).map(lambda line: line.replace(b"\n", b" "))


@pytest.fixture(scope="module")
def index():
    with dedup.open(":memory:") as opened:
        opened.add([Article("wire", WIRE)])
        yield opened


def through(index, lines, add):
    """The lines that come out of a filter."""
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as target:
        source.write(b"\n".join(lines) + b"\n")
        source.seek(0)
        told = Filter({"new", "duplicate", "related"}, blank=True, quiet=True, strict=False)
        reader = Lines(source.fileno())
        told.run(reader, index, Stop(), target.fileno(), add=add, most=16, least=1)
        os.lseek(target.fileno(), 0, os.SEEK_SET)
        out = target.read().split(b"\n")
    assert out.pop() == b""
    assert told.lines == len(lines)
    return out, told.errors


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(LINE, min_size=LINES, max_size=LINES), st.booleans())
def test_one_line_out_for_each_line_in(index, lines, add):
    out, errors = through(index, lines, add)
    assert len(out) == len(lines)
    failed = 0
    for number, (line, answer) in enumerate(zip(lines, out, strict=True)):
        # a byte order mark is one at the beginning of the input only
        if not (line if number else line.removeprefix(b"\xef\xbb\xbf")).strip(b" \t\r"):
            assert answer == line
            continue
        assert b"\x00" not in answer
        told = json.loads(answer.removeprefix(b"\xef\xbb\xbf"))["dedup"]
        assert told["verdict"] in ("new", "duplicate", "related", None)
        assert told["reason"]
        assert ("error" in told) == (told["verdict"] is None)
        failed += told["verdict"] is None
    assert failed == errors
    if add:
        assert index.verify() == []
