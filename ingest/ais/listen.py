"""From lines to sentences: finds each AIS sentence, believes it only if its checksum fits, and says when it was heard.

pyais does its own framing but silently loses lines with a time before them, two sentences on one, suffixes after the
checksum; and it takes wrong checksums. So framing is ours, and pyais reads payloads only.
"""

import re
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from typing import NamedTuple

from geo.clock import unix_ms
from ingest.ais.envelope import EMPTY, HEX, Envelope, moment_ms, read_suffix, read_tag_block, read_wrapper, xor_bytes
from ingest.outcome import Flag, Reject
from ingest.source import KEPT_OF_LONG_LINE, Line

BLANK, WRAPPER, TAG_BLOCK, PROPRIETARY, OTHER_SENTENCE = (
    "blank",
    "wrapper",
    "tag_block",
    "proprietary",
    "other_sentence",
)

ALPHABET = bytes([*range(48, 88), *range(96, 120)])
_PARTS = {b"%d" % n: n for n in range(1, 10)}
_FILLS = {b"%d" % n: n for n in range(6)}
_JUNK = b" \t\r\n\0\xef\xbb\xbf"
_AIS = re.compile(rb"(?:\\[^\\!$]*\\)?![A-Za-z]{2}[Vv][Dd][MmOo],")
_OTHER = re.compile(rb"[!$]([A-Z]{2}[A-Z0-9]{3}|P[A-Z0-9]{2,8}),[ -~]*")
_BARE = (b"VDM", b"VDO")
_UNTIMED, _ARRIVAL = int(Flag.UNTIMED), int(Flag.ARRIVAL)
_TIGHT = re.compile(rb"[0-9A-Fa-f]")


class Sentence(NamedTuple):
    """One sentence whose checksum and form are right, or several joined into one message (`total` lines).

    `heard_ms` is Unix ms UTC, None when nobody said; `flags` are `Flag` bits; `raw` the bytes as they came.
    """

    raw: bytes
    total: int
    part: int
    seq: bytes
    channel: bytes
    payload: bytes
    fill: int
    station: bytes | None
    group: bytes | None
    heard_ms: int | None
    flags: int
    line_no: int


Heard = Sentence | Reject
Ended = str | Sentence | Reject | None


class Listener:
    """Remembers across calls the one thing that spans lines: an envelope waiting for the very next line.

    `lines` counts what came in, `ignored` the lines in order that hold no AIS sentence, `extra` the sentences beyond
    the first on a line: lines + extra = sentences + rejects + Σ ignored.
    """

    def __init__(self) -> None:
        self.lines = 0
        self.extra = 0
        self.ignored: Counter[str] = Counter()
        self._waiting: Envelope | None = None
        self._named = 0

    def read(self, lines: Iterable[Line | Reject]) -> Iterator[Heard]:
        """The sentences and rejects of these lines, in order."""
        for line in lines:
            self.lines += 1
            waiting, self._waiting = self._waiting, None
            if isinstance(line, Reject):
                yield line
                continue
            raw = line.raw.strip(_JUNK)
            first = raw[:1]
            if first == b"!" and raw[3:6] in _BARE and raw.find(b"*") == len(raw) - 3 and raw.count(b"!") == 1:
                yield self._hear(raw, raw, waiting or EMPTY, line)
                continue
            outcome: Ended
            if first == b"$" and raw.startswith(b"$PGHP,") and b"!" not in raw:
                outcome = self._hear_wrapper(raw, waiting)
            elif first == b"\\" and raw.find(b"\\", 1) == len(raw) - 1:
                outcome = self._hear_tag(raw, waiting, line)
            else:
                outcome = yield from self._hear_mixed(raw, waiting, line)
            if isinstance(outcome, str):
                self.ignored[outcome] += 1
            elif outcome is not None:
                yield outcome

    def _hear(self, raw: bytes, text: bytes, envelope: Envelope, line: Line) -> Sentence | Reject:
        if envelope.names is not None:
            envelope = self._owned(text, envelope)
        if envelope.heard_ms is None:
            envelope = untimed(line, envelope)
        return read_sentence(raw, text, envelope, line.number)

    def _owned(self, text: bytes, envelope: Envelope) -> Envelope:
        """The wrapper's envelope, unless the wrapper names another sentence.

        Where a file was cut, a wrapper may stand before a sentence that is not its own. It names its sentence by
        checksum; 00 stands for the station's own (VDO), and a message in parts cannot be told. Some writers fill the
        field with anything, so it is trusted only while it has been right more often than wrong.
        """
        if text[7:8] != b"1":
            return envelope
        expected = 0 if text[3:6] == b"VDO" else HEX.get(text.partition(b"*")[2][:2])
        self._named += 1 if expected == envelope.names else -1
        return envelope if expected == envelope.names or self._named < 0 else EMPTY

    def _hear_wrapper(self, raw: bytes, waiting: Envelope | None) -> str:
        """A `$PGHP` line speaks for the next line."""
        wrapper = read_wrapper(raw)
        self._waiting = wrapper.or_else(waiting) if wrapper else None
        return WRAPPER

    def _hear_tag(self, raw: bytes, waiting: Envelope | None, line: Line) -> str | Reject:
        """A tag block on a line of its own speaks for the next line."""
        tag = read_tag_block(raw[1:-1])
        if tag is None:
            return judge_other(raw, line.number)
        self._waiting = tag.or_else(waiting)
        return TAG_BLOCK

    def _hear_mixed(self, raw: bytes, waiting: Envelope | None, line: Line) -> Generator[Heard, None, Ended]:
        """A line with more than one bare sentence on it: tag block, prefix, suffix, several sentences, or noise."""
        starts = [match.start() for match in _AIS.finditer(raw)]
        if not starts:
            return judge_other(raw, line.number) if raw else BLANK
        self.extra += len(starts) - 1
        envelope = read_prefix(raw[: starts[0]]).or_else(waiting) if starts[0] else waiting or EMPTY
        if len(starts) == 1:
            return self._hear_piece(raw, raw[starts[0] :], envelope, line)
        for start, end in zip(starts, [*starts[1:], len(raw)], strict=True):
            piece = raw[start:end].strip(_JUNK)
            yield self._hear_piece(piece, piece, envelope, line)
            envelope = EMPTY
        return None

    def _hear_piece(self, raw: bytes, piece: bytes, envelope: Envelope, line: Line) -> Sentence | Reject:
        """One sentence with its own tag block before it and its own suffix after it."""
        at = piece.index(b"!")
        own = (read_tag_block(piece[1 : at - 1]) if at else None) or EMPTY
        text, suffix = split_suffix(piece[at:])
        if suffix:
            own = own.or_else(read_suffix(suffix))
        return self._hear(raw, text, own if own.heard_ms is not None else own.or_else(envelope), line)


