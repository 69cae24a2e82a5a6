"""Diseases as rows: whoever enters one gets its indicators in the catalogue, and nothing else has to be changed."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import psycopg

from geo.errors import BadInput, NotFound
from layers.disclosure.models import MEASURES

WORDS = {
    "cases": ("ca_mac", "Ca mắc mới {vi}", "New cases of {en}", "ca", "cases"),
    "deaths": ("tu_vong", "Tử vong do {vi}", "Deaths of {en}", "người", "people"),
}
"""By measure: the beginning of the code, the names and units of its indicators."""
UNITS = "province unit:former_district unit:commune"
DEFINITION = (
    "{name} trong {period} (giờ Việt Nam), không theo tên người; số nhỏ không hiện",
    "{name} in the {period}, nobody named; small numbers are not shown",
)
_PERIODS = {"week": ("tuần", "week", UNITS, ""), "day": ("ngày", "day", "province", "_ngay")}
_INDICATOR = """
INSERT INTO indicator (code, domain, position, name_vi, name_en, definition_vi, definition_en, kind, unit, unit_en,
                       period, direction, owner, subjects, accumulation, decimals, source, verified, valid_from,
                       stored_at, stored_by, reason)
SELECT %(code)s::text, 'yt', (SELECT max(position) + 1 FROM indicator WHERE domain = 'yt'), %(vi)s,
       %(en)s, %(told_vi)s, %(told_en)s, 'additive', %(unit)s, %(unit_en)s, %(period)s, 'down', 'Sở Y tế', %(subjects)s,
       'in_period', 0, %(source)s, false, %(since)s, %(now)s, %(by)s, 'diseases'
WHERE NOT EXISTS (SELECT FROM indicator WHERE code = %(code)s::text AND superseded_at IS NULL)
"""
_DISEASE = """
INSERT INTO disease (code, name_vi, name_en, source, verified, valid_from, valid_to, stored_at, stored_by, reason)
VALUES (%(code)s, %(name_vi)s, %(name_en)s, %(source)s, %(verified)s, %(valid_from)s, %(valid_to)s, %(now)s, %(by)s,
        %(reason)s)
"""
BY_PRODUCT = "layers/data"
OWN = "diseases"
"""Who entered the indicators of a disease that came with the product: they stand in no file."""


def indicator_of(disease: str, measure: str, period: str) -> str:
    """The code of the indicator of a disease: week by unit, day of the province."""
    return f"{WORDS[measure][0]}_{disease}{_PERIODS[period][3]}"


def keep_disease(
    connection: psycopg.Connection, row: Mapping[str, Any], by: tuple[str | None, str | None], now: datetime
) -> None:
    """Enter a disease or correct one (`by` is who and why): the former row stays. Its indicators come with it."""
    if row["valid_to"] is not None and row["valid_to"] <= row["valid_from"]:
        raise BadInput("valid_to: it must be after valid_from", field="valid_to")
    connection.execute(
        "UPDATE disease SET superseded_at = %s, superseded_by = %s, superseded_reason = %s"
        " WHERE code = %s AND superseded_at IS NULL",
        (now, *by, row["code"]),
    )
    connection.execute(_DISEASE, {**row, "now": now, "by": by[0], "reason": by[1]})
    ensure_indicators(connection, [row], by[0], now)


def ensure_indicators(
    connection: psycopg.Connection, diseases: Iterable[Mapping[str, Any]], by: str | None, now: datetime
) -> None:
    """Give every disease its indicators, where it has none yet."""
    for disease in diseases:
        for measure in MEASURES:
            for period in _PERIODS:
                connection.execute(_INDICATOR, _indicator(disease, measure, period) | {"now": now, "by": by or OWN})


def _indicator(disease: Mapping[str, Any], measure: str, period: str) -> dict[str, Any]:
    _, vi, en, unit, unit_en = WORDS[measure]
    period_vi, period_en, subjects, _ = _PERIODS[period]
    names = vi.format(vi=disease["name_vi"]), en.format(en=disease["name_en"])
    return {
        "code": indicator_of(disease["code"], measure, period),
        "vi": f"{names[0]} ({period_vi})",
        "en": f"{names[1]} ({period_en})",
        "told_vi": DEFINITION[0].format(name=names[0], period=period_vi),
        "told_en": DEFINITION[1].format(name=names[1], period=period_en),
        "unit": unit,
        "unit_en": unit_en,
        "period": period,
        "subjects": subjects.split(),
        "source": disease["source"],
        "since": disease["valid_from"],
    }


def ensure_diseases(connection: psycopg.Connection, rows: Iterable[Mapping[str, str]], now: datetime) -> None:
    """The diseases that travel with the product, where nobody has entered or ended them."""
    known = {code for (code,) in connection.execute("SELECT DISTINCT code FROM disease")}
    for row in rows:
        if row["code"] not in known:
            told = {**row, "verified": row["verified"] == "1"}
            told |= {name: date.fromisoformat(row[name]) if row[name] else None for name in ("valid_from", "valid_to")}
            keep_disease(connection, told, (None, BY_PRODUCT), now)


def watched_on(connection: psycopg.Connection) -> Mapping[str, tuple[date, date | None]]:
    """When each disease is watched, as it is known now."""
    rows = connection.execute("SELECT code, valid_from, valid_to FROM disease WHERE superseded_at IS NULL")
    return {code: (since, until) for code, since, until in rows}


def least_on(connection: psycopg.Connection, day: date) -> int:
    """Under which bound counts of people are kept from readers on a day. NotFound without a rule."""
    row = connection.execute(
        "SELECT max(least) FROM disclosure_rule WHERE superseded_at IS NULL AND valid_from <= %s"
        " AND (valid_to IS NULL OR valid_to > %s)",
        (day, day),
    ).fetchone()
    if row is None or row[0] is None:
        raise NotFound(f"no rule of small numbers holds on {day}: enter one before counts of people are published")
    return int(row[0])
