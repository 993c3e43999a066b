"""dedup calibrate: set the bar of a match by a person's answers."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dedup.cli.files import refuse
from dedup.cli.options import DEFAULT_INDEX, Format, FormatOption, IndexPath, LockTimeout
from dedup.cli.streams import emit, message
from dedup.cli.tables import emit_facts
from dedup.cli.work import judge_again, open_index
from dedup.errors import OutputUnusable, SettingsError
from dedup.model import counted

if TYPE_CHECKING:
    from dedup.calibration import Proposal
    from dedup.model import Article, Match

SHOWN = 400
"""Characters shown of a passage."""


def calibrate(
    index: IndexPath = DEFAULT_INDEX,
    settings: Annotated[
        Path | None,
        typer.Option(
            "--settings",
            metavar="FILE.toml",
            help="The settings to begin with, where the bar is written; made if it is not there.",
            show_default=False,
        ),
    ] = None,
    pairs: Annotated[int, typer.Option("--pairs", metavar="N", min=1, help="How many pairs to judge.")] = 30,
    format: FormatOption = Format.TEXT,
    lock_timeout: LockTimeout = 5.0,
) -> None:
    """Propose the bar of a match from your answers on borderline pairs.

    Shows the best passage of each pair, or all that count together, and asks whether one text was made from
    the other, or both from a third: y or n; s leaves the pair out, q ends. Answers are read line by line, so
    they may come from a pipe. Fewer than ten that are all the same are not written.

    An index keeps what it has judged: to judge it by the new bar, make another one of it with
    dedup add sqlite:news.db --index NEW.db --settings FILE.toml
    """
    from dedup.calibration import FEW, propose, write_bar

    if sys.stdin is None:
        raise typer.BadParameter("stdin is closed, and answers are read from it")
    if settings is not None:
        refuse(settings, "--settings")
    known = settings if settings is not None and settings.exists() else None
    with open_index(index, known, lock_timeout) as opened, opened.reading():
        found = opened.borderline(pairs)
        ids = dict.fromkeys(each for match in found for each in (match.a, match.b))
        articles = dict(zip(ids, opened.articles(ids), strict=True))
        before = opened.settings.match_weight
        again = judge_again(opened, str(settings)) if settings else ""
    answers = _answers(articles, found)
    if not answers:
        message("no pair was judged" if found else "the index has no borderline pair")
        return
    proposal = propose([match.weight for match, _ in answers], [answer for _, answer in answers], before)
    few, tell = len(answers) < FEW, len({answer for _, answer in answers}) > 1
    written, failed = (settings if tell or not few else None), None
    if written is not None:
        try:
            write_bar(written, proposal.match_weight)
        except (SettingsError, OutputUnusable) as error:  # what the answers come to is told all the same
            written, failed = None, error
    _show(format, proposal, before, settings, written, again)
    if few:
        kept = f"; {settings} stays as it is" if settings and not tell else ""
        message(f"{len(answers)} of {FEW} answers or more that it takes to tell where the bar lies{kept}")
    if failed is not None:
        raise failed


def _answers(articles: Mapping[str, Article], found: Sequence[Match]) -> list[tuple[Match, bool]]:
    """The pairs that were judged, each with whether it is a match to the person."""
    answers = []
    for number, match in enumerate(found, 1):
        answer = _asked(articles, match, f"{number} of {len(found)}")
        if answer == "q":
            break
        if answer != "s":
            answers.append((match, answer == "y"))
    return answers


def _show(
    format: Format, proposal: Proposal, before: float, asked: Path | None, written: Path | None, again: str
) -> None:
    """Print the proposal, where it was to be and was written, and how all is judged `again` by it."""
    if format is not Format.TEXT:
        from dedup.report import json

        facts = {
            "match_weight": proposal.match_weight,
            "before": before,
            "precision": json.rounded(proposal.precision),
            "recall": json.rounded(proposal.recall),
            "judged": proposal.judged,
            "written": str(written) if written else None,
        }
        emit_facts(format, facts)
        return
    emit(
        [
            f"match_weight = {proposal.match_weight} (it was {before})\n",
            f"On the {proposal.judged} pairs judged: precision {_score(proposal.precision)},",
            f" recall {_score(proposal.recall)}\n",
            f"Written to {written}\n" if written else "",
            "" if asked else "Not written: name a file with --settings\n",
            f"The index keeps what it has judged; to judge all anew: {again}\n" if written else "",
        ]
    )


def _score(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _asked(articles: Mapping[str, Article], match: Match, which: str) -> str:
    """The answer on a pair: y, n, s or q. The end of the answers is q."""
    from dedup.report.visible import cut, label, running

    told = counted(match.passages)
    sides = (match.a, [passage.a for passage in told]), (match.b, [passage.b for passage in told])
    for article, spans in ((articles[name], spans) for name, spans in sides):
        typer.echo(f"\n{label(article.id)}  {label(article.title or '')}", err=True)
        for span in spans:
            typer.echo(cut(running(article.text[span.start : span.end]), SHOWN), err=True)
    while True:
        typer.echo(f"\n[{which}] Is one made from the other? y, n, s (skip), q (quit): ", nl=False, err=True)
        line = sys.stdin.readline()
        if not line:
            typer.echo("", err=True)
            return "q"
        answer = line.strip().lower()[:1]
        if answer and answer in "ynsq":
            return answer
