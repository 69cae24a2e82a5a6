"""Freshness: of each source what came in time in working days, and of what streams in the months that have it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from geo.clock import local_date
from geo.workdays import Workdays
from layers.bulletins.fisheries.ask import asking
from layers.bulletins.pilot.months import MISSING, MONTHS, OF_MONTHS, RECORDED, name_missing, say_months
from layers.bulletins.spec import Asked, Column, Rows, Section
from layers.sources.expected import FIRSTS, Arrivals, Expectation, PeriodState, states_of
from layers.sources.pulse import AGE_NAMES, COUNT_NAMES
from layers.sources.pulse_read import median_of
from layers.spec import Text

_DELIVERIES, _WORKDAYS = Text("lần gửi", "deliveries"), Text("ngày làm việc", "working days")
LONGEST_WAIT = timedelta(days=2 * 366)
"""So long before the period a delivery's own period may have ended that is due within it."""
_RULE = ", ".join(f"r.{name}" for name in Expectation._fields)
_EXPECTED = f"""
SELECT {_RULE}, coalesce(s.title_vi, r.source) AS title_vi, coalesce(s.title_en, r.source) AS title_en,
       (SELECT jsonb_object_agg(day, works) FROM calendar_day) AS calendar,
       (SELECT min(f.stored_at) FROM expected_delivery AS f WHERE f.code = r.code) AS entered,
       (SELECT jsonb_agg(jsonb_build_array(first_day, came, times)) FROM ({FIRSTS}) AS one
        WHERE one.source = r.source AND one.what = r.what AND one.name = r.template) AS got
FROM expected_delivery AS r LEFT JOIN source AS s ON s.code = r.source
WHERE r.superseded_at IS NULL ORDER BY r.source, r.what, r.template, r.valid_from
"""  # noqa: S608 - our own names


def judge_deliveries(rows: Rows, asked: Asked) -> Rows:
    """A row a source: what was due in the period, and how it came, told with what is known at the moment asked for."""
    at = asked.known_at or asked.now
    found: dict[str, list[PeriodState]] = defaultdict(list)
    titles: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        titles[row["source"]] = row
        found[row["source"]] += [state for state in _states(row, asked, at) if state.state != "not_due"]
    return [_delivery_row(titles[source], states) for source, states in sorted(found.items())]


def _states(row: Mapping[str, Any], asked: Asked, at: datetime) -> Iterable[PeriodState]:
    """Those of a rule that were due within the period."""
    rule = Expectation(*(row[name] for name in Expectation._fields))
    calendar = Workdays({datetime.fromisoformat(day).date(): works for day, works in (row["calendar"] or {}).items()})
    got: Arrivals = {
        (rule.source, rule.what, rule.template, datetime.fromisoformat(day).date()): (datetime.fromisoformat(at), n, "")
        for day, at, n in row["got"] or []
    }
    first, last = local_date(asked.period.since), local_date(asked.period.until)
    within = (first - LONGEST_WAIT, last)
    return [
        state
        for state in states_of(rule, local_date(row["entered"]), within, got, (calendar, at))
        if first <= state.due < last
    ]


def _delivery_row(title: Mapping[str, Any], states: list[PeriodState]) -> Mapping[str, Any]:
    counted = {name: sum(state.state == name for state in states) for name in ("on_time", "late", "missing")}
    late = [state.workdays for state in states if state.state == "late"]
    absent = sorted({state.since for state in states if state.state == "missing"})
    told = {"key": title["source"], "title_vi": title["title_vi"], "title_en": title["title_en"], "due": len(states)}
    told |= counted | {"share": 100 * counted["on_time"] / len(states) if states else None}
    told |= {"late_by": float(median(late)) if late else None, "late_most": max(late, default=None)}
    words = say_months([f"{day:%Y-%m}" for day in absent], 0)
    return told | {"missing_periods_vi": words["missing_vi"], "missing_periods_en": words["missing_en"]}


