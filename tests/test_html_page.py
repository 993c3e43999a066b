"""The page in a real browser: opened from a file, searched, read, printed, used by keyboard, attacked."""
# ruff: noqa: E501  (scripts for the browser)

from __future__ import annotations

import base64
import json
import random
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from browser import AXE, Browser, browser, needs_browser
from pages import (
    ADDED,
    CUT,
    LEAD,
    NEW_LEAD,
    QUOTE,
    START,
    TAIL,
    article,
    bakery,
    ferry,
    gathered,
    gathered_of,
    many,
    match,
    passage,
    quoted_in_a_story,
    text_of,
    weather,
)
from stories import digest_of_two, told_together
from test_html_build import longest

import dedup
from dedup import Article
from dedup.model import Group, Relation
from dedup.report.html import build, build_folder, page

pytestmark = needs_browser


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    """One browser for all tests."""
    with browser() as started:
        yield started


@pytest.fixture(autouse=True)
def calm(chrome: Browser) -> Iterator[None]:
    """Each test begins with a wide window and ends without a word on the console."""
    chrome.emulate()
    yield
    assert chrome.log() == []


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of a few stories."""
    groups, articles = many(30, 3)
    stories = [(group, [a for a in articles if a.id in group.articles]) for group in groups]
    file = tmp_path_factory.mktemp("page") / "report.html"
    file.write_bytes(build(gathered(ferry(), bakery(), *stories), title="Made-up stories").encode())
    return file


READ = "#/g/w1/read/w1/p1"
VIEWS = [
    "#/",
    "#/g/w1",
    "#/g/w1/text",
    READ,
    "#/g/w1/read/p1/d1",
    "#/g/bakery-a/read",
    "#/g/nowhere",
    "#/?relation=derived&sort=weakest",
]


def stories(chrome: Browser) -> list[str]:
    return chrome.texts(".story h3")


def hourly(articles: list[Article]) -> list[Article]:
    """The articles with names of their own, an hour apart."""
    return [
        replace(each, source=f"The {each.id}", title=f"Of {each.id}", published=START + timedelta(hours=n))
        for n, each in enumerate(articles)
    ]


class TestOverview:
    def test_it_opens_with_all_stories_and_their_counts(self, chrome: Browser, report: Path) -> None:
        chrome.open(report)
        assert chrome.texts("h1") == ["Made-up stories"]
        assert chrome.texts(".deck") == ["32 stories in 95 versions from 12 sources, 3 Mar – 4 Mar 2025."]
        assert len(stories(chrome)) == 32
        assert "Night boat cancelled" in stories(chrome)
        assert chrome.driver.title == "Made-up stories"

    def test_search_finds_headlines_sources_and_ids_and_stays_in_the_address(
        self, chrome: Browser, report: Path
    ) -> None:
        chrome.open(report)
        chrome.type("#search", "stranded")
        assert stories(chrome) == ["Night boat cancelled"]
        chrome.type("#search", "korrin DAILY")
        assert stories(chrome) == ["Night boat cancelled"]
        chrome.type("#search", "bakery-b")
        assert len(stories(chrome)) == 1
        assert chrome.texts(".found") == ["1 of 32 stories"]
        chrome.open(report, chrome.run("return location.hash"))
        assert len(stories(chrome)) == 1

    def test_search_in_the_texts(self, chrome: Browser, report: Path) -> None:
        chrome.open(report)
        chrome.type("#search", "cardamom")
        assert stories(chrome) == []
        chrome.click("#whole")
        chrome.wait("return document.querySelectorAll('.story').length === 1")

    def test_filters_and_sorting(self, chrome: Browser, report: Path) -> None:
        chrome.open(report, "#/?relation=derived")
        assert len(stories(chrome)) == 1
        chrome.go("#/?source=Harbour+Post")
        assert stories(chrome) == ["Night boat cancelled"]
        chrome.go("#/?source=Harbour+Post&with=Paper+1")
        assert stories(chrome) == []
        chrome.go("#/?sort=newest")
        assert stories(chrome)[0] == "Story 29, version 0"
        chrome.go("#/?sort=weakest")
        assert stories(chrome)[0] == "Night boat cancelled"

    def test_the_timeline_and_the_matrix_lead_to_what_they_count(self, chrome: Browser, report: Path) -> None:
        chrome.open(report)
        labels = "return [...document.querySelectorAll('.timeline a')].map(a => a.getAttribute('aria-label'))"
        counted = chrome.run(labels)
        assert sum(int(text.split(": ")[1].split()[0]) for text in counted) == 93
        chrome.run(
            "document.querySelector('.timeline a').dispatchEvent(new MouseEvent('click', {bubbles: true}))"
        )
        chrome.wait("return location.hash.includes('from=')")
        chrome.wait("return document.documentElement.dataset.ready === location.hash")
        assert 0 < len(stories(chrome)) < 32
        chrome.go("#/")
        told = chrome.run(
            "return [...document.querySelectorAll('.matrix td a')].map(a => [a.getAttribute('href'), +a.textContent])"
        )
        address, number = max(told, key=lambda cell: cell[1])
        chrome.go(address)
        assert len(stories(chrome)) >= number > 1

    def test_who_shares_with_whom_fits_however_long_the_names_are(
        self, chrome: Browser, tmp_path: Path
    ) -> None:
        groups, articles = many(40, 6)
        named = [
            replace(each, source=f"The Harrowgate Cross Courier and Intelligencer {k % 17}")
            for k, each in enumerate(articles)
        ]
        told = [(group, [each for each in named if each.id in group.articles]) for group in groups]
        file = tmp_path / "matrix.html"
        file.write_bytes(build(gathered(*told)).encode())
        for width in (1280, 1440, 1920):
            chrome.emulate(width, 900)
            chrome.open(file)
            table, box, name, lines = chrome.run(
                """const name = document.querySelector('.matrix .name').getBoundingClientRect();
                const box = document.querySelector('.matrix').parentElement;
                return [box.scrollWidth, box.clientWidth, name.width, name.height / parseFloat(getComputedStyle(
                    document.querySelector('.matrix .name')).fontSize)]"""
            )
            assert table <= box
            assert name > 100
            assert lines < 2
        assert chrome.run("return document.querySelector('.matrix .name').title") in {a.source for a in named}

    def test_sizes_lead_to_what_they_count(self, chrome: Browser, report: Path) -> None:
        chrome.open(report)
        told = chrome.run(
            "return [...document.querySelectorAll('.sizes td a')].map(a => [a.getAttribute('href'), +a.textContent])"
        )
        assert sum(number for _, number in told) == 33  # the ferry has an excerpt and a near copy
        for address, number in told:
            chrome.go(address)
            assert len(stories(chrome)) == number

    def test_what_shares_only_a_form_is_kept_apart_and_shown_on_request(
        self, chrome: Browser, tmp_path: Path
    ) -> None:
        (group, own), (form, bulletins) = ferry(), weather()
        both = replace(
            form, articles=(*form.articles, "p1"), matches=(*form.matches, replace(form.matches[0], b="p1"))
        )
        file = tmp_path / "apart.html"
        file.write_bytes(build(gathered((group, own), (both, bulletins))).encode())
        chrome.open(file)
        assert chrome.texts(".deck") == ["1 story in 3 versions from 3 sources, 3 Mar 2025."]
        assert stories(chrome) == ["Night boat cancelled"]
        chrome.click(".apart a")
        chrome.wait("return document.documentElement.dataset.ready === '#/?relation=template'")
        assert stories(chrome) == ["Sea bulletin one"]
        chrome.click(".story h3 a")
        chrome.wait("return document.body.dataset.view === 'group'")
        assert "the same form" in chrome.texts(".deck")[0]
        assert chrome.texts(".related li a") == ["Night boat cancelled"]
        chrome.click(".related li a")
        chrome.wait("return document.documentElement.dataset.ready === '#/g/w1'")
        assert chrome.texts(".related h2") == ["Related, but not versions"]
        assert chrome.texts(".related li a") == ["Sea bulletin one"]
        chrome.go("#/g/template:sea-1/read/sea-1/sea-2")
        assert marked(chrome, "a")["1"][2].startswith(" over the sound")

    def test_who_quotes_a_story_is_set_against_it_and_its_versions_are_versions(
        self, chrome: Browser, tmp_path: Path
    ) -> None:
        with dedup.open(":memory:") as index:
            index.add(quoted_in_a_story())
            file = tmp_path / "quoted.html"
            file.write_bytes(build(gathered_of(index)).encode())
        chrome.open(file, "#/g/report")
        assert chrome.texts(".related li a") == ["Lund stands by her stones"]
        chrome.click(".related li a")
        chrome.wait("return document.querySelector('h1')?.textContent === 'Lund stands by her stones'")
        told = chrome.texts(".deck")[0]
        assert told.startswith("2 of these 3 articles are versions of one story, and are told as that.")
        assert "But for this, they share what somebody said and little else" in told
        facts = chrome.texts(".bar-cell .facts")
        assert facts[:2] == ["the reference", "6 kept"]
        assert "reworded" in facts[2]
        named = chrome.texts(".version .what .facts")
        assert ["version of A lantern is for hire" in each for each in named] == [True, True, False]
        assert "same words" in named[1]
        assert "same quotation" in named[2]

    def test_parts_of_other_stories_are_told_at_these_and_counted(
        self, chrome: Browser, tmp_path: Path
    ) -> None:
        articles = hourly(told_together(5))
        with dedup.open(":memory:") as index:
            index.add(articles)
            home = index.group_of("round-up")
            (away,) = (group for group in index.groups() if group != home)
            file = tmp_path / "across.html"
            file.write_bytes(build(gathered_of(index)).encode())
        chrome.open(file)
        assert chrome.texts(".deck") == ["2 stories in 5 versions from 5 sources, 3 Mar 2025."]
        assert chrome.texts(".apart") == [
            "Not stories, and kept apart: 1 set of articles with parts of several stories."
        ]
        rows = dict(zip(stories(chrome), chrome.texts(".story .who"), strict=True))
        told = rows.pop(f"Of {away.articles[0]}")
        assert "; parts also in The round-up" in told
        assert "parts also" not in "".join(rows.values())
        labels = chrome.run(
            "return [...document.querySelectorAll('.matrix td a')].map(a => a.getAttribute('aria-label'))"
        )
        first, last = (next(a.source for a in articles if a.id == away.articles[k]) for k in (0, 1))
        assert f"1 story in {first} before The round-up" in labels
        assert f"1 story in The round-up before {last}" in labels
        chrome.go("#/?source=The+round-up")
        assert len(stories(chrome)) == 2
        chrome.go(f"#/g/{away.id}")
        assert chrome.texts(".related li") == ["In several stories Of round-up 3 articles"]
        chrome.click(".related li a")
        chrome.wait("return document.querySelector('h1')?.textContent === 'Of round-up'")
        assert "a version of one story only" in chrome.texts(".deck")[0]
        assert chrome.texts(".version.ref .title") == ["Of round-up"]
        facts = chrome.texts(".bar-cell .facts")
        assert len(facts) == 3
        assert "nothing in common" not in " ".join(facts)
        assert len(chrome.texts(".related li a")) == 2

    def test_what_a_digest_has_of_an_article_that_is_in_no_story_is_told_too(
        self, chrome: Browser, tmp_path: Path
    ) -> None:
        articles = hourly(digest_of_two())
        with dedup.open(":memory:") as index:
            index.add(articles)
            file = tmp_path / "digest.html"
            file.write_bytes(build(gathered_of(index)).encode())
        chrome.open(file, "#/g/told")
        assert chrome.texts(".related li") == ["In several stories Of digest 2 articles"]
        chrome.go("#/g/across:digest")
        assert "These are versions of one story and an article of none." in chrome.texts(".deck")[0]
        assert chrome.texts(".version.ref .title") == ["Of digest"]
        named = chrome.texts(".version .what .facts")
        assert ["version of Of told" in each for each in named] == [False, True]

    def test_one_story_or_none_is_told_without_empty_charts_and_filters(
        self, chrome: Browser, tmp_path: Path
    ) -> None:
        for name, told in (("one", [bakery()]), ("none", [])):
            file = tmp_path / f"{name}.html"
            file.write_bytes(build(gathered(*told)).encode())
            chrome.open(file)
            assert "null" not in chrome.texts("main")[0]
            assert len(stories(chrome)) == len(told)
            assert chrome.texts("main form, .chart") == []
        assert chrome.texts(".deck")[0].startswith("No two articles of this index share enough text")

    def test_without_javascript_the_stories_are_listed_and_apart_from_them_the_sets(
        self, chrome: Browser, report: Path, tmp_path: Path
    ) -> None:
        file = tmp_path / "plain.html"
        file.write_bytes(build(gathered(ferry(), weather())).encode())
        told = []
        chrome.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        try:
            for page_of_it in (report, file):
                chrome.driver.get(page_of_it.as_uri() + "?plain")
                told.append(chrome.driver.find_element("css selector", "body").text)
        finally:
            chrome.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
        assert "It holds 32 stories:" in told[0]
        assert "Story 29, version 0" in told[0]
        stories_of_it, sets = told[1].split("No stories, but articles of the same form:")
        assert "Night boat cancelled 3 versions" in stories_of_it
        assert "Sea bulletin one 2 articles" in sets
        assert "for the keys" not in "".join(told)
        chrome.open(file)
        assert "Press ? for the keys." in chrome.driver.find_element("css selector", "footer").text


class TestGroup:
    def test_a_story_shows_its_versions_in_order_of_time(self, chrome: Browser, report: Path) -> None:
        chrome.open(report)
        chrome.type("#search", "boat")
        chrome.click(".story h3 a")
        chrome.wait("return document.documentElement.dataset.ready === '#/g/w1'")
        assert chrome.texts(".version .source") == ["Meridian Wire", "Harbour Post", "Korrin Daily"]
        assert "First known: Meridian Wire, 3 Mar 2025, 06:30." in chrome.texts(".deck")[0]
        assert chrome.texts(".lag") == ["+2 h", "+5 h 30 min"]
        facts = chrome.texts(".bar-cell .facts")
        assert facts == ["the reference", "1 kept · 1 reworded · 2 dropped", "3 kept · 1 dropped · 1 added"]
        assert chrome.run("return document.activeElement.tagName") == "H1"

    def test_the_map_gives_a_passage_one_colour_in_all_versions(self, chrome: Browser, report: Path) -> None:
        chrome.open(report, "#/g/w1")
        bars = chrome.run("""return [...document.querySelectorAll('.passages')].map(bar =>
            [...bar.querySelectorAll('.rove')].map(a =>
                [a.dataset.strand, a.querySelector('.seg').getAttribute('class')]))""")
        assert [len(bar) for bar in bars] == [4, 2, 3]
        colour = {strand: name.split()[1] for strand, name in bars[0]}
        assert all(name.split()[1] == colour[strand] for bar in bars for strand, name in bar)
        assert ["reworded" in name for _, name in bars[1]] == [True, False]
        assert len(set(colour.values())) == 3  # the last two paragraphs always go together
        assert chrome.run("return document.querySelectorAll('.seg.own').length") == 2  # with the legend's

    def test_versions_of_one_source_and_minute_are_told_apart(self, chrome: Browser, tmp_path: Path) -> None:
        told = [
            article(f"v{k}", text_of(LEAD, TAIL), hours, source="Harbour Post")
            for k, hours in enumerate((0, 1, 1))
        ]
        found = [match(told[0], each, Relation.IDENTICAL, [passage(LEAD, LEAD, LEAD)]) for each in told[1:]]
        file = tmp_path / "same.html"
        group = Group("v0", ("v0", "v1", "v2"), "v0", Relation.IDENTICAL, 1.0, tuple(found))
        file.write_bytes(build(gathered((group, told))).encode())
        chrome.open(file, "#/g/v0/text")
        named = ["Harbour Post, 3 Mar 2025, 07:30 (v1)", "Harbour Post, 3 Mar 2025, 07:30 (v2)"]
        assert chrome.texts('.paragraph[aria-posinset="1"] .kept a') == named
        assert chrome.texts(".bar > p") == ["All versions against Harbour Post, 3 Mar 2025, 06:30"]

    @pytest.mark.parametrize(
        ("containment", "whole", "said"),
        [
            (0.3, 9.0, "; 30% of one stands in the other word for word, more in other words."),
            (0.0, 9.0, ", told in other words."),
            (0.3, None, "; 30% of one stands in the other word for word."),
            (0.0, None, ", by reworded passages alone."),
        ],
    )
    def test_the_loosest_link_is_told_as_on_the_command_line(
        self, chrome: Browser, tmp_path: Path, containment: float, whole: float | None, said: str
    ) -> None:
        group, articles = ferry()
        measures = {"containment_a": containment, "containment_b": 0.0}
        loose = replace(group.matches[0], **measures, as_a_whole=whole)
        group = replace(group, weakest=containment, matches=(loose, group.matches[1]))
        file = tmp_path / "loose.html"
        file.write_bytes(build(gathered((group, articles))).encode())
        chrome.open(file, "#/g/w1")
        assert chrome.texts(".loosest")[0].endswith(said)

    def test_credits_that_are_not_named_are_counted(self, chrome: Browser, tmp_path: Path) -> None:
        told = [f"More was not known, according to {name}." for name in ("Reuters", "the AFP", "the BBC")]
        a, b = article("a", text_of(LEAD, *told)), article("b", LEAD, 1)
        found = match(a, b, Relation.EXCERPT, [passage(a.text, b.text, LEAD)])
        group = Group("a", ("a", "b"), "a", Relation.EXCERPT, 0.5, (found,))
        file = tmp_path / "credits.html"
        file.write_bytes(build(gathered((group, [a, b]))).encode())
        chrome.open(file, "#/g/a")
        assert "credits Reuters, AFP and 1 more" in chrome.texts(".version .what .facts")[0]

    def test_a_segment_opens_the_two_versions_at_its_passage(self, chrome: Browser, report: Path) -> None:
        chrome.open(report, "#/g/w1")
        chrome.run("document.querySelectorAll('.version')[2].querySelectorAll('.rove')[1]"
                   ".dispatchEvent(new MouseEvent('click', {bubbles: true}))")  # fmt: skip
        chrome.wait("return document.querySelector('.panes mark.lit') !== null")
        assert chrome.run("return document.querySelector('.panes .b mark.lit').dataset.p") == "2"

    def test_copies_are_folded_and_unfolded(self, chrome: Browser, tmp_path: Path) -> None:
        groups, articles = many(1, 21)
        file = tmp_path / "copies.html"
        file.write_bytes(build(gathered((groups[0], articles))).encode())
        chrome.open(file, "#/g/s0v0")
        assert chrome.texts(".found") == ["21 versions in 11 wordings"]
        assert len(chrome.texts(".version")) == 11
        chrome.click(".copies summary")
        chrome.wait("return document.querySelectorAll('.copies li').length === 10")
        chrome.click(".filters input[type=checkbox]")
        assert len(chrome.texts(".version")) == 21

    def test_paragraph_by_paragraph(self, chrome: Browser, report: Path) -> None:
        chrome.open(report, "#/g/w1/text/w1")
        items = chrome.texts(".paragraph")
        assert len(items) == 5
        assert "kept by 1: Korrin Daily" in items[0]
        assert "reworded by Harbour Post" in items[0]
        assert chrome.texts('.paragraph[aria-posinset="1"] del') == ["cancelled", "failed"]
        assert chrome.texts('.paragraph[aria-posinset="1"] ins') == ["called off", "broke"]
        assert "left out by 1: Korrin Daily" in items[1] or "left out by 1: Korrin Daily" in items[2]
        added = chrome.texts(".paragraph.added")
        assert len(added) == 1
        assert "added by 1: Korrin Daily" in added[0]
        chrome.go("#/g/w1/text/d1")
        assert len(chrome.texts(".paragraph")) == 5
        assert "left out by 2" in next(text for text in chrome.texts(".paragraph") if "ordered" in text)


class TestBoilerplate:
    def test_what_a_source_repeats_is_labelled_in_every_view(self, chrome: Browser, tmp_path: Path) -> None:
        file = tmp_path / "repeated.html"
        file.write_bytes(build(gathered(ferry(), repeated=TAIL)).encode())
        chrome.open(file, "#/g/w1")
        told = "return [...document.querySelectorAll('.version')].map(v => v.querySelectorAll('.seg.repeated').length)"
        assert chrome.run(told) == [1, 0, 1]
        assert "boilerplate" in chrome.texts(".legend")[0]
        chrome.go("#/g/w1/text")
        assert [text for text in chrome.texts(".paragraph > .body") if "boilerplate" in text] == [
            f"boilerplate {TAIL}"
        ]
        chrome.go("#/g/w1/read/w1/p1")
        assert "".join(chrome.texts(".side.a .repeated")) == TAIL
        assert chrome.texts(".side.a .label") == ["boilerplate"]
        assert chrome.texts(".side.b .label") == []
        assert len(chrome.texts(".legend .label")) == 1
        chrome.open(file, "#/g/w1/read/p1/p1")
        assert chrome.texts(".legend .label") == []


def marked(chrome: Browser, side: str) -> dict[str, list]:
    """For each passage of a pane: from where to where it is marked, and the text of the marks."""
    return chrome.run(
        """const found = {};
        for (const mark of document.querySelectorAll(`.side.${arguments[0]} mark`)) {
          const own = found[mark.dataset.p] ??= [+mark.dataset.start, 0, ''];
          own[1] = +mark.dataset.end; own[2] += mark.textContent;
        }
        return found;""",
        side,
    )


def words_script() -> str:
    """The module of words as statements."""
    lines = page._resource("script", "words.js").split("\n")
    return "\n".join(line.removeprefix("export ") for line in lines)


class TestReading:
    @pytest.mark.parametrize("pair", [("w1", "p1"), ("w1", "d1"), ("p1", "w1"), ("d1", "w1")])
    def test_what_is_marked_is_what_the_match_says(
        self, chrome: Browser, report: Path, pair: tuple[str, str]
    ) -> None:
        group, articles = ferry()
        texts = {a.id: a.text for a in articles}
        found = next(m for m in group.matches if {m.a, m.b} == set(pair))
        chrome.open(report, f"#/g/w1/read/{pair[0]}/{pair[1]}")
        for side, id_ in zip("ab", pair, strict=True):
            spans = [p.a if found.a == id_ else p.b for p in found.passages]
            marks = marked(chrome, side)
            assert len(marks) == len(spans)
            shown = sorted(("".join(text.split()) for _, _, text in marks.values()))
            assert shown == sorted("".join(texts[id_][s.start : s.end].split()) for s in spans)
            wide = texts[id_].encode("utf-16-le")
            cut = sorted(wide[2 * a : 2 * b].decode("utf-16-le") for a, b, _ in marks.values())
            assert cut == sorted(texts[id_][s.start : s.end] for s in spans)

    def test_the_whole_texts_are_there(self, chrome: Browser, report: Path) -> None:
        _, articles = ferry()
        chrome.open(report, READ)
        for side, own in zip("ab", articles, strict=False):
            shown = chrome.run(
                """const pane = document.querySelector(`.side.${arguments[0]} .pane`).cloneNode(true);
                pane.querySelectorAll('.number').forEach(n => n.remove());
                return [...pane.querySelectorAll('p')].map(p => p.textContent)""",
                side,
            )
            assert shown == own.text.split("\n\n")

    def test_differences_quotations_and_credits_are_marked(self, chrome: Browser, report: Path) -> None:
        chrome.open(report, READ)
        assert chrome.texts(".side.a del") == ["cancelled", "failed"]
        assert chrome.texts(".side.b ins") == ["called off", "broke"]
        assert "".join(chrome.texts(".side.b .q")) == QUOTE[: QUOTE.index("”") + 1]
        assert chrome.texts(".side.a .credit") == ["according to the Harbour Post"]

    def test_what_was_moved_inside_a_passage_is_drawn_and_reached_on_both_sides(
        self, chrome: Browser, tmp_path: Path
    ) -> None:
        slept = CUT.replace("slept", "dozed")
        a = article("a", text_of(LEAD, QUOTE, ADDED, CUT, TAIL))
        b = article("b", text_of(NEW_LEAD, slept, ADDED, QUOTE, TAIL), 1)
        parts = ((a.text, b.text), (QUOTE, QUOTE), (CUT, slept))
        found = match(a, b, Relation.NEAR_DUPLICATE, [passage(a.text, b.text, *part) for part in parts])
        group = Group("a", ("a", "b"), "a", Relation.NEAR_DUPLICATE, 0.9, (found,))
        file = tmp_path / "swapped.html"
        file.write_bytes(build(gathered((group, [a, b]))).encode())
        chrome.open(file, "#/g/a/read/a/b")
        assert chrome.texts(".measures")[0].startswith("Nearly the same 3 shared passages, ")
        assert chrome.texts(".side.a .number") == ["1", "2", "3"]
        assert chrome.texts(".side.b .number") == ["1", "3", "2"]
        assert chrome.texts(".side del") == ["cancelled", "failed", "slept"]
        assert chrome.texts(".side ins") == ["called off", "broke", "dozed"]
        for number, whole in ((2, [QUOTE, QUOTE]), (3, [CUT, slept])):
            chrome.go(f"#/g/a/read/a/b/{number}")
            chrome.wait("return document.querySelectorAll('.panes mark.lit').length === 2")
            assert chrome.texts(".panes mark.lit") == whole
            assert chrome.texts(".panes .number.lit") == [str(number)] * 2
        chrome.go("#/g/a/read/a/b/1")
        chrome.wait("return document.querySelectorAll('.panes mark.lit').length === 10")
        chrome.click(".side.a mark.c1")
        assert chrome.texts(".position") == ["Passage 2 of 3"]

    def test_what_was_told_in_other_words_shows_what_was_kept(self, chrome: Browser, tmp_path: Path) -> None:
        a = article("a", "The old ferry Sigrun sank on 14 May off the harbour of Aldervik in a gale.")
        b = article(
            "b", "Off Aldervik a gale on 14 May has cost the islands the Sigrun, their harbour says.", 1
        )
        told = replace(passage(a.text, b.text, a.text, b.text), words=4, similarity=0.26)
        file = tmp_path / "told.html"
        only = match(a, b, Relation.DERIVED, [told])
        group = Group("a", ("a", "b"), "a", Relation.DERIVED, 0.1, (only,))
        file.write_bytes(build(gathered((group, [a, b]))).encode())
        chrome.open(file, "#/g/a/read/a/b/1")
        assert chrome.texts(".side del, .side ins") == []
        kept = [
            "".join(
                chrome.run(
                    """const pane = document.querySelector(`.side.${arguments[0]} .pane`).cloneNode(true);
                    pane.querySelectorAll('.number, .retold').forEach(n => n.remove());
                    return pane.textContent""",
                    side,
                )
            ).split()
            for side in "ab"
        ]
        assert {"14", "May"} <= {*kept[0]}
        assert {word.strip(",.") for word in kept[0]} == {word.strip(",.") for word in kept[1]}
        assert "in other words" in chrome.texts(".legend")[0]

    def test_two_versions_that_were_never_compared_are_aligned_by_what_they_share(
        self, chrome: Browser, report: Path
    ) -> None:
        chrome.open(report, "#/g/w1/read/p1/d1")
        assert "Not matched directly" in chrome.texts(".measures")[0]
        left, right = marked(chrome, "a"), marked(chrome, "b")
        assert len(left) == len(right) == 1
        assert "called off" in left["1"][2]
        assert "cancelled" in right["1"][2]

    def test_of_two_that_a_third_ties_what_both_tell_in_other_words_is_not_struck_out(
        self, chrome: Browser, tmp_path: Path
    ) -> None:
        lines = Path(__file__).with_name("quality").joinpath("rewordings-moved.jsonl").read_text("utf-8")
        told = {each["id"]: each for each in map(json.loads, lines.splitlines())}
        with dedup.open(":memory:") as index:
            kinds = ("base", "middle", "heavy")
            index.add({k: told[f"a10-{kind}"][k] for k in ("id", "text")} for kind in kinds)
            (group,) = index.groups()
            assert index.match("a10-middle", "a10-heavy") is None
            file = tmp_path / "moved.html"
            file.write_bytes(
                build(gathered((group, [index.article(name) for name in group.articles]))).encode()
            )
        chrome.open(file, f"#/g/{group.id}/read/a10-middle/a10-heavy")
        left, right = marked(chrome, "a"), marked(chrome, "b")
        assert len(left) == len(right) >= 4
        assert chrome.texts(".side del, .side ins") == []
        chrome.go(f"#/g/{group.id}/text/a10-base")
        assert "reworded by a10-heavy" in "".join(chrome.texts(".paragraph"))
        assert chrome.texts(".variant .retold")

    def test_versions_without_a_common_passage_tell_what_ties_them(
        self, chrome: Browser, tmp_path: Path
    ) -> None:
        parts = [
            f"Sentence {k} of the chain says this of link {k} and nothing of any other." for k in range(4)
        ]
        a, b, c = (article(f"l{k}", text_of(*parts[k : k + 2]), k, source=f"Paper {k}") for k in range(3))
        tied = [match(a, b, Relation.DERIVED, [passage(a.text, b.text, parts[1])]),
                match(b, c, Relation.DERIVED, [passage(b.text, c.text, parts[2])])]  # fmt: skip
        file = tmp_path / "chain.html"
        group = Group("l0", ("l0", "l1", "l2"), "l0", Relation.DERIVED, 0.63, tuple(tied))
        file.write_bytes(build(gathered((group, [a, b, c]))).encode())
        chrome.open(file, "#/g/l0/read/l0/l2")
        assert chrome.texts(".measures a") == ["Paper 0 – Paper 1", "Paper 1 – Paper 2"]
        chrome.go("#/g/l0")
        facts = chrome.texts(".bar-cell .facts")
        assert facts[2] == "nothing in common with the reference; linked to Paper 1"
        links = "return [...document.querySelectorAll('.version .title a')].map(a => a.getAttribute('href'))"
        assert chrome.run(links)[2] == "#/g/l0/read/l1/l2"

    def test_the_panes_scroll_together_from_passage_to_passage(self, chrome: Browser, tmp_path: Path) -> None:
        filler = [
            f"Filler paragraph {k} talks at some length about nothing in particular and goes on."
            for k in range(60)
        ]
        a = article("a", text_of(*filler[:40], QUOTE, *filler[40:]))
        b = article("b", text_of(*filler[:5], QUOTE, *filler[5:]), 1)
        only = match(a, b, Relation.DERIVED, [passage(a.text, b.text, QUOTE)])
        file = tmp_path / "long.html"
        file.write_bytes(
            build(gathered((Group("a", ("a", "b"), "a", Relation.DERIVED, 0.1, (only,)), [a, b]))).encode()
        )
        chrome.open(file, "#/g/a/read/a/b/1")
        tops = "return ['a', 'b'].map(s => document.querySelector(`.side.${s} mark`).getBoundingClientRect().top)"
        chrome.wait(
            "const t = arguments[0]; return document.querySelector('.side.a .pane').scrollTop > 100", ""
        )
        left, right = chrome.run(tops)
        assert abs(left - right) < 60
        chrome.run(
            "const p = document.querySelector('.side.b .pane'); p.dispatchEvent(new WheelEvent('wheel')); p.scrollTop = 0"
        )
        chrome.wait("return document.querySelector('.side.a .pane').scrollTop === 0")
        chrome.run("const p = document.querySelector('.side.a .pane'); p.dispatchEvent(new WheelEvent('wheel'));"
                   "p.scrollTop = document.querySelector('.side.a mark').offsetTop - p.clientHeight * .3")  # fmt: skip
        chrome.wait(f"const [x, y] = (() => {{ {tops} }})(); return Math.abs(x - y) < 40")

    @pytest.mark.parametrize(
        ("left", "right", "deleted", "inserted"),
        [
            ("आज नया राजा घर गया है", "आज नया रोजी घर गया है", ["राजा"], ["रोजी"]),
            ("そこが港の入り口です", "そこか港の入り口です", ["が"], ["か"]),
            (
                "They ask all who have one to unplug the kettle today",
                "They found a fault in the wire that has been known since May of the kettle now",
                ["ask all who have one to unplug", "today"],
                ["found a fault in the wire that has been known since May of", "now"],
            ),
            ("工厂18日召回三批次鲜奶", "工厂13日召回两批次鲜奶", ["18", "三"], ["13", "两"]),
            ("市场监管部门昨晚通报", "市场监管机构昨晚通报", ["部门"], ["机构"]),
            ("เขามีเรือที่ท่า", "เขามาเรือที่ท่า", ["มี"], ["มา"]),
            (
                "the café of Rose\u0301 is shut",
                "the cafe\u0301 of Anne\u0301 is shut",
                ["Rose\u0301"],
                ["Anne\u0301"],
            ),
            ("قال محمدٌ إن الميناء مغلق", "قال محمد إن المرفأ مغلق", ["الميناء"], ["المرفأ"]),
        ],
    )
    def test_differences_are_whole_words_and_accents_are_none(
        self, chrome: Browser, tmp_path: Path, left: str, right: str, deleted: list[str], inserted: list[str]
    ) -> None:
        a, b = article("a", left), article("b", right, 1)
        found = match(a, b, Relation.NEAR_DUPLICATE, [passage(left, right, left, right)])
        group = Group("a", ("a", "b"), "a", Relation.NEAR_DUPLICATE, 0.5, (found,))
        file = tmp_path / "letters.html"
        file.write_bytes(build(gathered((group, [a, b]))).encode())
        chrome.open(file, "#/g/a/read/a/b")
        assert chrome.texts(".side.a .pane del") == deleted
        assert chrome.texts(".side.b .pane ins") == inserted

    @pytest.mark.parametrize(
        ("left", "right", "kept"),
        [
            (
                "省里的专家组上周末连夜赶到现场勘查后认为，阀门密封圈老化，这家企业必须立即停产整顿接受处罚。",
                "据两名不愿透露姓名的工人向本报记者讲述，阀门密封圈老化，而管理层今年春天就已经知道此事。",
                ["阀门密封圈老化"],
            ),
            (
                "関係者によると昨夜遅くまで会議を続けた結果、組織票を固めきれず、現職の再選は難しくなった。",
                "前回の選挙では新人に大差で敗れたことから、組織票を固めきれず、党本部も候補の差し替えを考えた。",
                ["組織票を固めきれず"],
            ),
            (
                "Nine crews from three towns fought of the night through against flames",
                "Her garden shed burnt down because of an old kettle that nobody unplugged",
                [],
            ),
        ],
    )
    def test_little_words_amid_changes_are_changed_but_a_few_signs_are_words(
        self, chrome: Browser, report: Path, left: str, right: str, kept: list[str]
    ) -> None:
        chrome.open(report)
        found = chrome.run(
            words_script() + """
            const [a, b] = arguments, wa = wordsOf(a, 0, a.length), wb = wordsOf(b, 0, b.length);
            return changes(wa, wb).filter(([kind]) => kind === 'kept').map(([, i, j]) => a.slice(wa[i][0], wa[j - 1][1]))""",
            left, right,
        )  # fmt: skip
        assert [run for run in found if len(run) > 2] == kept

    def test_numbers_are_the_same_in_any_digits(self, chrome: Browser, report: Path) -> None:
        chrome.open(report)
        digits = {c: str(unicodedata.decimal(c)) for c in map(chr, range(0x110000)) if c.isdecimal()}
        assert chrome.run(words_script() + "return arguments[0].map(fold)", list(digits)) == list(
            digits.values()
        )

    def test_a_passage_takes_no_accent_from_its_last_letter(self, chrome: Browser, tmp_path: Path) -> None:
        text = "They all met at the old harbour cafe\u0301"
        a, b = article("a", f"{text}, it says."), article("b", f"{text} on Monday.", 1)
        found = match(a, b, Relation.NEAR_DUPLICATE, [passage(a.text, b.text, text[:-1])])
        group = Group("a", ("a", "b"), "a", Relation.NEAR_DUPLICATE, 0.5, (found,))
        file = tmp_path / "accent.html"
        file.write_bytes(build(gathered((group, [a, b]))).encode())
        chrome.open(file, "#/g/a/read/a/b")
        assert chrome.texts(".pane mark") == [text, text]

    def test_the_date_of_a_version_stands_beside_a_name_from_right_to_left(
        self, chrome: Browser, tmp_path: Path
    ) -> None:
        a, b = article("a", LEAD, source="صحيفة المرفأ", title="١٢"), article("b", LEAD, 1, source="Post")
        found = match(a, b, Relation.IDENTICAL, [passage(LEAD, LEAD, LEAD)])
        group = Group("a", ("a", "b"), "a", Relation.IDENTICAL, 1.0, (found,))
        file = tmp_path / "beside.html"
        file.write_bytes(build(gathered((group, [a, b]))).encode())
        chrome.open(file, "#/g/a/read/a/b")
        assert chrome.texts("select option")[0] == (
            "\u2068صحيفة المرفأ\u2069 · \u20683 Mar 2025, 06:30\u2069 · \u2068١٢\u2069"
        )

    def test_the_differences_are_minimal(self, chrome: Browser, report: Path) -> None:
        chrome.open(report)
        rng = random.Random(7)
        cases = [[[rng.randrange(6) for _ in range(rng.randrange(20))] for _ in "ab"] for _ in range(200)]
        # In a frame without the page's policy, for scripts made of strings are refused in the page.
        pairs = chrome.run(words_script() + "return arguments[0].map(([a, b]) => align(a, b))", cases)
        for (a, b), found in zip(cases, pairs, strict=True):
            assert all(a[i] == b[j] for i, j in found)
            assert found == sorted(found)
            assert len({i for i, _ in found}) == len({j for _, j in found}) == len(found) == longest(a, b)

    @pytest.mark.parametrize("size", [3_000, 30_000])
    def test_in_long_texts_what_is_the_same_is_found_whatever_else_differs(
        self, chrome: Browser, report: Path, size: int
    ) -> None:
        chrome.open(report)
        rng = random.Random(7)
        a = [f"w{int(rng.paretovariate(0.4))}" for _ in range(size)]
        b, same = [], []
        for i, word in enumerate(a):
            if rng.random() < 0.3:
                b.append(f"new{rng.randrange(size)}")
            else:
                same.append((i, len(b)))
                b.append(word)
            b += ["added"] * (rng.random() < 0.1)
        b += [f"end{i}" for i in range(size)]
        took, pairs = chrome.run(
            words_script() + "const begun = performance.now(), pairs = align(...arguments);"
            "return [performance.now() - begun, pairs]", a, b
        )  # fmt: skip
        assert all(a[i] == b[j] for i, j in pairs)
        assert all(i < k and j < m for (i, j), (k, m) in pairwise(pairs))
        assert len({*same} & {*map(tuple, pairs)}) > 0.95 * len(same)
        assert took < 5000


class TestKeyboard:
    def test_from_the_overview_to_a_passage_without_a_mouse(self, chrome: Browser, report: Path) -> None:
        from selenium.webdriver import Keys

        chrome.open(report)
        chrome.press("/", *"night boat")
        assert chrome.run("return document.activeElement.id") == "search"
        chrome.press(Keys.ESCAPE, "j", Keys.ENTER)
        chrome.wait("return document.documentElement.dataset.ready === '#/g/w1'")
        chrome.press("r")
        chrome.wait("return document.body.dataset.view === 'read'")
        chrome.press("j")
        chrome.wait("return location.hash.endsWith('/read/w1/p1/1')")
        chrome.press("j", "j", "k")
        chrome.wait("return location.hash.endsWith('/read/w1/p1/1')")
        assert chrome.texts("#live")[0].startswith("Passage 1 of 2, ")
        chrome.press("]")
        chrome.wait("return location.hash.endsWith('/read/w1/d1')")
        chrome.press("x")
        chrome.wait("return location.hash.endsWith('/read/d1/w1')")
        chrome.wait("return document.documentElement.dataset.ready === location.hash")
        chrome.press("o")
        chrome.wait("return document.body.dataset.view === 'overview'")

    def test_the_arrow_keys_move_in_the_map(self, chrome: Browser, report: Path) -> None:
        from selenium.webdriver import Keys

        chrome.open(report, "#/g/w1")
        chrome.run("document.querySelector('.passages .rove').focus()")
        chrome.press(Keys.ARROW_RIGHT, Keys.ARROW_DOWN, Keys.ARROW_LEFT)
        assert (
            chrome.run(
                "return document.activeElement.closest('.version').querySelector('.source').textContent"
            )
            == "Harbour Post"
        )
        assert chrome.run("return document.querySelectorAll('.passages .rove[tabindex=\"0\"]').length") == 1
        chrome.press(Keys.ENTER)
        chrome.wait("return document.body.dataset.view === 'read'")

    def test_everything_is_reached_by_tab_and_shows_its_focus(self, chrome: Browser, report: Path) -> None:
        from selenium.webdriver import Keys

        chrome.open(report, READ)
        seen = []
        for _ in range(40):
            chrome.press(Keys.TAB)
            name, outline = chrome.run("const e = document.activeElement; const s = getComputedStyle(e);"
                                       "return [e.className || e.id || e.tagName, s.outlineStyle + s.outlineWidth]")  # fmt: skip
            seen.append(name)
            assert name == "BODY" or outline != "none0px", name
            if name == "BODY":
                break
        assert seen[0] == "skip"
        assert {"swap", "previous", "next", "pane"} <= set(seen)

    def test_single_keys_can_be_switched_off(self, chrome: Browser, report: Path) -> None:
        from selenium.webdriver import Keys

        def switch() -> None:
            chrome.press("?")
            chrome.wait("return document.querySelector('dialog').open")
            before = chrome.run("return document.querySelector('dialog input').checked")
            chrome.click("dialog input")
            chrome.wait("return document.querySelector('dialog input').checked !== arguments[0]", before)
            chrome.press(Keys.ESCAPE)
            chrome.wait("return !document.querySelector('dialog').open")
            chrome.settle()  # the focus is back where it was
            chrome.press("/")
            chrome.settle()

        chrome.open(report)
        switch()
        assert chrome.run("return document.activeElement.id") != "search"
        switch()
        chrome.wait("return document.activeElement.id === 'search'")


class TestWidthsAndPaper:
    @pytest.mark.parametrize("width", [1400, 800, 390, 320])
    @pytest.mark.parametrize("view", VIEWS)
    def test_no_view_is_wider_than_the_window(
        self, chrome: Browser, report: Path, width: int, view: str
    ) -> None:
        chrome.emulate(width, 800)
        chrome.open(report, view)
        assert chrome.run("return document.documentElement.scrollWidth <= innerWidth")

    @pytest.mark.parametrize("width", [1400, 640, 390])
    def test_the_marks_are_explained_whether_texts_are_beside_or_above_each_other(
        self, chrome: Browser, report: Path, width: int
    ) -> None:
        chrome.emulate(width, 800)
        chrome.open(report, READ)
        legend = "const box = document.querySelector('.legend').getBoundingClientRect(); return [box.width, box.height]"
        wide, high = chrome.run(legend)
        assert 0 < wide <= width
        assert 0 < high < 80
        assert "only in the first" in chrome.texts(".legend")[0]
        assert (
            "52% of the first is in the second, 63% of the second in the first"
            in chrome.texts(".measures")[0]
        )
        shown = chrome.run(
            "return document.querySelector('.side.b .pane').getBoundingClientRect().top < innerHeight"
        )
        assert shown

    def test_print_shows_both_texts_whole_and_no_controls(self, chrome: Browser, report: Path) -> None:
        chrome.open(report, READ)
        chrome.emulate(media="print")
        hidden, whole = chrome.run("""return [
            ['.tools', '.tabs', '.choose', '.steps'].every(s => document.querySelector(s).offsetParent === null),
            [...document.querySelectorAll('.pane')].every(p => p.scrollHeight <= p.clientHeight + 1)]""")
        assert hidden
        assert whole
        pdf = base64.b64decode(chrome.driver.execute_cdp_cmd("Page.printToPDF", {})["data"])
        assert pdf.startswith(b"%PDF")

    def test_paper_has_the_first_of_many_rows_and_says_how_many_there_are(
        self, chrome: Browser, tmp_path: Path
    ) -> None:
        groups, articles = many(300, 2)
        file = tmp_path / "many.html"
        file.write_bytes(
            build(gathered(*((g, [a for a in articles if a.id in g.articles]) for g in groups))).encode()
        )
        chrome.open(file)
        assert len(stories(chrome)) < 60
        chrome.run("dispatchEvent(new Event('beforeprint'))")
        chrome.emulate(720, 950, media="print")
        assert len(stories(chrome)) == 100
        assert chrome.texts(".space")[-1] == "200 more are in the report itself and not printed."
        assert chrome.run("return document.querySelector('main').scrollHeight / 100") < 110
        chrome.run("dispatchEvent(new Event('afterprint'))")
        assert chrome.texts(".space") == ["", ""]
        assert 4 < printed(chrome) < 20

    def test_paper_is_white_in_dark_and_keeps_its_colours(self, chrome: Browser, report: Path) -> None:
        style = """const s = (e) => getComputedStyle(document.querySelector(e));
            return [s('body').color, s('body').backgroundColor, s('mark.p').backgroundColor, s('mark.p').printColorAdjust]"""
        chrome.emulate(720, 950, media="print")
        chrome.open(report, READ)
        light = chrome.run(style)
        assert light[:2] == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
        assert light[3] == "exact"
        chrome.emulate(720, 950, theme="dark", media="print")
        assert chrome.run(style) == light
        chrome.run("document.documentElement.dataset.theme = 'dark'")
        assert chrome.run(style) == light
        left, right = chrome.run(
            "return [...document.querySelectorAll('.pane')].map(p => p.getBoundingClientRect().width)"
        )
        assert left == right > 250
        assert printed(chrome) == 1

    def test_paper_names_what_is_folded_on_the_screen(self, chrome: Browser, tmp_path: Path) -> None:
        groups, articles = many(1, 10)
        file = tmp_path / "ten.html"
        file.write_bytes(build(gathered((groups[0], articles))).encode())
        chrome.open(file, "#/g/s0v0/text")
        assert chrome.texts(".fate a") == []
        chrome.run("dispatchEvent(new Event('beforeprint'))")
        assert len(chrome.texts(".fate a")) == 4 * 9
        assert len(chrome.texts(".added .body")) == 5
        chrome.run("dispatchEvent(new Event('afterprint'))")
        assert chrome.run("return document.querySelectorAll('main details[open]').length") == 0


def printed(chrome: Browser) -> int:
    """The pages that the view takes on paper."""
    pdf = base64.b64decode(chrome.driver.execute_cdp_cmd("Page.printToPDF", {})["data"])
    return len(re.findall(rb"/Type ?/Page\b", pdf))


class TestSize:
    def test_a_long_list_is_gone_through_by_keys_and_keeps_its_place(
        self, chrome: Browser, tmp_path: Path
    ) -> None:
        groups, articles = many(1, 400)
        file = tmp_path / "long.html"
        file.write_bytes(build(gathered((groups[0], articles))).encode())
        chrome.open(file, "#/g/s0v0?fold=0")
        seen = []
        for _ in range(40):
            chrome.press("j")
            seen.append(chrome.run("return document.activeElement.textContent"))
        assert seen == [f"Story 0, version {v}" for v in range(40)]
        chrome.press("k")
        assert chrome.run("return document.activeElement.textContent") == "Story 0, version 38"
        # rows that were passed over are as high as was guessed, or what is looked at would move
        chrome.run("scrollTo(0, document.body.scrollHeight / 2)")
        chrome.wait("return document.querySelector('.version').ariaPosInSet > 100")
        chrome.settle()
        place = chrome.run("""const row = [...document.querySelectorAll('.version')][8];
            window.watched = row; return row.getBoundingClientRect().top""")
        for _ in range(10):
            chrome.run("scrollBy(0, -60)")
            chrome.settle()
        assert chrome.run("return watched.getBoundingClientRect().top") == pytest.approx(place + 600, abs=3)
        here, wide = chrome.run("return [scrollY, document.body.scrollHeight]")
        chrome.emulate(1400, 800)  # as when a phone hides its bars: nothing moves
        chrome.settle()
        assert chrome.run("return [scrollY, document.body.scrollHeight]") == pytest.approx(
            [here, wide], abs=3
        )
        chrome.emulate(500, 800)
        chrome.wait("return document.body.scrollHeight > arguments[0] * 1.2", wide)
        chrome.wait("return document.querySelector('.version').getBoundingClientRect().top < 0")
        chrome.wait(
            "return [...document.querySelectorAll('.version')].pop().getBoundingClientRect().bottom > innerHeight"
        )

    def test_of_many_stories_and_versions_only_what_is_looked_at_is_drawn(
        self, chrome: Browser, tmp_path: Path
    ) -> None:
        groups, articles = many(1, 600)
        others, more = many(400, 2)
        told = [(replace(g, id=f"t{g.id}"), [a for a in more if a.id in g.articles]) for g in others[1:]]
        file = tmp_path / "large.html"
        file.write_bytes(build(gathered((groups[0], articles), *told)).encode())
        chrome.open(file)
        assert 0 < len(stories(chrome)) < 60
        chrome.run("scrollTo(0, document.body.scrollHeight)")
        chrome.wait("return document.querySelector('.stories').textContent.includes('Story 399, version 0')")
        assert 0 < len(stories(chrome)) < 60
        chrome.run("scrollTo(0, document.body.scrollHeight / 2)")
        chrome.wait("return document.querySelector('.story').ariaPosInSet > 150")
        assert chrome.run("return document.querySelector('.story').ariaSetSize") == "400"
        chrome.settle()
        sight = """const row = [...document.querySelectorAll('.story')].find(r => r.getBoundingClientRect().bottom > 0);
            return [row.ariaPosInSet, Math.round(row.getBoundingClientRect().top)]"""
        before = chrome.run(sight)
        chrome.go("#/g/s0v0?fold=0")
        chrome.run("history.back()")
        chrome.wait("return document.body.dataset.view === 'overview' && document.querySelector('.story')")
        assert chrome.run(sight) == before
        chrome.go("#/g/s0v0?fold=0")
        assert 0 < len(chrome.texts(".version")) < 60
        chrome.go("#/g/s0v0")
        assert chrome.texts(".found") == ["600 versions in 301 wordings"]
        chrome.go("#/g/s0v0/text")
        assert len(chrome.texts("select option")) <= 402
        # one paragraph after the other: 300 copies, and of 300 others each with a remark of its own
        assert chrome.texts(".paragraph .kept summary") == ["kept by 599"] * 4
        assert chrome.texts(".added summary") == ["300 additions here in 300 versions"]
        assert len(chrome.texts(".paragraph a")) == 0
        chrome.click(".added summary")
        chrome.wait("return document.querySelectorAll('.added .body').length >= 10")
        assert len(chrome.texts(".added .body")) < 60
        assert chrome.texts('.added [aria-posinset="1"] .who-line') == [
            "added by 1: Paper 1, 3 Mar 2025, 06:31"
        ]
        chrome.click(".kept summary")
        chrome.wait("return document.querySelector('.kept p')?.innerText.endsWith(' and 399 more')")
        chrome.go("#/g/s0v0/text/s0v1")
        assert chrome.texts(".paragraph .kept summary") == ["kept by 599"] * 4
        assert chrome.texts(".paragraph .dropped summary") == ["left out by 599"]

    def test_a_folder_of_pages_leads_from_one_to_the_other(self, chrome: Browser, tmp_path: Path) -> None:
        groups, articles = many(20, 2)
        made = gathered(*((g, [a for a in articles if a.id in g.articles]) for g in groups))
        for name, html in build_folder(made, share=3000).items():
            (tmp_path / name).write_bytes(html.encode())
        chrome.open(tmp_path / "index.html")
        assert len(stories(chrome)) == 20
        chrome.run("[...document.querySelectorAll('.story a')].pop().click()")
        chrome.wait("return location.pathname.includes('stories-') && document.documentElement.dataset.ready")
        assert len(chrome.texts(".version")) == 2
        chrome.click(".crumbs a")
        chrome.wait(
            "return location.pathname.endsWith('index.html') && document.documentElement.dataset.ready"
        )
        told = (ferry(), weather())
        both = replace(told[1][0], articles=("sea-1", "sea-2", "p1"))
        for name, html in build_folder(gathered(told[0], (both, told[1][1])), share=1).items():
            (tmp_path / f"two-{name}").write_bytes(html.replace("stories-0", "two-stories-0").encode())
        chrome.open(tmp_path / "two-index.html", "#/g/w1")
        chrome.wait("return document.querySelector('.related a') !== null")
        chrome.click(".related a")
        chrome.wait("return location.pathname.endsWith('two-stories-002.html')")
        chrome.wait("return document.querySelectorAll('.version').length === 3")
        chrome.open(tmp_path / "index.html", "#/g/s19v0/read")
        chrome.wait(
            "return location.pathname.includes('stories-') && document.querySelector('.pane') !== null"
        )


EVIL = [
    "<script>window.hit=1</script>", "<img src=x onerror=\"window.hit=1\">", "</script><script>window.hit=1</script>",
    "<!--<script>", "javascript:window.hit=1", "\" onmouseover=\"window.hit=1\" x=\"", "'-window.hit=1-'", "${window.hit=1}",
    "{{ 7*7 }}", "\u202egnp.exe\u202d", "\ud800lone\udfff", "\x00\x1b[31m\x07", "__proto__", "constructor", "../../x#?&%00%zz",
    "<svg/onload=window.hit=1>", "]]>", "&lt;b&gt;", "\u2028\u2029", "T" * 1_000_000,
]  # fmt: skip


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stories whose every field is an attack."""
    told = []
    for k, evil in enumerate(EVIL):
        text = text_of(f"{evil[:300]} {QUOTE} {evil[:300]}", "Then nothing more happened.", evil[:300])
        parts = {"source": evil, "title": evil, "url": evil}
        a, b = article(evil, text, k, **parts), article(f"b{evil}", text + " Or did it?", k + 1, **parts)
        b = replace(b, url="javascript:window.hit=1//https://example.org")
        found = match(a, b, Relation.REVISION, [passage(a.text, b.text, QUOTE)])
        told.append((Group(evil, (a.id, b.id), a.id, Relation.REVISION, 0.5, (found,)), [a, b]))
    file = tmp_path_factory.mktemp("hostile") / "report.html"
    file.write_bytes(build(gathered(*told), title="<script>window.hit=1</script>").encode())
    return file


