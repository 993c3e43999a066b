"""The words of dedup as values: what goes in, and what comes out. All are immutable."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

CONFIDENCE_SLOPE, CONFIDENCE_AT_NONE = 2.92, 2.57
"""The logistic curve of Match.confidence."""
VERBATIM = 0.95
"""Similarity from which a passage is the same word for word."""


@dataclass(frozen=True, slots=True)
class Article:
    """The unit of input.

    `text` is what is compared; every offset that dedup reports counts code points of it. `published` is
    aware, in UTC, or None where it is not known. `path` and `line` (from 1) tell where the article was read
    from, for messages.

    `language` is the code of its language as the input states it, else as it was detected ("en", "zh-Hant");
    `guessed` names the encoding that was guessed for its bytes, None where it was known, and `unread_date` is
    its date as the input has it where that is none in any form that is known. The index keeps all but these
    two and `line`.
    """

    id: str
    text: str
    source: str | None = None
    published: datetime | None = None
    title: str | None = None
    url: str | None = None
    path: str | None = None
    line: int | None = None
    byline: str | None = None
    language: str | None = None
    guessed: str | None = None
    unread_date: str | None = None


def of_another(article: Article) -> Article:
    """The article under an id of its source's own, where that which it came with is one of another source."""
    return replace(article, id=f"{article.source}/{article.id}")


def text_gone(article: Article) -> str:
    """In words, that an index does not keep the text of an article, and that it was not found again."""
    streamed = article.path in (None, "-", "record")
    where = "it came by a stream" if streamed else f"{article.path} no longer has it as it was"
    return f"the text of {article.id} is not kept, and {where}"


LINK = "a link to a folder, which is not followed: name it, too, if it is to be read"
"""The reason of a `RecordError` that is told, but is no error: the link may be there for others."""


@dataclass(frozen=True, slots=True)
class RecordError:
    """A record that could not be read: the input, its line (from 1; None for a whole file), the reason.

    `passing` says that the fault is not the input's own: a package is missing, or the system did not give it.
    """

    input: str
    line: int | None
    reason: str
    passing: bool = field(default=False, compare=False)

    def __str__(self) -> str:
        where = self.input if self.line is None else f"{self.input}:{self.line}"
        return f"{where}: {self.reason}"


