"""The page before a browser sees it: safe strings, marks, strands, the policy, what it is made of."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
import pytest
from commands import within
from hypothesis import given
from hypothesis import strategies as st
from pages import (
    ADDED,
    CUT,
    LEAD,
    NEW_LEAD,
    QUOTE,
    TAIL,
    bakery,
    ferry,
    gathered,
    many,
    match,
    passage,
    text_of,
)

import dedup
from dedup.model import Article, Relation
from dedup.report.html import build, build_folder, kernel, page
from dedup.report.html.data import BARS, timeline
from dedup.report.html.marks import attributions, paragraphs, pieces, quotations
from dedup.report.html.safe import address, label, language, link, running
from dedup.report.html.strands import strands

anything = st.text(st.characters(exclude_categories=()), max_size=80)
"""Any string at all, lone surrogates included."""


class TestSafe:
    @given(anything)
    def test_running_text_keeps_its_length_and_can_be_encoded(self, text: str) -> None:
        shown = running(text)
        assert len(shown) == len(text)
        shown.encode()
        assert not set(shown) & set("\x00\x1b\x7f\u202d\u202e")

    @given(anything, st.integers(5, 40))
    def test_labels_are_one_short_line(self, text: str, limit: int) -> None:
        shown = label(text, limit)
        assert len(shown) <= limit
        assert len(shown.splitlines()) <= 1
        assert not set(shown) & {chr(c) for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}

    @given(anything, anything)
    def test_addresses_are_plain_and_tell_ids_apart(self, a: str, b: str) -> None:
        assert (address(a) == address(b)) == (a == b)
        assert address(a).isprintable()
        assert len(address(a)) <= 120

    @pytest.mark.parametrize(
        "url",
        [
            "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd",
            "//host/x", "java\nscript:alert(1)", " https://example.org", "https://", "https://user@example.org/",
            "http://[::1", "x",
            "https://exa\u202emple.org", "https://example.org/\ud800",
            'https://example.org/"onclick=x', "https:" + "/" * 3000,
        ],
    )  # fmt: skip
    def test_addresses_that_are_not_of_the_web_are_no_links(self, url: str) -> None:
        assert link(url) is None

    def test_web_addresses_are_links(self) -> None:
        assert link("https://example.org/a?b=c#d") == "https://example.org/a?b=c#d"
        assert link("http://Example.org:8080/ü") == "http://Example.org:8080/ü"

    @pytest.mark.parametrize("code", ["ar", "zh-Hant", "pt-BR", "sr-Latn-RS"])
    def test_codes_of_languages_are_taken(self, code: str) -> None:
        assert language(code) == code

    @pytest.mark.parametrize("code", [None, "", "e", "en_GB", 'en" onload="x', "x" * 9, "en-" * 20, "عربي"])
    def test_what_is_no_code_of_a_language_is_none(self, code: str | None) -> None:
        assert language(code) is None


class TestMarks:
    @given(st.text(st.sampled_from('ab.\n \t"“”!Z'), max_size=200))
    def test_paragraphs_hold_all_but_white_space(self, text: str) -> None:
        spans = paragraphs(text)
        assert all(a < b and not text[a].isspace() and not text[b - 1].isspace() for a, b in spans)
        assert all(first[1] <= second[0] for first, second in pairwise(spans))
        assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())

    def test_wrapped_lines_stay_one_paragraph_and_indents_part(self) -> None:
        line = "these words go on and on until the column is full of them and\n"
        assert len(paragraphs(line * 6)) == 1
        assert len(paragraphs(line * 3 + "    " + line * 3)) == 2
        assert len(paragraphs("One whole paragraph ends here.\nAnother one ends here.\nA third.")) == 3

    @given(st.text(st.sampled_from("ab. “”"), max_size=3000))
    def test_pieces_are_their_paragraphs(self, text: str) -> None:
        spans = paragraphs(text)
        cut = pieces(text, spans)
        assert "".join("".join(text[a:b].split()) for a, b in cut) == "".join(text.split())

    def test_long_paragraphs_are_cut_at_sentences(self) -> None:
        text = "A sentence of some words stands here. " * 60
        cut = pieces(text, paragraphs(text))
        assert len(cut) > 2
        assert all(text[a:b].endswith(".") for a, b in cut)

    @pytest.mark.parametrize(
        ("text", "quoted"),
        [
            ("He said “yes” and “no”.", ["“yes”", "“no”"]),
            ('He said "yes" and no.', ['"yes"']),
            ("Il dit « oui » puis rien.", ["« oui »"]),
            ('"It opens straight and closes curly,” she said.', ['"It opens straight and closes curly,”']),
            ("Er sagte „ja“ und ging.", ["„ja“"]),
            ("“One part of it.\n\n“Another closes.” He left.", ["“One part of it.", "“Another closes.”"]),
            ('A pipe of 5" and one of 6 are not quoted.', []),
            ("“Never closed.\n\nNarration.", []),
        ],
    )  # fmt: skip
    def test_quotations(self, text: str, quoted: list[str]) -> None:
        assert [text[a:b] for a, b in quotations(text, paragraphs(text))] == quoted

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("KORRIN (Meridian Wire) - Rain fell.", ["Meridian Wire"]),
            ("Rain fell, the Harbour Post reported.", ["Harbour Post"]),
            ("According to Reuters, rain fell.", ["Reuters"]),
            ("According to Ms Aune, rain fell.", []),
            ("She told the Korrin Daily that rain fell.", ["Korrin Daily"]),
            ("She told the crowd that rain fell.", []),
        ],
    )
    def test_attributions(self, text: str, names: list[str]) -> None:
        found = attributions(text)
        assert [name for _, _, name in found] == names
        assert all(name in text[a:b] for a, b, name in found)


class TestCorrespondence:
    @given(st.lists(st.integers(0, 4), max_size=14), st.lists(st.integers(0, 4), max_size=14))
    def test_it_is_a_longest_common_subsequence(self, a: list[int], b: list[int]) -> None:
        found = kernel.correspond(np.array(a, np.uint32), np.array(b, np.uint32), 100)
        pairs = [(int(i), j) for j, i in enumerate(found) if i >= 0]
        assert all(a[i] == b[j] for i, j in pairs)
        assert all(p[0] < q[0] for p, q in pairwise(pairs))
        assert len(pairs) == longest(a, b)

    def test_beyond_the_limit_only_the_ends_correspond(self) -> None:
        a, b = np.arange(50, dtype=np.uint32), np.arange(50, dtype=np.uint32)
        b[5:45] += 100
        found = kernel.correspond(a, b, 10)
        assert found.tolist() == [*range(5), *[-1] * 40, *range(45, 50)]


def longest(a: list[int], b: list[int]) -> int:
    """The length of a longest common subsequence, by the table."""
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            table[i + 1][j + 1] = table[i][j] + 1 if x == y else max(table[i][j + 1], table[i + 1][j])
    return table[-1][-1]


def settled(labels: list[int], piece: list[int], free: int) -> list[int]:
    """What `kernel.settle` should make of labels; `piece` tells for each word its piece, or -1."""
    found = list(labels)
    for number in sorted(set(piece) - {-1}):
        inside = [i for i, own in enumerate(piece) if own == number]
        runs = [list(run) for _, run in groupby(inside, labels.__getitem__)]
        for k, run in enumerate(runs):
            if len(run) < 3 and len(runs) > 1:
                for i in run:
                    found[i] = found[run[0] - 1] if k else labels[runs[1][0]]
    for number in [*sorted(set(piece) - {-1}), None]:
        inside = [i for i, own in enumerate(piece) if number in (own, None)]
        for value, run in groupby(inside, lambda i: found[i]):
            if value < 0:
                for i in run:
                    found[i] = free
                free += 1
    return found


class TestSettling:
    @given(st.lists(st.tuples(st.integers(-1, 2), st.integers(1, 4)), max_size=12), st.data())
    def test_stray_words_join_their_neighbours_and_the_rest_begins_strands(
        self, runs: list[tuple[int, int]], data: st.DataObject
    ) -> None:
        labels = [label for label, n in runs for _ in range(n)]
        cuts = (
            sorted(data.draw(st.lists(st.integers(0, len(labels)), min_size=2, max_size=6, unique=True)))
            if labels
            else []
        )
        spans = [(a, b) for k, (a, b) in enumerate(pairwise(cuts)) if k % 3 != 1]
        piece = [next((p for p, (a, b) in enumerate(spans) if a <= i < b), -1) for i in range(len(labels))]
        made = np.array(labels, np.int64)
        edges = np.array(spans, np.int64).reshape(-1, 2)
        free = kernel.settle(made, edges[:, 0], edges[:, 1], 3, 3)
        assert made.tolist() == settled(labels, piece, 3)
        assert free == max([2, *made.tolist()]) + 1


POOL = [
    "Alder beams hold the roof of the boat house.", "Brine has eaten the rail along the northern pier.",
    "Clerks counted every crate before the ship left.", "Divers found a bell beneath the harbour wall.",
    "Eels are smoked behind the chapel each October.",
]  # fmt: skip


class TestStrands:
    @given(st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=5, unique=True), min_size=1, max_size=5))
    def test_versions_share_the_strands_of_the_paragraphs_they_share(self, versions: list[list[int]]) -> None:
        texts = [text_of(*(POOL[k] for k in version)) for version in versions]
        woven = strands(texts, [paragraphs(text) for text in texts], links_of(texts, versions))
        strand = {}
        for i, version in enumerate(versions):
            found = woven.segments[i]
            assert [texts[i][s.start : s.end] for s in found] == [POOL[k] for k in version]
            for part, segment in zip(version, found, strict=True):
                assert strand.setdefault(part, segment.strand) == segment.strand
                assert segment.wording == 0
            assert woven.same[i] == next(j for j in range(i + 1) if versions[j] == version)
            assert woven.words[i] == len(texts[i].split())
        assert len(woven.origin) == len(strand)

    def test_other_words_are_another_wording_and_what_no_match_ties_begins_anew(self) -> None:
        a, b = text_of(LEAD, QUOTE, CUT), text_of(NEW_LEAD, ADDED, QUOTE)
        texts = [a, b]
        one, two = Article("a", a), Article("b", b)
        link = match(one, two, Relation.DERIVED, [passage(a, b, LEAD, NEW_LEAD), passage(a, b, QUOTE)])
        woven = strands(texts, [paragraphs(text) for text in texts], [(0, 1, link)])
        assert [(s.strand, s.wording) for s in woven.segments[0]] == [(0, 0), (1, 0), (2, 0)]
        assert [(s.strand, s.wording) for s in woven.segments[1]] == [(0, 1), (3, 0), (1, 0)]
        assert [b[s.start : s.end] for s in woven.segments[1]] == [NEW_LEAD, ADDED, QUOTE]

    @pytest.mark.parametrize("added", [ADDED, "Nobody answered the door."])
    @pytest.mark.parametrize("place", range(5))
    def test_a_paragraph_put_in_inside_a_passage_is_added_and_its_neighbours_are_kept(
        self, added: str, place: int
    ) -> None:
        own = [LEAD, QUOTE, "* * *", "Elsewhere", CUT]
        more = [*own[:place], added, *own[place:]]
        for told in ((own, more), (more, own)):
            texts = [text_of(*told[0], TAIL), text_of(*told[1], TAIL)]
            one, two = (Article(name, text) for name, text in zip("ab", texts, strict=True))
            link = match(one, two, Relation.DERIVED, [passage(*texts, *texts)])
            woven = strands(texts, [paragraphs(text) for text in texts], [(0, 1, link)])
            found = [
                {text[s.start : s.end]: (s.strand, s.wording) for s in segments}
                for text, segments in zip(texts, woven.segments, strict=True)
            ]
            assert list(found[0]) == [part for part in (*told[0], TAIL) if part != "* * *"]
            assert list(found[1]) == [part for part in (*told[1], TAIL) if part != "* * *"]
            assert all(found[0][part] == found[1][part] for part in found[0].keys() & found[1].keys())
            assert found[0].keys() ^ found[1].keys() == {added}
            assert len(woven.origin) == 6

    def test_a_round_up_shares_a_strand_with_each_story_that_it_tells(self) -> None:
        texts = [*(text_of(POOL[k], f"{own} alone.") for k in range(5) for own in "xy"), text_of(*POOL)]
        links = []
        for i, text in enumerate(texts[:-1]):
            shared = [passage(text, texts[-1], POOL[i // 2])]
            one, two = Article(f"{i}", text), Article("all", texts[-1])
            links.append((i, len(texts) - 1, match(one, two, Relation.DERIVED, shared)))
            if i % 2:
                before = Article(f"{i - 1}", texts[i - 1])
                same = [passage(before.text, text, POOL[i // 2])]
                links.append((i - 1, i, match(before, one, Relation.DERIVED, same)))
        woven = strands(texts, [paragraphs(text) for text in texts], links)
        firsts = [segments[0].strand for segments in woven.segments[:-1:2]]
        assert [segment.strand for segment in woven.segments[-1]] == firsts

    def test_new_paragraphs_are_not_torn_by_words_that_those_about_them_have_too(self) -> None:
        news = "“We have told the council that the harbour is not safe,” said Marit Aune on Tuesday at noon."
        added = "Nobody in the office of the night watch would say why a crate of lamps had gone for good."
        texts = [text_of(QUOTE, LEAD, CUT), text_of(news, added, LEAD, CUT)]
        one, two = (Article(name, text) for name, text in zip("ab", texts, strict=True))
        link = match(one, two, Relation.DERIVED, [passage(*texts, *texts)])
        woven = strands(texts, [paragraphs(text) for text in texts], [(0, 1, link)])
        assert [texts[1][s.start : s.end] for s in woven.segments[1]] == [news, added, LEAD, CUT]
        assert [(s.strand, s.wording) for s in woven.segments[1]] == [(0, 1), (3, 0), (1, 0), (2, 0)]

    def test_each_sentence_told_again_in_other_words_belongs_to_what_it_tells(self) -> None:
        lines = Path(__file__).with_name("quality").joinpath("rewordings-moved.jsonl").read_text("utf-8")
        told = {each["id"]: each["text"] for each in map(json.loads, lines.splitlines())}
        texts = [told["a09-base"], told["a09-heavy"]]
        link = dedup.compare(*texts)
        assert link.as_a_whole is not None
        woven = strands(texts, [paragraphs(text) for text in texts], [(0, 1, link)])
        for told_again in link.passages:
            first, second = (
                {s.strand for s in woven.segments[i] if s.start < span.end and span.start < s.end}
                for i, span in enumerate((told_again.a, told_again.b))
            )
            assert first & second

    @given(st.lists(anything, min_size=1, max_size=4))
    def test_any_text_has_its_segments_in_order(self, texts: list[str]) -> None:
        woven = strands(texts, [paragraphs(text) for text in texts], [])
        for text, found in zip(texts, woven.segments, strict=True):
            edges = [x for s in found for x in (s.start, s.end)]
            assert edges == sorted(edges)
            assert all(0 <= s.start < s.end <= len(text) for s in found)


def links_of(texts: list[str], versions: list[list[int]]) -> list:
    links = []
    for j in range(len(texts)):
        for i in range(j):
            shared = [passage(texts[i], texts[j], POOL[k]) for k in versions[i] if k in versions[j]]
            if shared:
                links.append(
                    (i, j, match(Article("i", texts[i]), Article("j", texts[j]), Relation.DERIVED, shared))
                )
    return links


class TestTimeline:
    @given(st.lists(st.integers(-2_000_000_000, 4_000_000_000), min_size=1, max_size=30))
    def test_it_counts_every_article_once(self, times: list[int]) -> None:
        line = timeline(times)
        assert line is not None
        assert sum(line["n"]) == len(times)
        assert line["at"] == sorted(set(line["at"]))
        assert len(line["n"]) == len(line["at"]) - 1
        assert len(line["n"]) <= BARS or line["unit"] == "year"

    def test_the_unit_fits_the_span(self) -> None:
        hour, day = 3600, 86400
        assert timeline([]) is None
        assert timeline([0, 30 * hour])["unit"] == "hour"  # type: ignore[index]
        assert timeline([0, 40 * day])["unit"] == "day"  # type: ignore[index]
        assert timeline([0, 400 * day])["unit"] == "week"  # type: ignore[index]
        assert timeline([0, 4000 * day])["unit"] == "year" or timeline([0, 1000 * day])["unit"] == "month"  # type: ignore[index]


class TestPage:
    def test_every_inline_part_is_named_in_the_policy_and_nothing_else_may_run(self) -> None:
        html = build(gathered(ferry()))
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1].replace("&#39;", "'")  # type: ignore[index]
        for kind, name in (("script", 'script type="module"'), ("style", "style")):
            inline = re.search(rf"<{name}>(.*?)</{kind}>", html, re.DOTALL)[1]  # type: ignore[index]
            digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
            assert f"{kind}-src 'sha256-{digest}'" in policy
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert not re.search(
            r"\son\w+\s*=|\sstyle\s*=", re.sub(r"<(script|style).*?</\1>", "", html, flags=re.DOTALL)
        )

    def test_the_modules_may_be_put_into_one(self) -> None:
        names = re.findall(r"^(?:async )?(?:function|const|class|let) (\w+)", page.script(), re.MULTILINE)
        assert len(names) == len(set(names))
        assert not re.search(r"^(?:import|export)\b", page.script(), re.MULTILINE)
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|\bfetch\(", page.script()
        )

    @given(st.dictionaries(anything.map(running), anything.map(running), max_size=3))
    def test_embedded_json_cannot_end_its_element(self, value: dict[str, str]) -> None:
        text = str(page.embedded(value))
        assert "<" not in text
        assert json.loads(text) == value

    def test_the_rows_and_blocks_hold_the_groups(self) -> None:
        made = gathered(ferry(), bakery())
        assert [row["n"] for row in made.rows] == [3, 2]
        assert made.articles == 5
        block = json.loads(zlib.decompress(base64.b64decode(made.packed[0])))
        assert [a["id"] for a in block["articles"]] == ["w1", "p1", "d1"]
        assert block["matches"][0]["m"] == [0.41, 0.52, 0.63]

    def test_the_boilerplate_that_an_index_knows_is_in_the_report(self, tmp_path: Path) -> None:
        footer = "Our reader service answers every letter on weekdays between nine and five."
        text = text_of("🚢", LEAD, QUOTE, CUT)
        with dedup.open(tmp_path / "news.db") as index:
            index.add([{"id": "a", "text": text_of(text, footer), "source": "Harbour Post"},
                       {"id": "b", "text": text, "source": "Korrin Daily"}])  # fmt: skip
            assert index.mark_lines(footer, "Harbour Post") == 1
            both = [index.article("a"), index.article("b")]
            assert index.boilerplate_in_each(both) == [index.boilerplate_in(each) for each in both]
            assert index.boilerplate_in_each([]) == []
        done = within("report", "--index", str(tmp_path / "news.db"), "-o", str(tmp_path / "page.html"))
        assert done.returncode == 0
        packed = re.search(r'id="block-0">([^<]*)<', (tmp_path / "page.html").read_text())[1]  # type: ignore[index]
        one, other = json.loads(zlib.decompress(base64.b64decode(packed)))["articles"]
        wide = text_of(text, footer).encode("utf-16-le")
        start, end = one["b"]
        assert wide[2 * start : 2 * end].decode("utf-16-le") == footer.rstrip(".")
        assert "b" not in other

    def test_offsets_count_utf16_units(self) -> None:
        made = gathered(ferry())
        block = json.loads(zlib.decompress(base64.b64decode(made.packed[0])))
        group, articles = ferry()
        text = articles[0].text
        wide = text.encode("utf-16-le")
        for given_, stored in zip(group.matches[1].passages, block["matches"][1]["p"], strict=True):
            assert (
                wide[2 * stored[0] : 2 * stored[1]].decode("utf-16-le") == text[given_.a.start : given_.a.end]
            )

    def test_a_large_group_keeps_the_first_and_closest_matches_of_each_article(self) -> None:
        groups, articles = many(1, 90)
        block = json.loads(zlib.decompress(base64.b64decode(gathered((groups[0], articles)).packed[0])))
        assert {m["b"] for m in block["matches"]} == set(range(1, 90))
        assert len(block["texts"]) == 46

    def test_a_folder_holds_every_story_once(self) -> None:
        groups, articles = many(40, 2)
        made = gathered(*((group, [a for a in articles if a.id in group.articles]) for group in groups))
        pages = build_folder(made, share=3000)
        parts = {
            name: re.findall(r'<script type="text/plain" id="block-(\d+)">', html)
            for name, html in pages.items()
        }
        assert parts.pop("index.html") == []
        assert sum(map(len, parts.values())) == 40
        assert len(parts) > 3
        index = json.loads(re.search(r'id="overview">(.*?)</script>', pages["index.html"])[1])  # type: ignore[index]
        assert {row["page"] for row in index["groups"]} == set(parts)
        assert "page" not in made.rows[0]