class TestHostile:
    def test_nothing_of_it_runs_or_leads_anywhere(self, chrome: Browser, hostile: Path) -> None:
        chrome.open(hostile)
        assert chrome.texts("h1") == ["<script>window.hit=1</script>"]
        assert len(stories(chrome)) == len(EVIL)
        addresses = chrome.run(
            "return [...document.querySelectorAll('.story h3 a')].map(a => a.getAttribute('href'))"
        )
        assert len(set(addresses)) == len(EVIL)
        for address in addresses:
            for view in ("", "/text", "/read"):
                chrome.go(address + view)
                assert chrome.run("return document.querySelector('.crumbs') !== null"), address
                found = chrome.run("""return {
                    hit: window.hit ?? null,
                    scripts: document.querySelectorAll('script:not([type="application/json"], [type="text/plain"])').length,
                    elements: document.querySelectorAll('img, iframe, object, embed, main script, main style, link, base').length,
                    handlers: [...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => /^on|^style$/.test(a.name)
                        && !e.matches('.tally span, .space'))).length,
                    links: [...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))
                        .filter(href => !href.startsWith('#') && !/^https?:/.test(href)),
                    wide: document.documentElement.scrollWidth > innerWidth,
                    longest: Math.max(...[...document.querySelectorAll('h1, h3, option, .source')].map(e => e.textContent.length)),
                }""")
                longest_name = found.pop("longest")
                assert found == {
                    "hit": None,
                    "scripts": 1,
                    "elements": 0,
                    "handlers": 0,
                    "links": [],
                    "wide": False,
                }
                assert longest_name < 700

    def test_the_text_reads_as_it_was_written(self, chrome: Browser, hostile: Path) -> None:
        chrome.open(hostile)
        chrome.type("#search", "onerror")
        assert stories(chrome) == ['<img src=x onerror="window.hit=1">']
        chrome.click(".story h3 a")
        chrome.wait("return document.body.dataset.view === 'group'")
        chrome.press("r")
        chrome.wait("return document.body.dataset.view === 'read'")
        assert chrome.texts(".side.a .pane p")[-1] == '<img src=x onerror="window.hit=1">'

    def test_the_policy_stops_what_would_slip_in(self, chrome: Browser, hostile: Path) -> None:
        chrome.open(hostile)
        refused = chrome.driver.execute_async_script("""
            const done = arguments[0], refused = [];
            addEventListener('securitypolicyviolation', (event) => refused.push(event.effectiveDirective));
            const attempts = [
              () => { const e = document.createElement('b'); e.setAttribute('onclick', 'window.hit = 1'); e.click(); },
              () => { document.body.innerHTML += '<img src=x onerror="window.hit = 1">'; },
              () => { const e = document.createElement('script'); e.text = 'window.hit = 1'; document.body.append(e); },
              () => { setTimeout('window.hit = 1'); },
            ];
            const thrown = attempts.filter((attempt) => { try { attempt(); return false; } catch { return true; } });
            const image = new Image();
            image.src = 'https://example.invalid/x.png';
            document.body.append(image);
            setTimeout(() => done([thrown.length, window.hit ?? null, [...new Set(refused)].sort()]), 300);
        """)
        assert refused[:2] == [4, None]
        assert {"img-src", "require-trusted-types-for"} <= set(refused[2])
        chrome.log()


