"""What is remembered of older articles is what reading and sketching them again would give."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stories import corpus

import dedup
from dedup.errors import UnknownArticle
from dedup.funnel.older import Older, parts_of
from dedup.sketch.content import content_of
from dedup.threads import THREADS

NOTICE = "This paper is printed on Sundays too, by those who cannot sleep at night."


def told(older, numbers):
    some = older.some(np.array(numbers))
    articles, sketches = some.whole(np.arange(len(numbers)))
    assert [own.stem.tolist() for own in some.words()] == [own.stem.tolist() for own in sketches]
    return articles, [[array.tolist() for array in own] for own in sketches]


@pytest.fixture
def index(tmp_path):
    with dedup.open(tmp_path / "news.db") as opened:
        yield opened


def same(index, numbers):
    """What the index remembers, and what it would read."""
    return told(index._older, numbers) == told(Older(index._store), numbers)


def test_what_is_remembered_is_what_is_read(index, monkeypatch):
    monkeypatch.setattr("dedup.intake.batches.BATCH_ARTICLES", 7)
    articles = corpus(3)
    index.add(articles)
    numbers = index._store.articles.numbers().tolist()
    assert same(index, numbers[::-1])
    assert [article.text for article in told(index._older, numbers)[0]] == [a.text for a in articles]
    with monkeypatch.context() as context:
        context.setattr(index._store.articles, "get", None)  # nothing need be read
        told(index._older, numbers)


@pytest.mark.parametrize("most", [0, 10_000, 30_000, 1 << 30])
def test_memory_is_bounded_and_nothing_else_changes(index, most):
    index.add(corpus(4))
    numbers = index._store.articles.numbers()
    small = Older(index._store, remembered=most)
    chance = np.random.default_rng(5)
    for _ in range(20):
        some = chance.choice(numbers, 9, replace=False)
        assert told(small, some) == told(Older(index._store), some)
        assert 0 <= small._size <= most
        assert len(small._place) == sum(len(part.numbers) for part in small._parts)


def test_a_look_needs_no_text_if_the_index_has_the_words(index, monkeypatch):
    index.add(corpus(4))
    numbers = index._store.articles.numbers()[::-1].copy()
    texts = Older(index._store).some(numbers)
    with monkeypatch.context() as context:
        context.setattr(index._store.articles, "get", None)
        looks = [Older(index._store).look(numbers), index._older.look(numbers)]
    index._store._db.execute("DELETE FROM article_words WHERE number = 3")  # as of an index of before
    looks.append(Older(index._store).look(numbers))
    assert [look.some is None for look in looks] == [True, False, False]
    for look in looks:
        for ours, theirs in zip(look.content(), content_of(texts.words()), strict=True):
            assert ours.tolist() == theirs.tolist()


@pytest.mark.parametrize(
    "statement", ["DELETE FROM article_words", "DELETE FROM article_words WHERE number % 3 = 0"]
)
def test_an_index_that_lacks_the_words_of_articles_finds_the_same(tmp_path, statement):
    articles, found = corpus(8, 12), []
    for name in ("whole", "lacking"):
        with dedup.open(tmp_path / f"{name}.db") as index:
            index.add(articles[::2])
            if name == "lacking":
                index._store._db.execute(statement)
                index._older.forget()
            index.add(articles[1::2])
            assert index.verify() == []
            found.append([(group.id, group.articles, group.matches) for group in index.groups()])
    assert found[0] == found[1]
    assert sum(len(matches) for _, _, matches in found[0]) > 20


def test_articles_that_are_not_kept_after_all_are_forgotten(index):
    index.add(corpus(5, 2))
    count = index.info()["articles"]

    def undone():
        with index.transaction():
            index.add({"id": f"x{n}", "text": f"Another story, the {n}th of its kind."} for n in range(3))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    index.add({"id": f"y{n}", "text": f"One more story, the {n}th of its kind."} for n in range(3))
    assert same(index, range(count + 1, count + 4))


def test_articles_of_a_step_that_is_not_kept_are_forgotten(index):
    index.add(corpus(5, 2))
    count = index.info()["articles"]

    def undone():
        with index.transaction():
            index.remove([corpus(5, 2)[0].id])
            index.add({"id": f"x{n}", "text": f"Another story, the {n}th of its kind."} for n in range(3))
            assert index._store.postings._runs.removed().tolist() == [1]
            raise ZeroDivisionError

    with index.transaction():
        with pytest.raises(ZeroDivisionError):
            undone()
        assert index._store.postings._runs.removed().tolist() == []
        index.add({"id": f"y{n}", "text": f"One more story, the {n}th of its kind."} for n in range(3))
        assert same(index, range(count + 1, count + 4))
    assert same(index, range(1, count + 4))


def test_what_another_process_does_is_seen(index):
    index.add(corpus(6, 2))
    article = index.article(corpus(6, 2)[0].id)
    number = index._store.articles.number_of(article.id)
    assert number in index._older._place
    with dedup.open(index.path) as other:
        other.remove([article.id])
    with pytest.raises(UnknownArticle):
        told(index._older, [number])


def test_a_ruling_on_a_line_is_seen(index):
    text = "A story about nothing at all.\n" + NOTICE
    index.add([{"id": "a", "source": "Paper", "text": text}])
    before = told(index._older, [1])
    index.mark_lines(NOTICE)
    assert same(index, [1])
    assert told(index._older, [1]) != before
    index.keep_line(index.boilerplate()[0].id)
    assert told(index._older, [1]) == before


@given(st.lists(st.integers(0, 50), max_size=40), st.integers(1, 12), st.integers(1, 200), st.integers(0, 20))
def test_parts_are_all_articles_in_order_as_many_as_there_is_room_for(words, articles, most, several):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("AT_ONCE", articles), ("WORDS_AT_ONCE", most), ("SEVERAL", several)):
            patch.setattr(f"dedup.funnel.older.{name}", value)
        parts = list(parts_of(np.array(words, np.int64)))
    assert [i for begin, end in parts for i in range(begin, end)] == list(range(len(words)))
    sizes = [end - begin for begin, end in parts]
    assert all(0 < size <= articles for size in sizes)
    assert all(end - begin == 1 or sum(words[begin:end]) <= most for begin, end in parts)
    if sum(words) <= most and len(words) > several:  # each core has one, and all are alike
        assert max(sizes) <= -(-len(words) // THREADS)
        assert len(set(sizes[:-1])) <= 1


def test_long_articles_are_compared_few_at_a_time(monkeypatch):
    """So many words of older articles at a time, but one article at least; the matches are the same."""
    articles = corpus(6)
    words = {article.id: len(article.text.split()) for article in articles}
    monkeypatch.setattr("dedup.intake.batches.BATCH_ARTICLES", 5)
    asked = []
    real = Older.some

    def some(older, numbers, **how):
        asked.append([words[name] for name in older.store.articles.ids(numbers)])
        return real(older, numbers, **how)

    monkeypatch.setattr(Older, "some", some)
    found = []
    for most in (1 << 30, 400, 1):
        monkeypatch.setattr("dedup.funnel.older.WORDS_AT_ONCE", most)
        asked.clear()
        with dedup.open(":memory:") as index:
            index.add(articles)
            found.append([index.matches_of(article.id) for article in articles])
        assert all(len(part) <= 1 or sum(part) <= most for part in asked)
        assert any(len(part) > 1 for part in asked) == (most > 1)
    assert found[0] == found[1] == found[2]
    assert any(found[0])
