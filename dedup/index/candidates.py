"""What the index answers when it is asked which articles share keys."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

COMMON = 64
"""The articles that a common key keeps: the earliest, by which a new copy still finds its story, at a bounded
cost. The rest are only counted."""

NOMINAL = 5000
"""The N of ln(N/df), whatever the index holds: the articles on which the bar of the score was measured."""

GROWTH = 3.0
"""How the bar of the score rises with ln(articles / NOMINAL): in a larger index more articles share a rare
key or two by chance, and each has to be read again and compared. At 40,000 planted articles 20 of each would
be at .6, 4 are at 3; on PAN 2013, a bar of 12 finds .86 / .93 / 1.0 where one of 6.7 finds .96 / .98 / 1.0,
and copied paragraphs score 50 and more."""


FORMS = 16_000
"""Articles up to which the frequency of keys tells forms as it is. In a larger index any two articles share
keys that more have, for no other reason than that language repeats itself: of planted copies, a fourth of
their words changed, the mean key was in 4.6 of 100,000 articles and in 12 of 1,000,000. Frequencies are
taken down by the root of the growth; without that, half of these copies were forms in the latter. That was
from 20,000 on, with keys in another order; of Reuters stories, those of now are 8% more frequent."""

DEEP = 400_000
"""Articles up to which pairs are left out (Common) by the frequency as it is: at first, no copy is near these
bars. The mean key of planted paragraphs that were lifted was in at most 15 of 200,000 articles and in up to
45 of 1,000,000. There 7 of 7,615 copies more are found (7 of 7,580 that were held back), with 4% more
candidates; from 250,000 on no more are, but twice as many pairs of strangers, which share a list of words."""


def score_bar(min_score: float, articles: int) -> float:
    """The bar of the score in an index of so many articles."""
    return min_score + GROWTH * math.log(max(articles, NOMINAL) / NOMINAL)


class Common(NamedTuple):
    """What is left out of the pairs that share what many articles have, footers and forms and hot stories.

    How many have it is the frequency of the pair (see Frequency and DEEP). Pairs of at least `form` that
    share less than `share` of the query's keys, and no band, are left out, but for the best `most` that share
    `wire` keys or more: they are a `part` (Frequency). Of the others of at least `frequency`, each query
    keeps the best `most` that share less, and the best `most` that share as much, which need no score: a copy
    of what many have finds its story by a few.
    """

    form: float = math.inf
    share: float = 0.0
    frequency: float = math.inf
    most: int = 0
    wire: float = math.inf


EVERY = Common()
"""Leaves nothing out."""


@dataclass(frozen=True, slots=True)
class Frequency:
    """How many have what pairs share, side by side, as far as it tells forms from copies.

    `articles` (float64) is how many articles have the keys that a pair shares, their geometric mean, of those
    up to NOMINAL; in an index of more than FORMS, as it would be among so many; and 1 for a wire story, which
    many have because it is news. `recurrent` (bool) tells that the source of both, which has one on another
    day than the other, prints it again and again. `part` (bool) tells that it is a small part of the newer
    article, and more have it than a form: what stands under both is a footer. `story` (bool) tells that
    several sources had it in a short time, nearly all of them once: as many as have it, it is one story.
    """

    articles: NDArray[np.float64]
    recurrent: NDArray[np.bool_]
    part: NDArray[np.bool_]
    story: NDArray[np.bool_]

    @property
    def doubtful(self) -> NDArray[np.bool_]:
        """What is a small part of the newer article, and no story as far as days and sources are known."""
        return self.part & ~self.story

    def __len__(self) -> int:
        return len(self.articles)

    def __getitem__(self, rows: NDArray[np.bool_] | NDArray[np.int64] | slice) -> Frequency:
        return Frequency(*(getattr(self, each.name)[rows] for each in fields(self)))


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs that share keys, side by side: by query, then best first (of equals, the earlier article).

    `query` is an index into the batch that was asked for (int32), `number` the other article (int64),
    `score` the sum of ln(N/df) over the shared keys (float32), `shared` how many they are and `bands` how
    many of them are bands (int32), `frequency` how many have them. `hidden` is how many more of the query's
    keys the other may have (int32): those that it came too late to be kept for (COMMON).
    """

    query: NDArray[np.int32]
    number: NDArray[np.int64]
    score: NDArray[np.float32]
    shared: NDArray[np.int32]
    bands: NDArray[np.int32]
    frequency: Frequency
    hidden: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.query)

    def rows(self, kept: NDArray[np.bool_] | NDArray[np.int64] | slice) -> Candidates:
        """Some of the pairs: a mask, places or a slice."""
        return Candidates(*(getattr(self, each.name)[kept] for each in fields(self)))
