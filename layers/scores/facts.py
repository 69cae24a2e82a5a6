"""What the scoreboard counts: the deliveries due in a time, their files, and what became of every figure in them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from geo.clock import start_of_day
from geo.workdays import DAY
from layers.indicators.spans import Span
from layers.sources.expected import PeriodState, read_states
from layers.sources.template_body import TemplateBody
from layers.sources.templates import read_templates

BACK = timedelta(days=800)
"""A delivery is due at most a year after its period of a year at most."""
_FILES = """
SELECT s.code AS source, t.name AS template, f.period_from, f.id, f.delivery_id, f.name, f.received_at, f.counts,
       f.checks
FROM department_file AS f JOIN source AS s ON s.id = f.source_id JOIN template AS t ON t.id = f.template_id
LEFT JOIN paper AS p ON p.id = f.paper_id
WHERE f.state = 'taken' AND f.period_from >= %(since)s AND f.received_at <= %(now)s
  AND (p.id IS NULL OR p.state <> 'revoked')
ORDER BY f.received_at, f.id
"""
_CAME = """
SELECT s.code AS source, f.id, f.name, f.state, f.received_at, f.detail, f.delivery_id
FROM department_file AS f JOIN source AS s ON s.id = f.source_id
WHERE f.received_at >= %(since)s AND f.received_at < least(%(until)s, %(now)s) ORDER BY f.received_at, f.id
"""
_FIGURES = """
SELECT o.delivery_id, count(*) AS stored,
       count(*) FILTER (WHERE o.superseded_at IS NULL AND o.retracted_at IS NULL) AS standing
FROM observation AS o WHERE o.delivery_id = ANY(%(ids)s) GROUP BY 1
"""
_REJECTS = "SELECT delivery_id, count(*) FROM reject WHERE state = 'open' AND delivery_id = ANY(%(ids)s) GROUP BY 1"
_TOLD = """
SELECT count(DISTINCT o.subject) FROM observation AS o JOIN source AS s ON s.id = o.source_id
WHERE s.code = %(source)s AND o.indicator = ANY(%(indicators)s) AND o.subject_kind = %(kind)s
  AND o.period_to > %(after)s AND o.period_to <= %(until)s AND o.retracted_at IS NULL AND o.stored_at <= %(now)s
"""
_UNITS = """
SELECT count(*) FROM unit WHERE level = %(level)s AND valid_from <= %(day)s AND (valid_to IS NULL OR valid_to > %(day)s)
"""
_CONFLICTS = """
SELECT count(*), count(*) FILTER (WHERE NOT f.contested) FROM figure AS f
WHERE f.indicator = ANY(%(indicators)s) AND f.period_to = %(until)s AND EXISTS (
    SELECT FROM observation AS o JOIN source AS s ON s.id = o.source_id
    WHERE s.code = %(source)s AND o.superseded_at IS NULL AND o.retracted_at IS NULL
      AND (o.indicator, o.period_to, o.period_from, o.subject_kind, o.subject)
        = (f.indicator, f.period_to, f.period_from, f.subject_kind, f.subject))
