"""The months of the period as rows, each as far as it has come; and how a month without a record says so."""

from layers.bulletins.spec import Column
from layers.spec import Text

MONTHS = """
months AS MATERIALIZED (
    SELECT to_char(local, 'MM/YYYY') AS month, to_char(local, 'YYYY-MM') AS code, local::date AS first_day,
           (local + interval '1 month')::date AS next_day, local AT TIME ZONE 'Asia/Ho_Chi_Minh' AS since,
           least((local + interval '1 month') AT TIME ZONE 'Asia/Ho_Chi_Minh', :until) AS until
    FROM generate_series(0, 11) AS n,
         LATERAL (SELECT date_trunc('month', :since AT TIME ZONE 'Asia/Ho_Chi_Minh')
                         + n * interval '1 month' AS local) AS l
    WHERE local AT TIME ZONE 'Asia/Ho_Chi_Minh' < :until
)"""
AS_OF = "least(:until, coalesce(CAST(:known AS timestamptz), :until))"
"""The end of the period, or the moment of knowledge before it."""

MONTH = Column("month", Text("Tháng", "Month"), "text")
NOTE = Column("note", Text("Ghi nhận", "Records"), "text")
ABSENT = Text("không có ghi nhận", "not recorded")
RECORDED = Column("recorded", Text("Số tháng có ghi nhận", "Months recorded"), "count", Text("tháng", "months"))
OF_MONTHS = Column("of_months", Text("Số tháng của kỳ", "Months of the period"), "count", Text("tháng", "months"))
MISSING = Column("missing", Text("Các tháng không có ghi nhận", "Months not recorded"), "text")


def listed(months: str, missing: str, every: str) -> str:
    """The two columns of `MISSING`: months one by one, or that it is all of them, where so many of so many are."""
    told = f"CASE WHEN {missing} = {every} THEN '{{0}}' ELSE coalesce({months}, '') END AS missing_{{1}}"
    return f"{told.format('cả kỳ', 'vi')}, {told.format('all of them', 'en')}"


def note(absent: str) -> str:
    """The two columns of `NOTE`: empty, or that there is no record, where the condition holds."""
    return (f"CASE WHEN {absent} THEN '{ABSENT.vi}' ELSE '' END AS note_vi,"
            f" CASE WHEN {absent} THEN '{ABSENT.en}' ELSE '' END AS note_en")  # fmt: skip


def lived(process: str) -> str:
    """A process of ours lived within the month `m`."""
    return (f"EXISTS (SELECT FROM process_life AS l WHERE l.process = '{process}' AND l.state = 'up'"
            " AND l.since < m.until AND l.until >= m.since)")  # fmt: skip
