"""Stories for the tests, made from a seed: originals and what newspapers do to them."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dedup import Article

TEAMS = (
    "Ashford", "Bellmere", "Calder Town", "Dunmore", "Easton Rovers", "Farleigh", "Garrick", "Holme Valley",
    "Ingleby", "Jarrow Park", "Kestrel", "Lowick", "Marston", "Northwold", "Orrin United", "Pelham",
    "Quarry Bank", "Ravensby", "Stanhope", "Thornley",
)  # fmt: skip
"""The rows of a table."""
SYLLABLES = [c + v + d for c in "bdfgklmnprstv" for v in "aeiou" for d in ("", "n", "r", "st")]


def words(rng: random.Random, count: int) -> list[str]:
    return ["".join(rng.choices(SYLLABLES, k=rng.choice((2, 2, 3)))) for _ in range(count)]


def sentence(rng: random.Random) -> str:
    own = words(rng, rng.randint(9, 18))
    for at in range(2, len(own), 3):
        own.insert(at, rng.choice(("the", "of", "and", "in", "to", "a")))
    return " ".join(own).capitalize() + "."


def story(rng: random.Random, sentences: int = 12) -> list[str]:
    return [sentence(rng) for _ in range(sentences)]


def reworded(rng: random.Random, line: str, share: float) -> str:
    return " ".join(words(rng, 1)[0] if rng.random() < share else word for word in line.split())


def corpus(seed: int, stories: int = 8) -> list[Article]:
    """Originals, each with a copy, a cut, two rewrites and a piece with four lifted sentences."""
    rng = random.Random(seed)
    articles = []
    for n in range(stories):
        lines = story(rng)
        versions = {
            "wire": lines,
            "copy": lines,
            "cut": lines[:6],
            "light": [reworded(rng, line, 0.08) for line in lines],
            "heavy": [reworded(rng, line, 0.25) for line in lines],
            "lift": [*story(rng, 5), *lines[3:7], *story(rng, 5)],
            "alone": story(rng),
        }
        kinds = rng.sample(sorted(versions), rng.randint(2, 7))
        articles += [
            Article(f"{n}-{kind}", " ".join(versions[kind]), source=f"{kind} news") for kind in kinds
        ]
    rng.shuffle(articles)
    return articles


def dated(article: Article, source: str, day: int, hour: int = 6) -> Article:
    """The article as a source printed it on a day of March 2025, or (after the 31st) of later months."""
    published = datetime(2025, 3, 1, hour, tzinfo=UTC) + timedelta(days=day - 1)
    return replace(article, source=source, published=published)


def daily(seed: int, days: int, source: str = "Evening Post") -> list[Article]:
    """A form that a source prints each day, filled with a few new words and figures, over a text of its own.

    Names and places are the same, and no line is: by two of them alone they look like copies.
    """
    rng = random.Random(seed)
    form = [
        f"At the {word.capitalize()} Exchange {line[:-1].lower()}"
        for word, line in zip(words(rng, 7), story(rng, 7), strict=True)
    ]
    found = []
    for day in range(1, days + 1):
        lines = [f"{line} {' '.join(words(rng, 2))}." for line in form]
        own = [*lines, f"It closed at {rng.randrange(10_000, 99_999)}.", *story(rng, 3)]
        found.append(dated(Article(f"{source} {day}", " ".join(own)), source, day))
    return found


def wired(seed: int, sources: int = 12, days: int = 1) -> list[Article]:
    """A story of an agency that so many sources ran within so many days, in long reports of their own.

    Each gives other figures for some that it had.
    """
    rng = random.Random(seed)
    lines = story(rng, 6)
    found = []
    for n in range(sources):
        counts = [
            f"Of {100 + n if place == 2 else 50 + place} so {line[0].lower()}{line[1:]}"
            for place, line in enumerate(lines)
        ]
        article = Article(f"wire {n}", " ".join([*story(rng, 6), *counts, *story(rng, 6)]))
        found.append(dated(article, f"paper {n}", 1 + n * days // sources, n))
    return found


def told_together(seed: int) -> list[Article]:
    """Two stories of two versions each, and a round-up with the beginning of both."""
    rng = random.Random(seed)
    one, other = story(rng), story(rng)
    versions = {
        "one": one,
        "other": other,
        "round-up": [*story(rng, 3), *one[:5], *story(rng, 3), *other[:4], *story(rng, 3)],
        "one again": [reworded(rng, line, 0.2) for line in one],
        "other again": [reworded(rng, line, 0.2) for line in other],
    }
    return [Article(name, " ".join(lines)) for name, lines in versions.items()]


def digest_of_two(seed: int = 7) -> list[Article]:
    """A story in two versions, one that is alone, and a digest with much of the story and an item of that."""
    rng = random.Random(seed)
    told, lone = story(rng, 9), story(rng, 9)
    digest = [*story(rng, 2), *told[:5], *story(rng, 2), *lone[:2], *story(rng, 2)]
    versions = {"told": told, "again": told, "lone": lone, "digest": digest}
    return [Article(name, " ".join(lines)) for name, lines in versions.items()]


def quoted_around_a_line(seed: int = 1, line: str = "kebar dolim santu") -> list[Article]:
    """Thirty articles of a source with a line that it repeats; of two that have a quotation, it is in it.

    The first of them, an early one, has it as a line there, the last in one paragraph.
    """
    rng = random.Random(seed)
    said = [f'"{sentence(rng)}', line, f'{sentence(rng)}", said the mayor.']
    quoting = {1: said, 29: [" ".join(said), line]}
    found = []
    for n in range(30):
        lines = story(rng, 8)
        text = "\n\n".join([*lines[:4], *quoting.get(n, [line]), *lines[4:]])
        found.append(dated(Article(f"paper {n}", text), "paper", n + 1))
    return found


def repeating(seed: int, count: int = 40) -> list[Article]:
    """Articles of two papers with blocks and lines of three words that they repeat, also in a quotation."""
    rng = random.Random(seed)
    blocks = [story(rng, 3) for _ in range(2)]
    short = [" ".join(words(rng, 3)) for _ in range(2)]
    told = story(rng, 4)
    found = []
    for n in range(count):
        paper = rng.randrange(2)
        lines = story(rng, 6)
        lines.insert(rng.randrange(6), short[paper])
        if rng.random() < 0.5:
            lines += blocks[paper]
        if rng.random() < 0.3:
            lines[2:2] = [f'"{told[0]}', short[paper], *told[1:3], f'{told[3]}"']
        if rng.random() < 0.3:
            lines[:0] = told
        text = rng.choice(("\n\n", " ")).join(lines)
        found.append(dated(Article(f"a{n}", text), f"paper {paper}", n // 2 + 1))
    return found


def world(seed: int) -> tuple[list[Article], list[Article]]:
    """Articles of a few stories, those that came first and the others: in versions, parts and round-ups.

    Some sources have a footer, and some articles the address of another.
    """
    rng = random.Random(seed)
    told = [story(rng, rng.randint(6, 16)) for _ in range(rng.randint(1, 2))]
    feet = {source: " ".join(story(rng, rng.randint(2, 6))) for source in "PQ"}
    found = []
    for n in range(rng.randint(6, 16)):
        own, other = rng.choice(told), rng.choice(told)
        begin = rng.randrange(len(own) - 3)
        part = own[begin : rng.randint(begin + 3, len(own))]
        more = story(rng, rng.randint(1, len(own)))
        lines = rng.choice(
            (
                own,
                part,
                [*part, *more],
                [*own, *more],
                [*part, *other[: rng.randint(3, len(other))], *more],
                [reworded(rng, line, rng.choice((0.02, 0.05, 0.1, 0.2))) for line in part],
                [line for line in own if rng.random() < 0.75],
                more,
            )
        )
        source = rng.choice("PPQR")
        text = " ".join(lines) + (f"\n\n{feet[source]}" if source in feet and rng.random() < 0.5 else "")
        url = rng.choice((None, None, None, "https://news.example/1", "https://news.example/2"))
        found.append(dated(Article(f"a{n}", text, url=url), source, rng.randint(1, 10), rng.randrange(24)))
    count = rng.randrange(len(found) // 2)
    return found[:count], found[count:]
