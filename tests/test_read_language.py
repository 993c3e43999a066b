"""The language and the byline of an article: as the input states them, else as they are found."""

import json
import sys

import pytest

import dedup
from dedup.model import Article
from dedup.read import language, read, record_to_article
from dedup.read.labels import code
from dedup.read.language import language_of
from tests.commands import WIRE
from tests.commands import within as run
from tests.test_read_encodings import TEXTS

pytest.importorskip("pycld2", reason="has no package for this machine")


@pytest.mark.parametrize(
    ("encoding", "wanted"),
    [("cp1252", "fr"), ("cp1251", "ru"), ("cp1250", "pl"), ("cp1253", "el"), ("cp1256", "ar"),
     ("cp932", "ja"), ("gb18030", "zh")],
)  # fmt: skip
def test_the_language_of_a_text_is_told(encoding, wanted):
    assert language_of(2 * TEXTS[encoding]) == wanted


@pytest.mark.parametrize("text", ["", "x", "12 34 56", "\0\x01\ud83d", "\n" * 50, "\U000e0001" * 9])
def test_what_is_not_plain_stays_unknown(text):
    assert language_of(text) is None


def test_controls_do_not_keep_a_language_from_being_told():
    assert language_of("\x01\x02\ue000" + WIRE) == "en"


def test_without_its_library_languages_stay_unknown(monkeypatch):
    monkeypatch.setitem(sys.modules, "pycld2", None)
    language._detector.cache_clear()
    assert language_of(WIRE) is None
    monkeypatch.undo()
    language._detector.cache_clear()
    assert language_of(WIRE) == "en"


@pytest.mark.parametrize(
    ("given", "wanted"),
    [("EN", "en"), ("en-GB", "en"), ("zh_hant_TW", "zh-Hant"), (" de ", "de"), ("und", None),
     ("English", None), (7, None), (None, None), ("x", None)],
)  # fmt: skip
def test_codes_are_written_as_usual(given, wanted):
    assert code(given) == wanted


@pytest.mark.parametrize(
    ("given", "wanted"),
    [("By Ottilie Brand", "Ottilie Brand"), (["A. Moss", {"name": "by B. Vance"}, None], "A. Moss, B. Vance"),
     ({"name": "A. Moss"}, "A. Moss"), ("Byron Moss", "Byron Moss"), ([], None), ("  ", None)],
)  # fmt: skip
def test_a_byline_is_one_name_or_several(given, wanted):
    assert record_to_article({"id": "a", "text": "x", "author": given}).byline == wanted


def test_the_index_keeps_both_and_json_shows_them(tmp_path):
    path = tmp_path / "i.db"
    stated = {"id": "b", "text": WIRE, "language": "nn-NO", "authors": ["A. Moss", "B. Vance"]}
    with dedup.open(path) as index:
        index.add([Article("a", WIRE), stated])
        assert [(one.language, one.byline) for one in map(index.article, "ab")] == [
            ("en", None),
            ("nn", "A. Moss, B. Vance"),
        ]
        assert index.add([Article("a", WIRE), stated]).unchanged == 2
    shown = json.loads(run("show", "b", "a", "--index", str(path), "--format", "json").stdout)
    assert [(one["language"], one["byline"]) for one in shown["articles"]] in (
        [("nn", "A. Moss, B. Vance"), ("en", None)],
        [("en", None), ("nn", "A. Moss, B. Vance")],
    )


def test_a_check_does_not_load_the_detector(tmp_path):
    path = tmp_path / "i.db"
    with dedup.open(path) as index:
        index.add([Article("a", WIRE)])
    (tmp_path / "b.txt").write_text(WIRE)
    code_ = f"import sys; from dedup.__main__ import main; main(['check', {str(tmp_path / 'b.txt')!r}, "
    code_ += f"'--index', {str(path)!r}]); print({{'pycld2', 'charset_normalizer'}} & set(sys.modules))"
    import subprocess

    from tests.commands import ROOT

    done = subprocess.run([sys.executable, "-c", code_], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.endswith("set()\n")


def test_formats_bring_bylines_and_languages(tmp_path):
    item = "<title>t</title><description>the text</description>"
    (tmp_path / "a.xml").write_text(
        "<rss xmlns:dc='urn:dc'><channel><language>en-us</language>"
        f"<item>{item}<author>a@b.example (A. Moss)</author></item>"
        f"<item>{item}<dc:creator>B. Vance</dc:creator><dc:language>de</dc:language></item></channel></rss>"
    )
    (tmp_path / "b.xml").write_text(
        "<feed xml:lang='sv'><entry><id>e</id><content>x y</content><author><name>C. Nome</name></author>"
        "<author><name>D. Oak</name></author></entry></feed>"
    )
    (tmp_path / "c.xml").write_text(
        "<nitf xml:lang='fr'><body><body.head><byline>By <person>E. Paz</person></byline></body.head>"
        "<body.content><p>x y</p></body.content></body></nitf>"
    )
    (tmp_path / "d.xml").write_text(
        "<newsItem guid='n'><contentMeta><by>By F. Quay</by><language tag='es-MX'/></contentMeta>"
        "<contentSet><inlineData>x y</inlineData></contentSet></newsItem>"
    )
    (tmp_path / "e.json").write_text(
        json.dumps({"uri": "u", "byline": "G. Roe", "language": "it", "body_text": "x y"})
    )
    feed = {"version": "https://jsonfeed.org/version/1.1", "language": "pt-BR"}
    feed["items"] = [{"id": "1", "content_text": "x y", "authors": [{"name": "H. Sol"}]}]
    (tmp_path / "f.json").write_text(json.dumps(feed))
    assert [(one.byline, one.language) for one in read([str(tmp_path)])] == [
        ("A. Moss", "en"),
        ("B. Vance", "de"),
        ("C. Nome, D. Oak", "sv"),
        ("E. Paz", "fr"),
        ("F. Quay", "es"),
        ("G. Roe", "it"),
        ("H. Sol", "pt"),
    ]
