"""What Spark's workers run, without Spark: however the work is cut up, one machine's results."""

import random
from collections import defaultdict

import numpy as np
import pytest
from sparked import found_in, papers
from stories import corpus, daily, sentence, story, wired, words

import dedup
from dedup.funnel import marking
from dedup.index.spread import issues_of
from dedup.model import Article, Relation
from dedup.settings import Settings
from dedup.sketch import sketch

pa = pytest.importorskip("pyarrow")

from dedup.group import Links, partition  # noqa: E402
from dedup.spark import candidates as stage  # noqa: E402
from dedup.spark import groups, matches, undone  # noqa: E402
from dedup.spark.arrow import schema_of  # noqa: E402
from dedup.spark.lines import turns_of  # noqa: E402

SETTINGS = Settings()


def skewed(seed: int, copies: int = 150) -> list[Article]:
    """A corpus with a story that many have, a footer under many others, two forms and a wire story."""
    rng = random.Random(seed)
    hot, footer = story(rng), " ".join(sentence(rng) for _ in range(3))
    found = corpus(seed, 12)
    found += [Article(f"hot-{n}", " ".join([*words(rng, 9), *hot])) for n in range(copies)]
    found += [Article(f"foot-{n}", " ".join(story(rng, 6)) + "\n\n" + footer) for n in range(copies)]
    rng.shuffle(found)
    forms = [*daily(seed, 14), *daily(seed + 1, 12, "Courier"), *wired(seed)]
    for place, one in zip(sorted(rng.sample(range(len(found)), len(forms))), forms, strict=True):
        found.insert(place, one)
    return found


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    return skewed(1)


@pytest.fixture(scope="module")
def one_machine(articles) -> dict[tuple[str, str], object]:
    with dedup.open(":memory:") as index:
        index.add(articles)
        found = [match for article in articles for match in index.matches_of(article.id)]
        return {(match.a, match.b): match for match in found}, {g.id: g for g in index.groups()}


def rows_of(articles):
    sketches = sketch([article.text for article in articles], SETTINGS)
    issues = issues_of(articles)
    return [
        {
            "number": n,
            "id": article.id,
            "source": article.source,
            "published": article.published.isoformat() if article.published else None,
            "url": article.url,
            "text": article.text,
            "keys": sketches.key[sketches.keys[n - 1] : sketches.keys[n]].tobytes(),
            "issue": int(issues[n - 1]),
        }
        for n, article in enumerate(articles, 1)
    ]


def table(rows, columns):
    return pa.Table.from_pylist([{name: row[name] for name in columns} for row in rows])


def grouped(tables, by):
    rows = defaultdict(list)
    for one in tables:
        for row in one.to_pylist():
            rows[row[by]].append(row)
    return rows


def run(rows, plan, cell, rng):
    """The stages, as Spark runs them: rows dealt to tasks, in no order."""
    pieces = []
    for begin in range(0, len(rows), 130):
        batch = table(rows[begin : begin + 130], ("number", "keys", "issue")).to_batches()
        pieces += list(stage.post(iter(batch), plan))
    rng.shuffle(pieces)
    known = []
    for part in grouped(pieces, "part").values():
        rng.shuffle(part)
        known.append(stage.tell(pa.Table.from_pylist(part, schema_of(stage.POSTINGS)), plan))
    known = grouped(known, "bucket")
    own = defaultdict(list)
    for row in rows:
        if row["number"] >= plan.first:
            own[(row["number"] - plan.first) // plan.size].append(row)
    pairs = []
    for bucket, mine in own.items():
        told = pa.Table.from_pylist(known.get(bucket, []), schema_of(stage.POSTINGS))
        pairs += stage.pair(table(mine, ("number", "keys", "issue")), told, plan, SETTINGS).to_pylist()
    cells = defaultdict(list)
    for pair in pairs:
        cells[(pair["b"] - plan.first) // cell].append(pair)
    found = []
    for mine in cells.values():
        needed = sorted({pair[end] for pair in mine for end in "ab"})
        texts = table([rows[n - 1] for n in needed], ("number", "id", "source", "published", "url", "text"))
        found += matches.compare(pa.Table.from_pylist(mine), texts, {}, SETTINGS).to_pylist()
    return found


def as_plain(match):
    return (
        match.relation.value, match.resemblance, match.containment_a, match.containment_b, match.weight,
        [
            (p.a.start, p.a.end, p.b.start, p.b.end, p.words, p.similarity, p.quoted, p.weight)
            for p in match.passages
        ],
    )  # fmt: skip


def row_as_plain(row):
    names = ("relation", "resemblance", "containment_a", "containment_b", "weight")
    return *(row[name] for name in names), [tuple(passage.values()) for passage in row["passages"]]


@pytest.mark.parametrize(("size", "parts", "cell"), [(1000, 1, 1000), (37, 5, 11), (100, 3, 60)])
def test_matches_are_those_of_one_machine_however_the_work_is_cut(articles, one_machine, size, parts, cell):
    rows = rows_of(articles)
    plan = stage.Plan(first=1, last=len(rows), articles=len(rows), size=size, parts=parts)
    found = run(rows, plan, cell, random.Random(size))
    expected, _ = one_machine
    assert {(row["a_id"], row["b_id"]): row_as_plain(row) for row in found} == {
        pair: as_plain(match) for pair, match in expected.items()
    }
    assert len(found) == len(expected)


def test_a_later_day_finds_what_is_left(articles, one_machine):
    """Two days together find the matches of one."""
    rows = rows_of(articles)
    half = len(rows) // 2
    first = stage.Plan(first=1, last=half, articles=half, size=50, parts=4)
    second = stage.Plan(first=half + 1, last=len(rows), articles=len(rows), size=70, parts=3)
    found = [
        *run(rows[:half], first, 30, random.Random(1)),
        *run(rows, second, 30, random.Random(2)),
    ]
    expected, _ = one_machine
    assert {(row["a_id"], row["b_id"]): row_as_plain(row) for row in found} == {
        pair: as_plain(match) for pair, match in expected.items()
    }


def sharing(index, number):
    """The articles that have some of the keys of an article when it is added, and those with its new line."""
    (article,) = index._store.articles.get([number])
    whole = sketch([article.text], SETTINGS)
    marked = marking.recall(index._store, [article], whole, np.array([number]))
    then = marking.recall(index._store, [article], whole, np.array([number + 1]))
    having = index._store.postings.having
    return having(marked.key), having(np.setdiff1d(marked.key, then.key))


def test_links_are_undone_where_the_index_undoes_them(monkeypatch):
    """Each source by itself, from the links as its articles came; a quotation is left of one."""
    told = Settings(
        next_days=1e5, late_days=1e5
    )  # else what a source has on two days joins nothing, and nothing is undone
    records = papers(1, 30)
    for record in records[28::3]:  # another note, which comes later
        record["text"] = f"{' '.join(story(random.Random(2), 2))}\n\n{record['text']}"
    said = f'"{" ".join(story(random.Random(1), 5))}" she said.\n\n'
    for record in records[3:9:3]:
        record["text"] = said + record["text"]
    note = " ".join(story(random.Random(3), 5))
    for n in range(100):  # in so many that at last no match leads to the first two
        text = "\n\n".join([*story(random.Random(100 + n), 4 if n < 2 else 12), note])
        paper = {"source": "Post", "published": f"2025-03-{1 + n // 30:02d}T00:00:00Z"}
        records.append({"id": f"post {n}", "text": text, **paper})
    with dedup.open(":memory:", settings=told) as index:
        index.add(records)
        expected = found_in(index)[0]
    monkeypatch.setattr("dedup.funnel.turns.judge_again", lambda *_, **__: np.empty(0, np.int64))
    with dedup.open(":memory:", settings=told) as index:
        index.add(records)
        before = found_in(index)[0]
        repeated = defaultdict(lambda: (b"", b""))
        for line in index.boilerplate():
            ends = repeated[line.source], (np.uint64(line.hash), np.int64(line.since))
            repeated[line.source] = tuple(known + one.tobytes() for known, one in zip(*ends, strict=True))
        turns = turns_of(repeated, 0)
        found = {turn: sharing(index, turn) for own in turns.values() for turn in own}
        others, having = ({turn: each[i] for turn, each in found.items()} for i in range(2))
    number = {record["id"]: n for n, record in enumerate(records, 1)}
    left = {pair: as_plain(match) for pair, match in before.items()}
    for source in turns:
        own = [{"url": None, "number": number[r["id"]], **r} for r in records if r["source"] == source]
        ids = {row["id"] for row in own if row["number"] <= turns[source][-1]}
        pairs = [pair for pair, match in before.items() if match.relation.joins and ids.issuperset(pair)]
        links = pa.table(
            {"source": [source] * len(pairs)}
            | {end: [number[pair[i]] for pair in pairs] for i, end in enumerate("ab")}
        )
        texts = table(own[::-1], ("number", "id", "source", "published", "url", "text"))
        made = undone.undo(
            links, texts, lines=repeated, turns=turns, others=others, having=having, settings=told
        )
        for row in made.to_pylist():
            assert (number[row["a_id"]], number[row["b_id"]]) == (row["a"], row["b"])
            assert left.pop((row["a_id"], row["b_id"]))
            if row["relation"] is not None:
                left[row["a_id"], row["b_id"]] = row_as_plain(row)
    assert left == {pair: as_plain(match) for pair, match in expected.items()}
    assert len(turns) == 4
    assert Relation.QUOTE in {
        match.relation for pair, match in expected.items() if before[pair].relation.joins
    }


def stretch_of(passages):
    own = [p for p in passages if not p["quoted"]]
    ends = (("a_start", min), ("a_end", max), ("b_start", min), ("b_end", max))
    return [least(p[name] for p in own) for name, least in ends] if own else None


def test_groups_are_those_of_one_machine(articles, one_machine):
    rows = rows_of(articles)
    plan = stage.Plan(first=1, last=len(rows), articles=len(rows), size=64, parts=2)
    found = run(rows, plan, 50, random.Random(3))
    joining = [row for row in found if Relation(row["relation"]).joins]
    random.Random(4).shuffle(joining)
    for row in joining:
        row["stretch"] = stretch_of(row["passages"])
    links = table(joining, (*groups.LINK, "stretch"))
    members = [
        {**row, "before": None} for row in rows if row["number"] in {r[e] for r in joining for e in "ab"}
    ]
    made = groups.group(links, pa.Table.from_pylist(members)).to_pylist()
    expected = one_machine[1]
    assert {row["id"] for row in made} == set(expected)
    for row in made:
        group = expected[row["id"]]
        assert tuple(row["articles"]) == group.articles
        assert (row["earliest"], row["relation"], row["weakest"]) == (
            group.earliest,
            group.relation,
            group.weakest,
        )


def test_components_may_be_grouped_apart():
    """The rule of groups looks at nothing beyond a component, so components may go to different tasks."""
    rng = np.random.default_rng(5)
    a, b = rng.integers(0, 300, (2, 260))
    a, b = np.minimum(a, b)[a != b], np.maximum(a, b)[a != b]
    links = Links(a, b, rng.random(len(a)), rng.random(len(a)))
    numbers, labels = partition(links)
    together = dict(zip(numbers.tolist(), labels.tolist(), strict=True))
    parent = {int(n): int(n) for n in numbers}

    def root(x):
        while parent[x] != x:
            x = parent[x]
        return x

    for x, y in zip(a.tolist(), b.tolist(), strict=True):
        parent[root(x)] = root(y)
    component = np.array([root(x) for x in a.tolist()])
    apart = {}
    for one in np.unique(component):
        own = component == one
        part = Links(a[own], b[own], links.strength[own], links.resemblance[own])
        apart |= dict(zip(*(column.tolist() for column in partition(part)), strict=True))
    assert len(np.unique(component)) > 5
    assert apart == together
