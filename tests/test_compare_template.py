"""Forms and notices are told from copies, by their facts and by where they stand."""

import math
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from stories import TEAMS, corpus, daily, story, wired

import dedup
from dedup import Article, Passage, Relation, Settings, Span
from dedup.comparison import facts, matches
from dedup.comparison.facts import Facts
from dedup.comparison.figures import NUMBER, in_ascii, numbers_of
from dedup.index import Frequency
from dedup.sketch import sketch

FORM = (
    "The council gives notice that Alder Road in {town} is to be closed to all traffic from {start} "
    "to {end} while {length} metres of water main are renewed between the junctions with Mill Lane "
    "and Chapel Street. Access for residents is kept. Objections may be made in writing to the clerk,"
    " quoting reference {number}, before {last}."
)
FIRST = FORM.format(
    town="Estmere", start="3 March", end="17 March", length=420, number="TR/118", last="24 February"
)
SECOND = FORM.format(town="Korrin", start="9 June", end="30 June", length=185, number="TR/467", last="1 June")
FOOTER = (
    "Readers who value what the Estmere Gazette does may become members for four crowns a month; "
    "members are asked to the annual supper, read the archive back to the founding issue, and vote on"
    " the prize for junior essays."
)


ARTICLES = [
    path.read_text("utf-8")
    for path in sorted((Path(__file__).parents[1] / "fixtures" / "articles").glob("*.txt"))
]


def test_of_two_articles_one_may_be_in_capitals():
    """Of those that passages tie: who tells one in other words keeps the names, which capitals hide."""
    tied = 0
    for a, b in combinations(ARTICLES, 2):
        match = dedup.compare(a, b)
        if match is not None and match.as_a_whole is not None:
            continue
        for one, other in ((a, b.upper()), (a.upper(), b)):
            again = dedup.compare(one, other)
            assert (again and again.relation) == (match and match.relation)
        tied += match is not None
    assert tied >= 5


def test_the_next_take_of_a_story_is_no_form_because_one_of_the_two_is_in_capitals():
    first = (
        "Dockers at Halden and Skarvik walked out on Monday, and {} ships lay at anchor in the sound by the"
        " evening, the port captain Eyvind Rask said. The union of Solveig Marn asks for {} percent more and"
        " a Sunday that begins on Saturday night; the owners offered {} percent. Trucks stood in a queue of"
        " {} kilometres before the gate at Brenna, where drivers were given soup by the parish. Talks broke"
        " down at {} in the morning, when the mediator Tor Liland found both sides asleep. The fruit auction"
        " of Skarvik has sold nothing since Friday, and {} crates of pears are being eaten by the school"
        " children of Halden. Rask said that the lock at Brenna would be shut if the wind rose."
    )
    one = first.format(14, 6.5, 2.1, 9, "3:40", "2,300")
    other = first.format(31, 7.5, 3.4, 17, "3:50", "5,800").replace("walked out on", "are out since")
    for a, b in ((one, other), (one, other.upper()), (one.upper(), other)):
        match = dedup.compare(a, b)
        assert match is not None
        assert match.relation.joins, match


def lines(seed, count=8):
    return " ".join(story(random.Random(f"template {seed}"), count))


FRAME = (
    "Send this page to a friend by Quill, Mailcoach or Pigeon, or copy its address",
    "See also: Harbour cranes to be painted green before the regatta",
    "Do you like what you read? The Gazette sends its readers five headlines before the first tram leaves.",
    "Opinions below this line are those of readers. Whoever insults others is shown out by the desk.",
)


def page(seed, shared=""):
    """A story of six paragraphs, with what its site has around and between them."""
    own = [f"{seed} {lines(f'page {seed} {i}', 2)}" for i in range(5)] + [shared or lines(f"page {seed}", 2)]
    return "\n\n".join((own[0], FRAME[0], *own[1:3], FRAME[1], own[3], FRAME[2], *own[4:], FRAME[3]))


@pytest.mark.parametrize("source", ["Estmere Gazette", None])
def test_two_pages_of_one_site_share_its_frame_and_no_story(source):
    one, other = (Article(seed, page(seed), source=source) for seed in ("Arbel", "Corvin"))
    index = dedup.open(":memory:")
    index.add([one, other])
    assert index.explain("Arbel", "Corvin").comparison.relation is Relation.TEMPLATE
    assert not list(index.groups())


