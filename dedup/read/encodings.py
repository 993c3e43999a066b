"""Bytes -> text: by a byte order mark, by what the user or the input says, as UTF-8, or else by detection.

What is detected is a guess, and is told as one: each article made of it carries the name of the encoding.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Mapping
from types import MappingProxyType
from typing import BinaryIO, Final, NamedTuple

from dedup.errors import InputError, SettingsError
from dedup.read.stream import Made

_BOMS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WEB: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("iso-8859-1", "latin-1", "latin1", "ascii", "us-ascii", "ansi"), "cp1252"),
        **dict.fromkeys(("iso-8859-9", "latin5"), "cp1254"),
        **dict.fromkeys(("iso-8859-11", "tis-620", "windows-874"), "cp874"),
        **dict.fromkeys(("gb2312", "gbk", "x-gbk"), "gb18030"),
        **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis"), "cp932"),
        **dict.fromkeys(("euc-kr", "ks_c_5601-1987"), "cp949"),
    }
)
"""What declarations mean that say less than they should (WHATWG Encoding)."""
_CANDIDATES: Final = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874",
    "iso8859_2", "iso8859_5", "iso8859_7", "koi8_r", "koi8_u", "cp866", "mac_roman",
    "cp932", "euc_jp", "gb18030", "big5", "cp949",
)  # fmt: skip
"""Encodings that texts have been seen in for want of Unicode; all that Python knows would fit too much."""
_SAMPLE: Final = 1 << 18
"""Bytes that are looked at to detect an encoding."""


_FINAL: Final = frozenset(bytes([letter]) for letter in "ßàáãäåèéêëìíñòóô".encode("cp1252"))
"""Letters that words end in, of those that begin a character in UTF-8. â is not among them, but begins ’."""
_FEW: Final = 3
"""Bytes that are no UTF-8 by which a text may be damaged, though it has no more characters beyond ASCII."""


class Decoded(NamedTuple):
    """A text, and the name of the encoding that was guessed for it; None where it was known."""

    text: str
    guessed: str | None = None


def known(name: str) -> str:
    """An encoding that the user names; SettingsError where Python has none of that name."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        found = None
    if found is None or not getattr(found, "_is_text_encoding", True):
        raise SettingsError(f"encoding: {name!r} is not known; try utf-8, windows-1252, koi8-r or the like")
    return found.name


def encoding_of(head: bytes) -> str:
    """The encoding that a byte order mark names, or utf-8."""
    return next((encoding for bom, encoding in _BOMS if head.startswith(bom)), "utf-8")


def is_utf8(data: bytes) -> bool:
    """Whether these bytes are UTF-8 from end to end."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def decode(data: bytes, encoding: str | None = None, declared: str | None = None) -> Decoded:
    """The text of bytes, without its byte order mark, which goes before all else.

    `encoding` is the user's word. `declared` is what the input says of itself: where it is wrong or unknown,
    the encoding is detected. InputError where it cannot be, or where this is no text.
    """
    marked = encoding_of(data)
    if marked != "utf-8":
        return Decoded(_whole(_strictly(data, marked)))
    if data.startswith(codecs.BOM_UTF8):
        return Decoded(_whole(_strictly(data[len(codecs.BOM_UTF8) :], "utf-8")))
    if encoding is not None:
        return Decoded(_whole(_strictly(data, encoding)))
    if declared is not None and (said := meant(declared)) not in (None, "utf-8"):
        try:
            return Decoded(_whole(data.decode(said)))
        except UnicodeError:
            pass  # a wrong declaration: pages are often copied into a frame of another encoding
    if (at := data.find(b"\0")) >= 0:
        raise InputError(f"a NUL at byte {at}: this is not a text file")
    try:
        return Decoded(data.decode())
    except UnicodeDecodeError as error:
        guessed = detect(data, error)
        return Decoded(_strictly(data, guessed), guessed)


def meant(declared: str) -> str | None:
    """Python's name of a declared encoding; None where it has none."""
    name = declared.strip().lower()
    try:
        found = codecs.lookup(_WEB.get(name, name))
    except (LookupError, ValueError):
        return None
    return found.name if getattr(found, "_is_text_encoding", True) else None


