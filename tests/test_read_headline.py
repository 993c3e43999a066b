"""A headline is no part of the text: a copy under another one has the same words. In doubt it stays."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import dedup
from dedup.model import Relation
from dedup.read import read
from dedup.read.headline import byline, head, under

LEAD = (
    "The clock on Lindholm town hall will be stopped for the winter, the council said on Monday, because"
    " nobody is left who can climb up to wind it."
)
REST = "Its last keeper, who is 84, has offered to teach others.\n\nNone has come so far.\n"
BODY = f"{LEAD}\n\n{REST}"
DAY = datetime(2025, 3, 11, tzinfo=UTC)
TITLE = "Town clock to stand still"


def texts(folder, **files):
    """The articles of some text files, by their names."""
    for name, text in files.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8", newline="")
    return list(read([str(folder)]))


def test_a_copy_under_another_headline_is_identical(tmp_path):
    one, two = texts(tmp_path, one=f"{TITLE}\n\n{BODY}", two=f"No hands to wind it\n\n{BODY}")
    assert (one.title, two.title) == (TITLE, "No hands to wind it")
    assert one.text == two.text == BODY
    assert dedup.compare(one.text, two.text).relation is Relation.IDENTICAL


@pytest.mark.parametrize(
    ("above", "title", "names", "published"),
    [
        (f"{TITLE}\n\n", TITLE, None, None),
        ("\n  TOWN CLOCK TO STAND STILL\n \n", "TOWN CLOCK TO STAND STILL", None, None),
        (f"{TITLE}\nBy Marit Haugen\n\n", TITLE, "Marit Haugen", None),
        (f"{TITLE}\r\n\r\nBy our staff\r\n\r\n", TITLE, "our staff", None),
        (f"{TITLE}\n\nBy Marit Haugen\n11 March 2025\n\n", TITLE, "Marit Haugen", DAY),
        (f"# {TITLE}\n\n", TITLE, None, None),
        ("‘Nobody left to wind it’\n\n", "‘Nobody left to wind it’", None, None),
        ("Bridge closed\n\n", "Bridge closed", None, None),
    ],
)  # fmt: skip
def test_what_stands_above_a_text_is_told_and_left_out(tmp_path, above, title, names, published):
    [found] = texts(tmp_path, one=above + BODY)
    assert found.text == BODY
    assert (found.title, found.byline, found.published) == (title, names, published)
    assert found.source is None


@pytest.mark.parametrize(
    "text",
    [
        f"{TITLE}.\n\n{BODY}",
        f"{TITLE}\n{BODY}",
        f"{TITLE}\n\n",
        TITLE,
        f"Why does the town clock stand still?\n\n{BODY}",
        f"Dear readers\n\n{BODY}",
        f"Sehr geehrte Damen und Herren,\n\n{BODY}",
        f"Good morning from Lindholm\n\n{BODY}",
        f"The council decided three things:\n\n{BODY}",
        f"1. Stop the clock\n\n{BODY}",
        f"- Stop the clock\n\n{BODY}",
        f"Obituaries\n\n{BODY}",
        f"Lindholm Observer, 5 April\n\n{BODY}",
        f"11 March 2025\n\n{BODY}",
        f"By Marit Haugen\n\n{BODY}",
        f"{TITLE}\n\nNo keeper left to wind it\n\n{BODY}",
        f"The clock stood still. Nobody knew why\n\n{BODY}",
        f"Home  News  Town hall  Contact\n\n{BODY}",
        f"{'A line that is far too long to be the headline of anything and goes on and on ' * 3}\n\n{BODY}",
        "The clock upon the town hall tower\n\nStands until the spring\n\nAnd nobody can tell the hour\n",
        "The clock upon the tower\nhas stopped\n\nand no one climbs the stair\nto wind it any more\n",
        "Things to bring\n\nA lamp with a battery that is charged, and one more to be sure\n\nBread\n",
        f"Minutes of a meeting\n\n{LEAD}\n\n" + "Present: Haugen, Moss, Brand, Hill, Orme\n\n" * 9,
        f"ประกาศ หยุดเดินนาฬิกา\n\n{'นาฬิกาศาลากลางเมืองจะหยุดเดินตลอดฤดูหนาว ' * 4}\n",
    ],
)  # fmt: skip
def test_in_doubt_a_text_stays_as_it_is(tmp_path, text):
    [found] = texts(tmp_path, one=text)
    assert (found.text, found.title, found.byline) == (text, None, None)


@pytest.mark.parametrize(
    ("title", "body"),
    [
        (
            "市役所の時計、冬の間停止へ",
            "市は月曜日、市役所の時計をこの冬の間止めると発表した。ぜんまいを巻く人がいなくなったためだという。\n",
        ),
        (
            "توقف ساعة البلدية طوال الشتاء",
            "أعلن المجلس يوم الاثنين أن ساعة البلدية ستتوقف طوال الشتاء لأنه لم يبق من يصعد إليها ليديرها.\n",
        ),
        (
            "घंटाघर की घड़ी सर्दियों में बंद रहेगी",
            "परिषद ने सोमवार को कहा कि घंटाघर की घड़ी सर्दियों भर बंद रहेगी, क्योंकि उसे चलाने वाला अब कोई नहीं बचा है।\n",
        ),
        (
            "Rathausuhr steht still",
            "Die Uhr am Rathaus bleibt im Winter stehen, denn niemand zieht sie mehr auf.\n",
        ),
    ],
)  # fmt: skip
def test_headlines_are_told_in_other_scripts_whose_sentences_end(tmp_path, title, body):
    [found] = texts(tmp_path, one=f"{title}\n\n{body}")
    assert (found.title, found.text) == (title, body)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Tess Orme, Environment correspondent", "Tess Orme"),
        ("By Ottilie Brand and Per Moss in Norrhamn", "Ottilie Brand and Per Moss"),
        ("BY TOM HILL | 11 March", "TOM HILL"),
        ("Von Petra Kuhn und Jan von der Heide", "Petra Kuhn und Jan von der Heide"),
        ("Par Marie Dubreuil (avec APF)", "Marie Dubreuil"),
        ("By X", "X"),
        ("By Friday everyone knew", None),
        ("By the numbers", None),
        ("Von Kopf bis Fuß", None),
        ("By Friday, all was over.", None),
        ("Tom Hill", None),
    ],
)
def test_bylines_are_told_from_headlines_that_begin_alike(line, names):
    assert byline(line) == names


PARAGRAPHS = (
    "".join(f"<p>{part}</p>" for part in BODY.split("\n\n")) + f"<p>{LEAD.replace('winter', 'summer')}</p>"
)


def of_pages(folder, **pages):
    """The articles of some pages, each of a head and a body above the paragraphs."""
    pytest.importorskip("trafilatura")
    for name, (inside, above) in pages.items():
        (folder / f"{name}.html").write_text(
            f"<html><head>{inside}</head><body>{above}{PARAGRAPHS}</article></body></html>", encoding="utf-8"
        )
    return list(read([str(folder)], processes=1))


def test_the_headline_of_a_page_is_no_part_of_its_text_wherever_it_stands(tmp_path):
    site = "<title>Town clock to stand still | Lindholm Observer</title>"
    social = '<meta property="og:title" content="You will miss this clock">'
    found = of_pages(
        tmp_path,
        above=(site, f"<h1>{TITLE}</h1><article>"),
        alone=(site, "<article>"),
        broken=(site, "<article><h1>Town clock<br>to stand still</h1>"),
        inside=(site, f"<article><h1>{TITLE}</h1>"),
        named=(site, f"<article><h1>{TITLE}</h1><p>By Marit Haugen</p><p>11 March 2025</p>"),
        second=(site, f"<h1>Lindholm Observer</h1><article><h2>{TITLE}</h2>"),
        section=(site, f"<article><p>Town hall</p><h1>{TITLE}</h1>"),
        social=(site + social, f"<article><h1>{TITLE}</h1>"),
    )  # fmt: skip
    assert {article.path: article.text for article in found} == {
        article.path: found[1].text for article in found
    }
    assert found[1].text.startswith(LEAD)
    assert found[4].byline == "Marit Haugen"


def test_lines_that_are_not_the_title_of_a_page_stay():
    assert under(f"Town hall\n{BODY}", [TITLE], None) == (0, None)
    assert under(f"{LEAD}\n{TITLE}\n{REST}", [TITLE], None) == (0, None)
    assert under(f"Town\n{BODY}", ["Town clock to stand still"], None) == (0, None)
    assert under(TITLE, [TITLE], None) == (0, None)
    assert under("", ["", TITLE], None) == (0, None)


def test_an_author_under_the_title_is_no_text():
    assert under(f"{TITLE}\nMarit Haugen\n{BODY}", [TITLE], "Marit Haugen")[0] == len(
        f"{TITLE}\nMarit Haugen\n"
    )


LINES = st.lists(
    st.sampled_from([TITLE, LEAD, "By Tom Hill", "11 March 2025", "", " ", "#", "時計", "\r", "(", "."])
)


@given(st.text() | LINES.map("\n".join))
@example(f"{TITLE}\n\nBy Tom Hill\n\n11 March 2025\n\n{LEAD}")
def test_no_text_is_too_strange_and_what_follows_is_kept(text):
    found = head(text)
    assert found is None or (text[found.start :].strip() and not text[found.start].isspace())
    start, _ = under(text, [TITLE], None)
    assert not text.strip() or text[start:].strip()
