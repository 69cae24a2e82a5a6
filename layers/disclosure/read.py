"""Reads diseases, the rule of small numbers, and, for whoever may see small numbers, the counts as they came."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from layers.database import ReadConnection
from layers.disclosure.models import DisclosureRule, Disease, EpidemicCount

MOST = 20_000
AnyRow = Row[*tuple[Any, ...]]


async def read_diseases(connection: ReadConnection) -> Sequence[AnyRow]:
    """Every disease as it is known now, ended ones too."""
    statement = select(Disease.__table__).where(Disease.superseded_at.is_(None)).order_by(Disease.code)
    return (await connection.execute(statement)).all()


async def read_rules(connection: ReadConnection) -> Sequence[AnyRow]:
    """Every rule of small numbers as it is known now."""
    statement = select(DisclosureRule.__table__).where(DisclosureRule.superseded_at.is_(None))
    return (await connection.execute(statement.order_by(DisclosureRule.valid_from))).all()


async def read_counts(connection: ReadConnection, disease: str, within: tuple[date, date]) -> Sequence[AnyRow]:
    """The counts in force of days in [since, until), for those who may see small numbers; at most MOST."""
    c = EpidemicCount
    statement = select(c.day, c.unit, c.measure, c.value, c.source_id, c.delivery_id, c.stored_at).where(
        c.disease == disease,
        c.day >= within[0],
        c.day < within[1],
        c.superseded_at.is_(None),
        c.retracted_at.is_(None),
    )
    return (await connection.execute(statement.order_by(c.day.desc(), c.unit, c.measure).limit(MOST))).all()
