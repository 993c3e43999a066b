"""What counts as quoted: every kind of mark, quotations over paragraphs, block quotes after a colon."""

from __future__ import annotations

import json
import random
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from stories import reworded, story

import dedup
from dedup.comparison import flags_of
from dedup.comparison.structure_kernel import QUOTED
from dedup.model import Article, Relation
from dedup.settings import Settings
from dedup.sketch import sketch

SAID = "The quay stays shut until the spring tides and nobody may moor there before that."
LAST = "The town had no comment on Monday."


def quoted(text):
    """The words of a text that are flagged as quoted."""
    sketches = sketch([text], Settings())
    (flags,) = flags_of([Article("a", text)], sketches)
    words = [text[i:j] for i, j in zip(sketches.start.tolist(), sketches.end.tolist(), strict=True)]
    return " ".join(word for word, flag in zip(words, flags.tolist(), strict=True) if flag & QUOTED)


def plain(text):
    return text.replace(".", "").replace(",", "")


@pytest.mark.parametrize(
    ("opens", "closes"),
    [
        *('""', "“”", "«»", "»«", "„“", "„”", "””", "‚‘", "‘’", "''", "‹›", "「」", "『』", "＂＂"),
        ("``", "''"),
        ("« ", " »"),
        ("<<", ">>"),
        ("\x93", "\x94"),
        ("\x91", "\x92"),
    ],
)
def test_every_kind_of_marks(opens, closes):
    assert quoted(f"The master wrote, {opens}{SAID}{closes} {LAST}") == plain(SAID)


@pytest.mark.parametrize(("opens", "closes"), ["“”", '""', "«»", "„“", "''"])
def test_a_word_in_marks_is_quoted_alone(opens, closes):
    assert quoted(f"The so-called {opens}spring rule{closes} is old. {LAST}") == "spring rule"


@pytest.mark.parametrize(("opens", "closes"), ["‘’", "''", "“”"])
def test_a_statement_opens_anew_at_each_paragraph_and_closes_once(opens, closes):
    more = "The boats of the boys' club go to the old basin, and the town pays for it."
    text = f"The master wrote:\n\n{opens}{SAID}\n\n{opens}{more}\n\n{opens}{SAID}{closes}\n\n{LAST}"
    assert quoted(text) == plain(f"{SAID} {more} {SAID}").replace("boys'", "boys")


@pytest.mark.parametrize(("opens", "closes"), ["‘’", "''", "“”"])
def test_a_long_statement_is_quoted_whole(opens, closes):
    long = " ".join([SAID] * 8)
    assert len(long.split()) > 100
    assert quoted(f"The master wrote, {opens}{long}{closes} {LAST}") == plain(long)


def test_apostrophes_and_inches_are_no_marks():
    assert quoted(f"The boys' dogs' leads and the '90s were 6' 2\" long, it wasn't theirs. {LAST}") == ""


@pytest.mark.parametrize("dash", ["–", "—", "-"])
def test_what_stands_between_dashes_from_the_start_of_a_line_is_quoted(dash):
    more = "We are sorry for the boats."
    spoken = f"{dash} {SAID[:-1]} {dash} said the master of the port. {dash} {more}"
    assert quoted(f"{LAST}\n\n{spoken}\n\n{LAST}") == plain(f"{SAID} {more}")
    assert quoted(f"{LAST}\n{dash}{SAID[:-1]}, {dash}said the master of the port.\n{LAST}") == plain(SAID)
    assert quoted(spoken) == plain(f"{SAID} {more}")


@pytest.mark.parametrize("dash", ["–", "—", "-"])
def test_other_dashes_quote_nothing(dash):
    assert quoted(f"The master {dash} who had the key of the quay {dash} left. {LAST} {dash} {LAST}") == ""
    assert (
        quoted(f"{LAST}\n{dash} Nobody may moor there\n{dash} {SAID}\n{dash} The quay is shut\n\n{LAST}")
        == ""
    )
    assert (
        quoted(f"{LAST}\n{dash} Estmere Rovers 2 {dash} 1 Korrin\n{dash} Hallin {dash} Salvane: put off")
        == ""
    )
    assert (
        quoted(f"He has the key of the quay\n{dash} and of the old lock {dash} in his pocket. {LAST}") == ""
    )


