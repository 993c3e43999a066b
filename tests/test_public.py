"""The public names stay what they are, whatever has been imported."""

import ast
import json
import re
import subprocess
import sys
from dataclasses import fields, is_dataclass
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from commands import environment

import dedup
from dedup import ChangeKind, Relation, Ruling, Settings, VerdictKind, errors, model
from dedup.__main__ import INTERRUPTED
from dedup.cli import EPILOG
from dedup.cli.ending import CLOSED_PIPE
from dedup.cli.stopping import ENDING
from dedup.report import json as json_of


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


@pytest.mark.parametrize("kind", [Relation, VerdictKind, ChangeKind, Ruling])
def test_what_has_a_few_values_is_a_string_that_is_one_of_them(kind):
    assert all(each == each.value == str(each) == kind(each.value) for each in kind)
    assert json.loads(json.dumps([*kind])) == [each.value for each in kind]


def test_what_an_index_tells_has_these_kinds(tmp_path):
    with dedup.open(tmp_path / "i.db") as index:
        index.mark_lines("A line that every paper has.")
        index.add(dedup.Article(name, "The council will close the night ferry.") for name in "ab")
        verdict = index.check({"id": "c", "text": "Something else."})
        assert verdict.verdict is VerdictKind.NEW
        assert [change.change for change in index.changes()] == [ChangeKind.CREATED]
        assert all(isinstance(change.change, ChangeKind) for change in index.changes())
        [line] = index.boilerplate()
        assert line.ruling is Ruling.MARK
        assert index.keep_line(line.id).ruling is Ruling.KEEP
        assert index.verify() == []
        told = [
            json_of.change_object(*index.changes())["change"],
            json_of.line_object(line)["ruling"],
            json_of.verdict_object("c", verdict)["verdict"],
        ]
        assert [*map(type, told)] == [str, str, str]
        index._store._db.execute("UPDATE boilerplate SET ruling = 'forget'")
        assert index.verify() == ["1 lines of sources that cannot be read"]
        with pytest.raises(errors.IndexDamaged):
            index.boilerplate()


def test_readme_and_the_help_have_every_exit_status():
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    table = readme.split("| exit status | |\n", 1)[1].split("\n\n", 1)[0]
    statuses = {error.exit_status for error in vars(errors).values() if hasattr(error, "exit_status")}
    statuses |= {0, 1, 2, INTERRUPTED, CLOSED_PIPE, *(128 + number for number in ENDING)}
    for status in statuses:
        assert f"| {status} |" in table
        assert re.search(rf"\b{status} [a-z]", EPILOG)


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
