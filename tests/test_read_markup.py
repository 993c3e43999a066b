"""HTML in the fields of records and in text files: what is markup goes, what only speaks of it stays."""

import csv
import io
import json
import sqlite3
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.model import RecordError
from dedup.read import read, record_to_article
from dedup.read.markup import plain, unmarked
from tests.commands import data, within

MARKED = [
    ("<p>Hello <b>world</b></p>", "Hello world"),
    ("<p>One &amp; two</p>\n<p>Three<br>four</p>", "One & two\n\nThree\n\nfour"),
    ("<p>\n  Pretty\n  printed\n</p>", "Pretty printed"),
    ("Para one.<p>Para two.<p>Para three.", "Para one.\n\nPara two.\n\nPara three."),
    ("One line.<br />\nAnother.", "One line.\n\nAnother."),
    ("The <em>Wire</em> said so.\nA line.\n\n\n\nA paragraph.", "The Wire said so.\nA line.\n\nA paragraph."),
    ("<p>Kept.</p><script>a = '<p>no</p>';</script><style>p {}</style><p>Too.</p>", "Kept.\n\nToo."),
    ("<!-- wp:paragraph -->\n<p>From a block editor.</p>\n<!-- /wp:paragraph -->", "From a block editor."),
    ("<P>Capitals, <A HREF='x'>linked</A></P>", "Capitals, linked"),
    ('<div data-caption="<b>no</b> > no">Text</div>', "Text"),
    ('<p>A teaser that is cut with a <a href="https://x.exam', "A teaser that is cut with a"),
    ("<p>Unended</p><noscript>is <p>kept</p>", "Unended\n\nis\n\nkept"),
    ("<p>Unended scripts</p><script>are not", "Unended scripts"),
    ("&lt;p&gt;Escaped as a whole &amp;amp; once more&lt;/p&gt;", "Escaped as a whole & once more"),
    ("Caf&eacute; &#8220;Nord&#8221; &amp; Sons&nbsp;Ltd", "Café “Nord” & Sons\xa0Ltd"),
    ("<p>To write &lt;b&gt;bold&lt;/b&gt;, mark it.</p>", "To write <b>bold</b>, mark it."),
]  # fmt: skip
PROSE = [
    "Use the <b> tag for bold type.",
    "a < b and c > d",
    "1<2, x<y>z",
    "Put a <br> where the line ends, and <p> before.",
    "Between <p> and </p> stands a paragraph.",
    "<p> and </p> enclose a paragraph.",
    'The "<b>" and "</b>" of it',
    "Write `<p>` and `</p>`.",
    "They put <script>alert(1)</script> into it.",
    "List<String> names; Map<K, V> m;",
    "Someone <someone@site.example> wrote: <https://site.example/a?b=1&copy=2>",
    "Q&A: AT&T, R&D; M&S &c.",
    "&unknown; stays",
    "Tom & Jerry",
]


@pytest.mark.parametrize(("text", "meant"), MARKED)
def test_what_is_html_becomes_its_text(text, meant):
    assert unmarked(text) == meant
    assert record_to_article({"id": "a", "text": text}).text == meant


@pytest.mark.parametrize("text", PROSE)
def test_what_only_speaks_of_it_stays_as_it_is(text):
    assert unmarked(text) == text
    assert record_to_article({"id": "a", "text": text, "title": text}).title == text


@given(st.lists(st.text(st.characters(exclude_categories=["C", "Z"])).filter(str.strip), min_size=1))
def test_escaped_paragraphs_come_back(paragraphs):
    marked = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    assert unmarked(marked) == plain(marked) == "\n\n".join(paragraphs)


@given(st.text(st.sampled_from("<>/&;!-\"' \nabp")))
def test_nothing_is_too_broken(text):
    assert len(unmarked(text)) <= len(text)
    assert isinstance(plain(text), str)


def test_titles_sources_and_bylines_too():
    record = {
        "id": "a",
        "text": "x",
        "title": "Ferry &amp; fog: <em>the</em><br>night",
        "source": "Smith &amp; Sons",
        "author": ["<a href='/o'>Ottilie Brand</a>", "J &amp; K"],
        "url": "https://x.example/?a=1&amp;b=2",
    }
    found = record_to_article(record)
    assert (found.title, found.source) == ("Ferry & fog: the night", "Smith & Sons")
    assert found.byline == "Ottilie Brand, J & K"
    assert found.url == record["url"]  # an address is an id: it is left alone


def test_it_is_the_same_in_every_table(tmp_path):
    text, meant = MARKED[1]
    rows = [{"id": "a", "title": "T &amp; t", "body": text}]
    (tmp_path / "a.jsonl").write_text(json.dumps(rows[0]))
    (tmp_path / "b.json").write_text(json.dumps(rows))
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    (tmp_path / "c.csv").write_text(out.getvalue())
    connection = sqlite3.connect(tmp_path / "d.db")
    connection.execute("create table t (id, title, body)")
    connection.execute("insert into t values (?, ?, ?)", list(rows[0].values()))
    connection.commit()
    connection.close()
    inputs = [str(tmp_path), f"sqlite:{tmp_path}/d.db?table=t"]
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        pass
    else:
        parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "e.parquet")
    assert {(found.text, found.title) for found in read(inputs)} == {(meant, "T & t")}


