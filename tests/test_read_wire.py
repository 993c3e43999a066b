"""Wire stories as plain text: what they say of themselves is taken, and nothing is made up."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.read import read
from dedup.read.wire import story

BODY = (
    "A car ferry with 212 people aboard ran aground in fog on Tuesday, its owner said.\n\nNobody was hurt.\n"
)
REUTERS = f"""MERIDIAN-FERRY/SKERROW (UPDATE 2)
11 Mar 2025 06:12 GMT

Ferry with 212 aboard stranded off Skerrow

By Ottilie Brand and Per Moss

SKERROW, March 11 (Reuters) - {BODY}"""
AP = f"""BC-US--Ferry Aground, 3rd Ld-Writethru,0623
Ferry runs aground with 212 aboard
Eds: Adds quotes from passengers.
By OTTILIE BRAND
Associated Press
PORT SKERROW, Maine (AP) — {BODY}"""


def test_what_stands_above_the_dateline_is_taken_and_left_out(tmp_path):
    (tmp_path / "reuters.txt").write_text(REUTERS)
    (tmp_path / "ap.txt").write_text(AP.replace("\n", "\r\n"), newline="")
    ap, reuters = read([str(tmp_path)])
    assert (reuters.source, reuters.title) == ("Reuters", "Ferry with 212 aboard stranded off Skerrow")
    assert (reuters.byline, reuters.published) == (
        "Ottilie Brand and Per Moss",
        datetime(2025, 3, 11, 6, 12, tzinfo=UTC),
    )
    assert reuters.text == f"SKERROW, March 11 (Reuters) - {BODY}"
    assert (ap.source, ap.title, ap.byline) == ("AP", "Ferry runs aground with 212 aboard", "OTTILIE BRAND")
    assert ap.published is None  # it says no year, and no day
    assert ap.text.startswith("PORT SKERROW, Maine (AP) — A car ferry")


@pytest.mark.parametrize(
    "slug",
    ["FERRY-AGROUND/", "FERRY-AGROUND/SKERROW (UPDATE 2)", "FERRY-AGROUND/ (UPDATE 2)", "URGENT", "Flash"],
)
def test_a_slug_or_a_priority_is_no_headline(slug):
    found = story(f"{slug}\n\nFerry aground\n\nKORRIN, March 11 (Reuters) - {BODY}")
    assert (found and found.title) == "Ferry aground"
    assert story(f"{slug}\n\nKORRIN, March 11 (Reuters) - {BODY}").title is None


@pytest.mark.parametrize(
    "headline",
    [
        "U.S. Senate backs ferry", "F-16 lands on ferry", "COVID-19 aboard", "COVID-19, one year on",
        "AT&T, Verizon to share masts on the islands", "COVID-19 CASES RISE AGAIN IN KORRIN",
        "AM-FM radio returns to the islands",
    ],
)  # fmt: skip
def test_a_headline_that_begins_with_an_abbreviation_is_no_slug(headline):
    assert story(f"{headline}\n\nKORRIN, March 11 (Reuters) - {BODY}").title == headline
    paper = story(f"{headline}\nBy Ann Smith, Harbour Post\n\nKORRIN, March 11 (Reuters) - {BODY}")
    assert (paper.title, paper.source) == (headline, None)
    assert story(f"# {headline}\n\nKORRIN, March 11 (Reuters) - {BODY}").title == headline


@pytest.mark.parametrize(
    "slug", ["BC-EU--Ferry", "BC-EU--Ferry, 1st Ld-Writethru", "AM-Ferry 2nd Ld", "PM-Ferry"]
)
def test_slugs_of_the_associated_press_are_known(slug):
    found = story(f"{slug}\nFerry aground\nBy ANN SMITH\n\nKORRIN, March 11 (AP) - {BODY}")
    assert (found.title, found.source) == ("Ferry aground", "AP")


def test_a_line_of_dots_is_looked_through_once():
    """Of a table of contents; it had taken twice the time for each two dots."""
    for sign in ".-/&+":
        assert story(f"CONTENTS{sign * 140} page 3\n\nThe minister (Labour) said - {BODY}") is None


@pytest.mark.parametrize(
    ("above", "source"),
    [
        ("Ferry aground off Skerrow", "Reuters"),
        ("Ferry aground off Skerrow\nBy Tom Hill", None),
        ("Fähre vor Skerrow auf Grund\n\nVon Petra Kuhn", None),
        ("THE ESTMERE HERALD\n\nFerry aground off Skerrow", None),
        ("CNN man aboard stranded ferry\nBy Tom Hill", None),
        ("Ferry aground off Skerrow\nBy Tom Hill, Reuters", "Reuters"),
        ("Ferry aground off Skerrow\nBy Reuters Staff", "Reuters"),
        ("Ferry aground off Skerrow\nBy Tom Hill\nReuters", "Reuters"),
        ("FERRY-AGROUND/\nFerry aground off Skerrow\nBy Tom Hill", "Reuters"),
    ],
)
def test_the_agency_is_no_source_of_what_a_paper_prints_under_a_head_of_its_own(above, source):
    assert story(f"{above}\n\nKORRIN, March 11 (Reuters) - {BODY}").source == source


def test_a_byline_in_another_language_is_one():
    found = story(f"Fähre vor Skerrow auf Grund\nVon Petra Kuhn und Jan Pohl\n\nBochum (dpa) - {BODY}")
    assert (found.title, found.byline) == ("Fähre vor Skerrow auf Grund", "Petra Kuhn und Jan Pohl")


@pytest.mark.parametrize(
    ("line", "source", "published"),
    [
        ("LONDON (Reuters) - ", "Reuters", None),
        ("March 11 (Reuters) - ", "Reuters", None),
        ("(Reuters) - ", "Reuters", None),
        ("SKERROW, March 11 (Meridian Wire) - ", "Meridian Wire", None),
        ("PARIS, March 11, 2025 (AFP) – ", "AFP", datetime(2025, 3, 11, tzinfo=UTC)),
        ("MOSCOW, March 11. /TASS/. ", "TASS", None),
        ("BEIJING, Sept. 3 (Xinhua) -- ", "Xinhua", None),
        ("Frankfurt am Main (dpa) - ", "dpa", None),
        ("SÃO PAULO/RIO DE JANEIRO, 11 mar (EFE) - ", "EFE", None),
        ("Bochum (dpa/lnw) - ", "dpa", None),
        ("Skerrow, 6. Mai (Meridian) - ", "Meridian", None),
        ("London (Ontario) - ", None, None),
        ("IBM (NYSE) - ", None, None),
        ("He said (AP) - ", None, None),
        ("The club (Founded in 1911) - ", None, None),
        ("", None, None),
    ],
)
def test_datelines_are_told_from_other_brackets(line, source, published):
    found = story(line + BODY)
    assert (found and found.source, found and found.published) == (source, published)
    assert found is None or found.start == 0


@pytest.mark.parametrize(
    "above",
    [
        "The first lines of a paragraph that is wrapped\nat some width, as old texts are, and\nthen in it\n",
        "A paragraph of more than a headline's length. " * 5 + "\n\n",
        "\n".join(f"Line {n}\n" for n in range(14)),
    ],
)
def test_a_credit_in_the_middle_of_a_text_is_no_dateline(above):
    assert story(f"{above}LONDON (Reuters) - {BODY}") is None


@given(
    st.text()
    | st.lists(st.sampled_from([*REUTERS.splitlines(), *AP.splitlines(), "", "(", "/TASS/", "A"])).map(
        "\n".join
    )
)
def test_no_text_is_too_strange_and_its_end_is_kept(text):
    found = story(text)
    assert found is None or text[found.start :].strip()
