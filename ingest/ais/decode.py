"""From a sentence to what it says. Position reports of ships, nineteen in twenty, are read here; pyais reads the rest.

The only file that knows pyais, and only its payload classes: their fields agree with other decoders bit by bit, while
length, unknown types and text after `@` are checked here because pyais lets them pass.
"""

from enum import Enum
from typing import Any, NamedTuple

from pyais.bit_vector import bit_vector
from pyais.messages import MSG_CLASS

from ingest.ais.listen import Sentence
from ingest.ais.payload import hash_payload, read_number, read_text, remove_armour
from ingest.outcome import Identity, Reject

LENGTHS: dict[int, frozenset[int] | range] = {
    **dict.fromkeys((1, 2, 3, 4, 9, 11, 18, 22), frozenset({168})),
    5: frozenset({420, 422, 424, 426}),
    6: range(88, 1009),
    7: frozenset({72, 104, 136, 168}),
    8: range(56, 1009),
    10: frozenset({72}),
    12: range(72, 1009),
    13: frozenset({72, 104, 136, 168}),
    14: range(40, 1009),
    15: range(88, 169),
    16: frozenset({96, 144}),
    17: range(80, 817),
    19: frozenset({312}),
    20: range(72, 161),
    21: range(272, 361),
    23: frozenset({160}),
    24: frozenset({160, 162, 168}),
    25: range(40, 169),
    26: range(60, 1065),
    27: frozenset({96, 168}),
}
CLASS_A, CLASS_B = (1, 2, 3), 18
_LARGEST_MMSI = 999_999_999


class Position(NamedTuple):
    """A ship's position report in the units of the message: 1/600000 degree, 0.1 knot, 0.1 degree, sentinels kept."""

    sentence: Sentence
    payload_hash: int
    msg_type: int
    mmsi: int
    lon: int
    lat: int
    sog: int
    cog: int
    heading: int | None
    nav_status: int | None
    utc_second: int | None
    identity: Identity | None = None


class Message(NamedTuple):
    """Any other message: its fields as pyais names them, in plain JSON values."""

    sentence: Sentence
    payload_hash: int
    msg_type: int
    mmsi: int
    fields: dict[str, Any]
    identity: Identity | None = None


def decode_sentence(sentence: Sentence) -> Position | Message | Reject:
    """What a whole message says, or why it cannot be read."""
    payload, fill = sentence.payload, sentence.fill
    length = len(payload) * 6 - fill
    bits = remove_armour(payload, fill)
    msg_type = bits >> (length - 6) if length >= 6 else -1
    if length not in LENGTHS.get(msg_type, ()):
        return refuse_length(sentence, msg_type, length)
    mmsi = (bits >> (length - 38)) & 0x3FFFFFFF
    if mmsi > _LARGEST_MMSI:
        return reject(sentence, "bad_mmsi", f"{mmsi} has more than nine digits")
    if msg_type in CLASS_A:
        return read_class_a(sentence, msg_type, mmsi, bits)
    if msg_type == CLASS_B:
        return read_class_b(sentence, mmsi, bits)
    if msg_type == 27:
        return read_long_range(sentence, mmsi, bits >> (length - 96))
    return read_other(sentence, msg_type, mmsi, bits)


def reject(sentence: Sentence, reason: str, detail: str) -> Reject:
    """A reject that covers all lines of the message."""
    return Reject(reason, detail, sentence.raw, sentence.line_no, sentence.heard_ms, sentence.total)


def refuse_length(sentence: Sentence, msg_type: int, length: int) -> Reject:
    """A type that does not exist, or a length its type cannot have."""
    if msg_type not in LENGTHS:
        return reject(sentence, "unknown_type", f"message type {msg_type}")
    return reject(sentence, "payload_length", f"{length} bits in a message of type {msg_type}")


def read_class_a(sentence: Sentence, msg_type: int, mmsi: int, bits: int) -> Position:
    """Types 1, 2, 3."""
    lon, lat = (bits >> 79) & 0xFFFFFFF, (bits >> 52) & 0x7FFFFFF
    return Position(
        sentence,
        hash_payload(sentence.payload, sentence.fill),
        msg_type,
        mmsi,
        lon - ((lon & 0x8000000) << 1),
        lat - ((lat & 0x4000000) << 1),
        (bits >> 108) & 0x3FF,
        (bits >> 40) & 0xFFF,
        (bits >> 31) & 0x1FF,
        (bits >> 126) & 0xF,
        (bits >> 25) & 0x3F,
    )


