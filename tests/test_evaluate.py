"""The scores, on cases worked by hand."""

from __future__ import annotations

import gzip
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.errors import InputError
from dedup.evaluate import evaluate
from dedup.evaluate.measured import compared, part
from dedup.evaluate.plagdet import Case, plagdet
from dedup.evaluate.reuse import classified, common_subsequence, measures
from dedup.evaluate.scores import accuracy, adjusted_rand_index, best_bar, f1, macro_f1
from dedup.settings import Settings
from dedup.sketch import sketch


def test_a_case_found_exactly_scores_one():
    case = Case(10, 30, 100, 120)
    score = plagdet([([case], [case])])
    assert (score.plagdet, score.recall, score.precision, score.granularity) == (1.0, 1.0, 1.0, 1.0)


def test_half_a_case_found():
    # 10 of 20 characters on the one side and all 20 on the other: recall 30/40, all that is found is right.
    score = plagdet([([Case(0, 20, 0, 20)], [Case(0, 10, 0, 20)])])
    assert score.recall == 0.75
    assert score.precision == 1.0
    assert score.plagdet == pytest.approx(2 * 0.75 / 1.75)


def test_a_case_found_in_two_pieces_pays_for_granularity():
    pieces = [Case(0, 10, 0, 10), Case(10, 20, 10, 20)]
    score = plagdet([([Case(0, 20, 0, 20)], pieces)])
    assert (score.recall, score.precision, score.granularity) == (1.0, 1.0, 2.0)
    assert score.plagdet == pytest.approx(1 / math.log2(3))


def test_overlap_on_one_side_only_is_no_detection():
    score = plagdet([([Case(0, 20, 0, 20)], [Case(0, 20, 50, 70)])])
    assert (score.plagdet, score.recall, score.precision, score.granularity) == (0.0, 0.0, 0.0, 1.0)


def test_what_is_found_where_nothing_is_counts_against_precision():
    case = Case(0, 20, 0, 20)
    score = plagdet([([case], [case]), ([], [Case(5, 9, 5, 9)])])
    assert (score.recall, score.precision) == (1.0, 0.5)


def test_overlapping_detections_are_counted_once():
    score = plagdet([([Case(0, 20, 0, 20)], [Case(0, 12, 0, 12), Case(8, 16, 8, 16)])])
    assert score.recall == 32 / 40
    assert score.granularity == 2.0


def test_answers():
    assert accuracy("abab", "abba") == 0.5
    assert f1([True, True, False, False], [True, False, True, False]) == (0.5, 0.5, 0.5)
    assert f1([True], [True]) == (1.0, 1.0, 1.0)
    assert f1([True, False], [False, True]) == (0.0, 0.0, 0.0)
    assert macro_f1("aabb", "aaab") == pytest.approx((0.8 + 2 / 3) / 2)


def test_what_nothing_is_known_of_has_no_score():
    assert f1([False], [False]) == (None, None, None)
    assert f1([True], [False]) == (None, 0.0, 0.0)
    assert f1([False], [True]) == (0.0, None, 0.0)


def test_the_adjusted_rand_index():
    assert adjusted_rand_index("aabb", "xxyy") == 1.0
    # Hubert and Arabie's formula by hand: 0 pairs together in both, 2 in each, 6 in all.
    assert adjusted_rand_index("aabb", "xyxy") == pytest.approx((0 - 4 / 6) / (2 - 4 / 6))


def test_the_best_bar_is_the_one_with_most_right_answers():
    values, truth = [0.1, 0.4, 0.35, 0.8], [False, False, True, True]
    bar = best_bar(values, truth)
    best = max(accuracy(truth, [v >= b for v in values]) for b in [*values, 9.0])
    assert accuracy(truth, [v >= bar for v in values]) == best


def test_classes_that_a_line_parts_are_told_apart():
    known = np.array([[0.1, 0.9], [0.2, 0.8], [0.8, 0.1], [0.9, 0.2], [0.5, 0.5], [0.45, 0.55]])
    classes = ["low", "low", "high", "high", "middle", "middle"]
    assert classified(known, classes, np.array([[0.15, 0.85], [0.85, 0.15], [0.47, 0.5]])) == [
        "low",
        "high",
        "middle",
    ]


def test_measures_of_reuse_by_hand():
    texts = [
        "Copper lanterns lit seven granite harbours by the sea",
        "Seven granite harbours by the sea lit lanterns",
    ]
    found = compared(texts, [(1, 0), (0, 1)], Settings())
    shared = measures(found, sketch(texts, Settings()), [(1, 0), (0, 1)]) ** 2
    # Of the 4 and 5 runs of five words two, of twelve words there is none; of the content words all of the
    # second's are in the first; the longest that both have in their order is "seven .. sea".
    assert shared[:, 0].tolist() == pytest.approx([2 / 4, 2 / 5])
    assert shared[:, 1].tolist() == [0, 0]
    assert shared[:, 2].tolist() == pytest.approx([1, 6 / 7])
    assert shared[:, 3].tolist() == pytest.approx([6 / 8, 6 / 9])


words = st.lists(st.integers(0, 4), max_size=80)


