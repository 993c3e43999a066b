"""An index without texts: they are read again from their files, and what is gone is known by its keys."""

import csv
import gzip
import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from commands import OTHER, REWRITE, WIRE, data, folder_of, lines_of, run, told, within
from hypothesis import given, settings
from hypothesis import strategies as st
from stories import corpus

import dedup
from dedup import Article, Relation
from dedup.comparison.by_keys_kernel import shared
from dedup.errors import IndexMismatch, TextGone
from dedup.index.again import Again, Manner, Place, file_of
from dedup.read import read

TEXTS = (WIRE, REWRITE, OTHER)


def whole(index):
    """All matches of an index, and its groups."""
    ids = [row[0] for row in index._store._db.execute("SELECT id FROM article ORDER BY number")]
    return [index.matches_of(one) for one in ids], list(index.groups())


def written(path, articles):
    path.write_bytes(lines_of(*({"id": a.id, "text": a.text, "source": a.source} for a in articles)))
    return str(path)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 20))
def test_while_files_are_there_matches_and_groups_are_those_of_an_index_with_texts(
    tmp_path_factory, seed, cut
):
    folder = tmp_path_factory.mktemp("in")
    articles = corpus(seed, 4)
    files = [
        written(folder / "a.jsonl", articles[:cut]),
        written(folder / "b.jsonl", articles[cut:] or articles),
    ]
    found = []
    for name, texts in (("kept", True), ("not", False)):
        for file in files:  # another process each: nothing is remembered
            with dedup.open(folder / f"{name}.db", texts=texts) as index:
                index.add_files([file])
        with dedup.open(folder / f"{name}.db") as index:
            assert index.verify() == []
            found.append(whole(index))
            for article in articles[:cut]:
                assert index.article(article.id).text == article.text
    assert found[0] == found[1]
    held = (folder / "not.db").read_bytes()
    assert not any(article.text.encode()[:60] in held for article in articles)


