"""The public names stay what they are, whatever has been imported."""

import ast
import re
import subprocess
import sys
from dataclasses import fields, is_dataclass
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from commands import environment

import dedup
from dedup import Settings, errors, model
from dedup.__main__ import INTERRUPTED
from dedup.cli import app
from dedup.cli.ending import CLOSED_PIPE
from dedup.cli.stopping import ENDING


@pytest.mark.parametrize(
    "before",
    [
        "",
        "import dedup.engine",
        "import dedup.comparison",
        "from dedup.comparison import differences",
        "dedup.open",
    ],
)
def test_compare_is_the_function_whatever_was_imported(before):
    code = f"import dedup\n{before}\nprint(dedup.compare('one', 'two'), dedup.compare('one', 'two'))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=False
    )
    assert done.stderr == ""
    assert done.stdout == "None None\n"


def test_every_public_name_is_seen_before_it_is_loaded_and_loads_nothing_before_it_is_used():
    code = (
        "import sys, dedup\n"
        "assert {*dedup.__all__} <= {*dir(dedup)}\n"
        "print(*(name for name in sys.modules if name.split('.')[0] in ('dedup', 'numpy')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True
    )
    assert done.stdout == "dedup\n"
    assert {name: getattr(dedup, name).__name__ for name in dedup.__all__} == {
        name: name for name in dedup.__all__
    }
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        dedup.nothing  # noqa: B018


def test_the_classes_of_all_that_is_given_and_raised_can_be_had_from_dedup():
    raised = {name for name, each in vars(errors).items() if isinstance(each, type)}
    given = {name for name, each in vars(model).items() if is_dataclass(each)}
    assert {*raised, *given, "Comparison", "Explanation", "Uncounted"} <= {*dedup.__all__}
    for name in raised:
        assert getattr(dedup, name) is getattr(errors, name)


def test_readme_and_the_help_have_every_exit_status():
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    table = readme.split("| exit status | |\n", 1)[1].split("\n\n", 1)[0]
    statuses = {error.exit_status for error in vars(errors).values() if hasattr(error, "exit_status")}
    statuses |= {0, 1, 2, INTERRUPTED, CLOSED_PIPE, *(128 + number for number in ENDING)}
    for status in statuses:
        assert f"| {status} |" in table
        assert re.search(rf"\b{status} [a-z]", app.info.epilog)


@pytest.mark.parametrize("setting", fields(Settings), ids=lambda setting: setting.name)
def test_readme_names_each_setting_with_its_default(setting):
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    table = readme.split("## Settings\n", 1)[1].split("\n## ", 1)[0]
    first = f"`{setting.name}` {setting.default}"
    assert f"{first}," in table or f"{first} |" in table


def imported(path):
    """The modules of dedup that a file imports when it runs, at its head or inside a function."""
    names = set()
    pending = [ast.parse(path.read_text(encoding="utf-8"))]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
        pending += ast.iter_child_nodes(node)
    return names


def room_of(module: str) -> str:
    return ".".join(module.split(".")[:2])


def test_no_modules_or_rooms_import_each_other_in_a_circle():
    root = Path(__file__).parents[1]
    paths = {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted(root.glob("dedup/**/*.py"))
    }
    graph = {}
    for module, path in paths.items():
        found = imported(path) & paths.keys()
        # a package named beside one of its modules is only where that is found
        graph[module] = {one for one in found if not any(other.startswith(f"{one}.") for other in found)} - {
            module
        }
    TopologicalSorter(graph).prepare()  # raises CycleError
    rooms: dict[str, set[str]] = {}
    for module, found in graph.items():
        rooms.setdefault(room_of(module), set()).update(map(room_of, found))
    TopologicalSorter({room: found - {room} for room, found in rooms.items()}).prepare()
