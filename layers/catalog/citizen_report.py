"""What citizens tell the province, and how it is answered: exact for officers, counts per square for others.

No column for a person: who told it, and how to reach them, stays in the system that took the report.
"""

from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import Mapped

from layers.access.roles import OFFICERS, PUBLIC
from layers.base import Base, PointFact
from layers.spec import PERCENT, Choice, Density, Field, FromFile, Layer, Measure, Style, Text, Token
from layers.watch.rules import NOW

CATEGORIES = (
    Choice("environment", Text("Môi trường", "Environment")),
    Choice("traffic", Text("Giao thông, hạ tầng", "Traffic and roads")),
    Choice("order", Text("An ninh trật tự", "Public order")),
    Choice("land", Text("Đất đai, xây dựng", "Land and building")),
    Choice("health", Text("Y tế, an toàn thực phẩm", "Health and food")),
    Choice("utilities", Text("Điện, nước, viễn thông", "Power, water, telecoms")),
    Choice("other", Text("Khác", "Other")),
)
STATES = (
    Choice("received", Text("Đã tiếp nhận", "Received")),
    Choice("in_progress", Text("Đang xử lý", "In progress")),
    Choice("done", Text("Đã xử lý", "Done")),
    Choice("rejected", Text("Không thuộc thẩm quyền, trả lại", "Turned down")),
)


class CitizenReport(PointFact, Base):
    """One report where it points; `due_at` is when its answer is due, `done_at` when it was given (UTC)."""

    __tablename__ = "citizen_report"

    category: Mapped[str]
    state: Mapped[str]
    received_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    content: Mapped[str | None]
    agency: Mapped[str | None]


REPORTS = Text("phản ánh", "reports")
_OPEN = CitizenReport.state.in_(("received", "in_progress"))
_ANSWERED = (CitizenReport.state == "done") & CitizenReport.done_at.is_not(None) & CitizenReport.due_at.is_not(None)

LAYER = Layer(
    name="citizen_report",
    title=Text("Phản ánh, kiến nghị", "Citizens' reports"),
    model=CitizenReport,
    key=CitizenReport.id,
    geometry=CitizenReport.geom,
    source="reports_1022",
    rows=CitizenReport.superseded_at.is_(None),
    fields=(
        Field(CitizenReport.code, Text("Mã", "Code"), says="name"),
        Field(CitizenReport.category, Text("Lĩnh vực", "Category"), choices=CATEGORIES, says="kind"),
        Field(CitizenReport.state, Text("Tình trạng", "State"), choices=STATES, says="state"),
        Field(CitizenReport.received_at, Text("Tiếp nhận lúc", "Received at")),
        Field(CitizenReport.due_at, Text("Hạn trả lời", "Due at")),
        Field(CitizenReport.done_at, Text("Trả lời lúc", "Done at")),
        Field(CitizenReport.content, Text("Nội dung", "Content"), read_by=OFFICERS),
        Field(CitizenReport.agency, Text("Cơ quan xử lý", "Agency")),
    ),
    style=Style.circle(Token.REPORT, minzoom=9, radius=3.5),
    cell=CitizenReport.cell_id,
    time=CitizenReport.t,
    row_source=CitizenReport.source_id,
    read_by=OFFICERS,
    density=Density(PUBLIC - OFFICERS, size_deg=0.05, counted="reports"),
    measures=(
        Measure("reports", Text("Phản ánh, kiến nghị", "Citizens' reports"), func.count(), REPORTS),
        Measure("open", Text("Chưa xử lý xong", "Not yet answered"), func.count().filter(_OPEN), REPORTS),
        Measure(
            "overdue",
            Text("Quá hạn chưa xử lý xong", "Overdue"),
            func.count().filter(_OPEN, CitizenReport.due_at < NOW),
            REPORTS,
            good="down",
        ),
        Measure(
            "on_time_pct",
            Text("Xử lý đúng hạn", "Answered on time"),
            func.count().filter(_ANSWERED, CitizenReport.done_at <= CitizenReport.due_at),
            PERCENT,
            good="up",
            digits=1,
            denominator=func.count().filter(_ANSWERED),
            times=100,
        ),
    ),
    file=FromFile(place="geometry", near_m=5000, time="as_of"),
)
