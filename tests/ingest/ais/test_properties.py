"""What must hold for any input: what we encode comes back, nothing is lost or invented, every line is accounted for."""

import re
from collections import Counter
from functools import reduce
from operator import xor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures import nmea
from ingest.ais.envelope import xor_bytes
from ingest.ais.payload import hash_payload

mmsis = st.integers(999_000_001, 999_000_600)
motions = st.tuples(
    st.one_of(st.integers(-180 * 600_000, 180 * 600_000), st.just(181 * 600_000)),
    st.one_of(st.integers(-90 * 600_000, 90 * 600_000), st.just(91 * 600_000)),
    st.integers(0, 1023),
    st.integers(0, 3600),
    st.one_of(st.integers(0, 359), st.just(511)),
    st.integers(0, 63),
)
T0 = 1_764_000_000_000


def _motion(values):
    lon, lat, sog, cog, heading, second = values
    return [(sog, 10), (1, 1), (lon, 28), (lat, 27), (cog, 12), (heading, 9), (second, 6)]


def _none(value, sentinel):
    return None if value == sentinel else value


def _is_encoded(fix, values):
    lon, lat, sog, cog, heading, second = values
    if lon == 181 * 600_000:
        assert fix.lon_e7 is None
    else:
        assert abs(fix.lon_e7 - lon * 50 / 3) <= 0.5
    if lat == 91 * 600_000:
        assert fix.lat_e7 is None
    else:
        assert abs(fix.lat_e7 - lat * 50 / 3) <= 0.5
    assert (fix.sog_dkn, fix.cog_ddeg) == (_none(sog, 1023), _none(cog, 3600))
    assert (fix.heading_deg, fix.utc_second) == (_none(heading, 511), second)


@given(mmsis, st.integers(0, 15), motions, st.integers(0, 31_000_000_000))
@settings(deadline=None)
def test_positions_come_back(run, mmsi, status, values, after):
    a = nmea.sentences(nmea.position_a(mmsi, status, _motion(values)), b"A", 1)[0]
    b = nmea.sentences(nmea.position_b(mmsi, _motion(values)), b"B", 1)[0]
    first, second = run([nmea.tag(a, T0 + after), nmea.tag(b, T0 + after)]).facts
    for fix, kind, nav in ((first, 1, status), (second, 18, None)):
        assert (fix.msg_type, fix.key, fix.t_ms, fix.nav_status) == (kind, f"mmsi:{mmsi}", T0 + after, nav)
        _is_encoded(fix, values)


six_bit = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -.'", max_size=20)


@given(mmsis, six_bit, six_bit, st.integers(0, 255), st.integers(0, 9_999_999))
@settings(deadline=None)
def test_identities_come_back(run, mmsi, name, callsign, ship_type, imo):
    text = nmea.six_bit_text
    head = [(5, 6), (0, 2), (mmsi, 30), (0, 2), (imo, 30), text(callsign, 7), text(name, 20), (ship_type, 8)]
    rest = [(10, 9), (5, 9), (2, 6), (3, 6), (1, 4), (0, 20), (25, 8), text("@" * 20, 20), (0, 2)]
    [report] = run(nmea.sentences([*head, *rest], b"A", 3)).facts
    said = report.identity
    assert (said.name, said.callsign) == (name.rstrip() if name else None, callsign[:7].rstrip() if callsign else None)
    assert (said.ship_type, said.imo) == (ship_type, imo or None)
    assert report.body["ship_type"] == ship_type
    assert report.body["destination"] is None


@st.composite
def messages(draw):
    """Up to eight many-part messages with distinct (channel, number), their parts interleaved at will."""
    ties = draw(st.lists(st.tuples(st.sampled_from([b"A", b"B"]), st.integers(0, 9)), unique=True, max_size=8))
    whole, parts = [], []
    for index, (channel, number) in enumerate(ties):
        length = draw(st.integers(57, 160))
        fields = [(8, 6), (0, 2), (999_000_001 + index, 30), (0, 2), (draw(st.integers(0, 2**64)), length * 6 - 40)]
        lines = nmea.sentences(fields, channel, number)
        whole.append(lines)
        parts += lines
    return whole, draw(st.permutations(parts))