class TestAccessibility:
    @pytest.mark.skipif(
        not AXE.is_file(), reason=f"no axe-core at {AXE}: npm install --prefix build axe-core"
    )
    @pytest.mark.parametrize("theme", ["light", "dark"])
    @pytest.mark.parametrize("width", [1400, 390])
    def test_axe_has_no_serious_finding(
        self, chrome: Browser, report: Path, tmp_path: Path, width: int, theme: str
    ) -> None:
        chrome.emulate(width, 900, theme=theme)
        labelled = tmp_path / "labelled.html"
        labelled.write_bytes(build(gathered(ferry(), repeated=TAIL)).encode())
        views = [(report, view) for view in [*VIEWS, "#/g/w1/read/w1/p1/1"]]
        views += [(labelled, view) for view in ("#/g/w1", "#/g/w1/text", "#/g/w1/read/w1/d1/2")]
        axe = AXE.read_text(encoding="utf-8")
        bad = []
        for file, view in views:
            chrome.open(file, view)
            chrome.run("for (const details of document.querySelectorAll('details')) details.open = true")
            chrome.run(axe)
            result = chrome.driver.execute_async_script(
                "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then(r => done(JSON.stringify(r.violations)))"
            )
            bad += [
                (view, found["id"], found["impact"], [node["html"][:150] for node in found["nodes"][:3]])
                for found in json.loads(result)
                if found["impact"] in ("serious", "critical", "moderate")
            ]
        assert bad == []

    def test_each_text_and_title_is_in_its_language(self, chrome: Browser, tmp_path: Path) -> None:
        words = "افتتحت البلدية يوم الأحد ورشة في محطة قطار قديمة هجرت منذ أربعين عاما"
        first, second = (f"{words} {k}." for k in ("في المدينة", "قرب البحر"))
        third = "Personne ne sait encore qui paiera la tour de l'horloge."
        a = article("a", text_of(first, second), source="Harbour Post", title="محطة قديمة", language="ar")
        b = article("b", text_of(first, third), 1, source="Korrin Daily", title="Gare", language="no code!")
        only = match(a, b, Relation.DERIVED, [passage(a.text, b.text, first)])
        group = Group("a", ("a", "b"), "a", Relation.DERIVED, 0.5, (only,))
        file = tmp_path / "tongues.html"
        file.write_bytes(build(gathered((group, [a, b]), bakery(), repeated=second)).encode())
        told = """return [...document.querySelectorAll(arguments[0])].map(e =>
            [e.closest('[lang]').lang, e.closest('[dir]')?.getAttribute('dir')])"""
        chrome.open(file)
        assert sorted(chrome.run(told, ".story h3 a")) == [["ar", "rtl"], ["en", "auto"]]
        chrome.go("#/g/a")
        assert chrome.run(told, "h1, .version .title a") == [["ar", "rtl"], ["ar", "rtl"], ["en", "auto"]]
        chrome.go("#/g/a/text/a")
        assert chrome.run(told, ".paragraph > .body") == [["ar", "rtl"]] * 2
        assert chrome.run(told, ".paragraph .label") == [["en", "rtl"]]
        assert chrome.run(told, ".added .body") == [["en", "auto"]]
        chrome.go("#/g/a/read/a/b")
        assert chrome.run(told, ".side.a h3, .side.a .pane p") == [["ar", "rtl"]] * 3
        assert chrome.run(told, ".side.b h3, .side.b .pane p") == [["en", "auto"]] * 3
        assert chrome.run(told, ".side.a .label, .side.a .number") == [["en", "rtl"]] * 2

    def test_landmarks_and_language(self, chrome: Browser, report: Path) -> None:
        chrome.open(report, "#/g/w1")
        assert chrome.run("return document.documentElement.lang") == "en"
        for tag in ("header.masthead", "main", "footer", "nav[aria-label]"):
            assert chrome.run("return document.querySelectorAll(arguments[0]).length", tag) == 1
        assert chrome.run("return document.querySelectorAll('h1').length") == 1
