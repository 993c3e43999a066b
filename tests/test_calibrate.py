"""The bar of a match, by a person's answers."""

import errno
import json
import random
import re
import shutil
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from commands import told, within
from stories import story

import dedup
from dedup.calibration import propose, write_bar
from dedup.cli import calibrate
from dedup.errors import SettingsError
from dedup.settings import Settings

REWORDINGS = Path(__file__).parent / "quality" / "rewordings-tuning.jsonl"


def thinned(text, keep, seed):
    rng = random.Random(seed)
    return " ".join(word for word in text.split() if rng.random() < keep)


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """An index of stories with a lifted beginning, longer and longer."""
    path = tmp_path_factory.mktemp("calibrate") / "news.db"
    with dedup.open(path) as opened:
        records = []
        for n in range(24):
            rng = random.Random(n)
            whole = " ".join(story(rng, 10))
            lifted = thinned(" ".join(whole.split()[: 10 + n]), 0.9, n)
            records.append({"id": f"a{n}", "text": whole})
            records.append({"id": f"b{n}", "text": f"{' '.join(story(random.Random(900 + n), 9))} {lifted}"})
        opened.add(records)
    return path


def test_borderline_pairs_lie_about_the_bar_and_are_the_same_again(index):
    with dedup.open(index) as opened:
        bar = opened.settings.match_weight
        found = opened.borderline(8)
        assert found == opened.borderline(8)
        assert 1 < len(found) <= 8
        assert all(bar / 3.01 <= match.weight <= 3 * bar for match in found)
        assert [match.weight for match in found] == sorted(match.weight for match in found)


def test_the_bar_that_agrees_with_the_answers_is_proposed():
    proposal = propose([2.0, 3.0, 5.0, 7.0, 9.0], [False, False, True, False, True])
    assert 3.0 < proposal.match_weight <= 5.0
    assert (proposal.precision, proposal.recall, proposal.judged) == (2 / 3, 1.0, 5)


def test_the_bar_stays_where_no_other_agrees_with_more_answers():
    assert propose([7.0, 9.0], [True, True], 6.0).match_weight == 6.0
    assert propose([2.0, 9.0], [False, True], 6.0).match_weight == 6.0
    assert 7.0 < propose([7.0, 9.0], [False, True], 6.0).match_weight <= 9.0


@pytest.mark.parametrize(
    "before",
    [
        None,
        "\ufeffmatch_weight = 6.0\nexcerpt = 0.5\n",
        "match_weight = 6.0 # as it was\nexcerpt = 0.5\n",
        "[dedup]\nexcerpt = 0.5\n",
        "# empty\n",
    ],
)
def test_the_bar_is_written_and_all_else_stays(tmp_path, before):
    path = tmp_path / "settings.toml"
    if before is not None:
        path.write_text(before)
    write_bar(path, 4.25)
    assert Settings.from_toml(path).match_weight == 4.25
    read = tomllib.loads(path.read_text())
    assert read.get("dedup", read).get("excerpt") == (0.5 if "excerpt" in (before or "") else None)


