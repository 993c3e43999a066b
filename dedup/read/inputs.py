"""Paths, folders and globs -> the files to read, each with its id."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from types import MappingProxyType

from dedup.errors import DedupError, InputError, PackageMissing
from dedup.model import LINK, RecordError
from dedup.patterns import pattern

_ENDING = pattern(r"(?<=[^/])\.[A-Za-z0-9]{1,8}\Z")
SCHEME = "sqlite:"
_ADDRESS = pattern(r"[A-Za-z][A-Za-z0-9+.-]*://")
NO_FILE = "no file with a known ending in this folder"
NO_MATCH = "no file matches this pattern"
_MAGIC = pattern(r"[*?\[]")

StrPath = str | os.PathLike[str]


def several(inputs: StrPath | Iterable[StrPath]) -> list[str]:
    """The inputs that a caller names, as strings; one that stands by itself is one, and no row of letters.

    Raises TypeError for what names no file.
    """
    each = [inputs] if isinstance(inputs, str | bytes | os.PathLike) else inputs
    return [os.fsdecode(one) for one in each]


@dataclass(frozen=True, slots=True)
class File:
    """A file to read: its path, what messages call it, and the id of an article that names none."""

    path: str
    name: str
    id: str


@dataclass(frozen=True, slots=True)
class Found:
    """A file, and its path from the folder or the pattern that led to it.

    `target` is the file that it is a link to, where a pattern led to it.
    """

    path: str
    relative: str
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Linked:
    """A link to a folder, in a folder below `root`."""

    path: str
    root: str


def files(
    inputs: Sequence[str],
    ending_of: Callable[[str], str | None],
    known: Callable[[Sequence[str]], Mapping[str, str]] | None = None,
    holder: Callable[[str], str | None] | None = None,
) -> Iterator[File | RecordError]:
    """The files that the inputs name, each once; `-` and `sqlite:...` are left as they are.

    `ending_of` gives the known ending of a name, or None. The id of a file is its path without the ending,
    relative to the folder, or to the fixed part of the glob, that led to it; its name alone where it was
    given itself. Where two files would have one id, both keep their endings, and if that is not enough, their
    whole paths. `known` gives by absolute path the ids that files have had, which they keep, and `holder` the
    path of the article that has an id made of a name ("" if it has none): no other file has that, as long as
    the file is there. A link to a folder that no input leads to is an error, LINK.
    """
    real = cache(os.path.realpath)
    found: list[Found | RecordError] = []
    links: list[Linked] = []
    seen = set()
    for given in inputs:
        for one in _find(given, ending_of):
            if isinstance(one, Linked):
                links.append(one)
            elif isinstance(one, RecordError):
                found.append(one)
            elif (itself := _itself(one, real)) not in seen:
                seen.add(itself)
                found.append(one)
    found += _not_followed(links, inputs, real)
    kept = known([os.path.abspath(one.path) for one in found if isinstance(one, Found)]) if known else {}  # noqa: PTH100
    yield from named(found, ending_of, kept, holder or (lambda _: None))


def _not_followed(
    links: Sequence[Linked], inputs: Sequence[str], real: Callable[[str], str]
) -> Iterator[RecordError]:
    """An error for each link to a folder that is not below an input, nor has one below it."""
    if not links:
        return
    folders = {given for given in inputs if os.path.isdir(given)} | {link.root for link in links}  # noqa: PTH112
    roots = [os.path.join(real(folder), "") for folder in folders]  # noqa: PTH118
    for link in links:
        target = os.path.join(real(link.path), "")  # noqa: PTH118
        if not any(target.startswith(root) or root.startswith(target) for root in roots):
            yield RecordError(shown(link.path), None, LINK)


def _itself(one: Found, real: Callable[[str], str]) -> str:
    """What tells one file from others, whatever links to folders lead to it."""
    if one.target or is_address(one.path):
        return one.target or one.path
    folder, name = os.path.split(os.path.abspath(one.path))  # noqa: PTH100
    return f"{real(folder)}/{name}"


def named(
    found: Sequence[Found | RecordError],
    ending_of: Callable[[str], str | None],
    known: Mapping[str, str] = MappingProxyType({}),
    holder: Callable[[str], str | None] = lambda _: None,
) -> Iterator[File | RecordError]:
    """Files as they were found, with their ids; see `files`."""

    def is_free(name: str, path: str) -> bool:
        held = holder(name)
        return name not in claims and (held is None or not _is_another(held, path))

    claims = Counter(known.values())
    kept = {path: name for path, name in known.items() if claims[name] == 1}
    stems = [_stem(one.relative, ending_of) if isinstance(one, Found) else "" for one in found]
    short = Counter(stems)
    longer = Counter(one.relative for one in found if isinstance(one, Found))
    for one, stem in zip(found, stems, strict=True):
        if isinstance(one, RecordError):
            yield one
        elif is_address(one.path):
            yield File(one.path, shown(one.path), shown(one.path))
        elif kept and (own := kept.get(os.path.abspath(one.path))):  # noqa: PTH100
            yield File(one.path, shown(one.path), own)
        elif short[stem] == 1 and is_free(shown(stem), one.path):
            yield File(one.path, shown(one.path), shown(stem))
        elif longer[one.relative] == 1 and is_free(shown(one.relative), one.path):
            yield File(one.path, shown(one.path), shown(one.relative))
        else:
            yield File(one.path, shown(one.path), shown(os.path.normpath(one.path)))


def _is_another(held: str, path: str) -> bool:
    """Whether a path is that of something else, "" for none; a file that is not there may have moved."""
    if held in ("", "-") or held.startswith(SCHEME) or is_address(held):
        return True
    try:
        return not os.path.samefile(held, path)  # noqa: PTH121
    except OSError:
        return False


def is_address(given: str) -> bool:
    """Whether an input is an address such as https://site.example/feed.xml, and no file of that name."""
    return _ADDRESS.match(given) is not None and not os.path.lexists(given)


