"""What readers get of the counts of epidemics: numbers of weeks and places, and of days, with the small ones kept back.

Published are, of one disease and measure, the weeks (Monday to Sunday) of every commune, former district and of the
province, and the days of the province. Together they are sums without a circle, so `protect` can tell what a reader is
able to work out. Days of communes, and sums over diseases, are not published: they would cross those sums. A number
whose days or communes are not all told is not published: what is not known is not 0.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

import psycopg

from geo.workdays import DAY
from layers.disclosure.counts import Touched, retract_counts
from layers.disclosure.diseases import WORDS, indicator_of, least_on
from layers.disclosure.protect import SMALL, Sum, protect
from layers.indicators.spans import WEEK, Span, span_of
from layers.indicators.store import Given, Observed, store_observations

PROVINCE = "51"
STATUS = "preliminary"
_GROUND = (
    "SELECT commune_code, array_agg(DISTINCT district_code ORDER BY district_code) FROM cell GROUP BY commune_code"
)
_COUNTS = """
SELECT unit, day, value FROM epidemic_count WHERE disease = %s AND measure = %s AND day >= %s AND day < %s
  AND superseded_at IS NULL AND retracted_at IS NULL
"""
_BEFORE = """
SELECT subject_kind, subject, period_from, period_to, value, withheld FROM observation
WHERE indicator = ANY(%s) AND period_from >= %s AND period_to <= %s ORDER BY id
"""


class Node(NamedTuple):
    """One number that may be published: whose, and for which days."""

    kind: str
    code: str
    span: Span

    @property
    def name(self) -> str:
        """Its name among the sums."""
        return f"{self.kind}:{self.code}:{self.span.since}:{self.span.until}"


Ground = Mapping[str, list[str]]
"""The former districts that each commune stands on."""


def publish_touched(connection: psycopg.Connection, touched: Touched, given: Given) -> None:
    """Publish anew whatever the changed counts are part of, in the caller's transaction."""
    ground: Ground = {code: districts for code, districts in connection.execute(_GROUND)}
    weeks = sorted({(disease, measure, span_of(WEEK, day)) for disease, measure, day in touched})
    for disease, measure, week in weeks:
        _publish(connection, ground, (disease, measure, week), given)


def withdraw_counts(connection: psycopg.Connection, paper_id: int, now: datetime) -> int:
    """Take back the counts a paper told and publish anew what is left; how many they were."""
    told = connection.execute(
        "SELECT source_id, max(delivery_id) FROM epidemic_count WHERE paper_id = %s GROUP BY source_id", (paper_id,)
    ).fetchone()
    gone, touched = retract_counts(connection, paper_id, now)
    if told is not None:
        publish_touched(connection, touched, Given(told[0], told[1], None, now, now))
    return gone


def _publish(connection: psycopg.Connection, ground: Ground, what: tuple[str, str, Span], given: Given) -> None:
    disease, measure, week = what
    counts = {(unit, day): value for unit, day, value in connection.execute(_COUNTS, (disease, measure, *week))}
    values, sums = lay_out(counts, ground, week)
    codes = {period: indicator_of(disease, measure, period) for period in ("week", "day")}
    least = least_on(connection, week.last)
    shown, last = _before(connection, list(codes.values()), week)
    named = {node.name: value for node, value in values.items()}
    seen = {name for name, value in named.items() if (name, value) in shown}
    hidden = {name for name, withheld in last.items() if withheld is not None}
    kept = protect(named, sums, least, seen, hidden)
    unit = WORDS[measure][3]
    found = [_observed(node, value, (codes, unit), (kept.get(node.name), least)) for node, value in values.items()]
    found += _gone(last, {node.name for node in values}, codes, unit)
    store_observations(connection, found, given._replace(paper_id=None))  # it stands on many papers


def lay_out(counts: Mapping[tuple[str, date], int], ground: Ground, week: Span) -> tuple[dict[Node, int], list[Sum]]:
    """Every number of a week that is wholly told, and the sums that hold among them."""
    days = [week.since + timedelta(days=n) for n in range(week.days)]
    told = {c: [counts.get((c, day)) for day in days] for c in ground}
    communes = {c: _all(values) for c, values in told.items()}
    values = {Node("unit", c, week): total for c, total in communes.items() if total is not None}
    sums: list[Sum] = []
    districts = _districts(ground)
    for district, inside in districts.items():
        total = _all(communes[c] for c in inside)
        if total is not None:
            node = Node("unit", district, week)
            values[node] = total
            sums.append(Sum(node.name, tuple(Node("unit", c, week).name for c in inside)))
    by_day = {day: _all(told[c][n] for c in ground) for n, day in enumerate(days)}
    for day, value in by_day.items():
        if value is not None:
            values[Node("province", PROVINCE, Span(day, day + DAY))] = value
    whole = _all(by_day.values())
    if whole is not None:
        node = Node("province", PROVINCE, week)
        values[node] = whole
        loose = set(ground) - {c for inside in districts.values() for c in inside}
        sums.append(Sum(node.name, tuple(Node("unit", code, week).name for code in [*districts, *sorted(loose)])))
        sums.append(Sum(node.name, tuple(Node("province", PROVINCE, Span(d, d + DAY)).name for d in days)))
    return values, sums


def _districts(ground: Ground) -> dict[str, list[str]]:
    """The former districts that whole communes make up, with those; and the communes of the others by themselves."""
    split = {d for districts in ground.values() if len(districts) > 1 for d in districts}
    found: dict[str, list[str]] = {}
    for commune, districts in ground.items():
        if districts[0] not in split:
            found.setdefault(districts[0], []).append(commune)
    return found


def _all(values: Iterable[int | None]) -> int | None:
    """The sum, when every value is told."""
    found = list(values)
    return None if any(v is None for v in found) else sum(v for v in found if v is not None)


def _before(
    connection: psycopg.Connection, codes: list[str], week: Span
) -> tuple[set[tuple[str, int]], dict[str, int | None]]:
    """What readers were ever shown of a week's numbers, and by number under what it was last kept back, if it was."""
    shown, last = set(), {}
    for kind, subject, since, until, value, withheld in connection.execute(_BEFORE, (codes, *week)):
        name = Node(kind, subject, Span(since, until)).name
        last[name] = withheld
        if value is not None:
            shown.add((name, int(value)))
    return shown, last


def _observed(node: Node, value: int, words: tuple[Mapping[str, str], str], kept: tuple[str | None, int]) -> Observed:
    codes, unit = words
    why, least = kept
    code = codes["week" if node.span.days > 1 else "day"]
    withheld = None if why is None else least if why == SMALL else 0
    number = Decimal(value) if why is None else None
    raw = b"" if why is None else b"[withheld]"
    return Observed(code, node.kind, node.code, *node.span, number, unit, STATUS, None, raw, withheld)


def _gone(before: Mapping[str, int | None], now: set[str], codes: Mapping[str, str], unit: str) -> list[Observed]:
    """What was published and is no longer wholly told: the source has no number there now."""
    found = []
    for name in sorted(set(before) - now):
        kind, code, since, until = name.split(":")
        span = Span(date.fromisoformat(since), date.fromisoformat(until))
        indicator = codes["week" if span.days > 1 else "day"]
        found.append(Observed(indicator, kind, code, *span, None, unit, STATUS, None, b""))
    return found
