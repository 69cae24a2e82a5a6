"""What a transmitter said it was, from when to when: names, call signs, IMO numbers, types, as they were told."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Identity, Index, Select, SmallInteger, select
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base
from layers.sources.models import Source
from layers.vessels.models import Transmitter
from layers.watch.rules import NOW

FIELDS = ("name", "callsign", "imo", "ship_type")


class Said(Base):
    """A transmitter gave one field one value from `t_from` to `t_to`, never silent about it for longer than a day.

    Spells of one value are apart by more than a day, so that whatever comes late finds its place; whatever the order
    in which it all came, the rows are the same. `value` is text as told; a ship type is its raw number.
    """

    __tablename__ = "transmitter_said"
    __table_args__ = (Index("ix_transmitter_said_transmitter_id", "transmitter_id", "field"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    transmitter_id: Mapped[int]
    source_id: Mapped[int] = mapped_column(SmallInteger)
    field: Mapped[str]
    value: Mapped[str]
    t_from: Mapped[datetime]
    t_to: Mapped[datetime]


class Spell(NamedTuple):
    """One value of one field of one transmitter, and the stretch in which nothing else was said."""

    key: str
    field: str
    value: str
    t_from: datetime
    t_to: datetime
    origin: str


def said_statement(transmitters: list[int]) -> Select[*tuple[Any, ...]]:
    """What some transmitters had said by `now`."""
    return (
        select(Transmitter.key, Said.field, Said.value, Said.t_from, Said.t_to, Source.origin)
        .join(Transmitter, Transmitter.id == Said.transmitter_id)
        .join(Source, Source.id == Said.source_id)
        .where(Said.transmitter_id.in_(transmitters), Said.t_from <= NOW)
    )


def join_spells(rows: Iterable[Spell]) -> list[Spell]:
    """Spells by transmitter and field, oldest first; those of one value with nothing else said in between are one."""
    joined: list[Spell] = []
    place = {name: at for at, name in enumerate(FIELDS)}
    for spell in sorted(rows, key=lambda s: (s.key, place.get(s.field, len(place)), s.t_from, s.t_to)):
        last = joined[-1] if joined else None
        if last is not None and last._replace(t_from=spell.t_from, t_to=spell.t_to) == spell:
            joined[-1] = last._replace(t_to=max(last.t_to, spell.t_to))
        else:
            joined.append(spell)
    return joined
