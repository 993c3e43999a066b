"""Article -> Sketch: tokens with their places in the text, shingles, signature, keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.arrays.ragged import gather, offsets_of
from dedup.patterns import pattern
from dedup.settings import Settings
from dedup.sketch import kernel, keys_kernel, segment_kernel, stem_kernel
from dedup.sketch.tables import Tables, permutations, tables
from dedup.threads import THREADS, in_order

__all__ = ["Sketches", "Tables", "bands_and_rows", "join", "sketch", "tables", "take", "tokenise"]


@dataclass(frozen=True, slots=True)
class Sketches:
    """The sketches of n articles side by side; row i of `stem` is `stem[tokens[i] : tokens[i + 1]]`.

    `tokens`, `shingles` and `keys` are offsets, int64 (n + 1). Per token: `start` and `end`, its half-open
    range of code points in the article's text (int32), `stem`, a hash (uint32), and `level`, how common the
    stem is in quarters of log2 of its document frequency (uint8; 255 for function words). Per shingle:
    `shingle`, XXH64 (uint64) in order of the text, repeats included. `signature` is uint32 (n, permutations).
    Per key: `key` (uint64), the bands first (odd), then the fingerprints (even); distinct. `marked` is 1 for
    the tokens of lines that an index knows as boilerplate (uint8); a sketch by itself knows of none.
    Sketches that are only to be compared have no signature (n, 0) and no keys.
    """

    tokens: NDArray[np.int64]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    stem: NDArray[np.uint32]
    level: NDArray[np.uint8]
    shingles: NDArray[np.int64]
    shingle: NDArray[np.uint64]
    signature: NDArray[np.uint32]
    keys: NDArray[np.int64]
    key: NDArray[np.uint64]
    marked: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.tokens) - 1

    @property
    def nbytes(self) -> int:
        """What the arrays take."""
        return sum(getattr(self, own.name).nbytes for own in fields(self))


@cache
def bands_and_rows(threshold: float, count: int) -> tuple[int, int]:
    """Bands and rows for a resemblance threshold, from datasketch's optimiser (equal weights)."""
    if (threshold, count) == (0.7, 128):
        return 14, 9  # the default; saves the 0.6 s that importing datasketch takes
    from datasketch.lsh import _optimal_param

    found: tuple[int, int] = _optimal_param(threshold, count, 0.5, 0.5)
    return found


