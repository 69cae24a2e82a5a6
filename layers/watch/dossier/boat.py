"""Whose matter it is: each register's papers of the boat, its people as the role may see them, its devices."""

from typing import Any

from sqlalchemy import Connection, Row, or_, select

from layers.books.read import numbers_statement, registers_statement
from layers.sources.models import Source
from layers.vessels.models import Transmitter, TransmitterOnVessel

PEOPLE = ("owner", "captain", "owner_phone", "captain_phone")
TOLD = ("reg_no", "name", "length_m", "gear", "second_gear", "power_kw", "hull", "built_year", "home_port", "crew",
        "licence_no", "licence_to", "inspected_to", "state", "vms_provider", "vms_device_id", "vms_seal", "vms_from",
        "t", "delivery_id", *PEOPLE)  # fmt: skip


def read_boat(connection: Connection, vessel_id: int | None, reader: Any) -> dict[str, Any] | None:
    """The boat as the registers have it, the one that leads first; None for a device on no known boat."""
    if vessel_id is None:
        return None
    sources = {row.id: row for row in connection.execute(select(*Source.__table__.columns))}
    rows = connection.execute(registers_statement(vessel_id, reader.role)).all()
    registers = [{name: row._mapping[name] for name in TOLD} | _source(sources[row.source_id]) for row in rows]
    numbers = connection.execute(numbers_statement(vessel_id)).all()
    told = [{"number": n.shown, "valid_from": n.valid_from, "valid_to": n.valid_to} for n in numbers]
    return {"id": f"v{vessel_id}", "registers": registers, "numbers": told}


def _source(row: Row[Any]) -> dict[str, Any]:
    return {"source": row.code, "source_title": row.title_vi, "origin": row.origin}


def read_devices(connection: Connection, case: Row[Any]) -> list[Row[Any]]:
    """The devices of the boat, of any time; or the one device the case is about."""
    link = TransmitterOnVessel
    columns = (Transmitter.id, Transmitter.key, Transmitter.kind, Transmitter.name, link.valid_from, link.valid_to)
    whose = link.vessel_id == case.vessel_id if case.vessel_id is not None else link.vessel_id.is_(None)
    joined = select(*columns, link.seal).outerjoin(link, (link.transmitter_id == Transmitter.id) & whose)
    asked = or_(link.vessel_id.is_not(None), Transmitter.id == (case.transmitter_id or 0))
    return list(connection.execute(joined.where(asked).order_by(Transmitter.key, link.valid_from)))


def tell_devices(rows: list[Row[Any]]) -> list[dict[str, Any]]:
    """Each device with when it sat on the boat."""
    names = ("key", "kind", "name", "valid_from", "valid_to", "seal")
    return [{name: getattr(row, name) for name in names} for row in rows]
