"""Records whose text lies deeper, as programs and services that newsrooms have write them."""

import json

import pytest

from dedup.model import Article, RecordError
from dedup.read import read, record_to_article

DEEPER = {
    "an article in an object": (
        {"url": "https://x.example/1", "article": {"headline": "H", "body": "Text", "author": {"name": "N"}}},
        ("https://x.example/1", "Text", "H", "N"),
    ),
    "Elasticsearch": (
        {"_index": "n", "_id": "e1", "_score": 1, "_source": {"title": "T", "body": "<p>Hi &amp; ho</p>"}},
        ("e1", "Hi & ho", "T", None),
    ),
    "MongoDB": ({"_id": {"$oid": "65f0"}, "text": "m"}, ("65f0", "m", None, None)),
    "WordPress": (
        {
            "id": 7,
            "title": {"rendered": "A &#8211; b"},
            "content": {"rendered": "<p>One.</p>\n<p>Two.</p>", "protected": False},
            "excerpt": {"rendered": "<p>One</p>"},
        },
        ("7", "One.\n\nTwo.", "A – b", None),
    ),
    "a list of paragraphs": ({"id": "p", "text": ["One.", " ", "Two."]}, ("p", "One.\n\nTwo.", None, None)),
    "two levels": ({"id": "d", "data": {"item": {"text": "x", "title": "T"}}}, ("d", "x", "T", None)),
}  # fmt: skip
NONE = [
    {"id": "a", "text": [1, 2]},
    {"id": "a", "a": {"text": "x"}, "b": {"text": "y"}},
    {"id": "a", "text": {"other": "x"}},
    {"id": "a", "content": [{"text": "x"}, {"text": "y"}]},
    {"id": "a", "text": [], "meta": {"title": "T"}},
]


@pytest.mark.parametrize("name", DEEPER)
def test_a_text_that_lies_deeper_is_found(tmp_path, name):
    record, meant = DEEPER[name]
    (tmp_path / "a.jsonl").write_text(json.dumps(record))
    (tmp_path / "b.json").write_text(json.dumps([record]))
    (tmp_path / "c.json").write_text(json.dumps(record))
    for found in [*read([str(tmp_path)]), record_to_article(record)]:
        assert (found.id, found.text, found.title, found.byline) == meant


@pytest.mark.parametrize("record", NONE)
def test_where_it_is_not_plain_which_text_is_meant_none_is(record):
    found = record_to_article(record)
    assert isinstance(found, RecordError)
    assert found.reason.isprintable()


@pytest.mark.parametrize("depth", [5, 400, 1000])
def test_no_depth_is_too_great(tmp_path, depth):
    (tmp_path / "a.jsonl").write_text('{"a":' * depth + '{"text": "x"}' + "}" * depth)
    [found] = read([str(tmp_path)])
    assert isinstance(found, RecordError)


def test_a_date_of_mongodb_is_one():
    found = record_to_article({"_id": 1, "text": "x", "date": {"$date": {"$numberLong": "1741000000000"}}})
    assert found.published.isoformat() == "2025-03-03T11:06:40+00:00"


@pytest.mark.parametrize("wrap", [{}, {"status": "ok"}, {"status": "ok", "total": 2}])
def test_a_list_that_an_answer_of_a_service_holds_is_found(tmp_path, wrap):
    rows = [
        {
            "id": f"w/{n}",
            "webTitle": "W",
            "webPublicationDate": "2025-03-01",
            "fields": {"body": f"<p>{n}</p>"},
        }
        for n in range(2)
    ]
    (tmp_path / "a.json").write_text(json.dumps({"response": wrap | {"results": rows}}))
    found = list(read([str(tmp_path)]))
    assert all(isinstance(one, Article) for one in found)
    assert [(one.id, one.text, one.title, one.published.day) for one in found] == [
        ("w/0", "0", "W", 1),
        ("w/1", "1", "W", 1),
    ]
