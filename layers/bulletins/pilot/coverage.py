"""Which months have records of what: declared month by month before any figure is given."""

from layers.bulletins.fisheries.ask import asking
from layers.bulletins.pilot.months import ABSENT, AS_OF, HEARD, MONTH, MONTHS, lived
from layers.bulletins.spec import Column, Section
from layers.spec import Text

AREAS: dict[str, tuple[Text, str, str]] = {
    "uptime": (
        Text("Độ sẵn sàng", "Availability"),
        "process_life",
        f"EXISTS (SELECT FROM process_life AS l WHERE l.since < least(m.until, {AS_OF}) AND l.until > m.since)",
    ),
    "answers": (
        Text("Thời gian trả lời", "Answers"),
        "request_day",
        "EXISTS (SELECT FROM request_day AS r WHERE r.day >= m.first_day AND r.day < m.next_day)",
    ),
    "use": (
        Text("Sử dụng", "Use"),
        "role_month",
        "EXISTS (SELECT FROM role_month AS r WHERE r.month = m.first_day)",
    ),
    "deliveries": (
        Text("Số liệu gửi về", "Deliveries"),
        "delivery, source_pulse",
        HEARD,
    ),
    "cases": (
        Text("Vụ việc", "Cases"),
        "watch_case, process_life",
        "EXISTS (SELECT FROM watch_case AS c WHERE c.opened_at >= m.since AND c.opened_at < m.until)"
        f" OR {lived('watch')}",
    ),
    "reports": (
        Text("Phản ánh", "Citizens' reports"),
        "report_case, process_life",
        "EXISTS (SELECT FROM report_case AS c WHERE c.received_at >= m.since AND c.received_at < m.until)"
        f" OR {lived('web')}",
    ),
    "indicators": (
        Text("Chỉ tiêu", "Indicators"),
        "figure",
        "EXISTS (SELECT FROM figure AS f WHERE f.period_to > m.first_day AND f.period_to <= m.next_day)",
    ),
}
"""What is told of: its title, its tables, and when the month `m` has a record of it."""
_WORDS = {"yes": Text("có", "yes"), "no": ABSENT}
_ASKED = ", ".join(f"CASE WHEN {has} THEN 'yes' ELSE 'no' END AS {name}" for name, (_, _, has) in AREAS.items())
COVERAGE = Section(
    name="months",
    title=Text("Tháng nào có ghi nhận gì", "Which months have which records"),
    statement=asking(f"WITH {MONTHS} SELECT m.code AS key, m.month, {_ASKED} FROM months AS m ORDER BY m.code"),  # noqa: S608
    columns=(MONTH, *(Column(name, title, "text", choices=_WORDS) for name, (title, _, _) in AREAS.items())),
    note=Text(
        "Tháng không có ghi nhận không được tính bằng 0 và không được lấy trung bình qua. Bảng: "
        + "; ".join(f"{title.vi.lower()}: {table}" for title, table, _ in AREAS.values()) + ".",
        "A month without records is neither 0 nor averaged over. Tables: "
        + "; ".join(f"{title.en.lower()}: {table}" for title, table, _ in AREAS.values()) + ".",
    ),
    numbered=False,
)  # fmt: skip
