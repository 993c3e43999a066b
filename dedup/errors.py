"""The exceptions of dedup.

    DedupError                 whatever dedup itself raises; str() is one clear line
    ├── SettingsError          settings that cannot be used: every mistake at once      (exit 2)
    ├── UnknownArticle         an id that the index does not hold                       (exit 2)
    ├── TextGone               a text that the index does not keep is not where it was  (exit 3)
    ├── OutputUnusable         an output cannot be written, or needs a package           (exit 4)
    ├── OutputExists           an output of Spark that is there already                 (exit 2)
    ├── OutputDamaged          an output of Spark whose state cannot be read            (exit 4)
    ├── SparkUnusable          Spark or Java is missing, or a job of Spark failed       (exit 4)
    ├── InputError             a record or input that cannot be read, under --strict    (exit 3)
    │   └── PackageMissing     a format needs a package that is not installed
    └── IndexUnusable          the index file cannot be used                            (exit 4)
        ├── IndexLocked        another process holds it
        ├── IndexForeign       not an index of dedup: a folder, a text, another database
        ├── IndexMismatch      made with other settings or by a newer dedup
        └── IndexDamaged       SQLite or our own invariants say so, or the disk failed
            └── ArticleLost    an article that the index points to is not there; an UnknownArticle, too

`exit_status` is what the command line returns for each. What is wrong in the program that calls dedup is told
by Python's own: TypeError and ValueError, and RuntimeError for what is not done inside of a transaction or a
reading.
"""


class DedupError(Exception):
    """Whatever dedup itself raises."""

    exit_status = 1


class SettingsError(DedupError):
    """Settings that cannot be used; the message names every mistake."""

    exit_status = 2


class UnknownArticle(DedupError):
    """An id that the index does not hold."""

    exit_status = 2


class InputError(DedupError):
    """A record or an input that cannot be read, where the caller asked to stop at the first."""

    exit_status = 3


class PackageMissing(InputError):
    """An input cannot be read before a package is installed."""


class TextGone(DedupError):
    """A text that the index does not keep, and that is not to be had again."""

    exit_status = 3


class OutputUnusable(DedupError):
    """An output that cannot be written: the system refuses it, or a package is not installed."""

    exit_status = 4


class OutputExists(DedupError):
    """The output of a run on Spark holds something that would be lost."""

    exit_status = 2


class OutputDamaged(DedupError):
    """What a run on Spark left cannot be read."""

    exit_status = 4


class SparkUnusable(DedupError):
    """Spark cannot be started, or a job of it failed."""

    exit_status = 4


class IndexUnusable(DedupError):
    """The index file cannot be used."""

    exit_status = 4


class IndexLocked(IndexUnusable):
    """Another process holds the index."""


class IndexForeign(IndexUnusable):
    """The path is not an index of dedup."""


class IndexMismatch(IndexUnusable):
    """The index was made with other settings, or by a newer dedup."""


class IndexDamaged(IndexUnusable):
    """The index is corrupt, or the disk under it failed."""


class ArticleLost(IndexDamaged, UnknownArticle):
    """An article whose number the index had given is not there: it is damaged, or has changed since."""


def damaged(part: str) -> IndexDamaged:
    """What is raised where a part of an index cannot be."""
    return IndexDamaged(f"the index is damaged ({part}); restore a backup, or rebuild it from the articles")
