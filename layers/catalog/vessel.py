"""Fishing boats: registered, heard, late, silent. Exact for officers; a density surface for others.

A register's file is as Vnfishbase may export it; the shape is not public (chưa xác minh, docs/contracts/books.md).
"""

from typing import Any

from sqlalchemy import func

from layers.access.roles import NOBODY, OFFICERS, PUBLIC
from layers.spec import Choice, Density, Field, FromFile, Layer, Link, Measure, Same, Style, Text, Token
from layers.vessels.identity import VesselNumber
from layers.vessels.registry import Vessel, VesselNow
from layers.vessels.status import AT_SEA, STATUS

BOATS = Text("tàu", "boats")
KW_OF = {"kw": 1.0, "cv": 0.7355}
"""One metric horsepower (CV, *mã lực*) is 0.7355 kW."""
STATES = (
    Choice("working", Text("đang hoạt động", "working"), ("hoạt động", "còn hoạt động")),
    Choice("laid_up", Text("nằm bờ", "laid up"), ("tạm dừng", "không hoạt động")),
    Choice("sold", Text("đã chuyển nhượng", "sold"), ("chuyển nhượng", "bán")),
    Choice("gone", Text("đã xóa đăng ký", "struck off"), ("xóa đăng ký", "giải bản", "chìm")),
)


def _told(column: Any, vi: str, en: str, *also: str, **more: Any) -> Field:
    """A column of the register that no map draws: the boat's own page tells it (`web.books`)."""
    return Field(column, Text(vi, en), read_by=NOBODY, also=also, **more)


PAPERS = (
    _told(Vessel.power_kw, "Công suất", "Power", "Công suất máy chính", "Tổng công suất", unit="kW", low=0, high=5000,
          units=KW_OF),
    _told(Vessel.second_gear, "Nghề phụ", "Second gear", "Nghề khai thác phụ"),
    _told(Vessel.hull, "Vật liệu vỏ", "Hull", "Vỏ tàu", "Chất liệu vỏ"),
    _told(Vessel.built_year, "Năm đóng", "Built", "Năm đóng tàu", low=1950, high=2100),
    _told(Vessel.licence_no, "Số giấy phép", "Licence", "Số giấy phép khai thác", "Số GPKT"),
    _told(Vessel.licence_to, "Giấy phép đến ngày", "Licence to", "Hạn giấy phép", "Ngày hết hạn giấy phép", "Hạn GPKT"),
    _told(Vessel.inspected_to, "Đăng kiểm đến ngày", "Inspected to", "Hạn đăng kiểm", "Ngày hết hạn đăng kiểm"),
    _told(Vessel.food_safety_to, "ATTP đến ngày", "Food safety to", "Hạn ATTP", "Hạn an toàn thực phẩm"),
    _told(Vessel.owner, "Chủ tàu", "Owner", "Họ tên chủ tàu", "Tên chủ tàu"),
    _told(Vessel.owner_phone, "Điện thoại chủ tàu", "Owner's telephone", "SĐT chủ tàu", "Điện thoại", "Số điện thoại"),
    _told(Vessel.captain, "Thuyền trưởng", "Captain", "Họ tên thuyền trưởng"),
    _told(Vessel.captain_phone, "Điện thoại thuyền trưởng", "Captain's telephone", "SĐT thuyền trưởng"),
    _told(Vessel.crew, "Số thuyền viên", "Crew", "Số lao động", "Thuyền viên", unit="people", low=0, high=200),
    _told(Vessel.official, "Cán bộ phụ trách", "Official in charge", "Người phụ trách"),
    _told(Vessel.state, "Tình trạng", "State", "Trạng thái", choices=STATES),
    _told(Vessel.vms_provider, "Nhà cung cấp thiết bị", "VMS provider", "Đơn vị cung cấp thiết bị", "Nhà cung cấp"),
    _told(Vessel.vms_device_id, "Mã thiết bị", "VMS device", "Mã thiết bị giám sát hành trình", "Số thiết bị"),
    _told(Vessel.vms_seal, "Số kẹp chì", "Seal", "Kẹp chì", "Mã kẹp chì"),
    _told(Vessel.vms_from, "Ngày lắp thiết bị", "Fitted", "Ngày lắp đặt"),
    _told(Vessel.vms_to, "Ngày tháo thiết bị", "Removed", "Ngày tháo"),
)  # fmt: skip

LAYER = Layer(
    name="vessel",
    title=Text("Tàu cá", "Fishing vessels"),
    model=Vessel,
    view=VesselNow,
    key=VesselNow.id,
    geometry=VesselNow.geom,
    source="vessel_registry",
    fields=(
        Field(
            Vessel.code,
            Text("Số đăng ký", "Registration"),
            file_name="reg_no",
            read_by=OFFICERS,
            also=("Số đăng ký tàu", "Số đăng ký tàu cá", "Biển số", "Số hiệu tàu"),
        ),
        Field(Vessel.name, Text("Tên tàu", "Name"), read_by=OFFICERS),
        Field(
            Vessel.length_m,
            Text("Chiều dài lớn nhất", "Length"),
            unit="m",
            low=2,
            high=60,
            read_by=OFFICERS,
            also=("Lmax", "Chiều dài Lmax"),
        ),
        Field(Vessel.gear, Text("Nghề", "Gear"), read_by=OFFICERS, also=("Nghề chính", "Nghề khai thác chính")),
        Field(Vessel.home_port, Text("Cảng đăng ký", "Home port"), read_by=OFFICERS, also=("Cảng", "Bến đậu")),
        *PAPERS,
    ),
    style=Style.stream(Token.VESSEL),
    cell=VesselNow.cell_id,
    time=VesselNow.t,
    row_source=VesselNow.source_id,
    read_by=OFFICERS,
    density=Density(PUBLIC - OFFICERS, size_deg=0.25, counted="boats"),
    measures=(
        Measure("vessels", Text("Tàu cá đăng ký", "Registered vessels"), func.count(), BOATS),
        Measure(
            "with_vms",
            Text("Tàu có thiết bị giám sát", "Vessels with a monitoring device"),
            func.count().filter(VesselNow.kind == "vms"),
            BOATS,
        ),
        Measure(
            "at_sea",
            Text("Tàu đang trên biển", "Vessels at sea"),
            func.count().filter(STATUS.in_(AT_SEA)),
            BOATS,
        ),
        Measure(
            "lost",
            Text("Mất kết nối trên 6 giờ", "Silent for over 6 hours"),
            func.count().filter(STATUS.in_(("lost_6h", "lost_10d"))),
            BOATS,
            good="down",
        ),
    ),
    file=FromFile(
        place="commune_code",
        code="reg_no",
        time="valid_from",
        time_also=("Ngày đăng ký", "Ngày cấp đăng ký"),
        fixed=(("leads", False),),
        same=Same(Vessel.reg_key, VesselNumber.reg_key, VesselNumber.vessel_id),
        day_first=True,
        withhold=True,
        links=(
            Link("ais", ("mmsi",)),
            Link("vms", ("vms_provider", "vms_device_id"), seal="vms_seal"),
            Link("vms", ("vms2_provider", "vms2_device_id"), seal="vms2_seal"),
        ),
    ),
)
