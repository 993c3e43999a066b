"""Made-up groups for the tests of the page, and the page made of them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from stories import sentence

from dedup import Index
from dedup.model import Article, Group, Match, Passage, Relation, Span
from dedup.report.find import Find
from dedup.report.html import Gathered, gather

START = datetime(2025, 3, 3, 6, 30, tzinfo=UTC)

LEAD = (
    "The night boat to Skerrow was cancelled for the ninth time this month after its engine failed on Sunday."
)
QUOTE = (
    "“We have told the council that one engine is not enough,” said its captain, Marit Aune 🚢, on Monday."
)
CUT = "Forty passengers slept on the floor of the ticket hall, where the heating had been switched off."
NEW_LEAD = (
    "The night boat to Skerrow was called off for the ninth time this month after its engine broke on Sunday."
)
ADDED = (
    "The ministry told the Harbour Post that a second vessel had been ordered and would come before summer."
)
TAIL = "Tickets remain valid until the end of the year, according to the Harbour Post."


def text_of(*paragraphs: str) -> str:
    """An article of these paragraphs."""
    return "\n\n".join(paragraphs)


def passage(a: str, b: str, part_a: str, part_b: str | None = None, *, quoted: bool = False) -> Passage:
    """The passage that is `part_a` in a and `part_b` in b."""
    part_b = part_a if part_b is None else part_b
    i, j = a.index(part_a), b.index(part_b)
    words = len(part_a.split())
    return Passage(Span(i, i + len(part_a)), Span(j, j + len(part_b)), words, 0.9, quoted, 9.5)


def article(id: str, text: str, hours: float | None = 0, **parts: Any) -> Article:  # noqa: A002
    """An article published so many hours after the first."""
    published = None if hours is None else START + timedelta(hours=hours)
    return Article(id, text, published=published, **parts)


def match(a: Article, b: Article, relation: Relation, passages: Sequence[Passage]) -> Match:
    """A match with measures that one can tell apart."""
    return Match(a.id, b.id, relation, 0.41, 0.52, 0.63, tuple(passages))


def ferry() -> tuple[Group, list[Article]]:
    """One wire story: as it came, cut and reworded, and extended; the last two were never compared."""
    wire = article(
        "w1", text_of(LEAD, QUOTE, CUT, TAIL), source="Meridian Wire", title="Night boat cancelled"
    )
    brief = article("p1", text_of(NEW_LEAD, QUOTE), 2, source="Harbour Post", title="No boat")
    brief = replace(brief, url="https://example.org/boat")
    long = article("d1", text_of(LEAD, ADDED, CUT, TAIL), 5.5, source="Korrin Daily", title="Stranded")
    group = Group("w1", ("w1", "p1", "d1"), "w1", Relation.NEAR_DUPLICATE, 0.52, (
        match(wire, brief, Relation.EXCERPT, [passage(wire.text, brief.text, LEAD, NEW_LEAD),
                                              passage(wire.text, brief.text, QUOTE[:55], quoted=True)]),
        match(wire, long, Relation.NEAR_DUPLICATE, [passage(wire.text, long.text, LEAD),
                                                    passage(wire.text, long.text, text_of(CUT, TAIL))]),
    ))  # fmt: skip
    return group, [wire, brief, long]


def bakery() -> tuple[Group, list[Article]]:
    """Two articles without titles, sources and times."""
    words = "The bakery on Quay Street has baked for the lighthouse crews since the war and closes on Friday."
    other = "Older readers will remember the smell of cardamom that reached the tram stop on winter mornings."
    a, b = article("bakery-a", text_of(words, other), None), article("bakery-b", text_of(other, words), None)
    shared = match(a, b, Relation.DERIVED, [passage(a.text, b.text, words), passage(a.text, b.text, other)])
    return Group(a.id, (a.id, b.id), None, Relation.DERIVED, 0.9, (shared,)), [a, b]


def many(stories: int, versions: int) -> tuple[list[Group], list[Article]]:
    """So many stories of so many versions: every second is a copy, the others end in words of their own."""
    groups: list[Group] = []
    articles: list[Article] = []
    for story in range(stories):
        body = text_of(
            *(f"Paragraph {k} of story {story} tells of item {story * 7 + k} on shelf {k}." for k in range(4))
        )
        own = []
        for v in range(versions):
            text = text_of(body, f"Editor {v} adds remark number {v} of this day here.") if v % 2 else body
            about = {"source": f"Paper {(story + v) % 9}", "title": f"Story {story}, version {v}"}
            own.append(article(f"s{story}v{v}", text, story + v / 60, **about))
        first = own[0]
        relation = Relation.NEAR_DUPLICATE
        matches = tuple(match(first, b, relation, [passage(body, b.text, body)]) for b in own[1:])
        groups.append(Group(first.id, tuple(a.id for a in own), first.id, relation, 0.9, matches))
        articles += own
    return groups, articles


def weather() -> tuple[Group, list[Article]]:
    """Two bulletins of one form, the first of the ferry's own paper: no story."""
    form = "Wind from the {}, force {}, over the sound tonight; ferries run as the timetable of the day says."
    a = article("sea-1", form.format("west", "six"), 1, source="Harbour Post", title="Sea bulletin one")
    b = article("sea-2", form.format("north", "eight"), 25, source="Harbour Post", title="Sea bulletin two")
    tail = form[form.index(" over") :]
    found = match(a, b, Relation.TEMPLATE, [passage(a.text, b.text, tail)])
    return Group("template:sea-1", ("sea-1", "sea-2"), "sea-1", Relation.TEMPLATE, 0.7, (found,)), [a, b]


