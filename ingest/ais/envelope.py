"""What stands around a sentence and says when and where it was heard.

Four habits exist: a NMEA 4 tag block, a `$PGHP` line before the sentence, a time before the `!`, and fields after the
checksum (USCG). None of them is part of the sentence, so none may decide whether the sentence is believed.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from geo.clock import unix_ms
from ingest.outcome import Flag

_DIGITS = b"0123456789ABCDEFabcdef"
HEX = {bytes(pair): int(bytes(pair), 16) for pair in product(_DIGITS, repeat=2)}
_EPOCH_S = re.compile(rb"\d{9,10}(?:\.\d{1,9})?")
_EPOCH_MS = re.compile(rb"\d{12,13}")
_STATION = re.compile(rb"[rb][A-Z0-9]{3,12}")
_ISO = re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?")
_EDGES = b" \t,;:|[]()<>\"'"


class Envelope(NamedTuple):
    """When (Unix ms UTC) and where a sentence was heard, and which tag group it belongs to.

    `names` is the checksum of the one sentence a `$PGHP` line was written for.
    """

    heard_ms: int | None = None
    station: bytes | None = None
    group: bytes | None = None
    flags: int = 0
    names: int | None = None

    def or_else(self, other: "Envelope | None") -> "Envelope":
        """This envelope, with what it does not say taken from another."""
        if other is None or other is EMPTY:
            return self
        heard_ms, names = (self.heard_ms, self.names) if self.heard_ms is not None else (other.heard_ms, other.names)
        flags = self.flags | other.flags
        return Envelope(heard_ms, self.station or other.station, self.group or other.group, flags, names)


EMPTY = Envelope()


def xor_bytes(body: bytes) -> int:
    """The NMEA checksum: all bytes XORed, by folding one big integer in half until a byte is left."""
    value = int.from_bytes(body, "big")
    if len(body) > 64:
        value = _fold(value, len(body))
    value ^= value >> 256
    value ^= value >> 128
    value ^= value >> 64
    value ^= value >> 32
    value ^= value >> 16
    return (value ^ value >> 8) & 0xFF


def _fold(value: int, size: int) -> int:
    """The first of `size` bytes folded onto the last 64."""
    width = 512
    while size * 8 > 2 * width:
        width *= 2
    while width >= 512:
        value ^= value >> width
        width >>= 1
    return value


def epoch_ms(text: bytes) -> int | None:
    """Unix time in seconds (with or without a fraction) or milliseconds, as milliseconds; None if it is neither."""
    if _EPOCH_S.fullmatch(text):
        return round(float(text) * 1000)
    if _EPOCH_MS.fullmatch(text):
        return int(text)
    return None


def moment_ms(text: bytes) -> int | None:
    """Any form of time loggers write beside a sentence (epoch or ISO 8601, UTC unless it says so)."""
    text = text.strip(_EDGES)
    if (ms := epoch_ms(text)) is not None:
        return ms
    if _ISO.fullmatch(text) is None:
        return None
    try:
        moment = datetime.fromisoformat(text.decode().replace(",", "."))
    except ValueError:
        return None
    return unix_ms(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


@lru_cache(maxsize=4096)
def read_tag_block(text: bytes) -> Envelope | None:
    r"""The inside of `\…\`: `c:` time, `s:` station, `g:` group. None when it is no tag block at all.

    A wrong checksum is flagged, not fatal: whole national feeds publish wrong ones.
    """
    body, star, given = text.partition(b"*")
    fields = [field.partition(b":") for field in body.split(b",")]
    if not star or any(not colon for _, colon, _ in fields):
        return None
    values = {code: value for code, _, value in fields}
    flags = 0 if HEX.get(given) == xor_bytes(body) else int(Flag.TAG_CHECKSUM)
    group = values.get(b"g", b"").rpartition(b"-")[2] or None
    said = Envelope(epoch_ms(values.get(b"c", b"")), values.get(b"s") or None, group, flags)
    return EMPTY if said == EMPTY else said


def read_wrapper(text: bytes) -> Envelope | None:
    """A whole `$PGHP,1,Y,M,D,h,m,s,ms,country,region,station,online,checksum*hh` line.

    None when the line is damaged: a time with a flipped digit is worse than no time.
    """
    body = text[1:-3]
    if text[-3:-2] != b"*" or HEX.get(text[-2:]) != xor_bytes(body):
        return None
    fields = body.rsplit(b",", 6) if body.count(b",") == 13 else shorter(body)
    second_ms = _second_ms(fields[0])
    if second_ms is None or not fields[1].isdigit():
        return None
    return Envelope(second_ms + int(fields[1]), fields[4] or None, None, 0, HEX.get(fields[6]))


def shorter(body: bytes) -> list[bytes]:
    """The fields of a wrapper that leaves out the last ones, in the same places."""
    fields = body.split(b",") + [b""] * 14
    return [b",".join(fields[:8]), *fields[8:14]]


@lru_cache(maxsize=4096)
def _second_ms(head: bytes) -> int | None:
    """`PGHP,1,Y,M,D,h,m,s` as Unix ms."""
    try:
        year, month, day, hour, minute, second = map(int, head.split(b",")[2:])
        return unix_ms(datetime(year, month, day, hour, minute, second, tzinfo=UTC))
    except ValueError:
        return None


def read_suffix(text: bytes) -> Envelope:
    """What follows the checksum: `,d-089,S1234,r003669945,1272412824` and its kin."""
    tokens = [token.strip(_EDGES) for token in text.replace(b" ", b",").split(b",")]
    times = [ms for token in tokens if (ms := epoch_ms(token)) is not None]
    stations = [token for token in tokens if _STATION.fullmatch(token)]
    heard_ms = times[-1] if times else moment_ms(text)
    return Envelope(heard_ms, stations[0] if stations else None)