SOURCE = Column("title", Text("Nguồn", "Source"), "text")
DELIVERIES = Section(
    name="deliveries",
    title=Text("Số liệu định kỳ: đúng hạn tính theo ngày làm việc", "Periodic deliveries: in time, in working days"),
    statement=asking(_EXPECTED),
    columns=(
        SOURCE,
        Column("due", Text("Đến hạn trong kỳ", "Due in the period"), unit=_DELIVERIES),
        Column("on_time", Text("Đúng hạn", "In time"), unit=_DELIVERIES),
        Column("late", Text("Trễ", "Late"), unit=_DELIVERIES),
        Column("missing", Text("Chưa nhận", "Missing"), unit=_DELIVERIES),
        Column("share", Text("Đúng hạn", "In time"), "share", Text("%", "%")),
        Column("late_by", Text("Trung vị số ngày trễ", "Late by, median"), "days", _WORKDAYS),
        Column("late_most", Text("Trễ nhiều nhất", "Late by at most"), "count", _WORKDAYS),
        Column("missing_periods", Text("Kỳ chưa nhận", "Periods missing"), "text"),
    ),
    note=Text(
        "Tử số: lần gửi đúng hạn; mẫu số: lần gửi đến hạn trong kỳ. Ngày nghỉ, Tết không tính là trễ. Nguồn không có"
        " dòng nào ở đây là nguồn chưa có lịch gửi. Bảng: expected_delivery, department_file, observation,"
        " calendar_day.",
        "Numerator: deliveries in time; denominator: those due in the period. Days off make nobody late. A source"
        " without a row has no schedule. Tables: expected_delivery, department_file, observation, calendar_day.",
    ),
    reckon=judge_deliveries,
)
_COUNTS = (*COUNT_NAMES, *AGE_NAMES)
_SUMS = ", ".join(f"sum({{0}}.{name}) AS {name}" for name in _COUNTS)
_PULSES = f"""
WITH {MONTHS}, came AS MATERIALIZED (
    SELECT p.source_id, m.code, {_SUMS.format("p")}, max(p.late_max_s) AS late_max_s
    FROM months AS m JOIN source_pulse AS p ON p.hour >= m.since AND p.hour < m.until GROUP BY p.source_id, m.code
)
SELECT s.code AS key, s.title_vi, s.title_en, {_SUMS.format("c")}, max(c.late_max_s) AS late_max_s,
       count(c.code) AS recorded, count(*) AS of_months,
       array_agg(m.code ORDER BY m.code) FILTER (WHERE c.code IS NULL) AS absent_months
FROM source AS s CROSS JOIN months AS m LEFT JOIN came AS c ON c.source_id = s.id AND c.code = m.code
WHERE EXISTS (SELECT FROM source_pulse AS p WHERE p.source_id = s.id AND p.hour < :until)
GROUP BY s.id, s.code, s.title_vi, s.title_en ORDER BY s.code
"""  # noqa: S608


def tell_ages(rows: Rows, asked: Asked) -> Rows:
    """The sums of a source with how old half of it was at most when it came (hours)."""
    return [dict(row) | _ages(row) for row in name_missing(rows, asked)]


def _ages(row: Mapping[str, Any]) -> dict[str, Any]:
    counted = row["recorded"] > 0
    half = median_of(_Summed(row)) if counted else None
    hours = None if half is None else half / 3600
    oldest = None if row["late_max_s"] is None else row["late_max_s"] / 3600
    return {"half_h": hours, "oldest_h": oldest}


class _Summed:
    """A mapping as the row that `median_of` reads."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.__dict__.update({name: row[name] or 0 for name in (*AGE_NAMES, "late_max_s")})


ARRIVALS = Section(
    name="arrivals",
    title=Text("Số liệu đã đến: bao nhiêu, cũ đến đâu, tháng nào", "What came: how much, how old, when"),
    statement=asking(_PULSES),
    columns=(
        SOURCE,
        Column("messages", Text("Bản tin hiểu được", "Messages understood"), unit=Text("bản tin", "messages")),
        Column("refused", Text("Bị từ chối", "Refused"), unit=Text("dòng", "lines")),
        Column("half_h", Text("Một nửa cũ không quá", "Half at most so old"), "hours", Text("giờ", "hours")),
        Column("oldest_h", Text("Cũ nhất", "Oldest"), "hours", Text("giờ", "hours")),
        RECORDED,
        OF_MONTHS,
        MISSING,
    ),
    note=Text(
        "Tuổi là khoảng từ lúc số liệu đúng đến lúc hệ thống nhận. Tháng không có bản tin nào được nêu tên, không"
        " tính là 0. Bảng: source_pulse.",
        "Age is from when something was true until it came. Months without any are named. Table: source_pulse.",
    ),
    reckon=tell_ages,
)
