"""Every number that dedup depends on: its meaning, unit, bounds and source, in one place.

The settings marked `keys` give the keys of an index their meaning; an index remembers them and is refused
when it is opened with others. All others may change from run to run, and judge what is added from then on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from dedup.errors import SettingsError


def _number(default: float, low: float, high: float, meaning: str, *, keys: bool = False) -> Any:
    metadata = {"low": low, "high": high, "meaning": meaning, "keys": keys}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of an index and of a comparison. Raises SettingsError, which names every mistake."""

    shingle: int = _number(5, 1, 32, "words in a shingle (Broder 1997)", keys=True)
    permutations: int = _number(128, 16, 1024, "entries of a MinHash signature", keys=True)
    seed: int = _number(1, 0, 2**32 - 1, "seed of the permutations, as datasketch has it", keys=True)
    threshold: float = _number(
        0.7, 0.05, 0.95, "resemblance that the bands aim at; bands and rows follow from it", keys=True
    )
    window: int = _number(
        7, 1, 64, "adjacent pairs of content words of which one is posted (winnowing)", keys=True
    )
    candidate_score: float = _number(
        6.7,
        0,
        1000,
        "sum of ln(5000/df) over shared keys from which a pair is compared; on PAN 2013 it finds"
        " .955 / .975 / 1.0 of random, translated and summarised reuse with 19 other pairs an article",
    )
    common_share: float = _number(
        0.3,
        0,
        1,
        "share of an article's keys that another must have if many articles have them (form_frequency)",
    )
    common_frequency: float = _number(
        10,
        1,
        1e9,
        "articles that have what a pair shares, in the mean of its keys, from which only the best few such"
        " pairs of an article are compared (common_candidates)",
    )
    common_candidates: int = _number(
        4,
        1,
        1000,
        "pairs of an article that are compared for what many articles have: a copy of a story that hundreds"
        " ran finds its group by a few of them, and so a footer costs no more than a few",
    )
    overlap: float = _number(
        0.55,
        0,
        10,
        "what the words of shared word pairs must weigh in one place before a pair is aligned, in bars of a"
        " match; of the pairs that join, 97.7% pass on PAN 2013 (long ones need not), all on Reuters-21578",
    )
    overlap_pairs: float = _number(
        5,
        0,
        1000,
        "different word pairs that it takes there, fewer under a lower bar, as one name of four rare words is"
        " as heavy; of the pairs that join it costs .16% on PAN 2013, and a wrong one on Reuters-21578",
    )
    overlap_window: int = _number(
        80,
        16,
        65535,
        "words of both articles that are one place, in which shared word pairs are weighed",
    )
    match_weight: float = _number(
        6.0,
        0,
        1000,
        "weight of one passage, or of all that are the same word for word, outside quotation marks, that"
        " makes a match (model.Passage); of 293 independent pairs on one event the best had 4.9",
    )
    match_share: float = _number(
        0.5,
        0,
        1,
        "share of all of the smaller article's weight that is enough for a match, where that is less",
    )
    least_weight: float = _number(1.0, 0, 1000, "weight that any match must have")
    retold_weight: float = _number(
        12.0,
        0,
        1e9,
        "weight of all words that two articles have outside quotation marks, from which one may be the other"
        " told in other words; of 25 independent answers of students the heaviest had 11.1",
    )
    retold_score: float = _number(
        1.75,
        0,
        1000,
        "that weight, times its share of the lighter article, times the square of the rank correlation of its"
        " order, from which it is; of invented reports, 35 of 42 pairs of thorough rewordings and 47 of 48"
        " that were held back, 1 of 333 pairs of independent ones",
    )
    retold_agreement: float = _number(
        0.75,
        0,
        1,
        "share of their numbers and names in which they must agree for it, but for one; of invented reports,"
        " in 95% of thorough rewordings over .74, of independent reports under .68, and of forms under .57",
    )
    retold_keys: int = _number(
        3,
        1,
        1000,
        "keys that two articles of an index must share for it; 97% of 90 pairs of thorough rewordings do",
    )
    retold_frequency: float = _number(
        4.5,
        1,
        1e9,
        "articles that have what such a pair shares, in the mean of its keys, from which it must be surer:"
        " more than twice the score, and ten numbers and names of which four in five agree; but of a story"
        " that so many sources had once, within wire_days, four in five numbers and names are enough",
    )
    moved_weight: float = _number(
        14.0,
        0,
        1e9,
        "weight of all words that two articles have outside quotation marks, from which the order is of no"
        " matter if nearly all numbers and names agree; of 67 thorough rewrites in ten languages, 25 of them"
        " in quite another order, 60 are told with this and 27 without; of 477 pairs of independent reports"
        " none, of 80 that were written to have nearly all facts in common 9",
    )
    moved_share: float = _number(
        0.22, 0, 1, "its share of the lighter article; independent reports of one event have up to .33"
    )
    moved_agreement: float = _number(
        0.82,
        0,
        1,
        "share of the numbers and names of the one with fewer; such reports of that weight have up to .72",
    )
    brief_weight: float = _number(
        8.0,
        0,
        1e9,
        "the same weight where one of the two has at most 140 words: of 44 summaries 20 are found with it, 8"
        " without, of 12 thorough rewrites of briefs 7 and 1; of 42 pairs of independent briefs the heaviest"
        " has 6.6",
    )
    brief_share: float = _number(
        0.4, 0, 1, "its share of the lighter article then; such independent briefs have up to .34"
    )
    brief_agreement: float = _number(
        0.85, 0, 1, "share of the numbers and names of the one with fewer then; they have up to .5"
    )
    quote_weight: float = _number(2.5, 0, 1000, "weight of a quotation that is worth telling")
    near_duplicate: float = _number(0.7, 0, 1, "resemblance from which a match is a near-duplicate")
    excerpt: float = _number(0.6, 0, 1, "containment from which a match is an excerpt")
    form_agreement: float = _number(
        0.6,
        0,
        1,
        "share of numbers, and of numbers and names, in common under which a match is a form with other"
        " facts; by hand: .24-.33 in forms, .73-1 in derived articles; 1% of true PAN pairs fall under it",
    )
    form_names: float = _number(
        0.5,
        0,
        1,
        "share of names in common under which it is one, where numbers are too few to tell; four such forms"
        " have at most .45, of 24 rewritten reports none less than .74; 1.3% of true PAN pairs do",
    )
    next_days: float = _number(
        0.75,
        0,
        1e5,
        "days between two articles of one source after which what only tells the earlier again is its next"
        " report; of 24 ties of Reuters stories that share little and came a day apart none is a version",
    )
    next_containment: float = _number(
        0.25,
        0,
        1,
        "containment under which two such articles are that; and under `late_containment` if what remains of"
        " the two is about something else: the bulletins of two days, or two stories over one background",
    )
    late_days: float = _number(
        5,
        0,
        1e5,
        "days between two articles after which names do not speak for numbers, for the next month's figures"
        " come from the same people, and newer numbers of one event come at once",
    )
    late_agreement: float = _number(
        0.8,
        0,
        1,
        "share of numbers in common, or of names without them, under which a match is a form then, at one"
        " source",
    )
    late_containment: float = _number(
        0.8,
        0,
        1,
        "containment under which two such articles are the next report; of 150 ties of Reuters stories that"
        " have less than half in common, and all 34 that have up to this, none is a copy",
    )
    filled_share: float = _number(
        0.25,
        0,
        1,
        "share of the numbers and names in what is shared that the other text has others in place of, from"
        " which a match is a form; of 240 ties of Reuters stories that others read and labelled, it tells 21"
        " of 56 forms, and takes none of the other 184 for one; nor any of the joins of true PAN pairs",
    )
    filled_density: float = _number(
        0.04,
        0,
        1,
        "such places for each shared word that there must be: a short report whose three numbers are newer"
        " has .02 to .03, the forms of firms and prices .04 to .3",
    )
    filled_containment: float = _number(
        0.1, 0, 1, "containment that such a pair must have: at 0, 9 joins of true PAN pairs were forms"
    )
    form_resemblance: float = _number(
        0.85, 0, 1, "resemblance from which nothing makes a match a form: it leaves room for few other facts"
    )
    form_containment: float = _number(0.5, 0, 1, "containment from which nothing else makes a match a form")
    doubtful_agreement: float = _number(0.9, 0, 1, "the same share under which frequency makes it a form")
    doubtful_frequency: float = _number(
        8,
        1,
        1e9,
        "articles that have what such a pair shares; by hand: 13-20 in forms, 2-5 in derived articles",
    )
    notice_frequency: float = _number(
        4, 1, 1e9, "articles that have what a pair of one source shares at its end, for it to be a notice"
    )
    form_frequency: float = _number(
        32,
        1,
        1e9,
        "articles that have what any pair shares, where it is the smaller part of both, to be a form",
    )
    recurrent_articles: int = _number(
        8,
        2,
        64,
        "articles of a source that have half of what two of its articles share, for that to be a form of it;"
        " of 24 such pairs of Reuters stories that had been copies, all were forms",
    )
    recurrent_days: int = _number(4, 1, 64, "days on which the source must have printed them")
    recurrent_keys: int = _number(
        3,
        1,
        1000,
        "keys that such a pair must share; of five that shared two, one was a copy and one a sequel",
    )
    recurrent_containment: float = _number(
        0.3,
        0,
        1,
        "containment that such a pair must have: beneath, the form is not all that is shared, and of 11 pairs"
        " of Reuters stories 5 told of one event",
    )
    wire_sources: int = _number(
        8,
        2,
        64,
        "sources that have half of what a pair shares, for that to be a wire story (doubtful_frequency)",
    )
    wire_days: int = _number(2, 0, 365, "days within which they had it, from the first to the last")
    wire_keys: int = _number(
        8,
        1,
        1000,
        "keys that such a pair must share: of 800 planted paragraphs of 90 words, 98.6% share as many, and a"
        " phrase that many print by chance fewer",
    )

    def __post_init__(self) -> None:
        own = fields(self)
        if mistakes := [said for f in own if (said := _mistake(f, getattr(self, f.name)))]:
            raise SettingsError(f"settings: {'; '.join(mistakes)}")

    @classmethod
    def from_mapping(cls, values: Mapping[str, object], origin: str = "settings") -> Settings:
        """Check all of `values` and make Settings of them; every mistake is named in one SettingsError."""
        known = {f.name: f for f in fields(cls)}
        mistakes = [f"{name} is not a setting" for name in values if name not in known]
        mistakes += [
            said for name, value in values.items() if name in known and (said := _mistake(known[name], value))
        ]
        if mistakes:
            raise SettingsError(f"{origin}: {'; '.join(mistakes)}")
        return cls(**values)  # type: ignore[arg-type]

    @classmethod
    def from_toml(cls, path: Path) -> Settings:
        """Read settings from a TOML file (a table `dedup`, or the top level)."""
        try:
            text = path.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise SettingsError(f"{path}: {error.strerror or error}") from None
        except UnicodeDecodeError:
            raise SettingsError(f"{path}: not a settings file: it is not UTF-8") from None
        return cls.from_text(text, str(path))

    @classmethod
    def from_text(cls, text: str, name: str) -> Settings:
        """The same from the text of a file, which messages call by this name."""
        import tomllib

        try:
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise SettingsError(f"{name}: {error}") from None
        table = values.get("dedup", values)
        if not isinstance(table, dict):
            raise SettingsError(f"{name}: dedup must be a table")
        return cls.from_mapping(table, name)

    def of_keys(self) -> dict[str, int | float]:
        """The settings that give the keys of an index their meaning."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.metadata["keys"]}

    def of_judging(self) -> dict[str, int | float]:
        """The others: by these an article is judged when it is added, once."""
        return {f.name: getattr(self, f.name) for f in fields(self) if not f.metadata["keys"]}


def _mistake(setting: Field[Any], value: object) -> str | None:
    """What is wrong with the value of a setting, or None."""
    whole, low, high = setting.type == "int", setting.metadata["low"], setting.metadata["high"]
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        return f"{setting.name} must be a {'whole ' if whole else ''}number, not {value!r}"
    if not low <= value <= high:
        return f"{setting.name} must be from {low} to {high}, not {value}"
    return None


DEFAULTS: Final = Settings()
"""What holds where nothing is said."""
