"""Land, provinces, and the archipelagos: what makes the map a map. Our own generalisation, see NOTICE."""

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy.orm import Mapped, mapped_column

from geo import crs
from layers.base import Base
from layers.spec import Field, Layer, Shapes, Style, Text, Token


class Background(Base):
    """One piece of land: `kind` is land, province or archipelago. `label` is EPSG:4326."""

    __tablename__ = "background"

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    label: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", srid=crs.STORED, spatial_index=False))


class BackgroundShape(Base):
    """Its outline for zooms minzoom…maxzoom, in Web Mercator."""

    __tablename__ = "background_shape"

    background_key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    minzoom: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    maxzoom: Mapped[int]
    geom: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=crs.MAP))


LAYER = Layer(
    name="background",
    title=Text("Nền bản đồ", "Background"),
    model=Background,
    key=Background.key,
    geometry=None,
    shapes=Shapes(BackgroundShape.__table__, "background_key", label=Background.label),  # type: ignore[arg-type]
    source="background",
    fields=(
        Field(Background.kind, Text("Loại", "Kind")),
        Field(Background.code, Text("Mã", "Code")),
        Field(Background.name, Text("Tên", "Name")),
    ),
    style=Style.land(Token.LAND),
)
