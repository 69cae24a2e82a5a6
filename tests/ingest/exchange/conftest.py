"""Messages as tests send them: a synthetic agency, numbered letters, files of layers."""

import io
from dataclasses import dataclass, field
from datetime import date, datetime

import orjson
import psycopg
import pytest

from ingest.deliveries import Sender
from ingest.exchange.desk import Desk
from ingest.exchange.document import Attachment, Business, Document, Organ, Signer, content_of
from ingest.exchange.edxml_write import write_document
from ingest.exchange.take import Incoming, Taken, take_message

DESK = Desk(Sender("axis_test", "simulated", "Trục thử"))
HEALTH = "H48.90"
TWO = (("T1", "Trường thử 1", 100), ("T2", "Trường thử 2", 200))
CHANGED = ("T1", "Trường thử 1", 150)


def schools(*rows: tuple[str, str, int]) -> bytes:
    """A GeoJSON file of schools: (code, name, pupils), all in Quảng Ngãi."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [108.8, 15.12]},
            "properties": {
                "code": code, "name": name, "stage": "primary", "pupils": pupils, "as_of": "2026-11-01",
            },
        }
        for code, name, pupils in rows
    ]  # fmt: skip
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def attach(name: str, data: bytes, description: str | None = None) -> Attachment:
    return Attachment(name, content_of([data]), f"c-{name}", None, description)


def letter(
    number: str = "12", *files: Attachment, kind: str = "edoc", about: tuple[str, ...] = (), **more: object
) -> bytes:
    """An edXML letter of the synthetic agency."""
    told: dict[str, object] = {
        "sender": Organ(HEALTH, "Sở thử (mô phỏng)"),
        "receivers": (Organ("H48.00"),),
        "number": number,
        "notation": "BC-MP",
        "issued_on": date(2026, 11, 20),
        "subject": "Báo cáo thử",
        "signer": Signer("Người ký thử", "Giám đốc"),
        "business": Business(kind, None, about),
    }
    document = Document(f"{HEALTH},2026,{number}", attachments=files, **told | more)  # type: ignore[arg-type]
    out = io.BytesIO()
    write_document(document, out)
    return out.getvalue()


@dataclass
class Axis:
    """What tests say to the desk: letters made, and taken into this test's database."""

    connection: psycopg.Connection
    now: datetime
    desk: Desk = DESK
    first: Attachment = field(default_factory=lambda: attach("school.geojson", schools(*TWO)))
    second: Attachment = field(default_factory=lambda: attach("so-lieu.geojson", schools(CHANGED), "layer:school"))
    attach = staticmethod(attach)
    letter = staticmethod(letter)

    def take(self, data: bytes, uid: str | None = None, name: str = "message.edxml") -> Taken:
        return take_message(self.connection, Incoming(data, name, uid), self.desk, lambda: self.now)

    def one(self, query: str, *values: object) -> object:
        """The first row; its value when it has one column."""
        row = self.connection.execute(query, values).fetchone()
        return row[0] if row is not None and len(row) == 1 else row


@pytest.fixture
def axis(connection: psycopg.Connection, now: datetime) -> Axis:
    """The axis of this test."""
    return Axis(connection, now)
