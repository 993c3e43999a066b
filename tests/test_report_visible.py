"""Nothing that a stranger wrote steers the terminal."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from dedup.report.visible import cut, is_right_to_left, label, running

ANY_TEXT = st.text(
    st.characters() | st.sampled_from("\x00\x07\x1b\x7f\x9b\n\t\r\u202e\u2066\ud800\udfff\u200b")
)
STEERING = {"\u061c", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}


def steers(shown):
    return [c for c in shown if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or c in STEERING]


@given(ANY_TEXT)
def test_a_label_is_one_line_without_anything_that_steers(text):
    assert steers(label(text)) == []


@given(ANY_TEXT)
def test_running_text_is_one_line_without_anything_that_steers(text):
    assert steers(running(text)) == []


@given(ANY_TEXT, st.integers(0, 60))
def test_labels_and_titles_fit_the_width_asked_for(text, width):
    assert cell_len(label(text, width)) <= width
    assert cell_len(cut(text, max(width, 4))) <= max(width, 4)
    assert steers(label(text, width)) == steers(cut(text, width)) == []


@given(st.text(st.characters(categories=["L", "N", "P"])))
def test_harmless_text_is_shown_as_it_is(text):
    assert label(text) == text


@given(st.integers(8, 40))
def test_what_is_left_out_of_a_label_takes_no_accent_from_its_letter(width):
    shown = label("e\u0301" * 60, width)
    assert shown.replace("e\u0301", "") == "..."


def test_a_title_is_cut_behind_a_word_where_words_are_parted_by_spaces():
    assert cut("Harbour opens again after the storm", 24) == "Harbour opens again..."
    assert cut("4부리그 청솔의 기적 승부차기 끝에 첫 우승", 26) == "4부리그 청솔의 기적..."
    assert cut("检出清洗剂残留 青禾牧场召回三批次鲜奶", 24) == "检出清洗剂残留 青禾牧..."


def test_escapes_say_what_they_stand_for():
    assert label("a\x1b[31mb") == "a\\x1b[31mb"
    assert label("\x9b31m") == "\\x9b31m"
    assert label("evil\u202egpj.exe") == "evil<U+202E>gpj.exe"
    assert label("half \ud83d") == "half <U+D83D>"
    assert label("a\nb") == "a\\x0ab"


def test_two_ids_that_differ_by_an_invisible_character_look_different():
    assert label("ne\u200bws") != label("news")
    assert running("ne\u200bws") == "news"


def test_paragraphs_stay_visible_in_running_text():
    assert running("One.\n\n  Two\nlines.") == "One. ¶ Two lines."


def test_a_megabyte_of_title_is_cut_without_being_looked_at_whole():
    shown = label("\x1b" * 1_000_000, 50)
    assert cell_len(shown) <= 50
    assert "..." in shown


def test_right_to_left_scripts_are_known():
    assert is_right_to_left("The word שלום")
    assert is_right_to_left("خبر")
    assert not is_right_to_left("новости 新聞 news")