def test_a_frame_is_known_where_words_have_no_blanks():
    rng = random.Random(7)

    def paragraph(length):
        return "".join(chr(0x4E00 + rng.randrange(3000)) for _ in range(length)) + "。"

    frame = [paragraph(30) for _ in range(4)]
    one, other = (
        "\n".join(part for each in frame for part in (paragraph(50), each, paragraph(50))) for _ in range(2)
    )
    match = dedup.compare(one, other)
    assert match is not None
    assert match.relation is Relation.TEMPLATE


@pytest.mark.parametrize("seed", range(3))
def test_what_the_next_version_of_a_report_keeps_is_no_frame(seed):
    """A paragraph amid new ones, and the last."""
    rng = random.Random(seed)
    first = [" ".join(story(rng, 2)) for _ in range(7)]
    new = [" ".join(story(rng, 2)) for _ in range(4)]
    match = dedup.compare("\n\n".join(first), "\n\n".join([*new[:2], first[3], *new[2:], first[6]]))
    assert match is not None
    assert match.relation is Relation.DERIVED


def test_what_stands_in_a_frame_is_compared():
    """Another site's copy, its own again, and its story that another site has in part."""
    own = Article("own", page("Arbel"), source="Estmere Gazette")
    bare = "\n\n".join(part for part in own.text.split("\n\n") if part not in FRAME)
    copy = Article("copy", bare, source="Korrin Post")
    again = Article("again", page("Arbel").replace("Arbel", "Brindle", 1), source="Estmere Gazette")
    # three paragraphs apart from each other, as the frame is, but by another site
    parts = page("Corvin").split("\n\n")
    parts[1], parts[4], parts[6] = bare.split("\n\n")[1:4]
    partly = Article("partly", "\n\n".join(parts[:-1]), source="Korrin Post")
    with dedup.open(":memory:") as index:
        index.add([own, copy, again, partly])
        assert [sorted(group.articles) for group in index.groups()] == [["again", "copy", "own", "partly"]]


def test_a_form_with_other_facts_is_a_template():
    match = dedup.compare(FIRST, SECOND)
    assert match is not None
    assert match.relation is Relation.TEMPLATE


CITIES = ("临川市", "云溪镇", "北岭县", "白河村", "东湖区", "西坪镇", "南浦县", "青石桥", "松原市", "柳林镇")
CLUBS = (
    "FC نوران",
    "الميناء",
    "وادي السلام",
    "الجسر",
    "كرم",
    "تل الريح",
    "النخيل",
    "عين زيتون",
    "الحصن",
    "سهل",
)
IN_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
TABLES = {
    "league": (TEAMS, 7, 12, "{} {}\n", " "),
    "medals": (TEAMS, 4, 6, "{} {}\n", " "),
    "prices": (TEAMS, 3, 900, "{} {}\n", " "),
    "markdown": (TEAMS, 5, 40, "| {} | {} |\n", " | "),
    "Chinese": (CITIES, 5, 20, "{}：{}\n", "，"),
    "Arabic": (CLUBS, 5, 20, "{} {}\n", " "),
}
AROUND = (
    "{} The table was put together by the league's own office on Sunday night and may still change.",
    "{} Two games that were called off for fog are to be played before the clocks go forward.",
)


def tables(kind: str, seed: int, changed: float) -> list[str]:
    """Two tables with the same rows, of which one has another number in some of its cells."""
    rows, columns, most, line, between = TABLES[kind]
    chance = np.random.default_rng(seed)
    first, other = chance.integers(0, most, (2, len(rows), columns))
    second = np.where(chance.random(first.shape) < changed, other, first)
    made = [
        "".join(line.format(row, between.join(map(str, own))) for row, own in zip(rows, cells, strict=True))
        for cells in (first, second)
    ]
    return [text.translate(IN_ARABIC) for text in made] if rows is CLUBS else made


@pytest.mark.parametrize("around", [("{}", "{}"), AROUND], ids=["alone", "in articles"])
@pytest.mark.parametrize("kind", TABLES)
def test_tables_with_other_numbers_are_forms_and_a_corrected_one_is_a_version(kind, around):
    found = Counter()
    for seed in range(20):
        for changed in (1, 0.05):
            both = (frame.format(own) for frame, own in zip(around, tables(kind, seed, changed), strict=True))
            match = dedup.compare(*both)
            found[changed, match is not None and match.relation is not Relation.TEMPLATE] += 1
    assert found == {(1, False): 20, (0.05, True): 20}


