"""Papers (văn bản): the numbered, signed letters and reports of official figures, and what became of them."""

from datetime import date, datetime
from typing import NamedTuple

import psycopg
from sqlalchemy import BigInteger, CheckConstraint, Identity, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base


class Paper(Base):
    """One paper. `number` and `notation` are its *số, ký hiệu*; `uid` is the sender's name of it, or one of ours.

    `state` is valid, replaced (by another) or revoked; both stay readable.
    """

    __tablename__ = "paper"
    __table_args__ = (
        UniqueConstraint("source_id", "uid"),
        CheckConstraint("state IN ('valid', 'replaced', 'revoked')", name="state"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    source_id: Mapped[int] = mapped_column(SmallInteger)
    uid: Mapped[str]
    number: Mapped[str | None]
    notation: Mapped[str | None]
    issued_on: Mapped[date | None]
    agency: Mapped[str | None]
    agency_code: Mapped[str | None]
    signer: Mapped[str | None]
    signer_position: Mapped[str | None]
    subject: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default="valid")
    state_at: Mapped[datetime]
    replaced_by: Mapped[int | None] = mapped_column(BigInteger)
    delivery_id: Mapped[int | None] = mapped_column(BigInteger)
    raw_sha256: Mapped[bytes | None]
    received_at: Mapped[datetime]


class Heading(NamedTuple):
    """What a paper says of itself; None where it does not."""

    uid: str
    number: str | None = None
    notation: str | None = None
    issued_on: date | None = None
    agency: str | None = None
    agency_code: str | None = None
    signer: str | None = None
    signer_position: str | None = None
    subject: str | None = None


_RECORD = """
INSERT INTO paper AS d (source_id, uid, number, notation, issued_on, agency, agency_code, signer, signer_position,
                           subject, state_at, delivery_id, raw_sha256, received_at)
VALUES (%(source)s, %(uid)s, %(number)s, %(notation)s, %(issued_on)s, %(agency)s, %(agency_code)s, %(signer)s,
        %(signer_position)s, %(subject)s, %(now)s, %(delivery)s, %(sha256)s, %(now)s)
ON CONFLICT (source_id, uid) DO UPDATE SET uid = excluded.uid
RETURNING id
"""


def record_paper(
    connection: psycopg.Connection, heading: Heading, delivery: tuple[int, int], sha256: bytes | None, now: datetime
) -> int:
    """The id of a paper, stored on first sight and never edited; `delivery` is (source id, delivery id)."""
    source_id, delivery_id = delivery
    place = {"source": source_id, "delivery": delivery_id, "sha256": sha256, "now": now}
    row = connection.execute(_RECORD, heading._asdict() | place).fetchone()
    assert row is not None  # RETURNING always gives the row
    return int(row[0])


def change_state(
    connection: psycopg.Connection, paper_id: int, state: str, now: datetime, by: int | None = None
) -> None:
    """Mark a paper replaced (`by` the id of the new one) or revoked."""
    connection.execute(
        "UPDATE paper SET state = %s, state_at = %s, replaced_by = %s WHERE id = %s", (state, now, by, paper_id)
    )
