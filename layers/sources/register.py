"""Sources made known before they send."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import psycopg
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from geo.errors import BadInput
from layers.sources.models import Source

ORIGINS = ("real", "simulated", "replayed")


def ensure_sources(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    """Add the sources that are not there yet; those that are keep what they have."""
    for row in rows:
        cadence = timedelta(seconds=int(row["cadence_s"])) if row.get("cadence_s") else None
        values = {k: row[k] for k in ("code", "title_vi", "title_en", "origin")} | {"cadence": cadence}
        connection.execute(insert(Source).values(**values).on_conflict_do_nothing(index_elements=["code"]))


def ensure_source(
    connection: psycopg.Connection, code: str, origin: str, title: str | None = None, cadence: timedelta | None = None
) -> int:
    """The id of a source, made on first use. Its origin is fixed: another origin is another source.

    `cadence` is taken by a source that has none yet.
    """
    if origin not in ORIGINS:
        raise BadInput(f"origin={origin!r}: use one of {', '.join(ORIGINS)}", field="origin")
    connection.execute(
        "INSERT INTO source (code, title_vi, title_en, origin, cadence) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (code) DO NOTHING",
        (code, title or code, title or code, origin, cadence),
    )
    if cadence is not None:
        connection.execute("UPDATE source SET cadence = %s WHERE code = %s AND cadence IS NULL", (cadence, code))
    row = connection.execute("SELECT id, origin FROM source WHERE code = %s", (code,)).fetchone()
    assert row is not None  # just made sure of
    if row[1] != origin:
        raise BadInput(
            f"source {code!r} is {row[1]}, not {origin}: give this data another source code (--source)",
            field="source",
        )
    return int(row[0])
