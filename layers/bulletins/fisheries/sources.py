"""Sources that were late when the period ended: against their cadence, by what they had delivered by then."""

from layers.bulletins.fisheries.ask import asking
from layers.bulletins.spec import Column, Section
from layers.spec import Text

LAST = """
SELECT s.code, s.title_vi, s.title_en, s.origin, s.cadence, greatest(
    (SELECT max(least(coalesce(d.finished_at, d.started_at), :until)) FROM delivery AS d
     WHERE d.source_id = s.id AND d.started_at < :until),
    (SELECT max(least(p.last_at, :until)) FROM source_pulse AS p
     WHERE p.source_id = s.id AND p.messages > 0 AND p.hour < :until)) AS last_at
FROM source AS s
"""
SOURCES = Section(
    name="sources",
    title=Text("Nguồn dữ liệu chậm cuối kỳ", "Sources late at the end"),
    statement=asking(f"""
SELECT 'source:' || code AS key, title_vi, title_en, last_at, extract(epoch FROM :until - last_at) / 3600 AS late_h
FROM ({LAST}) AS s WHERE last_at IS NOT NULL AND :until - last_at > cadence ORDER BY last_at, code"""),  # noqa: S608
    columns=(
        Column("title", Text("Nguồn", "Source"), "text"),
        Column("last_at", Text("Nhận lần cuối", "Last delivery"), "time"),
        Column("late_h", Text("Cách cuối kỳ", "Before the end"), "hours", Text("giờ", "hours")),
    ),
    note=Text("Chậm là quá nhịp gửi đã khai.", "Late is later than the declared cadence."),
)
