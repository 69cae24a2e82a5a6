"""Health facilities: hospitals, health centres, polyclinics and commune stations, with their beds."""

from sqlalchemy import func
from sqlalchemy.orm import Mapped

from layers.base import Base, PointFact
from layers.spec import COUNT, Choice, Field, FromFile, Layer, Measure, Style, Text, Token

KINDS = (
    Choice("hospital", Text("Bệnh viện", "Hospital")),
    Choice("polyclinic", Text("Phòng khám đa khoa khu vực", "Regional polyclinic")),
    Choice("health_centre", Text("Trung tâm y tế, cơ sở y tế khác", "Health centre")),
    Choice("commune_station", Text("Trạm y tế xã", "Commune health station")),
)


class HealthFacility(PointFact, Base):
    """One facility at its gate; `beds` are planned beds, `his` the information system it reports by."""

    __tablename__ = "health_facility"

    name: Mapped[str]
    kind: Mapped[str]
    beds: Mapped[int | None]
    his: Mapped[str | None]
    note: Mapped[str | None]


LAYER = Layer(
    name="health_facility",
    title=Text("Cơ sở y tế", "Health facilities"),
    model=HealthFacility,
    key=HealthFacility.id,
    geometry=HealthFacility.geom,
    source="health",
    rows=HealthFacility.superseded_at.is_(None),
    fields=(
        Field(HealthFacility.code, Text("Mã", "Code")),
        Field(HealthFacility.name, Text("Tên", "Name"), says="name"),
        Field(HealthFacility.kind, Text("Loại", "Kind"), choices=KINDS, says="kind"),
        Field(HealthFacility.beds, Text("Giường bệnh", "Beds"), unit="beds", low=0, high=5000, says="capacity"),
        Field(HealthFacility.his, Text("Hệ thống HIS", "HIS")),
        Field(HealthFacility.precision_m, Text("Sai số vị trí", "Position error"), unit="m", low=0),
        Field(HealthFacility.note, Text("Ghi chú", "Note")),
    ),
    style=Style.circle(Token.HEALTH, minzoom=9),
    cell=HealthFacility.cell_id,
    time=HealthFacility.t,
    row_source=HealthFacility.source_id,
    measures=(
        Measure("facilities", Text("Cơ sở y tế", "Health facilities"), func.count(), COUNT),
        Measure(
            "hospitals",
            Text("Bệnh viện", "Hospitals"),
            func.count().filter(HealthFacility.kind == "hospital"),
            COUNT,
        ),
        Measure(
            "commune_stations",
            Text("Trạm y tế xã", "Commune health stations"),
            func.count().filter(HealthFacility.kind == "commune_station"),
            COUNT,
        ),
        Measure(
            "beds",
            Text("Giường bệnh kế hoạch", "Planned beds"),
            func.sum(HealthFacility.beds),
            Text("giường", "beds"),
            known=func.count(HealthFacility.beds),
        ),
    ),
    file=FromFile(place="geometry", time="as_of"),
)