def content_words(stem: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Which of these stems are no function words to the keys, which are those of English in all texts."""
    return np.array(stem_kernel.content_words(stem, tables().words, tables().levels), np.bool_)


def code_points(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """All texts as one array of code points, and where each begins (n + 1)."""
    return _points("".join(texts)), offsets_of(map(len, texts))


def _points(text: str) -> NDArray[np.uint32]:
    # numpy widens a string five times as fast as the codec, and of an empty one makes one character
    return np.array(text).reshape(1).view(np.uint32)[: len(text)]


def sketch(texts: Sequence[str], settings: Settings, *, keys: bool = True) -> Sketches:
    """Sketch texts in threads. The result does not depend on their number.

    Without `keys` only what a comparison needs is made: no signatures and no keys.
    """
    parts = _split([len(text) for text in texts])
    sketched: dict[int, Sketches] = {}
    todo = iter(range(len(parts)))  # shared: each thread takes the next part until none is left

    def work(_: int) -> None:
        scratch = Scratch.for_parts([texts[part] for part in parts])
        for i in todo:
            sketched[i] = _sketch_part(texts[parts[i]], settings, scratch, keys=keys)

    for _ in in_order(work, range(min(THREADS, len(parts)))):
        pass
    return join([sketched[i] for i in range(len(parts))])


def _split(lengths: Sequence[int], size: int = 1 << 18) -> list[slice]:
    """Slices of about `size` characters each: enough for a kernel, little enough for the cache."""
    parts, begin, total = [], 0, 0
    for i, length in enumerate(lengths):
        total += length
        if total >= size:
            parts.append(slice(begin, i + 1))
            begin, total = i + 1, 0
    if begin < len(lengths) or not parts:
        parts.append(slice(begin, len(lengths)))
    return parts


def _sketch_part(texts: Sequence[str], settings: Settings, scratch: Scratch, *, keys: bool) -> Sketches:
    table = tables()
    tokens, start, end, places = tokenise(texts, table, scratch)
    folded = scratch.folded

    shingles = np.empty_like(tokens)
    shingle = np.empty(len(start), np.uint64)
    shingle = shingle[: kernel.shingles(folded, places, tokens, settings.shingle, shingles, shingle)]

    stem = np.empty(len(start), np.uint32)
    levels = np.empty((2, len(start)), np.uint8)
    stem_kernel.stems(folded, places, table.words, table.levels, stem_kernel.KEPT, scratch.memo, stem, levels)
    level = levels[0]

    signature = np.empty((len(texts), settings.permutations if keys else 0), np.uint32)
    offsets, key = np.zeros_like(tokens), np.empty(0, np.uint64)
    if keys:
        kernel.signatures(shingle, shingles, *permutations(settings.permutations, settings.seed), signature)
        bands, rows = bands_and_rows(settings.threshold, settings.permutations)
        key = np.empty(len(texts) * bands + len(start), np.uint64)
        size = keys_kernel.keys(
            signature,
            shingles,
            bands,
            rows,
            stem,
            level,
            tokens,
            settings.window,
            scratch.pairs,
            scratch.seen,
            offsets,
            key,
        )
        key = key[:size].copy()
    return Sketches(
        tokens,
        start,
        end,
        stem,
        stem_kernel.settled(tokens, stem, levels),
        shingles,
        shingle,
        signature,
        offsets,
        key,
        np.zeros(len(start), np.uint8),
    )


@dataclass(frozen=True, slots=True)
class Scratch:
    """What the kernels write on and the next part of a thread's work may write over; see kernel.py."""

    first: NDArray[np.int32]
    last: NDArray[np.int32]
    places: NDArray[np.int64]
    folded: NDArray[np.uint8]
    memo: NDArray[np.uint64]
    pairs: NDArray[np.uint64]
    seen: NDArray[np.uint64]

    @classmethod
    def for_parts(cls, parts: Iterable[Sequence[str]]) -> Scratch:
        """Enough for each of the parts."""
        articles = characters = longest = 0
        for part in parts:
            lengths = [len(text) for text in part]
            articles = max(articles, len(lengths))
            characters = max(characters, sum(lengths))
            longest = max(longest, *lengths, 1)
        return cls(
            first=np.empty(characters + 1, np.int32),
            last=np.empty(characters + 1, np.int32),
            places=np.empty(characters + 1, np.int64),
            folded=np.empty(characters * kernel.WIDEST + articles + 2 * kernel.PAD, np.uint8),
            memo=np.zeros((1 << stem_kernel.MEMO_BITS, 4), np.uint64),
            pairs=np.empty((2, longest), np.uint64),
            seen=np.empty(1 << (2 * longest).bit_length(), np.uint64),
        )


FIRST_HAN = 0x2E80
"""Characters that may be parts of a word, a token each, come from here on."""
_ENDS_OF_LINES = [
    ("-", pattern(r"- ?\r?\n[ \t]*")),
    ("‐", pattern(r"‐ ?\r?\n[ \t]*")),
    ("¬", pattern(r"¬\s*")),  # it breaks words where lines of print are run together, too
]


def _broken(text: str) -> Iterator[tuple[int, int]]:
    """What breaks a word at the end of a line: from where to where."""
    for sign, broken in _ENDS_OF_LINES:
        if sign in text:
            for found in broken.finditer(text):
                begin, end = found.span()
                if text[begin - 1 : begin].isalpha() and text[end : end + 1].islower():
                    yield begin, end


def tokenise(
    texts: Sequence[str], table: Tables, scratch: Scratch
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """The tokens of texts: offsets (n + 1), starts, ends, and their places (+ 1) in `scratch.folded`."""
    whole, starts = "".join(texts), offsets_of(map(len, texts))
    codes = _points(whole)
    for begin, end in _broken(whole):
        codes[begin:end] = segment_kernel.SOFT_HYPHEN
    offsets = np.empty_like(starts)
    first, last, places = scratch.first, scratch.last, scratch.places
    count = kernel.tokenise(
        codes,
        starts,
        table.pages,
        table.page_of,
        table.expansions,
        offsets,
        first,
        last,
        places,
        scratch.folded,
    )
    if (codes >= FIRST_HAN).any():
        count = segment_kernel.segment(
            codes, starts, offsets, first, last, places, scratch.folded, table.words, table.levels
        )
    return offsets, first[:count].copy(), last[1 : count + 1].copy(), places[: count + 1]


def join(parts: Sequence[Sketches]) -> Sketches:
    """Put sketches side by side, in this order."""
    if len(parts) == 1:
        return parts[0]
    joined = {}
    for name in (f.name for f in fields(Sketches)):
        arrays = [getattr(part, name) for part in parts]
        if name in ("tokens", "shingles", "keys"):
            bases = offsets_of(array[-1] for array in arrays)
            arrays = [array[1:] + base for array, base in zip(arrays, bases[:-1], strict=True)]
            arrays.insert(0, np.zeros(1, np.int64))
        joined[name] = np.concatenate(arrays)
    return Sketches(**joined)


def take(sketches: Sketches, rows: NDArray[np.int64] | NDArray[np.int32]) -> Sketches:
    """Those of some articles, in this order."""
    taken: dict[str, Any] = {}
    token = ("start", "end", "stem", "level", "marked")
    for offsets, names in (("tokens", token), ("shingles", ("shingle",)), ("keys", ("key",))):
        taken[offsets], places = gather(getattr(sketches, offsets), rows)
        taken |= {name: getattr(sketches, name)[places] for name in names}
    return Sketches(signature=sketches.signature[rows], **taken)
