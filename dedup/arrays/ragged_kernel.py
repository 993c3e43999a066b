"""The kernel that looks at rows of different lengths side by side."""

from __future__ import annotations

from typing import Any

from dedup.kernels import kernel


@kernel
def longest_row(offsets: Any) -> Any:
    """The length of the longest of the rows between these offsets (n + 1); 0 where there is none."""
    longest = 0
    for i in range(offsets.shape[0] - 1):
        longest = max(longest, offsets[i + 1] - offsets[i])
    return longest