class Relation(StrEnum):
    """What a match is, in the order of test."""

    IDENTICAL = "identical"
    REVISION = "revision"
    NEAR_DUPLICATE = "near-duplicate"
    EXCERPT = "excerpt"
    DERIVED = "derived"
    QUOTE = "quote"
    TEMPLATE = "template"

    @property
    def joins(self) -> bool:
        """Whether such a match joins its two articles into a group."""
        return self not in (Relation.QUOTE, Relation.TEMPLATE)

    @property
    def rank(self) -> int:
        """Its place in that order, which is also that from the closest to the loosest."""
        return list(Relation).index(self)


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range [start, end) of code points of an article's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """Two aligned spans, one in each article.

    `words` counts the matched words, `similarity` is their share of all words of both spans (0 to 1),
    `quoted` says that they stand inside quotation marks, and `weight` is what the passage counts towards
    the bar of a match: the sum of the squared background rarities of its matched words, less if it is
    loose, more if it is long, dense and reworded.
    """

    a: Span
    b: Span
    words: int
    similarity: float
    quoted: bool
    weight: float

    def turned(self) -> Passage:
        """The same passage, seen from the other article."""
        return replace(self, a=self.b, b=self.a)

    @property
    def verbatim(self) -> bool:
        """Whether both sides are the same word for word, but for a word or two of forty."""
        return self.similarity >= VERBATIM


def counted(passages: Iterable[Passage]) -> list[Passage]:
    """Those of the passages outside quotation marks that count towards the bar of a match.

    The best; or together, if they weigh more, those that are the same word for word: what two reporters of
    one event have in common by chance is one loose passage, and not two sentences in different places.
    """
    own = [passage for passage in passages if not passage.quoted]
    best, verbatim = sorted(own, key=_weight)[-1:], [passage for passage in own if passage.verbatim]
    return max(best, verbatim, key=_together)


def best_of(passages: Iterable[Passage]) -> float:
    """What the best of them outside quotation marks weighs; 0 where there is none."""
    return max((passage.weight for passage in passages if not passage.quoted), default=0.0)


def weight_of(passages: Iterable[Passage]) -> float:
    """What passages count towards the bar of a match."""
    return _together(counted(passages))


def _together(passages: Iterable[Passage]) -> float:
    return math.fsum(map(_weight, passages))


def _weight(passage: Passage) -> float:
    return passage.weight


@dataclass(frozen=True, slots=True)
class Match:
    """A compared pair that shares something worth reporting.

    `containment_a` is the containment of a in b, `containment_b` that of b in a. `as_a_whole` is what the
    link weighs where no passage tells it: if one article is the other told in other words, or if the text of
    a was not to be had and the keys alone tell. Only in the latter case there are no passages, and the
    measures are estimates.
    """

    a: str
    b: str
    relation: Relation
    resemblance: float
    containment_a: float
    containment_b: float
    passages: tuple[Passage, ...]
    as_a_whole: float | None = None

    @property
    def containment(self) -> float:
        """The larger of the two: how much of the one is in the other, whichever that is."""
        return max(self.containment_a, self.containment_b)

    @property
    def words(self) -> int:
        """How many words its passages match."""
        return sum(passage.words for passage in self.passages)

    def turned(self) -> Match:
        """The same match, seen from the other article."""
        return replace(
            self,
            a=self.b,
            b=self.a,
            containment_a=self.containment_b,
            containment_b=self.containment_a,
            passages=tuple(passage.turned() for passage in self.passages),
        )

    def weighing(self, weight: float) -> Match:
        """The same match, which weighs so much: by its passages, or as a whole."""
        by_passages = math.isclose(weight, self.weight, rel_tol=1e-9)
        return self if by_passages else replace(self, as_a_whole=weight)

    @property
    def estimated(self) -> bool:
        """Whether it was told by the keys alone."""
        return not self.passages

    @property
    def is_copy(self) -> bool:
        """Whether its b says nothing that its a does not."""
        if self.relation is Relation.EXCERPT:
            return self.containment_b >= self.containment_a
        return self.relation in (Relation.IDENTICAL, Relation.NEAR_DUPLICATE)

    @property
    def retold(self) -> bool:
        """Whether one article is the other told in other words."""
        return self.as_a_whole is not None and not self.estimated

    @property
    def weight(self) -> float:
        """The strength of the link: its weight as a whole, or that of its passages."""
        return weight_of(self.passages) if self.as_a_whole is None else self.as_a_whole

    @property
    def confidence(self) -> float | None:
        """How sure it is that one text was made from the other, or both from a third (0 to 1).

        The share of derived pairs among those that weigh as much, where as many pairs are derived as are
        independent reports of one event; 1 for the same words, None where nothing of the kind is said (a
        quotation, a form). It is a logistic function of ln(1 + weight), fitted to 3,000 pairs of PAN 2013 and
        293 pairs on one event, whose best passage weighs that. Fitted to half of them, it differs from the
        shares in the other half by .009 in the mean. Where derived pairs are rarer, as in a large index, it
        says too much.
        """
        if not self.relation.joins:
            return None
        if self.relation is Relation.IDENTICAL:
            return 1.0
        return 1.0 / (1.0 + math.exp(CONFIDENCE_AT_NONE - CONFIDENCE_SLOPE * math.log1p(self.weight)))


@dataclass(frozen=True, slots=True)
class Group:
    """Articles joined by matches, in order of publication where it is known.

    `id` is that of the article which the group follows from run to run, `earliest` the first published
    (None where the times do not tell), `relation` the closest of its matches' relations, and `weakest` the
    larger containment of the weakest link that holds the group together.
    """

    id: str
    articles: tuple[str, ...]
    earliest: str | None
    relation: Relation
    weakest: float
    matches: tuple[Match, ...]

    @property
    def retold(self) -> bool:
        """Whether the weakest link is a retelling, of which the share of equal words does not say it all."""
        return any(match.retold and match.containment == self.weakest for match in self.matches)


class VerdictKind(StrEnum):
    """What the index says of an article."""

    NEW = "new"
    DUPLICATE = "duplicate"
    RELATED = "related"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the index says of one article.

    `of` is the article it is closest to, `group` that article's group (or the article itself where it stands
    alone), `score` the larger containment of the two (0 to 1), `reason` a sentence for a person. `id` is that
    by which the index knows the article, or would: its own, unless one of another source has it.
    """

    verdict: VerdictKind
    relation: Relation | None = None
    of: str | None = None
    group: str | None = None
    score: float = 0.0
    reason: str = ""
    matches: tuple[Match, ...] = ()
    id: str | None = None


class ChangeKind(StrEnum):
    """What happens to groups."""

    CREATED = "created"
    GROWN = "grown"
    MERGED = "merged"
    SPLIT = "split"
    SHRUNK = "shrunk"
    DISSOLVED = "dissolved"


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to a group.

    `number` counts the changes of an index, `at` is when it was written. `size` is that of the group
    afterwards; `added` and `removed` are articles. `origins` are the groups that members came from, `into`
    those that they went to.
    """

    number: int
    at: datetime
    change: ChangeKind
    group: str
    size: int
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    into: tuple[str, ...] = ()


class Ruling(StrEnum):
    """What a person said of a line: KEEP, that it is no boilerplate, or MARK, that it is."""

    KEEP = "keep"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class RepeatedLine:
    """A line that many articles of a source have; or one that a person marked, for all if `source` is None.

    `articles` counts those that have it, `first` and `last` are the first and the last day of these (ISO),
    the one that came first left out, where days are known. `ruling` is what a person said of it, or
    None. `hash` is that of its words, `since` the number of the first article in which it does not count.
    """

    id: int
    source: str | None
    text: str
    articles: int
    first: str | None
    last: str | None
    ruling: Ruling | None
    hash: int = 0
    since: int = 0