SKIES = ("sunny", "light rain", "showers", "clear", "partly cloudy", "fog", "snow", "overcast")
HOURS = ("noon", "1pm", "3pm", "5.30pm", "7.45pm")


def weather(seed: int) -> str:
    rng = random.Random(seed)
    return "\n".join(
        f"{town}: {rng.choice(SKIES)}, high {rng.randint(5, 30)}, low {rng.randint(-5, 15)}" for town in TEAMS
    )


def fixtures(seed: int) -> str:
    rng = random.Random(seed)
    drawn = rng.sample(TEAMS, len(TEAMS))
    return "\n".join(f"{a} v {b}, {rng.choice(HOURS)}" for a, b in zip(drawn[::2], drawn[1::2], strict=True))


@pytest.mark.parametrize("made", [weather, fixtures])
def test_the_lists_of_two_days_are_forms_and_a_list_is_a_version_of_itself(made):
    """Of 40 pairs of either some 36 are told; before any was, 40 and 30 were derived."""
    matches_ = [dedup.compare(made(2 * seed), made(2 * seed + 1)) for seed in range(20)]
    joining = [match for match in matches_ if match and match.relation.joins]
    assert len(joining) <= 4
    for seed in range(20):
        match = dedup.compare(made(seed), made(seed).replace("\n", ";\n\n").replace("Kestrel", "Kestrels"))
        assert match is not None
        assert match.relation.joins


def test_a_table_that_a_report_tells_in_prose_is_no_list_of_other_numbers():
    table = (
        "Ostermoor Shipyards, year to June\nRevenue 788 million crowns vs 872 million\nOrders 4,210 million "
        "crowns vs 4,105 million\nProfit after tax 521 million crowns vs 604 million\nEarnings per 20-crown "
        "share 20.45 crowns vs 23.79\nDividend 20 percent unchanged"
    )
    report = (
        "Ostermoor Shipyards said on Monday that its revenue fell to 788 million crowns from 872 million "
        "in the year to June, while orders rose to 4,210 million crowns from 4,105 million. Profit after "
        "tax was 521 million crowns, down from 604 million, and earnings for each 20-crown share came to "
        "20.45 crowns against 23.79. The dividend stays unchanged at 20 percent."
    )
    match = dedup.compare(table, report)
    assert match is not None
    assert match.relation is Relation.DERIVED


NAMED = {
    "English": (
        (
            "Members of the parish of {} are asked to welcome the Reverend {} {}, who comes to us "
            "from {} in the diocese of {}. Tea will be served in the hall after evensong, and those "
            "who can spare a cake should leave it with the verger before the bell. The choir is short "
            "of tenors and would be glad of any."
        ),
        ("Estmere", "Tilda", "Varrow", "Korrin", "Hallin"),
        ("Oxmead", "Bram", "Tessel", "Port Ansel", "Skerrow"),
    ),
    "Russian": (
        (
            "Администрация района {} сообщает, что начальником отдела культуры назначена {} {}, до "
            "этого работавшая в библиотеке города {}. Новому начальнику предстоит подготовить "
            "праздник урожая, найти помещение для детского хора и договориться с театром {} о "
            "гастролях. Приём жителей по вторникам."
        ),
        ("Вереснянский", "Ольга", "Скворцова", "Тихоярск", "Маяк"),
        ("Кременецкий", "Тамара", "Журавлёва", "Белогорье", "Парус"),
    ),
}


