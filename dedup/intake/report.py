"""What an add did."""

from __future__ import annotations

from dataclasses import dataclass, field

from dedup.model import LINK, Article, RecordError


@dataclass(slots=True)
class Report:
    """What one `add` did: how many articles were seen, added, updated and unchanged, and what failed.

    `outdated` are earlier versions of articles, left out for their newer ones.

    Of files: how many were read (`files`), and left out because they are known or were last changed too long
    ago. `expired` articles were too old to be taken, `pruned` ones were removed. `guessed` counts
    the articles whose encoding nothing declared, by the encoding that was guessed; `unread_dates` those whose
    date is none, of which `unread_date` is the first; `linked_folders` are links that were not followed.
    """

    articles: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    outdated: int = 0
    matches: int = 0
    errors: list[RecordError] = field(default_factory=list)
    files: int = 0
    files_known: int = 0
    files_old: int = 0
    expired: int = 0
    pruned: int = 0
    guessed: dict[str, int] = field(default_factory=dict)
    unread_dates: int = 0
    unread_date: str | None = None
    linked_folders: list[str] = field(default_factory=list)

    def saw(self, article: Article) -> None:
        """Count one that was read, and what was doubtful about it."""
        self.articles += 1
        if article.guessed:
            self.guessed[article.guessed] = self.guessed.get(article.guessed, 0) + 1
        if article.unread_date:
            self.unread_dates += 1
            self.unread_date = self.unread_date or article.unread_date

    def passed_over(self, error: RecordError) -> bool:
        """Whether this is a link to a folder, which is told and is no error."""
        is_link = error.reason == LINK
        if is_link:
            self.linked_folders.append(error.input)
        return is_link

    def include(self, batch: Report) -> None:
        """Count what was done with a batch, once it is kept."""
        for name in ("added", "updated", "unchanged", "outdated", "matches"):
            setattr(self, name, getattr(self, name) + getattr(batch, name))
        self.errors += batch.errors
