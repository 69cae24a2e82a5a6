"""What the detectors found: silences by step, boundary, wrong belt and the rest; as known at a moment.

A silence begins with the last position, but a step of it is reached only when the law's time has run out: it is
counted from then on, so that a day's figures do not grow the day after by time alone.
"""

from layers.bulletins.fisheries.ask import BEGUN, BOATS_IN, ENDED, HOURS_IN, LASTING, asking, boat, known
from layers.bulletins.spec import Column, Section
from layers.spec import Text

REACHED = """e.began_at + make_interval(secs => coalesce((SELECT sum(most) FROM (
    SELECT max(r.threshold_s) AS most FROM rule AS r
    WHERE r.id = ANY(e.rule_ids) AND r.conduct = 'silence' AND r.reading = 'text' AND r.step = ANY(CASE e.step
        WHEN 'late' THEN ARRAY['report_due', 'report_grace'] WHEN 'lost_6h' THEN ARRAY['position_by_other_means']
        WHEN 'lost_10d' THEN ARRAY['port_for_repair'] ELSE ARRAY[]::text[] END)
    GROUP BY r.step) AS step), 0))"""
_TOLD = f"""
WITH told AS MATERIALIZED (
    SELECT e.*, {REACHED} AS reached_at FROM event AS e
    WHERE {{which}} AND e.what <> 'withdrawn' AND e.began_at < :until AND {known("e")}
), touching AS (
    SELECT * FROM told
    WHERE reached_at < :until AND (ended_at IS NULL OR (ended_at >= :since AND ended_at >= reached_at))
)"""  # noqa: S608 - our own words only
_COUNTS = """
SELECT {key} AS key, count(*) FILTER (WHERE reached_at >= :since) AS begun,
       count(*) FILTER (WHERE ended_at < :until) AS ended,
       count(*) FILTER (WHERE ended_at IS NULL OR ended_at >= :until) AS lasting,
       count(DISTINCT vessels[1]) AS boats,
       sum(extract(epoch FROM least(coalesce(ended_at, :until), :until) - greatest(reached_at, :since))) / 3600 AS hours
FROM touching GROUP BY 1
"""
_FIGURES = (BEGUN, ENDED, LASTING, BOATS_IN, HOURS_IN)
_BOAT = Column("boat", Text("Tàu", "Boat"), "text")
_LENGTH = Column("length_m", Text("Lmax", "Lmax"), "number", Text("m", "m"))
_BEGAN = Column("began_at", Text("Từ lúc", "Since"), "time")
_UNTIL = Column("ended_at", Text("Đến lúc", "Until"), "time")


def _records(which: str, order: str, filtered: str = "true") -> str:
    ended = "CASE WHEN ended_at < :until THEN ended_at END"
    return f"""{_TOLD.format(which=which)}
    SELECT key, coalesce({boat("vessels[1]")}, '?') AS boat, length_m, began_at, {ended} AS ended_at,
           extract(epoch FROM :until - began_at) / 86400 AS days
    FROM touching WHERE {filtered} ORDER BY {order}, key
    """  # noqa: S608


SILENCES = Section(
    name="silences",
    title=Text("Mất kết nối theo bước", "Silences by step"),
    statement=asking(
        _TOLD.format(which="e.conduct = 'silence' AND e.step <> 'ais_speaks'") + _COUNTS.format(key="step")
    ),
    columns=_FIGURES,
    rows={
        "late": Text("Chậm", "Late"),
        "lost_6h": Text("Mất kết nối > 6 giờ", "Silent > 6 hours"),
        "lost_10d": Text("Mất kết nối > 10 ngày", "Silent > 10 days"),
    },
    row_title=Text("Bước", "Step"),
    note=Text(
        "Một lần mất kết nối có thể qua nhiều bước; mỗi bước tính từ khi hết thời hạn của bước đó.",
        "One silence may pass several steps; each is counted from when its time has run out.",
    ),
)
SILENT_10_DAYS = Section(
    name="silent_10_days",
    title=Text("Tàu mất kết nối quá 10 ngày cuối kỳ", "Boats silent for over 10 days at the end"),
    statement=asking(
        _records("e.conduct = 'silence' AND e.step = 'lost_10d'", "began_at", "ended_at IS NULL OR ended_at >= :until")
    ),
    columns=(_BOAT, _LENGTH, _BEGAN, Column("days", Text("Số ngày", "Days"), "days", Text("ngày", "days"))),
    names_boats=True,
)
CONDUCTS = Section(
    name="conducts",
    title=Text("Các phát hiện khác", "What else was found"),
    statement=asking(
        _TOLD.format(which="(e.conduct <> 'silence' OR e.step = 'ais_speaks')")
        + _COUNTS.format(key="conduct || '/' || step")
    ),
    columns=_FIGURES,
    rows={
        "boundary/beyond": Text("Vượt ranh giới vùng được phép khai thác", "Beyond the permitted boundary"),
        "boundary/near": Text("Gần ranh giới", "Near the boundary"),
        "zone/wrong_belt": Text("Khai thác sai vùng", "Wrong belt for the length"),
        "silence/ais_speaks": Text("AIS phát, giám sát hành trình im", "AIS speaks, monitoring device silent"),
        "device/moving_as_one": Text("Nhiều thiết bị đi cùng nhau", "Several devices moving as one"),
        "encounter/encounter": Text("Gặp nhau trên biển", "Encounters"),
        "loitering/loitering": Text("Quanh quẩn một chỗ", "Loitering"),
        "jump/impossible": Text("Nhảy vị trí", "Impossible jumps"),
        "jump/shared_identity": Text("Trùng số nhận dạng", "Shared identity"),
    },
    row_title=Text("Phát hiện", "Found"),
    note=Text("Máy phát hiện, cần xác minh.", "Found by the machine, to be verified."),
)
BEYOND = Section(
    name="beyond",
    title=Text("Tàu vượt ranh giới trong kỳ", "Boats beyond the boundary"),
    statement=asking(_records("e.conduct = 'boundary' AND e.step = 'beyond'", "began_at")),
    columns=(_BOAT, _LENGTH, _BEGAN, _UNTIL),
    names_boats=True,
)
WRONG_BELT = Section(
    name="wrong_belt",
    title=Text("Tàu khai thác sai vùng trong kỳ", "Boats in a wrong belt"),
    statement=asking(_records("e.conduct = 'zone' AND e.step = 'wrong_belt'", "began_at")),
    columns=(_BOAT, _LENGTH, _BEGAN, _UNTIL),
    names_boats=True,
)
