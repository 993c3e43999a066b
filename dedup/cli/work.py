"""What several commands do: open the index, put inputs into it, take single articles from files."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from dedup.cli.options import settings_from
from dedup.cli.progress import progress
from dedup.cli.stopping import status_of
from dedup.cli.streams import Interrupted, message, tell_doubts
from dedup.cli.times import age_from
from dedup.errors import InputError
from dedup.intake.report import Report
from dedup.model import RecordError

if TYPE_CHECKING:
    from dedup.engine import Index
    from dedup.model import Article
    from dedup.read.web import Fetcher

IN_MEMORY = ":memory:"
RECORDS_UNREADABLE = 3


def open_index(
    path: str,
    settings: Path | None = None,
    lock_timeout: float = 5.0,
    *,
    create: bool = False,
    window: str | None = None,
    no_text: bool = False,
) -> Index:
    """The index at `path`, which must exist unless it may be created; `window` is an age such as 30d.

    With `no_text` it must be one that keeps no texts.
    """
    if not path:
        raise typer.BadParameter("the path of the index is empty")
    import dedup

    return dedup.open(
        path,
        settings=settings_from(settings),
        create=create,
        lock_timeout=lock_timeout,
        window=age_from(window, "--window") if window else None,
        texts=False if no_text else None,
    )


def tell_if_new(index: Index) -> None:
    """Say that an index is made: where there was one before, it is lost, and nobody looks at the counts."""
    if index.is_new:
        message(f"{index.path}: a new index")


def tell_settings(index: Index, settings: Path | None) -> None:
    """Say that other settings change nothing in what an index has judged, and how to judge it again."""
    if differing := index.judged_otherwise():
        again = judge_again(index, str(settings) if settings else None)
        began = f"{index.path} began with {'; '.join(differing)}"
        message(f"{began}: what it has judged stays; to judge all anew: {again}")


def judge_again(index: Index, settings: str | None) -> str:
    """The command that judges the articles of an index anew, by a settings file, in another index."""
    source = shlex.quote(f"sqlite:{index.path}") if index.keeps_texts else "INPUT..."
    return f"dedup add {source} --index NEW.db" + (f" --settings {shlex.quote(settings)}" if settings else "")


def fetcher_if(fetch: bool) -> Fetcher | None:
    """What gets inputs that are addresses on the web, if they are to be got."""
    if not fetch:
        return None
    from dedup.read.web import Fetcher

    return Fetcher()


def add_inputs(
    index: Index,
    inputs: Sequence[str],
    fields: dict[str, str],
    encoding: str | None,
    *,
    fetch: bool,
    strict: bool,
    quiet: bool,
    files: Mapping[str, Any],
) -> Report:
    """Read the inputs into the index. Ctrl-C says what was done; what was committed is kept.

    `files` are the options of Index.add_files about them.
    """
    with progress(inputs, quiet=quiet) as seen:
        try:
            return index.add_files(
                inputs, fields=fields, encoding=encoding, fetch=fetch,
                progress=seen.done, watch=seen.watch, strict=strict, **files,
            )  # fmt: skip
        except KeyboardInterrupt as error:
            done = f"interrupted after {seen.read:,} records were read"
            kept = (
                "nothing is kept, for there was no --index"
                if index.path == IN_MEMORY
                else f"{seen.stored:,} of them are stored in {index.path}, beside what it had"
            )
            raise Interrupted(f"{done}; {kept}", status_of(error)) from None


def single_article(path: str, fields: dict[str, str], encoding: str | None = None) -> Article:
    """The only article of a file; a remark where its encoding was guessed, or its date is none."""
    from dedup.read import read

    found = []
    for record in read([path], fields=fields, encoding=encoding):
        if isinstance(record, RecordError):
            raise InputError(str(record))
        found.append(record)
        if len(found) > 1:
            raise typer.BadParameter(f"{path} holds several articles; give a file that holds one")
    if not found:
        raise InputError(f"{path}: no article in it")
    doubts = Report()
    doubts.saw(found[0])
    tell_doubts(doubts)
    return found[0]
