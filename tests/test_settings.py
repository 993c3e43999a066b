"""Settings are checked wherever they come from, and every mistake is named at once."""

from dataclasses import replace

import numpy as np
import pytest

import dedup
from dedup.errors import SettingsError
from dedup.settings import Settings


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"window": -9}, "settings: window must be from 1 to 64, not -9"),
        ({"match_weight": "x"}, "settings: match_weight must be a number, not 'x'"),
        ({"shingle": 0}, "settings: shingle must be from 1 to 32, not 0"),
        ({"shingle": 5.0}, "settings: shingle must be a whole number, not 5.0"),
        ({"excerpt": True}, "settings: excerpt must be a number, not True"),
        ({"excerpt": float("nan")}, "settings: excerpt must be from 0 to 1, not nan"),
        ({"seed": np.int64(1)}, f"settings: seed must be a whole number, not {np.int64(1)!r}"),
        (
            {"window": 0, "excerpt": 2},
            "settings: window must be from 1 to 64, not 0; excerpt must be from 0 to 1, not 2",
        ),
    ],
)
def test_settings_are_checked_in_python_as_from_a_file(values, said):
    for made in (lambda: Settings(**values), lambda: replace(Settings(), **values)):
        with pytest.raises(SettingsError) as told:
            made()
        assert str(told.value) == said
    with pytest.raises(SettingsError) as told:
        Settings.from_mapping(values)
    assert str(told.value) == said


def test_a_mistake_in_the_settings_makes_no_index(tmp_path):
    with pytest.raises(SettingsError, match="window"):
        dedup.open(tmp_path / "b.db", settings=Settings(window=-9))
    assert not list(tmp_path.iterdir())


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path):
    path = tmp_path / "my.toml"
    path.write_text("match_weight = 7.5\n", encoding="utf-8-sig")
    assert Settings.from_toml(path).match_weight == 7.5


def test_all_mistakes_of_a_file_are_named_with_it(tmp_path):
    path = tmp_path / "my.toml"
    path.write_text("windows = 3\nwindow = 0\nexcerpt = 'x'\n")
    with pytest.raises(SettingsError) as told:
        Settings.from_toml(path)
    assert str(told.value) == (
        f"{path}: windows is not a setting; window must be from 1 to 64, not 0;"
        " excerpt must be a number, not 'x'"
    )
