"""Slots that hold other facts: the kernel against its definition, and forms, updates and rewrites."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.comparison.slot_kernel import EDGE, NARROW, WIDTH, slots
from dedup.comparison.structure_kernel import JOINED, NAME, NUMBER
from dedup.model import Relation

KINDS = ["word", "name", "number", "joined"]


@st.composite
def texts(draw):
    """Two texts as lists of (word, kind, sentence), and a chain of equal words in both."""
    kind_of = {w: KINDS[w % 3] for w in range(1, 12)} | {0: "word"}
    sides = []
    for _ in range(2):
        words = draw(st.lists(st.integers(0, 11), min_size=1, max_size=30))
        breaks = draw(st.lists(st.booleans(), min_size=len(words), max_size=len(words)))
        sentence, tokens = 0, []
        for w, new in zip(words, breaks, strict=True):
            sentence += new and draw(st.integers(0, 4)) == 0
            kind = kind_of[w]
            beside = tokens and tokens[-1][1] in ("number", "joined")
            if kind == "number" and beside and draw(st.booleans()):
                kind = "joined"
            tokens.append((w, kind, sentence))
        sides.append(tokens)
    a, b = sides
    chain, at = [], 0
    for i, token in enumerate(a):
        for j in range(at, len(b)):
            if b[j][0] == token[0] and draw(st.booleans()):
                chain.append((i, j))
                at = j + 1
                break
    return a, b, chain


def number_at(text, t):
    """The words of the number that begins at a token, None inside of one or elsewhere."""
    if text[t][1] != "number":
        return None
    end = t + 1
    while end < len(text) and text[end][1] == "joined":
        end += 1
    return tuple(token[0] for token in text[t:end])


def is_name(text, t):
    return text[t][1] == "name" and t > 0 and text[t - 1][2] == text[t][2]


def defined(a, b, chain):
    """What `slots` counts, word for word as it is said to."""
    own, other = {token[0] for token in a}, {token[0] for token in b}
    matched = set(chain)
    firsts, lasts, numbers, names = set(), set(), 0, 0
    for i, j in chain:
        w = a[i][0]
        if w == 0 or "joined" in (a[i][1], b[j][1]):
            continue
        number = number_at(a, i)
        if a[i][1] == b[j][1] == "number":
            if w in firsts and len(number) + j <= len(b) and b[j + len(number) - 1][0] in lasts:
                continue
            if number != number_at(b, j) or any((i + n, j + n) not in matched for n in range(len(number))):
                continue
            lasts.add(number[-1])
            numbers += 1
        elif is_name(a, i) and is_name(b, j) and w not in firsts:
            names += 1
        else:
            continue
        firsts.add(w)
    other_numbers = others = 0
    had = set()
    ends = [(-1, -1), *chain, (len(a), len(b))]
    for k, ((i0, j0), (i1, j1)) in enumerate(pairwise(ends)):
        edge = k == 0 or k == len(ends) - 2
        slot_a = [t for t in range(i0 + 1, i1) if k or a[t][2] == a[i1][2]]
        slot_b = [t for t in range(j0 + 1, j1) if k or b[t][2] == b[j1][2]]
        if k == len(ends) - 2:
            slot_a = [t for t in slot_a if a[t][2] == a[i0][2]]
            slot_b = [t for t in slot_b if b[t][2] == b[j0][2]]
        if not (
            0 < len(slot_a) <= (EDGE if edge else WIDTH) and 0 < len(slot_b) <= (EDGE if edge else WIDTH)
        ):
            continue

        def facts(text, slot, elsewhere, there):
            found = {}
            for t in slot:
                w, kind, _ = text[t]
                if w and kind in ("number", "joined"):
                    if w not in elsewhere:
                        found.setdefault("new", w)
                    elif w not in there:
                        found.setdefault("elsewhere", w)
                elif w and is_name(text, t) and w not in elsewhere:
                    found.setdefault("named", w)
            return found

        one = facts(a, slot_a, other, {b[t][0] for t in slot_b})
        two = facts(b, slot_b, own, {a[t][0] for t in slot_a})
        new = {"new", "named"}
        narrow = max(len(slot_a), len(slot_b)) <= NARROW
        if one and two and (narrow or (new & one.keys() and new & two.keys())):
            first = next(iter(two.values()))
            if first in had:
                continue
            had.add(first)
            both = "named" in one.keys() & two.keys()
            others += both
            other_numbers += not both
    return numbers, names, other_numbers, others


def columns(text, other):
    flag = {"word": 0, "name": NAME, "number": NUMBER, "joined": NUMBER | JOINED}
    names = sorted({token[0] for token in text} - {0})
    there = sorted({token[0] for token in other} - {0})
    word = np.array([names.index(w) + 1 if w else 0 for w, _, _ in text], np.int32)
    of_other = np.array([0, *(there.index(w) + 1 if w in there else 0 for w in names)], np.int32)
    flags = np.array([flag[kind] for _, kind, _ in text], np.uint8)
    return flags, np.array([s for _, _, s in text], np.int32), word, of_other


@settings(deadline=None, max_examples=300)
@given(texts())
def test_what_is_kept_and_what_has_others_in_its_place_is_as_defined(drawn):
    a, b, chain = drawn
    if not chain:
        return
    ga, gb = (np.array(side, np.int32) for side in zip(*chain, strict=True))
    found = slots(ga, gb, 0, columns(a, b), columns(b, a), np.full(40, 7, np.int32))
    assert tuple(map(int, found)) == defined(a, b, chain)


BOND = (
    "{firm} is issuing a {amount} mln crown bond paying {rate} pct and priced at {price}, lead manager"
    " {bank} said. The notes will be sold in denominations of 5,000 crowns and listed in {city}."
    " Payment is due on {day} and there is a combined management and underwriting fee."
)
FIRST = BOND.format(
    firm="The brewer Halm Varrow", amount=120, rate="7-3/8", price="101.25", bank="Orsova Trust",
    city="Skerrow", day="14 June",
)  # fmt: skip
SECOND = BOND.format(
    firm="The shipyard Tessel Marine", amount=85, rate="8.5", price="99.75", bank="Port Ansel Bank",
    city="Skerrow", day="2 July",
)  # fmt: skip


def test_a_wording_with_other_firms_and_numbers_in_it_is_a_form():
    assert dedup.compare(FIRST, SECOND).relation is Relation.TEMPLATE


def test_a_rewrite_that_rounds_a_number_and_shortens_a_name_is_none():
    again = FIRST.replace("The brewer Halm Varrow", "Varrow, a maker of beer,").replace("101.25", "101")
    assert dedup.compare(FIRST, again).relation.joins


UPDATE = (
    "SKERROW (Meridian) - {} people were killed and {} hurt when a ferry of the Orsova Line struck the pier"
    " of Port Ansel on Monday, the coast guard of Tessel said. The master of the ship, Bram Varrow, was"
    " taken ashore by the lifeboat Tilda Hallin. Divers searched the lower deck until {}."
)


@pytest.mark.parametrize("later", [(11, 46, "nightfall"), (12, 51, "2 a.m.")])
def test_newer_numbers_of_the_same_people_and_places_make_an_update(later):
    first = UPDATE.format(4, 19, "1 p.m.")
    assert dedup.compare(first, UPDATE.format(*later)).relation.joins


WITHOUT_CAPITALS = (
    "قال خفر السواحل إن {} شخصا قتلوا وأصيب {} عندما اصطدمت عبارة برصيف الميناء القديم يوم الاثنين."
    " ونقل زورق النجاة ربان السفينة إلى الشاطئ، وواصل الغواصون البحث في السطح السفلي حتى الساعة {}."
    " وقالت الشركة المالكة إن السفينة التي بنيت عام 1987 وتتسع ل 240 راكبا و 35 سيارة خضعت للفحص قبل 14"
    " شهرا ولم يجد المفتشون فيها عيبا، وكانت قد قطعت 612 ميلا."
)


def test_newer_numbers_in_a_script_without_capitals_make_an_update():
    first, later = WITHOUT_CAPITALS.format(4, 19, 13), WITHOUT_CAPITALS.format(11, 46, 22)
    assert dedup.compare(first, later).relation.joins


ONE_NAME = (
    "Colonel {0} met the ministers of Tessel on Monday. A spokesman for {0} said in Port Ansel that the"
    " talks, the first since May, would go on. Bram Varrow, who sat beside {0}, called them useful, and"
    " the Orsova Line, which {0} bought, resumed its service to Skerrow. Friends of {0} were pleased."
)
LOTS = "At the sale {0} boats. " + " ".join(
    f"Lot {n} went for 2,{n}50 crowns to a buyer from Port Ansel, who did not wait." for n in range(3, 9)
)


@pytest.mark.parametrize(
    ("told", "first", "second"),
    [
        pytest.param(ONE_NAME, "Gadhafi", "Qaddafi", id="another spelling throughout is one other fact"),
        pytest.param(LOTS, "Tilda Hallin sold 14", "Bram Varrow sold 19", id="numbers that begin alike"),
    ],
)
def test_few_other_facts_beside_many_that_are_kept_make_no_form(told, first, second):
    assert dedup.compare(told.format(first), told.format(second)).relation.joins


def test_names_in_other_cases_are_no_other_names():
    told = (
        "Pääministeri {0} tapasi Ruotsin pääministerin {1} Tukholmassa. Neuvotteluissa käsiteltiin "
        "rajavalvontaa ja puukauppaa, ja osapuolet perustavat yhteisen työryhmän, joka kokoontuu ennen "
        "kesää. Hanketta arvosteli oppositiojohtaja {2}, ja järjestöt varoittivat metsien hakkuista."
    )
    first = told.format("Kari Lehtonen", "Lars Holmbergin", "Maria Salonen")
    assert dedup.compare(first, told.format("Kari Lehtosen", "Lars Holmberg", "Maria Salosen")).relation.joins
    others = told.format("Matti Virtasen", "Olof Lindqvist", "Elina Korpelan")
    assert dedup.compare(first, others).relation is Relation.TEMPLATE


def test_a_short_report_with_newer_numbers_is_an_update():
    told = (
        "A magnitude 6.1 earthquake struck the coast of northern Tamaria before dawn, killing at least {} "
        "people and burying others under collapsed houses, the rescue service said. Hospitals in Port "
        "Ansel treated {} people for fractures and cuts, and a landslide cut the road to the fishing "
        "villages south of the town. Soldiers with dogs searched the rubble of a school that had been "
        "empty at the time, while families camped in the open for fear of aftershocks."
    )
    assert dedup.compare(told.format(7, 40), told.format(19, 210)).relation.joins
