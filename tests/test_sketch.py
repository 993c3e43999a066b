"""The kernels of the sketch agree with the slow reference, over all of Unicode, whatever the batch."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import fields

import datasketch
import numpy as np
import pytest
import reference
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dedup.comparison.constants import rarity_squared
from dedup.settings import Settings
from dedup.sketch import Sketches, bands_and_rows, sketch, tables
from dedup.sketch.bare import apart, together
from dedup.threads import one_thread

SAME_UNICODE = unicodedata.unidata_version == tables().unicode
SETTINGS = Settings()


def assigned_early(char: str) -> bool:
    """In Unicode 3.2 already, so that every Python agrees on what it is."""
    return unicodedata.ucd_3_2_0.category(char) != "Cn"


# The table is frozen at one version of Unicode; a Python with another one knows other characters.
characters = st.characters(min_codepoint=0, max_codepoint=0x10FFFF, exclude_categories=())
if not SAME_UNICODE:
    characters = characters.filter(assigned_early)
telling = st.sampled_from(
    "aAeEsSyYiIgGnNdDlLzZéÉßẞœÆıİøŁđſﬁǆΣσςάΐйЁ'’`´·\u00ad\u200b\u0301\u0345\u0308 \n\t.,-\"_0١۳３²½Ⅷ⒈①㎏™"
    "אֱֵ֖שׁ׳״ﬤﭏعَّـأإآىيیکكةههﷲﻻक़क़्ाोোোயൊไทยกำน้\u0e4d\u0e32຺ཀྵཱིམ၁မြన్ై"
    "한국\u1112\u1161\u11abㅎﾤ日本語々がか\u3099ｶﾞﾞゟヿ〇⼀⺟豈𠀀𝐀𝟘\U0001f600\ud800\udfff\ufeff\ufe0f\U000e0100"
)
words = st.text("aeiousdylngz", min_size=1, max_size=12) | st.sampled_from(
    [
        "the",
        "of",
        "and",
        "in",
        "to",
        "said",
        "government",
        "ministers",
        "studies",
        "running",
        "bus",
        "quickly",
    ]
)
prose = st.lists(words, max_size=60).map(" ".join)
listed = (
    "プロジェクト 中国政府 中国 政府 今天 宣布 第五届 国际 感染者 感染 者 ウイルス について 発表 が ﾃﾚﾋﾞ 人 龘"
)
unspaced = st.lists(
    st.sampled_from(listed.split())
    | st.sampled_from([*"。、a\n\u3000\xad⼈⼝", "12", "한국", "\r\n", "\n\n"]),
    max_size=40,
).map("".join)
texts = st.one_of(st.text(characters, max_size=60), st.text(telling, max_size=60), prose, unspaced)


def row(sketches: Sketches, name: str, i: int) -> list[int]:
    """Row i of a field of sketches."""
    offsets = {"shingle": sketches.shingles, "key": sketches.keys}.get(name, sketches.tokens)
    return [int(value) for value in getattr(sketches, name)[offsets[i] : offsets[i + 1]]]


def only(text: str, own: Settings = SETTINGS) -> Sketches:
    return sketch([text], own)


@settings(max_examples=600)
@given(texts)
@example("")
@example("'")
@example("a" * 70 + " " + "b" * 64 + "ing " + "c" * 65)
@example("x" * 31 + " " + "y" * 32 + " " + "z" * 33)
def test_tokens_and_their_places(text: str) -> None:
    """Every token of the reference is found where the reference finds it."""
    found = only(text)
    expected = reference.tokens(text)
    assert list(zip(row(found, "start", 0), row(found, "end", 0), strict=True)) == [t[:2] for t in expected]


@settings(max_examples=300)
@given(texts)
def test_the_slice_at_a_token_folds_to_the_token(text: str) -> None:
    """What stands between a token's offsets is the same single token by itself."""
    found = only(text)
    for start, end, stem in zip(*(row(found, name, 0) for name in ("start", "end", "stem")), strict=True):
        itself = only(text[start:end])
        assert (row(itself, "start", 0), row(itself, "end", 0)) == ([0], [end - start])
        assert row(itself, "stem", 0) == [stem]


@settings(max_examples=600)
@given(texts, st.integers(1, 7))
@example("x" * 31 + " " + "y" * 32 + " " + "z" * 33, 1)
@example("a b c d", 5)
def test_shingles_are_xxh64_of_the_joined_words(text: str, k: int) -> None:
    folded = [word for _, _, word in reference.tokens(text)]
    expected = [reference.xxh64(shingle) for shingle in reference.shingles(folded, k)]
    assert row(only(text, Settings(shingle=k)), "shingle", 0) == expected


