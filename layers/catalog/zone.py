"""Zones of the sea: where who may fish, what is protected, where to anchor. The owner's file replaces ours."""

from datetime import date

from sqlalchemy.orm import Mapped

from layers.base import AreaFact, Base
from layers.spec import Choice, Field, FromFile, Layer, Style, Text, Token

KINDS = (
    Choice("belt_coastal", Text("Vùng ven bờ", "Coastal belt")),
    Choice("belt_inshore", Text("Vùng lộng", "Inshore belt")),
    Choice("belt_offshore", Text("Vùng khơi", "Offshore belt")),
    Choice("protected", Text("Khu bảo tồn biển", "Marine protected area")),
    Choice("closed_season", Text("Cấm khai thác có thời hạn", "Closed for a season")),
    Choice("anchorage", Text("Vùng neo đậu", "Anchorage")),
    Choice("shelter", Text("Khu tránh trú bão", "Storm shelter")),
)


class Zone(AreaFact, Base):
    """One zone; `verified` says whether somebody held it against `basis`, the paper that sets it.

    `valid_from` and `valid_to` are its first and its last day in Việt Nam.
    """

    __tablename__ = "zone"

    name: Mapped[str]
    kind: Mapped[str]
    verified: Mapped[bool]
    basis: Mapped[str | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


LAYER = Layer(
    name="zone",
    title=Text("Vùng biển", "Sea zones"),
    model=Zone,
    key=Zone.id,
    geometry=Zone.geom,
    source="zones",
    rows=Zone.superseded_at.is_(None),
    fields=(
        Field(Zone.code, Text("Mã", "Code")),
        Field(Zone.name, Text("Tên", "Name"), says="name"),
        Field(Zone.kind, Text("Loại", "Kind"), choices=KINDS, says="kind"),
        Field(Zone.verified, Text("Đã xác minh", "Verified"), says="state"),
        Field(Zone.basis, Text("Căn cứ", "Basis")),
        Field(Zone.valid_from, Text("Từ ngày", "Valid from")),
        Field(Zone.valid_to, Text("Đến ngày", "Valid to")),
    ),
    style=Style.area(Token.ZONE, minzoom=6, doubt="verified"),
    time=Zone.t,
    row_source=Zone.source_id,
    file=FromFile(place="geometry", time="as_of"),
)
