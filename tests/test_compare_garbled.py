"""Texts as machines read and hear them: broken words, wrong letters, numbers in words."""

import json
import random
from pathlib import Path

import pytest
import reference
from hypothesis import example, given, settings
from hypothesis import strategies as st

import dedup
from dedup import Passage, Relation, Settings, Span
from dedup.comparison.facts import Facts, facts_of_both
from dedup.comparison.garbling import is_garbled
from dedup.sketch import sketch

ARCHIVE = (Path(__file__).parent / "quality" / "newsroom-archive.jsonl").read_text("utf-8").splitlines()
REPORT = (
    "HARROW FEN, June 14. - The steam thresher of Mr. Josiah Pellew burst its boiler in the yard of Low"
    " Grange on Monday forenoon, and killed the engineman, Abel Thorne, a married man with four children."
    " Two labourers, George Whitlock and Peter Dunn, were scalded about the arms and face and were carried"
    " to the infirmary at Castle Wend, where Dunn lies without much hope. The machine had been at work for"
    " some forty minutes when those who stood by heard a whistle which rose to a scream, and a moment later"
    " the fire-box was flung across the yard and through the wall of the granary. A piece of the plate,"
    " weighing 118 pounds, was picked up by the vicar in his orchard, 240 yards away. Mr. Pellew, who had"
    " bought the engine at the Stowbury sale in 1884, told the coroner that it had been looked over at"
    " Lady-day by a smith from Castle Wend, and that he was shown nothing amiss. The inquest was adjourned"
    " until Thursday week, so that an inspector of the Board might be sent for. A subscription has been"
    " opened at the Corn Exchange for the widow, and had reached 31 pounds on Wednesday evening."
)
FORM = (
    "The monthly market for fat stock was held at {place} on {day}, with {beasts} beasts and {sheep} sheep in"
    " the pens. The supply was rather larger than at the last market, and trade was slow from the opening."
    " The best quality of beef made {best} shillings a stone, and the second quality {second} shillings."
    " Mutton was in better demand and made {mutton} pence a pound for small weights. The top price of the day"
    " was given by Mr. {buyer} of {town} for a bullock which was bred and shown by Mr. {seller}. The judges"
    " were Mr. {judge} and the agent of Lord {lord}; a dinner for the members was given at the {inn} Hotel."
)
FIRST = FORM.format(
    place="Castle Wend", day="Tuesday", beasts=214, sheep="1,130", best="8", second="6", mutton="7",
    buyer="Rackham", town="Stowbury", seller="Hewitt", judge="Coulson", lord="Amberleigh", inn="Talbot",
)  # fmt: skip
SECOND = FORM.format(
    place="Upper Marden", day="Saturday", beasts=97, sheep="645", best="9", second="5", mutton="11",
    buyer="Inskip", town="Fernhoe", seller="Vosper", judge="Mallory", lord="Quarrington", inn="Red Lion",
)  # fmt: skip
MISTAKEN = dict(zip("aeoilhtsmdguncbrfvwyIS1058", "oc01lbf5 nqvuehnltvvvl8lOSB", strict=False)) | {"m": "rn"}


def read_by_machine(text: str, seed: int, share: float, width: int = 0) -> str:
    """A text with this share of its characters wrong, in lines of so many characters with words broken."""
    rng = random.Random(f"{seed} {share}")
    told = "".join(
        rng.choice((MISTAKEN.get(c, c), MISTAKEN.get(c, c), c + " ", "")) if rng.random() < share else c
        for c in text
    )
    if not width:
        return told
    lines, left = [], told
    while len(left) > width:
        inside = left[width - 1].isalpha() and left[width].isalpha()
        lines.append(left[:width] + "-" if inside else left[:width])
        left = left[width:]
    return "\n".join((*lines, left))


@pytest.mark.parametrize("hyphen", ["-", "‐", "¬"])
@pytest.mark.parametrize("end", ["\n", "\r\n", " \n  "])
def test_a_word_broken_at_the_end_of_a_line_is_one_word(hyphen, end):
    whole = "The municipal council of Castle Wend bought a second-hand thresher"
    broken = whole.replace("cipal", f"{hyphen}{end}cipal").replace("cil ", f"{hyphen}{end}cil ")
    sketches = sketch([whole, broken], Settings())
    assert sketches.tokens.tolist() == [0, 11, 22]
    assert sketches.stem[:11].tolist() == sketches.stem[11:].tolist()
    assert broken[sketches.start[12] : sketches.end[12]] == f"muni{hyphen}{end}cipal"


def test_what_only_looks_like_a_broken_word_is_none():
    for text, words in {
        "Castle-\nWend": 2, "pre- and post-war": 4, "1914-\n18 \n": 2, "a list:\n- one\n- two": 4,
        "done -\nat last": 3, "done -": 1, "-\nat last": 2, "done-": 1,
    }.items():  # fmt: skip
        assert sketch([text, "at last"], Settings()).tokens.tolist() == [0, words, words + 2], text


