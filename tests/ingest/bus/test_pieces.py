"""Records into messages of a bus and back: nothing changes, whatever the sizes; places only grow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from geo.errors import BadInput
from ingest.bus.choice import bus_plan
from ingest.bus.pieces import PIECE, SENDER, STEP, Assembler, lane_of, pack
from ingest.bus.record import Record, encode_record
from ingest.bus.segments import frame
from ingest.bus.settings import SpoolSettings

RECORDS = st.lists(st.binary(max_size=400).map(lambda data: Record("nmea", "s", "real", "p", 7, data)), max_size=12)


def messages(records, most, sender="a"):
    for payload in pack([frame(encode_record(record)) for record in records], most):
        yield {SENDER: sender, PIECE: payload.piece}, payload.data


@given(RECORDS, st.integers(1, 200))
def test_what_is_packed_is_unpacked(records, most):
    assembler, found = Assembler(), []
    for number, (headers, data) in enumerate(messages(records, most), 1):
        assert len(data) <= most or not headers[PIECE]
        found += assembler.open(number, headers, data)
    assert [each.record for each in found] == records
    places = [place for each in found for place in (each.at, each.next)]
    assert places == sorted(places)
    assert assembler.torn == 0


@given(RECORDS, st.integers(0, 30))
def test_after_a_sender_that_ended_midway_others_are_understood_and_it_is_counted(records, gone):
    whole = Record("nmea", "s", "real", "p", 7, b"x" * 900)
    begun = list(messages([whole], 100))[: 1 + gone % 9]
    assembler, found = Assembler(), []
    for number, (headers, data) in enumerate([*begun, *messages(records, 100, "b")], 1):
        found += assembler.open(number, headers, data)
    assert [each.record for each in found] == records
    assert assembler.needed_from(10**9) == STEP  # what was begun is read again, as long as it may still come
    assembler.open(99, *next(messages([whole], 100)))
    assert assembler.torn == 1


def test_a_peer_has_one_lane_and_many_use_all():
    lanes = {lane_of(f"peer {number}", "a", 16) for number in range(400)}
    assert lanes == set(range(16))


def test_the_settings_choose_the_bus_and_a_wrong_address_is_told(tmp_path):
    said = {"spool_dir": tmp_path, "bus_replicas": 1}
    assert bus_plan(SpoolSettings(**said)) is None
    plan = bus_plan(SpoolSettings(**said, bus=SecretStr("nats://a:4222, tls://user:word@b:4222")))
    assert plan is not None
    assert (plan.servers, plan.replicas) == (["nats://a:4222", "tls://user:word@b:4222"], 1)
    with pytest.raises(BadInput, match="nats://host:port"):
        bus_plan(SpoolSettings(**said, bus=SecretStr("a:4222")))
    with pytest.raises(ValueError, match="72"):
        SpoolSettings(**said, bus_keep_hours=1)
    assert "word" not in str(SpoolSettings(bus=SecretStr("nats://user:word@a:4222")))
