"""Logs spoilt on their way: no message that was not sent, none lost that came whole, every line accounted for."""

from collections import Counter
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures import nmea
from ingest.ais.decode import LENGTHS
from ingest.ais.payload import hash_payload
from ingest.outcome import Flag

T0 = 1_764_000_000_000
MOTION = nmea.motion_fields(109.1, 15.2, 7.5, 181.5, 30)
TEXT = nmea.six_bit_text


def _message(kind, number):
    """Messages as they are sent, each of its own transmitter: (type, sentences)."""
    mmsi = 999_000_000 + number
    if kind == 1:
        return nmea.sentences(nmea.position_a(mmsi, 7, MOTION), b"A", 1)
    if kind == 18:
        return nmea.sentences(nmea.position_b(mmsi, MOTION), b"B", 1)
    if kind == 24:
        return nmea.sentences([(24, 6), (0, 2), (mmsi, 30), (0, 2), TEXT(f"TAU {number}", 20)], b"A", 1)
    if kind == 5:
        head = [(5, 6), (0, 2), (mmsi, 30), (0, 2), (0, 30), TEXT("MP", 7), TEXT(f"TAU {number}", 20), (30, 8)]
        return nmea.sentences([*head, (0, 184)], b"A", number % 10)
    return nmea.sentences([(kind, 6), (0, 2), (mmsi, 30), (0, 2), (number, 400)], b"B", number % 10)


def _name(sentences):
    payload = b"".join(line.split(b",")[5] for line in sentences)
    return hash_payload(payload, int(sentences[-1].split(b",")[6][:1]))


@st.composite
def logs(draw):
    """Up to eight messages, timed or not, and the same lines after each met with one accident at most."""
    kinds = draw(st.lists(st.sampled_from((1, 18, 24, 5, 8)), min_size=1, max_size=8))
    sent, lines = {}, []
    for number, kind in enumerate(kinds):
        sentences = _message(kind, number)
        moment = T0 + 1000 * number if draw(st.booleans()) else None
        sent[_name(sentences)] = (number, moment, len(sentences))
        lines += [(number, line if moment is None else nmea.tag(line, moment)) for line in sentences]
    spoilt, whole = [], Counter()
    for number, line in lines:
        after = draw(st.sampled_from((*(["whole"] * 4), "bit", "byte", "cut", "twice", "merged", "lost", "put in")))
        spoilt.append((number, after, _accident(draw, after, line)))
    for (number, after, _), (_, following, _) in pairwise([*spoilt, (0, "whole", [])]):
        whole[number] += after in ("whole", "twice") or (
            after == "merged" and following in ("whole", "twice", "merged")
        )
    return sent, whole, _joined(spoilt)


def _accident(draw, after, line):
    at = draw(st.integers(0, len(line) - 1))
    if after == "bit":
        return [line[:at] + bytes([line[at] ^ 1 << draw(st.integers(0, 7))]) + line[at + 1 :]]
    if after == "byte":
        return [line[:at] + draw(st.binary(min_size=1, max_size=1)) + line[at + 1 :]]
    if after == "put in":
        return [line[:at] + draw(st.binary(min_size=1, max_size=1)) + line[at:]]
    return {"cut": [line[:at]], "twice": [line, line], "lost": []}.get(after, [line])


def _joined(spoilt):
    """The log's lines; a merged line has lost its end and runs into the next."""
    text = b"".join(line + (b"" if after == "merged" else b"\n") for _, after, lines in spoilt for line in lines)
    return text.split(b"\n")


@given(logs())
@settings(deadline=None, max_examples=300)
def test_nothing_is_made_up_and_nothing_whole_is_lost(run, log):
    sent, whole, lines = log
    found = run(lines)
    assert found.summary.unaccounted == 0
    for fact in found.facts:
        assert fact.payload_hash in sent, fact.raw
        number, moment, _ = sent[fact.payload_hash]
        assert fact.key == f"mmsi:{999_000_000 + number}"
        doubted = fact.flags & (Flag.UNTIMED | Flag.TAG_CHECKSUM)
        assert doubted or moment is None or fact.heard_ms == moment, fact.raw
    taken = {fact.payload_hash for fact in found.facts}
    for name, (number, _, parts) in sent.items():
        assert name in taken or whole[number] < parts, lines


def test_every_type_is_taken_or_refused_with_a_reason(run):
    """All zeros, at every length that a type may have and around it; types there are not, too."""
    for kind in range(64):
        lengths = LENGTHS.get(kind, ())
        for length in sorted({40, 72, 96, 160, 168, 200, *(sorted(lengths)[:: max(1, len(lengths) // 5)])}):
            lines = nmea.sentences([(kind, 6), (0, 2), (999_000_001, 30), (0, length - 38)], b"A", 1)
            found = run(lines)
            assert found.summary.unaccounted == 0
            assert len(found.facts) == (length in lengths), (kind, length, found.rejects)
            if not found.facts:
                reason = "payload_length" if kind in LENGTHS else "unknown_type"
                assert dict(found.summary.rejected) == {reason: len(lines)}
    assert set(LENGTHS) == set(range(1, 28))