def inputs(folder):
    """The three texts in every kind of file."""
    rows = [{"id": f"i{n}", "text": text} for n, text in enumerate(TEXTS)]
    with gzip.open(folder / "packed.jsonl.gz", "wb") as file:
        file.write(lines_of(*rows))
    with zipfile.ZipFile(folder / "many.zip", "w") as archive:
        for n, text in enumerate(TEXTS):
            archive.writestr(f"deep/{n}.txt", text)
    with (folder / "table.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["id", "text"])
        writer.writeheader()
        writer.writerows(rows)
    (folder / "list.json").write_text(json.dumps(rows))
    (folder / "other.jsonl").write_bytes(lines_of(*({"guid": r["id"], "story": r["text"]} for r in rows)))
    (folder / "wide.jsonl").write_bytes("".join(json.dumps(row) + "\n" for row in rows).encode("utf-16"))
    (folder / "latin.jsonl").write_bytes(
        "".join(json.dumps({**row, "source": "Zürich"}, ensure_ascii=False) + "\n" for row in rows).encode(
            "cp1252"
        )
    )


@pytest.mark.parametrize(
    "name",
    [
        "packed.jsonl.gz",
        "many.zip",
        "table.csv",
        "list.json",
        "other.jsonl",
        "wide.jsonl",
        "latin.jsonl",
        "texts",
    ],
)
def test_texts_are_read_again_from_every_kind_of_file(tmp_path, name):
    inputs(tmp_path)
    folder_of(tmp_path / "texts")
    fields = ["--field", "text=story", "--field", "id=guid"] if name == "other.jsonl" else []
    for other in ("run", "add"):
        made = within(other, name, "--index", f"{other}.db", "--no-text", *fields, cwd=tmp_path)
        assert made.returncode == 0, made.stderr
        with dedup.open(tmp_path / f"{other}.db", create=False) as index:
            ids = [row[0] for row in index._store._db.execute("SELECT id FROM article")]
            assert sorted(index.article(each).text for each in ids) == sorted(TEXTS)
        assert data(within("groups", "--format", "json", "--index", f"{other}.db", cwd=tmp_path))["groups"]


def test_texts_that_were_read_before_they_came_are_read_again_in_the_manner_that_is_told(tmp_path):
    inputs(tmp_path)
    manner = {"fields": {"text": "story", "id": "guid"}}
    with dedup.open(tmp_path / "i.db", texts=False) as index:
        index.add(read([str(tmp_path / "other.jsonl")], **manner), **manner)
    with dedup.open(tmp_path / "j.db", texts=False) as index:
        index.read_by({}, "cp1252")
        index.add(read([str(tmp_path / "latin.jsonl")], encoding="cp1252"))
    for name in "ij":
        with dedup.open(tmp_path / f"{name}.db") as index:
            assert [index.article(f"i{n}").text for n in range(3)] == list(TEXTS)


def test_what_has_changed_or_gone_is_no_text(tmp_path):
    path = tmp_path / "a.jsonl"
    articles = [Article(f"i{n}", text, source="s") for n, text in enumerate(TEXTS)]
    with dedup.open(tmp_path / "i.db", texts=False) as index:
        index.add_files([written(path, articles)])
    path.write_bytes(path.read_bytes().replace(b"harbour council", b"harbour Council"))
    with dedup.open(tmp_path / "i.db") as index:
        assert [index.article(a.id).text for a in articles] == ["", REWRITE, OTHER]
        assert index.match("i0", "i1").relation is Relation.DERIVED
        with pytest.raises(
            TextGone, match=r"the text of i0 is not kept, and .*a\.jsonl no longer has it as it was"
        ):
            index.explain("i0", "i1")
    written(path, articles[::-1])  # on other lines
    with dedup.open(tmp_path / "i.db") as index:
        assert [index.article(a.id).text for a in articles] == list(TEXTS)
        index.explain("i0", "i1")


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
@pytest.mark.parametrize("error", [PermissionError, FileNotFoundError])
def test_a_file_that_cannot_be_opened_is_as_good_as_gone_until_it_can(tmp_path, monkeypatch, error, name):
    file = tmp_path / name
    file.write_bytes(lines_of({"id": "wire", "text": WIRE}))
    opened = Path.open

    def refusing(path, *arguments, **how):
        if path == file:
            raise error
        return opened(path, *arguments, **how)

    with dedup.open(tmp_path / "i.db", texts=False) as index:
        index.add_files([str(file)])
    with dedup.open(tmp_path / "i.db") as index:
        with monkeypatch.context() as patch:
            patch.setattr(Path, "open", refusing)
            assert index.article("wire").text == ""
            assert index.check(Article("new", WIRE)).relation is Relation.IDENTICAL
            index.add([Article("copy", WIRE)])
        assert [match.estimated for match in index.matches_of("copy")] == [True]
        assert index.article("wire").text == WIRE


def test_a_file_that_vanishes_before_its_lines_are_read_is_gone(tmp_path, monkeypatch):
    file = tmp_path / "a.jsonl"
    with dedup.open(tmp_path / "i.db", texts=False) as index:
        index.add_files([written(file, [Article("wire", WIRE)])])
    begins = Again._begins

    def vanishing(again, known):
        found = begins(again, known)
        file.unlink()
        return found

    monkeypatch.setattr(Again, "_begins", vanishing)
    with dedup.open(tmp_path / "i.db") as index:
        assert index.article("wire").text == ""


def test_file_of_finds_files_and_archives_only(tmp_path):
    (tmp_path / "a.zip").touch()
    assert file_of(str(tmp_path), "a.zip/deep/x.txt") == str(tmp_path / "a.zip")
    assert file_of("/", str(tmp_path / "a.zip")) == str(tmp_path / "a.zip")
    for none in ("-", "record", "deep/x.txt", "../nowhere/x.txt"):
        assert file_of(str(tmp_path), none) is None


def test_no_more_texts_are_remembered_than_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr("dedup.index.again.REMEMBERED", 2 * len(WIRE))
    folder_of(tmp_path)
    again = Again([Manner()])
    with dedup.open(tmp_path / "i.db", texts=False) as index:
        index.add_files([str(tmp_path)])
        places = index._store.places.of([1, 2, 3])
    assert sorted(again.texts(places)) == sorted(TEXTS)
    assert again._size <= 2 * len(WIRE)
    assert again.texts([Place(None, None, b"unknown")]) == [""]


def test_no_more_of_what_is_gone_is_remembered_than_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr("dedup.index.again.GONE", 5)
    files = [tmp_path / f"{n}.jsonl" for n in range(4)]
    for n, file in enumerate(files):
        written(file, [Article(f"{n} {m}", f"{text} It is the {n}th.") for m, text in enumerate(TEXTS)])
    with dedup.open(tmp_path / "i.db", texts=False) as index:
        index.add_files(list(map(str, files)))
        places = index._store.places.of(range(1, 13))
    again = Again([Manner()])
    assert all(again.texts(places))
    assert len(again._gone) == 0
    again = Again([Manner()])
    for file in files:
        file.write_bytes(file.read_bytes().replace(b"It is the", b"It was the"))
    for part in (places, places[3:7]):
        assert not any(again.texts(part))
    assert len(again._gone) == 5
    with monkeypatch.context() as patch:
        patch.setattr(Again, "_single", None)  # of what is known to be gone, no file is read
        assert not any(again.texts(places[3:7]))


@pytest.fixture
def gone(tmp_path):
    """An index whose file is gone."""
    file = tmp_path / "in.jsonl"
    file.write_bytes(
        lines_of(
            {"id": "wire", "text": WIRE}, {"id": "rewrite", "text": REWRITE}, {"id": "other", "text": OTHER}
        )
    )
    assert within("add", "in.jsonl", "--index", "i.db", "--no-text", cwd=tmp_path).returncode == 0
    file.unlink()
    return tmp_path


def verdicts(folder, *records, add=False):
    more = ["--add"] if add else []
    done = run("filter", "--index", "i.db", *more, stdin=lines_of(*records), cwd=folder)
    assert done.returncode == 0, done.stderr
    return [json.loads(line)["dedup"] for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("text", "verdict", "relation"),
    [
        (WIRE, "duplicate", "identical"),
        (WIRE.upper(), "duplicate", "identical"),
        ("Our desk in the harbour. " + WIRE, "duplicate", "near-duplicate"),
        (WIRE[: len(WIRE) // 2], "duplicate", "excerpt"),
        (corpus(7, 1)[0].text + "\n\n" + WIRE[-600:], "related", "derived"),
        ("Nothing of it was ever told before in this town, and nobody missed it.", "new", None),
    ],
)  # fmt: skip
def test_copies_of_what_is_gone_are_told_by_their_keys(gone, text, verdict, relation):
    (answer,) = verdicts(gone, {"id": "new", "text": text})
    assert (answer["verdict"], answer["relation"]) == (verdict, relation)
    with dedup.open(":memory:") as index:  # as with the texts
        index.add([Article("wire", WIRE), Article("rewrite", REWRITE), Article("other", OTHER)])
        whole = index.check(Article("new", text))
    assert (whole.verdict, whole.relation, whole.of) == (
        verdict,
        relation and Relation(relation),
        answer["of"],
    )


def test_a_filter_that_keeps_no_texts_tells_copies_from_run_to_run(tmp_path):
    first = {"id": "a", "text": WIRE}
    done = run("filter", "--index", "i.db", "--add", "--no-text", stdin=lines_of(first), cwd=tmp_path)
    assert done.returncode == 0
    answer, other = verdicts(tmp_path, {"id": "b", "text": WIRE}, {"id": "c", "text": OTHER}, add=True)
    assert (answer["verdict"], answer["of"], other["verdict"]) == ("duplicate", "a", "new")
    (answer,) = verdicts(tmp_path, {"id": "d", "text": OTHER}, add=True)
    assert (answer["verdict"], answer["of"]) == ("duplicate", "c")
    assert within("info", "--check", "--index", "i.db", cwd=tmp_path).returncode == 0


def test_a_match_by_keys_says_so(gone):
    (gone / "more.jsonl").write_bytes(lines_of({"id": "cut", "text": WIRE[: len(WIRE) // 2]}))
    assert within("add", "more.jsonl", "--index", "i.db", cwd=gone).returncode == 0
    shown = data(within("show", "cut", "wire", "--index", "i.db", "--format", "json", cwd=gone))
    assert (shown["relation"], shown["estimated"], shown["passages"]) == ("excerpt", True, [])
    assert 0.8 < shown["containment_a"] <= 1
    assert shown["confidence"] > 0.9
    text = within("show", "cut", "wire", "--index", "i.db", cwd=gone).stdout
    assert "told by keys alone" in text
    group = data(within("groups", "--index", "i.db", "--format", "json", cwd=gone))["groups"][0]
    assert sorted(group["articles"]) == ["cut", "rewrite", "wire"]


COMMANDS = {
    "show wire": "is not kept, and in.jsonl no longer has it",
    "show wire rewrite": "is not kept, and in.jsonl no longer has it",
    "show wire other": None,
    "groups": "wire 2 derived",
    "groups --format json": '"relation": "derived"',
    "groups --format csv": "derived",
    "show wire rewrite --format markdown": "|",
    "explain wire rewrite": None,
    "info": "not kept",
    "info --check": "not kept",
    "boilerplate": "No line",
    "calibrate": None,
    "export passages": "wire,rewrite",
    "export articles --format jsonl": '"characters": null',
    "compact": "",
    "changes": "created",
    "backup copy.db": "",
    "report -o r.html": "",
    "remove other": "",
    "prune --older-than 30d": "",
}


@pytest.mark.parametrize("asked", COMMANDS)
def test_every_command_works_without_texts_or_says_what_is_missing(gone, asked):
    done = within(*asked.split(), "--index", "i.db", cwd=gone)
    expected = COMMANDS[asked]
    if expected is None:
        assert "the text of" in told(done, 3)
    else:
        assert done.returncode == 0, done.stderr
        assert expected in " ".join(done.stdout.split())
    assert "Traceback" not in done.stderr
    with dedup.open(gone / "i.db") as index:
        assert index.verify() == []


@pytest.mark.parametrize(
    ("tables", "said"), [("passages", 2), ("articles", 2), ("groups", 0), ("matches", 0)]
)
def test_an_export_says_of_how_many_articles_the_texts_are_gone(gone, tables, said):
    done = within("export", tables, "--index", "i.db", cwd=gone)
    assert done.returncode == 0
    told = f"dedup: of {said} of the articles the texts are not kept and gone: they are told without\n"
    assert done.stderr == (told if said else "")
    assert within("export", tables, "--quiet", "--index", "i.db", cwd=gone).stderr == ""


def test_the_report_of_what_is_gone_says_that_texts_are_missing(gone):
    done = within("report", "-o", "r.html", "--index", "i.db", cwd=gone)
    assert "the texts are not kept and gone" in done.stderr
    with dedup.open(gone / "i.db") as index:
        from dedup.report.html.data import Sources, block

        (group,) = index.groups()
        made = block(group, [index.article(each) for each in group.articles], Sources(), [()] * 2)
    assert [article["x"] for article in made["articles"]] == [0, 1]  # not the same text
    assert [match["p"] for match in made["matches"]] == [[]]


@pytest.fixture(scope="module")
def titled(tmp_path_factory):
    """An index of stories that have titles, from one file that is read whole, and how many groups it has."""
    folder = tmp_path_factory.mktemp("titled")
    records = [{"id": a.id, "text": a.text, "source": a.source, "title": a.id} for a in corpus(1, 6)]
    (folder / "list.json").write_text(json.dumps(records))
    with dedup.open(folder / "i.db", texts=False) as index:
        index.add_files([str(folder / "list.json")])
        return folder / "i.db", index.count_groups()[0]


@pytest.mark.parametrize(
    "arguments",
    [
        *(["groups", "--format", kind] for kind in ("text", "csv", "json")),
        *(["export", table] for table in ("groups", "matches")),
    ],
)
def test_no_file_is_read_again_for_a_list_that_shows_no_text(titled, monkeypatch, arguments):
    monkeypatch.setattr(Again, "_read", None)
    done = within(*arguments, "--index", titled[0])
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") > titled[1] or arguments[-1] == "json"


@pytest.mark.parametrize(
    "arguments",
    [
        *(["export", table] for table in ("articles", "passages")),
        ["export", "--format", "graphml"],
        ["report", "-o", "-", "--stories-only"],
    ],
)
def test_a_file_is_read_again_once_for_a_group(titled, monkeypatch, arguments):
    asked = []
    monkeypatch.setattr(Again, "_whole", lambda _, *file: asked.append(file) or read([file[0][0]]))
    done = within(*arguments, "--index", titled[0])
    assert done.returncode == 0
    assert 0 < len(asked) <= titled[1]


def test_what_matches_tie_together_is_told_without_texts(titled, monkeypatch):
    monkeypatch.setattr(Again, "_read", None)
    with dedup.open(titled[0]) as index:
        assert list(index.alike(Relation.DERIVED))


def test_the_first_words_head_a_group_without_a_title(tmp_path):
    (tmp_path / "list.json").write_text(json.dumps([{"id": n, "text": WIRE} for n in "abcd"]))
    assert within("add", "list.json", "--index", "i.db", "--no-text", cwd=tmp_path).returncode == 0
    assert WIRE[:40] in within("groups", "--index", "i.db", cwd=tmp_path).stdout


def test_keeping_texts_is_decided_once(tmp_path):
    folder_of(tmp_path / "in")
    for name, made in (("kept.db", []), ("not.db", ["--no-text"])):
        assert within("add", "in", "--index", name, *made, cwd=tmp_path).returncode == 0
        assert within("add", "in", "--index", name, cwd=tmp_path).returncode == 0
    assert within("add", "in", "--index", "not.db", "--no-text", cwd=tmp_path).returncode == 0
    line = told(within("add", "in", "--index", "kept.db", "--no-text", cwd=tmp_path), 4)
    assert line.startswith("kept.db: made without --no-text")
    with pytest.raises(IndexMismatch, match="made with --no-text"):
        dedup.open(tmp_path / "not.db", texts=True)
    assert "--index" in within("run", "in", "--no-text", cwd=tmp_path).stderr
    assert within("filter", "--index", "x.db", "--no-text", cwd=tmp_path).returncode == 2
    assert (
        data(within("info", "--format", "json", "--index", "not.db", cwd=tmp_path))["index"]["texts"] is False
    )


def test_lines_that_a_source_repeats_undo_no_match_of_what_is_gone(gone):
    with dedup.open(gone / "i.db") as index:
        before = whole(index)
        assert index.mark_lines("Three of them have hired a lawyer.") == 1
        assert whole(index) == before


def slow(words, weight, quoted, prints, keys, least, near, tail, most):
    """What `shared` says of one pair, word by word."""
    hits = [key in keys for key, _, _ in prints]
    inside = [False] * words
    n = len(prints)
    runs = [(i, j) for i in range(n) for j in range(i + 1, n + 1) if all(hits[i:j])]
    runs = [(i, j) for i, j in runs if (i == 0 or not hits[i - 1]) and (j == n or not hits[j])]
    for i, j in runs:
        if j - i >= min(least, n):
            low = 0 if i == 0 else prints[i][1]
            high = words if j == n else max(end for _, _, end in prints[i:j])
            inside[low:high] = [True] * (high - low)
    at = [i for i in range(words) if inside[i]]
    parts = []
    for i in at:
        if parts and i - parts[-1][-1] - 1 <= near:
            parts[-1].append(i)
        else:
            parts.append([i])
    plain = [sum(weight[i] for i in part) for part in parts]
    rest = [
        value
        for value, part in zip(plain, parts, strict=True)
        if part[-1] < tail or part[-1] + 1 - part[0] > most
    ]
    marked = [sum(quoted[i] for i in part) for part in parts]
    return [max(plain, default=0), max(marked, default=0), len(at), max(rest, default=0)]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_what_keys_tell_is_what_a_word_by_word_reference_tells(data):
    texts = []
    for _ in range(data.draw(st.integers(1, 3))):
        words = data.draw(st.integers(0, 40))
        starts = (
            sorted(data.draw(st.sets(st.integers(0, max(words - 2, 0)), max_size=12))) if words > 1 else []
        )
        prints, end = [], 0
        for start in starts:  # ends ascend too, as places of adjacent content words do
            end = data.draw(st.integers(max(end, start + 2), max(end, start + 2, min(words, start + 6))))
            prints.append((2 * data.draw(st.integers(0, 9)), start, min(end, words)))
        numbers = st.lists(st.integers(0, 4), min_size=words, max_size=words)
        texts.append(
            (words, data.draw(numbers), data.draw(numbers), prints, data.draw(st.integers(0, words)))
        )
    known = [data.draw(st.sets(st.integers(0, 9).map(lambda k: 2 * k))) for _ in range(2)]
    pairs = [(q, a) for q in range(len(texts)) for a in range(2)]
    most = [data.draw(st.integers(0, 30)) for _ in pairs]
    least, near = data.draw(st.integers(1, 4)), data.draw(st.integers(0, 8))
    base = np.cumsum([0, *(text[0] for text in texts)])
    running = [
        np.append(0.0, np.cumsum([x for text in texts for x in text[column]])).astype(np.float64)
        for column in (1, 2)
    ]
    rows = [(key, b + base[q], e + base[q]) for q, text in enumerate(texts) for key, b, e in text[3]]
    key, begin, end = (
        np.array([row[i] for row in rows], t) for i, t in enumerate((np.uint64, np.int64, np.int64))
    )
    found = shared(
        np.array(pairs, np.int64), base.astype(np.int64), *running,
        np.cumsum([0, *(len(text[3]) for text in texts)]).astype(np.int64), key, begin, end,
        np.cumsum([0, *map(len, known)]).astype(np.int64),
        np.array([k for own in known for k in sorted(own)], np.uint64),
        least, near, np.array([text[4] + base[q] for q, text in enumerate(texts)], np.int64),
        np.array(most, np.float64),
    )  # fmt: skip
    expected = [
        slow(*texts[q][:4], known[a], least, near, texts[q][4], most[m]) for m, (q, a) in enumerate(pairs)
    ]
    assert found.tolist() == expected


def test_moved_files_are_as_good_as_gone_and_the_same_when_they_are_back(tmp_path):
    folder = folder_of(tmp_path / "in")
    with dedup.open(tmp_path / "i.db", texts=False) as index:
        index.add_files([str(folder)])
        before = whole(index)
    shutil.move(folder, tmp_path / "done")
    with dedup.open(tmp_path / "i.db") as index:
        assert whole(index) == before
        assert index.article("wire").text == ""
    shutil.move(tmp_path / "done", folder)
    with dedup.open(tmp_path / "i.db") as index:
        assert index.article("wire").text == WIRE


def place_of(index, name):
    return index._store._db.execute("SELECT path, line FROM article WHERE id = ?", (name,)).fetchone()


@pytest.mark.parametrize("options", [[], ["--again"]])
@pytest.mark.parametrize("command", ["add", "run"])
def test_files_that_were_moved_are_found_where_they_are_read_next(tmp_path, command, options):
    folder_of(tmp_path / "x")
    index = ["--index", "i.db"]
    assert within("add", "x", *index, "--no-text", cwd=tmp_path).returncode == 0
    shutil.move(tmp_path / "x", tmp_path / "y")
    assert within("explain", "wire", "rewrite", *index, cwd=tmp_path).returncode == 3
    assert within(command, "y", *index, *(options if command == "add" else ()), cwd=tmp_path).returncode == 0
    assert within("explain", "wire", "rewrite", *index, cwd=tmp_path).returncode == 0


def test_an_article_stays_where_it_was_while_it_is_there(tmp_path):
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    articles = [Article(f"i{n}", text) for n, text in enumerate(TEXTS)]

    def places():
        return [(Path(path), line) for path, line in (place_of(index, a.id) for a in articles)]

    with dedup.open(tmp_path / "i.db", texts=False) as index:
        index.add_files([written(first, articles)])
        assert [index.article(a.id).text for a in articles] == list(TEXTS)  # remembered, not only read
        index.add_files([written(second, articles[::-1])])
        assert places() == [(first, 1), (first, 2), (first, 3)]
        written(first, [Article("new", "another text"), *articles[1:]])  # as a log that is begun anew
        index.add_files([str(first)])
        index.add_files([str(second)], again=True)
        assert [place_of(index, a.id) for a in articles] == [
            (str(second), 3),
            (str(first), 2),
            (str(first), 3),
        ]
        written(first, articles[::-1])  # the same file, other lines
        assert index.add_files([str(first)]).unchanged == 3
        assert [place_of(index, a.id) for a in articles] == [
            (str(second), 3),
            (str(first), 2),
            (str(first), 1),
        ]
        index.add([Article(a.id, a.text) for a in articles])  # by a stream, which is no place
        first.unlink()
        index.add([Article(a.id, a.text) for a in articles])
        assert places()[1] == (first, 2)
    with dedup.open(tmp_path / "i.db") as index:
        assert [index.article(a.id).text for a in articles] == [TEXTS[0], "", ""]
        assert index.add_files([str(second)], again=True).unchanged == 3
        assert [index.article(a.id).text for a in articles] == list(TEXTS)
        assert index.verify() == []


def test_a_large_file_is_not_read_again_to_see_whether_an_article_is_there(tmp_path, monkeypatch):
    rows = [{"id": f"i{n}", "text": text} for n, text in enumerate(TEXTS)]
    first, second, third = (tmp_path / f"{name}.json" for name in "abc")
    for path in (first, second, third):
        path.write_text(json.dumps(rows))
    with dedup.open(tmp_path / "i.db", texts=False) as index:
        index.add_files([str(first)])
        index.add_files([str(second)])
        assert place_of(index, "i0")[0] == str(first)
        monkeypatch.setattr("dedup.index.again.LITTLE", 100)
        index.add_files([str(third)])
        assert place_of(index, "i0")[0] == str(third)


def test_an_index_with_texts_knows_the_file_of_an_article_and_no_line(tmp_path):
    path, moved = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    with dedup.open(":memory:") as index:
        index.add_files([written(path, [Article("a", WIRE)])])
        assert place_of(index, "a") == (str(path), None)
        path.rename(moved)
        assert index.add_files([str(moved)]).unchanged == 1
        assert place_of(index, "a") == (str(moved), None)


def test_a_file_that_vanishes_once_it_was_read_costs_nothing(tmp_path, monkeypatch):
    file = tmp_path / "a.jsonl"
    with dedup.open(tmp_path / "i.db", texts=False) as index:
        index.add_files([written(file, [Article("a", WIRE)])])
    monkeypatch.setattr("dedup.index.again.REMEMBERED", 0)
    with dedup.open(tmp_path / "i.db") as index:
        articles = index._store.articles.get

        def vanishing(numbers, **how):
            found = articles(numbers, **how)
            file.unlink(missing_ok=True)
            return found

        monkeypatch.setattr(index._store.articles, "get", vanishing)
        index.add([Article("b", WIRE)])
        [match] = index.matches_of("b")
        assert (match.relation, len(match.passages)) == (Relation.IDENTICAL, 1)
        assert index.verify() == []


def test_copies_whose_text_is_gone_stay_one_story_without_the_first(tmp_path):
    """They hang on these, and the hashes of their words are all that can tie them again."""
    file = tmp_path / "copies.jsonl"
    written(file, [Article(f"copy {n}", WIRE) for n in range(30)])
    with dedup.open(tmp_path / "index.db", texts=False) as index:
        index.add_files([str(file)])
        file.unlink()
        assert index.count_groups() == (1, 30)
    with dedup.open(tmp_path / "index.db") as index:
        index.remove({match.a for match in index.matches_of("copy 29")})
        (left,) = [len(group.articles) for group in index.groups()]
        assert left == index.info()["articles"] < 30
        assert index.verify() == []