def read_class_b(sentence: Sentence, mmsi: int, bits: int) -> Position:
    """Type 18."""
    lon, lat = (bits >> 83) & 0xFFFFFFF, (bits >> 56) & 0x7FFFFFF
    return Position(
        sentence,
        hash_payload(sentence.payload, sentence.fill),
        CLASS_B,
        mmsi,
        lon - ((lon & 0x8000000) << 1),
        lat - ((lat & 0x4000000) << 1),
        (bits >> 112) & 0x3FF,
        (bits >> 44) & 0xFFF,
        (bits >> 35) & 0x1FF,
        None,
        (bits >> 29) & 0x3F,
    )


def read_long_range(sentence: Sentence, mmsi: int, bits: int) -> Position:
    """Type 27: coarse units brought to those of the others."""
    lon, lat = (bits >> 34) & 0x3FFFF, (bits >> 17) & 0x1FFFF
    sog, cog = (bits >> 11) & 0x3F, (bits >> 2) & 0x1FF
    return Position(
        sentence,
        hash_payload(sentence.payload, sentence.fill),
        27,
        mmsi,
        (lon - ((lon & 0x20000) << 1)) * 1000,
        (lat - ((lat & 0x10000) << 1)) * 1000,
        1023 if sog == 63 else sog * 10,
        3600 if cog == 511 else cog * 10,
        None,
        (bits >> 52) & 0xF,
        None,
    )


def read_other(sentence: Sentence, msg_type: int, mmsi: int, bits: int) -> Position | Message | Reject:
    """Everything else, by pyais; whatever goes wrong in there is one message's reject."""
    length = len(sentence.payload) * 6 - sentence.fill
    try:
        decoded = MSG_CLASS[msg_type].from_vector(bit_vector(sentence.payload, sentence.fill))
        fields = {name: plain(value) for name, value in decoded.asdict(enum_as_int=True).items()}
    except Exception as error:  # a decoder's surprise must not stop the stream
        return reject(sentence, "undecodable", f"type {msg_type}: {type(error).__name__}")
    identity = read_identity(msg_type, bits, length, fields)
    name = hash_payload(sentence.payload, sentence.fill)
    if msg_type == 19:
        return read_extended_b(sentence, name, mmsi, bits, identity)
    return Message(sentence, name, msg_type, mmsi, fields, identity)


def read_extended_b(sentence: Sentence, name: int, mmsi: int, bits: int, identity: Identity | None) -> Position:
    """Type 19 begins like type 18 and ends with an identity."""
    head = read_class_b(sentence, mmsi, bits >> (312 - 168))
    return head._replace(payload_hash=name, msg_type=19, identity=identity)


def read_identity(msg_type: int, bits: int, length: int, fields: dict[str, Any]) -> Identity | None:
    """Who the sender says it is, from the bits: pyais folds reserved ship types and keeps text after `@`.

    What pyais misread is put right in `fields`.
    """
    if msg_type == 21:
        fields["name"] = read_aid_name(bits, length)
        return Identity(name=fields["name"])
    places = _identity_places(msg_type, fields)
    if places is None:
        return None
    texts = {key: read_text(bits, length, *place) for key, place in places.items() if place[1] > 30}
    numbers = {key: read_number(bits, length, *place) for key, place in places.items() if place[1] <= 30}
    fields.update(texts, **numbers)
    imo = numbers.get("imo") or None
    return Identity(texts.get("shipname"), texts.get("callsign"), imo, numbers.get("ship_type"))


def read_aid_name(bits: int, length: int) -> str | None:
    """Twenty characters, and when they do not suffice up to fourteen more at the end of the message."""
    name = read_text(bits, length, 43, 120)
    if name is None or len(name) < 20:
        return name
    return name + (read_text(bits, length, 272, 84) or "")


def _identity_places(msg_type: int, fields: dict[str, Any]) -> dict[str, tuple[int, int]] | None:
    """Bit and width of the identity fields of a message."""
    if msg_type == 5:
        own = {"imo": (40, 30), "callsign": (70, 42), "shipname": (112, 120), "ship_type": (232, 8)}
        return own | {"destination": (302, 120)}
    if msg_type == 19:
        return {"shipname": (143, 120), "ship_type": (263, 8)}
    if msg_type == 24 and fields.get("partno") == 0:
        return {"shipname": (40, 120)}
    if msg_type == 24:
        return {"ship_type": (40, 8), "callsign": (90, 42)}
    return None


def plain(value: Any) -> Any:
    """A JSON value: bytes as hex, enumerations as what they hold."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return value