def test_arrows_are_no_marks():
    assert quoted(f"Read more >> {SAID} Back << {LAST} 3 << 4 >> 2") == ""


def test_marks_that_nothing_closes_end_with_the_sentence():
    assert quoted(f'He said, "Nobody may moor there. {LAST} {LAST}') == "Nobody may moor there"


def test_a_mark_that_closes_what_nothing_opened_takes_its_sentence():
    assert quoted(f'{LAST} Nobody may moor there before that," he said. {LAST}') == (
        "Nobody may moor there before that"
    )


@pytest.mark.parametrize(("opens", "closes"), ["“”", '""', "«»"])
def test_a_quotation_that_nothing_closes_ends_with_its_paragraph_if_another_opens_after_that(opens, closes):
    text = f"He said, {opens}{SAID}\n\n{LAST}\n\n{opens}No,{closes} said the mayor."
    assert quoted(text) == plain(f"{SAID} No")


@pytest.mark.parametrize(("outer", "inner"), ["“‘", "\"'", "«“"])
def test_a_quotation_in_a_quotation(outer, inner):
    closing = {"“": "”", "‘": "’", '"': '"', "'": "'", "«": "»"}
    text = f"He said, {outer}They told me {inner}stay away{closing[inner]} on Sunday.{closing[outer]} {LAST}"
    assert quoted(text) == "They told me stay away on Sunday"


@pytest.mark.parametrize(
    "announced",
    ["The statement read:", "In a letter to the town, he wrote:", "She said :", "Sie sagte:", "Il a écrit :"],
)
def test_a_paragraph_after_a_colon_that_announces_it(announced):
    assert quoted(f"{LAST}\n\n{announced}\n\n{SAID}\n\n{LAST}") == plain(SAID)
    assert quoted(f"{LAST}\r\n\r\n{announced}\r\n\r\n{SAID}\r\n\r\n{LAST}") == plain(SAID)
    assert quoted(f"{LAST}\n\n{announced}\n\n{SAID}") == plain(SAID)


@pytest.mark.parametrize("depth", ["    ", "\t", "  ", "> ", ">"])
def test_a_block_set_apart_after_a_colon_with_all_its_paragraphs(depth):
    block = f"{depth}The quay stays shut until the spring tides,\n{depth}and nobody may moor there.\n"
    more = f"{block}{depth.rstrip()}\n{depth}Boats lie at Sorvik till then.\n"
    text = f"The notice on the gate:\n\n{more}\n{LAST}"
    assert quoted(text) == (
        "The quay stays shut until the spring tides and nobody may moor there Boats lie at Sorvik till then"
    )
    assert quoted(text.replace(":\n\n", ":\n")) == quoted(text)


@pytest.mark.parametrize(
    "text",
    [
        f"There were three reasons:\n\n{SAID}\n\n{LAST}",
        f"The statement read:\n{SAID}\n\n{LAST}",
        f"The statement read: {SAID}\n\n{LAST}",
        f"He said this:\n\n1. {SAID}\n\n2. {SAID}\n\n{LAST}",
        f"He said this:\n\n- {SAID}\n\n- {SAID}\n\n{LAST}",
        f"He said this:\n\nFerry towed to the yard\n\n{SAID}",
        f"He said this:\n\nHarbour master stays away from the long debate in town\n\n{SAID}",
        f"The statement was short. These are the results:\n\n{SAID}\n\n{LAST}",
        f"    The results came late:\n    {SAID}\n    {LAST}",
        f"    The results came late, as they did in\nother years:\n    {SAID[:40]}\n{SAID[41:]}\n    {LAST}",
        f"The statement read:\n\n{SAID} " + f"{LAST} " * 60 + "\n\nMore.",
    ],
    ids=[
        *("reasons", "one-break", "one-line", "numbers", "dashes", "short", "headline", "sentence-before"),
        *("all-indented", "first-lines-indented", "long"),
    ],
)
def test_prose_after_a_colon_is_not_taken(text):
    assert quoted(text) == ""


