"""Transmitters, positions, live state. Who transmits is not who it is: positions are keyed by transmitter.

Coordinates are EPSG:4326 in ten-millionths of a degree (`lon_e7`), speeds in tenths of a knot (`sog_dkn`),
courses in tenths of a degree from true north (`cog_ddeg`), times in UTC. NULL means the device said
"not available".
"""

from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import ARRAY, BigInteger, Computed, Identity, Index, SmallInteger, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo import crs
from layers.base import Base
from layers.vessels.stations import STATION


class Transmitter(Base):
    """A device heard on the air or through a provider: `mmsi:574…` or `vms:<provider>:<id>`.

    Its identity is what it said last; `transmitter_said` holds what it said before. `station`: see `stations`.
    """

    __tablename__ = "transmitter"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    name: Mapped[str | None]
    name_folded: Mapped[str | None]
    callsign: Mapped[str | None]
    imo: Mapped[int | None]
    ship_type: Mapped[int | None] = mapped_column(SmallInteger)
    identity_heard_at: Mapped[datetime | None]
    station: Mapped[str | None] = mapped_column(Computed(STATION, persisted=True))


NOT_HEARD = 513
"""`position.flags` of what no device said at that time: nobody timed it (1), or a person typed it (512)."""


class TransmitterOnVessel(Base):
    """Which transmitter sat on which boat, from when to when, and who says so, in which delivery.

    `seal` is the number on its seal.
    """

    __tablename__ = "transmitter_on_vessel"

    transmitter_id: Mapped[int] = mapped_column(primary_key=True)
    vessel_id: Mapped[int] = mapped_column(primary_key=True, index=True)
    valid_from: Mapped[datetime] = mapped_column(primary_key=True)
    valid_to: Mapped[datetime | None]
    source_id: Mapped[int] = mapped_column(SmallInteger)
    seal: Mapped[str | None]
    delivery_id: Mapped[int | None] = mapped_column(BigInteger)


class DeviceTurn(Base):
    """The device that counts for a boat in [since, until), and why: see `layers.vessels.turns`.

    Made from positions and links, not a source of truth; boats that never had two monitoring devices have none.
    """

    __tablename__ = "device_turn"

    vessel_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    until: Mapped[datetime | None]
    transmitter_id: Mapped[int]
    reason: Mapped[str]
    silent_s: Mapped[int | None]
    former_id: Mapped[int | None]
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ReportedPosition(Base):
    """Where somebody said by radio or telephone that a boat was: never the word of a device.

    `t` is the moment it is about, `heard_at` when it was told us. A correction is a new row that names the one it
    `corrects`. Who called (`caller_name`) is protected: only who may see each boat may read it.
    """

    __tablename__ = "reported_position"
    __table_args__ = (
        Index("ix_reported_position_vessel_t", "vessel_id", "t"),
        Index("ix_reported_position_stored_at", "stored_at", postgresql_using="brin"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    vessel_id: Mapped[int]
    t: Mapped[datetime]
    heard_at: Mapped[datetime]
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())
    lon_e7: Mapped[int]
    lat_e7: Mapped[int]
    said: Mapped[str]
    caller_role: Mapped[str]
    caller_name: Mapped[str | None]
    channel: Mapped[str]
    taken_by: Mapped[str]
    handed_to: Mapped[str | None]
    note: Mapped[str | None]
    doubts: Mapped[list[str]] = mapped_column(ARRAY(Text))
    corrects: Mapped[int | None] = mapped_column(BigInteger, unique=True)


class Position(Base):
    """One report of where a transmitter was; daily partitions by `t`, made on demand, never edited."""

    __tablename__ = "position"
    __table_args__ = (
        Index("ix_position_t", "t", postgresql_using="brin"),
        Index("ix_position_stored_at", "stored_at", postgresql_using="brin"),
        {"postgresql_partition_by": "RANGE (t)"},
    )

    transmitter_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    t: Mapped[datetime] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    payload_hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    heard_at: Mapped[datetime]
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())
    lon_e7: Mapped[int | None]
    lat_e7: Mapped[int | None]
    sog_dkn: Mapped[int | None] = mapped_column(SmallInteger)
    cog_ddeg: Mapped[int | None] = mapped_column(SmallInteger)
    heading_deg: Mapped[int | None] = mapped_column(SmallInteger)
    nav_status: Mapped[int | None] = mapped_column(SmallInteger)
    msg_type: Mapped[int | None] = mapped_column(SmallInteger)
    utc_second: Mapped[int | None] = mapped_column(SmallInteger)
    flags: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    delivery_id: Mapped[int] = mapped_column(BigInteger)
    raw: Mapped[bytes]


class Echo(Base):
    """A position that is the same transmission as another, heard by a further receiver. Both stay as they came.

    The key is that of the further one; `first_t` and `first_source_id` complete the key of the one that counts
    (same transmitter, same payload).
    """

    __tablename__ = "echo"
    __table_args__ = (Index("ix_echo_first", "transmitter_id", "first_t"),)

    transmitter_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    t: Mapped[datetime] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    payload_hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    first_t: Mapped[datetime]
    first_source_id: Mapped[int] = mapped_column(SmallInteger)


class AisReport(Base):
    """Every valid AIS message that is not a vessel position: identities, base stations, aids and the rest."""

    __tablename__ = "ais_report"

    transmitter_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    t: Mapped[datetime] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    payload_hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    heard_at: Mapped[datetime]
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())
    msg_type: Mapped[int] = mapped_column(SmallInteger)
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    delivery_id: Mapped[int] = mapped_column(BigInteger)
    raw: Mapped[bytes]


class Live(Base):
    """The newest fix of each transmitter. `counted` marks the one device that speaks for its boat."""

    __tablename__ = "live"
    __table_args__ = (
        Index("ix_live_geom", "geom", postgresql_using="gist"),
        {"postgresql_with": {"fillfactor": "70"}},
    )

    transmitter_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    t: Mapped[datetime]
    heard_at: Mapped[datetime]
    stored_at: Mapped[datetime]
    source_id: Mapped[int] = mapped_column(SmallInteger)
    lon_e7: Mapped[int]
    lat_e7: Mapped[int]
    sog_dkn: Mapped[int | None] = mapped_column(SmallInteger)
    cog_ddeg: Mapped[int | None] = mapped_column(SmallInteger)
    heading_deg: Mapped[int | None] = mapped_column(SmallInteger)
    nav_status: Mapped[int | None] = mapped_column(SmallInteger)
    flags: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    in_port: Mapped[bool] = mapped_column(server_default="false")
    vessel_id: Mapped[int | None] = mapped_column(index=True)
    counted: Mapped[bool] = mapped_column(server_default="true")
    version: Mapped[int] = mapped_column(BigInteger, index=True)
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=crs.STORED, spatial_index=False))
