"""The frozen tables of the package are what their script makes."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest
from reference import TABLES
from test_sketch_folding import needs_its_unicode

from dedup.sketch import tables

SCRIPT = Path(__file__).parent.parent / "dedup" / "sketch" / "make_tables.py"


def test_the_tables_are_small() -> None:
    """They ride along in every wheel, and the file says what they are of."""
    assert TABLES.stat().st_size < 1_300_000
    assert (tables().version, tables().unicode) == (4, "14.0.0")


@needs_its_unicode
def test_the_script_makes_the_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("wordfreq", reason="frequencies come from it")
    made = tmp_path / "tables.npz"
    runpy.run_path(str(SCRIPT))["main"](made)
    assert capsys.readouterr().out.startswith("tables.npz: ")
    with np.load(made) as new, np.load(TABLES) as stored:
        assert sorted(new) == sorted(stored)
        for name in stored:
            assert np.array_equal(new[name], stored[name]), name
