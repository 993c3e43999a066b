"""What is read together is of one state of the index, whatever other processes write meanwhile."""

from unittest.mock import patch

import pytest
from commands import OTHER, REWRITE, WIRE, lines_of, within

import dedup
from dedup import Article, groups
from dedup.errors import UnknownArticle

TEXTS = {"wire": WIRE, "rewrite": REWRITE, "other": OTHER}
ARTICLES = [Article(name, text) for name, text in TEXTS.items()]


@pytest.fixture
def index(tmp_path):
    with dedup.open(tmp_path / "i.db") as made:
        made.add(ARTICLES)
    return tmp_path / "i.db"


def test_what_is_removed_meanwhile_is_there_until_the_reading_ends(index):
    with dedup.open(index) as reader, dedup.open(index, lock_timeout=0.1) as writer:
        with reader.reading():
            (group,) = reader.groups()
            writer.remove(group.articles)
            writer.compact()
            assert {name: reader.article(name).text for name in group.articles} == {
                name: TEXTS[name] for name in ("wire", "rewrite")
            }
            assert writer.info()["articles"] == 1
        assert list(reader.groups()) == []
        with pytest.raises(UnknownArticle):
            reader.article("wire")


def test_nothing_is_written_inside_a_reading(index):
    with dedup.open(index) as opened:
        with opened.reading(), pytest.raises(RuntimeError, match="nothing is written"):
            opened.remove(["wire"])
        with opened.transaction(), opened.reading():
            assert opened.remove(["wire"]) == 1


def test_a_reading_that_an_error_ends_leaves_the_index_as_usable_as_before(index):
    with dedup.open(index) as opened:
        with pytest.raises(ZeroDivisionError), opened.reading():
            _ = 1 / 0
        assert opened.remove(["wire"]) == 1


def test_several_articles_come_in_the_order_that_they_are_asked_for(index):
    with dedup.open(index) as opened:
        assert [each.text for each in opened.articles(["other", "wire", "other"])] == [OTHER, WIRE, OTHER]
        assert [each.text for each in opened.articles(["wire"], texts=False)] == [""]
        assert opened.articles(iter(())) == []
        with pytest.raises(UnknownArticle, match="nobody"):
            opened.articles(["wire", "nobody"])
        with pytest.raises(TypeError, match="several ids"):
            opened.articles("wire")


@pytest.mark.parametrize(
    "arguments",
    [
        ["export", "passages"],
        ["export", "--format", "graphml"],
        ["report", "-o", "-"],
        ["groups"],
        ["groups", "--format", "csv"],
        ["show", "rewrite"],
        ["run", "more.jsonl"],
        ["run", "more.jsonl", "--format", "csv"],
    ],
)
def test_a_command_goes_on_where_an_article_is_removed_meanwhile(index, tmp_path, arguments):
    (tmp_path / "more.jsonl").write_bytes(lines_of({"id": "more", "text": OTHER[::-1]}))
    described, removed = groups.described, []

    def and_then_removed(*given):
        found = described(*given)
        if not removed:
            removed.append("wire")
            with dedup.open(index) as writer:
                writer.remove(removed)
        return found

    in_groups = patch("dedup.groups.described", and_then_removed)
    in_answers = patch("dedup.answers.described", and_then_removed)
    with in_groups, in_answers:
        done = within(*arguments, "--index", index, cwd=tmp_path)
    assert (done.returncode, removed) == (0, ["wire"]), done.stderr
    assert "wire" in done.stdout
