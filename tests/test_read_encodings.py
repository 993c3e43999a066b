"""Encodings: said, marked, declared or detected; and what was guessed is told."""

import json

import pytest

from dedup.errors import InputError, SettingsError
from dedup.model import Article, RecordError
from dedup.read import read
from dedup.read.encodings import decode
from tests.commands import within as run

TEXTS = {
    "cp1252": "“Il était là”, dit-elle — l’été à l’île de Skerrow où les gens pêchent près du château.",
    "cp1251": "Паром с двумя сотнями пассажиров сел на мель в густом тумане, никто не пострадал.",
    "koi8_r": "Паром с двумя сотнями пассажиров сел на мель в густом тумане, никто не пострадал.",
    "cp1250": "Prom z dwustoma osobami osiadł na mieliźnie we mgle, nikt nie został ranny — mówi kapitan.",
    "cp1253": "Ένα πορθμείο με διακόσιους επιβάτες προσάραξε στην ομίχλη και κανείς δεν τραυματίστηκε.",
    "cp1256": "جنحت عبارة تقل مئتي راكب في الضباب الكثيف قبالة الجزيرة وقال القبطان إنه لم يصب أحد.",
    "cp932": "フェリーが濃い霧の中で座礁し、乗客二百人が七時間足止めされた。けが人はいなかった。",
    "gb18030": "一艘载有二百名乘客的渡轮在浓雾中搁浅，船长说没有人受伤，岛上的居民希望疏浚航道。",
}


@pytest.mark.parametrize("encoding", TEXTS)
def test_what_nothing_declares_is_detected_and_told(tmp_path, encoding):
    (tmp_path / "a.txt").write_bytes(TEXTS[encoding].encode(encoding))
    [found] = read([str(tmp_path)])
    assert (found.text, found.guessed) == (TEXTS[encoding], encoding)
    [said] = read([str(tmp_path)], encoding=encoding)
    assert (said.text, said.guessed) == (TEXTS[encoding], None)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-8"])
def test_a_byte_order_mark_goes_before_what_is_said(tmp_path, encoding):
    for name, data in {
        "a.txt": TEXTS["cp1252"],
        "b.jsonl": json.dumps({"id": "b", "text": TEXTS["cp1252"]}, ensure_ascii=False),
        "c.json": json.dumps([{"id": "c", "text": TEXTS["cp1252"]}], ensure_ascii=False),
        "d.csv": f'id,text\nd,"{TEXTS["cp1252"]}"\n',
        "e.xml": f"<rss><channel><item><description>{TEXTS['cp1252']}</description></item></channel></rss>",
    }.items():
        (tmp_path / name).write_bytes(data.encode(encoding))
    said = None if encoding == "utf-8" else "cp1251"
    found = list(read([str(tmp_path)], encoding=said))
    assert [(one.text, one.guessed) for one in found] == [(TEXTS["cp1252"], None)] * 5


@pytest.mark.parametrize("ending", ["jsonl", "json", "csv", "xml", "html"])
def test_every_format_takes_the_encoding_that_is_said_and_tells_the_one_that_is_guessed(tmp_path, ending):
    text = TEXTS["cp1251"]
    page = f"<html><body><article>{f'<p>{text}</p>' * 5}</article></body></html>"
    data = {
        "jsonl": json.dumps({"text": text}, ensure_ascii=False),
        "json": json.dumps([{"text": text}], ensure_ascii=False),
        "csv": f'text\n"{text}"\n',
        "xml": f"<rss><channel><item><description>{text}</description></item></channel></rss>",
        "html": page,
    }[ending].encode("cp1251")
    (tmp_path / f"a.{ending}").write_bytes(data)
    [guessed], [said] = read([str(tmp_path)]), read([str(tmp_path)], encoding="windows-1251")
    assert guessed.guessed == "cp1251"
    assert said.guessed is None
    assert text in said.text
    assert guessed.text == said.text
    [wrong] = read([str(tmp_path)], encoding="ascii")
    assert isinstance(wrong, RecordError)


