"""Groups -> one self-contained page to look at, or a folder of pages.

A page holds its data once: the rows of the overview as JSON, and each group as deflated JSON that the script
unpacks when the group is looked at. It needs no network, and its policy lets nothing run but its own script.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from dedup.model import Article, Group, Match, Span
from dedup.report.find import Find

__all__ = ["Gathered", "build", "build_folder", "gather"]

SHARE = 3_000_000
"""Characters of packed data from which a page of a folder is full."""


@dataclass(slots=True)
class Gathered:
    """What a report is made of, before it is laid out: rows, and for each the packed block of its group.

    First come the stories. After them come the sets of articles across stories, and of those that share only
    a quotation or a form; what is counted (`stories`, `articles`, `times`, and those whose texts are gone)
    leaves them out.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    packed: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    stories: int = 0
    articles: int = 0
    gone: int = 0


def gather(
    groups: Iterable[Group],
    find: Find,
    progress: Callable[[int], None] | None = None,
    alike: Iterable[Group] = (),
    boilerplate: Callable[[Sequence[Article]], Sequence[Sequence[Span]]] = lambda own: [()] * len(own),
    *,
    across: Iterable[Group] = (),
    ties: Callable[[Sequence[str]], tuple[Mapping[str, str], Sequence[Match]]] = lambda _: ({}, ()),
) -> Gathered:
    """Take in groups one at a time; `find` gives their articles, `progress` gets the groups done.

    `alike` are the sets of `Index.alike`, `across` those of `Index.across`, shown apart from the groups, and
    `ties` tells of their articles which are versions of one story. `boilerplate` tells what of each of some
    articles its source repeats.
    """
    from dedup.report.html.data import block, seconds
    from dedup.report.html.page import pack
    from dedup.report.html.rows import Stories

    gathered, stories = Gathered(), Stories()
    gathered.rows = stories.rows
    sources = stories.sources
    for group in groups:
        members = find(group.articles)
        stories.add(group, members)
        gathered.packed.append(pack(block(group, members, sources, boilerplate(members))))
        gathered.stories += 1
        gathered.articles += len(members)
        gathered.gone += sum(not each.text for each in members)
        gathered.times += [x for x in (seconds(a.published) for a in members) if x is not None]
        if progress:
            progress(gathered.stories)
    for group in chain(across, alike):
        members = find(group.articles)
        named, tied = ties(group.articles)
        stories.add_set(group, members, named)
        whole = replace(group, matches=(*group.matches, *tied))
        gathered.packed.append(pack(block(whole, members, sources, boilerplate(members), named)))
        if progress:
            progress(gathered.stories)
    gathered.sources = sources.names
    return gathered


def build(gathered: Gathered, *, title: str = "Shared stories") -> str:
    """The report as one HTML page."""
    from dedup import __version__
    from dedup.report.html.page import render

    made = datetime.now(UTC)
    overview = _overview(gathered, title, made)
    return render(
        overview, list(enumerate(gathered.packed)), title=overview["title"], made=made, version=__version__
    )


def build_folder(gathered: Gathered, *, title: str = "Shared stories", share: int = SHARE) -> dict[str, str]:
    """The report as pages by file name: `index.html`, the overview, and others with `share` of data each."""
    from dedup import __version__
    from dedup.report.html.page import render

    made = datetime.now(UTC)
    parts: list[list[int]] = [[]]
    filled = 0
    for number, packed in enumerate(gathered.packed):
        if parts[-1] and filled + len(packed) > share:
            parts.append([])
            filled = 0
        parts[-1].append(number)
        filled += len(packed)
    overview = _overview(gathered, title, made)
    names = [f"stories-{part:03}.html" for part in range(1, len(parts) + 1)]
    page_of = {number: name for name, numbers in zip(names, parts, strict=True) for number in numbers}
    rows = [{**row, "page": page_of[number]} for number, row in enumerate(gathered.rows)]

    def page(content: dict[str, Any], blocks: list[tuple[int, str]]) -> str:
        return render(content, blocks, title=overview["title"], made=made, version=__version__)

    pages = {"index.html": page({**overview, "groups": rows}, [])}
    for name, numbers in zip(names, parts, strict=True):
        here = [gathered.rows[n] for n in numbers]
        named = {key for row in here for key in row.get("o", ())} - {row["k"] for row in here}
        own = {
            **overview,
            "home": "index.html",
            # what these rows name is on other pages: after the rows that have a block here
            "groups": here + [row for row in rows if row["k"] in named],
            "timeline": None,
        }
        pages[name] = page(own, [(i, gathered.packed[number]) for i, number in enumerate(numbers)])
    return pages


def _overview(gathered: Gathered, title: str, made: datetime) -> dict[str, Any]:
    from dedup.report.html.data import RELATIONS, timeline
    from dedup.report.html.safe import label

    return {
        "schema": 1,
        "title": label(title) or "Shared stories",
        "made": made.isoformat(timespec="seconds"),
        "home": None,
        "relations": RELATIONS,
        "sources": gathered.sources,
        "groups": gathered.rows,
        "articles": gathered.articles,
        "timeline": timeline(gathered.times),
        "dated": len(gathered.times),
    }
