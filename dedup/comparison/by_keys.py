"""What two articles share, as their keys tell where the text of the older one is not to be had.

The fingerprints under which an older article is posted lie in the text of a newer one. By winnowing, a run of
words that both have shares all its fingerprints but the outermost: so where two that follow each other in the
newer text are shared, what lies between is taken for shared. Where it stands in the older text is not
known: such a match has measures, which are estimates, and no passages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.arrays.ragged import offsets_of
from dedup.comparison import flags_of
from dedup.comparison.by_keys_kernel import shared
from dedup.comparison.constants import Constants, bar_of, rarity_squared
from dedup.comparison.relation import is_form_sized, is_part
from dedup.comparison.structure_kernel import BOILERPLATE, QUOTED
from dedup.comparison.template import FREQUENT_SHARE, NOTICE_SHARE, TAIL
from dedup.digest import hashes_of_words, is_revision
from dedup.index.candidates import Frequency
from dedup.model import Article, Match, Relation
from dedup.settings import Settings
from dedup.sketch import Sketches, content_words
from dedup.sketch.keys_kernel import pair_keys

RUN = 3
"""Fingerprints in a row from which the words between them count: the names of an event are fewer.

Of the pairs of 10,000 Reuters stories that join by their texts, 1 / 2 / 3 / 4 find .73 / .62 / .55 / .51; of
what these find, .39 / .63 / .77 / .88 join by their texts. On 9,043 stories that were held back, 3 find
.51 / .69.
"""


@dataclass(frozen=True, slots=True)
class Known:
    """What an index knows of articles without their texts, side by side.

    The counts of their words, hashes of them, and the keys that they are posted under, as far as these are
    keys of the articles that they are compared with.
    """

    articles: Sequence[Article]
    words: NDArray[np.int64]
    same: NDArray[np.int64]
    keys: Sequence[NDArray[np.uint64]]


def matches_by_keys(
    known: Known,
    articles: Sequence[Article],
    sketches: Sketches,
    pairs: NDArray[np.int64],
    settings: Settings,
    *,
    frequency: Frequency,
) -> list[Match | None]:
    """The matches among pairs (m, 2) of an article that is known, and one with its text and sketch.

    `frequency` (m) is how many articles have the keys of a pair.
    """
    same = np.array(hashes_of_words(sketches), np.int64)
    words = np.column_stack((known.words[pairs[:, 0]], np.diff(sketches.tokens)[pairs[:, 1]]))
    frequent = (frequency.articles >= settings.notice_frequency) & [
        bool(articles[b].source) and known.articles[a].source == articles[b].source for a, b in pairs.tolist()
    ]
    notice = np.where(frequency.part | frequent, FREQUENT_SHARE, NOTICE_SHARE) * words.min(axis=1)
    found = _shared(known, articles, sketches, pairs, notice)
    rarity = np.append(0.0, np.cumsum(rarity_squared()[sketches.level]))
    total = np.diff(rarity[sketches.tokens])[pairs[:, 1]]
    # the smaller article weighs about as much a word as the other
    smaller = total * np.minimum(words[:, 0] / np.maximum(words[:, 1], 1), 1.0)
    both = np.minimum(found[:, 2], words.min(axis=1))
    contained = both[:, None] / np.maximum(words, 1)
    resemblance = both / np.maximum(words.sum(axis=1) - both, 1)
    bar = bar_of(smaller, settings)
    strong = found[:, 0] >= bar
    # a form, or a notice under both; keys do not tell whether the facts of a form are the same
    containment = contained.max(axis=1, initial=0)
    recurs = (resemblance < settings.form_resemblance) & (
        (found[:, 3] < bar)
        | (containment < settings.form_containment) & (frequency.articles >= settings.doubtful_frequency)
        | frequency.recurrent & is_form_sized(containment, settings)
    )
    identical = (known.same[pairs[:, 0]] == same[pairs[:, 1]]) & (words[:, 0] == words[:, 1])
    matches: list[Match | None] = [None] * len(pairs)
    for m in np.flatnonzero(identical | strong | (found[:, 1] >= settings.quote_weight)).tolist():
        a, b = pairs[m].tolist()
        older, article = known.articles[a], articles[b]
        if identical[m]:
            relation, measures = Relation.IDENTICAL, (1.0, 1.0, 1.0)
        else:
            measures = (float(resemblance[m]), *contained[m].tolist())
            relation = Relation.QUOTE
            if strong[m] and is_revision(older, article):
                relation = Relation.REVISION
            elif strong[m]:
                relation = Relation.TEMPLATE if recurs[m] else _relation(measures, settings)
        matches[m] = Match(older.id, article.id, relation, *measures, (), float(found[m, 0]))
    return matches


def _shared(
    known: Known,
    articles: Sequence[Article],
    sketches: Sketches,
    pairs: NDArray[np.int64],
    notice: NDArray[np.float64],
) -> NDArray[np.float64]:
    """As of the kernel; `notice` is how many words a notice under the text may have."""
    flags = np.concatenate(flags_of(articles, sketches))
    rarity = rarity_squared()[sketches.level]
    rarity[flags & BOILERPLATE > 0] = 0
    inside = flags & QUOTED > 0
    weight = np.append(0.0, np.cumsum(np.where(inside, 0.0, rarity)))
    quoted = np.append(0.0, np.cumsum(np.where(inside, rarity, 0.0)))
    key, begin, end, tail = [], [], [], []
    for i, article in enumerate(articles):
        first, last = int(sketches.tokens[i]), int(sketches.tokens[i + 1])
        content = np.flatnonzero(content_words(sketches.stem[first:last])) + first
        own = pair_keys(sketches.stem[content])
        at = np.flatnonzero(np.isin(own, sketches.key[sketches.keys[i] : sketches.keys[i + 1]]))
        key.append(own[at])
        begin.append(content[at])
        end.append(content[at + 1] + 1)
        last_words = np.searchsorted(sketches.end[first:last], len(article.text.rstrip()) - TAIL)
        tail.append(first + int(last_words))
    found: NDArray[np.float64] = shared(
        pairs[:, ::-1].copy(), sketches.tokens, weight, quoted, offsets_of(map(len, key)),
        np.concatenate(key), np.concatenate(begin), np.concatenate(end),
        offsets_of(map(len, known.keys)), np.concatenate([np.sort(own) for own in known.keys]),
        RUN, Constants().near, np.array(tail, np.int64), notice,
    )  # fmt: skip
    return found


def _relation(measures: tuple[float, ...], settings: Settings) -> Relation:
    """What a match is by its measures."""
    if measures[0] >= settings.near_duplicate:
        return Relation.NEAR_DUPLICATE
    largely = max(measures[1:]) >= settings.excerpt
    return Relation.EXCERPT if largely and is_part(*np.array(measures[1:])) else Relation.DERIVED
