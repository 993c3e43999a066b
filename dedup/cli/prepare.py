"""dedup prepare: compile ahead what would be compiled at its first use."""

from __future__ import annotations


def prepare() -> None:
    """Compile what other commands would compile at their first use on this machine.

    It takes up to a minute and some 800 MB, once: worth a line in the making of an image, whose containers
    would else each take that time.
    """
    from dedup.preparing import prepare

    prepare()