@pytest.mark.parametrize("language", NAMED)
def test_a_form_without_numbers_is_told_by_its_names(language):
    form, first, second = NAMED[language]
    match = dedup.compare(form.format(*first), form.format(*second))
    assert match is not None
    assert match.relation is Relation.TEMPLATE
    again = (
        form.format(*first).replace("asked to welcome", "invited to greet").replace("сообщает", "объявила")
    )
    assert dedup.compare(form.format(*first), again).relation.joins


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("вчера Ольга Скворцова приехала в Тихоярск и осмотрела зал", {"Ольга", "Скворцова", "Тихоярск"}),
        ("χθες η Ελένη Μαρκάτου έφτασε στη Νάξο και είδε το θέατρο", {"Ελένη", "Μαρκάτου", "Νάξο"}),
        ("and PUBLIC NOTICE IS GIVEN to Olga", {"Olga"}),
        (  # where nouns are capitalised, names are what stands side by side
            "Der Wirt hat mit Geld von Olga Rahn das Haus der Stadt Oberlohe für sich und DIE EIL MELDUNG",
            {"Olga", "Rahn", "Stadt", "Oberlohe"},
        ),
        (
            "Bei der Werft und dem Werk Oberlohe ist mit Millionen Euro und Litern Öl für Menschen Arbeit da",
            {"Werk", "Oberlohe"},
        ),
        (
            "toe die man en die vrou van der Merwe en Pieter van den Berg in die Kaap was",
            {"Merwe", "Pieter", "Berg", "Kaap"},
        ),
    ],
    ids=["Cyrillic", "Greek", "Latin", "German", "German measures", "Afrikaans"],
)
def test_words_in_small_letters_are_not_taken_for_capitals(text, names):
    assert {*facts._names(text, german=facts.is_german(text))} == names


def test_the_same_facts_in_other_words_are_no_template():
    reworded = FIRST.replace("gives notice that", "announced that").replace("is to be closed", "will be shut")
    match = dedup.compare(FIRST, reworded)
    assert match is not None
    assert match.relation.joins


@pytest.mark.parametrize("source", [None, "Estmere Gazette"])
def test_a_footer_joins_nothing(source):
    with dedup.open(":memory:") as index:
        index.add(Article(f"a{n}", f"{lines(n)}\n\n{FOOTER}", source=source) for n in range(12))
        assert list(index.groups()) == []
        assert {match.relation for match in index.matches_of("a3")} <= {Relation.TEMPLATE}


PROFILE = (
    "Kestrel Looms weaves sailcloth and belts for mills in thirty countries. The firm was founded in Korrin"
    " in 1921 by two sisters, employs 410 people at works in Korrin, Hallin and Port Ansel, and spends a"
    " tenth of what it earns on new fibres. Its hemp belt won the Skerrow medal. For more, write to"
    " Brida Holm, press@kestrel.example."
)


@pytest.mark.parametrize(
    "heading",
    [
        "About Kestrel Looms\n",
        "About Kestrel Looms: ",
        "Über Kestrel Looms. ",
        "Notes\n\n** ABOUT KESTREL **\n",
    ],
)
def test_what_a_company_says_of_itself_under_its_news_is_a_notice(heading):
    a, b = (f"{lines(n, 5)}\n\n{heading}{PROFILE}" for n in (1, 2))
    match = dedup.compare(a, b)
    assert match is not None
    assert match.relation is Relation.TEMPLATE


@pytest.mark.parametrize("heading", ["About Kestrel Looms\n\n", "About Kestrel Looms: "])
def test_a_profile_in_the_midst_of_the_news_is_a_notice_too(heading):
    a, b = (f"{lines(n, 5)}\n\n{heading}{PROFILE}\n\n{lines(n + 10, 5)}" for n in (1, 2))
    assert dedup.compare(a, b).relation is Relation.TEMPLATE
    lifted = (text.replace(heading, "") for text in (a, b))
    assert dedup.compare(*lifted).relation.joins


@pytest.mark.parametrize("opening", ["About thirty firms had bid.", "Over Hallin, fog closed the airport."])
def test_a_paragraph_that_begins_with_about_is_no_profile(opening):
    shared = f"{opening} {lines('shared', 12)}"
    match = dedup.compare(f"{lines(1, 3)}\n\n{shared}", f"{lines(2, 3)}\n\n{shared}")
    assert match is not None
    assert match.relation.joins


def test_a_story_with_another_beginning_is_not_taken_for_a_footer():
    shared = lines("shared", 12)
    match = dedup.compare(
        Article("a", f"{lines(1, 3)} {shared}", source="Wire"),
        Article("b", f"{lines(2, 3)} {shared}", source="Wire"),
    )
    assert match is not None
    assert match.relation.joins


