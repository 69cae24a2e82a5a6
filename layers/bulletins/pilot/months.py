"""The months of the period as rows, each as far as it has come; and how a month without a record says so."""

from collections.abc import Sequence
from datetime import date

from geo.workdays import add_months
from layers.bulletins.spec import Asked, Column, Rows
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

HEARD = """(EXISTS (SELECT FROM delivery AS d WHERE d.started_at >= m.since AND d.started_at < m.until)
    OR EXISTS (SELECT FROM source_pulse AS p WHERE p.hour >= m.since AND p.hour < m.until))"""
"""Something came within the month `m`."""

MONTH = Column("month", Text("Tháng", "Month"), "text")
NOTE = Column("note", Text("Ghi nhận", "Records"), "text")
ABSENT = Text("không có ghi nhận", "not recorded")
RECORDED = Column("recorded", Text("Số tháng có ghi nhận", "Months recorded"), "count", Text("tháng", "months"))
OF_MONTHS = Column("of_months", Text("Số tháng của kỳ", "Months of the period"), "count", Text("tháng", "months"))
MISSING = Column("missing", Text("Các tháng không có ghi nhận", "Months not recorded"), "text")


def name_missing(rows: Rows, asked: Asked) -> Rows:
    """Rows whose `absent_months` (codes) are put into words."""
    return [dict(row) | say_months(row["absent_months"] or [], row["of_months"]) for row in rows]


def say_months(codes: Sequence[str], every: int) -> dict[str, str]:
    """The two columns of `MISSING`: `12/2025–03/2026 (4), 07/2026`, or that it is all of them."""
    if codes and len(codes) == every:
        return {"missing_vi": f"cả {every} tháng", "missing_en": f"all {every} months"}
    months = sorted(date.fromisoformat(f"{code}-01") for code in codes)
    runs: list[list[date]] = []
    for month in months:
        if runs and add_months(runs[-1][-1], 1) == month:
            runs[-1].append(month)
        else:
            runs.append([month])
    words = ", ".join(_say_run(run) for run in runs)
    return {"missing_vi": words, "missing_en": words}


def _say_run(run: Sequence[date]) -> str:
    if len(run) < 3:
        return ", ".join(f"{month:%m/%Y}" for month in run)
    return f"{run[0]:%m/%Y}–{run[-1]:%m/%Y} ({len(run)})"


def note(absent: str) -> str:
    """The two columns of `NOTE`: empty, or that there is no record, where the condition holds."""
    return (f"CASE WHEN {absent} THEN '{ABSENT.vi}' ELSE '' END AS note_vi,"
            f" CASE WHEN {absent} THEN '{ABSENT.en}' ELSE '' END AS note_en")  # fmt: skip


def lived(process: str) -> str:
    """A process of ours lived within the month `m`."""
    return (f"EXISTS (SELECT FROM process_life AS l WHERE l.process = '{process}' AND l.state = 'up'"
            " AND l.since < m.until AND l.until > m.since)")  # fmt: skip
