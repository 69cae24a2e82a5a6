"""Where boats went in the last day: pieces that were heard, and the gaps between them. Officers only."""

from layers.access.roles import OFFICERS
from layers.spec import Choice, Field, Layer, Style, Text, Token
from layers.vessels.tracks import VesselTrack

KINDS = (
    Choice("piece", Text("đoạn có vị trí", "heard")),
    Choice("gap", Text("khoảng mất tín hiệu", "gap")),
)

LAYER = Layer(
    name="vessel_track",
    title=Text("Hành trình tàu 24 giờ", "Vessel tracks, 24 hours"),
    model=VesselTrack,
    key=VesselTrack.id,
    geometry=VesselTrack.geom,
    source="positions",
    fields=(
        Field(VesselTrack.vessel, Text("Tàu", "Vessel"), read_by=OFFICERS, from_file=False),
        Field(VesselTrack.kind, Text("Loại", "Kind"), choices=KINDS, read_by=OFFICERS, from_file=False),
        Field(VesselTrack.t_from, Text("Từ", "From"), read_by=OFFICERS, from_file=False),
        Field(VesselTrack.t_to, Text("Đến", "To"), read_by=OFFICERS, from_file=False),
        Field(VesselTrack.duration_s, Text("Kéo dài", "Duration"), unit="s", read_by=OFFICERS, from_file=False),
    ),
    style=Style.line(Token.VESSEL, minzoom=7, dashed=("kind", "gap")),
    row_source=VesselTrack.source_id,
    read_by=OFFICERS,
)
