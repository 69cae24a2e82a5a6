"""However the bytes are cut on their way, the same facts come out: segments anywhere, datagrams at line ends."""

import gzip
import random
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures import nmea
from ingest.ais.pipeline import AisPipeline
from ingest.net.intake import Intake, Peer, Segment
from ingest.net.receiver import Door
from ingest.net.stream import PeerStream
from ingest.outcome import Reject
from ingest.source import LINE_LIMIT, LineCutter

from .conftest import T0, halves, position

TAGGED = [
    b"".join(nmea.tag(line.rstrip(), T0 + n * 1000) + b"\r\n" for line in halves(999_000_000 + n)) for n in range(20)
]
LINES = [*map(position, range(60)), *TAGGED, b"noise\r\n", b"\r\n", b"$GPGGA,1*00\r\n", b"x" * 300 + b"\r\n"]


class Open:
    """Stands in for a receiver whose segments the test puts there itself."""

    def __init__(self, still):
        self.door = Door(Intake(1 << 40), still)

    def check(self):
        pass

    def stop(self):
        pass

    def lost(self):
        return 0


def _facts(found):
    """What was understood, without the order of peers and the numbers of lines."""
    return Counter(
        (out.reason, out.raw) if isinstance(out, Reject) else (out.key, out.t_ms, out.payload_hash, out.raw)
        for out in found
    )


def _run(still, segments, turns=lambda: False):
    """Segments (peer, bytes) through a stream, taking now and then; the tally must come out even."""
    receiver = Open(still)
    stream = PeerStream(receiver, lambda: AisPipeline(still))
    found = []
    for number, (peer, data) in enumerate(segments):
        receiver.door.intake.offer(Segment(peer, still() + timedelta(milliseconds=number), data))
        if turns():
            found += stream.take(still(), 10_000_000)
    found += stream.take(still(), 10_000_000)
    found += stream.finish()
    return found, stream.tally()


def _cut(data, places):
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.lists(st.integers(0, 1 << 20), max_size=200))
def test_segments_of_a_connection_may_end_anywhere(still, dice, places):
    lines = dice.sample(LINES, len(LINES))
    whole, _ = _run(still, [(Peer("a"), b"".join(lines))])
    cut, tally = _run(
        still,
        [(peer, piece) for peer in [Peer("b")] for piece in _cut(b"".join(lines), places) if piece],
        lambda: dice.random() < 0.3,
    )
    assert _facts(cut) == _facts(whole)
    assert tally.lines == b"".join(lines).count(b"\n")


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_several_connections_at_once_give_what_each_gives_alone(still, dice):
    peers = [Peer(name) for name in "abc"]
    streams = [b"".join(dice.sample(LINES, dice.randrange(1, len(LINES)))) for _ in peers]
    alone = Counter()
    for data in streams:
        alone += _facts(_run(still, [(Peer("x"), data)])[0])
    waiting = [_cut(data, [dice.randrange(1 << 20) for _ in range(40)]) for data in streams]
    mixed = []
    while any(waiting):
        number = dice.choice([n for n, pieces in enumerate(waiting) if pieces])
        piece = waiting[number].pop(0)
        mixed += [(peers[number], piece)] if piece else []
    found, _ = _run(still, mixed, lambda: dice.random() < 0.3)
    assert _facts(found) == alone


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_datagrams_may_hold_any_number_of_lines(still, dice):
    whole, _ = _run(still, [(Peer("a"), b"".join(LINES))])
    datagrams, at, peer = [], 0, Peer("b")
    while at < len(LINES):
        size = dice.randrange(1, 6)
        datagrams.append((peer, b"".join(LINES[at : at + size])))
        at += size
    found, _ = _run(still, datagrams, lambda: dice.random() < 0.3)
    assert _facts(found) == _facts(whole)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_danish_recording_in_pieces(still, shared_data, seed):
    data = gzip.decompress((shared_data / "ais" / "dk_2013-11-12_1200z_5min.nmea.gz").read_bytes())
    dice, peer = random.Random(seed), Peer("dk")
    pieces = _cut(data, [dice.randrange(len(data)) for _ in range(4_000)])
    found, tally = _run(still, [(peer, piece) for piece in pieces if piece], lambda: dice.random() < 0.05)
    assert not [out for out in found if isinstance(out, Reject)]
    assert (len(found), tally.lines) == (26_077, 80_246)
    assert len(_facts(found)) == 26_077


@given(st.lists(st.integers(0, 400), max_size=30))
def test_a_line_is_stamped_when_its_first_byte_arrived(still, places):
    data = b"first\nsecond\n\nthird"
    cutter, found, at = LineCutter(), [], 0
    began = []
    for number, piece in enumerate(_cut(data, places)):
        moment = still() + timedelta(seconds=number)
        began += [(at + offset, moment) for offset in range(len(piece))]
        at += len(piece)
        found += cutter.cut(piece, moment)
    found += cutter.end()
    starts = dict(began)
    assert [line.raw for line in found] == [b"first", b"second", b"", b"third"]
    assert [line.arrived_at for line in found] == [starts[n] for n in (0, 6, 13, 14)]


def test_a_line_without_end_is_held_in_bounded_memory_and_refused(still):
    cutter = LineCutter()
    for _ in range(100):
        assert cutter.cut(b"A" * 50_000, still()) == []
        assert len(cutter._tail) <= LINE_LIMIT
    [refused, good] = cutter.cut(b"\n!good\n", still())
    assert (refused.reason, refused.line_no, good.raw, good.number) == ("line_too_long", 1, b"!good", 2)
    assert "5000000 bytes" in refused.detail