@pytest.mark.parametrize("length", range(1, 140))
def test_hashes_of_every_length(length: int) -> None:
    """Each remainder of the blocks of XXH64, and what lies after the end is not read into the hash."""
    word = "".join(random.Random(length).choices("abcdefghij0123456789", k=length))
    sketches = sketch([word, f"{word} more"], Settings(shingle=1))
    assert row(sketches, "shingle", 0) == [reference.xxh64(word)]
    assert row(sketches, "shingle", 1) == [reference.xxh64(word), reference.xxh64("more")]


@settings(max_examples=150)
@given(texts, st.sampled_from([16, 100, 128, 256]), st.integers(0, 2**32 - 1) | st.just(1))
def test_signatures_are_those_of_datasketch(text: str, permutations: int, seed: int) -> None:
    own = Settings(permutations=permutations, seed=seed)
    found = only(text, own)
    expected = reference.signature(row(found, "shingle", 0), permutations, seed)
    assert found.signature[0].tolist() == expected


@settings(max_examples=600)
@given(st.lists(words, max_size=20))
def test_stems_agree_with_plain_python(vocabulary: list[str]) -> None:
    """Words of ASCII letters, which alone lose an ending."""
    found = only(" ".join(vocabulary))
    assert row(found, "stem", 0) == [reference.stem_hash(word) for word in vocabulary]


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("ministers", "minister"), ("class", "class"), ("bus", "bus"), ("studies", "studi"),
        ("study", "studi"), ("running", "run"), ("falling", "fall"), ("planned", "plan"),
        ("agreeing", "agre"), ("agree", "agre"),
        ("nearly", "near"), ("dies", "die"), ("sing", "sing"), ("bring", "bring"), ("need", "need"),
        ("the", "the"), ("économies", "economi"), ("naïve", "naiv"), ("g7s", "g7s"), ("says", "say"),
        ("say", "say"),
    ],
)  # fmt: skip
def test_stems_of_known_words(word: str, stem: str) -> None:
    assert row(only(word), "stem", 0) == [reference.xxh64(stem) & 0xFFFFFFFF]


@settings(max_examples=300)
@given(texts)
def test_stems_and_levels_of_any_text(text: str) -> None:
    found = only(text)
    words = [word for _, _, word in reference.tokens(text)]
    assert row(found, "stem", 0) == [reference.stem_hash(word) for word in words]
    assert row(found, "level", 0) == reference.levels(words)


GERMAN = (
    "Nach dem Brand auf der Insel sind die Bewohner wieder zu Hause, sagte ein Sprecher der Stadt am Montag."
)
ENGLISH = (
    "The residents are back at home after the fire on the island, a spokesman for the city said on Monday."
)


def test_words_are_as_common_as_they_are_in_the_language_of_their_text() -> None:
    """English has `auf`, `die` and `und` too, as rare words."""
    of_text = {}
    for text in (GERMAN, ENGLISH + " Auf Wiedersehen, she said."):
        found = only(text)
        levels = row(found, "level", 0)
        of_text |= {(text[:1], word): levels[n] for n, (_, _, word) in enumerate(reference.tokens(text))}
    function = reference.FUNCTION
    assert {of_text["N", word] for word in ("nach", "auf", "der", "die", "zu", "am")} == {function}
    assert of_text["N", "brand"] != function
    assert of_text["T", "auf"] != function
    assert {of_text["T", word] for word in ("the", "at", "for", "a")} == {function}


def test_what_language_a_text_is_in_does_not_change_its_keys() -> None:
    """Keys of one passage are the same in an English article and in a German one."""
    passage = (
        "Sparkasse Varnholt Anlagebetrug Treuhandkonto Zwangsverwalter Pfandbriefe Schuldverschreibung"
        " Wertpapierdepot Aufsichtsrat Insolvenzmasse Staatsanwaltschaft Durchsuchung Buchhalter Kontoauszug"
        " Rechnungslegung Gesellschafter Kreditlinie Vorstandssitzung Haftbefehl Landgericht Nebenklage"
    )
    prints = [{key for key in row(only(f"{text} {passage}"), "key", 0) if key % 2 == 0}
              for text in (GERMAN, ENGLISH)]  # fmt: skip
    assert len(prints[0] & prints[1]) > 2


def test_every_stem_of_the_table_has_its_level() -> None:
    """The hash table of the package holds exactly what the file holds."""
    table = tables()
    of_all = [*zip(table.words.tolist(), *table.levels.tolist(), strict=True)]
    assert {word: (level, other) for word, level, other, _ in of_all if level} == reference.table()
    assert {word for word, _, _, english in of_all if english} == reference.of_english()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Verhandlung", "Verhandlungen"),
        ("sukeltajien", "sukeltajat"),
        ("забастовка", "забастовкой"),
        ("κυβέρνηση", "κυβερνήσεως"),
        ("Vorstand", "Vorstandes"),
        ("Ashgrovingham", "Ashgrovingham's"),
    ],
)
def test_the_endings_of_long_words_that_are_not_english_do_not_count(first: str, second: str) -> None:
    stems = only(f"{first} {second}").stem
    assert stems[0] == stems[1]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("international", "interning"),
        ("government", "governor"),
        ("constitution", "constituency"),
        ("20261127", "20261128"),
        ("abcdefg1", "abcdefg2"),
        ("забастовка", "забастать"),
    ],
)
def test_words_of_english_and_numbers_are_told_apart_to_their_end(first: str, second: str) -> None:
    stems = only(f"{first} {second}").stem
    assert stems[0] != stems[1]


