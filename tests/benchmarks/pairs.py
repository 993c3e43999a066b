"""What the comparison of one pair costs, beside what was promised: `make bench ARGS="--pairs"`.

CPU time of one thread, the best of several rounds over many pairs of each kind. `kernel` is the comparison of
articles that are ready; `whole` also makes both ready, and objects of what was found, but not their sketches.
"""

from __future__ import annotations

import gzip
import json
import random
import time
from itertools import product
from pathlib import Path

import numpy as np
from measure import table

from dedup.__main__ import keep_memory
from dedup.comparison import matches
from dedup.comparison.prepared import prepare_articles
from dedup.model import Article
from dedup.settings import Settings
from dedup.sketch import sketch
from dedup.threads import one_thread

WORDS = 500
PAIRS = 200
ROUNDS = 7
SHARED = Path(__file__).parents[3] / "shared" / "data"
SYLLABLES = ["".join(pair) for pair in product("bdfgklmnprstvz", ("a", "e", "i", "o", "u", "an", "er", "il"))]
FUNCTION = ["the", "of", "and", "to", "in", "a", "was", "for", "with", "on", "that", "by", "from", "at", "it"]


def prose(rng: random.Random, words: int) -> list[str]:
    """Sentences of so many words: a third function words, the others of a Zipf-like vocabulary."""
    made: list[str] = []
    while sum(len(sentence.split()) for sentence in made) < words:
        said = []
        for _ in range(rng.randint(9, 25)):
            number = int(rng.paretovariate(0.7) * 40) % 20_000
            own = SYLLABLES[number % 112] + SYLLABLES[number // 112 % 112] + SYLLABLES[number * 7 % 112]
            said.append(rng.choice(FUNCTION) if rng.random() < 1 / 3 else own)
        made.append(" ".join(said).capitalize() + ".")
    return made


def reworded(rng: random.Random, sentence: str) -> str:
    """The sentence without a sixth of its words."""
    return " ".join(word for word in sentence.split() if rng.random() > 1 / 6)


def pair(kind: str, rng: random.Random) -> tuple[str, str]:
    """Two articles of a kind."""
    a = prose(rng, 8000 if "8,000" in kind else WORDS)
    other = prose(rng, WORDS)
    half = len(a) // 2
    if "identical" in kind:
        b = a
    elif "none" in kind:
        b = other
    elif kind == "one paragraph reworded":
        b = other[:-4] + [reworded(rng, sentence) for sentence in a[half : half + 4]]
    elif kind == "half copied":
        b = a[:half] + other[: len(other) - half]
    else:
        b = [sentence if rng.random() < 0.8 else reworded(rng, sentence) for sentence in a]
    return " ".join(a), " ".join(b)


def best(work, *arguments) -> float:
    """Milliseconds of CPU of the fastest of ROUNDS calls."""
    spent = []
    for _ in range(ROUNDS + 1):
        begun = time.thread_time()
        work(*arguments)
        spent.append(time.thread_time() - begun)
    return 1000 * min(spent[1:])


def news(corpus: Path) -> list[str]:
    """Articles of about WORDS words from a file of JSON lines, in an order of chance: strangers, mostly."""
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    texts = [text for text in texts if abs(len(text.split()) - WORDS) < WORDS / 7]
    random.Random(1).shuffle(texts)
    return texts[: 2 * PAIRS]


def main() -> None:
    """Print the costs, with the memory kept as the commands keep it."""
    keep_memory()
    rng, rows = random.Random(1), [["pair of 500 words", "passages", "kernel ms", "whole ms", "promised"]]
    for name, corpus in {"Reuters": "reuters21578", "PAN 2013": "pan13-train-documents"}.items():
        path = SHARED / f"{corpus}.jsonl.gz"
        if path.exists():
            rows.append(costs(f"none, {name}", news(path), 0.1))
        else:
            print(f"{path.name} is not there: real articles are left out")
    promised = {
        "none, invented words": 0.1, "one paragraph reworded": 0.3, "half copied": 0.3, "near copy": 0.3,
        "identical": 0.3, "identical, 8,000 words": 5.0,
    }  # fmt: skip
    for kind, limit in promised.items():
        count = 20 if "8,000" in kind else PAIRS
        rows.append(costs(kind, [text for _ in range(count) for text in pair(kind, rng)], limit))
    print(table(rows))


def costs(kind: str, texts: list[str], limit: float) -> list[str]:
    """The row of pairs of texts, each two that follow each other."""
    settings, count = Settings(), len(texts) // 2
    articles = [Article(str(n), text) for n, text in enumerate(texts)]
    sketches = sketch(texts, settings)
    numbers = np.arange(2 * count).reshape(-1, 2)
    with one_thread():
        ready = prepare_articles(texts, sketches, np.arange(2 * count))
        kernel = best(lambda: ready.compare(numbers)) / count
        whole = best(lambda: matches(articles, sketches, numbers, settings)) / count
        matched = matches(articles, sketches, numbers, settings)
    found = sum(len(match.passages) for match in matched if match)
    return [kind, f"{found / count:.1f}", f"{kernel:.3f}", f"{whole:.3f}", f"{limit:.1f}"]


if __name__ == "__main__":
    main()
