"""dedup spark: everything at once, on Apache Spark."""

from __future__ import annotations

from typing import Annotated

import typer

from dedup.cli.options import (
    FieldNames,
    Quiet,
    SettingsPath,
    TextOrJson,
    fields_from,
    settings_from,
    values_from,
)
from dedup.cli.streams import emit, message, tell_errors, tell_more_errors
from dedup.cli.work import RECORDS_UNREADABLE

Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT... OUTPUT",
        help="Files, folders, patterns, table:NAME, wherever Spark reads them; a folder for the results.",
        show_default=False,
    ),
]
Master = Annotated[
    str | None,
    typer.Option(
        "--master", metavar="URL", help="Where Spark runs, such as local[4] or yarn.", show_default="local[*]"
    ),
]
Conf = Annotated[
    list[str] | None,
    typer.Option("--conf", metavar="NAME=VALUE", help="A setting of Spark. Repeatable.", show_default=False),
]
Day = Annotated[
    str | None,
    typer.Option(
        "--day", metavar="DAY", help="Add the input as this day, after those before.", show_default=False
    ),
]
Window = Annotated[
    int | None,
    typer.Option(
        "--window", metavar="N", min=0, help="Compare with the last N days only.", show_default="all days"
    ),
]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Make anew what is there: all, or with --day the last day.")
]
NewIndex = Annotated[
    str | None,
    typer.Option(
        "--index", metavar="FILE", help="Also make an index, for the other commands.", show_default=False
    ),
]
Estimate = Annotated[
    float | None,
    typer.Option(
        "--estimate",
        metavar="N",
        min=1,
        help="Run nothing: from the last run in OUTPUT, tell what N articles would take.",
        show_default=False,
    ),
]


def spark(
    paths: Paths,
    master: Master = None,
    conf: Conf = None,
    day: Day = None,
    window: Window = None,
    overwrite: Overwrite = False,
    index: NewIndex = None,
    estimate: Estimate = None,
    settings: SettingsPath = None,
    field: FieldNames = None,
    format: TextOrJson = TextOrJson.TEXT,
    quiet: Quiet = False,
) -> None:
    """Find matches and groups with Apache Spark, as Parquet in OUTPUT; run again, and it goes on.

    Needs dedup[spark] and Java 17. The results are those of `dedup run`.
    """
    *inputs, output = paths
    if estimate is not None:
        from dedup.spark.estimate import plan

        typer.echo(plan(output, estimate))
        return
    if not inputs:
        raise typer.BadParameter("give at least one INPUT, and then the OUTPUT")
    from dedup.spark.options import ALL, Options
    from dedup.spark.run import run

    if day is not None and (not day or not all(c.isalnum() or c in "-_." for c in day)):
        raise typer.BadParameter(
            "a day is letters, digits, '-', '_' and '.', such as 2024-03-11", param_hint="--day"
        )
    options = Options(
        inputs=inputs,
        output=output,
        day=day or ALL,
        fields=fields_from(field),
        settings=settings_from(settings),
        overwrite=overwrite,
        window=window,
    )
    named = values_from(conf, "NAME=VALUE, such as spark.driver.memory=4g", empty=True)
    outcome = run(options, master=master, conf=named, index=index, tell=_silent if quiet else message)
    tell_errors(outcome.errors)
    tell_more_errors(outcome.more_errors)
    if format is TextOrJson.JSON:
        from dedup.report import json

        emit(json.printed(json.spark_object(outcome, output)))
    else:
        typer.echo(
            f"{outcome.articles:,} articles: {outcome.added:,} added, {outcome.unchanged:,} unchanged\n"
            f"{outcome.matches:,} matches of {outcome.candidates:,} candidates; {outcome.groups:,} groups\n"
            f"{output.rstrip('/')}/groups"
        )
    if outcome.errors:
        raise typer.Exit(RECORDS_UNREADABLE)


def _silent(_: str) -> None:
    """Tell nothing."""
