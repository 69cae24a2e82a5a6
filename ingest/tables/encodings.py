"""Which letters a file's text is in: told by the bytes where they tell, guessed by what reads as Vietnamese where not.

A guess is always shown and can always be overruled (`--encoding`); text that reads equally well in two ways is asked.
"""

import codecs
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from geo.errors import BadInput
from geo.text import compose
from ingest.tables.legacy import DECODERS
from ingest.tables.syllables import is_syllable

UNICODE, UTF16 = "utf-8", "utf-16"
NAMES = (UNICODE, UTF16, *DECODERS)
ALIASES = {
    "utf8": UNICODE, "utf-8-sig": UNICODE, "unicode": UNICODE, "utf16": UTF16, "cp1258": "windows-1258",
    "1258": "windows-1258", "abc": "tcvn3", "tcvn": "tcvn3", "vni-windows": "vni", "cp1252": "windows-1252",
    "latin1": "windows-1252", "latin-1": "windows-1252",
}  # fmt: skip
SAMPLE = 20_000
"""How many cells with letters beyond ASCII a guess looks at."""
_BETWEEN = re.compile(r"[\x00-@\[-`{-\x7f\xa0]+")
_BEYOND = re.compile("[^\x00-\x7f]")
_WIDE = re.compile("[^\x00-\xff‘’“”–—…•™€]")  # a letter no one-byte font has: the text is Unicode already


class EncodingNeeded(BadInput):
    """The text reads in more than one way."""

    title = "Chưa biết bảng mã của tệp"


@dataclass(frozen=True)
class Letters:
    """What a file's text is written in: `name`, from how many cells it was guessed (0: certain), one cell as an
    example before and after; `columns` are those written in it, None for all. `bytewise`: characters are bytes.
    """

    name: str
    cells: int = 0
    example: tuple[str, str] | None = None
    columns: frozenset[str] | None = field(default=None, compare=False)
    bytewise: bool = field(default=False, compare=False)

    def read(self, column: str, text: str) -> str:
        """A cell's text as Unicode."""
        decode = _decode_bytes if self.bytewise and self.name == UNICODE else DECODERS.get(self.name)
        if decode is None or text.isascii() or (self.columns is not None and column not in self.columns):
            return text
        return text if _WIDE.search(text) else decode(text)


AS_IT_IS = Letters(UNICODE)


def name_encoding(given: str) -> str:
    """The name we have for an encoding. BadInput when we have none."""
    name = ALIASES.get(given.strip().lower(), given.strip().lower())
    if name not in NAMES:
        raise BadInput(f"encoding={given!r}: use one of {', '.join(NAMES)}", field="encoding")
    return name


@dataclass(frozen=True)
class Decoded:
    """A file's characters; `bytewise` when each stands for one byte, `name` when the encoding is already known."""

    text: str
    bytewise: bool
    name: str | None


def decode_file(raw: bytes, given: str | None) -> Decoded:
    """A text file's characters: Unicode (which may hold old letters all the same), or one for each byte.

    BadInput when the bytes are not what was given.
    """
    name = name_encoding(given) if given else None
    if name in (None, UTF16) and (wide := _utf16(raw, name)) is not None:
        return Decoded(wide, False, UTF16)
    if name in (None, UNICODE, "tcvn3", "vni"):
        try:
            return Decoded(raw.decode("utf-8-sig"), False, name)
        except UnicodeDecodeError as error:
            if name == UNICODE:
                raise BadInput(f"byte {error.start}: not UTF-8; save the file as CSV UTF-8", field="encoding") from None
    return Decoded(raw.decode("latin-1"), True, name)


def is_utf8(raw: bytes) -> bool:
    """Whether bytes are UTF-8 (or ASCII)."""
    try:
        codecs.decode(raw, "utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decode_bytes(text: str) -> str:
    """UTF-8 that came as one character a byte; a format that cuts text may cut a letter."""
    return text.encode("latin-1").decode("utf-8", "replace")


def _utf16(raw: bytes, name: str | None) -> str | None:
    marked = raw[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    head = raw[:400]
    guess = "utf-16-be" if head[::2].count(0) > head[1::2].count(0) else "utf-16-le"
    if not marked and name is None and head.count(0) * 4 <= len(head):
        return None
    try:
        return raw.decode("utf-16" if marked else guess) if raw else None
    except UnicodeDecodeError as error:
        raise BadInput(f"byte {error.start}: not UTF-16; save the file as CSV UTF-8", field="encoding") from None


def guess_letters(cells: Mapping[str, Sequence[str]], bytewise: bool) -> Letters:
    """The letters of cells by column. `bytewise`: characters are bytes, and one reading holds for all of them.

    Else the text is Unicode, and only columns that read as Vietnamese in an old font, but not as they stand, are
    read so. EncodingNeeded when bytes read equally well in two ways.
    """
    texts = {name: [t for t in column if _BEYOND.search(t)] for name, column in cells.items()}
    if bytewise:
        everything = [text for column in texts.values() for text in column]
        scores = _scores(everything, list(DECODERS))
        return _letters(_clear_winner(scores, everything), everything, None)
    return _of_columns(texts)


def _of_columns(texts: Mapping[str, list[str]]) -> Letters:
    """Old letters inside Unicode: what most columns say, for the columns that do not read as they stand."""
    names = [UNICODE, "tcvn3", "vni"]
    scores = {name: _scores(column, names) for name, column in texts.items() if column}
    total = {n: sum(s[n] for s in scores.values()) for n in names}
    best = max(("tcvn3", "vni"), key=lambda n: sum(s[n] - s[UNICODE] for s in scores.values() if s[n] > s[UNICODE]))
    old = frozenset(column for column, score in scores.items() if score[best] > score[UNICODE])
    if not old or not total[best]:
        return AS_IT_IS
    return _letters(best, [text for column in old for text in texts[column]], old)


def _letters(name: str, texts: Sequence[str], columns: frozenset[str] | None) -> Letters:
    decode = DECODERS.get(name, str)
    shown = next((t for t in texts if compose(decode(t)) != compose(t)), None)
    example = None if shown is None else (compose(shown), compose(decode(shown)))
    return Letters(name, len(texts), example, columns)


def _scores(texts: Sequence[str], names: Sequence[str]) -> dict[str, int]:
    """How many words beyond ASCII read as Vietnamese, by reading."""
    words = Counter(word for text in texts[:SAMPLE] for word in _BETWEEN.split(text) if not word.isascii())
    return {n: sum(count for word, count in words.items() if _reads(n, word)) for n in names}


@lru_cache(maxsize=50_000)
def _reads(name: str, word: str) -> bool:
    if _WIDE.search(word):
        return name == UNICODE and is_syllable(word)
    return is_syllable(DECODERS.get(name, str)(word))


def _clear_winner(scores: dict[str, int], texts: Sequence[str]) -> str:
    first, second = sorted(scores, key=lambda n: scores[n], reverse=True)[:2]
    if scores[first] > scores[second] * 1.2:
        return first
    likely = [n for n in scores if scores[n] * 1.2 >= scores[first]]
    shown = compose(next(iter(texts), ""))[:60]
    readings = ", ".join(f"{n} {compose(DECODERS[n](shown))!r}" for n in likely)
    raise EncodingNeeded(
        f"not UTF-8, and {shown!r} reads in several ways: {readings}; give --encoding", field="encoding"
    )