@settings(max_examples=300)
@given(texts, st.integers(1, 12))
def test_keys_are_bands_and_then_fingerprints(text: str, window: int) -> None:
    found = only(text, Settings(window=window))
    folded = [word for _, _, word in reference.tokens(text)]
    bands = (
        reference.bands(found.signature[0].tolist(), *bands_and_rows(SETTINGS.threshold, 128))
        if folded
        else []
    )
    assert row(found, "key", 0) == bands + reference.fingerprints(folded, window)


@given(st.integers(5, 95), st.sampled_from([64, 128, 200]))
@settings(max_examples=15)
@example(70, 128)
def test_bands_have_the_parameters_of_datasketch(hundredths: int, permutations: int) -> None:
    theirs = datasketch.MinHashLSH(threshold=hundredths / 100, num_perm=permutations)
    assert bands_and_rows(hundredths / 100, permutations) == (theirs.b, theirs.r)


rare = st.text("bcdfgklmnprtvz", min_size=6, max_size=8)


@settings(max_examples=300)
@given(st.data(), st.integers(1, 10))
def test_winnowing_misses_no_shared_run(data: st.DataObject, window: int) -> None:
    """Two articles that share window + 1 content words in a row, so `window` pairs, share a fingerprint."""
    shared = data.draw(st.lists(rare | words, min_size=window + 1, max_size=window + 1))
    content = [
        w for w in shared if reference.table().get(reference.stem_hash(w), (0,))[0] != reference.FUNCTION
    ]
    shared += data.draw(
        st.lists(rare, min_size=len(shared) - len(content), max_size=len(shared) - len(content))
    )
    around = st.lists(rare | words, max_size=30)
    both = [" ".join(data.draw(around) + shared + data.draw(around)) for _ in range(2)]
    sketches = sketch(both, Settings(window=window))
    prints = [{key for key in row(sketches, "key", i) if key % 2 == 0} for i in range(2)]
    assert prints[0] & prints[1]


@pytest.mark.parametrize("at", range(7))
def test_of_rare_words_two_side_by_side_are_posted(at: int) -> None:
    """Rather than others with a function word between, even if no table lists these, which are the rarest."""
    listed, rarest = ["secular", "massage"], ["qwvazk", "xuzpof", "wjqilt", "zykvob", "gdwoqe", "vmxaru"]
    levels = [reference.table()[reference.stem_hash(word)][0] for word in listed]
    assert min(levels) > reference.UNLISTED
    assert max(levels) < 52
    content = rarest[:at] + listed + rarest[at:]
    text = " the ".join(content[: at + 1]) + " " + " the ".join(content[at + 1 :])
    posted = [key for key in row(sketch([text], Settings(window=7)), "key", 0) if key % 2 == 0]
    assert posted == [key for _, key in reference.pairs(listed)]


@pytest.mark.parametrize(
    "text", ["ตลาดเก่าบ้านท่าหอ", "ຕະຫຼາດເກົ່າຂອງບ້ານ", "ရွာဟောင်းက ဈေးကြီး", "ផ្សារចាស់នៅភូមិ"], ids=lambda text: text[0]
)
def test_a_character_of_a_script_without_spaces_weighs_what_one_of_others_does(text):
    """In news in English, German and Russian, that is .05 to .08."""
    sketches = sketch([text], Settings())
    assert 1 < len(sketches.level) < len(text) / 2
    assert 0.03 < rarity_squared()[sketches.level].sum() / len(text) < 0.12


@pytest.mark.parametrize("block", ["ก-ฮะาเแโใไ", "ກ-ຮະາເແໂໃໄ", "က-အ", "ក-អ"], ids=lambda block: block[0])
def test_tokens_of_scripts_without_spaces_are_cut_by_what_they_are_made_of(block):
    """Of a run of letters, wherever it stands, the same tokens are made, but for those at its ends."""
    chance = random.Random(block)
    low, high = ord(block[0]), ord(block[2])
    letters = [chr(code) for code in range(low, high + 1) if chr(code).isalpha()] + list(block[3:])
    run, before, after = ("".join(chance.choices(letters, k=k)) for k in (60, 30, 30))
    cuts = []
    for text in (run, before + run, run + after, before + run + after):
        begin = text.index(run)
        (found,) = [sketch([text], Settings())]
        cuts.append({start - begin for start in found.start.tolist() if 0 < start - begin < len(run)})
    assert cuts[0] == cuts[1] == cuts[2] == cuts[3]
    assert 60 / 8 < len(cuts[0]) + 1 < 60 / 2


