"""The JSON of the contract."""

import itertools
import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dedup import Group, Match, Passage, RecordError, Relation, Report, Span
from dedup.report import json as report

MATCH = Match(
    "000",
    "001",
    Relation.DERIVED,
    0.0581234,
    0.09,
    0.146,
    (Passage(Span(3, 40), Span(5, 44), 7, 0.9, quoted=True, weight=1.23456),),
)
GROUP = Group("000", ("000", "001"), None, Relation.DERIVED, 0.12, (MATCH,))


def test_a_match_is_as_the_contract_has_it():
    assert report.match_object(MATCH) == {
        "a": "000",
        "b": "001",
        "relation": "derived",
        "resemblance": 0.0581,
        "containment_a": 0.09,
        "containment_b": 0.146,
        "passages": [
            {"a": [3, 40], "b": [5, 44], "words": 7, "similarity": 0.9, "quoted": True, "weight": 1.2346}
        ],
        "confidence": 0.0711,  # nothing outside quotation marks
        "retold": False,
    }


def test_what_is_told_in_other_words_says_so():
    told = replace(MATCH, as_a_whole=9.0)
    group = replace(GROUP, weakest=told.containment, matches=(MATCH, told))
    assert report.match_object(told)["retold"]
    assert report.group_object(group)["retold"]
    assert not report.group_object(replace(group, matches=(MATCH,)))["retold"]
    assert not report.group_object(replace(group, weakest=0.12))["retold"]


def test_a_run_is_one_object_with_its_groups_written_one_by_one():
    done = Report(articles=5, added=5, errors=[RecordError("in.jsonl", 3, "no text")])
    printed = "".join(report.printed_groups(iter([GROUP, GROUP]), report.report_object(done)))
    assert printed.endswith("\n")
    assert printed.count("\n") == 1
    assert json.loads(printed) == {
        "schema": 1,
        "articles": 5,
        "added": 5,
        "updated": 0,
        "unchanged": 0,
        "expired": 0,
        "pruned": 0,
        "guessed_encodings": {},
        "outdated": 0,
        "unread_dates": 0,
        "linked_folders": [],
        "errors": [{"input": "in.jsonl", "line": 3, "reason": "no text"}],
        "groups": 2
        * [
            {
                "id": "000",
                "articles": ["000", "001"],
                "earliest": None,
                "relation": "derived",
                "weakest": 0.12,
                "retold": False,
                "matches": [report.match_object(MATCH)],
            }
        ],
    }


def test_no_groups_are_an_empty_list():
    assert json.loads("".join(report.printed_groups(iter([]), {}))) == {"schema": 1, "groups": []}


@given(st.text(st.characters() | st.sampled_from('\x1b\x9b\u202e\u2028\ud800\ue000\U000e0041"\\')))
def test_any_string_comes_back_and_none_steers_a_terminal(text):
    encoded = report.encode({"id": text})
    encoded.encode("utf-8")  # no lone surrogate is left
    assert not set(encoded) & {"\x1b", "\x7f", "\x9b", "\n", "\u202e", "\u2028", "\u2066"}
    # two surrogates in a row are one character to every reader of JSON
    pairs = any(0xD800 <= ord(a) < 0xDC00 <= ord(b) < 0xE000 for a, b in itertools.pairwise(text))
    if not pairs:
        assert json.loads(encoded) == {"id": text}


def test_what_is_not_a_number_is_null():
    match = Match("a", "b", Relation.QUOTE, float("nan"), float("inf"), 1.0, ())
    assert report.match_object(match)["resemblance"] is None
    assert report.match_object(match)["containment_a"] is None


def test_confidence_grows_with_what_the_best_passage_weighs():
    def of(relation, weight):
        return replace(
            MATCH, relation=relation, passages=(replace(MATCH.passages[0], quoted=False, weight=weight),)
        ).confidence

    weights = [0.0, 1.0, 6.0, 20.0]
    sure = [of(Relation.DERIVED, weight) for weight in weights]
    assert sure == sorted(sure)
    assert 0.9 < sure[2] < sure[3] < 1
    assert of(Relation.IDENTICAL, 0.5) == 1.0
    assert of(Relation.TEMPLATE, 20.0) is None
