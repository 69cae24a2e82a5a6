"""Verdicts: nobody overflows a shelter, who would be too late is flagged, and everybody is counted once."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.measure import METRES_PER_NM
from geo.winds import Field
from layers.spec import Text
from layers.storm.areas import Areas
from layers.storm.fleet import Fleet, fleet_of
from layers.storm.judge import CALLED, STATES, Orders, Question, judge
from layers.storm.settings import StormSettings
from layers.storm.shelters import NOWHERE, Shelters, assign, urgency
from layers.storm.totals import SOURCES, in_states, totals

AT = datetime(2026, 11, 23, 7, tzinfo=UTC)
SET = StormSettings((0, 12, 15), (6.0, 7.0, 8.0), 1.1, 6, 21600, 35, 3, 172800, ())
EAST, WEST = (
    ((110.0, 8.0), (116.0, 8.0), (116.0, 20.0), (110.0, 20.0)),
    ((104.0, 8.0), (112.0, 8.0), (112.0, 20.0), (104.0, 20.0)),
)


def areas() -> Areas:
    from shapely import Polygon

    return Areas(
        ("east", "west"),
        (Text("Đông", "East"), Text("Tây", "West")),
        (("khoi",), ("ven bo",)),
        (Polygon(EAST), Polygon(WEST)),
        "thử",
    )


def boat(n: int, lon: float | None, lat: float | None, **more: Any) -> SimpleNamespace:
    told = {
        "id": f"v{n}",
        "reg_key": f"QNGMP{n:04d}",
        "last_at": AT,
        "lon_e7": None if lon is None else lon * 1e7,
        "lat_e7": None if lat is None else lat * 1e7,
    }
    return SimpleNamespace(
        **(
            told
            | {"sog_dkn": 0, "cog_ddeg": 0, "length_m": 16.0, "most_kn": 8.0, "in_port": False, "register_crew": 7}
            | more
        )
    )


def fleet(*boats: Any, entries: Any = None) -> Fleet:
    return fleet_of(boats, entries or {}, AT)


def shelters(*capacity: int | None) -> Shelters:
    ports = [SimpleNamespace(code=f"P{n}", name=f"Cảng {n}", radius_m=1000) for n in range(len(capacity))]
    reports = [None if c is None else SimpleNamespace(capacity=c, occupied=0) for c in capacity]
    lon, lat = np.linspace(108.9, 109.1, len(capacity)), np.linspace(15.4, 14.6, len(capacity))
    none = np.zeros(len(capacity), dtype=np.intp)
    return Shelters(ports, reports, lon, lat, none, none)


def question(reach_nm: float = 120, orders: Orders | None = None, hours: float = 30) -> Question:
    t = np.array([0, hours * 3600.0]) + AT.timestamp()
    field = Field(t, np.array([116.0, 109.0]), np.array([14.0, 15.0]), np.full((2, 4), reach_nm * METRES_PER_NM))
    return Question(AT, {6: field}, field, 6, orders, SET)


def verdicts(of: Fleet, to: Shelters, asked: Question | None = None) -> Any:
    return judge(asked or question(), of, areas().find(of.lon, of.lat), to)


def test_the_states() -> None:
    lon, lat = 110.0, 15.0
    of = fleet(
        boat(0, 115.9, 14.0),  # in the wind now
        boat(1, lon, lat),  # near the coast, the wind is a day away
        boat(2, lon, lat, sog_dkn=70, cog_ddeg=2700),  # heading in
        boat(3, 108.9, 15.4, in_port=True),
        boat(4, 110.0, 8.5),  # far south
        boat(5, lon, lat, last_at=datetime(2026, 11, 22, 7, tzinfo=UTC)),
        boat(6, None, None, last_at=None),
    )
    told = verdicts(of, shelters(50, 50))
    assert list(told.state) == ["too_late", "in_time", "coming", "safe", "safe", "silent", "unknown"]
    assert told.why[0] == "wind"
    assert [STATE for STATE in told.state[told.order]] == ["silent", "too_late", "in_time", "coming"]


def test_out_by_a_book_and_never_heard_is_silent() -> None:
    entry = SimpleNamespace(direction="out", crew=9, ground="Vùng khơi", station="")
    of = fleet(boat(0, None, None, last_at=None), entries={("QNGMP0000", "border"): entry})
    told = verdicts(of, shelters(5))
    assert (told.state[0], told.why[0], of.crew[0], of.crew_from[0]) == ("silent", "never_heard", 9, "border")


def test_the_deadline_binds_the_called_areas() -> None:
    of = fleet(boat(0, 111.0, 9.0), boat(1, 106.0, 9.0))  # both far from the wind
    soon = Orders(AT.timestamp() + 3600, frozenset({"east"}))
    told = verdicts(of, shelters(5), question(orders=soon))
    assert list(told.state) == ["too_late", "safe"]
    assert told.why[0] == "deadline"


def test_without_capacity_nobody_is_sent_but_the_way_is_told() -> None:
    of = fleet(boat(0, 110.0, 15.0))
    told = verdicts(of, shelters(None))
    assert told.given[0] == NOWHERE
    assert told.shelter[0] == 0
    assert not np.isnan(told.eta_s[0])
    assert shelters(None, 0).room() == [None, 0]


boats = st.lists(
    st.tuples(st.floats(109.2, 116.5), st.floats(10, 18), st.booleans(), st.integers(0, 100)), min_size=1, max_size=40
)


@settings(max_examples=60)
@given(
    found=boats,
    room=st.lists(st.one_of(st.none(), st.integers(0, 6)), min_size=1, max_size=4),
    reach=st.floats(30, 200),
)
def test_what_holds_of_any_fleet(found: Any, room: Any, reach: float) -> None:
    of = fleet(
        *(
            boat(n, lon, lat, in_port=port, last_at=datetime.fromtimestamp(AT.timestamp() - 360 * age, UTC))
            for n, (lon, lat, port, age) in enumerate(found)
        )
    )
    to = shelters(*room)
    told = verdicts(of, to, question(reach))
    for n, free in enumerate(room):
        assert (told.given == n).sum() <= (free or 0)
    assert set(told.state) <= set(STATES)
    assert sum(tally.boats for tally in in_states(of, told).values()) == len(of)
    table = totals(of, told, areas())
    for source in SOURCES:
        assert sum(row[source].boats for row in table.values()) == len(of)
    for n in range(len(of)):
        late = not np.isnan(told.danger_s[n]) and not told.eta_s[n] <= told.danger_s[n]
        if late and not of.in_port[n]:
            assert told.state[n] in ("too_late", "silent")
        if told.state[n] in ("in_time", "coming"):
            assert told.eta_s[n] <= told.limit_s[n]
    assert len(told.order) == sum(state in CALLED for state in told.state)


@given(
    eta=st.lists(st.lists(st.floats(0, 1e6), min_size=3, max_size=3), min_size=1, max_size=30),
    free=st.lists(st.integers(0, 12), min_size=3, max_size=3),
)
def test_no_place_stays_empty_while_a_boat_waits(eta: Any, free: Any) -> None:
    table, room = np.array(eta), np.array(free)
    given_ = assign(table, room, urgency(table, np.full(len(eta), np.nan), np.ones(len(eta), dtype=bool)))
    taken = np.bincount(given_[given_ != NOWHERE], minlength=3)
    assert (taken <= room).all()
    assert taken.sum() == min(room.sum(), len(eta))


def test_a_ground_of_the_books_is_an_area() -> None:
    assert areas().name("Vùng khơi") == "east"
    assert areas().name("VEN BỜ phía Bắc") == "west"
    assert areas().name(None) == "unnamed"


def test_faster_is_never_later() -> None:
    of = fleet(*(boat(n, 110 + n / 10, 15.0) for n in range(20)))
    slow = verdicts(of, shelters(50))
    fast = verdicts(replace(of, own_kn=of.own_kn * 2), shelters(50))
    assert (fast.eta_s <= slow.eta_s).all()
    assert fast.eta_s - AT.timestamp() == pytest.approx((slow.eta_s - AT.timestamp()) / 2)
