"""The state of an output, run.json: what a run finds there, and whether it may go on."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from dedup.errors import OutputDamaged, OutputExists
from dedup.settings import DEFAULTS
from dedup.spark.options import ALL, STAGES, Options
from dedup.spark.storage import Storage, damaged

SCHEMA = 9
"""Changes with what is written, and with the tables that keys are made of."""


def begin(
    options: Options, storage: Storage, output: str, seen: list[list[object]], splits: int
) -> dict[str, Any]:
    """Make sure that the output is ours; its state, whose last day is that of this run.

    `seen` tells the input apart from another, `splits` is how many pieces it is read in. Raises OutputExists
    or OutputDamaged.
    """
    state = _found(options, storage, output)
    if state is None and storage.exists(output):
        if not storage.is_folder(output):
            raise OutputExists(f"{output}: there is a file of this name")
        if set(storage.names(output)) - {"input"}:
            raise OutputExists(f"{output}: not an output of dedup spark; name another folder")
    if state is not None and state.get("schema") != SCHEMA:
        raise OutputExists(f"{output}: written by another version of dedup; name another folder")
    settings = asdict(options.settings or DEFAULTS)
    if state is not None and options.overwrite:
        _forget(state, options, storage, output)
    state = state or {"schema": SCHEMA, "settings": settings, "days": []}
    if not state["days"]:
        state["settings"] = settings
    changed = [name for name in settings if settings[name] != state["settings"].get(name)]
    if changed and options.settings is not None:
        raise OutputExists(
            f"{output}: made with another {', '.join(changed)}; use those settings, or --overwrite"
        )
    day = next((day for day in state["days"] if day["day"] == options.day), None)
    if day is None:
        _add_day(state, options, output, seen, splits)
    elif day.get("complete"):
        raise OutputExists(f"{output}: {_named(options.day)} is there already; --overwrite makes it anew")
    elif day["input"] != seen:
        raise OutputExists(f"{output}: begun with another input; --overwrite begins anew")
    return state


def _found(options: Options, storage: Storage, output: str) -> dict[str, Any] | None:
    """The state that is there, if any; one that is damaged is forgotten where all is to be made anew."""
    try:
        return whole(storage.get(f"{output}/run.json"), f"{output}/run.json")
    except OutputDamaged:
        made = {*STAGES, "steps", "run.json", "run.json.partial"}
        if not options.overwrite or options.day != ALL or set(storage.names(output)) - {*made, "input"}:
            raise
    for name in made:
        storage.remove(f"{output}/{name}")
    return None


def whole(state: Any, name: str) -> dict[str, Any] | None:
    """The state, if it is one: of this version with all its parts, or of another. Raises OutputDamaged."""
    if state is None:
        return None
    if not isinstance(state, dict) or "schema" not in state:
        raise damaged(name)
    days = state.get("days")
    parts = {"day", "input", "first", "splits", "stages"}
    if state["schema"] == SCHEMA and not (
        isinstance(state.get("settings"), dict)
        and isinstance(days, list)
        and all(isinstance(day, dict) and parts <= set(day) for day in days)
    ):
        raise damaged(name)
    return state


def _forget(state: dict[str, Any], options: Options, storage: Storage, output: str) -> None:
    """Remove what is to be made anew: everything, or the last day."""
    day = options.day
    days = [one["day"] for one in state["days"]]
    if day != ALL and day in days[:-1]:
        raise OutputExists(f"{output}: day {day} is not the last; only the last can be made anew")
    for stage in STAGES:
        storage.remove(f"{output}/{stage}" + ("" if day == ALL else f"/day={day}"))
    state["days"] = [] if day == ALL else [one for one in state["days"] if one["day"] != day]


def _add_day(
    state: dict[str, Any], options: Options, output: str, seen: list[list[object]], splits: int
) -> None:
    day, days = options.day, state["days"]
    if days:
        last = days[-1]
        if not last.get("complete"):
            raise OutputExists(f"{output}: {_named(last['day'])} is not done; run it first")
        if day == ALL:
            raise OutputExists(f"{output}: exists; --day adds to it, --overwrite makes it anew")
        if last["day"] != ALL and day < last["day"]:
            raise OutputExists(f"{output}: day {day} is before the last, {last['day']}; days go in order")
    first = 1 if not days else days[-1]["last"] + 1
    days.append({"day": day, "input": seen, "first": first, "splits": splits, "stages": {}})


def _named(day: str) -> str:
    return "the output" if day == ALL else f"day {day}"
