"""How soon people acted: in cases of the watch, and on citizens' reports against what was promised."""

from layers.bulletins.fisheries.ask import asking
from layers.bulletins.fisheries.cases import CASE
from layers.bulletins.pilot.months import MONTH, MONTHS, NOTE, lived, note
from layers.bulletins.spec import Column, Section
from layers.spec import Text

_MINUTES, _HOURS, _REPORTS, _DAYS = (
    Text("phút", "min"), Text("giờ", "hours"), Text("phản ánh", "reports"), Text("ngày", "days"),
)  # fmt: skip
_KNOWN = "(CAST(:known AS timestamptz) IS NULL OR {0} <= :known)"


def _median(until: str, seconds: int) -> str:
    """The median of what was measured since the case was opened, in units of so many seconds."""
    return (f"percentile_cont(0.5) WITHIN GROUP (ORDER BY greatest(0, extract(epoch FROM {until} - c.opened_at)))"
            f" FILTER (WHERE {until} IS NOT NULL) / {seconds}")  # fmt: skip


def _counted(what: str, absent: str) -> str:
    """How many, or nothing where there is no record of the month."""
    return f"CASE WHEN {absent} THEN NULL ELSE count({what}) END"


_UNWATCHED = f"NOT bool_or(c.id IS NOT NULL) AND NOT bool_or({lived('watch')})"
_UNHEARD = f"NOT bool_or(c.id IS NOT NULL) AND NOT bool_or({lived('web')})"
CASES = Section(
    name="case_times",
    title=Text("Thời gian xử lý vụ việc, theo tháng mở", "Cases: how soon, by the month they were opened"),
    statement=asking(f"""
WITH {MONTHS}, acted AS (
    SELECT e.case_id,
           min(e.at) FILTER (WHERE e.kind = 'acknowledged' OR e.body->'set'->>'acknowledged_at' IS NOT NULL) AS seen,
           min(e.at) FILTER (WHERE e.kind IN ('call', 'report')) AS called,
           min(e.at) FILTER (WHERE e.body->'set'->>'state' = 'closed') AS closed
    FROM case_entry AS e WHERE e.at < :until AND {_KNOWN.format("e.stored_at")} GROUP BY e.case_id
)
SELECT m.code AS key, m.month, {_counted("c.id", _UNWATCHED)} AS opened,
       {_counted("a.seen", _UNWATCHED)} AS seen, {_median("a.seen", 60)} AS seen_min,
       {_counted("a.called", _UNWATCHED)} AS called, {_median("a.called", 60)} AS called_min,
       {_counted("a.closed", _UNWATCHED)} AS closed, {_median("a.closed", 3600)} AS closed_h,
       {note(_UNWATCHED)}
FROM months AS m
LEFT JOIN watch_case AS c ON c.opened_at >= m.since AND c.opened_at < m.until AND {_KNOWN.format("c.opened_at")}
LEFT JOIN acted AS a ON a.case_id = c.id GROUP BY m.code, m.month ORDER BY m.code"""),  # noqa: S608
    columns=(
        MONTH,
        Column("opened", Text("Mở", "Opened"), unit=CASE),
        Column("seen", Text("Đã tiếp nhận", "Acknowledged"), unit=CASE),
        Column("seen_min", Text("Trung vị đến tiếp nhận", "Median to that"), "number", _MINUTES),
        Column("called", Text("Đã liên hệ", "Contacted"), unit=CASE),
        Column("called_min", Text("Trung vị đến liên hệ đầu", "Median to that"), "number", _MINUTES),
        Column("closed", Text("Đã kết thúc", "Closed"), unit=CASE),
        Column("closed_h", Text("Trung vị đến kết thúc", "Median to that"), "hours", _HOURS),
        NOTE,
    ),
    note=Text(
        "Mẫu số: vụ việc mở trong tháng; tử số: vụ việc đã có bước ấy đến cuối kỳ; trung vị chỉ của những vụ ấy."
        " Tháng không có vụ nào là 0 chỉ khi việc canh chừng có chạy. Bảng: watch_case, case_entry.",
        "Denominator: cases opened in the month; numerator: those that had come to that step by the end; the median"
        " is of these alone. A month without a case is 0 only where the watch ran. Tables: watch_case, case_entry.",
    ),
    numbered=False,
)
_DUE = "c.merged_into IS NULL AND c.due_at < :until"
_ENDED = "c.ended_at < :until"
_COUNTS = ("received", "answered", "due", "on_time", "late", "overdue")
_TOLD = ", ".join(f"CASE WHEN note_vi = '' THEN {name} END AS {name}" for name in _COUNTS)
REPORTS = Section(
    name="report_times",
    title=Text("Giải quyết phản ánh, kiến nghị, theo tháng nhận", "Citizens' reports by the month they came"),
    statement=asking(f"""
WITH {MONTHS}, counted AS (
    SELECT m.code AS key, m.month, count(c.id) AS received, count(*) FILTER (WHERE {_ENDED}) AS answered,
           count(*) FILTER (WHERE {_DUE}) AS due,
           count(*) FILTER (WHERE {_DUE} AND {_ENDED} AND c.ended_at <= c.due_at) AS on_time,
           count(*) FILTER (WHERE {_DUE} AND {_ENDED} AND c.ended_at > c.due_at) AS late,
           count(*) FILTER (WHERE {_DUE} AND (c.ended_at IS NULL OR c.ended_at >= :until)) AS overdue,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM c.ended_at - c.received_at))
               FILTER (WHERE {_ENDED}) / 86400 AS days,
           {note(_UNHEARD)}
    FROM months AS m LEFT JOIN report_case AS c
        ON c.received_at >= m.since AND c.received_at < m.until AND {_KNOWN.format("c.received_at")}
    GROUP BY m.code, m.month
)
SELECT key, month, {_TOLD}, days, 100.0 * on_time / nullif(due, 0) AS share, note_vi, note_en
FROM counted ORDER BY key"""),  # noqa: S608
    columns=(
        MONTH,
        Column("received", Text("Nhận", "Received"), unit=_REPORTS),
        Column("answered", Text("Đã trả lời", "Answered"), unit=_REPORTS),
        Column("days", Text("Trung vị đến trả lời", "Median to the answer"), "days", _DAYS),
        Column("due", Text("Đã đến hạn", "Due by now"), unit=_REPORTS),
        Column("on_time", Text("Đúng hạn", "In time"), unit=_REPORTS),
        Column("late", Text("Trễ hạn", "Late"), unit=_REPORTS),
        Column("overdue", Text("Quá hạn, chưa trả lời", "Overdue, unanswered"), unit=_REPORTS),
        Column("share", Text("Đúng hạn", "In time"), "share", Text("%", "%")),
        NOTE,
    ),
    note=Text(
        "Tử số: trả lời đúng hạn; mẫu số: phản ánh đã đến hạn, không kể phản ánh đã ghép. Hạn tính theo ngày làm việc"
        " của từng lĩnh vực, như đang đứng hôm nay. Bảng: report_case.",
        "Numerator: answered in time; denominator: due by the end, without those that were merged. Dues are in"
        " working days of each category, as they stand today. Table: report_case.",
    ),
    numbered=False,
)
