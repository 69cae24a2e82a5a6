"""The figures that an answer stands on, read in one statement: those in force, or those known at a past moment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import text

from layers.database import ReadConnection
from layers.indicators.catalogue import (
    IndicatorTarget,
    IndicatorThreshold,
    catalogue_statement,
    rows_statement,
)
from layers.indicators.compose import MOST_YEARS_BACK, Composer
from layers.indicators.current import AS_KNOWN, COLUMNS, best_sql
from layers.indicators.formula import codes_of
from layers.indicators.lights import Law
from layers.indicators.places import Atlas, place_facilities, read_atlas
from layers.indicators.readings import Told
from layers.indicators.spans import Span

Subjects = Sequence[tuple[str, str]]
"""(kind of subject, code) of everybody whose figures are wanted."""
_SHORTEST_DAYS = {"day": 1, "week": 7, "month": 28, "quarter": 90, "year": 365}
_ALL = f"{', '.join(COLUMNS)}, said, contested, pending"
_WHOSE = "({0}subject_kind, {0}subject) IN (SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:subjects AS text[])))"
_LATEST = """
SELECT {all} FROM unnest(CAST(:codes AS text[]), CAST(:days AS int[])) AS asked(code, days)
CROSS JOIN LATERAL (
    SELECT period_to AS until FROM figure WHERE indicator = asked.code AND period_to - period_from >= asked.days
      AND (CAST(:until AS date) IS NULL OR period_to <= :until)
    ORDER BY period_to DESC LIMIT 1
) AS last
JOIN figure ON figure.indicator = asked.code AND figure.period_to = last.until
"""


# Offices are called as the forms in force call them.
_NAMES = """
SELECT t.body->'subject'->>'kind', n.key, n.value FROM template AS t, jsonb_each_text(t.body->'subject'->'names') AS n
WHERE t.superseded_at IS NULL AND t.body->'subject'->>'kind' IN ('agency', 'investor', 'board') ORDER BY t.id, n.key
"""


@dataclass(frozen=True)
class Desk:
    """What every answer needs: places, the catalogue by code in its order, bounds and targets."""

    atlas: Atlas
    catalogue: Mapping[str, Any]
    law: Law

    def composer(self) -> Composer:
        """A composer without figures."""
        return Composer(self.atlas, self.catalogue)


async def open_desk(connection: ReadConnection, known_at: datetime | None = None) -> Desk:
    """Places, catalogue, bounds and targets, as they are known or were at a moment."""
    rows = (await connection.execute(catalogue_statement(known_at))).all()
    thresholds = (await connection.execute(rows_statement(IndicatorThreshold, known_at))).all()
    targets = (await connection.execute(rows_statement(IndicatorTarget, known_at))).all()
    atlas = await read_atlas(connection)
    for kind, name, code in (await connection.execute(text(_NAMES))).all():
        atlas.name_office(kind, code, name)
    return Desk(atlas, {r.code: r for r in rows}, Law(thresholds, targets))


async def fetch(
    connection: ReadConnection,
    composer: Composer,
    codes: Iterable[str],
    within: tuple[date, date],
    whose: Subjects | None = None,
    known_at: datetime | None = None,
) -> None:
    """Take in the figures of some codes whose periods end in (since, until], and the yearly levels before them."""
    every = [code for code in codes if code in composer.catalogue]
    yearly = [c for c in every if composer.catalogue[c].kind == "stock" and composer.catalogue[c].period == "year"]
    since, until = within
    early = since.replace(year=max(since.year - MOST_YEARS_BACK, 1), day=1)
    condition = (
        "o.indicator = ANY(:codes) AND ((o.period_to > :since AND o.period_to <= :until)"
        " OR (o.indicator = ANY(:yearly) AND o.period_to > :early AND o.period_from < :until))"
    )
    place = {"codes": every, "since": since, "until": until, "yearly": yearly, "early": early}
    if whose is not None:
        condition = f"{condition} AND {_WHOSE.format('o.')}"
        place |= _named(whose)
    if known_at is None:
        sql = f"SELECT {_ALL} FROM figure AS o WHERE {condition}"  # noqa: S608 - our own names
    else:
        sql = best_sql(f"{condition} AND {AS_KNOWN}", then=True)
        place |= {"known": known_at}
    await _take(connection, composer, sql, place)


async def fetch_latest(
    connection: ReadConnection,
    composer: Composer,
    indicators: Iterable[Any],
    whose: Subjects | None = None,
    until: date | None = None,
) -> None:
    """Take in, of every code that these indicators need, the figures of the last period (by `until`) told of."""
    days: dict[str, int] = {}
    for indicator in indicators:
        for code in codes_of(indicator):
            own = composer.catalogue.get(code, indicator)
            days[code] = _SHORTEST_DAYS[own.period]
    sql = _LATEST.format(all=_ALL)
    place: dict[str, Any] = {"codes": list(days), "days": list(days.values()), "until": until}
    if whose is not None:
        sql = f"{sql} WHERE {_WHOSE.format('figure.')}"
        place |= _named(whose)
    await _take(connection, composer, sql, place)


async def _take(connection: ReadConnection, composer: Composer, sql: str, place: Mapping[str, Any]) -> None:
    rows = (await connection.execute(text(sql), place)).all()
    await place_facilities(connection, composer.atlas, (r.subject for r in rows if r.subject_kind == "facility"))
    for r in rows:
        value = None if r.value is None else Fraction(r.value)
        when = (r.heard_at, r.stored_at)
        told = Told(r.id, value, r.status, r.source_id, r.paper_id, *when, r.said, r.contested, r.pending, r.withheld)
        composer.add(r.indicator, (r.subject_kind, r.subject), Span(r.period_from, r.period_to), told)


def _named(whose: Subjects) -> dict[str, Any]:
    return {"kinds": [kind for kind, _ in whose], "subjects": [code for _, code in whose]}
