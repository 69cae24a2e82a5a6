"""What the records themselves show: the longest of each sort, each with the address where its records are read."""

from collections.abc import Mapping
from typing import Any

from layers.bulletins.fisheries.ask import asking
from layers.bulletins.pilot.coverage import AREAS
from layers.bulletins.pilot.months import MONTHS, name_missing
from layers.bulletins.pilot.uptime import LIVES
from layers.bulletins.spec import Asked, Column, Rows, Section
from layers.spec import Text

QUOTE = "'"
_ISO = """to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""
_STRETCH = f"from=' || {_ISO.format('since')} || '&to=' || {_ISO.format('until')}"
_LIVES_AT = f"'/api/pilot/lives?{_STRETCH}"
_LENGTH = "upper(x) - lower(x)"
_OUTAGES = f"""
outage AS (
    SELECT DISTINCT ON (p.process) p.process, p.place, p.title_vi, p.title_en, lower(x) AS since, upper(x) AS until
    FROM part AS p, unnest((p.told - p.up) * tstzmultirange(tstzrange(:since, :until))) AS x
    WHERE {_LENGTH} >= interval '1 minute' ORDER BY p.process, {_LENGTH} DESC, lower(x)
), unseen AS (
    SELECT lower(x) AS since, upper(x) AS until
    FROM everyone AS e, unnest(tstzmultirange(tstzrange(:since, :until)) - e.told) AS x ORDER BY {_LENGTH} DESC LIMIT 1
)"""  # noqa: S608 - our own words only
_SILENT = """
told AS (
    SELECT source_id, hour FROM source_pulse WHERE messages > 0 AND hour >= :since AND hour < :until
    UNION ALL
    SELECT s.id, last.hour FROM source AS s CROSS JOIN LATERAL (
        SELECT p.hour FROM source_pulse AS p WHERE p.source_id = s.id AND p.messages > 0 AND p.hour < :since
        ORDER BY p.hour DESC LIMIT 1) AS last
), gap AS (
    SELECT source_id, hour + interval '1 hour' AS since,
           least(coalesce(lead(hour) OVER (PARTITION BY source_id ORDER BY hour), :until), :until) AS until
    FROM told
), silent AS (
    SELECT g.source_id, greatest(g.since, :since) AS since, g.until, (
        SELECT coalesce(sum(upper(x) - lower(x)), interval '0')
        FROM everyone AS e, unnest(e.up * tstzmultirange(tstzrange(greatest(g.since, :since), g.until))) AS x) AS lived
    FROM gap AS g WHERE g.until - greatest(g.since, :since) > interval '1 hour'
), silence AS (
    SELECT s.code, s.title_vi, s.title_en, q.* FROM (
        SELECT DISTINCT ON (source_id) * FROM silent WHERE lived >= interval '1 hour'
        ORDER BY source_id, lived DESC, since
    ) AS q JOIN source AS s ON s.id = q.source_id ORDER BY q.lived DESC, s.code LIMIT 3
)"""
_CASE = """
slow AS (
    SELECT c.number, c.opened_at AS since, least(coalesce(min(e.at), :until), :until) AS until
    FROM watch_case AS c LEFT JOIN case_entry AS e ON e.case_id = c.id AND e.at < :until
        AND (CAST(:known AS timestamptz) IS NULL OR e.stored_at <= :known)
        AND (e.kind = 'acknowledged' OR e.body->'set'->>'acknowledged_at' IS NOT NULL)
    WHERE c.opened_at >= :since AND c.opened_at < :until
      AND (CAST(:known AS timestamptz) IS NULL OR c.opened_at <= :known)
    GROUP BY c.id, c.number, c.opened_at
    ORDER BY least(coalesce(min(e.at), :until), :until) - c.opened_at DESC, c.id LIMIT 1
), alarmed AS (
    SELECT a.code, a.detail_vi, a.detail_en, a.opened_at AS since, least(coalesce(a.closed_at, :until), :until) AS until
    FROM alarm AS a WHERE a.opened_at >= :since AND a.opened_at < :until
    ORDER BY least(coalesce(a.closed_at, :until), :until) - a.opened_at DESC, a.id LIMIT 1
)"""
_MISSING = " UNION ALL ".join(
    f"SELECT {place} AS place, '{name}' AS area, '{title.vi}' AS title_vi, '{english}' AS title_en,"  # noqa: S608
    f" '{table}' AS tables, m.code, m.month FROM months AS m WHERE NOT ({has})"
    for place, (name, (title, table, has)) in enumerate(AREAS.items())
    for english in (title.en.replace(QUOTE, 2 * QUOTE),)
)


def name_months(rows: Rows, asked: Asked) -> Rows:
    """Findings of missing months name them."""
    return [_with_months(row) if row["absent_months"] else row for row in name_missing(rows, asked)]


def _with_months(row: Mapping[str, Any]) -> Mapping[str, Any]:
    told = {f"what_{lang}": f"{row[f'what_{lang}']}: {row[f'missing_{lang}']}" for lang in ("vi", "en")}
    return dict(row) | told


FINDINGS = Section(
    name="findings",
    title=Text("Điều hệ thống tự rút ra từ ghi nhận", "What the records show"),
    statement=asking(f"""
