"""How much of the catalogue has figures month by month, what was corrected or taken back, and what is contested."""

from layers.bulletins.fisheries.ask import asking
from layers.bulletins.pilot.months import HEARD, MONTH, MONTHS, NOTE, note
from layers.bulletins.spec import Column, Section
from layers.spec import Text

_CODES, _VALUES = Text("chỉ tiêu", "indicators"), Text("số liệu", "figures")
INDICATORS = Section(
    name="indicators",
    title=Text("Chỉ tiêu: có số liệu, đính chính, mâu thuẫn", "Indicators: covered, corrected, contested"),
    statement=asking(f"""
WITH {MONTHS}, wanted AS (
    SELECT m.code, m.first_day, m.next_day, i.code AS indicator FROM months AS m JOIN indicator AS i
        ON i.superseded_at IS NULL AND i.valid_from < m.next_day AND (i.valid_to IS NULL OR i.valid_to >= m.next_day)
       AND (i.period IN ('day', 'month') OR i.period = 'quarter' AND extract(month FROM m.first_day)::int % 3 = 0
            OR i.period = 'year' AND extract(month FROM m.first_day) = 12)
), covered AS (
    SELECT w.code, count(*) AS wanted, count(*) FILTER (WHERE EXISTS (
        SELECT FROM figure AS f WHERE f.indicator = w.indicator AND f.value IS NOT NULL
           AND f.period_to > w.first_day AND f.period_to <= w.next_day)) AS told
    FROM wanted AS w GROUP BY w.code
), counted AS (
    SELECT m.code AS key, m.month, c.wanted, nullif(c.told, 0) AS told, {HEARD} AS heard,
           (SELECT count(*) FROM observation AS o WHERE o.stored_at >= m.since AND o.stored_at < m.until) AS stored,
           (SELECT count(*) FROM observation AS o WHERE o.superseded_at >= m.since AND o.superseded_at < m.until)
               AS corrected,
           (SELECT count(*) FROM observation AS o WHERE o.retracted_at >= m.since AND o.retracted_at < m.until)
               AS retracted,
           (SELECT count(*) FROM figure AS f WHERE f.contested AND f.period_to > m.first_day
               AND f.period_to <= m.next_day) AS contested,
           (SELECT count(*) FROM disagreement AS d WHERE d.found_at >= m.since AND d.found_at < m.until) AS disagreed
    FROM months AS m LEFT JOIN covered AS c ON c.code = m.code
)
SELECT key, month, told, wanted, 100.0 * told / nullif(wanted, 0) AS share,
       CASE WHEN heard THEN stored END AS stored, CASE WHEN heard THEN corrected END AS corrected,
       CASE WHEN heard THEN retracted END AS retracted, CASE WHEN told IS NOT NULL THEN contested END AS contested,
       CASE WHEN heard THEN disagreed END AS disagreed,
       {note("told IS NULL")}
FROM counted ORDER BY key"""),  # noqa: S608
    columns=(
        MONTH,
        Column("told", Text("Có số liệu", "With figures"), unit=_CODES),
        Column("wanted", Text("Phải có trong tháng", "Wanted of the month"), unit=_CODES),
        Column("share", Text("Bao phủ", "Covered"), "share", Text("%", "%")),
        Column("stored", Text("Nhận trong tháng", "Received in the month"), unit=_VALUES),
        Column("corrected", Text("Đính chính", "Corrected"), unit=_VALUES),
        Column("retracted", Text("Thu hồi", "Taken back"), unit=_VALUES),
        Column("contested", Text("Hai nguồn khác nhau", "Contested"), unit=_VALUES),
        Column("disagreed", Text("Sổ tàu cá mâu thuẫn", "Fishery books disagree"), unit=Text("lượt", "times")),
        NOTE,
    ),
    note=Text(
        "Tử số: chỉ tiêu có ít nhất một số liệu của kỳ kết thúc trong tháng; mẫu số: chỉ tiêu của danh mục có kỳ kết"
        " thúc trong tháng (quý: tháng 3, 6, 9, 12; năm: tháng 12). Nhận, đính chính, thu hồi đếm theo lúc ghi vào hệ"
        " thống. Bảng: indicator, figure, observation, disagreement.",
        "Numerator: indicators with a figure of a period that ends in the month; denominator: those of the catalogue"
        " whose period ends in it. Received, corrected and taken back count by when we stored it. Tables: indicator,"
        " figure, observation, disagreement.",
    ),
    numbered=False,
)
