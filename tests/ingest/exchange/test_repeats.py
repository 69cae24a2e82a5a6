"""What two letters say stands as long as one of them is valid, whichever came, or was revoked, first."""

import itertools
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest

from ingest.deliveries import Sender
from ingest.tables.load import load_table
from ingest.tables.withdraw import withdraw_source
from layers.registry import load_layers

EXAMPLES = Path(__file__).parents[3] / "docs" / "contracts" / "examples"
SCHOOL = (
    b'{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": {"type": "Point", "coordinates":'
    b' [108.8, 15.12]}, "properties": {"code": "T1", "name": "Truong thu", "stage": "primary", "pupils": 100}}]}'
)
BOAT = "reg_no,name,length_m,gear,home_port,commune_code,mmsi,vms_provider,vms_device_id,valid_from\n"
BOAT += "QNg-MP 0369,Cũ,15.5,câu,Sa Kỳ,,999000001,A,d1,\n"
PENALTIES = len((EXAMPLES / "books-penalties.csv").read_text().splitlines()) - 1
FIRST, SECOND, THIRD = (f"H48.90,2026,{number}" for number in (12, 13, 16))


class Kind(NamedTuple):
    """One kind of fact: its file, what changes it, the rows in force, and how many of them a letter brings."""

    name: str
    data: bytes
    said: str
    change: Callable[[bytes], bytes]
    in_force: str
    count: int


KINDS = {
    "layer": Kind("truong.geojson", SCHOOL, "layer:school", lambda d: d.replace(b"100}", b"150}"),
                  "school WHERE superseded_at IS NULL", 1),
    "register": Kind("so.csv", BOAT.encode(), "layer:vessel", lambda d: d.replace("Cũ".encode(), "Mới".encode()),
                     "vessel WHERE superseded_at IS NULL AND leads", 1),
    "book": Kind("phat.csv", (EXAMPLES / "books-penalties.csv").read_bytes(), "book:penalty",
                 lambda d: re.sub(rb",[0-9]{7,9},", b",1,", d), "penalty WHERE superseded_at IS NULL", PENALTIES),
    "figures": Kind("bao-cao.xml", (EXAMPLES / "avreport.xml").read_bytes(), "",
                    lambda d: d.replace(b"<NumberFile>3<", b"<NumberFile>30<"),
                    "observation WHERE superseded_at IS NULL AND retracted_at IS NULL", 7),
}  # fmt: skip


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


def _says(axis: Any, of: Kind, number: str, data: bytes | None = None, **more: Any) -> bytes:
    return axis.letter(number, axis.attach(of.name, data or of.data, of.said), **more)


def _revokes(axis: Any, number: str, about: str) -> bytes:
    return axis.letter(number, kind="revocation", about=(about,))


def _stands_on(connection: psycopg.Connection, kind: Kind) -> set[str]:
    """The papers that the rows in force lead to."""
    table, _, where = kind.in_force.partition(" WHERE ")
    rows = connection.execute(
        f"SELECT DISTINCT p.uid FROM (SELECT * FROM {table} WHERE {where}) AS t"
        " JOIN delivery AS d ON d.id = t.delivery_id LEFT JOIN paper AS p ON p.id = d.paper_id".encode()
    )
    return {uid for (uid,) in rows}


def _count(connection: psycopg.Connection, kind: Kind) -> int:
    row = connection.execute(f"SELECT count(*) FROM {kind.in_force}".encode()).fetchone()
    return 0 if row is None else int(row[0])


def test_whatever_order_they_come_in_the_valid_letter_is_what_it_stands_on(
    connection: psycopg.Connection, axis: Any, kind: Kind
) -> None:
    sent = [_says(axis, kind, "12"), _says(axis, kind, "13"), _revokes(axis, "14", FIRST)]
    orders = list(itertools.permutations(sent))
    for order in orders if kind.said == "layer:school" else orders[:1]:
        with connection.transaction():
            for letter in order:
                axis.take(letter)
            assert _stands_on(connection, kind) == {SECOND}
            assert _count(connection, kind) == kind.count
            axis.take(_revokes(axis, "15", SECOND))
            assert _count(connection, kind) == 0
            raise psycopg.Rollback


@pytest.mark.parametrize("kind", ["layer", "figures"], indirect=True)
def test_one_of_three_is_enough(connection: psycopg.Connection, axis: Any, kind: Kind) -> None:
    for number in ("12", "13", "16"):
        axis.take(_says(axis, kind, number))
    for number, about, stands in (("17", FIRST, THIRD), ("18", THIRD, SECOND)):
        axis.take(_revokes(axis, number, about))
        assert _stands_on(connection, kind) == {stands}
    axis.take(_revokes(axis, "19", SECOND))
    assert _count(connection, kind) == 0


