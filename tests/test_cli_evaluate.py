"""dedup evaluate, from the command line."""

import json

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
