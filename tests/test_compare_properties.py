"""Odd, huge and hostile texts are compared all the same. What holds of any two: test_compare_generated.py."""

from __future__ import annotations

import random

import pytest
from found import compared

import dedup
from dedup.comparison import differences
from dedup.model import Relation

WORDS = [
    *(
        "harbour",
        "lantern",
        "orchard",
        "granite",
        "willow",
        "ferry",
        "magistrate",
        "copper",
        "saddle",
        "violin",
    ),
    *("meadow", "thistle", "anchor", "parson", "kettle", "barley", "drizzle", "chimney", "ledger", "gannet"),
    *("pewter", "hollow", "bramble", "turret", "cellar", "plough", "mackerel", "ribbon", "the", "of", "and"),
    *("to", "in", "a", "was", "for", "with", "on", "that", "by", "from", "at", "it"),
]


OFTEN = random.Random(3).choices([f"word{n}" for n in range(8_000)], k=400_000)
LONG = [random.Random(n % 997).choice(WORDS) + str(n % 1013) for n in range(100_000)]
"""About a megabyte that no sentence ends in."""


def story(seed, sentences):
    rng = random.Random(seed)
    made = []
    for _ in range(sentences):
        words = [
            rng.choice(WORDS) + rng.choice(["", "", "an", "or", "wick"]) for _ in range(rng.randint(7, 18))
        ]
        made.append(" ".join(words).capitalize() + ".")
    return made


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("", "Some words."),
        ("...", "!!!"),
        ("word " * 20000, "word " * 19999),
        ("the " * 20000, "the " * 19999),
        ('"' * 5000 + "One two three four.", "“" * 5000 + "One two three four."),
        (" ".join(map(str, range(20000))), " ".join(map(str, reversed(range(20000))))),
        ("word " * 100_000, "word " * 99_000),
        (" ".join(LONG), " ".join(reversed(LONG))),
        (" ".join(LONG), " ".join(LONG[:40_000] + LONG[60_000:])),
        (
            "Ferry паром 渡し船 عبّارة " * 300 + '"open «never „closed',
            "паром عبّارة Ferry 渡し船 " * 300 + "never” closed»",
        ),
        (" ".join(OFTEN), " ".join(OFTEN) + " and more"),  # of so many words this took as long as all tests
        ("北京市今天宣布新的措施。" * 50, "北京市今天宣布新的措施。" * 50 + " and some more"),
    ],
    ids=[
        "empty",
        "no-words",
        "one-word",
        "function-word",
        "marks",
        "reversed",
        "100000-words",
        "no-end-reversed",
        "no-end",
        "scripts",
        "often",
        "no-spaces",
    ],
)
def test_odd_texts_are_compared_all_the_same(a, b):
    found = compared(a, b)
    assert 0 <= found.resemblance <= 1
    for p in found.passages:
        assert p.a.end <= len(a)
        assert p.b.end <= len(b)


def test_differences_hold_every_word_of_long_texts():
    rng = random.Random(3)
    a = [f"w{rng.randrange(900)}" for _ in range(3000)]
    b = [w for w in a if rng.random() > 0.2] + ["tail"] * 5
    kept_a, kept_b = [], []
    text_a, text_b = " ".join(a), " ".join(b)
    for kind, x, y in differences(text_a, text_b):
        kept_a += text_a[x.start : x.end].split()
        kept_b += text_b[y.start : y.end].split()
        if kind == "kept":
            assert text_a[x.start : x.end] == text_b[y.start : y.end]
    assert (kept_a, kept_b) == (a, b)


def test_a_sentence_that_a_rewrite_moved_inwards_belongs_to_the_passage():
    """Reworded, it stands in the middle of one text and at an edge of the other: the passage goes there."""
    plain = "Volunteers rowed eleven pensioners across a flooded common, says the almanac of Dunmore parish."
    moved = "According to the Dunmore almanac, pensioners were rowed over flooded commons by volunteers."
    first, last = (" ".join(story(seed, 3)) for seed in (7, 8))
    cut = " ".join(word for n, word in enumerate(last.split()) if n % 4 != 2)
    around = " ".join(story(9, 3))
    for a, text in (
        (f"{first} {last} {plain} {around}", "end"),
        (f"{plain} {first} {last} {around}", "start"),
    ):
        b = f"{first} {moved} {cut}" if text == "end" else f"{cut} {moved} {first}"
        spans = [(p.a.start, p.a.end) for p in compared(a, b).passages]
        assert any(start <= a.index(plain) and end >= a.index(plain) + len(plain) - 1 for start, end in spans)


def test_one_word_again_and_again_is_nearly_the_same_text():
    a, b = "harbour " * 30000, "harbour " * 29999
    match = dedup.compare(a, b)
    assert match is not None
    assert match.relation is Relation.NEAR_DUPLICATE
    assert [(p.a.end, p.b.end) for p in match.passages] == [(len(b) - 1, len(b) - 1)]
