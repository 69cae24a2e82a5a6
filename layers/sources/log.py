"""The log of what people did to sources and rejects."""

from datetime import datetime
from typing import Any, NamedTuple

import orjson
import psycopg

_NOTE = 'INSERT INTO source_log (at, "by", action, source_id, told) VALUES (%s, %s, %s, %s, %s)'


class Deed(NamedTuple):
    """Who (a user's name) did what, to which source (its id), and the particulars."""

    by: str
    action: str
    source_id: int | None
    told: dict[str, Any]


def note_deed(connection: psycopg.Connection, deed: Deed, now: datetime) -> None:
    """Write it down, in the transaction that does it."""
    told = orjson.dumps(deed.told).decode()
    connection.execute(_NOTE, (now, deed.by, deed.action, deed.source_id, told))
