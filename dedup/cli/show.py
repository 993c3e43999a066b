"""dedup show: one article's group, or two articles side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from dedup.cli.options import DEFAULT_INDEX, Format, FormatOption, IndexPath, LockTimeout, SettingsPath
from dedup.cli.streams import emit, page
from dedup.cli.tables import emit_each, emit_passages
from dedup.cli.work import open_index

if TYPE_CHECKING:
    from dedup.comparison import Comparison
    from dedup.engine import Index
    from dedup.model import Article, Match

Id = Annotated[str, typer.Argument(metavar="ID", help="The id of an article.", show_default=False)]
OtherId = Annotated[
    str | None, typer.Argument(metavar="[ID]", help="Another, to see both side by side.", show_default=False)
]


def show(
    id: Id,
    other: OtherId = None,
    index: IndexPath = DEFAULT_INDEX,
    format: FormatOption = Format.TEXT,
    settings: SettingsPath = None,
    lock_timeout: LockTimeout = 5.0,
) -> None:
    """Show an article's group, or two articles side by side.

    One id: its group, and every match it has, also those that join no group. Two ids: all of their passages.
    """
    with open_index(index, settings, lock_timeout) as opened, opened.reading():
        if other is None:
            _show_one(opened, id, format)
        else:
            _show_two(opened, id, other, format)


def _show_one(opened: Index, id: str, format: Format) -> None:
    article, group, matches = opened.article(id), opened.group_of(id), opened.matches_of(id)
    boilerplate = opened.boilerplate_in(article)
    if format is Format.JSON:
        from dedup.report import json

        emit(
            json.printed(
                {
                    "article": json.article_object(article, boilerplate),
                    "group": group and json.group_object(group),
                    "matches": [json.match_object(match) for match in matches],
                }
            )
        )
        return
    if format is not Format.TEXT:
        from dedup.report import json, tabular

        emit_each(format, map(json.match_object, matches), tabular.MATCHES)
        return
    from dedup.report.lines import show_boilerplate
    from dedup.report.terminal import show_article

    show_article(page(), article, group, matches, opened.articles)
    show_boilerplate(page(), article, boilerplate)


def _show_two(opened: Index, id: str, other: str, format: Format) -> None:
    a, b = opened.articles([id, other])
    if a.id == b.id:
        raise typer.BadParameter("the two ids are the same")
    match = opened.match(id, other)
    if format is Format.JSON:
        from dedup.report import json

        articles = {"articles": [json.article_object(each, opened.boilerplate_in(each)) for each in (a, b)]}
        if match is not None:
            found = json.match_object(match)
        elif a.text and b.text:
            found = json.comparison_object(a.id, b.id, _explained(opened, a, b))
        else:
            found = {"a": a.id, "b": b.id, "relation": None, "passages": []}
        emit(json.printed({**found, **articles}))
        return
    if format is not Format.TEXT:
        emit_passages(format, match, a, b)
        return
    from dedup.report.lines import show_boilerplate
    from dedup.report.pair import show_no_match, show_pair

    if match is None:
        show_no_match(page(), a, b, _explained(opened, a, b))
    else:
        show_pair(page(), match, a, b, _why_retold(opened, match, a, b))
    for name, each in (("a", a), ("b", b)):
        show_boilerplate(page(), each, opened.boilerplate_in(each), name)


def _why_retold(opened: Index, match: Match, a: Article, b: Article) -> str:
    """Why one of two articles is the other told in other words, which its passages do not tell."""
    if not (match.retold and a.text and b.text):
        return ""
    compared = opened.explain(a.id, b.id).comparison
    return compared.reason if compared.retold else ""


def _explained(opened: Index, a: Article, b: Article) -> Comparison:
    """What two articles share that are no match of the index, and why they are none."""
    why = opened.explain(a.id, b.id)
    compared = why.comparison
    reason = f"{why.unheld} Compared now: {compared.reason}" if why.unheld else compared.reason
    return replace(compared, relation=None, reason=reason)