@given(messages())
@settings(deadline=None)
def test_parts_in_any_order_make_exactly_the_messages_sent(run, sent):
    whole, parts = sent
    found = run(parts)
    expected = Counter(hash_payload(*nmea_payload(lines)) for lines in whole)
    assert Counter(fact.payload_hash for fact in found.facts) == expected
    assert found.summary.unaccounted == 0
    assert not found.rejects


def nmea_payload(lines):
    return b"".join(line.split(b",")[5] for line in lines), int(lines[-1].split(b",")[6][:1])


@given(messages(), st.data())
@settings(deadline=None)
def test_lost_parts_are_told_and_never_made_up(run, sent, data):
    whole, parts = sent
    kept = data.draw(st.lists(st.sampled_from(parts), unique=True)) if parts else []
    found = run(kept)
    complete = Counter(hash_payload(*nmea_payload(lines)) for lines in whole if set(lines) <= set(kept))
    assert Counter(fact.payload_hash for fact in found.facts) == complete
    lost = sum(len(set(lines) & set(kept)) for lines in whole if not set(lines) <= set(kept))
    assert found.summary.rejected.total() == lost
    assert Counter(piece for reject in found.rejects for piece in reject.raw.split(b"\n")).total() == lost


LOG = [
    *[
        nmea.tag(line, T0)
        for line in nmea.sentences(nmea.position_a(999_000_001, 7, _motion((1, 2, 3, 4, 5, 6))), b"A", 1)
    ],
    *nmea.sentences([(8, 6), (0, 2), (999_000_002, 30), (0, 500)], b"A", 2),
    b"$PGHP,1,2025,11,24,16,0,0,0,574,,5740001,1,2C*00",
    b"\\si:X*2B\\",
    b"",
    *nmea.sentences(nmea.position_b(999_000_003, _motion((1, 2, 3, 4, 5, 6))), b"B", 1),
]


SENTENCE = re.compile(rb"!([A-Za-z]{2}[Vv][Dd][MmOo],[^*]*)\*([0-9A-Fa-f]{2})")
NOISE = st.binary(max_size=3).map(lambda some: some.replace(b"\n", b"-"))


@given(st.data())
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_mangled_logs_are_accounted_for(run, data):
    """Bytes flipped, cut, doubled, joined: never an exception, an uncounted line, or a message under a wrong sum."""
    lines = [bytearray(line) for line in data.draw(st.lists(st.sampled_from(LOG), max_size=12))]
    for line in lines:
        for _ in range(data.draw(st.integers(0, 2))):
            mangle(line, data.draw(st.integers(0, 80)), data.draw(NOISE), data.draw(st.booleans()))
    found = run(bytes(line) for line in lines)
    assert found.summary.unaccounted == 0
    for fact in found.facts:
        for raw in fact.raw.split(b"\n"):
            assert any(int(sum_, 16) == reduce(xor, body) for body, sum_ in SENTENCE.findall(raw))


def mangle(line, at, new, insert):
    line[at : at + (0 if insert else len(new) + 1)] = new


@given(st.lists(st.binary(max_size=90), max_size=30))
@settings(deadline=None)
def test_garbage_is_refused_and_counted(run, lines):
    found = run(lines)
    assert found.summary.unaccounted == 0
    assert not found.facts


@pytest.mark.parametrize("length", [0, 1, 31, 32, 33, 64, 65, 82, 127, 128, 129, 4000])
def test_checksum_of_any_length(length):
    body = bytes((n * 37 + 11) % 256 for n in range(length))
    assert xor_bytes(body) == reduce(xor, body, 0)
