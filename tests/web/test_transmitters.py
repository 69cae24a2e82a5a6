"""A boat's panel and list: what its device called itself over time, and that its number was in two places."""

from collections.abc import Callable
from datetime import datetime, timedelta

import psycopg
from fastapi.testclient import TestClient

from fixtures import nmea
from geo.clock import system_clock, unix_ms
from ingest.ais.load import ais_options, load_ais
from ingest.source import IterableSource
from layers.access.roles import Role

MMSI = 999_000_001


def _said(name: str, moment: datetime) -> list[bytes]:
    fields = [(24, 6), (0, 2), (MMSI, 30), (0, 2), nmea.six_bit_text(name, 20)]
    return [nmea.tag(line, unix_ms(moment)) for line in nmea.sentences(fields, b"B", 1)]


def _heard(lon: float, moment: datetime) -> bytes:
    motion = nmea.motion_fields(lon, 15.0, 0.0, 0.0, moment.second)
    return nmea.tag(nmea.sentences(nmea.position_b(MMSI, motion), b"B", 1)[0], unix_ms(moment))


def test_the_panel_tells_what_a_device_said_and_where_it_was(
    connection: psycopg.Connection, sign_in: Callable[[Role], TestClient]
) -> None:
    hour = system_clock().replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
    names = [line for days, name in ((9, "TAU MOT"), (5, "TAU HAI"), (0, "TAU MOT")) for line in
             _said(name, hour - timedelta(days=days))]  # fmt: skip
    places = [_heard(109.0 + n % 2, hour + timedelta(seconds=30 * n)) for n in range(40)]
    load_ais(IterableSource([*names, *places]), ais_options(connection))
    client = sign_in(Role.OFFICER)
    [boat] = client.get("/api/vessels?q=999000001").json()["vessels"]
    assert (boat["label"], boat["station"], boat["shared"]) == ("TAU MOT", "ship", True)
    card = client.get(f"/api/vessels/{boat['id']}").json()
    assert [(s["field"], s["value"]) for s in card["said"]] == [
        ("name", "TAU MOT"), ("name", "TAU HAI"), ("name", "TAU MOT")
    ]  # fmt: skip
    assert [s["t_from"] for s in card["said"]] == sorted(s["t_from"] for s in card["said"])
    [found] = card["two_places"]
    assert (found["turns"], [place["fixes"] for place in found["places"]]) == (39, [20, 20])
    before = (hour - timedelta(days=1)).isoformat().replace("+00:00", "Z")
    then = client.get(f"/api/vessels/{boat['id']}", params={"at": before})
    assert then.status_code == 404  # nobody had heard it by then
    sign_in(Role.GUEST)
    assert client.get(f"/api/vessels/{boat['id']}").status_code == 401
