"""What a person sees: passages side by side, marked by signs, whole, and no wider than the page."""

import io
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from commands import lines_of, within
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import finder
from rich.cells import cell_len
from rich.text import Text

from dedup import Article, Group, Match, Passage, Relation, Span, Verdict
from dedup.report.page import SIGNS, Page, count, moment, share
from dedup.report.pair import show_pair
from dedup.report.passages import Piece, excerpt, marked, pieces, position_map, rows, shared_parts
from dedup.report.terminal import show_article, show_group, show_groups, show_verdict

WORDS = st.lists(st.sampled_from(["harbour", "council", "Tuesday.", "the", "ferry", "two", "budget", "–"]))
TEXTS = WORDS.map(" ".join)

ONE = (
    "The ferry company said on Monday that it would stop its night service in March, for want of passengers. "
    "Its crews were told by letter."
)
TWO = "The ferry company said that it will stop its nightly service in early March, for want of passengers."


def printed(width, show, *values, encoding="utf-8", cuts=False, **options):
    """The lines that `show` prints on a page of a width; what is too wide is cut as on a terminal, or not."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="backslashreplace")
    page = Page(stream)
    page.console.width = page.width = width
    page.cuts = cuts
    show(page, *values, **options)
    stream.flush()
    return stream.buffer.getvalue().decode(encoding).splitlines()


def pair(a, b, **options):
    spans = Span(0, len(a)), Span(0, len(b))
    match = Match(
        "a1", "b1", Relation.DERIVED, 0.3, 0.4, 0.5, (Passage(*spans, 9, 0.8, quoted=False, weight=5.0),)
    )
    return match, Article("a1", a, **options), Article("b1", b)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_pieces_and_rows_hold_all_of_both_texts_in_order(a, b):
    whole = pieces(a, b)
    for parts in (whole, [piece for row in rows(whole, 30) for piece in row]):
        assert "".join(piece.a for piece in parts) == a
        assert "".join(piece.b for piece in parts) == b


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_signs_tell_what_is_on_one_side_only(a, b):
    whole = pieces(a, b)
    for side, text in (("a", a), ("b", b)):
        plain = re.sub(r"\[[-~]|[-~]\]|\{[+~]|[+~]\}", "", marked(whole, side).plain)
        assert plain.split() == text.split()
        kept = re.sub(r"\[([-~]).*?\1\]|\{([+~]).*?\2\}", " ", marked(whole, side).plain)
        between = "".join(
            piece.a if side == "a" else piece.b for piece in whole if piece.kind in ("kept", "between")
        )
        assert "".join(kept.split()) == "".join(between.split())


def test_a_word_that_is_left_over_gets_no_row_of_its_own():
    text = "The ferry company said that it would stop its service. " * 6 + "The"
    *_, last = rows(pieces(text, text), 60)
    assert len("".join(piece.a for piece in last)) > 20


def test_the_four_kinds_are_told_apart_without_colour():
    row = [Piece("kept", "The ", "The "), Piece("dropped", "old ", ""), Piece("replaced", "mayor", "council")]
    row += [Piece("inserted", "", " of the town")]
    assert marked(row, "a").plain == "The [-old-] [~mayor~]"
    assert marked(row, "b").plain == "The {~council~} {+of the town+}"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("He met Rose\u0301 on Monday", "He met Andre\u0301 on Monday"),
        ("कल नया राजा आज घर गया", "कल नया नेता आज घर गया"),
        ("ذهب محمدٌ إلى البيت", "ذهب خالدٌ إلى البيت"),
        ("ตำรวจพิสูจน์หลักฐานสันนิษฐานเบื้องต้น", "เบื้องต้นสันนิษฐานว่า"),
    ],
)
def test_no_sign_stands_between_a_letter_and_its_accent_or_vowel(a, b):
    whole = pieces(a, b)
    for side in ("a", "b"):
        behind_signs = re.findall(r"(?:\[[-~]|[-~]\]|\{[+~]|[+~]\})(.)", marked(whole, side).plain)
        assert behind_signs
        assert not [each for each in behind_signs if unicodedata.category(each).startswith("M")]


@pytest.mark.parametrize("text", ["x" + "e\u0301" * 3000, "กิ" * 3000 + "ก"])
def test_an_excerpt_leaves_no_accent_or_vowel_without_its_letter(text):
    for piece in excerpt([Piece("kept", text, text), Piece("dropped", text, "")]):
        assert not unicodedata.category(piece.a[0]).startswith("M")
        assert not piece.a.endswith("e")


def test_an_excerpt_keeps_what_differs_and_marks_what_it_leaves_out():
    same = "It went on for a long while and said nothing new. " * 40
    row = [Piece("kept", same, same), Piece("replaced", "Monday", "Tuesday"), Piece("kept", same, same)]
    short = excerpt(row)
    assert Piece("replaced", "Monday", "Tuesday") in short
    assert sum(piece.kind == "left out" for piece in short) == 2
    assert sum(len(piece.a) for piece in short) < 700


def test_a_short_passage_is_its_own_excerpt():
    whole = pieces(ONE, TWO)
    assert excerpt(whole) == whole


def test_wide_pages_have_two_columns_and_narrow_ones_have_turns():
    wide, narrow = printed(120, show_pair, *pair(ONE, TWO)), printed(80, show_pair, *pair(ONE, TWO))
    assert any("would" in line and "will" in line and " │ " in line for line in wide)
    assert not any("would" in line and "will" in line for line in narrow)
    assert any(line.startswith("   a │ ") for line in narrow)
    assert any(line.startswith("   b │ ") for line in narrow)


@pytest.mark.parametrize("width", [50, 80, 120, 200])
@pytest.mark.parametrize(
    ("a", "b"),
    [
        (ONE * 5, TWO * 5),
        ("港口委員會星期二宣布夜間渡輪服務將於三月停止。" * 8, "港口委員會宣布渡輪服務將停止。" * 8),
        (
            "أعلنت شركة العبارات يوم الاثنين أنها ستوقف خدمتها الليلية. " * 6,
            "أعلنت شركة العبارات أنها ستوقف خدمتها. " * 6,
        ),
        ("x" * 500 + " " + ONE, ONE),
    ],
    ids=["latin", "han", "arabic", "unbroken"],
)
def test_texts_are_wrapped_by_display_width(width, a, b):
    lines = printed(width, show_pair, *pair(a, b))
    assert len(lines) > 4
    assert max(map(cell_len, lines)) <= width


@pytest.mark.parametrize("width", range(40, 60))
def test_no_sign_is_broken_over_two_lines(width):
    a = "云溪县白石水磨茶坊本月十二日重新开机，首批春茶已于当天下午下线。" * 3
    match, *articles = pair(a, a.replace("本月", "").replace("已于", "在").replace("春茶", "绿茶"))
    lines = printed(width, show_pair, match, *articles)
    assert max(map(cell_len, lines)) <= width
    assert not [line for line in lines if re.search(r"[\[{]$|^ +[\]}]", line)]
    told = "".join(line.removeprefix("   a │").strip() for line in lines if not line.startswith("   b"))
    assert a[:40] in re.sub(r"\[[-~]|[-~]\]", "", told)


CHANGES = st.lists(
    st.builds(
        lambda word, signs: signs[0] + word + signs[1],
        st.sampled_from(["harbour", "的", "已于", "กิ", "the ferry", "e\u0301", "x" * 30]),
        st.sampled_from([("", ""), ("", " "), ("[-", "-]"), ("{+", "+} "), ("[~", "~]"), (" {~", "~}")]),
    ),
    max_size=60,
).map(lambda parts: " ".join("".join(parts).split()))


@settings(deadline=None)
@given(CHANGES, st.integers(20, 60))
def test_lines_are_full_and_part_no_sign(text, width):
    page = Page(io.StringIO())
    lines = [line.plain for line in page.fold(text, width)]
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert max(map(cell_len, lines), default=0) <= width
    ends = [one[-1:] + other[:1] for one, other in pairwise(lines)]
    assert not set(ends) & set(SIGNS)
    plain = [line.plain.rstrip() for line in Text(text).wrap(page.console, width, overflow="fold")]
    if not {one[-1:] + other[:1] for one, other in pairwise(plain)} & set(SIGNS):
        assert lines == plain


def test_a_row_of_changes_without_spaces_is_wrapped_once(monkeypatch):
    wrap, calls = Text.wrap, []
    monkeypatch.setattr(Text, "wrap", lambda *args, **named: calls.append(1) or wrap(*args, **named))
    assert len(Page(io.StringIO()).fold("{+已于+}[~是~]" * 400, 79)) == 72
    assert len(calls) == 1


def test_right_to_left_texts_never_share_a_line():
    a, b = "أعلنت شركة العبارات يوم الاثنين", "أعلنت شركة العبارات"
    lines = printed(160, show_pair, *pair(a, b))
    assert any(line.startswith("   a │ ") for line in lines)


def test_a_hostile_article_is_printed_without_being_obeyed():
    title = "[red]Bold[/red] \x1b]0;owned\x07 \u202eevil :smile:"
    match, a, b = pair(
        "Go \x1b[2J now \ud800 [/bold] away", "Go \x1b[2J now \ud800 [/bold] later", title=title
    )
    group = Group("a1", ("a1", "b1"), None, Relation.DERIVED, 0.4, (match,))
    find = finder({"a1": a, "b1": b})
    lines = [
        *printed(100, show_pair, match, a, b),
        *printed(100, show_group, group, find, passages=5),
        *printed(100, show_groups, [group], find),
        *printed(100, show_article, a, group, [match], find),
    ]
    text = "\n".join(lines)
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "\u202e" not in text
    assert "[red]Bold[/red]" in text
    assert ":smile:" in text
    assert "[/bold]" in text
    assert "\\x1b[2J" in text


def test_a_group_that_hangs_on_a_retelling_says_so():
    match, a, b = pair(ONE, TWO)
    told = replace(match, containment_a=0.0, containment_b=0.0, as_a_whole=9.0)
    partly = replace(told, containment_a=0.0, containment_b=0.3)
    for own, link in (
        (match, "weakest link 50%"),
        (told, "weakest link in other words"),
        (partly, "weakest link 30%, more in other words"),
    ):
        weakest = max(own.containment_a, own.containment_b)
        group = Group("a1", ("a1", "b1"), None, Relation.DERIVED, weakest, (own,))
        find = finder({"a1": a, "b1": b})
        assert link in printed(100, show_group, group, find, passages=5)[0]
        assert link.removeprefix("weakest link ") in printed(100, show_groups, [group], find)[1]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_any_encoding_takes_it(encoding):
    lines = printed(120, show_pair, *pair("Łódź 港 " + ONE, "Łódź 港 " + TWO), encoding=encoding)
    assert any("ferry company" in line for line in lines)


def test_where_two_ids_are_given_the_first_is_on_the_left():
    match, _, _ = pair(ONE, TWO)
    assert match.turned().a == "b1"
    assert match.turned().containment_a == match.containment_b
    assert match.turned().passages[0].a == match.passages[0].b
    assert match.turned().turned() == match


@given(st.integers(1, 5000), st.data())
def test_the_map_shows_every_passage_where_it_stands(length, data):
    start = data.draw(st.integers(0, length - 1))
    end = data.draw(st.integers(start + 1, length))
    bar = position_map(length, [(start, end, "1")], 50)
    assert len(bar) == 50
    first, last = bar.index("1"), bar.rindex("1") + 1
    assert bar[first:last] == "1" * (last - first)
    assert abs(first - start * 50 / length) <= 1
    assert abs(last - end * 50 / length) <= 1


def test_groups_are_a_table_without_columns_that_are_empty():
    match, a, b = pair(ONE, TWO, title="No more night ferries", published=datetime(2024, 3, 1, tzinfo=UTC))
    group = Group("a1", ("a1", "b1"), "a1", Relation.DERIVED, 0.4, (match,))
    head, line = printed(120, show_groups, [group], finder({"a1": a, "b1": b}))
    assert head.split() == ["GROUP", "ARTICLES", "RELATION", "WEAKEST", "FIRST", "TITLE"]
    assert line.split(maxsplit=5) == ["a1", "2", "derived", "40%", "2024-03-01", "No more night ferries"]


def test_a_group_of_several_relations_is_told_by_the_closest_and_the_loosest():
    match, a, b = pair(ONE, TWO, title="No more night ferries")
    group = Group("a1", ("a1", "b1"), None, Relation.IDENTICAL, 0.4, (match,))
    assert match.relation is Relation.DERIVED
    assert "identical to derived" in printed(120, show_groups, [group], finder({"a1": a, "b1": b}))[1]


def test_a_pipe_gets_titles_whole():
    match, a, b = pair(ONE, TWO, title="A long title " * 12)
    group = Group("a1", ("a1", "b1"), "a1", Relation.DERIVED, 0.4, (match,))
    assert ("A long title " * 12).strip() in "\n".join(
        printed(60, show_groups, [group], finder({"a1": a, "b1": b}))
    )


def test_a_verdict_is_one_line():
    known = Verdict("duplicate", Relation.IDENTICAL, "a1", "a1", 1.0, "its words are those of a1")
    assert printed(80, show_verdict, "new", known) == [
        "new: duplicate (identical to a1): its words are those of a1"
    ]


def test_a_verdict_says_which_of_two_is_an_excerpt_and_of_what_is_derived_neither():
    match, *_ = pair(ONE, TWO)
    part = replace(match, relation=Relation.EXCERPT, containment_a=0.3, containment_b=0.9)
    whole = replace(part, containment_a=0.9, containment_b=0.3)
    for found, said in (
        (part, "excerpt of a1"),
        (whole, "excerpt, with a1"),
        (match, "derived, with a1"),
        (replace(match, relation=Relation.REVISION), "revision of a1"),
        (replace(match, relation=Relation.NEAR_DUPLICATE), "near-duplicate of a1"),
        (replace(match, relation=Relation.QUOTE), "quote in common with a1"),
        (replace(match, relation=Relation.TEMPLATE), "template in common with a1"),
    ):
        verdict = Verdict("related", found.relation, "a1", "a1", 0.9, "so", (found,))
        assert printed(80, show_verdict, "b1", verdict) == [f"b1: related ({said}): so"]


def test_numbers_for_people():
    assert [share(x) for x in (0, 0.004, 0.146, 0.996, 1)] == ["0%", "under 1%", "15%", "over 99%", "100%"]
    assert [count(1, "article"), count(2000, "article")] == ["1 article", "2,000 articles"]
    assert moment(datetime(2024, 3, 1, 4, 5, tzinfo=UTC)) == "2024-03-01 04:05"
    assert moment(None) == ""


def test_who_had_a_story_stays_in_the_list_where_how_alike_it_is_finds_no_room():
    match, a, b = pair(ONE, TWO, title="The night ferry to the outer islands ends in March")
    told = replace(match, containment_a=0.0, containment_b=0.3, as_a_whole=9.0)
    group = Group("a1", ("a1", "b1"), None, Relation.DERIVED, 0.3, (told,))
    named = replace(a, source="The Estmere Herald"), replace(b, source="Meridian Wire")
    find = finder({"a1": named[0], "b1": named[1]})
    heads = [[*printed(width, show_groups, [group], find, cuts=True)[0].split()] for width in range(60, 160)]
    assert {"WEAKEST" in own for own in heads} == {"SOURCES" in own for own in heads} == {True, False}
    assert ["GROUP", "ARTICLES", "RELATION", "SOURCES", "TITLE"] in heads
    assert not any("WEAKEST" in own and "SOURCES" not in own for own in heads)


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_a_table_may_wrap_its_last_column_so_that_all_of_it_is_read(width):
    rows = [["bands", "0 of 14", "a word and " * 12 + "the end"], ["fingerprints", "25", "few"]]
    told = [cell for row in rows for cell in " ".join(row).split()]
    lines = printed(width, lambda page: page.table(rows, indent=2, wraps=True), cuts=True)
    assert max(map(len, lines)) <= width
    assert " ".join(lines).split() == told
    assert all(line.startswith(" " * 25) for line in lines[1:-1])


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_a_table_fits_a_terminal_by_leaving_out_what_can_be_spared(width):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    stream = Terminal()
    page = Page(stream)
    page.console.width = page.width = width
    page.cuts = True
    heads = ["GROUP", "ARTICLES", "FIRST", "SOURCES", "TITLE"]
    row = ["a-group-of-some-name", "12", "2025-03-11 06:12", "Meridian Wire +12", "Ferry aground " * 12]
    page.table([heads, row], spare=(3, 2))
    lines = re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue()).splitlines()
    assert all(len(line) <= width for line in lines)
    assert ("SOURCES" in lines[0]) == (width >= 100)
    assert ("FIRST" in lines[0]) == (width >= 80)
    assert {"GROUP", "ARTICLES", "TITLE"} <= set(lines[0].split())


ADDRESSES = [f"https://paper.example/2025/03/11/{'night-ferry-' * n}closed" for n in (1, 3, 4)]


def tabled(width, *, cuts):
    """A table whose first cells are addresses."""
    stream = io.StringIO()
    page = Page(stream)
    page.console.width = page.width = width
    page.cuts = cuts
    rows = [[id_, str(n), "Meridian Wire", f"Title {n}"] for n, id_ in enumerate(["short", *ADDRESSES], 11)]
    page.table([["GROUP", "ARTICLES", "SOURCES", "TITLE"], *rows], indent=2, spare=(2,))
    return stream.getvalue().splitlines()


def test_a_table_of_addresses_is_aligned_in_a_pipe():
    lines = tabled(80, cuts=False)
    assert len(lines) == 5
    assert len({line.index(name) for line, name in zip(lines, ["TITLE", *["Title "] * 4], strict=True)}) == 1
    assert all(any(line.startswith(f"  {id_} ") for line in lines) for id_ in ADDRESSES)


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_a_table_of_addresses_is_aligned_on_a_terminal(width):
    lines = tabled(width, cuts=True)
    titles = [line for line in lines if "itle " in line or "TITLE" in line]
    assert len(titles) == 5
    assert len({line.lower().index("title") for line in titles}) == 1
    assert all("Meridian" in line for line in titles[1:])
    told = [line.split()[0] for line in lines]
    assert [id_ for id_ in told if id_ in ADDRESSES] == ADDRESSES
    assert all(len(line) <= width for line in titles)


@pytest.mark.parametrize("width", [60, 80, 140])
def test_an_article_with_its_group_and_matches_fits_a_narrow_terminal(width):
    match, *articles = pair(ONE, TWO, source="Meridian Wire")
    long = "estmere-herald-evening-edition-ferry-brief"
    named = [replace(article, id=f"{article.id}-{long}") for article in articles]
    match = replace(match, a=named[0].id, b=named[1].id)
    group = Group(named[0].id, tuple(a.id for a in named), None, Relation.DERIVED, 0.4, (match,))
    known = {article.id: article for article in named}
    lines = printed(width, show_article, named[0], group, [match], finder(known), cuts=True)
    assert all(cell_len(line) <= width for line in lines if "Matches of" not in line)
    table = next(line for line in lines if "WHERE IN THIS" in line)
    assert ("OF THIS" in table, "OF THAT" in table) == (width >= 80, width == 140)
    assert any("derived · 2 articles" in line for line in lines)
    mixed = replace(group, matches=(match, replace(match, relation=Relation.QUOTE)))
    lines = printed(width, show_article, named[0], mixed, [match], finder(known), cuts=True)
    assert any("derived to quote · 2 articles" in line for line in lines)
    whole = printed(width, show_article, named[0], group, [match], finder(known))
    assert any(named[1].id in line and "derived" in line for line in whole)


def test_two_that_are_no_match_are_shown_with_what_they_share(tmp_path):
    same = "the council will not say how much money the project has cost so far"
    index = tmp_path / "news.db"
    records = lines_of(
        {"id": "one", "text": f"Diggers came back to the quay at dawn. For now {same}. Nobody was about."},
        {"id": "other", "text": f"A reader wrote to us from the hills. When pressed {same}! He is right."},
    )
    assert within("add", "-", "--index", index, stdin=records).returncode == 0
    for ids in (["one", "other"], ["other", "one"]):
        told = within("show", *ids, "--index", index).stdout
        assert "no match" in told
        assert same in " ".join(told.split()).replace("│ ", "")


def test_a_match_that_the_index_does_not_hold_is_told_as_that(tmp_path):
    path = Path(__file__).parent / "quality" / "rewordings-moved.jsonl"
    index = tmp_path / "news.db"
    assert within("add", path, "--index", index).returncode == 0
    for command in ("show", "explain"):
        told = " ".join(within(command, "b09-heavy", "b09-summary", "--index", index).stdout.split())
        assert "The index does not hold this match: the two share too few keys to be compared." in told


def test_a_paragraph_that_one_alone_has_is_not_drawn_as_shared():
    parts = [" ".join(f"w{n}x{k}" for k in range(30)) + "." for n in range(3)]
    a, b = "\n\n".join(parts), "\n\n".join((parts[0], parts[2].replace("w2x9 ", "other ")))
    passage = Passage(Span(0, len(a)), Span(0, len(b)), 59, 0.8, quoted=False, weight=9.0)
    begin = a.index(parts[2])
    assert shared_parts(passage, a, b) == [
        (Span(0, len(parts[0]) - 1), Span(0, len(parts[0]) - 1)),
        (Span(begin, len(a) - 1), Span(len(parts[0]) + 2, len(b) - 1)),
    ]
    assert shared_parts(passage, a, "") == [(passage.a, passage.b)]


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_short_paragraph_that_one_alone_has_is_not_drawn_as_shared_but_words_of_its_own_are(gap):
    first, last = "One two three four five six seven", "eight nine ten eleven twelve thirteen."
    own = "Nobody in the harbour had asked for it at all."
    a, b = f"{first}.{gap}{last}", f"{first}.{gap}{own}{gap}{last}"
    passage = Passage(Span(0, len(a)), Span(0, len(b)), 13, 0.7, quoted=False, weight=9.0)
    parts = [
        (Span(0, len(first)), Span(0, len(first))),
        (Span(a.index(last), len(a) - 1), Span(b.index(last), len(b) - 1)),
    ]
    assert shared_parts(passage, a, b) == parts
    assert shared_parts(passage.turned(), b, a) == [(two, one) for one, two in parts]
    a, b = a.replace(gap, " "), b.replace(gap, " ")
    assert shared_parts(passage, a, b) == [(Span(0, len(a) - 1), Span(0, len(b) - 1))]