def untimed(line: Line, envelope: Envelope) -> Envelope:
    """The envelope of a sentence nobody timed: with our own moment of arrival if there is one, and flagged."""
    if line.arrived_at is None:
        return envelope._replace(flags=envelope.flags | _UNTIMED)
    return envelope._replace(heard_ms=unix_ms(line.arrived_at), flags=envelope.flags | _ARRIVAL)


def read_prefix(text: bytes) -> Envelope:
    """What stands before a sentence and its own tag block: further tag blocks, a time, or noise."""
    first, *pieces = text.split(b"\\")
    said = Envelope(moment_ms(first))
    for piece in pieces[:-1]:
        said = (read_tag_block(piece) or EMPTY).or_else(said)
    return said


def split_suffix(text: bytes) -> tuple[bytes, bytes]:
    """`!…*hh` and whatever a station wrote after it."""
    end = text.find(b"*") + 3
    if end == 2 or _TIGHT.match(text, end):
        return text, b""
    return text[:end], text[end:].strip(_JUNK)


def read_sentence(raw: bytes, text: bytes, envelope: Envelope, line_no: int) -> Sentence | Reject:
    """A sentence `!xxVDM,total,part,seq,channel,payload,fill*hh` if all of it is right, else why not."""
    body, _, given = text[1:].partition(b"*")
    fields = body.split(b",")
    if len(fields) == 7 and HEX.get(given) == xor_bytes(body):
        total, part, fill = _PARTS.get(fields[1], 0), _PARTS.get(fields[2], 99), _FILLS.get(fields[6], -1)
        payload = fields[5]
        if part <= total and fill >= 0 and payload and not payload.translate(None, ALPHABET):
            heard_ms, station, group, flags, _ = envelope
            seq, channel = fields[3], fields[4]
            return Sentence(raw, total, part, seq, channel, payload, fill, station, group, heard_ms, flags, line_no)
    reason, detail = explain(body, given, fields)
    return Reject(reason, detail, raw[:KEPT_OF_LONG_LINE], line_no, envelope.heard_ms)


def explain(body: bytes, given: bytes, fields: list[bytes]) -> tuple[str, str]:
    """Why a sentence is not believed: the first thing wrong with it."""
    if len(given) < 2:
        return "missing_checksum", "no *hh at the end"
    if HEX.get(given) != xor_bytes(body):
        return "bad_checksum", f"says {given[:8].decode('latin-1')!r}, its bytes give {xor_bytes(body):02X}"
    if len(fields) != 7:
        return "bad_field_count", f"{len(fields)} fields instead of 7"
    if _PARTS.get(fields[2], 99) > _PARTS.get(fields[1], 0):
        return "bad_fragment", f"part {fields[2].decode('latin-1')!r} of {fields[1].decode('latin-1')!r}"
    return explain_payload(fields[5], fields[6])


def explain_payload(payload: bytes, fill: bytes) -> tuple[str, str]:
    """What is wrong with the last two fields of a sentence."""
    if fill not in _FILLS:
        return "bad_fill_bits", f"{fill.decode('latin-1')!r} is not 0 to 5"
    if not payload:
        return "empty_payload", "nothing between channel and fill bits"
    return "bad_payload_character", f"{payload.translate(None, ALPHABET)[:8]!r} cannot occur in a payload"


def judge_other(raw: bytes, line_no: int) -> str | Reject:
    """A line that is not AIS: a proper NMEA sentence is ignored by name, anything else is a reject."""
    if raw[:1] == b"\\" and read_tag_block(raw[1:].partition(b"\\")[0]):
        raw = raw[1:].partition(b"\\")[2]
    body, star, given = raw[1:].partition(b"*")
    if _OTHER.fullmatch(raw) is None:
        kept = raw[:KEPT_OF_LONG_LINE]
        return Reject("not_a_sentence", f"{len(raw)} bytes without a sentence in them", kept, line_no)
    if star and HEX.get(given[:2]) != xor_bytes(body):
        return Reject("bad_checksum", f"its bytes give {xor_bytes(body):02X}", raw, line_no)
    return PROPRIETARY if raw[1:2] == b"P" else OTHER_SENTENCE
