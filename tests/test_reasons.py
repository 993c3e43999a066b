"""Why two articles are a match or none: what a person reads must not contradict itself."""

import json
import re
from pathlib import Path

import pytest
from commands import data, within
from found import compared
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.checking.verdict import judge
from dedup.comparison.relation import beside, reason_of_best
from dedup.model import Match, Relation


def records_of(name):
    lines = (Path(__file__).parent / "quality" / f"{name}.jsonl").read_text("utf-8").splitlines()
    return {record["id"]: record for record in map(json.loads, lines)}


BRIEFS, CAPTIONS = records_of("rewordings-brief"), records_of("newsroom-captions")
FORM = (
    "Closing prices of the Norvik exchange on {}: Halmar {}, Trosk {}, Ostrand {}. Turnover was {} million"
    " crowns. All prices in crowns."
)
SAID = (
    "“We have asked the ministry for the harbour plans three times since January and we shall go on asking"
    " until we get them,” Maria Ostrand said."
)
FURNITURE = "Share this article\n\nRead more\n\nSubscribe to our newsletter\n\nAll rights reserved"
COMMON = "It was the one that he had and she had not, but they were all there."


def files_of(folder, *articles):
    paths = []
    for i, article in enumerate(articles):
        paths.append(folder / f"{i}.json")
        record = {"text": article} if isinstance(article, str) else article
        paths[-1].write_text(json.dumps({"id": str(i)} | record), "utf-8")
    return paths


def words_of(done):
    return " ".join(done.stdout.split())


@pytest.mark.parametrize(("story", "facts"), [("s01", "10 of 10"), ("s04", "14 of 14"), ("s06", "9 of 10")])
def test_a_retelling_is_told_by_its_facts_and_its_best_passage_by_its_own_weight(tmp_path, story, facts):
    files = files_of(tmp_path, BRIEFS[f"{story}-base"], BRIEFS[f"{story}-heavy"])
    found = data(within("explain", *files, "--format", "json"))
    best = max(passage["weight"] for passage in found["passages"])
    assert best < found["bar"] == 6 <= found["weight"]
    told = words_of(within("explain", *files))
    assert "derived, in other words" in told
    assert f"{facts} numbers and names agree" in told
    assert f"By itself the best passage weighs {best:.2f}, under the bar of 6.00." in told
    assert f"weight {best:.2f} of the best passage, but not why they match" in told
    assert f"as a whole {found['weight']:.2f} as one is the other told in other words" in told
    assert "a match needs" not in told
    shown = words_of(within("compare", *files))
    assert "derived, in other words" in shown
    assert found["reason"] in shown


@given(st.floats(0, 40), st.floats(0.02, 40))
def test_what_is_under_the_bar_reads_as_under_it(weight, bar):
    shown = float(beside(weight, bar))
    assert (shown < round(bar, 2)) == (weight < bar)
    assert abs(shown - weight) < 0.0151
    assert beside(5.997, 6.0) == "5.99"
    assert beside(6.001, 6.0) == "6.00"


def test_a_weight_just_under_the_bar_is_told_as_under_it():
    told = reason_of_best(5.997, 6.0)
    assert told == "By itself the best passage weighs 5.99, under the bar of 6.00."


def test_of_a_retelling_whose_best_sentence_weighs_over_the_bar_it_is_told_why_that_does_not_count():
    why = compared(BRIEFS["n01-base"]["text"], BRIEFS["n01-summary"]["text"])
    assert why.retold
    assert max(passage.weight for passage in why.passages) > why.bar
    assert re.search(r"best passage weighs \d+\.\d\d, but is too loose, or recurs\.$", why.reason)


def test_show_tells_how_many_facts_of_a_retelling_agree_if_the_index_keeps_texts(tmp_path):
    files, index = files_of(tmp_path, BRIEFS["s01-base"], BRIEFS["s01-heavy"]), tmp_path / "i.db"
    within("add", *files, "--index", index)
    shown = words_of(within("show", "s01-base", "s01-heavy", "--index", index))
    assert "10 of 10 numbers and names agree" in shown
    within("add", *files, "--index", tmp_path / "bare.db", "--no-text")
    for file in files:
        file.unlink()
    shown = words_of(within("show", "s01-base", "s01-heavy", "--index", tmp_path / "bare.db"))
    assert "numbers and names agree" not in shown