def test_words_are_found_where_no_spaces_part_them():
    """Over the end of a line, too, and as long as they are listed; a name is as many tokens as characters."""
    text = "中国政府今天宣布，将在上\n海举行国际会议。\n\n感染者がウイルスについて発表した"
    found = sketch([text], Settings())
    words = [text[a:b] for a, b in zip(found.start.tolist(), found.end.tolist(), strict=True)]
    assert words[:8] == ["中国政府", "今天", "宣布", "将", "在", "上\n海", "举行", "国际"]
    assert {"ウイルス", "について", "発表"} <= set(words)
    wrapped = sketch([text.replace("\n海", "海")], Settings())
    assert found.stem.tolist() == wrapped.stem.tolist()


@pytest.mark.parametrize(
    "text",
    [
        "市政府今天上午召开新闻发布会，通报了地铁三号线施工进展情况，并回答了记者提出的问题。",
        "市は今日の記者会見で、来年の春から新しい図書館の工事を始めると発表した。",
    ],
)
def test_a_word_without_spaces_weighs_what_one_of_others_does(text):
    """In news in English, German and Russian, a word weighs .15 to .4."""
    sketches = sketch([text], Settings())
    assert 0.1 < rarity_squared()[sketches.level].mean() < 0.5


def test_winnowing_of_long_articles() -> None:
    """The share of pairs that are posted is about 2 / (window + 1), and a moved paragraph is found."""
    chance = random.Random(5)
    vocabulary = ["".join(chance.choices("bcdfgklmnprtvz", k=7)) for _ in range(5000)]
    long = chance.choices(vocabulary, k=20000)
    moved = chance.choices(vocabulary, k=300) + long[11000:11009] + chance.choices(vocabulary, k=300)
    sketches = sketch([" ".join(long), " ".join(moved)], SETTINGS)
    assert set(row(sketches, "key", 0)) & set(row(sketches, "key", 1))
    assert 0.17 < len(row(sketches, "key", 0)) / len(long) < 0.29
    assert row(sketches, "key", 0)[14:] == reference.fingerprints(long, SETTINGS.window)


def same(a: Sketches, i: int, b: Sketches, j: int) -> bool:
    names = ("start", "end", "stem", "level", "shingle", "key")
    return all(row(a, name, i) == row(b, name, j) for name in names) and np.array_equal(
        a.signature[i], b.signature[j]
    )


@settings(max_examples=60)
@given(st.lists(texts, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_neighbours_and_order_do_not_matter(batch: list[str], chance: random.Random) -> None:
    order = list(range(len(batch)))
    chance.shuffle(order)
    together, shuffled = sketch(batch, SETTINGS), sketch([batch[i] for i in order], SETTINGS)
    for place, i in enumerate(order):
        assert same(together, i, only(batch[i]), 0)
        assert same(together, i, shuffled, place)


def test_threads_and_parts_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough text for many parts, one article longer than a part, and empty ones at the seams."""
    chance = random.Random(7)
    vocabulary = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(1, 12))) for _ in range(2000)]
    lengths = [0, 1, 150_000, 0, 4, *(chance.randint(0, 3000) for _ in range(200)), 0]
    batch = [" ".join(chance.choices(vocabulary, k=length)) for length in lengths]
    with one_thread():
        one = sketch(batch, SETTINGS)
    for threads in (2, 3):
        monkeypatch.setattr("dedup.sketch.THREADS", threads)
        other = sketch(batch, SETTINGS)
        for name in Sketches.__slots__:
            assert np.array_equal(getattr(one, name), getattr(other, name)), name
    for i in (0, 1, 2, 100, 205):
        assert same(one, i, only(batch[i]), 0)


def test_nothing_to_sketch() -> None:
    assert len(sketch([], SETTINGS)) == 0
    blank = sketch(["", " \n", "'", "\u0301"], SETTINGS)
    assert len(blank.start) == len(blank.shingle) == len(blank.key) == 0
    assert (blank.signature == 0xFFFFFFFF).all()


def test_some_sketches_are_those_of_some_texts():
    texts = ["", "One sentence of a few words.", "Another one, longer than the first of them.", "One."]
    whole = sketch(texts, Settings())
    some = together([apart(whole, row) for row in (2, 0, 1)])
    alone = sketch([texts[row] for row in (2, 0, 1)], Settings(), keys=False)
    for field in fields(some):
        assert np.array_equal(getattr(some, field.name), getattr(alone, field.name)), field.name
    assert len(together([])) == 0