def test_a_paragraph_with_a_quotation_in_it_is_narration():
    text = f'The master said:\n\nNobody knew when "the spring" would come, and no town had asked. {LAST}'
    assert quoted(text) == "the spring"


def test_a_quotation_lies_inside_its_marks_on_both_sides():
    """Words that both say outside of them, one before and one between its parts, had drawn it out."""
    quotations = 0
    for seed in range(60):
        rng = random.Random(seed)
        lines = [line[:-1] for line in story(rng, 8)]
        said = lines[3].lower().split()[: rng.randint(6, 12)]
        turned = [word for begin in range(0, len(said), 3)[::-1] for word in said[begin : begin + 3]]
        last = reworded(rng, lines[2], 0.15)
        a = f'{lines[4]}. "{lines[0]}," {" ".join(said)}. "{lines[1]}. {lines[2]}." {lines[5]}.'
        b = f'{lines[6]}. {" ".join(turned)}. "{lines[0]}." "{lines[1]}. {last}." {lines[7]}.'
        match = dedup.compare(a, b)
        for passage in match.passages if match else ():
            quotations += passage.quoted
            for text, span in ((a, passage.a), (b, passage.b)):
                if passage.quoted:
                    assert text[: span.start].count('"') % 2 == text[: span.end].count('"') % 2 == 1
    assert quotations > 20


@pytest.mark.parametrize("marks", ['""', "“”", "«»", "‘’"])
@pytest.mark.parametrize("said", ["said commander Helen Ostrava.", "said Ostrava, who leads the crew."])
def test_who_says_it_between_two_parts_of_a_quotation_makes_no_copy_of_it(marks, said):
    first, second = marks
    quotation = (
        f"{first}We could hear the beams cracking like rifle shots above the chapel, and the paint on our"
        f" engine was blistering at forty paces,{second} {said} {first}Nothing in nineteen years of service"
        f" prepared me for the smell of burning resin over the harbour.{second}"
    )
    a = (
        "Fire destroyed a wood warehouse in Marlow Quay overnight, and 140 residents of the Sailmakers"
        f" estate were taken to a sports hall. {quotation} Trains to Henby were suspended for six hours."
    )
    b = (
        f"Dozens of families spent the night in a gymnasium after a blaze in a harbour street. {quotation}"
        " Council leader Marcus Vane asked how much timber may be stored beside housing."
    )
    assert dedup.compare(a, b).relation is Relation.QUOTE


def test_a_passage_has_no_more_words_than_either_side_of_it():
    """Of a quotation, either: what both have around it is none of its words."""
    path = Path(__file__).parent / "quality" / "newsroom-release.jsonl"
    told = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    quoted = 0
    for a, b in combinations(told, 2):
        if a["family"] != b["family"] or (match := dedup.compare(a["text"], b["text"])) is None:
            continue
        for passage in match.passages:
            sides = [
                side[span.start : span.end] for side, span in ((a["text"], passage.a), (b["text"], passage.b))
            ]
            assert passage.words <= np.diff(sketch(sides, Settings()).tokens).min()
            quoted += passage.quoted
    assert quoted > 10


def test_a_long_quotation_in_plain_words_is_told():
    """Whatever it weighs; half of it is not."""
    rng = random.Random(5)
    said = (
        "we are staying here because this town stood by us, and nobody should leave the people who were there"
        " when it was hard"
    )
    one, other = ("\n\n".join([*story(rng, 5), f"“{said},” he said.", *story(rng, 5)]) for _ in range(2))
    match = dedup.compare(one, other)
    assert match is not None
    assert match.relation is Relation.QUOTE
    assert max(p.weight for p in match.passages) < Settings().quote_weight
    shorter = said.split(",", maxsplit=1)[0]
    assert dedup.compare(one.replace(said, shorter), other.replace(said, shorter)) is None
