"""A small fleet in a real database: boats with papers and devices, reports through the writer, a clock in our hands."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, select, text

from geo.clock import unix_ms
from ingest.deliveries import Delivery, Sender
from ingest.outcome import Fix
from ingest.write import Batch
from layers.database import make_engine
from layers.watch.cases.models import Case, CaseEntry
from layers.watch.event_rows import EventRow, Incident, IncidentBoat
from layers.watch.live.rounds import LiveWatch

T0 = datetime(2026, 11, 20, tzinfo=UTC)
LON, LAT = 110.5, 15.0

_VESSEL = """
INSERT INTO vessel (id, code, content_hash, source_id, delivery_id, t, heard_at, name, length_m, gear, home_port)
VALUES (%s, %s, %s, 1, 1, %s, %s, %s, %s, 'câu', %s)
"""
_PORT = """
INSERT INTO fishing_port (id, code, content_hash, source_id, delivery_id, t, heard_at, name, radius_m, geom)
VALUES (1, 'P', 0, 1, 1, %s, %s, 'Cảng', 1000, ST_SetSRID(ST_MakePoint(108.9, 15.1), 4326))
"""
_ZONE = """
INSERT INTO zone (id, code, content_hash, source_id, delivery_id, t, heard_at, name, kind, verified, geom)
VALUES (%(id)s, %(code)s, 0, 1, 1, %(t)s, %(t)s, 'Vùng', %(kind)s, false,
        ST_Multi(ST_MakeEnvelope(%(w)s, 13, %(e)s, 17, 4326)))
"""
_LINE = """
INSERT INTO boundary (id, code, content_hash, source_id, delivery_id, t, heard_at, name, kind, geom)
VALUES (1, 'R', 0, 1, 1, %(t)s, %(t)s, 'Ranh giới thử', 'fishing_limit',
        ST_GeomFromText('MULTILINESTRING((113 5, 113 25))', 4326))
"""


@dataclass
class Sea:
    """What a test has in hand: `now` is the clock, `say` stores reports, `settle` lets the watch catch up."""

    connection: psycopg.Connection
    engine: Engine
    now: datetime = T0
    hashes: int = 0
    watch: LiveWatch | None = None
    writers: dict[str, Any] = field(default_factory=dict)

    def clock(self) -> datetime:
        return self.now

    def at(self, hours: float) -> datetime:
        return T0 + timedelta(hours=hours)

    def boat(self, number: int, *devices: str, length_m: float = 20.0, port: str = "Sa Kỳ") -> int:
        values = (number, f"QNg-MP {number:04d}", number, T0, T0, f"Tàu {number}", length_m, port)
        self.connection.execute(_VESSEL, values)
        for key in devices:
            self.link(number, key, T0 - timedelta(days=400))
        return number

    def device(self, key: str) -> int:
        kind = "vms" if key.startswith("vms:") else "ais"
        row = self.connection.execute(
            "INSERT INTO transmitter (key, kind) VALUES (%s, %s) ON CONFLICT (key) DO UPDATE SET kind = excluded.kind"
            " RETURNING id",
            (key, kind),
        ).fetchone()
        return row[0]

    def draw(self) -> None:
        """Two belts and a boundary at 113° E."""
        for number, (kind, west, east) in enumerate([("belt_inshore", 109.2, 110), ("belt_offshore", 110, 114)], 1):
            told = {"id": number, "code": f"Z{number}", "kind": kind, "w": west, "e": east, "t": self.now}
            self.connection.execute(_ZONE, told)
        self.connection.execute(_LINE, {"t": self.now})

    def link(self, boat: int, key: str, since: datetime, until: datetime | None = None) -> None:
        self.connection.execute(
            "INSERT INTO transmitter_on_vessel (transmitter_id, vessel_id, valid_from, valid_to, source_id)"
            " VALUES (%s, %s, %s, %s, 1)",
            (self.device(key), boat, since, until),
        )

    def fix(self, key: str, hours: float, lon: float = LON, lat: float = LAT, sog: float = 6.0, flags: int = 0) -> Fix:
        t_ms = unix_ms(self.at(hours))
        place = round(lon * 1e7), round(lat * 1e7)
        said = abs(hash((key, t_ms, place))) % (1 << 60)
        return Fix(
            key,
            t_ms,
            said,
            t_ms,
            *place,
            round(sog * 10),
            900,
            None,
            None,
            None,
            None,
            flags,
            b"",
        )

    def store(self, fixes: Iterable[Fix]) -> None:
        if "vms" not in self.writers:
            delivery = Delivery(self.connection, Sender("vms", "simulated"), "test", self.clock)
            self.writers["vms"] = delivery.writer
        self.writers["vms"].write_batch(Batch(list(fixes)))

    def report(self, key: str, *hours: float, **more: Any) -> None:
        self.store([self.fix(key, hour, **more) for hour in hours])

    def settle(self, hours: float | None = None) -> None:
        """Rounds until nothing waits, at an hour of the clock."""
        if hours is not None:
            self.now = self.at(hours)
        if self.watch is None:
            self.watch = LiveWatch(self.engine, self.clock)
        self.watch.settle()

    def restart(self) -> None:
        self.watch = LiveWatch(self.engine, self.clock)

    def events(self, conduct: str | None = None, *, current: bool = True) -> list[Any]:
        rows = select(EventRow).order_by(EventRow.began_at, EventRow.step, EventRow.id)
        if current:
            rows = rows.where(EventRow.superseded_at.is_(None))
        if conduct is not None:
            rows = rows.where(EventRow.conduct == conduct)
        with self.engine.connect() as connection:
            return list(connection.execute(rows).all())

    def told(self, conduct: str) -> list[tuple[str, int | None, float, float | None]]:
        """(step, boat, hour it began, hour it ended) of what stands."""
        return [
            (e.step, next(iter(e.vessels), None), self.hour(e.began_at), self.hour(e.ended_at))
            for e in self.events(conduct) if e.what != "withdrawn"
        ]  # fmt: skip

    def hour(self, moment: datetime | None) -> float | None:
        return None if moment is None else round((moment - T0).total_seconds() / 3600, 3)

    def cases(self, kind: str | None = None) -> list[Any]:
        rows = select(Case).order_by(Case.id)
        with self.engine.connect() as connection:
            return list(connection.execute(rows if kind is None else rows.where(Case.kind == kind)).all())

    def entries(self, case_id: int) -> list[Any]:
        rows = select(CaseEntry).where(CaseEntry.case_id == case_id).order_by(CaseEntry.id)
        with self.engine.connect() as connection:
            return list(connection.execute(rows).all())

    def incidents(self) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(select(Incident).order_by(Incident.id)).all())

    def incident_boats(self, number: int) -> list[Any]:
        with self.engine.connect() as connection:
            rows = select(IncidentBoat).where(IncidentBoat.incident_id == number).order_by(IncidentBoat.vessel_id)
            return list(connection.execute(rows).all())

    def snapshot(self) -> list[tuple[Any, ...]]:
        """Everything that stands, to be compared."""
        rows = text(
            "SELECT key, conduct, step, vessels, transmitters, began_at, ended_at, lon_e7, lat_e7, facts::text"
            " FROM event WHERE superseded_at IS NULL AND what <> 'withdrawn' ORDER BY key"
        )
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(rows)]


@pytest.fixture
def sea(connection: psycopg.Connection, database_url: str):
    engine = make_engine(database_url)
    connection.execute(_PORT, (T0, T0))
    yield Sea(connection, engine)
    engine.dispose()
