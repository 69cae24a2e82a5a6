"""Lists of boats at the desk: those in an area or a group, now or at a moment, with sums and as a sheet."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from shapely import to_wkt
from sqlalchemy import ColumnElement, RowMapping

from geo.clock import show_moment
from geo.errors import BadInput
from geo.outline_text import outline_of
from layers.database import ReadConnection
from layers.desk.area import boats_statement
from layers.sources.freshness import mark, read_mark
from layers.vessels.read import Boat
from layers.vessels.registry import VesselNow
from layers.vessels.then import VesselThen, check_moment
from web.desk_views import BoatHere, BoatsHere, Sums
from web.sheets import Sheet, dms

E7 = 1e7
BANDS = ((0, "< 6 m"), (6, "6–12 m"), (12, "12–15 m"), (15, "15–24 m"), (24, "≥ 24 m"))
"""How lengths are grouped in sums: only for reading, no duty hangs on it here."""
UNSAID = "?"
STATUS_WORDS = {"on_time": "Đúng hạn", "late": "Chậm", "lost_6h": "Mất kết nối > 6 giờ",
                "lost_10d": "Mất kết nối > 10 ngày", "in_port": "Trong cảng", "unknown": "Không rõ",
                "foreign": "Vượt ranh giới", "wrong_belt": "Sai vùng"}  # fmt: skip
Condition = Callable[[Boat], ColumnElement[bool]]


def parse_ring(text: str) -> str:
    """`lon,lat;lon,lat;…` in degrees as WKT of the area; BadInput names what is wrong."""
    try:
        ring = [(float(lon), float(lat)) for lon, lat in (spot.split(",") for spot in text.split(";"))]
    except ValueError:
        raise BadInput("ring: write lon,lat;lon,lat;… in degrees", field="ring") from None
    return str(to_wkt(outline_of(ring, mend=True), rounding_precision=7))


async def read_boats(
    connection: ReadConnection, now: datetime, at: datetime | None, *conditions: Condition
) -> BoatsHere:
    """The boats that meet every condition, now or at a moment, with their sums."""
    boat: Boat = VesselNow if at is None else VesselThen
    moment = now if at is None else check_moment(at, now)
    statement = boats_statement(boat, *(condition(boat) for condition in conditions))
    rows = (await connection.execute(statement, {"now": moment})).mappings().all()
    boats = [_boat(row) for row in rows]
    return BoatsHere(
        at=moment,
        is_now=at is None,
        origin=mark({each.origin for each in boats}) if boats else await read_mark(connection),
        sums=sum_up(boats),
        boats=boats,
    )


def _boat(row: RowMapping) -> BoatHere:
    same = ("id", "label", "name", "status", "t", "length_m", "gear", "crew", "home_port", "official", "origin")
    return BoatHere(
        **{name: row[name] for name in same},
        age_s=None if row["age_s"] is None else max(0, round(row["age_s"])),
        lon=None if row["lon_e7"] is None else row["lon_e7"] / E7,
        lat=None if row["lat_e7"] is None else row["lat_e7"] / E7,
        sog_kn=None if row["sog_dkn"] is None else row["sog_dkn"] / 10,
        cog_deg=None if row["cog_ddeg"] is None else row["cog_ddeg"] / 10,
    )


def sum_up(boats: Sequence[BoatHere]) -> Sums:
    """What a list comes to; its parts add up to `boats`."""
    crews = [each.crew for each in boats if each.crew is not None]
    by_length = Counter(_band(each.length_m) for each in boats)
    return Sums(
        boats=len(boats),
        by_status=dict(Counter(each.status for each in boats)),
        by_length={name: by_length[name] for _, name in (*BANDS, (0, UNSAID)) if by_length[name]},
        crew=sum(crews),
        crew_of=len(crews),
    )


def _band(length_m: float | None) -> str:
    return UNSAID if length_m is None else [name for least, name in BANDS if length_m >= least][-1]


COLUMNS = (("label", "Số tàu"), ("name", "Tên tàu"), ("status", "Trạng thái"), ("t", "Tín hiệu cuối"),
           ("lat_dms", "Vĩ độ"), ("lon_dms", "Kinh độ"), ("sog_kn", "Tốc độ (hải lý/giờ)"), ("cog_deg", "Hướng (°)"),
           ("length_m", "Lmax (m)"), ("gear", "Nghề"), ("crew", "Thuyền viên (sổ)"), ("home_port", "Cảng đăng ký"),
           ("official", "Cán bộ phụ trách"), ("origin", "Tính chất số liệu"))  # fmt: skip


def boats_sheet(found: BoatsHere, name: str, title: str) -> Sheet:
    """The list as a sheet; its title says of which moment."""
    when = show_moment(found.at)
    return Sheet(name, f"{title}, lúc {when}: {found.sums.boats} tàu", COLUMNS, [_line(b) for b in found.boats],
                 found.origin)  # fmt: skip


def _line(boat: BoatHere) -> dict[str, Any]:
    place = {} if boat.lat is None or boat.lon is None else {
        "lat_dms": dms(boat.lat, "lat"), "lon_dms": dms(boat.lon, "lon"),
    }  # fmt: skip
    origin = {"simulated": "mô phỏng", "real": "thật", "replayed": "phát lại"}[boat.origin]
    return boat.model_dump() | place | {"status": STATUS_WORDS[boat.status], "origin": origin}
