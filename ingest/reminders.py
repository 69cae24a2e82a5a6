"""Reminders over the provincial axis: each as an edXML envelope, kept as it is handed in, once under one name."""

import io
from collections.abc import Mapping
from typing import Any

import psycopg

from geo.clock import Clock, local_date
from ingest.exchange.axis import AxisClient
from ingest.exchange.document import Attachment, Document, Organ, Signer, content_of
from ingest.exchange.edxml_write import write_document
from ingest.exchange.settings import ExchangeSettings
from layers.database import transaction
from layers.reminders.keep import read_reminder, settle
from layers.reminders.plan import ARRIVED
from layers.sources.expected import read_arrivals
from layers.sources.raw import keep_raw, raw_pieces

CENTRE = "Trung tâm điều hành tỉnh Quảng Ngãi"
LETTER = 2
"""*Công văn* among the kinds of documents."""
MARKS = {"simulated": "[MÔ PHỎNG, KHÔNG CÓ GIÁ TRỊ THỰC HIỆN] ", "replayed": "[PHÁT LẠI] "}
_WAITING = "SELECT id FROM reminder WHERE state = 'waiting' AND way = 'axis' ORDER BY id"


def send_reminders(connection: psycopg.Connection, client: AxisClient, system: str, clock: Clock) -> int:
    """Hand in every reminder that waits for the axis; how many went out. AxisUnavailable: the rest waits.

    Killed between handing in and noting it, the same bytes are handed in again under the same name, and the axis
    keeps one. One whose figures have come meanwhile does not go out.
    """
    sent = 0
    for (number,) in connection.execute(_WAITING).fetchall():
        envelope = _prepare(connection, number, system, clock)
        if envelope is None:
            continue
        name, data = envelope
        client.send(name, data)
        with transaction(connection):
            sent += settle(connection, number, {"state": "sent"}, clock())
    return sent


def send_configured(connection: psycopg.Connection, settings: ExchangeSettings, clock: Clock) -> int:
    """The same over the axis that the settings name; 0 where they name none."""
    if not settings.exchange_url:
        return 0
    secret = settings.exchange_secret.get_secret_value()
    with AxisClient(settings.exchange_url, settings.exchange_system, secret) as client:
        return send_reminders(connection, client, settings.exchange_system, clock)


def _prepare(connection: psycopg.Connection, number: int, system: str, clock: Clock) -> tuple[str, bytes] | None:
    """The name and envelope of a reminder, kept before it goes; None when the figures have come."""
    with transaction(connection):
        row, now = read_reminder(connection, number), clock()
        came = read_arrivals(connection).get((row["source"], row["what"], row["template"], row["period_from"]))
        if came is not None and came[0] <= now:
            settle(connection, number, {"state": "missed", "detail": ARRIVED}, now)
            return None
        if row["sha256"] is not None:
            return row["uid"], b"".join(raw_pieces(connection, row["sha256"]))
        data = envelope_of(row, system)
        digest = keep_raw(connection, data, f"{row['uid']}.edxml", "edxml", now)
        connection.execute("UPDATE reminder SET sha256 = %s WHERE id = %s", (digest, number))
    return row["uid"], data


def envelope_of(row: Mapping[str, Any], system: str) -> bytes:
    """A row of the ledger as an edXML envelope; `system` is our own code on the axis."""
    subject = MARKS.get(row["origin"], "") + row["subject"]
    document = Document(
        document_id=row["uid"],
        sender=Organ(system, CENTRE),
        receivers=(Organ(row["agency_code"], row["agency"], row["office"]),),
        number=str(row["id"]),
        notation="NN-TTĐH",
        place="Quảng Ngãi",
        issued_on=local_date(row["made_at"]),
        kind=LETTER,
        kind_name="Công văn",
        subject=subject,
        signer=Signer(None, "Trung tâm điều hành"),
        attachments=(_letter(row, subject),),
    )
    out = io.BytesIO()
    write_document(document, out)
    return out.getvalue()


def _letter(row: Mapping[str, Any], subject: str) -> Attachment:
    """What it says, as a file of plain text: whoever opens it needs nothing for it."""
    too = [f"Đồng gửi: {row['escalates_to']}"] if row["escalates_to"] else []
    text = "\n\n".join([subject, f"Kính gửi: {row['agency']}", row["words"], *too])
    name = f"nhac-{row['id']}.txt"
    return Attachment(name, content_of([text.encode()]), name, "text/plain; charset=utf-8", "Văn bản nhắc")
