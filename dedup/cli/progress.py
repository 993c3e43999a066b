"""How far a long command is: a bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import ProgressColumn

    from dedup.engine import Index
    from dedup.model import Article, RecordError

Records = Iterator["Article | RecordError"]


class Progress:
    """Follows a stream of records into the index: `watch` what is read, call `done` with what is stored."""

    def __init__(self, moved: Callable[[int, int], None] | None = None) -> None:
        self.read = 0
        self.stored = 0
        self._moved = moved

    def watch(self, records: Records) -> Records:
        """The same records, counted."""
        for record in records:
            yield record
            self.read += 1
            if self._moved and self.read % 64 == 0:
                self._moved(self.read, self.stored)

    def done(self, count: int) -> None:
        """So many articles are stored."""
        self.stored = count
        if self._moved:
            self._moved(self.read, self.stored)


@contextlib.contextmanager
def progress(inputs: Sequence[str], *, quiet: bool) -> Iterator[Progress]:
    """The bar of an add, by articles."""
    if quiet or not sys.stderr.isatty():
        yield Progress()
        return
    from rich.progress import MofNCompleteColumn, Task
    from rich.text import Text

    class Count(MofNCompleteColumn):
        def render(self, task: Task) -> Text:
            of = f" of {task.fields['articles']:,}" if task.total else ""
            return Text(f"{task.fields['read']:,}{of}")

    articles = expected(inputs)
    with _bar("articles", Count(), steps=2) as bar:
        # reading an article and storing it count alike, for a batch is read before it is stored
        task = bar.add_task("reading", total=articles and 2 * articles, articles=articles or 0, read=0)

        def moved(read: int, stored: int) -> None:
            known: dict[str, Any] = {}
            if articles and read > articles:
                known = {"total": 2 * read, "articles": read}
            bar.update(
                task,
                completed=read + stored,
                read=read,
                description="comparing" if stored else "reading",
                **known,
            )

        yield Progress(moved)


@contextlib.contextmanager
def following(index: Index, *, quiet: bool) -> Iterator[Callable[[int], None] | None]:
    """The bar of what is done with the groups of an index; takes how many are done."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.progress import MofNCompleteColumn

    with _bar("groups", MofNCompleteColumn()) as bar:
        task = bar.add_task("groups", total=index.count_groups()[0])
        yield lambda done: bar.update(task, completed=done)


def _bar(unit: str, count: ProgressColumn, *, steps: int = 1) -> Bar:
    """A bar with the rate and the time left; each of what is counted takes so many steps."""
    from rich.console import Console
    from rich.progress import BarColumn, Task, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar
    from rich.text import Text

    class Rate(TextColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed / steps:,.0f} {unit}/s" if task.speed else "", "dim")

    return Bar(
        TextColumn("{task.description}"), BarColumn(), count, Rate(""), TimeRemainingColumn(compact=True),
        console=Console(stderr=True), transient=True,
    )  # fmt: skip


def expected(inputs: Sequence[str]) -> int | None:
    """About how many articles the inputs hold; None where only reading them would tell."""
    return _sum(_in_folder(path) if path.is_dir() else _in_file(path) for path in map(Path, inputs))


def _sum(counts: Iterable[int | None]) -> int | None:
    total = 0
    for count in counts:
        if count is None:
            return None
        total += count
    return total


def _in_folder(folder: Path) -> int | None:
    from dedup.read import jsonl, text

    counted = (".gz", ".bz2", ".xz", ".json", *text.FORMAT.endings, *jsonl.FORMAT.endings)
    files = (Path(at, name) for at, _, names in os.walk(folder) for name in names)
    return _sum(_in_file(file) for file in files if file.suffix.lower() in counted)


def _in_file(path: Path) -> int | None:
    """Lines of a JSONL file, estimated from its beginning; one for a text."""
    from dedup.read import jsonl, text

    ending = path.suffix.lower()
    if ending in text.FORMAT.endings:
        return 1
    if ending not in jsonl.FORMAT.endings:
        return None
    try:
        with path.open("rb") as file:
            head = file.read(1 << 22)
            size = os.fstat(file.fileno()).st_size
    except OSError:
        return None
    lines = head.count(b"\n") + (not head.endswith(b"\n"))
    return lines if size <= len(head) else round(lines * size / len(head))
