"""Invented reports in light, middle and thorough rewording, beside independent ones of the same events.

Each line of a file is an article: its `family` is one event (or one form), its `kind` what it is there. Of
`base` are made `light`, `middle`, `heavy`, `summary`, `extended`, `update` and `roundup`; `independent` and
`independent2` are by reporters who have not seen it, and a `quoter` has one statement of it; `form` and
`topic` share a form with other facts, and a subject, and a `stranger` but a notice. The rules on retellings
were fixed on the file `tuning`, and `held-out` was held back. Those who wrote the others knew no rule; what
is told in any order was fixed on them, in the end, and what is told of briefs on `brief`, of which only the
summaries had been held back; what is told of two days' bulletins on the forms of `newsroom`. What the order
of facts tells was added after `desks`, in twelve languages and blind until then, had been read; what
endings are was fixed on the first story of each language of `inflected`, of which the second ones, and
every second one in English, were held back; how many facts are enough in such languages, in the end, on all
of them. That a rewrite may drop most of the facts was fixed on the English stories of `newsroom-genres` and
one rewrite of `newsroom-reuse`, of which the rest, in five languages, was blind, as was `newsroom-briefs`
until two bars were moved a little on its first twelve stories. `newsroom-web` are pages as they are
scraped: what the frame of a site is was fixed on all of them, and rewrites and summaries are as they were
found; `newsroom-sites` are more such pages, five or six of each of eight sites, and blind. `newsroom-
archive` are columns of print as machines read them, with 1 to 10 of 100 characters wrong: five of the
copies and cuts were looked at before words were joined over ends of lines and mistakes told from other
facts. `newsroom-captions` are reports and what was heard of them when they were read out, as they stand
(`light`) or told for the ear (`heavy`), of which three were looked at. `newsroom-scripts` are in twelve
languages of nine other scripts: what letters of Thai weigh, and that numbers are the same in any digits,
was fixed on it. `newsroom-farm`, in six languages, is blind: copies as desks edit them, thorough rewrites
as programs make them, rewrites that tell it for another place and drop half of the facts (`localised`),
summaries, and rewrites of which most is added (`extended`). `newsroom-release` are press releases and agency
reports in four languages and what papers made of them, blind: an update that was taken for a page of one
site was mended after it. `newsroom-numbers`, in seven languages, tell many numbers in words: that these
are facts was fixed before they were written, and that digits are grouped in several ways after them.
`newsroom-extended`, in five languages, and `newsroom-rivals`, whose independent reports are long ones of what
all heard in one place, are blind: a rule on articles that tell another with much besides found 6 more of the
one, and one more and two false ties of the other, so it is not kept. `newsroom-woven`, in seven languages and
blind, are copies with own paragraphs in their midst, or own sentences between theirs. In `same-facts`, and
in `newsroom-inflected`, on which nothing was fixed, the independent reports were made to have nearly all
names and numbers of the base: no rule tells these; their figures are there to be bettered.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from pathlib import Path

import dedup
from dedup.evaluate import digest
from dedup.evaluate.read import taken

FIELDS = ("id", "source", "published", "title", "text")
MADE = ("light", "middle", "heavy", "localised", "summary", "extended", "update", "roundup", "cut")
OTHERS = ("independent", "form", "topic", "quoter", "stranger")


def rewordings(path: Path) -> dict:
    """Shares of the rewordings that come into a group with their base, and counts of what must not."""
    told = {record["id"]: record for record in taken(path, dict)}
    group: dict[str, str] = {}
    with dedup.open(":memory:") as index:
        index.add({name: record[name] for name in FIELDS} for record in told.values())
        for found in index.groups():
            group |= dict.fromkeys(found.articles, found.id)
    pairs, joined = Counter(), Counter()
    for a, b in combinations(told.values(), 2):
        kind = kind_of(a, b)
        pairs[kind] += 1
        joined[kind] += a["id"] in group and group[a["id"]] == group.get(b["id"])
    return {
        "digest": digest(path),
        "articles": len(told),
        "recall": {kind: joined[kind] / pairs[kind] for kind in MADE if pairs[kind]},
        "joined": {kind: joined[kind] for kind in OTHERS if pairs[kind]},
        "pairs": {kind: pairs[kind] for kind in (*MADE, *OTHERS) if pairs[kind]},
    }


def kind_of(a: dict, b: dict) -> str:
    """What two articles are to each other; "" for two rewordings of one base."""
    if a["family"] != b["family"]:
        return "stranger"
    kinds = {a["kind"].rstrip("2"), b["kind"].rstrip("2")}
    if kinds & {*OTHERS}:
        return next(kind for kind in OTHERS if kind in kinds)
    return next(iter(kinds - {"base"})) if "base" in kinds else ""
