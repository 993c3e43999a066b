"""Characters of foreign text that steer what shows it, or hide: ranges for the brackets of a pattern.

How they are escaped, or whether they are left out, is told where they are shown.
"""

from __future__ import annotations

from typing import Final

CONTROLS: Final = "\x7f-\x9f"
"""DEL and C1; those of C0 are listed where they matter, for tabs and line ends are among them."""
STEERING: Final = "\u061c\u2028\u2029\u202a-\u202e\u2060-\u206f\ufff9-\ufffb\U000e0000-\U000e007f"
"""Line separators; bidi embeddings, overrides and isolates; invisible operators and tags."""
UNSEEN: Final = "\u00ad\u180e\u200b\u200e\u200f\ufeff"
"""Marks that one cannot see."""
NO_CHARACTERS: Final = "\ud800-\udfff\ufffe\uffff"
"""Surrogates, which no encoding can write, and noncharacters."""
