"""dedup evaluate, from the command line."""

import json

import pytest
from commands import told as line_of
from commands import within

TEXT = (
    "Divers found cracks in eleven of the oak pilings under the eastern quay of Lindholm, and its master "
    "closed it to freight until the spring tides are over and new timber has come from the mills upriver."
)
OTHER = "A baker of rye bread has won the regional prize for the third year with a loaf of caraway and honey."


def test_labelled_pairs_are_scored(tmp_path):
    rows = [
        {"pair": "1", "label": "WD", "agency": {"text": TEXT}, "newspaper": {"text": TEXT + " " + OTHER}},
        {"pair": "2", "label": "ND", "agency": {"text": TEXT}, "newspaper": {"text": OTHER}},
    ]
    file = tmp_path / "pairs.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = within("evaluate", "pairs", str(file), "--format", "json")
    assert done.returncode == 0
    told = json.loads(done.stdout)
    assert (told["schema"], told["pairs"], told["accuracy"]) == (1, 2, 1.0)
    assert "accuracy " in within("evaluate", "pairs", str(file)).stdout


def test_scores_that_negatives_alone_leave_undefined_are_not_given_as_0(tmp_path):
    file = tmp_path / "pairs.jsonl"
    file.write_text(json.dumps({"label": False, "a": TEXT, "b": OTHER}) + "\n")
    told = json.loads(within("evaluate", "pairs", str(file), "--format", "json").stdout)
    assert (told["accuracy"], told["precision"], told["recall"], told["f1"]) == (1.0, None, None, None)
    lines = dict(line.split() for line in within("evaluate", "pairs", str(file)).stdout.splitlines())
    assert (lines["accuracy"], lines["precision"], lines["recall"], lines["f1"]) == ("1.0000", "-", "-", "-")


def test_a_file_of_another_kind_is_one_line_and_status_3(tmp_path):
    file = tmp_path / "pairs.jsonl"
    file.write_text('{"pair": "1"}\n')
    done = within("evaluate", "pairs", str(file))
    assert "pairs.jsonl" in line_of(done, 3)
    assert done.stdout == ""


@pytest.mark.parametrize("label", [True, 1, "1", "true", "YES", "wd", "PD", "Duplicate", "derived"])
def test_a_label_says_yes(tmp_path, label):
    assert negatives(tmp_path, label) == 0


@pytest.mark.parametrize("label", [False, 0, "0", "False", "no", "nd", "none"])
def test_a_label_says_no(tmp_path, label):
    assert negatives(tmp_path, label) == 1


def negatives(tmp_path, label):
    file = tmp_path / "pairs.jsonl"
    file.write_text(json.dumps({"label": label, "a": TEXT, "b": TEXT}) + "\n")
    return json.loads(within("evaluate", "pairs", file, "--format", "json").stdout)["negatives"]


GOOD = {
    "pairs": {"label": True, "a": TEXT, "b": TEXT},
    "levels": {"task": "1", "level": "orig", "text": TEXT},
    "pan": {"suspicious": "1", "source": "1", "category": "none", "passages": []},
}


@pytest.mark.parametrize(
    ("kind", "changed", "reason"),
    [
        (
            "pairs",
            {"label": "maybe"},
            "2: the label 'maybe' is none of true, 1, yes, duplicate, derived, WD, PD; ",
        ),
        ("pairs", {"label": None}, "2: the label None is none of true"),
        ("pairs", {"label": ...}, "2: there is no label"),
        ("pairs", {"b": ...}, "2: there is no b"),
        ("pairs", {"b": 7}, "2: b is no text"),
        ("levels", {"level": ...}, "2: there is no level"),
        ("levels", {"task": "2", "level": "non"}, " no text of task '2' has the level orig"),
        ("pan", {"source": "2"}, "2: no document has the id '2'"),
        ("pan", {"passages": [{"suspicious": [0, 5]}]}, "2: there is no source"),
        ("pan", {"passages": [{"suspicious": [0, 5], "source": 5}]}, "2: passages are not of the form "),
    ],
)
def test_a_record_that_cannot_be_scored_is_named_with_its_line(tmp_path, kind, changed, reason):
    (tmp_path / "documents.jsonl").write_text(json.dumps({"id": "1", "text": TEXT}) + "\n")
    bad = {name: value for name, value in {**GOOD[kind], **changed}.items() if value is not ...}
    (tmp_path / "pairs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in (GOOD[kind], bad)))
    said = line_of(within("evaluate", kind, tmp_path / "pairs.jsonl"), 3)
    assert said.startswith(f"{tmp_path}/pairs.jsonl:{reason}")
