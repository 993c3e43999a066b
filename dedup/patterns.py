"""Regular expressions that are compiled when they are first used: all of them take a tenth of a start."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class _Pattern:
    def __init__(self, expression: Any, flags: int) -> None:
        self._given = expression, flags
        self.pattern = expression

    def __getattr__(self, name: str) -> Any:
        value = getattr(re.compile(*self._given), name)
        setattr(self, name, value)  # the next time it is found at once
        return value


def pattern(expression: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` gives, at the first use of it; a mistake in the expression is told only then."""
    return cast("re.Pattern[AnyStr]", _Pattern(expression, flags))
