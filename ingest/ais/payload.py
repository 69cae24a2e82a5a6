"""The bits of a payload: armour off, numbers and text out. Bits count from the left, as in ITU-R M.1371."""

from binascii import a2b_base64
from hashlib import blake2b

from ingest.ais.listen import ALPHABET

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_TO_BASE64 = bytes.maketrans(ALPHABET, _BASE64)
_PADDING = (b"", b"AAA", b"AA", b"A")
_FILLS = tuple(b",%d" % fill for fill in range(6))
_SIX_BIT = "@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_ !\"#$%&'()*+,-./0123456789:;<=>?"


def remove_armour(payload: bytes, fill: int) -> int:
    """The payload as one integer of `len(payload) * 6 - fill` bits. All characters must be of the alphabet."""
    rest = len(payload) & 3
    packed = a2b_base64(payload.translate(_TO_BASE64) + _PADDING[rest])
    return int.from_bytes(packed, "big") >> (6 * ((4 - rest) & 3) + fill)


def hash_payload(payload: bytes, fill: int) -> int:
    """A signed 64-bit name of the message's content, whatever talker, channel or wrapper it came with."""
    return int.from_bytes(blake2b(payload + _FILLS[fill], digest_size=8).digest(), "big", signed=True)


def read_number(bits: int, length: int, start: int, width: int) -> int:
    """An unsigned field."""
    return (bits >> (length - start - width)) & ((1 << width) - 1)


def read_text(bits: int, length: int, start: int, width: int) -> str | None:
    """A six-bit text up to the first `@`, trailing spaces off; None when it begins with `@` ("not available")."""
    whole = min(width, length - start) // 6
    codes = [read_number(bits, length, start + 6 * n, 6) for n in range(whole)]
    text = "".join(_SIX_BIT[code] for code in codes).partition("@")[0]
    return text.rstrip() if codes and codes[0] else None
