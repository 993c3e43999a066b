"""Regular expressions are compiled at their first use, and none of them has a mistake."""

import importlib
import pkgutil
import re

import pytest

import dedup
from dedup.patterns import _Pattern, pattern

NEEDING_MORE = ("dedup.spark", "dedup.sketch.make_tables", "dedup.__main__")


def every_pattern():
    for module in pkgutil.walk_packages(dedup.__path__, "dedup."):
        if not module.name.startswith(NEEDING_MORE):
            for name, value in vars(importlib.import_module(module.name)).items():
                for each in value if isinstance(value, tuple) else (value,):
                    if isinstance(each, _Pattern):
                        yield f"{module.name}.{name}", each


def test_all_of_them_compile():
    found = dict(every_pattern())
    assert len(found) > 80
    for each in found.values():
        assert each.fullmatch.__self__.pattern == each.pattern


def test_a_pattern_is_compiled_once_and_when_it_is_used():
    wrong = pattern("(")
    with pytest.raises(re.error):
        wrong.search("")
    word = pattern("[a-z]+", re.IGNORECASE)
    assert word.findall("One, two") == ["One", "two"]
    assert word.findall.__self__ is re.compile("[a-z]+", re.IGNORECASE)
    assert word.flags & re.IGNORECASE
