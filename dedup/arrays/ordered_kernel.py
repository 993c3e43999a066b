"""The kernels that look a value up in what is in order."""

from __future__ import annotations

from typing import Any

from dedup.kernels import kernel


@kernel
def lower_bound(ascending: Any, begin: Any, end: Any, value: Any) -> Any:
    """The first place of `ascending[begin:end]` that is not below `value`; `end` where there is none."""
    while begin < end:
        middle = (begin + end) // 2
        if ascending[middle] < value:
            begin = middle + 1
        else:
            end = middle
    return begin


@kernel
def contains(ascending: Any, begin: Any, end: Any, value: Any) -> Any:
    """Whether a value is in `ascending[begin:end]`."""
    at = lower_bound(ascending, begin, end, value)
    return at < end and ascending[at] == value