"""


@dataclass
class File:
    """A file taken for a due period. `read` figures, of them `accepted`; of these `known` before; `open` rejects;
    `stored`, and of them `standing` to this day; `sums` checked, of them `fitting`.
    """

    id: int
    name: str
    delivery_id: int
    received_at: datetime
    accepted: int = 0
    read: int = 0
    known: int = 0
    open: int = 0
    stored: int = 0
    standing: int = 0
    sums: int = 0
    fitting: int = 0


@dataclass
class Period:
    """One due period with its files. `subjects` told of, of `expected` (None: nobody knows how many); `figures` in
    force that this source speaks of, of them `agreed` upon.
    """

    state: PeriodState
    files: list[File] = field(default_factory=list)
    subjects: int = 0
    expected: int | None = None
    figures: int = 0
    agreed: int = 0


@dataclass(frozen=True)
class Came:
    """Any file that came in the time, whatever it was for."""

    id: int
    name: str
    taken: bool
    received_at: datetime
    detail: str | None


@dataclass
class SourceFacts:
    """What is known of a source in a time: the periods due, the files that came."""

    agency: str
    source: str
    periods: list[Period] = field(default_factory=list)
    came: list[Came] = field(default_factory=list)


def read_facts(connection: psycopg.Connection, span: Span, now: datetime) -> list[SourceFacts]:
    """Every source something was due of, or is expected of, in the days of `span`; by agency and source.

    A period that is not due yet is not judged and not listed.
    """
    states = read_states(connection, None, (span.since - BACK, span.until), now)
    found: dict[tuple[str, str], SourceFacts] = {}
    for state in states:
        if span.since <= state.due < span.until:
            key = (state.rule.agency, state.rule.source)
            facts = found.setdefault(key, SourceFacts(*key))
            if state.state != "not_due":
                facts.periods.append(Period(state))
    periods = [period for facts in found.values() for period in facts.periods]
    _put_files(connection, periods, span, now)
    _put_subjects(connection, periods, now)
    _put_came(connection, found.values(), span, now)
    return [found[key] for key in sorted(found)]


def _put_files(connection: psycopg.Connection, periods: Sequence[Period], span: Span, now: datetime) -> None:
    """The files of each period; a period an indicator is expected of has those that tell of it."""
    by_key = {(p.state.rule.source, p.state.rule.template, p.state.since): p for p in periods}
    since = min((p.state.since for p in periods), default=span.since)
    cursor = connection.cursor(row_factory=dict_row)
    for row in cursor.execute(_FILES, {"since": since, "now": now}):
        period = by_key.get((row["source"], row["template"], row["period_from"]))
        if period is not None and period.state.rule.what == "template":
            period.files.append(_file(row))
    files = {file.delivery_id: file for period in periods for file in period.files}
    for delivery, stored, standing in connection.execute(_FIGURES, {"ids": list(files)}):
        files[delivery].stored, files[delivery].standing = stored, standing
    for delivery, open_ in connection.execute(_REJECTS, {"ids": list(files)}):
        files[delivery].open = open_


def _file(row: Mapping[str, Any]) -> File:
    counts, checks = row["counts"] or {}, row["checks"] or []
    accepted = int(counts.get("messages", 0))
    return File(
        row["id"],
        row["name"],
        row["delivery_id"],
        row["received_at"],
        accepted,
        accepted + sum(counts.get("rejected", {}).values()),
        int(counts.get("duplicates", 0)),
        sums=len(checks),
        fitting=sum(bool(check["fits"]) for check in checks),
    )


def _put_came(connection: psycopg.Connection, found: Iterable[SourceFacts], span: Span, now: datetime) -> None:
    by_source = {facts.source: facts for facts in found}
    asked = {"since": start_of_day(span.since), "until": start_of_day(span.until), "now": now}
    for row in connection.cursor(row_factory=dict_row).execute(_CAME, asked):
        if row["source"] in by_source:
            came = Came(row["id"], row["name"], row["state"] == "taken", row["received_at"], row["detail"])
            by_source[row["source"]].came.append(came)


def _put_subjects(connection: psycopg.Connection, periods: Sequence[Period], now: datetime) -> None:
    """How many subjects each due period tells of, and how many it should."""
    bodies = {(t.body.source, t.body.name): t.body for t in reversed(read_templates(connection))}
    for period in periods:
        body = bodies.get((period.state.rule.source, period.state.rule.template))
        if body is None or period.state.rule.what != "template":
            continue
        asked = _asked(body, period, now)
        period.figures, period.agreed = _pair(connection.execute(_CONFLICTS, asked).fetchone())
        if body.subject.column is None:
            continue  # it is all about one
        period.subjects = _one(connection.execute(_TOLD, asked).fetchone())
        period.expected = _expected(connection, body, period, asked)
        if period.expected is not None:
            period.subjects = min(period.subjects, period.expected)


def _asked(body: TemplateBody, period: Period, now: datetime) -> dict[str, Any]:
    indicators = [column.indicator for column in body.columns if column.indicator]
    until = period.state.until
    told = {"source": body.source, "indicators": indicators, "kind": body.subject.kind, "now": now}
    return told | {"after": until - DAY, "until": until}


def _expected(
    connection: psycopg.Connection, body: TemplateBody, period: Period, asked: Mapping[str, Any]
) -> int | None:
    """By the list of units, the form's own list, or whom the source told of in the year before; None: nobody knows."""
    subject, last = body.subject, period.state.until - DAY
    if subject.kind == "unit":
        found = connection.execute(_UNITS, {"level": subject.level, "day": last})
        return _one(found.fetchone()) or None
    if subject.names:
        return len(set(subject.names.values()))
    year = {"after": period.state.since - timedelta(days=366), "until": period.state.since}
    return _one(connection.execute(_TOLD, {**asked, **year}).fetchone()) or None


def _one(row: tuple[Any, ...] | None) -> int:
    assert row is not None  # an aggregate gives one row
    return int(row[0])


def _pair(row: tuple[Any, ...] | None) -> tuple[int, int]:
    assert row is not None  # an aggregate gives one row
    return int(row[0]), int(row[1])
