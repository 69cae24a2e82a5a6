"""One transmission heard by several receivers: which of its positions counts, and who else heard it."""

from sqlalchemy import ColumnElement, Text, exists, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from layers.sources.models import Source
from layers.vessels.models import Echo, Position

WITHIN_MS = 5_000
"""Farther apart than the clocks of two receivers may be, closer than any vessel repeats itself."""

FIRST_HEARD = ~exists().where(
    Echo.transmitter_id == Position.transmitter_id,
    Echo.t == Position.t,
    Echo.source_id == Position.source_id,
    Echo.payload_hash == Position.payload_hash,
)
"""Holds for the one position of a transmission that tracks and counts use: `select(Position…).where(FIRST_HEARD)`."""


def also_heard_by() -> ColumnElement[list[str]]:
    """For a position that counts: the codes of the sources that heard the same transmission, an array, often empty."""
    codes = (
        select(Source.code)
        .select_from(Echo)
        .join(Source, Source.id == Echo.source_id)
        .where(
            Echo.transmitter_id == Position.transmitter_id,
            Echo.first_t == Position.t,
            Echo.first_source_id == Position.source_id,
            Echo.payload_hash == Position.payload_hash,
        )
        .distinct()
        .order_by(Source.code)
    )
    return func.array(codes.correlate(Position).scalar_subquery(), type_=ARRAY(Text))