@pytest.mark.parametrize("first", [True, False])
def test_what_was_corrected_comes_back_by_the_letter_that_repeated_it(
    connection: psycopg.Connection, axis: Any, kind: Kind, first: bool
) -> None:
    """Said, repeated, replaced by other words; then the replacement is revoked: the repeating letter still says so."""
    axis.take(_says(axis, kind, "12"))
    axis.take(_says(axis, kind, "13"))
    more = {"kind": "replacement", "about": (FIRST,)} if first else {}
    axis.take(_says(axis, kind, "16", kind.change(kind.data), **more))
    if not first:
        axis.take(_revokes(axis, "17", FIRST))
    assert THIRD in _stands_on(connection, kind)
    axis.take(_revokes(axis, "18", THIRD))
    assert (_stands_on(connection, kind), _count(connection, kind)) == ({SECOND}, kind.count)
    assert axis.one(f"SELECT count(*) FROM {kind.in_force} AND {_changed(kind)}") == 0


def _changed(kind: Kind) -> str:
    return {"layer": "pupils = 150", "register": "name = 'Mới'", "book": "amount_vnd = 1", "figures": "value = 33"}[
        next(name for name, one in KINDS.items() if one is kind)
    ]


def test_a_repeated_row_leads_to_its_own_row_of_its_own_file(connection: psycopg.Connection, axis: Any) -> None:
    second = b'{"type": "Feature", "geometry": {"type": "Point", "coordinates": [108.8, 15.12]}, "properties":'
    second += b' {"code": "T0", "name": "Khac", "stage": "primary", "pupils": 7}}, '
    axis.take(_says(axis, KINDS["layer"], "12"))
    axis.now += timedelta(days=1)
    moved = SCHOOL.replace(b'"features": [', b'"features": [' + second)
    axis.take(_says(axis, KINDS["layer"], "13", moved, issued_on=axis.now.date()))
    axis.now += timedelta(days=1)
    axis.take(_revokes(axis, "14", FIRST))
    told = axis.one(
        "SELECT o.row_no, s.stored_at = %s, s.heard_at > f.heard_at, s.id = f.id, s.t = s.heard_at, f.t = f.heard_at"
        " FROM school AS s JOIN row_origin AS o ON (o.delivery_id, o.code) = (s.delivery_id, s.code)"
        " JOIN school AS f ON f.code = 'T1' AND f.superseded_at = s.stored_at"
        " WHERE s.code = 'T1' AND s.superseded_at IS NULL", axis.now
    )  # fmt: skip
    assert told == (2, True, True, True, True, True)


def test_a_figure_shows_what_stood_in_the_letter_it_stands_on(connection: psycopg.Connection, axis: Any) -> None:
    for number in ("12", "13"):
        axis.take(_says(axis, KINDS["figures"], number))
    axis.take(_revokes(axis, "14", FIRST))
    assert _count(connection, KINDS["figures"]) == KINDS["figures"].count
    wrong = axis.one(
        "SELECT count(*) FROM observation AS o JOIN paper AS p ON p.id = o.paper_id JOIN delivery AS d"
        " ON d.id = o.delivery_id WHERE o.retracted_at IS NULL AND (p.uid <> %s OR d.paper_id <> p.id OR o.raw = '')",
        SECOND,
    )
    assert wrong == 0


def test_the_devices_on_board_lead_to_the_letter_that_still_says_so(connection: psycopg.Connection, axis: Any) -> None:
    for number in ("12", "13"):
        axis.take(_says(axis, KINDS["register"], number))
    axis.take(_revokes(axis, "14", FIRST))
    on_board = connection.execute(
        "SELECT p.uid, x.valid_to FROM transmitter_on_vessel AS x JOIN delivery AS d ON d.id = x.delivery_id"
        " JOIN paper AS p ON p.id = d.paper_id"
    ).fetchall()
    assert on_board == [(SECOND, None)] * 2
    axis.take(_revokes(axis, "15", SECOND))
    assert axis.one("SELECT count(*) FROM transmitter_on_vessel WHERE valid_to IS NULL") == 0


def test_a_file_by_hand_holds_what_a_letter_said_too(connection: psycopg.Connection, axis: Any, tmp_path: Path) -> None:
    path, layer = tmp_path / "truong.geojson", load_layers()["school"]
    path.write_bytes(SCHOOL)
    axis.take(_says(axis, KINDS["layer"], "12"))
    for _ in range(2):  # every day the same: noted once
        load_table(connection, layer, path, Sender("schools", "simulated"), lambda: axis.now)
    assert axis.one("SELECT count(*) FROM row_repeat") == 1
    axis.take(_revokes(axis, "14", FIRST))
    assert _stands_on(connection, KINDS["layer"]) == {None}


def test_what_was_withdrawn_does_not_come_back_by_a_repeat(connection: psycopg.Connection, axis: Any) -> None:
    for number in ("12", "13"):
        axis.take(_says(axis, KINDS["layer"], number))
    axis.now += timedelta(hours=1)
    withdraw_source(connection, load_layers()["school"], "schools", axis.now)
    axis.now += timedelta(hours=1)
    axis.take(_says(axis, KINDS["layer"], "16", KINDS["layer"].change(SCHOOL)))
    axis.take(_revokes(axis, "17", THIRD))
    assert _count(connection, KINDS["layer"]) == 0
