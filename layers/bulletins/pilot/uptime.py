"""Availability: of every month of every part the minutes it was up, down, and those of which nothing is recorded.

Up is what its own beats say, of the database what anybody's say. Down is what another record of ours witnesses while
the part itself was not up, from its first beat ever on. The rest is not recorded: neither up nor down.
"""

from layers.bulletins.fisheries.ask import asking
from layers.bulletins.pilot.months import ABSENT, AS_OF, MISSING, MONTH, MONTHS, NOTE, OF_MONTHS, RECORDED, name_missing
from layers.bulletins.spec import Column, Section
from layers.pilot.life import DATABASE, PARTS
from layers.spec import Text

MINUTES = Text("phút", "min")
_VALUES = ", ".join(f"('{name}', {n}, '{title.vi}', '{title.en}')" for n, (name, title) in enumerate(PARTS.items()))
LIVES = f"""
life AS MATERIALIZED (
    SELECT process, state, since, tstzrange(since, least(until, {AS_OF})) AS stretch FROM process_life
    WHERE since < {AS_OF}
), everyone AS MATERIALIZED (
    SELECT coalesce(range_agg(stretch) FILTER (WHERE state = 'up'), '{{}}') AS up,
           coalesce(range_agg(stretch), '{{}}') AS told FROM life
), part AS MATERIALIZED (
    SELECT p.process, p.place, p.title_vi, p.title_en,
           CASE p.process WHEN '{DATABASE}' THEN e.up ELSE coalesce(own.up, '{{}}') END AS up,
           CASE WHEN p.process = '{DATABASE}' THEN e.told WHEN own.first IS NULL THEN '{{}}'
                ELSE e.told * tstzmultirange(tstzrange(own.first, NULL)) END AS told
    FROM (VALUES {_VALUES}) AS p(process, place, title_vi, title_en) CROSS JOIN everyone AS e
    LEFT JOIN LATERAL (SELECT range_agg(stretch) AS up, min(since) AS first FROM life
                       WHERE life.process = p.process AND state = 'up') AS own ON true
)"""  # noqa: S608 - our own words only
_SECONDS = "(SELECT coalesce(sum(extract(epoch FROM upper(x) - lower(x))), 0) FROM unnest({0} * m.whole) AS x)"
MEASURED = f"""
{MONTHS}, {LIVES}, measured AS MATERIALIZED (
    SELECT p.process, p.place, p.title_vi, p.title_en, m.month, m.code,
           {_SECONDS.format("p.up")} AS up_s, {_SECONDS.format("(p.told - p.up)")} AS down_s,
           extract(epoch FROM m.until - m.since) AS whole_s
    FROM part AS p CROSS JOIN (SELECT *, tstzmultirange(tstzrange(since, until)) AS whole FROM months) AS m
)"""  # noqa: S608
_MINUTES = """
CASE WHEN {0} THEN {1}floor(up_s / 60){2} END AS up, CASE WHEN {0} THEN {1}floor(down_s / 60){2} END AS down,
{1}floor(whole_s / 60){2} AS whole,
{1}floor(whole_s / 60) - floor(up_s / 60) - floor(down_s / 60){2} AS absent"""
_COLUMNS = (
    Column("up", Text("Hoạt động", "Up"), unit=MINUTES),
    Column("down", Text("Ngừng", "Down"), unit=MINUTES),
    Column("absent", Text("Không có ghi nhận", "Not recorded"), unit=MINUTES),
    Column("whole", Text("Tổng số phút", "Whole"), unit=MINUTES),
    Column("share", Text("Tỷ lệ hoạt động", "Up"), "share", Text("%", "%")),
)
PART = Column("title", Text("Thành phần", "Part"), "text")
_NOTE = Text(
    "Tử số: phút hoạt động; mẫu số: phút hoạt động cộng phút ngừng; phút không có ghi nhận không tính là hoạt động,"
    " cũng không tính là ngừng. Ngừng: một tiến trình khác còn ghi mà thành phần này không ghi. Bảng: process_life.",
    "Numerator: minutes up; denominator: minutes up and down; minutes not recorded count as neither. Down is when"
    " another process wrote and this one did not. Table: process_life.",
)
UPTIME = Section(
    name="uptime",
    title=Text("Độ sẵn sàng trong kỳ", "Availability over the period"),
    statement=asking(f"""WITH {MEASURED}
SELECT process AS key, title_vi, title_en, {_MINUTES.format("bool_or(up_s + down_s > 0)", "sum(", ")")},
       CASE WHEN bool_and(up_s + down_s > 0) THEN 100 * sum(up_s) / sum(up_s + down_s) END AS share,
       count(*) FILTER (WHERE up_s + down_s > 0) AS recorded, count(*) AS of_months,
       array_agg(code ORDER BY code) FILTER (WHERE up_s + down_s = 0) AS absent_months
FROM measured GROUP BY process, place, title_vi, title_en ORDER BY place"""),  # noqa: S608
    columns=(PART, *_COLUMNS, RECORDED, OF_MONTHS, MISSING),
    note=Text(
        f"{_NOTE.vi} Còn thiếu một tháng thì không có tỷ lệ chung của kỳ.",
        f"{_NOTE.en} With a month missing there is no share of the whole period.",
    ),
    reckon=name_missing,
    numbered=False,
)
UPTIME_MONTHS = Section(
    name="uptime_months",
    title=Text("Độ sẵn sàng từng tháng", "Availability by month"),
    statement=asking(f"""WITH {MEASURED}
SELECT process || '/' || code AS key, title_vi, title_en, month, {_MINUTES.format("up_s + down_s > 0", "", "")},
       CASE WHEN up_s + down_s > 0 THEN 100 * up_s / (up_s + down_s) END AS share,
       CASE WHEN up_s + down_s = 0 THEN '{ABSENT.vi}' WHEN whole_s - up_s - down_s >= 60 THEN 'thiếu một phần'
            ELSE 'đủ' END AS note_vi,
       CASE WHEN up_s + down_s = 0 THEN '{ABSENT.en}' WHEN whole_s - up_s - down_s >= 60 THEN 'in part'
            ELSE 'whole' END AS note_en
FROM measured ORDER BY place, code"""),  # noqa: S608
    columns=(PART, MONTH, *_COLUMNS, NOTE),
    note=_NOTE,
    numbered=False,
)