FERRY = (
    "The ferry Skerrow ran aground off Port Ansel on Friday with 214 people on board. Captain Ivo Tarn had"
    " taken the shorter way round the Hallin light. The lifeboat brought all of them ashore before dark.\n\n"
    "Divers from Korrin are to look at the hull before she sails again. The pilot boat does"
    " her run now, and takes twelve at a time and no bicycles."
)
GOATS = (
    "Twelve goats of the breeder Tilda Varrow won the cup of Estmere for the ninth time in a row. Nobody else"
    " had entered, for the prize is a bell that wakes the street. A rival is said to be training sheep.\n\n"
    "The mayor, Bram Tessel, spoke of a great day for Oxmead and left on his bicycle before the brass band"
    " had found its music."
)
PLEA = (
    "The Estmere Gazette belongs to no bank and to no party: 2,300 members pay four crowns a month so "
    "that others may read what we find out. They are asked to the supper in the printing hall, vote "
    "on the prize for junior essays. Write to Brida Holm at the old "
    "tannery, or ring before noon."
)


def kept_apart(a, b, source=None):
    match = dedup.compare(Article("a", a, source=source), Article("b", b, source=source))
    assert match is not None
    return match.relation is Relation.TEMPLATE


@pytest.mark.parametrize("source", [None, "Gazette"])
def test_a_last_paragraph_that_is_all_they_share_is_a_notice(source):
    """Whatever part of a short article it is."""
    assert len(PLEA) > 0.4 * len(f"{GOATS}\n\n{PLEA}")
    assert kept_apart(f"{FERRY}\n\n{PLEA}", f"{GOATS}\n\n{PLEA}", source)


def test_most_of_two_briefs_may_be_the_footer_of_their_source():
    plea = PLEA[:209]
    eels = "Two men were fined for taking eels at Skerrow, where the warden Bram Tessel hid in the reeds."
    books = "The library of Oxmead opens on Sundays from April; a baker pays the wages of Tilda Varrow."
    texts = [f"{brief}\n\n{plea}" for brief in (eels, books)]
    assert all(0.6 * len(text) < len(plea) < 0.7 * len(text) for text in texts)
    assert kept_apart(*texts, "Gazette")
    assert not kept_apart(*texts)


def test_a_paragraph_anywhere_that_is_all_they_share_is_a_notice_of_one_source():
    """Of two sources, one has it from the other."""
    a, b = (text.replace("\n\n", f"\n\n{PLEA}\n\n") for text in (FERRY, GOATS))
    assert kept_apart(a, b, "Gazette")
    assert not kept_apart(a, b)


def test_a_last_paragraph_of_two_versions_of_a_story_is_no_notice():
    """Their beginnings are of the same people and places."""
    later = (
        "Captain Ivo Tarn has lost his licence for six months. He had told the court at Port Ansel "
        "that a late start made him cut the corner at Hallin with 214 people on the Skerrow."
    )
    assert not kept_apart(f"{FERRY}\n\n{PLEA}", f"{later}\n\n{PLEA}", "Gazette")


def test_half_a_paragraph_is_no_notice():
    a, b = f"{FERRY}\n\nWho reads this may wonder. {PLEA}", f"{GOATS}\n\nHere is what we are. {PLEA}"
    assert not kept_apart(a, b)


FIGURES = (
    "The Mint of Estmere struck {coins} coins in {month}, {share} percent more than the month before, said"
    " its warden, Tilda Varrow. Silver cost {silver} crowns a pound at the Korrin exchange, and the furnace"
    " burnt {coal} sacks of coal. Bram Tessel of the Oxmead bank, who buys most of them, expects the demand"
    " for small change to hold until the fair at Port Ansel. The"
    " warden of Hallin Castle has asked for {medals} medals."
)
MARCH = FIGURES.format(coins=41200, month="March", share="3.5", silver=118, coal=740, medals=60)
APRIL = FIGURES.format(coins=43850, month="April", share="6.4", silver=124, coal=765, medals=85)
BACKGROUND = (
    "The bridge at Skerrow, which the frost of 1911 had cracked from one bank to the other, has been closed"
    " to carts ever since, and farmers drive their cattle round by the ford at Nether Hallin, two hours away."
)


def late(days, a, b, sources=("Gazette", "Gazette")):
    """The relation of two articles, the second of which came so many days later."""
    first, second = (
        Article(name, text, source=source, published=datetime(2026, 3, 1, tzinfo=UTC) + timedelta(day))
        for name, text, source, day in (("a", a, sources[0], 0), ("b", b, sources[1], days))
    )
    match = dedup.compare(first, second)
    return match and match.relation