MOLE = (
    "The lamps of the mole were lit by hand until the winter of the great ice, his daughter recalls.",
    "Her father carried nine cans of oil along the wall each night, and twice the sea took him off his feet.",
    "The harbour board bought the first electric lamp with money that the herring packers had collected.",
    "It was switched on by a schoolboy who had guessed the weight of a pilot's anchor at a summer fair.",
    "Since Tuesday the old lantern stands in the customs house, where it may be lit once more for a fee.",
)
SAID = (
    "“I will not sell one stone of that mole while there is a herring in the sound and a boat to fetch it. "
    "Whoever wants a marina may dig one in his own meadow, and who wants a hotel may sleep in the lantern. "
    "My grandmother gutted fish on those steps, and I have never met a yachtsman who could do that.”"
)


def quoted_in_a_story() -> list[Article]:
    """A report with a statement, its copy, and an article of other words that has but the statement."""
    report = text_of(*MOLE, f"{SAID} said the mayor of Skerrow, Ebba Lund.")
    other = text_of(" ".join(map(sentence, [random.Random(3)] * 6)), f"{SAID} Lund said.")
    return [
        article("report", report, source="Meridian Wire", title="A lantern is for hire"),
        article("copy", report, 1, source="Harbour Post", title="Lit for a fee"),
        article("other", other, 2, source="Korrin Daily", title="Lund stands by her stones"),
    ]


def finder(articles: Mapping[str, Article]) -> Find:
    """Finds these articles as an index does."""

    def find(ids: Sequence[str], *, texts: bool = True) -> list[Article]:
        return [articles[each] if texts else replace(articles[each], text="") for each in ids]

    return find


def gathered(*stories: tuple[Group, list[Article]], repeated: str = "") -> Gathered:
    """What a page is built of; where a text has `repeated`, that is boilerplate."""

    def boilerplate(articles: Sequence[Article]) -> list[list[Span]]:
        begins = [article.text.find(repeated) if repeated else -1 for article in articles]
        return [[Span(begin, begin + len(repeated))] if begin >= 0 else [] for begin in begins]

    articles = {article.id: article for _, own in stories for article in own}
    groups = [group for group, _ in stories]
    alike = [group for group in groups if not group.relation.joins]
    return gather([g for g in groups if g.relation.joins], finder(articles), None, alike, boilerplate)


def gathered_of(index: Index) -> Gathered:
    """What a page of an index is built of."""
    alike = [found for relation in Relation if not relation.joins for found in index.alike(relation)]
    return gather(
        index.groups(), index.articles, None, alike, across=index.across(alone=True), ties=index.ties
    )