@given(words, words)
def test_the_longest_common_subsequence_is_that_of_the_textbook(a, b):
    longest = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            longest[i + 1][j + 1] = longest[i][j] + 1 if x == y else max(longest[i][j + 1], longest[i + 1][j])
    assert common_subsequence(a, b) == longest[-1][-1]


@pytest.fixture
def corpus(tmp_path):
    shared = (
        "Eleven lanterns burned along the wharf while the pilot boat Marguerite waited for the ebb to turn. "
    )
    shared += "Her skipper counted the crates of oranges twice and swore softly at the drizzle."
    one, two = "Nothing else is said here at all. " + shared, shared + " The rest of this one goes elsewhere."
    documents, pairs = tmp_path / "documents.jsonl", tmp_path / "pairs.jsonl.gz"
    documents.write_text(
        "".join(json.dumps({"id": i, "text": t}) + "\n" for i, t in (("a", one), ("b", two)))
    )
    start = one.index(shared)
    passage = {"suspicious": [start, len(one)], "source": [0, len(shared)]}
    record = {"category": "copied", "suspicious": "a", "source": "b", "passages": [passage]}
    with gzip.open(pairs, "wt") as file:
        file.write(json.dumps(record) + "\n")
    return pairs, documents


def test_a_corpus_in_files_is_scored(corpus):
    pairs, documents = corpus
    figures = evaluate("pan", pairs, documents=documents)
    assert figures["pairs"] == 1
    assert "false_alarms" not in figures["all"]
    assert figures["all"]["recall"] > 0.95
    assert figures["all"] == figures["copied"]
    assert len(figures["digest"]) == 64


def test_false_alarms_are_counted_where_nothing_is_reused(corpus, tmp_path):
    pairs, documents = corpus
    given = json.loads(gzip.decompress(pairs.read_bytes()))
    alarm = {**given, "category": "none", "passages": []}
    quiet = {**alarm, "source": "a", "suspicious": "c"}
    with documents.open("a") as file:
        file.write(json.dumps({"id": "c", "text": "Nobody has told a word of this elsewhere."}) + "\n")
    more = tmp_path / "more-pairs.jsonl"
    more.write_text("".join(json.dumps(each) + "\n" for each in (given, alarm, quiet)))
    figures = evaluate("pan", more, documents=documents)
    assert figures["none"] == {"without_reuse": 2, "false_alarms": 1}
    assert figures["all"]["without_reuse"] == 2
    assert "without_reuse" not in figures["copied"]


def test_what_is_held_out_is_scored_apart(corpus, tmp_path):
    _, documents = corpus
    pairs = tmp_path / "more-pairs.jsonl"
    texts = [json.loads(line) for line in documents.read_text().splitlines()]
    names = [f"suspicious-document{n:05}" for n in range(40)]
    shared = texts[0]["text"][34:]
    passage = {"suspicious": [34, len(texts[0]["text"])], "source": [0, len(shared)]}
    with documents.open("a") as file:
        file.writelines(json.dumps({"id": name, "text": texts[0]["text"]}) + "\n" for name in names)
    with pairs.open("w") as file:
        for name in names:
            record = {"category": "copied", "suspicious": name, "source": "b", "passages": [passage]}
            file.write(json.dumps(record) + "\n")
    figures = evaluate("pan", pairs, documents=documents)
    counted = [figures[name]["cases"] for name in ("tuning", "held_out")]
    assert sum(counted) == figures["all"]["cases"] == len(names)
    assert counted[0] == sum(part(name) == "tuning" for name in names) > 0


def test_a_document_stays_in_its_part():
    """Figures of what is held out mean nothing once a pair has moved."""
    parts = [part(f"suspicious-document{n:05}.txt") for n in range(2000)]
    assert [n for n in range(8) if parts[n] == "tuning"] == [1, 2, 6, 7]
    assert parts.count("tuning") == 604


def test_bad_files_are_one_clear_error(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"task": 1, "level": "orig", "text": "x"}\nnonsense\n')
    with pytest.raises(InputError, match=r"x\.jsonl:2: not JSON"):
        evaluate("levels", path)
    with pytest.raises(InputError, match="not one of"):
        evaluate("other", path)
    with pytest.raises(InputError, match=r"absent\.jsonl"):
        evaluate("pairs", tmp_path / "absent.jsonl")
    path.write_text("[" * 200_000)
    with pytest.raises(InputError, match="nested too deeply"):
        evaluate("pairs", path)
    path.write_text(
        "".join(json.dumps({"task": 1, "level": level, "text": "a b"}) + "\n" for level in ("orig", "cut"))
    )
    with pytest.raises(InputError, match="there must be two"):
        evaluate("levels", path)


def test_an_empty_passage_is_one_clear_error(corpus, tmp_path):
    _, documents = corpus
    passage = {"suspicious": [0, 0], "source": [0, 5]}
    record = {"category": "copied", "suspicious": "a", "source": "b", "passages": [passage]}
    path = tmp_path / "pairs.jsonl"
    path.write_text(json.dumps(record) + "\n")
    with pytest.raises(InputError, match=r"pairs\.jsonl:1: a passage is empty"):
        evaluate("pan", path, documents=documents)
