"""The stream's frames, the fleet in memory, and clients that do not follow."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import orjson
from hypothesis import given
from hypothesis import strategies as st

from layers.vessels.status import STATUSES
from web.live.clients import MOST_WAITING, Client
from web.live.fleet import Fleet
from web.live.frames import DELTA, HEADER, NONE_U16, RECORD, REMOVED, SIMULATED, SNAPSHOT, VMS, Stamp, decode, encode

NOW = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)


def boat(name: str, **changes: Any) -> Any:
    row = {
        "id": name,
        "label": f"QNg-MP {name}",
        "name": "Sóng",
        "kind": "vms",
        "origin": "simulated",
        "status": "on_time",
    }
    row |= {"last_t": NOW, "lon_e7": 1_090_000_000, "lat_e7": 150_000_000, "sog_dkn": 52, "cog_ddeg": 900}
    return SimpleNamespace(**(row | changes))


def test_the_layout_is_the_one_clients_know() -> None:
    assert HEADER.size == 40
    assert RECORD.itemsize == 24
    assert encode(SNAPSHOT, Stamp(1, 2, 3.0), np.zeros(0, RECORD))[:4] == b"OSP1"


@given(
    st.integers(0, 1),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
    st.floats(0, 2e12),
    st.binary(max_size=24 * 40),
)
def test_encode_and_decode_are_inverse(kind: int, epoch: int, seq: int, ms: float, noise: bytes) -> None:
    records = np.frombuffer(noise[: len(noise) // 24 * 24], RECORD)
    found, stamp, back = decode(encode(kind, Stamp(epoch, seq, ms, ms / 2), records))
    assert (found, stamp) == (kind, Stamp(epoch, seq, ms, ms / 2))
    assert back.tobytes() == records.tobytes()


def test_only_what_changed_is_told_and_each_boat_introduced_once() -> None:
    fleet = Fleet()
    records, who = fleet.update([boat("0001"), boat("0002", sog_dkn=None, cog_ddeg=None)])
    assert len(records) == len(who) == 2
    assert records["sog"].tolist() == [52, NONE_U16]
    assert records["flags"].tolist() == [SIMULATED | VMS] * 2
    assert fleet.update([boat("0001"), boat("0002", sog_dkn=None, cog_ddeg=None)])[0].size == 0
    late, again = fleet.update([boat("0001", status="late")])
    assert late["status"].tolist() == [STATUSES.index("late")]
    assert again == []


def test_counts_add_up_with_boats_never_heard() -> None:
    fleet = Fleet()
    fleet.update([boat("0001"), boat("0002", last_t=None, lon_e7=None, lat_e7=None, status="unknown", kind="none")])
    assert fleet.counts() == {"on_time": 1, "unknown": 1}
    assert fleet.standing().size == 1


def test_a_boat_that_is_no_more_is_removed_and_its_number_not_given_again() -> None:
    fleet = Fleet()
    fleet.update([boat("t5")])
    gone = fleet.forget(["t5"])
    assert gone["flags"][0] & REMOVED
    records, _ = fleet.update([boat("v1")])
    assert records["handle"].tolist() == [1]
    assert fleet.counts() == {"on_time": 1}


def test_a_fleet_grows_past_its_first_room() -> None:
    fleet = Fleet()
    fleet.update([boat(f"{n:04}", last_t=NOW - timedelta(seconds=n)) for n in range(3000)])
    assert fleet.standing()["handle"].tolist() == list(range(3000))


def test_a_client_that_never_reads_holds_nothing_and_gets_a_snapshot_later() -> None:
    async def play() -> None:
        client = Client("exact")
        assert await client.take() == (True, [])
        delta = encode(DELTA, Stamp(1, 1, 1.0), np.zeros(10_000, RECORD))
        for _ in range(100_000):
            client.offer([delta, orjson.dumps({}).decode()])
            assert len(client._waiting) <= MOST_WAITING
        assert client.behind
        assert client._waiting == []
        assert await client.take() == (True, [])
        client.offer([delta])
        assert await client.take() == (False, [delta])

    asyncio.run(play())
