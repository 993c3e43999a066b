"""The numbers of the alignment as one named tuple, which is how they reach the kernels."""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Constants(NamedTuple):
    """What the alignment depends on besides the texts; tuned on PAN 2013 training pairs, see `settings.py`."""

    mark: float = 0.16  # cosine of two sentences above which their words may be matched
    least_rarity: float = 0.02  # of a word, in its pair of articles
    start: float = 0.45  # rarity that a local alignment may start on
    skip: float = 0.2  # cost of skipping a word, of which
    skip_rare: float = 0.5  # this share grows with its rarity
    skip_function: float = 0.05  # cost of skipping a function word
    drop: float = 1.5  # an alignment ends when it has lost this much (X-drop)
    chain: float = 2.5  # least score of a local alignment
    overlap: float = 0.5  # one that better ones cover by more than this is dropped
    near: int = 40  # alignments this many words apart on both sides become one passage
    passage: float = 4.0  # least score of a passage
    tight_gap: float = 0.3  # what each skipped word costs a tight run of matched words
    tight_split: int = 7  # which never skips more words than this
    tight_score: float = 3.5  # least score and
    tight_words: int = 5  # matched words of a tight run
    trim: int = 3  # sentences at its ends with fewer matched words are taken off a passage
    run: int = 10  # words of an exact run that is taken as it is
    look: int = 128  # earlier matches that one match may continue
    work: int = 16  # word pairs looked at for each word of the two texts
    quoted_words: int = 4  # a change between quoted and not that lasts for fewer words is passed over
    quoted_share: float = 0.2  # of the words of a passage that must be quoted for it to be split at the marks


ARTICLES = 20
"""log2 of the nominal number of articles in which the levels of the sketch count documents."""


@cache
def rarity_squared() -> NDArray[np.float64]:
    """The squared background rarity of each level: g = ln(N / df) / ln(N / 10) from 0 to 1; function words 0."""
    levels = np.arange(256) / 4
    rarity = np.clip((ARTICLES - levels) / (ARTICLES - math.log2(10)), 0, 1)
    rarity[255] = 0
    squared: NDArray[np.float64] = rarity**2
    return squared