@settings(max_examples=300)
@given(
    st.lists(st.lists(st.sampled_from(["a", "É", "b1", "-", "‐", "¬", " ", "\n", "\r\n", "\t"])).map("".join))
)
@example(["a-", "\nb"])
@example(["a", "-\nb"])
def test_words_are_those_of_the_reference_whatever_stands_beside_their_text(texts):
    every = sketch(texts, Settings(shingle=1))
    for i, text in enumerate(texts):
        own = slice(int(every.tokens[i]), int(every.tokens[i + 1]))
        words = reference.tokens(text)
        assert list(zip(every.start[own].tolist(), every.end[own].tolist(), strict=True)) == [
            (start, end) for start, end, _ in words
        ]
        assert every.shingle[own].tolist() == [reference.xxh64(word) for *_, word in words]


@pytest.mark.parametrize("share", [0.03, 0.06])
@pytest.mark.parametrize("seed", range(6))
def test_one_report_read_twice_is_a_copy_whatever_its_facts_look_like(seed, share):
    one, other = (read_by_machine(REPORT, 2 * seed + i, share, width) for i, width in ((0, 0), (1, 42)))
    found = dedup.compare(one, other)
    assert found is not None
    assert found.relation in (Relation.NEAR_DUPLICATE, Relation.EXCERPT, Relation.DERIVED)
    assert sum(p.b.end - p.b.start for p in found.passages) > 0.8 * len(other)
    with dedup.open(":memory:") as index:
        index.add([{"id": "one", "text": one}, {"id": "other", "text": other}])
        assert [group.articles for group in index.groups()] == [("one", "other")]


@pytest.mark.parametrize("share", [0.0, 0.03, 0.06])
@pytest.mark.parametrize("seed", range(6))
def test_a_form_filled_in_twice_stays_one_however_it_was_read(seed, share):
    one, other = (read_by_machine(text, 2 * seed + i, share) for i, text in enumerate((FIRST, SECOND)))
    found = dedup.compare(one, other)
    assert found is None or not found.relation.joins


@settings(max_examples=10)
@given(st.integers(0, 1000), st.sampled_from([0.02, 0.05]))
def test_mistakes_are_told_from_either_side(seed, share):
    one, other = (read_by_machine(REPORT, seed + i, share) for i in range(2))
    found = dedup.compare(one, other)
    assert is_garbled(one, other, found.passages)
    assert is_garbled(other, one, [p.turned() for p in found.passages])
    assert not is_garbled(one, one, dedup.compare(one, one).passages)


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.sampled_from([0.05, 0.1, 0.15]))
def test_whether_texts_are_garbled_does_not_depend_on_the_side(seed, share):
    """Of prints that differ so much that the letters of a few words decide."""
    rng = random.Random(seed)
    texts = [json.loads(line)["text"] for line in ARCHIVE]
    both = [rng.choice(texts)] * 2 if rng.random() < 0.7 else rng.sample(texts, 2)
    one, other = (read_by_machine(text, seed + i, share) for i, text in enumerate(both))
    found, turned = dedup.compare(one, other), dedup.compare(other, one)
    assert (found and found.relation) == (turned and turned.relation)
    whole = Passage(Span(0, len(one)), Span(0, len(other)), 1, 1.0, quoted=False, weight=1.0)
    assert is_garbled(one, other, [whole]) == is_garbled(other, one, [whole.turned()])


def test_numbers_that_were_heard_in_words_are_no_other_facts():
    written = (
        "Officials in Castle Wend said on Monday that 118 of 240 pumps had failed. Mayor Ines Pellew asked"
        " the Board for 31 more, and George Whitlock of Stowbury Water promised 12 by Friday."
    )
    heard = (
        "officials in castle wend said on monday that a hundred and eighteen of two hundred forty pumps had"
        " failed mayor ines pellew asked the board for thirty one more and george whitlock of stowbury water"
        " promised a dozen by friday"
    )
    both = Facts.of(written), Facts.of(heard)
    assert facts_of_both(*both) == [(11, 11), (0, 0)]
    assert facts_of_both(both[0], Facts.of(heard.upper())) == [(11, 11)]
    # a text in one case that has numbers has those that were written
    assert facts_of_both(both[0], Facts.of(heard + " 7")) == [(15, 11), (1, 0)]
    # and one in prose without numbers leaves them out
    prose = heard.replace("mayor ines pellew", "Mayor Ines Pellew").replace(
        "george whitlock", "George Whitlock"
    )
    assert facts_of_both(both[0], Facts.of(prose))[0] == (15, 11)
