"""Numbers in figures and in words, which are the same facts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import text_to_num
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.comparison.facts import Facts, facts_of_both
from dedup.comparison.figures import Numbers, places_of
from dedup.model import Relation

SETS = Path(__file__).parent / "quality"


@pytest.mark.parametrize(
    ("language", "text", "spelt"),
    [
        ("en", "Eighteen months after one hundred and five people and two dogs left.", {"18", "105"}),
        ("en-GB", "Twenty-six thousand tonnes, four point two million pounds.", {"26000", "4200000"}),
        ("es", "Cinco mil doscientas toneladas en dieciocho meses, una de ellas ayer.", {"5200", "18"}),
        ("fr", "Quatre-vingt-dix-sept maisons et vingt et un mille euros, un homme.", {"97", "21000"}),
        ("de", "Siebenundzwanzig Kühe und elftausend Liter, ein Bauer.", {"27", "11000"}),
        ("it", "Ventisette case e cinquemila duecento euro.", {"27", "5200"}),
        ("pt", "Vinte e sete casas e cinco mil e duzentas toneladas.", {"27", "5200"}),
        ("nl", "Zevenentwintig huizen, achttien maanden.", {"27", "18"}),
        ("da", "Syvogtyve køer og atten måneder.", {"27", "18"}),
        ("fi", "Kaksikymmentä taloa.", set()),
        (None, "Eighteen months.", set()),
    ],
)
def test_numbers_in_words_are_told_by_the_language(language, text, spelt):
    assert Numbers.of(text, language) == (set(), spelt, set(), Numbers.of(text, language).text)


@pytest.mark.parametrize(
    ("language", "text", "figures", "scaled"),
    [
        (
            "en",
            "26,000 tonnes and 1,250,000 people, 4.2 and 12:30",
            {"26000", "1250000", "4.2", "12:30"},
            set(),
        ),
        ("en", "4.2 million of 38 million, at 1:30 million", {"4.2", "38", "1:30"}, {"4200000", "38000000"}),
        ("de", "1.500 Ventile und 20 000 Euro, 4,2 Millionen", {"1500", "20000", "4,2"}, {"4200000"}),
        ("it", "38 milioni, 3,5 miliardi, 5 miliardari", {"38", "3,5", "5"}, {"38000000", "3500000000"}),
        ("fr", "en 2024 300 personnes, 21 000 euros", {"2024", "300", "21000"}, set()),
        ("en", "on May 12 300 people came", {"12", "300"}, set()),
        (None, "1,200 of 21 000", {"1200", "21", "000"}, set()),
        ("en", f"{10**30} million", {f"{10**30}"}, {f"{10**36}"}),
        ("en", f"{'9' * 1_000_001} million", {"9" * 1_000_001}, set()),
    ],
)
def test_figures_are_the_same_however_they_are_grouped(language, text, figures, scaled):
    found = Numbers.of(text, language)
    assert (found.figures, found.spelt, found.scaled) == (figures, set(), scaled)


def test_a_number_in_words_counts_if_both_texts_have_it():
    figures = Facts.of("The 18 cows and the 7 goats of 26,000 went.", "en")
    words = Facts.of("Eighteen cows, seven goats, twenty-six thousand sheep and ninety-one pigs.", "en")
    assert facts_of_both(figures, words) == [(3, 3), (2, 2)]  # but no seven, which any report has
    assert facts_of_both(words, words) == [(3, 3), (3, 3)]
    assert facts_of_both(words, Facts.of("The 92 pigs.", "en")) == [(0, 0), (1, 0)]
    assert dict(places_of(words.text))["26000"] == words.text.index("26000")


@given(
    st.text(max_size=300), st.sampled_from(["en", "de", "fr", "es", "it", "pt", "nl", "da", "zh-Hant", None])
)
def test_any_text_has_numbers(text, language):
    text = " ".join(text.split())
    found = Numbers.of(text, language)
    assert not found.figures & found.spelt
    assert found.figures == {number for number, _ in places_of(text)} or language not in {None, "en"}


def test_a_row_of_numbers_is_read_in_pieces(monkeypatch):
    lengths = []
    alpha2digit = text_to_num.alpha2digit
    monkeypatch.setattr(
        text_to_num,
        "alpha2digit",
        lambda text, *given: lengths.append(len(text)) or alpha2digit(text, *given),
    )
    Numbers.of("one " * 20_000 + "n" * 5_000, "en")
    assert max(lengths[:-1]) < 1_010
    assert sum(lengths) <= 85_000


@pytest.mark.parametrize(
    "family", ["burial-wester-holm", "theatre-des-lices", "escola-vale-de-sobral", "spoor-lindervoort"]
)
def test_rewrites_that_tell_numbers_otherwise_are_told(family):
    lines = (SETS / "newsroom-numbers.jsonl").read_text("utf-8").splitlines()
    texts = {told["kind"]: told["text"] for told in map(json.loads, lines) if told["family"] == family}
    for a, b in (("base", "heavy"), ("heavy", "base")):
        assert dedup.compare(texts[a], texts[b]).relation is Relation.DERIVED
    assert dedup.compare(texts["base"], texts["independent"]) is None
    assert dedup.compare(texts["heavy"], texts["independent"]) is None
