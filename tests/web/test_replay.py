"""A replay as a page gets it: the manifest, the boats, and chunks that answer for every moment of theirs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import psycopg
import pytest
from fastapi.testclient import TestClient

from geo.clock import unix_ms
from ingest.deliveries import Delivery, Sender
from ingest.outcome import Fix
from ingest.write import Batch
from layers.access.roles import Role
from layers.vessels.track_keeper import keep_all_tracks
from web.replay.frames import DOUBTFUL, GAP, IN_PORT, VMS, Columns, decode

SignIn = Callable[[Role], TestClient]
HOUR = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=12)
START = int(HOUR.timestamp())


def fix(device: str, minutes: float, lon: float = 109.5, lat: float = 15.0, sog_dkn: int = 80) -> Fix:
    """A position so many minutes after HOUR."""
    t_ms = unix_ms(HOUR) + round(minutes * 60_000)
    place = (round(lon * 1e7), round(lat * 1e7))
    return Fix(device, t_ms, hash((device, t_ms)), t_ms, *place, sog_dkn, 900, None, None, None, None, 0, b"t")


@pytest.fixture
def send(connection: psycopg.Connection) -> Callable[..., None]:
    deliveries: dict[str, Delivery] = {}

    def store(*fixes: Fix, origin: str = "simulated") -> None:
        if origin not in deliveries:
            sender = Sender(f"vms_{origin}", origin)
            deliveries[origin] = Delivery(connection, sender, "test", lambda: datetime.now(UTC))
        deliveries[origin].write(Batch(fixes))
        keep_all_tracks(connection, datetime.now(UTC))

    return store


def chunk(officer: TestClient) -> tuple[str, Columns]:
    """The chunk of HOUR alone, and its address by version."""
    url = f"/api/replay/chunks/{HOUR:%Y-%m-%dT%HZ}?hours=1"
    answer = officer.get(url)
    assert answer.status_code == 200, answer.text
    version = "-".join(answer.headers["etag"].split("-")[-3:-1])
    return f"{url}&v={version}", decode(answer.content)[1]


def test_a_chunk_brings_the_points_around_it(send, sign_in: SignIn) -> None:
    minutes = (-50, -10, 5, 50, 70, 110)
    send(*(fix("vms:A:00001", m, 109 + m / 1000) for m in minutes))
    _, found = chunk(sign_in(Role.OFFICER))
    assert ((found.t_s - START) / 60).tolist() == [-10, 5, 50, 70]
    assert found.flags.tolist() == [VMS] * 4
    np.testing.assert_allclose(found.lon, [108.99, 109.005, 109.05, 109.07], atol=1e-5)
    assert found.origin.tolist() == [1]


def test_silence_and_jumps_are_marked_and_never_bridged(send, sign_in: SignIn) -> None:
    send(fix("vms:A:00001", -300), fix("vms:A:00001", 5), fix("vms:A:00001", 30, 118), fix("vms:A:00001", 400))
    _, found = chunk(sign_in(Role.OFFICER))
    assert ((found.t_s - START) / 60).tolist() == [-300, 5, 30, 400]
    assert found.flags.tolist() == [VMS, VMS | GAP, VMS | GAP | DOUBTFUL, VMS | GAP]


def test_a_boat_long_silent_is_still_there(send, sign_in: SignIn) -> None:
    send(fix("vms:A:00001", -20 * 24 * 60), fix("vms:A:00002", -40 * 24 * 60), fix("vms:A:00002", 300))
    _, found = chunk(sign_in(Role.OFFICER))
    assert ((found.t_s - START) // 86400).tolist() == [-20, -40, 0]


def test_two_devices_are_one_boat_at_their_own_time(connection, send, sign_in: SignIn) -> None:
    send(fix("vms:A:00001", 10), fix("mmsi:999000001", 20), fix("vms:A:00001", 40), fix("mmsi:999000001", 50))
    connection.execute(
        "INSERT INTO transmitter_on_vessel SELECT id, 9, %s, CASE kind WHEN 'ais' THEN %s END, 1 FROM transmitter",
        (HOUR - timedelta(days=1), HOUR + timedelta(minutes=45)),
    )
    device = connection.execute("SELECT id FROM transmitter WHERE kind = 'ais'").fetchone()[0]
    _, found = chunk(sign_in(Role.OFFICER))
    assert list(zip(found.boat.tolist(), ((found.t_s - START) / 60).tolist(), strict=True)) == sorted(
        [(18, 10), (18, 20), (18, 40), (2 * device + 1, 50)]
    )
    assert [flags & VMS for flags in found.flags[found.boat == 18]] == [VMS, 0, VMS]


def test_rest_in_a_port_is_marked(connection, send, sign_in: SignIn) -> None:
    connection.execute(
        "INSERT INTO fishing_port (id, code, name, radius_m, content_hash, source_id, delivery_id, t, heard_at, geom)"
        " VALUES (1, 'C1', 'Cảng', 800, 1, 1, 1, now(), now(), ST_SetSRID(ST_MakePoint(108.9, 15.2), 4326))"
    )
    near, far = (108.906, 15.2), (108.909, 15.2)
    send(fix("vms:A:00001", 5, *near, 0), fix("vms:A:00001", 20, *near, 40), fix("vms:A:00001", 40, *far, 0))
    _, found = chunk(sign_in(Role.OFFICER))
    assert [bool(flags & IN_PORT) for flags in found.flags] == [True, False, False]


def test_thinning_keeps_within_its_word(send, sign_in: SignIn) -> None:
    send(*(fix("mmsi:999000001", s / 6, 109 + s * 5e-4) for s in range(360)))
    _, found = chunk(sign_in(Role.OFFICER))
    assert len(found.t_s) < 20
    assert np.diff(found.t_s).max() <= 600


def test_late_positions_give_the_chunk_another_address(send, sign_in: SignIn) -> None:
    send(fix("vms:A:00001", 10))
    officer = sign_in(Role.OFFICER)
    url, first = chunk(officer)
    answer = officer.get(url)
    assert "immutable" in answer.headers["cache-control"]
    assert officer.get(url, headers={"if-none-match": answer.headers["etag"]}).status_code == 304
    send(fix("vms:A:00001", 30))
    again, second = chunk(officer)
    assert again != url
    assert len(second.t_s) == len(first.t_s) + 1
    stale = officer.get(url, headers={"if-none-match": answer.headers["etag"]})
    assert stale.status_code == 200
    assert stale.headers["cache-control"] == "private, no-cache"


def test_later_hours_do_not_disturb_a_closed_one(send, sign_in: SignIn) -> None:
    send(fix("vms:A:00001", 10))
    officer = sign_in(Role.OFFICER)
    url, _ = chunk(officer)
    send(fix("vms:A:00001", 60 * 8))
    assert chunk(officer)[0] == url


def test_the_manifest_says_under_which_rules(send, sign_in: SignIn) -> None:
    send(fix("vms:A:00001", 10))
    told = sign_in(Role.OFFICER).get("/api/replay").json()
    assert told["span_h"] == 6
    assert told["origin"] == "simulated"
    assert told["first_t"] is not None
    assert len(told["chunks"]) in (4, 5)
    assert {(r["conduct"], r["step"]) for r in told["rules"]} >= {("silence", "report_due"), ("track", "gap_vms")}
    settled = [c["settled"] for c in told["chunks"]]
    assert settled[0]
    assert not settled[-1]
    answer = sign_in(Role.OFFICER).get(told["chunks"][0]["url"])
    assert "immutable" in answer.headers["cache-control"]
    assert decode(answer.content)[0].hours == 6


def test_boats_are_named_by_handle(connection, send, sign_in: SignIn) -> None:
    send(fix("vms:A:00001", 10), fix("mmsi:999000002", 10), origin="replayed")
    connection.execute(
        "INSERT INTO vessel"
        " (id, code, name, length_m, gear, home_port, content_hash, source_id, delivery_id, t, heard_at)"
        " SELECT 5, 'QNg-MP 0005', 'Thử', 17.5, 'câu', 'Sa Kỳ', 1, id, 1, now(), now()"
        " FROM source WHERE origin = 'replayed'"
    )
    officer = sign_in(Role.OFFICER)
    answer = officer.get("/api/replay/boats")
    rows = {row[1]: row for row in answer.json()["boats"]}
    assert rows["v5"] == [10, "v5", "QNg-MP 0005", "Thử", 17.5, "replayed"]
    assert {row[2] for row in rows.values() if row[1][0] == "t"} == {"vms:A:00001", "MMSI 999000002"}
    tag = answer.headers["etag"]
    assert officer.get("/api/replay/boats", headers={"if-none-match": tag}).status_code == 304


@pytest.mark.parametrize("path", ["/api/replay", "/api/replay/boats", "/api/replay/chunks/2026-01-01T00Z"])
@pytest.mark.parametrize(("role", "status"), [(Role.GUEST, 401), (Role.LEADER, 403), (Role.POST, 200)])
def test_only_officers_see_boats_past(path: str, role: Role, status: int, reading: SignIn) -> None:
    assert reading(role).get(path).status_code == status


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        ("/api/replay?from=2099-01-01T00:00:00Z&to=2099-01-02T00:00:00Z", 400, "to"),
        ("/api/replay?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", 400, "from"),
        ("/api/replay?from=2026-01-01T00:00:00Z&to=2026-01-09T00:00:00Z", 400, "from"),
        ("/api/replay?from=yesterday", 422, "from"),
        ("/api/replay?from=2026-01-01T00:00:00", 422, "from"),
        ("/api/replay/chunks/now", 400, "start"),
        ("/api/replay/chunks/2026-01-01T01Z?hours=6", 400, "start"),
        ("/api/replay/chunks/2026-01-01T00Z?hours=5", 400, "hours"),
        ("/api/replay/chunks/2026-01-01T00Z?hours=many", 422, "hours"),
        ("/api/replay/chunks/2099-01-01T00Z", 400, "start"),
    ],
)
def test_a_bad_window_is_refused_by_name(path: str, status: int, field: str, reading: SignIn) -> None:
    answer = reading(Role.OFFICER).get(path)
    assert (answer.status_code, answer.json()["field"]) == (status, field), answer.text