def test_a_link_to_settings_stays_one_and_the_file_keeps_its_mode(index, tmp_path):
    path, link = tmp_path / "folder" / "my.toml", tmp_path / "link.toml"
    path.parent.mkdir()
    path.write_text("[dedup]\n")
    path.chmod(0o600)
    link.symlink_to(path)
    done = within("calibrate", "--index", index, "--pairs", "2", "--settings", link, stdin=b"n\ny\n")
    assert f"Written to {link}" in done.stdout
    assert link.is_symlink()
    assert "match_weight" in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_settings_that_cannot_be_are_told_by_the_name_of_their_file(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text("[dedup]\nexcerpt = 7\n")
    with pytest.raises(SettingsError, match=rf"^{re.escape(str(path))}: excerpt"):
        write_bar(path, 4.25)


def test_a_file_that_holds_no_settings_stays_as_it_is(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text("this is = not [ TOML\n")
    with pytest.raises(SettingsError):
        write_bar(path, 4.25)
    assert path.read_text() == "this is = not [ TOML\n"
    assert list(tmp_path.iterdir()) == [path]


def test_answers_from_a_pipe_set_the_bar(index, tmp_path):
    path = tmp_path / "settings.toml"
    answers = b"what?\nn\nn\ns\ny\ny\nq\n"
    done = within(
        "calibrate", "--index", index, "--pairs", "8", "--settings", path, "--format", "json", stdin=answers
    )
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert (facts["judged"], facts["precision"], facts["recall"]) == (4, 1.0, 1.0)
    assert Settings.from_toml(path).match_weight == facts["match_weight"]
    assert done.stderr.count("Is one made from the other?") == 7


def test_articles_that_are_removed_while_a_person_thinks_are_shown_all_the_same(index, tmp_path, monkeypatch):
    path = shutil.copy(index, tmp_path / "copy.db")
    asked = calibrate._asked

    def and_then_removed(*given):
        with dedup.open(path) as writer:
            writer.prune(timedelta())
        return asked(*given)

    monkeypatch.setattr(calibrate, "_asked", and_then_removed)
    done = within("calibrate", "--index", path, "--pairs", "3", stdin=b"n\nn\ny\n")
    assert "On the 3 pairs judged" in done.stdout


def test_where_all_say_no_precision_and_recall_are_not_given_as_0(index):
    done = within("calibrate", "--index", index, "--pairs", "2", stdin=b"n\nn\n")
    assert "On the 2 pairs judged: precision -, recall -\n" in done.stdout


def test_a_bar_that_the_least_yes_would_not_reach_by_rounding_is_rounded_down():
    proposal = propose([2.0787], [True], 6.0)
    assert (proposal.match_weight, proposal.precision, proposal.recall) == (2.07, 1.0, 1.0)


def test_answers_that_are_few_and_all_the_same_are_not_written(index, tmp_path):
    path = tmp_path / "settings.toml"
    few = "of 10 answers or more that it takes to tell where the bar lies"
    done = within("calibrate", "--index", index, "--settings", path, stdin=b"y\nq\n")
    assert done.returncode == 0
    assert done.stderr.endswith(f"dedup: 1 {few}; {path} stays as it is\n")
    assert "Written" not in done.stdout
    assert not path.exists()
    done = within("calibrate", "--index", index, "--settings", path, stdin=b"y\nn\nq\n")
    assert done.stderr.endswith(f"dedup: 2 {few}\n")
    assert path.exists()


def test_what_is_told_again_in_other_words_is_not_asked_about_for_no_bar_decides_it(tmp_path):
    told = {
        record["id"]: record
        for record in map(json.loads, REWORDINGS.read_text(encoding="utf-8").splitlines())
    }
    with dedup.open(tmp_path / "news.db") as opened:
        opened.add([told["a02-base"], told["a02-heavy"]])
        [match] = opened.matches_of("a02-base")
        assert match.as_a_whole is not None
        assert any(
            2 < passage.weight < 6 for passage in match.passages
        )  # which a lower bar would let through
        assert opened.borderline() == []


def test_the_settings_of_an_index_are_those_by_which_its_first_articles_were_judged(tmp_path):
    with dedup.open(tmp_path / "i.db", settings=Settings(match_weight=9.0)) as index:
        index.add([])
        assert index.judged_otherwise() == []
    with dedup.open(tmp_path / "i.db", settings=Settings()) as index:
        assert index.judged_otherwise() != []  # of which nothing was judged
        index.add([{"id": "one", "text": "A text of its own."}])
        assert index.judged_otherwise() == []
        index._store.state.record("judged_by", None)  # as an index from before they were noted
        index.add([{"id": "two", "text": "Another text of its own."}])
    with dedup.open(tmp_path / "i.db", settings=Settings(match_weight=9.0)) as index:
        assert index.judged_otherwise() == []


def test_an_index_that_was_judged_by_another_bar_says_so_and_how_to_judge_it_anew(index, tmp_path):
    path, new, bar = shutil.copy(index, tmp_path / "news.db"), tmp_path / "NEW.db", tmp_path / "my.toml"
    answers = b"n\n" * 12 + b"q\n"
    again = f"dedup add sqlite:{path} --index NEW.db --settings {bar}"
    done = within("calibrate", "--index", path, "--settings", bar, stdin=answers)
    assert done.stdout.endswith(f"The index keeps what it has judged; to judge all anew: {again}\n")
    [weight] = re.findall("match_weight = (.+)", bar.read_text())
    said = f"dedup: {path} began with match_weight 6.0, not {weight}: what it has judged stays; to judge"
    one = tmp_path / "one.jsonl"
    one.write_text('{"id": "one", "text": "A text of its own."}\n')
    for command in (["add", one], ["run", one], ["groups"]):
        done = within(*command, "--index", path, "--settings", bar)
        assert (done.returncode, done.stderr) == (0, f"{said} all anew: {again}\n")
        assert within(*command, "--index", path, "--settings", bar, "--quiet").stderr == ""
        assert within(*command, "--index", path).stderr == ""
    assert within(*again.replace("NEW.db", str(new)).split()[1:]).returncode == 0
    assert within("groups", "--index", new, "--settings", bar).stderr == ""
    with dedup.open(path) as before, dedup.open(new) as after:
        assert before.count_groups() > after.count_groups()


def test_without_answers_nothing_is_written(index, tmp_path):
    path = tmp_path / "settings.toml"
    done = within("calibrate", "--index", index, "--settings", path)
    assert done.stdout == ""
    assert done.returncode == 0
    assert "no pair was judged" in done.stderr
    assert not path.exists()


@pytest.mark.parametrize("name", ["nodir/my.toml", "."])
def test_a_settings_file_that_could_not_be_written_is_told_before_the_first_question(index, tmp_path, name):
    done = within("calibrate", "--index", index, "--settings", tmp_path / name, stdin=b"y\nn\nq\n")
    assert "--settings" in told(done, 2)
    assert done.stdout == ""


@pytest.mark.parametrize("kind", ["text", "json"])
def test_a_proposal_that_cannot_be_written_is_not_lost(index, tmp_path, monkeypatch, kind):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("dedup.whole_file.os.fsync", full)
    path = tmp_path / "my.toml"
    options = ["--index", index, "--pairs", "2", "--settings", path, "--format", kind]
    done = within("calibrate", *options, stdin=b"n\ny\n")
    assert done.returncode == 4
    assert done.stderr.endswith(f"dedup: {path}: No space left on device\n")
    if kind == "json":
        assert json.loads(done.stdout)["written"] is None
    assert "match_weight" in done.stdout
    assert "Written to" not in done.stdout


def test_an_index_without_borderline_pairs_says_so(tmp_path):
    with dedup.open(tmp_path / "empty.db"):
        pass
    assert (
        told(within("calibrate", "--index", tmp_path / "empty.db"), 0) == "the index has no borderline pair"
    )
