"""The packages that only some uses of dedup need."""

from __future__ import annotations

import importlib
import re
from types import ModuleType

from dedup.errors import PackageMissing


def command(extra: str) -> str:
    """What installs the packages of an extra. They are named, for `dedup` elsewhere is another program."""
    from importlib.metadata import PackageNotFoundError, requires

    try:
        listed = requires("dedup") or []
    except PackageNotFoundError:  # on a worker of Spark, which was given a zip
        listed = []
    wanted = re.compile(rf"extra *== *['\"]{extra}['\"]")
    names = sorted({re.split(r"[^\w.-]", each, maxsplit=1)[0] for each in listed if wanted.search(each)})
    return f"pip install {' '.join(names)}" if names else f"install the extra {extra}"


def needed(module: str, extra: str) -> ModuleType:
    """A library that only some formats need; PackageMissing with the command that installs it."""
    try:
        return importlib.import_module(module)
    except ImportError:
        raise PackageMissing(f"needs {module.partition('.')[0]}: {command(extra)}") from None
