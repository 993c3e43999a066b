"""The command line, assembled: one file a command, each of which parses, calls the engine and prints."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from typer.core import TyperGroup

COMMANDS = (
    "run", "add", "groups", "show", "compare", "check", "filter", "explain", "report", "export", "info",
    "changes", "boilerplate", "remove", "prune", "compact", "backup", "evaluate", "calibrate", "spark",
    "prepare",
)  # fmt: skip
HELP = "Find near-duplicate and syndicated news articles, group them, and show the passages they share."
EPILOG = (
    "Exit status: 0 done (check: new); 1 check: duplicate or related; 2 usage; 3 done, but some "
    "records could not be read; 4 the index cannot be used, or an output cannot be written; 129 hung up, "
    "130 interrupted, 141 the output was closed, 143 terminated."
)


def command_line(arguments: Sequence[str]) -> TyperGroup:
    """The command that the arguments begin with, or all of them: each takes some 4 ms to make."""
    app = typer.Typer(
        name="dedup",
        help=HELP,
        epilog=EPILOG,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options)
    for name in [name for name in arguments[:1] if name in COMMANDS] or COMMANDS:
        app.command()(getattr(import_module(f"dedup.cli.{name}"), name))
    return typer.main.get_group(app)


def _version(asked: bool) -> None:
    if asked:
        from dedup import __version__

        typer.echo(f"dedup {__version__}")
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass
