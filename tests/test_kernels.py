"""Compiled kernels: later processes load them without numba, unless what they depend on has changed."""

import logging
import resource
import shutil
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from importlib.util import cache_from_source
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from commands import environment

import dedup
from dedup import kernels
from dedup.kernels import Kernel, kernel
from dedup.model import Article
from dedup.preparing import prepare
from dedup.read import read
from dedup.report.html import gather
from dedup.sketch import stem_kernel

CALLED = """
from dedup.kernels import kernel

FACTOR = 2

@kernel
def doubled(x):
    return x * FACTOR
"""
CALLER = """
import numpy as np

from called import doubled
from dedup.kernels import kernel

@kernel
def sums(values, more):
    \"\"\"Of a column of doubled values.\"\"\"
    if values.shape[0] == 0:
        raise ValueError("no values")
    out = np.empty(values.shape[0], values.dtype)
    for i in range(values.shape[0]):
        out[i] = doubled(values[i]) + more[1]
    return out, out.sum()
"""
MAIN = """
import sys
import numpy as np
from caller import sums

print(sums(np.arange(3), (0, 10)), sums(np.arange(6.0)[::2], (0, 10)))
try:
    sums(np.arange(0), (0, 10))
except ValueError as error:
    print(error)
print("numba" in sys.modules)
if len(sys.argv) > 1:
    import numba
    print(numba.njit(lambda x: np.arange(x))(3), sums(np.arange(3, dtype=np.uint8), (0, 10))[1])
"""


def written(folder: Path) -> Path:
    (folder / "called.py").write_text(CALLED)
    (folder / "caller.py").write_text(CALLER)
    (folder / "main.py").write_text(MAIN)
    return folder


@pytest.fixture
def folder(tmp_path):
    return written(tmp_path)


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A folder in which a process has run, and what that printed."""
    folder = written(tmp_path_factory.mktemp("first"))
    return folder, run(folder)


@pytest.fixture
def compiled(ran, tmp_path):
    """A copy of it."""
    return shutil.copytree(ran[0], tmp_path / "compiled")


def run(folder: Path, *arguments: str, told: str = "", **variables: str) -> list[str]:
    around = environment() | variables
    done = subprocess.run(
        [sys.executable, "-W", "error", "main.py", *arguments],
        capture_output=True, text=True, cwd=folder, env=around, check=False,
    )  # fmt: skip
    assert done.stderr.split(",")[0] == told
    return done.stdout.splitlines()


FOUND = ["(array([10, 12, 14]), 36) (array([10., 14., 18.]), 42.0)", "no values"]


def test_the_second_process_does_without_numba(ran):
    folder, printed = ran
    assert printed == [*FOUND, "True"]
    assert run(folder) == [*FOUND, "False"]


def test_numba_can_join_in_later(compiled):
    assert run(compiled, "more") == [*FOUND, "False", "[0 1 2] 36"]


def test_a_change_of_what_a_kernel_calls_or_of_a_constant_is_noticed(compiled):
    (compiled / "called.py").write_text(CALLED.replace("x * FACTOR", "x * FACTOR * 10"))
    assert run(compiled)[0].startswith("(array([10, 30, 50]), 90)")
    (compiled / "called.py").write_text(CALLED.replace("FACTOR = 2", "FACTOR = 3"))
    assert run(compiled)[0].startswith("(array([10, 13, 16]), 39)")
    kept = list((compiled / "__pycache__").glob("caller.sums-*"))
    assert len(kept) == 2, "one for each combination of types: what an older source left is gone"


def test_only_what_changes_the_code_of_numbas_settings_makes_it_anew(compiled, tmp_path):
    others = {
        "NUMBA_CACHE_DIR": str(tmp_path), "NUMBA_NUM_THREADS": "1", "NUMBA_DISABLE_PERFORMANCE_WARNINGS": "1"
    }  # fmt: skip
    assert run(compiled, **others) == [*FOUND, "False"]
    for setting in ({"NUMBA_OPT": "1"}, {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}):
        assert run(compiled, **setting) == [*FOUND, "True"]
        assert run(compiled, **others, **setting) == [*FOUND, "False"]


def test_a_damaged_file_is_made_anew(compiled):
    for damage in (lambda data: data[:-100], lambda data: data[:50] + b"x" + data[51:], lambda _: b""):
        for path in (compiled / "__pycache__").glob("*.kernel"):
            path.write_bytes(damage(path.read_bytes()))
        assert run(compiled) == [*FOUND, "True"]
        assert run(compiled) == [*FOUND, "False"]


def test_where_the_folder_cannot_be_written_the_cache_of_the_user_serves(folder, tmp_path):
    (folder / "__pycache__").write_text("in the way")
    cache = tmp_path / "cache"
    assert run(folder, XDG_CACHE_HOME=str(cache)) == [*FOUND, "True"]
    assert run(folder, XDG_CACHE_HOME=str(cache)) == [*FOUND, "False"]
    assert len(list(cache.rglob("*.kernel"))) == 2


def test_a_package_in_a_zip_is_compiled_once_wherever_it_lies(folder, tmp_path):
    cache = tmp_path / "cache"
    told = []
    for place in (tmp_path / "first", tmp_path / "second"):
        place.mkdir()
        (place / "main.py").write_text(
            f"import sys\nsys.path.insert(0, {str(place / 'package.zip')!r})\n{MAIN}"
        )
        with zipfile.ZipFile(place / "package.zip", "w") as package:
            package.writestr("called.py", CALLED)
            package.writestr("caller.py", CALLER)
        told.append(run(place, XDG_CACHE_HOME=str(cache)))
    assert told == [[*FOUND, "True"], [*FOUND, "False"]]


def test_where_nothing_can_be_written_it_still_works(folder):
    (folder / "__pycache__").write_text("in the way")
    (folder / "cache").write_text("in the way, too")
    told = "what is compiled cannot be kept"
    assert run(folder, told=told, XDG_CACHE_HOME=str(folder / "cache")) == [*FOUND, "True"]


class Named(NamedTuple):
    """Of which a field may be whole or not."""

    value: float


@kernel
def first(values):
    """The first of the values."""
    return values[0]


@pytest.mark.parametrize(
    "values",
    [
        np.array([7, 1]), np.array([7, 1], np.uint8), np.array([7.5, 1]), np.array([7, 1, 2, 3])[::2],
        np.frombuffer(b"\x07\x08", np.uint8), (7, 8), (7.5, 8), np.array([True]),
        Named(7), Named(7.5),
    ],
)  # fmt: skip
def test_each_type_of_argument_has_code_of_its_own(values):
    for made in (first, Kernel(first.__wrapped__)):
        assert made(values) == values[0]


def test_many_threads_may_be_the_first():
    for _ in range(20):
        made = Kernel(first.__wrapped__)
        values = np.arange(5, 9, dtype=np.int16)
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(lambda _, made=made, values=values: made(values), range(64))) == [5] * 64


def test_that_kernels_are_compiled_and_cannot_be_kept_is_logged_once(caplog, monkeypatch):
    monkeypatch.setattr(kernels, "unkept", set())
    kernels._tell.cache_clear()
    kernels._tell_unkept.cache_clear()
    caplog.set_level(logging.INFO, "dedup")
    for one in (kernel(lambda x: x + 1), kernel(lambda x: x + 2)):
        one._folders = list
        one(1)
    told = [(record.levelname, record.message.split(" for ")[0].split(",")[0]) for record in caplog.records]
    assert told == [("INFO", "compiling"), ("WARNING", "what is compiled cannot be kept")]


def test_kernels_that_cannot_be_kept_are_not_prepared(monkeypatch):
    monkeypatch.setattr(kernels, "unkept", set())
    one = kernel(lambda x: x + 3)
    one._folders = list
    assert one(1) == 4
    with pytest.raises(OSError, match="cannot be kept"):
        prepare()


def test_nothing_is_left_to_compile_when_all_was_prepared(tmp_path, monkeypatch):
    """By the kernels that are called, and for which types: to compile them all would take a minute.

    Of byte code neither, though Python is told to write none.
    """
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setattr("dedup.preparing.__file__", str(tmp_path / "preparing.py"))
    (tmp_path / "module.py").write_text("x = 1")
    called = set()
    call = Kernel.__call__

    def seen(self, *arguments):
        called.add((self.__module__, self.__name__, *map(kernels._type_of, arguments)))
        return call(self, *arguments)

    monkeypatch.setattr(Kernel, "__call__", seen)
    prepare()
    assert Path(cache_from_source(str(tmp_path / "module.py"))).exists()
    prepared = set(called)
    called.clear()
    name = str(tmp_path / "news.db")
    articles = Path(__file__).parents[1] / "fixtures" / "articles"
    with dedup.open(name) as index:
        index.add_files([str(articles)])
    with dedup.open(name) as index:
        fresh = [replace(a, id=f"{a.id}-again") for a in read([str(articles)]) if isinstance(a, Article)]
        index.check(fresh[0])
        assert {verdict.verdict for _, verdict in index.filter(fresh, batch=5)} == {"duplicate"}
        first = next(index.groups())
        index.explain(*first.articles[:2])
        gather(index.groups(), index.articles)
        index.prune(timedelta(0))
        index.compact()
    assert len(called) > 20
    assert called <= prepared


def test_an_array_of_one_row_is_compiled_for_like_one_of_several():
    @kernel
    def total(rows):
        return rows.sum()

    assert [total(np.ones((count, 3))) for count in (1, 2, 3)] == [3.0, 6.0, 9.0]
    assert len(total._compiled) == 1
    assert total(np.ones((3, 2)).T) == 6.0
    assert len(total._compiled) == 2


def test_a_user_without_a_home_folder_has_the_kernels_beside_their_source(monkeypatch):
    def homeless(_: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "expanduser", homeless)
    assert [folder.name for folder in stem_kernel.content_words._folders()] == ["__pycache__"]


def test_what_one_user_compiles_others_may_read(tmp_path):
    stem_kernel.content_words._keep(tmp_path, "a.b-1-2.kernel", b"code")
    assert (tmp_path / "a.b-1-2.kernel").stat().st_mode & 0o444 == 0o444


def test_nothing_is_left_of_what_cannot_be_kept_for_want_of_room(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            stem_kernel.content_words._keep(tmp_path, "a.b-1-2.kernel", b"code" * 10)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []
