"""Stories for the tests, made from a seed: originals and what newspapers do to them."""

from __future__ import annotations

import random

from dedup import Article

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
