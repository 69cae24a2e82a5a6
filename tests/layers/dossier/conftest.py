"""A made-up matter: a boat of 25 m silent for 20 hours, called twice, with a rock-solid ledger."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, text

from geo.clock import LOCAL, unix_ms
from ingest.deliveries import Delivery, Sender
from ingest.outcome import Fix
from ingest.write import Batch
from layers.access.roles import Role
from layers.database import make_engine, write
from layers.watch.cases.ledger import Entry, append, open_case
from layers.watch.cases.models import CaseEvent
from layers.watch.dossier.gather import Reader, gather
from layers.watch.event_rows import EventRow

DAYS = ("2024-05-18", "2024-05-19", "2024-05-20", "2025-11-17", "2026-01-26")


class Matter:
    """One case in a database of its own: heard every two hours, silent from 00:30 to 20:30 of a day in Việt Nam."""

    def __init__(self, engine, connection, day):
        self.engine, self.connection = engine, connection
        self.began = datetime.fromisoformat(f"{day}T00:30").replace(tzinfo=LOCAL).astimezone(UTC)
        self.ended = self.began + timedelta(hours=20)
        self.made_at = datetime.now(UTC)

    def put(self):
        self._boat()
        self._hear([-12, -10, -8, -6, -4, -2, 0, 20, 22])
        self._event("new", None)
        self._report(4, "Ông Mô Phỏng")
        with write(self.engine) as connection:
            values = {
                "kind": "silence",
                "began_at": self.began,
                "origin": "simulated",
                "vessel_id": 1,
                "length_m": 25.5,
            }
            values |= {"lon_e7": 1_097_000_000, "lat_e7": 154_000_000}
            opened = self.began + timedelta(hours=6)
            case = open_case(connection, values, Entry("opened", opened))
            connection.execute(insert(CaseEvent).values(event_key="a" * 32, case_id=case))
            append(connection, case, Entry("acknowledged", opened + timedelta(minutes=4), "lan", "officer"))
            call = {"to": "captain", "channel": "phone", "result": "no_answer", "said": "Ồ Ễ Ữ: máy bận"}
            append(connection, case, Entry("call", opened + timedelta(minutes=9), "lan", "officer", call))
            append(
                connection,
                case,
                Entry("report", self.began + timedelta(hours=9), "lan", "officer", {"note": "nhà báo"}),
            )
        self._event("changed", self.ended)
        self.made_at = datetime.now(UTC)
        return self

    def gather(self, role=Role.OFFICER):
        with self.engine.connect() as connection:
            number = connection.execute(text("SELECT number FROM watch_case")).scalar_one()
            return gather(connection, number, Reader("lan", role, self.made_at))

    def _boat(self):
        self.connection.execute(
            "INSERT INTO source (code, title_vi, title_en, origin)"
            " VALUES ('registry_mp', 'Sổ đăng ký tàu cá (mô phỏng)', 'Register', 'simulated')"
        )
        self.connection.execute(
            "INSERT INTO vessel (id, code, name, length_m, gear, home_port, content_hash, source_id, delivery_id, t,"
            " heard_at, owner, captain, captain_phone, licence_no, licence_to) VALUES (1, 'QNg-MP 0369',"
            " 'Thuận Ễ Mô Phỏng', 25.5, 'câu', 'Sa Kỳ', 1, (SELECT id FROM source WHERE code = 'registry_mp'), 1,"
            " '2023-01-02', now(), 'Nguyễn Văn Mô Phỏng', 'Trần Mô Phỏng', '0000 123 456',"
            " 'GP-MP-0369', '2027-01-01')"
        )
        self.connection.execute("INSERT INTO transmitter (key, kind) VALUES ('vms:A:1', 'vms')")
        self.connection.execute(
            "INSERT INTO transmitter_on_vessel SELECT id, 1, '2020-01-01', NULL, 1, 'MP-01' FROM transmitter"
        )

    def _hear(self, hours):
        delivery = Delivery(self.connection, Sender("vms", "simulated"), "test", lambda: datetime.now(UTC))
        fixes = []
        for h in hours:
            t = unix_ms(self.began + timedelta(hours=h))
            lon, lat = 109.7 + h / 30, 15.4 + h / 60
            fixes.append(Fix("vms:A:1", t, 100 + h, t, round(lon * 1e7), round(lat * 1e7), 60, 900, None, None, None,
                             None, 0, f"QNg-MP 0369;{h}".encode()))  # fmt: skip
        delivery.write(Batch(fixes))

    def _event(self, what, ended):
        now = datetime.now(UTC)
        self.connection.execute("UPDATE event SET superseded_at = %s", (now,))
        with write(self.engine) as connection:
            row = {"key": "a" * 32, "what": what, "conduct": "silence", "step": "lost_6h", "vessels": [1],
                   "transmitters": [1], "began_at": self.began, "ended_at": ended, "lon_e7": 1_097_000_000,
                   "lat_e7": 154_000_000, "facts": {"silent_s": 21_700}, "length_m": 25.5, "rule_ids": [1],
                   "origin": "simulated", "found_at": self.began + timedelta(hours=6)}  # fmt: skip
            connection.execute(insert(EventRow).values(**row))

    def _report(self, hours, name):
        self.connection.execute(
            "INSERT INTO reported_position (vessel_id, t, heard_at, lon_e7, lat_e7, said, caller_role, caller_name,"
            " channel, taken_by, doubts) VALUES (1, %s, %s, 1098000000, 154300000, '15,43; 109,8', 'master', %s,"
            " 'radio', 'lan', '{}')",
            (self.began + timedelta(hours=hours), self.began + timedelta(hours=hours), name),
        )


@pytest.fixture
def engine(database_url):
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def matter(engine, connection):
    """Gives a matter of a day."""
    return lambda day: Matter(engine, connection, day).put()