def detect(data: bytes, error: UnicodeDecodeError) -> str:
    """The encoding of bytes that are not UTF-8, as `error` says, by charset-normalizer.

    InputError where they are damaged UTF-8: another encoding would turn each of their accented letters into
    two others.
    """
    if error.reason == "unexpected end of data" and not _ends_in_letter(data, error.start):
        raise InputError(not_decodable(error))
    part = data if len(data) <= _SAMPLE else data[: data.rfind(b"\n", 0, _SAMPLE) + 1] or data[:_SAMPLE]
    if error.start >= len(part):
        part = data[max(0, error.start - _SAMPLE // 2) : error.start + _SAMPLE // 2]
    if _is_damaged(part.decode("utf-8", "surrogateescape")):
        raise InputError(not_decodable(error))
    from charset_normalizer import from_bytes

    matches = [
        each for each in from_bytes(part, cp_isolation=list(_CANDIDATES)) if each.encoding in _CANDIDATES
    ]
    if not matches:
        raise InputError(f"{not_decodable(error)}, and no other encoding fits")
    best = matches[0]
    alike = [each for each in matches if (each.chaos, each.coherence) == (best.chaos, best.coherence)]
    # of encodings that fit equally well, most texts are in the Western one
    western = any("cp1252" in each.could_be_from_charset for each in alike)
    return "cp1252" if western else best.encoding


def _ends_in_letter(data: bytes, start: int) -> bool:
    """Whether a text in ASCII ends in one accented letter, which UTF-8 would have begin a character."""
    return data[start:] in _FINAL and data[:start].isascii() and data[start - 1 : start].isalpha()


def _is_damaged(shown: str) -> bool:
    """Whether a text that is not UTF-8 was: its bytes that are none are U+DC80 to U+DCFF.

    In other encodings, letters side by side may be a character of UTF-8 now and then, in those of East Asia
    one for two or three that are not; but for its quotation marks, dashes and the like, all of them E2 80 xx.
    """
    beyond = [character for character in shown if character > "\x7f"]
    broken = sum("\udc80" <= character <= "\udcff" for character in beyond)
    short = sum(character < "\u0800" for character in beyond)  # of two bytes
    whole = len(beyond) - broken
    if any("\u2000" <= character < "\u2040" for character in beyond):
        return True
    return (short > 1 or whole > short) and broken <= max(whole, _FEW)


def not_decodable(error: UnicodeDecodeError) -> str:
    """The reason to give for bytes that are not text."""
    name = "UTF-8" if error.encoding == "utf-8" else error.encoding.upper()
    if name != "UTF-8" and error.reason in ("truncated data", "unexpected end of data"):
        return f"not valid {name}: it breaks off at byte {error.start}"
    return f"not valid {name}: byte {error.start} is 0x{error.object[error.start]:02x}"


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeError as error:
        raise InputError(_not_valid(error, encoding)) from None


def _not_valid(error: UnicodeError, encoding: str) -> str:
    if isinstance(error, UnicodeDecodeError):
        return not_decodable(error)
    return f"not valid {encoding}: {error}"  # some codecs, such as idna, say it in their own way


def _whole(text: str) -> str:
    if (at := text.find("\0")) >= 0:
        raise InputError(f"a NUL at character {at}: this is not a text file")
    return text


class _Recoded(Made):
    """A stream of any encoding as one of UTF-8."""

    def __init__(self, stream: BinaryIO, encoding: str, head: bytes) -> None:
        self._stream, self._encoding = stream, encoding
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._ready = b""
        self._head: bytes | None = head

    def take(self, most: int) -> bytes:
        while not self._ready:
            data = self._head or self._stream.read(1 << 16)
            self._head = None
            try:
                self._ready = self._decoder.decode(data, not data).encode("utf-8", "surrogatepass")
            except UnicodeError as error:
                raise InputError(_not_valid(error, self._encoding)) from None
            if not data:
                break
        taken, self._ready = self._ready[:most], self._ready[most:]
        return taken


def recoded(stream: BinaryIO, encoding: str, head: bytes = b"") -> BinaryIO:
    """The bytes `head`, and then those of `stream`, from this encoding into UTF-8."""
    return io.BufferedReader(_Recoded(stream, encoding, head), 1 << 18)
