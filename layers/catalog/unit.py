"""Administrative units: today's communes and the former districts, coloured by a measure."""

from sqlalchemy import func

from layers.spec import Field, Layer, Measure, Shapes, Style, Text, Token
from layers.units.models import Cell, Unit, UnitShape

LAYER = Layer(
    name="unit",
    title=Text("Đơn vị hành chính", "Administrative units"),
    model=Unit,
    key=Unit.key,
    geometry=None,
    shapes=Shapes(UnitShape.__table__, "unit_key", label=Unit.label),  # type: ignore[arg-type]
    source="units",
    rows=Unit.level.in_(("commune", "former_district")) & Unit.valid_to.is_(None),
    fields=(
        Field(Unit.code, Text("Mã", "Code")),
        Field(Unit.name, Text("Tên", "Name")),
        Field(Unit.full_name, Text("Tên đầy đủ", "Full name")),
        Field(Unit.level, Text("Cấp", "Level")),
    ),
    style=Style.fill(Token.UNIT),
    cell=Cell.id,
    measures=(
        Measure(
            "population",
            Text("Dân số", "Population"),
            func.sum(Cell.population),
            Text("người", "people"),
            known=func.count(Cell.population),
        ),
        Measure(
            "area",
            Text("Diện tích", "Area"),
            func.sum(Cell.area_km2),
            Text("km²", "km²"),
            known=func.count(Cell.area_km2),
            digits=1,
        ),
    ),
)
