"""The seals of the days in which what a dossier tells was stored."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from geo.clock import local_date
from layers.seals.models import DaySeal


def read_seals(connection: Connection, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Each sealed day of a stretch of time with its chain head, oldest first; a day not sealed yet is not there."""
    seal = DaySeal
    columns = (seal.day, seal.rows, seal.digest, seal.previous, seal.head, seal.sealed_at)
    days = (seal.day >= local_date(since), seal.day <= local_date(until), seal.sealed_at <= until)
    rows = connection.execute(select(*columns).where(*days).order_by(seal.day))
    return [
        {**row._mapping, **{name: bytes(getattr(row, name)).hex() for name in ("digest", "previous", "head")}}
        for row in rows
    ]