WITH {MONTHS}, {LIVES}, {_OUTAGES}, {_SILENT}, {_CASE}, missing AS ({_MISSING}), finding AS (
SELECT 0 AS sort, place, 'outage/' || process AS key, 'Lần ngừng dài nhất: ' || title_vi AS what_vi,
       'Longest outage: ' || title_en AS what_en, since, until, until - since AS lasted, {_LIVES_AT} AS link,
       'process_life' AS tables FROM outage
UNION ALL
SELECT 1, 0, 'unseen', 'Khoảng dài nhất không có ghi nhận gì', 'Longest stretch of which nothing is recorded', since,
       until, until - since, {_LIVES_AT}, 'process_life' FROM unseen
UNION ALL
SELECT 2, 0, 'silence/' || code, 'Nguồn im lặng lâu nhất khi hệ thống có chạy: ' || title_vi,
       'Silent longest while we ran: ' || title_en, since, until, lived,
       '/api/sources/' || code || '/pulse?by=day&{_STRETCH},
       'source_pulse, process_life' FROM silence
UNION ALL
SELECT 3, 0, 'case', 'Vụ việc chờ tiếp nhận lâu nhất: ' || number, 'Case that waited longest: ' || number, since, until,
       until - since, '/cases?number=' || number, 'watch_case, case_entry' FROM slow
UNION ALL
SELECT 4, 0, 'alarm', 'Báo động kéo dài nhất: ' || detail_vi, 'Longest alarm: ' || detail_en, since, until,
       until - since, '/api/alarms', 'alarm' FROM alarmed
UNION ALL
SELECT 5, place, 'missing/' || area, 'Tháng không có ghi nhận – ' || lower(title_vi),
       'Months not recorded – ' || lower(title_en), NULL, NULL, NULL, '/pilot#months', tables
FROM missing GROUP BY place, area, title_vi, title_en, tables)
SELECT key, what_vi, what_en, since, until, extract(epoch FROM lasted) / 3600 AS hours, link, tables,
       (SELECT array_agg(code ORDER BY code) FROM missing WHERE key = 'missing/' || area) AS absent_months,
       (SELECT count(*) FROM months) AS of_months
FROM finding ORDER BY sort, lasted DESC NULLS LAST, place, key"""),  # noqa: S608
    columns=(
        Column("what", Text("Nội dung", "What"), "text"),
        Column("since", Text("Từ lúc", "Since"), "time"),
        Column("until", Text("Đến lúc", "Until"), "time"),
        Column("hours", Text("Kéo dài", "Lasted"), "hours", Text("giờ", "hours")),
        Column("link", Text("Xem ghi nhận ở", "Records at"), "link"),
        Column("tables", Text("Bảng", "Table"), "text"),
    ),
    note=Text(
        "Nguồn im lặng (từ hai giờ) chỉ đo phần thời gian hệ thống có chạy; lúc ta ngừng thì không biết nguồn có gửi"
        " hay không.",
        "A source's silence (from two hours on) counts only while we ran; while we were down nobody knows whether it"
        " sent.",
    ),
    reckon=name_months,
)
