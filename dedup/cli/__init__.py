"""The command line, assembled: one file a command, each of which parses, calls the engine and prints."""

from __future__ import annotations

from typing import Annotated

import typer

from dedup.cli import (
    add,
    backup,
    boilerplate,
    calibrate,
    changes,
    check,
    compact,
    compare,
    evaluate,
    explain,
    export,
    filter,  # noqa: A004
    groups,
    info,
    prepare,
    prune,
    remove,
    report,
    run,
    show,
    spark,
)

app = typer.Typer(
    name="dedup",
    help="Find near-duplicate and syndicated news articles, group them, and show the passages they share.",
    epilog="Exit status: 0 done (check: new); 1 check: duplicate or related; 2 usage; 3 done, but some "
    "records could not be read; 4 the index cannot be used, or an output cannot be written; 129 hung up, "
    "130 interrupted, 141 the output was closed, 143 terminated.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        from dedup import __version__

        typer.echo(f"dedup {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


for module in (
    run,
    add,
    groups,
    show,
    compare,
    check,
    filter,
    explain,
    report,
    export,
    info,
    changes,
    boilerplate,
    remove,
    prune,
    compact,
    backup,
    evaluate,
    calibrate,
    spark,
    prepare,
):
    app.command()(getattr(module, module.__name__.rpartition(".")[2]))
