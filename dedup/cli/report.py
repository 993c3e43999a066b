"""dedup report: the groups of an index as a page to look at."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dedup.cli.files import refuse
from dedup.cli.options import DEFAULT_INDEX, IndexPath, LockTimeout, Quiet, SettingsPath
from dedup.cli.progress import following
from dedup.cli.streams import message
from dedup.cli.work import open_index
from dedup.model import Relation
from dedup.whole_file import whole

if TYPE_CHECKING:
    from dedup.engine import Index
    from dedup.report.html import Gathered

LARGE = 20_000_000
"""Characters of a page from which a folder of pages opens faster."""

Output = Annotated[
    Path,
    typer.Option("--output", "-o", metavar="FILE", help="The page; - for stdout; with --split a folder."),
]
Title = Annotated[str, typer.Option("--title", metavar="TEXT", help="What stands above the report.")]
Split = Annotated[bool, typer.Option("--split", help="Write a folder of pages that begins with index.html.")]
Least = Annotated[
    int, typer.Option("--min-articles", metavar="N", min=2, help="Leave out groups of fewer articles.")
]


StoriesOnly = Annotated[
    bool,
    typer.Option(
        "--stories-only",
        help="Leave out sets that share only a quotation or a form, or parts of several stories.",
    ),
]


def report(
    output: Output = Path("report.html"),
    index: IndexPath = DEFAULT_INDEX,
    title: Title = "Shared stories",
    split: Split = False,
    min_articles: Least = 2,
    stories_only: StoriesOnly = False,
    settings: SettingsPath = None,
    quiet: Quiet = False,
    lock_timeout: LockTimeout = 5.0,
) -> None:
    """Write the groups of an index as one HTML page that needs no network and can be mailed.

    It shows who published which story when, and what each version kept, reworded, left out and added.
    """
    if str(output) == "-" and split:
        raise typer.BadParameter("a folder cannot go to stdout", param_hint="--split")
    if str(output) != "-":
        refuse(output, "--output", folder=split, instead=", or --split")
    with (
        open_index(index, settings, lock_timeout) as opened,
        opened.reading(),
        following(opened, quiet=quiet) as progress,
    ):
        gathered = _gathered(opened, progress, min_articles, stories_only=stories_only)
    if split:
        size = _write_folder(output, gathered, title)
    else:
        from dedup.report.html import build

        page = build(gathered, title=title)
        size = len(page)
        if str(output) == "-":
            sys.stdout.flush()
            sys.stdout.buffer.write(page.encode())
            return
        _write(output, page)
    if not quiet:
        stories = "1 story" if gathered.stories == 1 else f"{gathered.stories:,} stories"
        message(f"{output}: {stories} in {gathered.articles:,} versions, {size / 1e6:.1f} MB")
        if gathered.gone:
            message(f"of {gathered.gone:,} of these the texts are not kept and gone: they are shown without")
        if not split and size > LARGE:
            message("the page is large; --split writes a folder of smaller ones")


def _gathered(
    opened: Index, progress: Callable[[int], None] | None, min_articles: int, *, stories_only: bool
) -> Gathered:
    """What is shown of an index: groups of so many articles, and, if asked for, what else they share."""
    from dedup.report.html import gather

    relations = [] if stories_only else [relation for relation in Relation if not relation.joins]
    alike = (found for relation in relations for found in opened.alike(relation))
    return gather(
        (group for group in opened.groups() if len(group.articles) >= min_articles),
        opened.articles,
        progress,
        (found for found in alike if len(found.articles) >= min_articles),
        opened.boilerplate_in_each,
        across=() if stories_only else opened.across(alone=True),
        ties=opened.ties,
    )


def _write_folder(output: Path, gathered: Gathered, title: str) -> int:
    """Write a folder of pages, and remove what an earlier report left in it; their size in characters."""
    from dedup.report.html import build_folder

    pages = build_folder(gathered, title=title)
    output.mkdir(exist_ok=True)
    for name, page in sorted(pages.items(), reverse=True):
        _write(output / name, page)
    for old in output.glob("stories-*.html"):
        if old.name not in pages and _is_part(old):
            old.unlink()
    return sum(map(len, pages.values()))


def _is_part(path: Path) -> bool:
    """Whether a page is one of a report, as one of more pages left it."""
    from dedup.read.html_page import is_report

    with path.open("rb") as page:
        return is_report(page.read(4096))


def _write(path: Path, page: str) -> None:
    with whole(path) as file:
        file.write(page.encode())