def shown(path: str) -> str:
    """A path as it may stand in messages and ids: bytes that are no UTF-8 and control characters escaped."""
    if path.isprintable():
        return path
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _stem(relative: str, ending_of: Callable[[str], str | None]) -> str:
    ending = ending_of(relative)
    stem = relative[: -len(ending)] if ending else _ENDING.sub("", relative)
    return stem if stem and not stem.endswith("/") else relative


def _find(given: str, ending_of: Callable[[str], str | None]) -> Iterator[Found | RecordError | Linked]:
    if given == "-" or given.startswith(SCHEME) or is_address(given):
        yield Found(given, given)
        return
    try:
        mode = os.stat(given).st_mode  # noqa: PTH116
    except FileNotFoundError:
        if _MAGIC.search(given):
            yield from _glob(given, ending_of)
        elif Path(given).is_symlink():
            yield RecordError(shown(given), None, "a link that leads nowhere")
        else:
            yield RecordError(shown(given), None, "no such file or folder" if given else "an empty path")
        return
    except (OSError, ValueError) as error:
        yield RecordError(shown(given), None, why(error))
        return
    if stat.S_ISDIR(mode):
        yield from _folder(given, ending_of)
    else:
        yield Found(given, os.path.basename(given))  # noqa: PTH119


def _glob(given: str, ending_of: Callable[[str], str | None]) -> Iterator[Found | RecordError | Linked]:
    """What a pattern matches that no shell has expanded; `**` goes into folders."""
    fixed = given[: _MAGIC.search(given).start()]  # type: ignore[union-attr]
    base = fixed[: fixed.rfind("/") + 1]
    paths = matching(base, given.removeprefix(base))
    if not paths:
        yield RecordError(shown(given), None, NO_MATCH)
    links = []
    for path in paths:
        if os.path.isdir(path):  # noqa: PTH112
            if "**" not in given:
                yield from _folder(path, ending_of, base)
        elif os.path.islink(path):  # noqa: PTH114
            links.append(path)
        else:
            yield Found(path, path.removeprefix(base))
    for path in links:  # a file itself goes before what leads to it
        yield Found(path, path.removeprefix(base), os.path.realpath(path))