def test_what_is_declared_is_taken_and_a_wrong_declaration_is_detected():
    data = TEXTS["cp1251"].encode("cp1251")
    assert decode(data, declared="windows-1251") == (TEXTS["cp1251"], None)
    assert decode(TEXTS["cp1252"].encode("cp1252"), declared="ISO-8859-1") == (TEXTS["cp1252"], None)
    assert decode(data, declared="big5") == (TEXTS["cp1251"], "cp1251")
    assert decode(data, declared="utf-8") == (TEXTS["cp1251"], "cp1251")
    assert decode(data, declared="klingon") == (TEXTS["cp1251"], "cp1251")
    assert decode(TEXTS["cp1251"].encode(), declared="hex") == (TEXTS["cp1251"], None)


def test_damaged_utf8_is_not_taken_for_another_encoding(tmp_path):
    (tmp_path / "a.txt").write_bytes(TEXTS["cp1252"].encode().replace("château".encode(), b"ch\xe2teau"))
    [found] = read([str(tmp_path)])
    assert isinstance(found, RecordError)
    assert found.reason.startswith("not valid UTF-8: byte ")


@pytest.mark.parametrize(
    "data",
    [
        "It’s a text that breaks off in a café".encode()[:-1],
        b"A text that has only ASCII before a caf\xc3",
        "A text that breaks off in It’s".encode()[:-2],
        "A text that breaks off in It’s".encode()[:-3],
        "A text with a ferry 🚢".encode()[:-1],
        "A text with a ferry 🚢".encode()[:-3],
        "It’s two texts of which one is from a caf".encode() + b"\xe9 in windows-1252.",
        "A ferry 🚢 for 5 €, but one has lost its beginning: ".encode() + "🚢".encode()[1:] + b".",
        "Café, pâté and ".encode() + "’".encode()[1:] + b" without its beginning.",
        f"{TEXTS['cp1252']} ".encode() + TEXTS["cp1252"].encode("cp1252"),
    ],
)
def test_utf8_with_few_letters_beyond_ascii_is_no_other_encoding_if_it_is_damaged(data):
    with pytest.raises(InputError, match="not valid UTF-8: byte "):
        decode(data)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("On se retrouve au café", "cp1252"), ("Sie sendet einen Gruß", "cp1252"), ("It’s a café", "cp1252"),
        ("Elle vit à Orléans, “CAFÉ”, où Zoé est née", "cp1252"), ("«ДА» и «НЕТ»", "cp1251"),
        ("渡轮在浓雾中搁浅", "gb18030"), ("フェリーが座礁した", "cp932"),
        ("フェリーが濃い霧の中で座礁し、けが人はいなかった", "euc_jp"),
        ("Паром сел на мель", "cp1251"), ("Паром сел на мель в густом тумане", "koi8_r"),
    ],
)  # fmt: skip
def test_a_few_words_in_another_encoding_are_guessed_at(text, encoding):
    found = decode(text.encode(encoding))
    assert found.guessed
    if encoding == "cp1252":  # so few of others may be taken for their neighbours
        assert found == (text, encoding)


def test_an_encoding_that_there_is_not_is_refused():
    for name in ("klingon", "hex", "", "utf\x008"):
        with pytest.raises(SettingsError, match="encoding"):
            read(["x.txt"], encoding=name)


def test_the_command_line_counts_what_was_guessed(tmp_path):
    (tmp_path / "in").mkdir()
    for number in (1, 2):
        (tmp_path / "in" / f"{number}.txt").write_bytes(f"{number} {TEXTS['cp1252']}".encode("cp1252"))
    index = ["--index", str(tmp_path / "i.db")]
    told = run("add", str(tmp_path / "in"), *index, "--format", "json")
    assert json.loads(told.stdout)["guessed_encodings"] == {"cp1252": 2}
    assert (
        "2 articles were read in an encoding that was guessed (2 cp1252); --encoding says it" in told.stderr
    )
    quiet = run("run", str(tmp_path / "in"), "--quiet")
    assert "2 articles: 2 added, 0 unchanged, 2 in a guessed encoding" in quiet.stdout
    assert "guessed" not in quiet.stderr
    said = run("add", str(tmp_path / "in"), *index, "--encoding", "windows-1252", "--format", "json")
    assert json.loads(said.stdout)["unchanged"] == 2
    assert (json.loads(said.stdout)["guessed_encodings"], said.stderr) == ({}, "")
    assert run("run", str(tmp_path / "in"), "--encoding", "klingon").returncode == 2


def test_an_article_of_the_api_has_no_guess():
    assert Article("a", "text").guessed is None
