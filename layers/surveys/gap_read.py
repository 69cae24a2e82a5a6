"""What the gap is computed from, read: the catalogue, the last figure of each code, the graces, submitted answers."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row

from layers.sources.expected import read_workdays
from layers.surveys.answers import Answer, read_current
from layers.surveys.gap import Claim, Fed, Known, SystemTold, Told
from layers.surveys.rounds import Round, read_agencies, read_rounds

INDICATORS, SYSTEMS = "indicators", "systems"
"""The two surveys of the plan; their answers are what the gap knows of."""
_CATALOGUE = "SELECT * FROM indicator WHERE superseded_at IS NULL ORDER BY position, code"
_FED = """
SELECT asked.code, last.until, told.heard_at, told.sources
FROM unnest(%(codes)s::text[]) AS asked(code)
CROSS JOIN LATERAL (
    SELECT period_to AS until FROM figure WHERE indicator = asked.code AND value IS NOT NULL
    ORDER BY period_to DESC LIMIT 1
) AS last
CROSS JOIN LATERAL (
    SELECT max(f.heard_at) AS heard_at, array_agg(DISTINCT s.code ORDER BY s.code) AS sources
    FROM figure AS f JOIN source AS s ON s.id = f.source_id
    WHERE f.indicator = asked.code AND f.period_to = last.until AND f.value IS NOT NULL
) AS told
"""
_GRACE = """
SELECT code, workdays FROM hearing_grace
WHERE superseded_at IS NULL AND valid_from <= %(day)s AND (valid_to IS NULL OR valid_to > %(day)s)
"""


def read_known(connection: psycopg.Connection, today: date) -> Known:
    """Everything that `judge_indicators` and `judge_agencies` need, as it is now."""
    catalogue = read_catalogue(connection)
    rows = connection.execute(_FED, {"codes": list(catalogue)}).fetchall()
    return Known(
        catalogue=catalogue,
        fed={code: Fed(until, heard_at, tuple(sources)) for code, until, heard_at, sources in rows},
        told=read_told(connection),
        owners={agency.title_vi: code for code, agency in read_agencies(connection).items()},
        grace=dict(connection.execute(_GRACE, {"day": today}).fetchall()),
        calendar=read_workdays(connection),
    )


def read_catalogue(connection: psycopg.Connection) -> dict[str, Any]:
    """The indicators in force by code, in the order of the catalogue."""
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        rows: list[Any] = cursor.execute(_CATALOGUE).fetchall()
    return {row.code: row for row in rows}


def read_told(connection: psycopg.Connection) -> Told:
    """What agencies say: of each survey and agency the last submitted answer, whichever round it answers."""
    rounds = {asked.id: asked for asked in read_rounds(connection)}
    last = _last_words(rounds, (a for a in read_current(connection) if a.state == "submitted"))
    claims = [_claim(a, rounds[a.round_id], row) for a in last[INDICATORS] for row in a.rows]
    systems = [_system(a, rounds[a.round_id], row) for a in last[SYSTEMS] for row in a.rows]
    return Told(claims, systems)


def _last_words(rounds: Mapping[int, Round], answers: Iterable[Answer]) -> dict[str, list[Answer]]:
    found: dict[tuple[str, str], Answer] = {}
    ordered = sorted(answers, key=lambda a: (rounds[a.round_id].opens_on, a.round_id))
    for answer in ordered:
        found[rounds[answer.round_id].edition.survey, answer.agency] = answer
    return {name: [a for (survey, _), a in found.items() if survey == name] for name in (INDICATORS, SYSTEMS)}


def _claim(answer: Answer, asked: Round, row: Mapping[str, Any]) -> Claim:
    said = {code: _shown(asked, code, row.get(code)) for code in ("unit", "period", "system", "format", "since")}
    told = (said["unit"], said["period"], said["system"], said["format"], said["since"])
    return Claim(answer.agency, row[asked.edition.body.key], *told, answer.origin)


def _system(answer: Answer, asked: Round, row: Mapping[str, Any]) -> SystemTold:
    ways = row.get("exchange") or ()
    listed = (ways,) if isinstance(ways, str) else tuple(ways)
    return SystemTold(answer.agency, row[asked.edition.body.key], listed, answer.origin)


def _shown(asked: Round, code: str, value: Any) -> str | None:
    """An answer in the words of its own edition."""
    question = asked.edition.body.question(code)
    if value is None or question is None:
        return None
    return next((choice.title.vi for choice in question.choices if choice.code == value), str(value))
