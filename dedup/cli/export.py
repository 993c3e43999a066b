"""dedup export: groups, articles, matches and passages for other tools."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from dedup.cli.files import refuse
from dedup.cli.options import DEFAULT_INDEX, IndexPath, LockTimeout, Quiet, SettingsPath
from dedup.cli.progress import following
from dedup.cli.streams import message
from dedup.cli.work import open_index
from dedup.whole_file import whole

if TYPE_CHECKING:
    from dedup.engine import Index


class Table(StrEnum):
    """What is exported."""

    GROUPS = "groups"
    ARTICLES = "articles"
    MATCHES = "matches"
    PASSAGES = "passages"


class ExportFormat(StrEnum):
    """How it is written."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"
    GRAPHML = "graphml"


Tables = Annotated[
    list[Table] | None,
    typer.Argument(metavar="[TABLE]...", help="groups, articles, matches or passages; all four unless told."),
]
Output = Annotated[
    str,
    typer.Option(
        "--output",
        "-o",
        metavar="PATH",
        help="A folder for several tables, a file for one or a graph; - for stdout.",
    ),
]
Kind = Annotated[
    ExportFormat | None,
    typer.Option(
        "--format",
        help="How to write; unless told, as the ending of PATH says, or csv where it has none.",
        show_default=False,
    ),
]


def export(
    tables: Tables = None,
    output: Output = "-",
    format: Kind = None,
    index: IndexPath = DEFAULT_INDEX,
    settings: SettingsPath = None,
    quiet: Quiet = False,
    lock_timeout: LockTimeout = 5.0,
) -> None:
    """Export groups and their articles, matches and passages as tables, or as a graph for Gephi.

    One table goes to stdout or a file, several to a folder, one file each. In CSV a text that a spreadsheet
    would run as a formula begins with an apostrophe; JSON lines and Parquet hold it as it is.
    """
    chosen = list(dict.fromkeys(tables or Table))
    ending = Path(output).suffix.lower().removeprefix(".")
    kind = format or (ExportFormat(ending) if ending in list(ExportFormat) else ExportFormat.CSV)
    if kind is ExportFormat.GRAPHML and tables:
        raise typer.BadParameter("a graph holds articles and matches, not a table", param_hint="TABLE")
    many = kind is not ExportFormat.GRAPHML and (len(chosen) > 1 or (output != "-" and Path(output).is_dir()))
    if many and output == "-":
        raise typer.BadParameter("several tables need a folder: --output FOLDER", param_hint="--output")
    if output != "-":
        refuse(Path(output), "--output", folder=many)
    if format is None and ending not in ("", kind) and not many:
        known = ", ".join(f".{each}" for each in ExportFormat)
        reason = f"no format ends in .{ending} (those: {known}); to write one all the same, give --format"
        raise typer.BadParameter(reason, param_hint="--output")
    with open_index(index, settings, lock_timeout) as opened, opened.reading():
        if many:
            Path(output).mkdir(exist_ok=True)
            paths = {table: Path(output) / f"{table.value}.{kind.value}" for table in chosen}
            for path in paths.values():
                refuse(path, "--output")
            with contextlib.ExitStack() as stack:
                files = {table.value: stack.enter_context(whole(path)) for table, path in paths.items()}
                _tables(opened, files, kind, quiet=quiet)
            return
        with _stdout() if output == "-" else whole(Path(output)) as file:
            if kind is ExportFormat.GRAPHML:
                _graph(opened, file)
            else:
                _tables(opened, {chosen[0].value: file}, kind, quiet=quiet)


@contextlib.contextmanager
def _stdout() -> Iterator[BinaryIO]:
    sys.stdout.flush()
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()


def _tables(index: Index, files: dict[str, BinaryIO], kind: ExportFormat, *, quiet: bool) -> None:
    from dedup.report.export import export as write

    with following(index, quiet=quiet) as progress:
        across = () if {Table.MATCHES, Table.PASSAGES}.isdisjoint(files) else index.across()
        gone = write(index.groups(), index.articles, files, kind.value, progress, across=across)
    if gone and not quiet:
        message(f"of {gone:,} of the articles the texts are not kept and gone: they are told without")


def _graph(index: Index, file: BinaryIO) -> None:
    from dedup.report.export import graphml

    file.writelines(piece.encode() for piece in graphml(index.groups(), index.articles, index.across()))
