"""Which zones a boat is in: on its card, as of the day, and anew when the zones change."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from fastapi.testclient import TestClient

from geo.clock import local_date
from layers.access.roles import Role
from layers.versions import bump, notify

SignIn = Callable[[Role], TestClient]
PutBoat = Callable[[int, float, float], None]
PutZone = Callable[..., None]
_PUT = """
INSERT INTO zone (id, code, content_hash, source_id, delivery_id, t, heard_at, name, kind, verified, valid_from,
                  valid_to, geom)
VALUES (%(id)s, %(code)s, 0, (SELECT id FROM source WHERE code = 't'), 1, now(), now(), %(name)s,
        'belt_inshore', %(verified)s, %(first)s, %(last)s, ST_Multi(ST_MakeEnvelope(%(box)s, 4326)))
"""


@pytest.fixture
def put_zone(connection: psycopg.Connection, put_boat: PutBoat) -> PutZone:
    put_boat(1, 109.5, 15.0)

    def put(code: str, *, west: float = 109.0, verified: bool = False, days: tuple[date, date] | None = None) -> None:
        first, last = days or (None, None)
        box = f"{west}, 14.5, 110, 15.5"
        values = {
            "id": sum(map(ord, code)),
            "code": code,
            "name": f"Vùng {code}",
            "verified": verified,
            "first": first,
            "last": last,
        }
        with connection.transaction():
            connection.execute(_PUT.replace("%(box)s", box).encode(), values)
            notify(connection, {"layer": "zone", "version": bump(connection, "zone")})

    return put


def heard(client: TestClient, wanted: list[str]) -> list[dict[str, object]]:
    """The zones on the card once the web process has heard of the change; what it tells last when it never does."""
    deadline = time.monotonic() + 20
    while True:
        told = zones(client)
        if (told is not None and [zone["code"] for zone in told] == wanted) or time.monotonic() > deadline:
            assert told is not None
            assert [zone["code"] for zone in told] == wanted
            return told
        time.sleep(0.05)


def zones(client: TestClient) -> list[dict[str, object]] | None:
    boat = client.get("/api/vessels").json()["vessels"][0]["id"]
    answer = client.get(f"/api/vessels/{boat}")
    assert answer.status_code == 200, answer.text
    return answer.json()["zones"]


def test_a_card_names_the_zones_the_boat_is_in(put_zone: PutZone, sign_in: SignIn) -> None:
    put_zone("WIDE", verified=True)
    put_zone("NARROW", west=109.4)
    put_zone("ELSEWHERE", west=109.6)
    narrow, wide = heard(sign_in(Role.OFFICER), ["NARROW", "WIDE"])
    assert narrow == {
        "code": "NARROW",
        "name": "Vùng NARROW",
        "kind": "belt_inshore",
        "verified": False,
        "origin": "simulated",
    }
    assert wide["verified"] is True


def test_a_boat_outside_is_in_no_zone_and_without_zones_nobody_knows(put_zone: PutZone, sign_in: SignIn) -> None:
    client = sign_in(Role.OFFICER)
    assert zones(client) is None
    put_zone("ELSEWHERE", west=109.6)
    heard_of_it = time.monotonic() + 20
    while zones(client) is None and time.monotonic() < heard_of_it:
        time.sleep(0.05)
    assert zones(client) == []


def test_a_zone_holds_from_its_first_to_its_last_day(put_zone: PutZone, sign_in: SignIn) -> None:
    today = local_date(datetime.now(UTC))
    put_zone("OVER", days=(today - timedelta(days=9), today - timedelta(days=3)))
    put_zone("NOW", days=(today - timedelta(days=1), today + timedelta(days=1)))
    heard(sign_in(Role.OFFICER), ["NOW"])


def test_a_border_belongs_to_its_zone(put_zone: PutZone, sign_in: SignIn) -> None:
    put_zone("TOUCHED", west=109.5)
    heard(sign_in(Role.OFFICER), ["TOUCHED"])