def test_formats_that_say_what_is_markup_are_taken_at_their_word(tmp_path):
    """A text that shows markup, escaped as the format demands, keeps it."""
    (tmp_path / "a.json").write_text(
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": "W",
                "items": [
                    {"id": "a", "content_text": "Write <b>bold</b>."},
                    {"id": "b", "content_html": "<p>Caf&eacute;</p>"},
                ],
            }
        )
    )
    (tmp_path / "b.rss").write_text(
        "<rss><channel><item><guid>c</guid><description>Write &amp;lt;b&amp;gt;bold&amp;lt;/b&amp;gt;."
        "</description></item></channel></rss>"
    )
    found = {article.id: article.text for article in read([str(tmp_path)])}
    assert found == {"a": "Write <b>bold</b>.", "b": "Café", "c": "Write <b>bold</b>."}


def test_a_field_of_nothing_but_markup_is_an_error(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"id": "a", "text": "<p> </p>"}\n{"id": "b", "text": "<p>b</p>"}\n')
    error, found = read([str(tmp_path)])
    assert (error.line, error.reason) == (1, "no text: nothing but markup")
    assert found.text == "b"


PAGE = (
    '<!DOCTYPE html><html lang="en"><head><title>Ferry &amp; fog</title></head><body>'
    '<nav><a href="/">Home</a></nav><article>'
    + "".join(
        f"<p>Paragraph {n} tells at length of the ferry that ran aground in the fog.</p>" for n in range(8)
    )
    + "</article><footer>We use cookies.</footer></body></html>"
)


def test_a_page_is_read_as_one_wherever_it_is(tmp_path):
    pytest.importorskip("trafilatura", reason="needs dedup[html]")
    (tmp_path / "a.html").write_text(PAGE)
    (tmp_path / "b.txt").write_text("\n" + PAGE)
    (tmp_path / "c.jsonl").write_text(json.dumps({"id": "c", "text": PAGE}))
    (tmp_path / "d").write_text(PAGE)
    told = within("run", tmp_path, tmp_path / "d", "-", "--format", "json", stdin=PAGE.encode())
    assert data(told, 0)["added"] == 5
    found = [*read([str(tmp_path), str(tmp_path / "d")]), *read(["-"], stdin=io.BytesIO(PAGE.encode()))]
    assert {(one.text, one.title, one.language) for one in found} == {(found[0].text, "Ferry & fog", "en")}
    assert found[0].text.startswith("Paragraph 0")
    assert "cookies" not in found[0].text


def test_a_page_in_a_record_only_tells_what_the_record_does_not(tmp_path):
    pytest.importorskip("trafilatura", reason="needs dedup[html]")
    found = record_to_article({"id": "c", "text": PAGE, "title": "Own", "url": "https://x.example/a"})
    assert (found.id, found.title, found.url, found.language) == ("c", "Own", "https://x.example/a", "en")


def test_a_page_of_more_elements_than_an_article_has_is_refused_at_once(tmp_path):
    pytest.importorskip("trafilatura", reason="needs dedup[html]")
    begin, end = PAGE.split("<article>")
    (tmp_path / "a.html").write_text(f"{begin}<article>{40_000 * '<p>a</p>'}{end}")
    (tmp_path / "b.html").write_text(
        PAGE.replace("<article>", f"<script>{60_000 * 'a<1 '}</script><article>")
    )
    error, article = read([str(tmp_path)])
    assert error.reason == "a page of more than 40,000 elements"
    assert article.text.startswith("Paragraph 0")


def test_a_page_without_the_library_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "trafilatura", None)
    (tmp_path / "a.txt").write_text(PAGE)
    (tmp_path / "b.jsonl").write_text(json.dumps({"id": "c", "text": PAGE}))
    first, second = read([str(tmp_path)])
    for error in (first, second):
        assert isinstance(error, RecordError)
        assert error.reason == "needs trafilatura: pip install lxml-html-clean trafilatura"


def test_the_names_in_feeds_too(tmp_path):
    (tmp_path / "a.rss").write_text(
        "<rss><channel><title>A &amp;amp; B</title><item><guid>a</guid><author>C &amp;amp; D</author>"
        "<description>x</description></item></channel></rss>"
    )
    (tmp_path / "b.atom").write_text(
        '<feed><title type="html">A &amp;amp; B</title><entry><id>b</id><summary>x</summary></entry></feed>'
    )
    first, second = read([str(tmp_path)])
    assert (first.source, second.source, first.byline) == ("A & B", "A & B", "C & D")
