"""Cases of the period: opened, closed, open and overdue at its end; by kind and by outcome; what people did in them.

How a case stood at a moment is told by its ledger: each entry that changed the case says so under `set`. A case whose
ledger says nothing of it is told as it stands today.
"""

from layers.bulletins.fisheries.ask import asking, boat
from layers.bulletins.spec import Column, Section
from layers.spec import Text
from layers.watch.cases.models import ENTRIES, KINDS
from layers.watch.shift.words import STATES

CASE = Text("vụ", "cases")
OUTCOME_NAMES = {
    "signal_back": Text("đã có tín hiệu trở lại", "signal is back"),
    "in_port": Text("tàu đã về cảng", "boat is in port"),
    "device_failed": Text("thiết bị hỏng, đã báo vị trí", "device failed, position reported"),
    "common_cause": Text("do sự cố truyền dẫn, không tính lỗi", "common cause, captain cleared"),
    "violation": Text("có dấu hiệu vi phạm, đã lập hồ sơ", "signs of a violation, dossier made"),
    "handed_over": Text("cơ quan chủ trì đã xử lý", "dealt with by the leading agency"),
    "false_alarm": Text("báo nhầm", "false alarm"),
    "rescued": Text("đã cứu được", "rescued"),
    "ended_search": Text("kết thúc tìm kiếm", "search ended"),
    "other": Text("kết quả khác", "another result"),
}


def _then(column: str, kind: str) -> str:
    """A column of a case as its ledger had it at the end of the period."""
    return f"""CASE WHEN EXISTS (SELECT FROM said WHERE said.case_id = c.id AND said.body->'set' ? '{column}')
        THEN (SELECT (said.body->'set'->>'{column}')::{kind} FROM said WHERE said.case_id = c.id
              AND said.body->'set' ? '{column}' ORDER BY said.id DESC LIMIT 1) ELSE c.{column} END AS {column}"""  # noqa: S608


_KNOWN = "(CAST(:known AS timestamptz) IS NULL OR {0}.stored_at <= :known)"
_ASOF = f"""
WITH said AS MATERIALIZED (
    SELECT e.id, e.case_id, e.body FROM case_entry AS e WHERE e.at < :until AND e.body ? 'set' AND {_KNOWN.format("e")}
), stood AS MATERIALIZED (
    SELECT c.id, c.number, c.kind, c.vessel_id, c.began_at, c.opened_at, {_then("state", "text")},
           {_then("due_at", "timestamptz")}, {_then("closed_at", "timestamptz")}, {_then("outcome", "text")}
    FROM watch_case AS c WHERE c.opened_at < :until AND (CAST(:known AS timestamptz) IS NULL OR c.opened_at <= :known)
)"""  # noqa: S608 - our own words only
_OPEN = "(closed_at IS NULL OR closed_at >= :until)"
_CLOSED = "closed_at >= :since AND closed_at < :until"

CASES = Section(
    name="cases",
    title=Text("Vụ việc theo loại", "Cases by kind"),
    statement=asking(f"""{_ASOF}
SELECT kind AS key, count(*) FILTER (WHERE opened_at >= :since) AS opened, count(*) FILTER (WHERE {_CLOSED}) AS closed,
       count(*) FILTER (WHERE {_OPEN}) AS open, count(*) FILTER (WHERE {_OPEN} AND due_at < :until) AS overdue
FROM stood GROUP BY kind"""),  # noqa: S608
    columns=(
        Column("opened", Text("Mở mới", "Opened"), unit=CASE, adds=True),
        Column("closed", Text("Kết thúc", "Closed"), unit=CASE, adds=True),
        Column("open", Text("Đang mở cuối kỳ", "Open at the end"), unit=CASE),
        Column("overdue", Text("Quá hạn cuối kỳ", "Overdue at the end"), unit=CASE),
    ),
    rows=KINDS,
    row_title=Text("Loại", "Kind"),
    total=Text("Tổng", "Total"),
)
OUTCOMES = Section(
    name="outcomes",
    title=Text("Vụ việc kết thúc theo kết quả", "Closed cases by outcome"),
    statement=asking(f"""{_ASOF}
SELECT coalesce(outcome, 'none') AS key, count(*) AS closed FROM stood WHERE {_CLOSED} GROUP BY 1"""),  # noqa: S608
    columns=(Column("closed", Text("Kết thúc", "Closed"), unit=CASE, adds=True),),
    rows={**OUTCOME_NAMES, "none": Text("không ghi kết quả", "no outcome written")},
    row_title=Text("Kết quả", "Outcome"),
    total=Text("Tổng", "Total"),
)
CONTACTS = Section(
    name="contacts",
    title=Text("Liên hệ và xử lý trong sổ vụ việc", "What people did in the cases"),
    statement=asking(f"""
SELECT e.kind AS key, count(*) AS entries, count(DISTINCT e.case_id) AS cases FROM case_entry AS e
WHERE e.at >= :since AND e.at < :until AND e.actor IS NOT NULL AND {_KNOWN.format("e")} GROUP BY 1"""),  # noqa: S608
    columns=(
        Column("entries", Text("Số lượt", "Times"), unit=Text("lượt", "times"), adds=True),
        Column("cases", Text("Số vụ", "Cases"), unit=CASE),
    ),
    rows=ENTRIES,
    row_title=Text("Việc", "Act"),
)
DISTRESS = Section(
    name="distress",
    title=Text("Cứu nạn", "Distress"),
    statement=asking(f"""{_ASOF}
SELECT 'case:' || id AS key, number, {boat("vessel_id")} AS boat, began_at, state,
       CASE WHEN closed_at < :until THEN closed_at END AS closed_at
FROM stood WHERE kind = 'distress' AND (closed_at IS NULL OR closed_at >= :since) ORDER BY began_at, id"""),  # noqa: S608
    columns=(
        Column("number", Text("Vụ việc", "Case"), "text"),
        Column("boat", Text("Tàu", "Boat"), "text"),
        Column("began_at", Text("Từ lúc", "Since"), "time"),
        Column("state", Text("Bước", "State"), "text", choices=STATES),
        Column("closed_at", Text("Kết thúc lúc", "Closed at"), "time"),
    ),
    names_boats=True,
)
