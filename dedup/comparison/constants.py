"""The numbers of the alignment as one named tuple, which is how they reach the kernels."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.settings import Settings
from dedup.sketch.stem_kernel import FUNCTION


class Constants(NamedTuple):
    """What the alignment depends on besides the texts; tuned on three tenths of the PAN 2013 pairs."""

    mark: float = 0.23  # cosine of two sentences above which their words may be matched
    least_rarity: float = 0.02  # of a word, in its pair of articles
    start: float = 0.45  # rarity that a local alignment may start on
    skip: float = 0.1  # cost of skipping a word, of which
    skip_rare: float = 0.5  # this share grows with its rarity
    skip_function: float = 0.05  # cost of a function word that one side has more than the other
    pass_function: float = 0.01  # and of one that both have
    drop: float = 1.5  # an alignment ends when it has lost this much (X-drop)
    chain: float = 3.0  # least score of a local alignment
    overlap: float = 0.5  # one that better ones cover by more than this is dropped
    reordered: float = 1.8  # least score of what two sentences share in another order, of which
    reordered_words: int = 4  # there are so many words at least,
    reordered_worth: float = 0.7  # each worth this share of its rarity
    near: int = 60  # alignments this many words apart on both sides become one passage
    beside: int = 20  # alignments this close on one side are one passage too, if they are not
    far: int = 1000  # farther apart than this on the other, and
    beside_score: float = 4.0  # score at least this each
    beside_most: float = 25.0  # and at most this: longer ones are passages of their own
    passage: float = 4.0  # least score of a passage
    passage_words: int = 15  # least matched words of a passage, unless they weigh
    passage_weight: float = 5.0  # this much by their rarity in general, or
    passage_run: int = 12  # so many stand in a row in both
    loose: float = 0.45  # share of matched words under which a passage
    substance: float = 1.1  # has at least so many distinct ones, times their share of its words
    relative: float = 0.2  # and least share of the score of the best passage, but
    relative_most: float = 12.0  # with so much by itself, no share is asked
    tight_gap: float = 0.3  # what each skipped word costs a tight run of matched words
    tight_split: int = 7  # which never skips more words than this
    tight_score: float = 3.5  # least score and
    tight_words: int = 5  # matched words of a tight run
    trim: int = 2  # sentences at its ends with fewer matched words are taken off a passage, and
    trim_parts: int = 4  # where quotations part it, with fewer than this; and beside a sharp end
    trim_few: int = 6  # with fewer than this, if they are less than this share of the words there
    trim_apart: float = 0.5
    missing: float = 0.3  # of a passage's first or last sentence that may be missing for it to be taken whole
    sharp: int = 10  # unless it ends on so many equal words in a row
    widen: float = 0.5  # rarity that words beyond an edge must have, matched by what is left over, to move it
    widen_miss: float = 0.25  # cost of another word there, of which half grows with its rarity,
    widen_function: float = 0.02  # and of a function word
    widen_whole: float = 1.0  # what an edge between two sentences is worth
    widen_drop: float = 3.0  # loss after which nobody looks farther,
    widen_words: int = 80  # nor over more words than this
    run: int = 10  # words of an exact run that is taken as it is
    look: int = 128  # earlier matches that one match may continue
    work: int = 16  # word pairs looked at for each word of the two texts
    quoted_words: int = 7  # a change between quoted and not that lasts for fewer words is passed over
    quoted_inside: int = 15  # words of a quotation that parts a passage in three
    quoted_whole: float = 0.9  # share of quoted words that makes a passage a quotation
    quoted_share: float = 0.2  # of a passage's words that must be quoted for it to be split


ARTICLES = 20
"""log2 of the nominal number of articles in which the levels of the sketch count documents."""
RARE = 11
"""log2 of the document frequency up to which a word is as rare as can be: one article of 512."""


@cache
def rarity_squared() -> NDArray[np.float64]:
    """Rarity of each level in general, squared: from 1, rare, to 0, in all articles; 0 for function words.

    Of the scales tried, this one parted copied passages best from independent reports of one event.
    """
    levels = np.arange(256) / 4
    rarity = np.clip((ARTICLES - levels) / (ARTICLES - RARE), 0, 1)
    rarity[FUNCTION] = 0
    squared: NDArray[np.float64] = rarity**2
    return squared


def bar_of(weight: NDArray[np.float64], settings: Settings) -> NDArray[np.float64]:
    """The bar of a match for pairs whose smaller articles weigh this much in all."""
    least = np.maximum(weight * settings.match_share, settings.least_weight)
    bar: NDArray[np.float64] = np.minimum(settings.match_weight, least)
    return bar
