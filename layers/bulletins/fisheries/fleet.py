"""The fleet as it stood when the period ended, and how much of it was heard of."""

from typing import Any

from sqlalchemy import Executable, func, select

from layers.bulletins.fisheries.ask import BOATS
from layers.bulletins.spec import Asked, Column, Section
from layers.spec import Text
from layers.vessels.status import status_of
from layers.vessels.then import VesselThen

STATUSES = {
    "on_time": Text("Đúng hạn", "On time"),
    "late": Text("Chậm", "Late"),
    "lost_6h": Text("Mất kết nối > 6 giờ", "Silent > 6 hours"),
    "lost_10d": Text("Mất kết nối > 10 ngày", "Silent > 10 days"),
    "in_port": Text("Trong cảng", "In port"),
    "unknown": Text("Không rõ", "Unknown"),
}


def fleet(asked: Asked) -> Executable:
    """Registered boats by status at the end."""
    key = status_of(VesselThen).label("key")
    statement = select(key, func.count().label("boats")).where(VesselThen.vessel_id.is_not(None)).group_by(key)
    return statement.params(**_moment(asked))


def coverage(asked: Asked) -> Executable:
    """`boats` in the register, and how many of them were `heard` of within the period."""
    heard = func.count().filter(VesselThen.t >= asked.period.since).label("heard")
    statement = select(func.count().label("boats"), heard).where(VesselThen.vessel_id.is_not(None))
    return statement.params(**_moment(asked))


def _moment(asked: Asked) -> dict[str, Any]:
    return {"now": asked.period.until, "known": asked.known_at}


FLEET = Section(
    name="fleet",
    title=Text("Đội tàu theo tình trạng cuối kỳ", "Fleet by status at the end"),
    statement=fleet,
    columns=(Column("boats", Text("Số tàu", "Boats"), unit=BOATS),),
    rows=STATUSES,
    row_title=Text("Tình trạng", "Status"),
    total=Text("Tổng số tàu trong sổ đăng ký", "Boats in the register"),
    note=Text(
        "Tàu theo sổ đăng ký hiện nay; tàu vượt ranh giới, sai vùng được tính ở mục riêng.",
        "Boats of today's register; those beyond the boundary or in a wrong belt are counted apart.",
    ),
)
