"""A counter per layer, bumped in the writing transaction; its row lock lets writers commit in order."""

from datetime import datetime
from typing import Any

import orjson
import psycopg
from sqlalchemy import BigInteger, TextClause, text
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base

CHANNEL = "opsmap"

_BUMP = """
INSERT INTO layer_version AS v (layer, version, changed_at) VALUES (%s, 1, now())
ON CONFLICT (layer) DO UPDATE SET version = v.version + 1, changed_at = now()
RETURNING version
"""
_TICK = text("""
WITH bumped AS (
    INSERT INTO layer_version AS v (layer, version, changed_at) VALUES (:layer, 1, now())
    ON CONFLICT (layer) DO UPDATE SET version = v.version + 1, changed_at = now() RETURNING version
)
SELECT pg_notify(:channel, json_build_object('layer', cast(:layer AS text), 'version', version)::text) FROM bumped
""")


class LayerVersion(Base):
    """How often a layer has changed, and when last."""

    __tablename__ = "layer_version"

    layer: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[datetime]


def bump(connection: psycopg.Connection, layer: str) -> int:
    """The layer's next version; holds the layer's lock until the caller's transaction ends."""
    row = connection.execute(_BUMP, (layer,)).fetchone()
    assert row is not None  # RETURNING always gives the row
    return int(row[0])


def notify(connection: psycopg.Connection, payload: dict[str, Any]) -> None:
    """Tell every listening web process, at commit, what changed."""
    connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, orjson.dumps(payload).decode()))


def ticking(layer: str) -> TextClause:
    """`bump` and `notify` as one statement of SQLAlchemy: the layer has changed, every page hears of it at commit."""
    return _TICK.bindparams(layer=layer, channel=CHANNEL)