@pytest.mark.parametrize("sources", [("Gazette", "Gazette"), ("Gazette", "Courier")])
def test_newer_figures_are_a_version_at_once_and_a_form_a_month_later(sources):
    at_once = 0.7 if sources[0] == sources[1] else 4
    for days in (0, at_once, 6, 31):
        relation = late(days, MARCH, APRIL, sources)
        assert relation.joins == (days <= at_once)
        assert relation.joins or relation is Relation.TEMPLATE


def test_what_a_source_tells_again_weeks_later_is_no_version():
    a, b = (f"{text} {BACKGROUND}" for text in (FERRY, GOATS))
    assert late(0.7, a, b).joins
    assert late(1, a, b) is late(20, a, b) is Relation.TEMPLATE
    assert late(20, a, b, ("Gazette", "Courier")).joins


def test_who_prints_an_agency_day_by_day_has_its_next_report_from_it():
    """Two papers, with one background under two days' reports of one agency, or of two."""
    dateline = "ESTMERE, March {} ({}) - {}"
    a, b = (f"{text} {BACKGROUND}" for text in (FERRY, GOATS))
    papers = ("Gazette", "Courier")

    def printed(days, *agencies, sources=papers):
        first, second = agencies
        texts = dateline.format(4, first, a), dateline.format(5, second, b)
        return late(days, *texts, sources)

    assert printed(1, "NPA", "NPA") is Relation.TEMPLATE
    assert printed(1, "NPA", "NPA", sources=("Gazette", None)) is Relation.TEMPLATE
    assert printed(1, "NPA", "Wire", sources=("Wire", "Courier")) is Relation.TEMPLATE
    assert printed(1, "NPA", "Wire").joins
    assert printed(0.5, "NPA", "NPA").joins
    whole = [dateline.format(day, "NPA", FERRY) for day in (4, 5)]
    assert late(1, *whole, papers) is Relation.NEAR_DUPLICATE  # a copy is one the day after, too


BULLETIN = (
    "Here is the morning bulletin for drivers in the Hallin valley, read by Edda"
    " Morran.\n\n{roads}\n\nTrains run to timetable unless the board at the station says otherwise, and the"
    " ferry leaves when the tide lets it. Before you set out, ring the travel line on 555 0147, which is"
    " free from any telephone. If you see a queue and it is safe to do so, stop and tell us. The next"
    " bulletin is at half past."
)
ROADS = (
    (
        "Fallen larches block the pass above Estmere in both directions, and sheep have got on to the slip"
        " road beside the brewery. Gritters went round twice before dawn; allow forty minutes more between"
        " Oxmead and the coast."
    ),
    (
        "Market Street is shut for the cattle fair, with parking on Miller's Meadow instead. A tanker of"
        " cooking oil has overturned near junction seven, and the surface will have to be relaid. Expect"
        " lorries on the lower bridge."
    ),
)
REWRITTEN = (
    "The stricken ferry Skerrow, with 214 aboard, hit rocks near Port Ansel on Friday after captain Ivo Tarn"
    " took a shorter way round the Hallin light, and the lifeboat had everybody on land before dark,"
    " officials confirmed.\n\nDivers from Korrin are to look at the hull before she sails again. The pilot"
    " boat does her run now, and takes twelve at a time and no bicycles."
)


def test_two_days_bulletins_are_a_form_and_a_story_told_anew_the_next_day_is_a_version():
    bulletins = [BULLETIN.format(roads=roads) for roads in ROADS]
    assert dedup.compare(*bulletins).containment_a > 0.5
    assert late(0.5, *bulletins).joins
    assert late(1, *bulletins) is late(4, *bulletins) is Relation.TEMPLATE
    assert late(1, *bulletins, ("Gazette", "Courier")).joins
    assert dedup.compare(FERRY, REWRITTEN).containment_a < 0.8
    assert late(1, FERRY, REWRITTEN).joins
    assert late(1, FERRY, f"{REWRITTEN}\n\n{GOATS}").joins  # one is whole in the other


