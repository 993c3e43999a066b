"""What one add knows of itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

FOUND, PUT = 1, 2
"""How an add met an article: as the index has it, or it put it in."""


@dataclass(slots=True)
class Run:
    """What one add knows of itself from batch to batch; others may go on in its stream or in threads.

    `newest` is the newest article before it (None where there is no add, but a single change), `left` the
    groups that it took older ones out of, `versions` those of older versions, by the new ones, and `met` by
    number, which articles it has found as they are, or put in.
    """

    newest: int | None = None
    left: dict[int, str | None] = field(default_factory=dict)
    versions: dict[int, str] = field(default_factory=dict)
    met: bytearray = field(default_factory=bytearray)

    def how(self, number: int) -> int:
        """How it met an article: FOUND as it is, PUT in, or 0 if it did not."""
        return self.met[number] if number < len(self.met) else 0

    def meet(self, numbers: Sequence[int], how: int) -> None:
        """Note how it met articles, by their numbers in order."""
        self.met.extend(bytes(max(numbers[-1] + 1 - len(self.met), 0)))
        for number in numbers:
            self.met[number] = how

    def leave(self, before: Mapping[int, str], numbers: Iterable[int]) -> None:
        """Note the groups that articles were in `before`, as these change."""
        if self.newest is not None:
            self.left = {n: before.get(n) for n in numbers if n <= self.newest} | self.left

    def before(self, numbers: Sequence[int], now: Mapping[int, str]) -> dict[int, str]:
        """The groups that articles, or their older versions, had before the add; `now` has those of now.

        Groups are named by these, so that ids do not depend on where an add was cut into batches.
        """
        if self.newest is None:
            return self.versions | dict(now)
        had = {n: self.left.get(n, now.get(n)) for n in numbers if n <= self.newest}
        return self.versions | {n: name for n, name in had.items() if name is not None}
