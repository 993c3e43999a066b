"""The peers at the same job, each used as its documentation advises for a batch.

    python peers.py rensa|datasketch|gaoya ARTICLES.jsonl PAIRS.npy

Reads `text` of each line, makes 5-word shingles, and writes the pairs of line numbers it calls similar
(int32, m x 2). All aim at a resemblance of THRESHOLD: rensa and gaoya return candidates that pass their own
estimate of it; datasketch returns candidates, which are checked against the signatures' estimate here. None
verifies on the texts.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import orjson

THRESHOLD = 0.3
PERMUTATIONS = 128
CHUNK = 5_000
WORDS = re.compile(r"\w+")


def texts(path: Path) -> Iterator[str]:
    with path.open("rb") as lines:
        for line in lines:
            yield orjson.loads(line)["text"]


def shingles(text: str) -> list[str]:
    """The distinct 5-word shingles."""
    words = WORDS.findall(text.lower())
    return list({" ".join(words[i : i + 5]) for i in range(max(len(words) - 4, 1))})


def chunks(path: Path) -> Iterator[list[list[str]]]:
    chunk = []
    for text in texts(path):
        chunk.append(shingles(text))
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    yield chunk


def rensa(path: Path) -> Iterator[tuple[int, int]]:
    """R-MinHash in batches, its LSH (32 bands of 4), and its check of each candidate."""
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS, num_bands=32)
    sketches = []
    for chunk in chunks(path):
        made = RMinHash.from_token_sets(chunk, PERMUTATIONS, 42)
        index.insert_many(made, len(sketches))
        sketches += made
    for begin in range(0, len(sketches), CHUNK):
        part = sketches[begin : begin + CHUNK]
        for i, candidates in enumerate(index.query_all(part), begin):
            for j in candidates:
                if i < j and sketches[i].jaccard(sketches[j]) >= THRESHOLD:
                    yield i, j


def datasketch(path: Path) -> Iterator[tuple[int, int]]:
    """MinHash.bulk over xxhash, MinHashLSH with bands of its own choice, and a check of each candidate."""
    import xxhash
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    matrix = []
    for chunk in chunks(path):
        encoded = [[shingle.encode() for shingle in article] for article in chunk]
        made = MinHash.bulk(encoded, num_perm=PERMUTATIONS, hashfunc=xxhash.xxh32_intdigest)
        with index.insertion_session() as session:
            for i, minhash in enumerate(made, len(matrix)):
                session.insert(i, minhash, check_duplication=False)
        matrix += made
    for i, minhash in enumerate(matrix):
        for j in index.query(minhash):
            if i < j and minhash.jaccard(matrix[j]) >= THRESHOLD:
                yield i, j


def gaoya(path: Path) -> Iterator[tuple[int, int]]:
    """Its own analyser, inserted and queried in bulk on all cores; a query checks its candidates."""
    from gaoya.minhash import MinHashStringIndex

    index = MinHashStringIndex(32, THRESHOLD, 42, 3, None, "word", lowercase=True, ngram_range=(5, 5))
    everything = list(texts(path))
    index.par_bulk_insert_docs(list(range(len(everything))), everything)
    for begin in range(0, len(everything), CHUNK):
        for i, found in enumerate(index.par_bulk_query(everything[begin : begin + CHUNK]), begin):
            for j in found:
                if i < j:
                    yield i, j


def main() -> None:
    name, articles, out = sys.argv[1:]
    find = {"rensa": rensa, "datasketch": datasketch, "gaoya": gaoya}[name]
    pairs = np.fromiter(find(Path(articles)), dtype=np.dtype((np.int32, 2)))
    np.save(out, pairs)


if __name__ == "__main__":
    main()