def matching(base: str, pattern: str) -> list[str]:
    """The paths below `base` ("" or with a slash at its end) that a pattern matches, sorted.

    As the glob module has it, but that no `*` or `**` stands for a link to a folder: they may lead round in
    circles, and to what is found without them.
    """
    found, looked = set(), set()
    ahead = [(base, pattern.split("/"))]
    while ahead:
        at, (part, *rest) = ahead.pop()
        if (at, len(rest)) in looked:  # several `**` come to one folder in many ways
            continue
        looked.add((at, len(rest)))
        if not _MAGIC.search(part):
            if rest:
                ahead.append((f"{at}{part}/", rest))
            elif os.path.lexists(at + part):
                found.add(at + part)
            continue
        if part == "**" and rest:
            ahead.append((at, rest))
        with suppress(OSError), os.scandir(at or ".") as entries:
            for entry in entries:
                if entry.name.startswith(".") and not part.startswith("."):
                    continue
                path, folder = at + entry.name, entry.is_dir(follow_symlinks=False)
                if part == "**":
                    if folder:
                        ahead.append((path + "/", [part, *rest]))
                    elif not rest and not os.path.isdir(path):  # noqa: PTH112
                        found.add(path)
                elif fnmatchcase(entry.name, part):
                    if folder and rest:
                        ahead.append((path + "/", rest))
                    elif not rest and (folder or not os.path.isdir(path)):  # noqa: PTH112
                        found.add(path)
    return sorted(found)


def _folder(
    folder: str, ending_of: Callable[[str], str | None], base: str | None = None
) -> Iterator[Found | RecordError | Linked]:
    """The files of a folder that have a known ending, and those of its folders, sorted by path.

    Hidden ones (`.name`) are left out, and links to folders are not followed: they may lead round in circles.
    These come last.
    """
    root = os.path.join(folder, "") if base is None else base  # noqa: PTH118
    found: list[Found | RecordError] = []
    links: list[str] = []
    folders = [folder]
    readable = False
    while folders:
        at = folders.pop()
        try:
            with os.scandir(at) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    elif entry.is_symlink() and os.path.isdir(entry.path):  # noqa: PTH112
                        links.append(entry.path)
                    elif ending_of(entry.name):
                        found.append(_regular(entry, root))
                        readable = True
        except OSError as error:
            found.append(RecordError(shown(at), None, why(error)))
            readable = True
    if not readable:
        yield RecordError(shown(folder), None, NO_FILE)
    yield from sorted(found, key=lambda one: one.path if isinstance(one, Found) else one.input)
    yield from (Linked(path, folder) for path in sorted(links))


def _regular(entry: os.DirEntry[str], root: str) -> Found | RecordError:
    """A file of a folder; a FIFO or a device is not read: it might never end."""
    if not entry.is_file(follow_symlinks=False):
        try:
            mode = entry.stat().st_mode
        except FileNotFoundError:
            return RecordError(shown(entry.path), None, "a link that leads nowhere")
        except OSError as error:
            return RecordError(shown(entry.path), None, why(error))
        if not stat.S_ISREG(mode):
            return RecordError(shown(entry.path), None, "not a regular file")
    return Found(entry.path, entry.path.removeprefix(root))


def brief(text: str, most: int = 40) -> str:
    """A string of the input as it may stand in a message: one line, printable, not long."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:most])
    return shown + "..." if len(text) > most else shown


def refused(name: str, error: Exception) -> RecordError:
    """The error of a whole input, which may pass where it is the system's or a package is missing.

    What is wrong with something else, such as the index that is asked meanwhile, is raised again.
    """
    if isinstance(error, DedupError) and not isinstance(error, InputError):
        raise error
    of_system = isinstance(error, OSError) and error.errno is not None  # libraries raise others, of the data
    short = isinstance(error, PackageMissing | MemoryError) or type(error) is RuntimeError  # of threads, say
    reason = why(error)
    if not isinstance(error, InputError | OSError | UnicodeError):  # what no reader foresaw
        reason = f"cannot be read: {type(error).__name__}{f': {brief(reason, 100)}' if str(error) else ''}"
    return RecordError(name, None, reason, passing=of_system or short)


def why(error: Exception) -> str:
    """The reason in an error of the system, without the path and number that Python puts around it."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[0].lower() + error.strerror[1:]
    return str(error) or type(error).__name__