def test_a_story_told_anew_in_a_script_without_spaces_is_a_version():
    rng = random.Random(1)
    signs = [chr(code) for code in range(0x4E00, 0x4E00 + 900)]
    lines = [[rng.choice(signs) for _ in range(24)] for _ in range(24)]
    anew = [*lines[:10], *(rng.sample(line, 24) for line in lines[10:])]
    a, b = ("".join(f"{''.join(line)}\u3002" for line in own) for own in (lines, anew))
    assert 0.25 < dedup.compare(a, b).containment_a < 0.8
    assert late(0.5, a, b).joins
    assert late(1, a, b).joins


def test_what_a_source_prints_again_weeks_later_is_a_copy():
    longer = f"{FERRY} {BACKGROUND}"
    assert late(20, longer, FERRY).joins
    assert late(400, longer, f"{longer} {GOATS}").joins


def test_numbers_are_the_same_in_any_digits():
    for text in (
        "3.5 of 1,200 at 12:30",
        "३.५ of १,२०० at १२:३०",
        "٣٫٥ of ١٬٢٠٠ at ١٢:٣٠",
        "３.５ of １,２００ at １２:３０",
    ):
        assert numbers_of(text) == ["3.5", "1,200", "12:30"]
        assert Facts.of(text).places() == {**Facts.of(text).places(), "3.5": 0, "1200": 7, "12:30": 16}


@given(st.text("0123456789.,:/ab \n\t\x1c\x85é٣²-", max_size=60))
@example("on 3.4.2025, at 12:30, .5 and 1/2, ,")
def test_numbers_are_those_of_the_pattern(text):
    assert numbers_of(text) == list(map(in_ascii, NUMBER.findall(text)))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 30), st.floats(1, 100), st.booleans(), st.booleans())
def test_frequency_only_ever_makes_forms(seed, articles, recurrent, part):
    """So a match that joined by some frequency is judged again without any (`marking.judge_again`)."""
    texts = [*daily(seed, 4), *wired(seed, 4), *corpus(seed, 2)]
    texts += [Article(f"form {n}", text, source="Post") for n, text in enumerate((FIRST, SECOND))]
    texts += [Article(f"footer {n}", f"{lines(n)}\n\n{FOOTER}", source="Post") for n in range(2)]
    pairs = np.column_stack(np.triu_indices(len(texts), 1))
    frequency = Frequency(*(np.full(len(pairs), value) for value in (articles, recurrent, part, False)))
    sketches = sketch([article.text for article in texts], Settings())
    plain, told = (matches(texts, sketches, pairs, Settings(), frequency=one) for one in (None, frequency))
    assert {match.relation for match in plain if match} > {Relation.TEMPLATE}
    for without, with_ in zip(plain, told, strict=True):
        assert (without is None) == (with_ is None)
        if without and with_ and without.relation is not with_.relation:
            assert without.relation.joins
            assert with_.relation is Relation.TEMPLATE


def test_words_in_capitals_are_no_names():
    form = "and NOTICE IS HEREBY GIVEN BY ORDER OF THE COUNCIL that {} of {} wants to keep {} there"
    a, b = form.format("Mr Alder", "Elm Road", "Goats"), form.format("Ms Birch", "Oak Lane", "Geese")
    whole = [Passage(Span(0, len(a)), Span(0, len(b)), 20, 0.7, quoted=False, weight=9.0)]
    assert facts.Shared(a, b, whole).agreement() == 0.0
    assert facts.Shared(a, a.replace("HEREBY", "THEREFORE"), whole).agreement() == 1.0


def test_a_long_run_of_hyphens_is_looked_through_once():
    """If it were not, this would take longer than all other tests together."""
    assert {*facts._names("zu Bad " + "É'É-" * 200_000, german=True)} == {"Bad", "É'É-" * 200_000}


def test_a_long_run_of_capitals_is_looked_through_once():
    """If it were not, this would take longer than all other tests together."""
    text = "A" * 1_000_000
    whole = [Passage(Span(0, len(text) + 2), Span(0, len(text) + 2), 1, 1.0, quoted=False, weight=1.0)]
    shared = facts.Shared(text + " 1", text + " 2", whole)
    assert math.isnan(shared.agreement_of_numbers())
    assert math.isnan(shared.agreement())


def test_whether_names_are_in_other_cases_does_not_depend_on_the_side():
    names = {"Niemen", "Niemeä", "Niemet"}, {"Niemi", "Mirka", "Polvi"}
    assert not facts._are_declined(*names)
    assert not facts._are_declined(*names[::-1])
