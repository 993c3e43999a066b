"""Foreign text made fit for a terminal: what would steer it, or hide, is shown as an escape instead.

Texts, titles, ids and urls come from strangers. A control character could move the cursor or run a terminal's
macros (ANSI escapes), and a bidi override could make a line read as something else.
"""

from __future__ import annotations

import re
import unicodedata

from rich.cells import cell_len, set_cell_size

from dedup.patterns import pattern
from dedup.report.steering import CONTROLS, NO_CHARACTERS, STEERING, UNSEEN

_UNSAFE = f"\x00-\x1f{CONTROLS}{STEERING}{NO_CHARACTERS}"
_IN_TEXT = pattern(f"[{_UNSAFE}]")
# What is unseen is left out of running text, and shown in a label, for two ids may differ by one.
_IN_LABEL = pattern(f"[{_UNSAFE}{UNSEEN}]")
_LEFT_OUT = pattern(f"[{UNSEEN}]")
_PARAGRAPH = pattern(r"[^\S\n]*\n\s*\n\s*")
_SPACE = pattern(r"[\s\x1c-\x1f]+")
# Thai and Lao, Burmese, Khmer, kana and Han, of which words are not parted by spaces.
_UNSPACED = pattern("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
# Hebrew, Arabic, Syriac, Thaana, N'Ko and their presentation forms; right-to-left scripts beyond the BMP.
_RIGHT_TO_LEFT = pattern(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def _escape(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"<U+{code:04X}>"


def label(value: str, width: int | None = None) -> str:
    """An id, a title, a path or a message on one line, at most `width` cells wide (its middle left out)."""
    if width is not None and len(value) > 4 * width + 40:  # a title may be a megabyte: escape only its ends
        value = value[: 2 * width + 20] + value[-2 * width - 20 :]
    shown = _IN_LABEL.sub(_escape, " ".join(value.split(" ")))
    if width is None or cell_len(shown) <= width:
        return shown
    if width < 8:
        return set_cell_size(shown, max(width, 0)).rstrip()
    tail = min(width // 3, 20)
    end = shown[-tail:]
    while cell_len(end) > tail or is_mark(end[:1]):
        end = end[1:]
    return set_cell_size(shown, width - cell_len(end) - 3).rstrip() + "..." + end


def cut(value: str, width: int) -> str:
    """A title on one line, at most `width` cells wide: what does not fit is left out at its end."""
    shown = label(value[: 4 * width + 40])
    if len(value) <= 4 * width + 40 and cell_len(shown) <= width:
        return shown
    short = set_cell_size(shown, max(width - 3, 1)).rstrip()
    if " " in short[-20:] and not _UNSPACED.match(short[-1]):
        short = short[: short.rindex(" ")]
    return short.rstrip(" ,;:.") + "..."


def running(value: str, paragraph: str = " ¶ ") -> str:
    """A piece of an article's text: white space as single spaces, the breaks between paragraphs as a sign."""
    joined = _SPACE.sub(" ", _PARAGRAPH.sub(paragraph, _LEFT_OUT.sub("", value)))
    return _IN_TEXT.sub(_escape, joined)


def is_mark(character: str) -> bool:
    """Whether a character is drawn on the one before it, as accents and many vowel signs are."""
    return unicodedata.category(character or " ").startswith("M")


def past_marks(text: str, at: int) -> int:
    """The first place from `at` on where a text can be parted without taking a mark from its letter."""
    while at < len(text) and is_mark(text[at]):
        at += 1
    return at


def is_right_to_left(value: str) -> bool:
    """Whether a text holds letters of a script that is written from right to left."""
    return _RIGHT_TO_LEFT.search(value) is not None