def test_a_check_tells_a_retelling_from_what_keys_alone_tell():
    base, heavy = BRIEFS["s04-base"]["text"], BRIEFS["s04-heavy"]["text"]
    assert (
        judge([dedup.compare(base, heavy)]).reason
        == "it tells in other words what a tells, and shares 3 passages (25 words)"
    )
    estimated = Match("a", "b", Relation.DERIVED, 0.2, 0.3, 0.4, (), 9.0)
    assert judge([estimated]).reason == "it shares about 40% of its words with a"


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        ("!!! ...", "!!! ...", "Nothing can be compared: there are no words"),
        ("!!! ...", SAID, "Nothing can be compared: there are no words"),
        (COMMON, f"And so {COMMON}", "words in a row that both have are too few, or too common."),
        (
            "Fire in Oslo kills two.",
            "Fire in Oslo kills two people.",
            "words in a row that both have are too",
        ),
        (
            FURNITURE,
            f"{FURNITURE}\n\nFollow us on Twitter",
            "weighs nothing, however alike it is, for it is page",
        ),
    ],
    ids=["no words", "no words in one", "function words", "too short", "page furniture"],
)
def test_what_looks_alike_and_is_no_match_is_told_why(a, b, reason):
    for why in (compared(a, b), compared(b, a)):
        assert why.relation is None
        assert reason in why.reason


def test_compare_shows_what_does_not_count_and_what_passages_weigh(tmp_path):
    told = words_of(within("compare", *files_of(tmp_path, FURNITURE, f"{FURNITURE}\n\nFollow us on Twitter")))
    assert "no match" in told
    assert "100% alike · a 0-79 · b 0-79 · weight 0.00" in told
    assert "a 0-79, page furniture: Share this article" in told


@pytest.mark.parametrize(
    ("a", "b", "relation", "reason", "needs"),
    [
        (
            FORM.format("Monday", "12.40", "33.10", "7.05", "431"),
            FORM.format("Tuesday", "12.90", "34.70", "7.55", "516"),
            "template", "What they share recurs, and does not join them", "to join, of what does not recur",
        ),
        (
            f"The council of Norvik met on Tuesday. {SAID}", f"Anglers complain of dredging. {SAID}",
            "quote", "little but quotations, which do not join them", "outside quotation marks to join",
        ),
        (COMMON, COMMON, "identical", "The words are the same", ", where not all words are the same"),
    ],
    ids=["template", "quote", "identical"],
)  # fmt: skip
def test_a_weight_beside_the_bar_tells_why_it_does_not_decide(tmp_path, a, b, relation, reason, needs):
    files = files_of(tmp_path, a, b)
    told = words_of(within("explain", *files))
    assert f": {relation} " in told
    assert reason in told
    assert re.search(rf"a match needs \d+\.\d\d ?{re.escape(needs)}", told)
    if relation != "identical":
        assert reason in words_of(within("compare", *files))


def test_a_bar_is_told_as_finely_as_the_weight_beside_it():
    """Else a weight of 4.88 is over a bar of 4.9."""
    said = SAID.strip("“").replace("”", "")
    why = compared(said, f"{COMMON} {said}")
    assert why.relation is not None
    assert why.reason.endswith(f"weighs {why.weight:.2f}, over the bar of {why.bar:.2f}.")


def test_what_a_site_has_around_its_articles_is_told_as_no_retelling(monkeypatch):
    monkeypatch.setattr("dedup.comparison.is_framed", lambda *_: True)
    why = compared(BRIEFS["s04-base"]["text"], BRIEFS["s04-heavy"]["text"])
    assert why.relation is None
    assert "No retelling, for it is what a site has around its articles: 14 of 14" in why.reason


def test_the_facts_are_why_it_is_no_retelling_where_one_has_too_few_to_count():
    """Of what is frequent ten are asked, and the order is good enough."""
    loud, heard = CAPTIONS["n7071"]["text"], CAPTIONS["n7559"]["text"]
    why = compared(loud, heard, 7.0)
    assert why.relation is None
    assert "too few agree: one has fewer than 3 numbers and names, where 10 must" in why.reason
    why = compared(loud, heard)
    assert why.reason.startswith("One is the other told in other words: one has fewer than 3 numbers")
