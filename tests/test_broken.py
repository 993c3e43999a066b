"""fixtures/broken: every file is told of in one clear line, or a line a record, and keeps no other back."""

from pathlib import Path

import pytest

from dedup.model import Article, RecordError
from dedup.read import compressed, jsonl, read, stream
from tests.broken import FOLDER, files
from tests.commands import OTHER, data, within

SAID = {
    "txt/damaged.txt": "not valid UTF-8: byte 22 is 0xf9",
    "csv/damaged.csv": "not valid in the encoding of the file",
    "json/damaged.json": "not valid UTF-8: byte ",
    "jsonl/damaged.jsonl": "not valid UTF-8: byte ",
    "xml/damaged.xml": "not valid UTF-8: byte ",
    "html/damaged.html": "not valid UTF-8: byte ",
    "xml/bomb.xml": "declares the entity a: refused, as it may be an XML bomb",
    "xml/external-entity.xml": "declares the entity x: refused, as it may be an XML bomb",
    "xml/unknown-root.xml": "XML of a kind that is not known: its root is invoice",
    "xml/deep.xml": "XML nested more than 200 deep",
    "json/deep.json": "not JSON: ",
    "html/no-article.html": "no article found in the page",
    "html/page-empty.html": "empty",
    "mhtml/page-cut.mhtml": "damaged: it breaks off",
    "mhtml/no-page.mhtml": "no HTML page in it",
    "mhtml/not-a-message.mhtml": "not MHTML: ",
    "zip/bomb.zip": "expands to 3.75 GiB: refused as a decompression bomb",
    "zip/nested.zip": "an archive in an archive is not opened",
    "zip/nothing-known.zip": "no file with a known ending in this archive",
    "bz2/bomb.jsonl.bz2": "expands to more than 1 MiB: refused as a decompression bomb",
    "gz/bomb.jsonl.gz": "expands to more than ",
    "xz/bomb.jsonl.xz": "expands to more than 1 MiB: refused as a decompression bomb",
    "gz/lines-cut.jsonl.gz": "damaged: its gz data breaks off",
    "gz/archive-cut.tar.gz": "",
    "csv/short-rows.csv": "1 fields, but the header has 2",
}


def test_every_file_is_there_as_it_is_made():
    pytest.importorskip("pyarrow")
    pytest.importorskip("zstandard")
    there = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.*")}
    assert there == {*files()}
    assert {*SAID} <= there


@pytest.mark.parametrize("name", sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.*")))
def test_a_broken_file_is_told_of_clearly(name, monkeypatch):
    for library in ("pyarrow", "zstandard", "trafilatura", "warcio"):
        pytest.importorskip(library)
    monkeypatch.setattr(compressed, "EXPANDED", 1 << 20)
    found = list(read([str(FOLDER / name)], processes=1))
    assert found
    for one in found:
        assert isinstance(one, RecordError), one
        assert one.input.startswith(str(FOLDER / name))
        assert one.reason.isprintable()
        assert 0 < len(one.reason) < 250
    assert found[0].reason.startswith(SAID.get(name, ""))


def test_a_folder_of_them_ends_with_status_3_and_what_is_whole_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(compressed, "EXPANDED", 1 << 20)
    (tmp_path / "whole.txt").write_text(OTHER)
    done = within("run", FOLDER, tmp_path, "--format", "json", "--quiet")
    told = data(done, 3)
    assert (told["added"], told["guessed_encodings"]) == (1, {})
    assert len({error["input"].removeprefix(str(FOLDER)) for error in told["errors"]}) >= len(files())
    assert "Traceback" not in done.stderr


def test_a_line_of_a_gigabyte_is_skipped_without_being_held(tmp_path, monkeypatch):
    """It takes no room on the disk: it is a hole, which reads as NULs."""
    path = tmp_path / "a.jsonl"
    with path.open("wb") as file:
        file.write(b'{"id": "before", "text": "x"}\n')
        file.seek(1 << 30, 1)
        file.write(b'\n{"id": "after", "text": "y"}\n')
    held = []
    real = stream.lines

    def watched(source, limit=stream.MAX_RECORD):
        for line in real(source, limit):
            held.append(len(line or b""))
            yield line

    monkeypatch.setattr(jsonl, "lines", watched)
    before, long, after = read([str(path)])
    assert (before.id, after.id) == ("before", "after")
    assert (long.line, long.reason) == (2, "a line of more than 128 MiB")
    assert max(held) < 100
    assert isinstance(before, Article)


def test_a_text_of_a_gigabyte_is_refused(tmp_path):
    with Path(tmp_path / "a.txt").open("wb") as file:
        file.truncate(1 << 30)
    [found] = read([str(tmp_path)])
    assert found.reason == "larger than 128 MiB"
