"""What is a passage where words in order do not tell: turned sentences, names, quotations."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from stories import story

import dedup
from dedup.comparison import flags_of
from dedup.comparison.prepared import prepare_articles
from dedup.comparison.structure_kernel import QUOTED
from dedup.model import Article
from dedup.read import read
from dedup.settings import Settings
from dedup.sketch import sketch

FIXTURES = Path(__file__).parent.parent / "fixtures"

BEFORE = (
    "Bakers in the northern suburbs begin their day at two. The regional prize went to a shop beside the "
    "canal, whose rye loaves sell out before nine. Judges praised the crust."
)
AFTER = (
    "Chess players met on Saturday in the reading room. Nobody lost a queen before noon, which the referee"
    " called a record for the valley."
)
PLAIN = (
    "Volunteers from the parish of Dunmore rowed eleven pensioners across the flooded common at dawn. The "
    "mayor thanked them with a barrel of cider and a promise to dredge the brook before autumn."
)
TURNED = (
    "At dawn, pensioners, eleven of them, had been rowed over commons that flooded: Dunmore parish has "
    "volunteers. Before autumn the brook gets dredged, promised the mayor, whose thanks came as cider by "
    "the barrel."
)


def passages(a: str, b: str) -> list[tuple[int, int, int, int]]:
    """Spans of the passages of two texts, match or not."""
    texts = [a, b]
    sketches = sketch(texts, Settings())
    rows = sketches.tokens[:2] * 0 + [0, 1]
    prepared = prepare_articles(texts, sketches, rows)
    found = prepared.compare(rows.reshape(1, 2))
    return [
        (
            int(sketches.start[a0]),
            int(sketches.end[a1 - 1]),
            int(sketches.start[sketches.tokens[1] + b0]),
            int(sketches.end[sketches.tokens[1] + b1 - 1]),
        )
        for a0, a1, b0, b1, *_ in found.passages.tolist()
    ]


def test_sentences_whose_words_were_turned_round_are_a_passage():
    a, b = f"{BEFORE} {PLAIN}", f"{TURNED} {AFTER}"
    ((a0, a1, b0, b1),) = passages(a, b)
    assert a0 == a.index("Volunteers")
    assert a[:a1].endswith("before autumn")
    assert b0 == 0
    assert b1 <= len(TURNED)


@pytest.mark.parametrize("way", [1, -1], ids=["after", "before"])
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (
            "The valley has had four such floods since the brook was dug, and Dunmore pays for each.",
            "Nobody from Dunmore was hurt, but a bus stayed in the valley with the brook at its doors.",
        ),
        (
            "In Dunmore the common had last been under water when Harriet Sproule was mayor.",
            "A supper that Harriet Sproule holds for Dunmore on Friday will be moved up to the school.",
        ),
    ],
    ids=["words", "a name"],
)
def test_a_copy_ends_where_each_goes_on_of_the_same_people_in_its_own_words(ours, theirs, way):
    a, b = (" ".join([PLAIN, own][::way]) for own in (ours, theirs))
    ends = [(text.index(PLAIN), text.index(PLAIN) + len(PLAIN) - 1) for text in (a, b)]
    assert passages(a, b) == [(*ends[0], *ends[1])]


def test_sentences_of_other_things_are_none():
    assert passages(f"{BEFORE} {PLAIN}", AFTER) == []


def test_one_name_at_every_turn_is_no_passage():
    a = (
        "Alder Brothers Home Continuing Lessons Continuing Lessons at the Alder Brothers Hospital Network "
        "About Us Continuing Lessons for the Alder Brothers Hospital Network are offered through a "
        "consortium, which is comprised of four major Alder Brothers houses: the Alder Brothers Medical "
        "Center and the Alder Rehabilitation Hospital"
    )
    b = (
        "Alder Brothers Home Our Services Alder Brothers Services for Women Alder Brothers Hospital "
        "Network is committed to the special needs of mothers, with a family room and a nursery staffed "
        "around the clock by specialists at the Alder Brothers Medical Center. Alder Brothers Hospital "
        "Network, where families are born"
    )
    assert passages(f"{PLAIN} {a} {BEFORE}", f"{b} {AFTER}") == []


def test_a_quotation_that_a_rewriter_moved_is_a_passage_of_its_own():
    articles = {article.id: article.text for article in read([str(FIXTURES / "articles")])}
    a, b = articles["lindholm-observer-lighthouse"], articles["tb-2025-0204-7"]
    said, retold = dedup.compare(a, b).passages
    assert said.quoted
    assert a[said.a.start : said.a.end] == "A lighthouse with guests in it is a lighthouse with a roof on it"
    assert b[said.b.start : said.b.end] == a[said.a.start : said.a.end]
    assert not retold.quoted
    assert a[retold.a.start :].startswith("Two people close to the Treasury")
    assert b[retold.b.start :].startswith("two people close to the Treasury")
    assert a[: retold.a.end].endswith("coffee on its cover")


def test_a_short_quotation_inside_a_reworded_passage_stays_in_it():
    start = "The harbour authority of Lindholm closed the eastern quay on Tuesday after divers found cracks"
    said = '"We shall not open it before the spring tides," the harbourmaster said'
    a = f"{BEFORE} {start} in eleven oak pilings. {said}, and freight leaves from Sorvik until all is done."
    b = f"{start} in pilings of oak. {said}. Until all is done freight will leave from Sorvik. {AFTER}"
    ((a0, a1, _, _),) = passages(a, b)
    assert a0 == a.index("The harbour")
    assert a1 > a.index("until all is")


@pytest.mark.parametrize(
    ("opens", "closes"), ["“”", '""', "«»", "„“"], ids=["curly", "straight", "guillemets", "low-high"]
)
def test_a_quotation_that_opens_anew_at_each_paragraph_and_closes_once_is_quoted_whole(opens, closes):
    text = (
        f"The master wrote to the town.\n\n{opens}The quay stays shut until spring.\n\n{opens}Nobody "
        f"may moor there before that.{closes}\n\nThe town had no comment."
    )
    sketches = sketch([text], Settings())
    (flags,) = flags_of([Article("a", text)], sketches)
    words = [text[i:j] for i, j in zip(sketches.start.tolist(), sketches.end.tolist(), strict=True)]
    quoted = [word for word, flag in zip(words, flags.tolist(), strict=True) if flag & QUOTED]
    assert " ".join(quoted) == "The quay stays shut until spring Nobody may moor there before that"


def test_a_copied_sentence_is_found_beside_a_passage_of_any_length():
    """It is worth as much there as alone: the share of the best passage is asked of weak ones."""
    rng = random.Random(5)
    long, own, other = " ".join(story(rng, 30)), story(rng, 16), story(rng, 25)
    match = dedup.compare(f"{long} {' '.join([*other[:20], own[0], *other[20:]])}", f"{long} {' '.join(own)}")
    assert match is not None
    begin = len(long) + 1
    assert any(p.b.start <= begin and begin + len(own[0]) - 1 <= p.b.end for p in match.passages[1:])
