"""What the index gives to compare of PAN: how many of the true pairs, and how many others with them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from dedup.evaluate import digest
from dedup.evaluate.read import taken
from dedup.index import Store
from dedup.model import Article
from dedup.settings import Settings
from dedup.sketch import sketch


def candidates(pairs: Path) -> dict:
    """Recall of the pairs that share a passage, by category, at the default bar of the score.

    All documents are in one index, and each is asked for. `others` is how many pairs an article come with
    them that share no passage which is annotated.
    """
    documents = pairs.with_name(pairs.name.replace("pairs", "documents"))
    texts = {record["id"]: record["text"] for record in taken(documents, dict)}
    number_of = {name: number for number, name in enumerate(texts)}
    truth = {}
    for record in taken(pairs, dict):
        if record["passages"]:
            both = sorted((number_of[record["suspicious"]], number_of[record["source"]]))
            truth[both[0], both[1]] = record["category"]
    settings = Settings()
    sketches = sketch(list(texts.values()), settings)
    words = np.diff(sketches.tokens)
    with Store.open(":memory:", settings) as store:
        with store.writing():
            articles = [Article(name, "") for name in texts]
            numbers = store.put_articles(articles, [b""] * len(texts), words)
            store.postings.post(numbers, sketches.keys, sketches.key)
        found = store.postings.candidates(
            numbers, sketches.keys, sketches.key, before=False, min_score=settings.candidate_score
        )
    rows = np.searchsorted(numbers, found.number)
    seen = {(a, b) for a, b in zip(found.query.tolist(), rows.tolist(), strict=True) if a < b}
    total, reached = Counter(truth.values()), Counter(truth[pair] for pair in seen & truth.keys())
    fingerprints = int((sketches.key & np.uint64(1) == 0).sum())
    return {
        "digest": digest(pairs, documents),
        "keys_per_1000_words": 1000 * fingerprints / int(words.sum()),
        "others": len(seen - truth.keys()) / len(texts),
        "recall": {category: reached[category] / total[category] for category in sorted(total)},
    }
