"""Observations and raw files: kept once, corrected by new rows, taken back with their paper."""

from datetime import UTC, date, datetime
from decimal import Decimal

import psycopg

from layers.database import transaction
from layers.indicators.store import Given, Kept, Observed, retract_observations, store_observations
from layers.sources.papers import Heading, change_state, record_paper
from layers.sources.raw import PIECE, keep_raw, raw_pieces
from layers.sources.register import ensure_source

NOW = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)


def observed(value: str | None, status: str = "official") -> Observed:
    number = None if value is None else Decimal(value)
    days = (date(2026, 10, 1), date(2026, 11, 1))
    return Observed("ty_le_dung_han", "unit", "21548", *days, number, "%", status, 5, b"98,5")


def given(connection: psycopg.Connection, uid: str = "a") -> Given:
    source_id = ensure_source(connection, "igate_try", "simulated")
    document = record_paper(connection, Heading(uid, number="12", notation="BC-VP"), (source_id, 1), None, NOW)
    return Given(source_id, 1, document, NOW, NOW)


def test_a_value_is_known_corrected_and_taken_back(connection: psycopg.Connection) -> None:
    with transaction(connection):
        place = given(connection)
        assert store_observations(connection, [observed("98.5"), observed("97", "estimate")], place) == Kept(2, 0, 0)
        assert store_observations(connection, [observed("98.50")], place) == Kept(0, 1, 0)
        other = given(connection, "b")
        assert store_observations(connection, [observed(None)], other) == Kept(1, 0, 1)
        assert place.paper_id is not None
        assert other.paper_id is not None
        assert retract_observations(connection, place.paper_id, other.paper_id, NOW) == 1
        change_state(connection, place.paper_id, "revoked", NOW)
        rows = connection.execute(
            "SELECT value, superseded_at IS NULL, retracted_at IS NULL FROM observation ORDER BY id"
        ).fetchall()
    assert rows == [(Decimal("98.5"), False, True), (Decimal(97), True, False), (None, True, True)]


def test_a_raw_file_is_kept_once_and_whole(connection: psycopg.Connection) -> None:
    data = bytes(range(256)) * (PIECE // 128) + b"end"
    with transaction(connection):
        first = keep_raw(connection, data, "a.xlsx", "xlsx", NOW)
        assert keep_raw(connection, data, "b.xlsx", "xlsx", NOW) == first
        assert b"".join(raw_pieces(connection, first)) == data
        assert connection.execute("SELECT name, size FROM raw_file").fetchall() == [("a.xlsx", len(data))]
        assert list(raw_pieces(connection, b"unknown")) == []
