"""What the detectors told, kept: a row per word on an event, the last word of each marked; never edited, never dropped.

Detectors record always; whether anybody is told is the policy's (`layers.watch.policy`).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Identity, Index, Integer, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base

WHATS = ("new", "changed", "withdrawn")


class EventRow(Base):
    """One word on one event. `key` is `layers.watch.detect.events.Event.id`, the same however it was found.

    `vessels` are ours, `transmitters` the devices it was seen by; an event of a device on no known boat has no vessel.
    Times UTC; `ended_at` NULL while it lasts; place EPSG:4326 in ten-millionths of a degree, where it began. `facts`
    are measured numbers with their units in their names. `length_m` and `rule_ids` say under which law it was
    found: the rows of `rule` that were read. `origin` is the least real of the positions behind it.
    """

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("what IN ('new', 'changed', 'withdrawn')", name="what"),
        Index("uq_event_current", "key", unique=True, postgresql_where=text("superseded_at IS NULL")),
        Index("ix_event_vessels", "vessels", postgresql_using="gin"),
        Index("ix_event_conduct_began", "conduct", "step", "began_at"),
        Index(
            "ix_event_lasting",
            "conduct",
            "step",
            text("COALESCE(ended_at, 'infinity'::timestamp with time zone)"),
            postgresql_where=text("superseded_at IS NULL AND what <> 'withdrawn'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    key: Mapped[str]
    what: Mapped[str]
    conduct: Mapped[str]
    step: Mapped[str]
    vessels: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    transmitters: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    lon_e7: Mapped[int]
    lat_e7: Mapped[int]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    length_m: Mapped[float | None]
    rule_ids: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    origin: Mapped[str]
    found_at: Mapped[datetime]
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    superseded_at: Mapped[datetime | None]


class Incident(Base):
    """A common cause (*sự cố*): boats of one provider, port or area silent together. Captains are cleared of it.

    `kind` is provider, port or area; `subject` names which. `began_at` is the first silence, `ended_at` the recovery.
    `heard_of` is how many boats of that kind there were, `silent` how many of them fell silent at most.
    """

    __tablename__ = "incident"
    __table_args__ = (
        CheckConstraint("kind IN ('provider', 'port', 'area')", name="kind"),
        Index("uq_incident_open", "kind", "subject", unique=True, postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    title_vi: Mapped[str]
    title_en: Mapped[str]
    began_at: Mapped[datetime]
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    heard_of: Mapped[int]
    silent: Mapped[int]
    rule_ids: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    origin: Mapped[str]


class IncidentBoat(Base):
    """A boat whose silence an incident explains, by the key of that silence; `back_at` when it was heard again."""

    __tablename__ = "incident_boat"

    incident_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_key: Mapped[str] = mapped_column(primary_key=True)
    vessel_id: Mapped[int] = mapped_column(index=True)
    silent_from: Mapped[datetime]
    joined_at: Mapped[datetime]
    back_at: Mapped[datetime | None]
