"""How characters fold: the frozen table against unicodedata, and the choices that it makes."""

from __future__ import annotations

import unicodedata

import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st
from test_sketch import SAME_UNICODE, SETTINGS, row, texts

from dedup.sketch import Scratch, kernel, sketch, tables, tokenise

needs_its_unicode = pytest.mark.skipif(
    not SAME_UNICODE,
    reason=f"the table is of Unicode {tables().unicode}, Python's is {unicodedata.unidata_version}",
)


def fold(text: str) -> list[str]:
    """The folded tokens of a text, as the kernel writes them."""
    scratch = Scratch.for_parts([[text]])
    _, _, _, places = tokenise([text], tables(), scratch)
    written = scratch.folded[places[0] : places[-1]].tobytes().decode("utf-8", "surrogatepass")
    return written.split()


def entry(code: int) -> tuple[str, str]:
    """The kind of a code point and what it folds to, from the table."""
    table = tables()
    value = int(table.pages[(int(table.page_of[code >> 8]) << 8) | code & 255])
    if value == 0:
        return "-", ""
    if value & kernel.IGNORE:
        return "I", ""
    kind = "M" if value & kernel.MARK else "S" if value & kernel.SINGLE else "L"
    at = value & kernel.FOLDED
    if value & kernel.EXPAND:
        return kind, "".join(map(chr, table.expansions[at + 1 : at + 1 + table.expansions[at]]))
    return kind, chr((code + at) & kernel.FOLDED)


@needs_its_unicode
def test_the_table_is_what_unicodedata_says() -> None:
    """All 1,114,112 code points."""
    for code in range(0x110000):
        char = chr(code)
        kind = reference.kind(char)
        assert entry(code) == (kind, reference.fold(char) if kind in "LSM" else ""), hex(code)


def test_folding_is_idempotent() -> None:
    """What a character folds to folds to itself, and is of the same kind of thing."""
    for code in range(0x110000):
        kind, folded = entry(code)
        if kind in "LSM":
            assert "".join(entry(ord(c))[1] for c in folded) == folded, hex(code)
            assert all(entry(ord(c))[0] in "LSM" for c in folded), hex(code)


def test_no_code_point_outgrows_the_buffer() -> None:
    widest = max(len(entry(code)[1].encode("utf-8", "surrogatepass")) for code in range(0x110000))
    assert widest + 1 <= kernel.WIDEST


def test_ascii_is_plain() -> None:
    """The fast path of the kernel takes for granted that ASCII has no marks, no expansions and no singles."""
    for code in range(128):
        char = chr(code)
        kind, folded = entry(code)
        assert (kind, folded) == (
            ("L", char.lower()) if char.isalnum() else ("I" if char in "'`" else "-", "")
        )


@settings(max_examples=400)
@given(texts)
def test_canonically_equivalent_texts_have_the_same_words(text: str) -> None:
    """It does not matter in which normalisation form a text comes."""
    composed, apart = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    assert fold(composed) == fold(apart)
    both = sketch([composed, apart], SETTINGS)
    assert row(both, "key", 0) == row(both, "key", 1)


@settings(max_examples=300)
@given(st.text(st.characters(categories=["Lu", "Ll", "Lt"]), max_size=40))
def test_case_does_not_matter(text: str) -> None:
    if not SAME_UNICODE:
        text = "".join(c for c in text if entry(ord(c))[0] != "-")
    assert fold(text) == fold(text.swapcase()) == fold(text.casefold())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Karzai's isn’t ‘rock'n’roll’", "karzais isnt rocknroll"),
        ("co\u00adoperate zero\u200bwidth", "cooperate zerowidth"),
        ("Erdoğan Łódź Đinđić Øresund Ísafjörður", "erdogan lodz dindic oresund isafjordur"),
        ("DIŞİŞLERİ ılık", "dışişleri ILIK"),
        ("STRASSE Straße STRAẞE", "strasse strasse strasse"),
        ("cœur Œuvre Encyclopædia col·lecció", "coeur oeuvre encyclopaedia colleccio"),
        ("ﬁnal oﬃce ĳs Ⅷ", "final office ijs viii"),
        ("ＡＰ　２０２４年", "ap 2024年"),
        ("ΟΔΥΣΣΕΎΣ", "οδυσσευς"),
        ("Ёлка ЙОД", "елка иод"),
        ("ذَهَبَ إِلَى ٱلْقُدْسِ", "ذهب الي القدس"),
        ("کتاب علی خـــبر", "كتاب على خبر"),
        ("القاهرة ۱۴۰۲ ١٤٠٢", "القاهره 1402 1402"),
        ("ﷲ ﻻ ﺳﻼﻡ", "الله لا سلام"),
        ("شَہر", "شهر"),
        ("שָׁלוֹם צה״ל ג׳ורג׳", "שלום צה\"ל ג'ורג'"),
        ("क़लम", "कलम"),
        ("\u0958लम", "क\u093cलम"),
        ("ো", "\u09c7\u09be"),
        ("ｶﾞｽ", "ガス"),
        ("が", "か\u3099"),
        ("한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8"),
        ("⼈⼝", "人口"),
        ("豈", "\u8c48"),
    ],
)
def test_written_otherwise_but_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("คุก", "คก"),
        ("かき", "がぎ"),
        ("किताब", "कताब"),
        ("2½", "212"),
        ("न्यू", "नयू"),
        ("పై", "పె"),
        ("iPhone™", "iphonetm"),
    ],
)
def test_not_the_same(one: str, other: str) -> None:
    """Vowel signs, viramas and voicing tell words apart; fractions and signs are not spelt out."""
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("東京で2024年", ["東京", "て\u3099", "2024", "年"]),
        ("น้ำใจ", ["น้ํา", "ใจ"]),
        ("ปี๒๕๖๗", ["ปี", "2567"]),
        ("serie-A, don't_stop", ["serie", "a", "dont", "stop"]),
        ("x\x00y\ud800z", ["x", "y", "z"]),
        ("a\u0301\u200bb", ["ab"]),
        ("😀 ok 👍🏽", ["ok"]),
    ],
)
def test_words_are_told_apart(text: str, expected: list[str]) -> None:
    assert fold(text) == expected
