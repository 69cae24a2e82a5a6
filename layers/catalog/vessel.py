"""Fishing boats: registered, heard, late, silent. Exact for officers; a density surface for others."""

from sqlalchemy import func

from layers.access.roles import OFFICERS, PUBLIC
from layers.spec import Density, Field, FromFile, Layer, Link, Measure, Style, Text, Token
from layers.vessels.registry import Vessel, VesselNow
from layers.vessels.status import STATUS

BOATS = Text("tàu", "boats")

LAYER = Layer(
    name="vessel",
    title=Text("Tàu cá", "Fishing vessels"),
    model=Vessel,
    view=VesselNow,
    key=VesselNow.id,
    geometry=VesselNow.geom,
    source="vessel_registry",
    fields=(
        Field(Vessel.code, Text("Số đăng ký", "Registration"), file_name="reg_no", read_by=OFFICERS),
        Field(Vessel.name, Text("Tên tàu", "Name"), read_by=OFFICERS),
        Field(Vessel.length_m, Text("Chiều dài lớn nhất", "Length"), unit="m", low=2, high=60, read_by=OFFICERS),
        Field(Vessel.gear, Text("Nghề", "Gear"), read_by=OFFICERS),
        Field(Vessel.home_port, Text("Cảng đăng ký", "Home port"), read_by=OFFICERS),
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
            func.count().filter(STATUS.in_(("on_time", "late", "lost_6h", "lost_10d"))),
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
        links=(
            Link("ais", ("mmsi",)),
            Link("vms", ("vms_provider", "vms_device_id"), seal="vms_seal"),
            Link("vms", ("vms2_provider", "vms2_device_id"), seal="vms2_seal"),
        ),
    ),
)
