"""Vietnamese text folded for search: without dấu, lower case, đ → d."""

import re
import unicodedata

_DIGITS = re.compile(r"\d+")
_NO_SIGN = re.compile(r"[^a-z0-9]")
_SPACES = re.compile(r"\s+")


def compose(text: str) -> str:
    """The same text in Unicode NFC with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold(text: str) -> str:
    """Lower-case letters without any mark: `Hoà Bình` and `Hòa Bình` both give `hoa binh`."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return _SPACES.sub(" ", bare.replace("đ", "d").replace("Đ", "d").lower()).strip()


def registration_key(text: str) -> str:
    """A registration number as books are joined by it: without case, spaces, hyphens or dấu."""
    return _NO_SIGN.sub("", fold(text)).upper()


def digits(text: str) -> str:
    """The digits of a registration number, joined: what an officer types to find a boat."""
    return "".join(_DIGITS.findall(text))
