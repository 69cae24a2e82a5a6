"""The scenes of the wall as data: where the camera is, which layers, which panel on which side, how long.

A scene says nothing of pixels: the page lays its panels out for the screens it finds, each inside one screen.
A scene without Hoàng Sa, Trường Sa and Lý Sơn is refused, see `refuse_without_islands`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from geo.errors import BadInput, NotFound
from layers.registry import Registry
from layers.spec import Text

Kind = Literal["clock", "boats", "attention", "ranking", "totals", "sources", "indicators", "scores"]
Box = tuple[float, float, float, float]
"""West, south, east, north in degrees (EPSG:4326)."""


@dataclass(frozen=True)
class Panel:
    """One panel, on the left or the right of the wall. `measures` are those it adds up, as `layer.name`.

    `indicators`: codes of the catalogue, the first of them large with its course.
    """

    kind: Kind
    side: Literal["left", "right"]
    title: Text
    measures: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()


@dataclass(frozen=True)
class Name:
    """A name every national view carries; `kind` says how it is written. Label positions of ours, not features."""

    kind: Literal["sea", "archipelago", "island"]
    title: Text
    lon: float
    lat: float


@dataclass(frozen=True)
class Scene:
    """What the whole wall shows. `view` is seen whole, `anchor` says where in the free width it stands (0 left).

    `measures`: the first that exists colours the former districts; none leaves them plain. `extra`: layers drawn
    where the registry has them. `inset`: the small map of the whole sea, for views that do not reach the archipelagos.
    """

    name: str
    title: Text
    view: Box
    layers: tuple[str, ...]
    panels: tuple[Panel, ...]
    names: tuple[Name, ...]
    measures: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    inset: bool = True
    anchor: float = 0.5
    seconds: int = 30


PROVINCE: Box = (107.28, 13.9, 109.42, 15.5)
SEA: Box = (105.0, 6.0, 118.0, 22.0)

EAST_SEA = Name("sea", Text("BIỂN ĐÔNG", "EAST SEA"), 112.9, 13.0)
COAST_SEA = Name("sea", Text("BIỂN ĐÔNG", "EAST SEA"), 109.27, 15.0)
HOANG_SA = Name("archipelago", Text("Đặc khu Hoàng Sa", "Hoàng Sa Special Zone"), 111.9, 16.85)
TRUONG_SA = Name("archipelago", Text("Đặc khu Trường Sa", "Trường Sa Special Zone"), 113.8, 9.3)
LY_SON = Name("island", Text("Đặc khu Lý Sơn", "Lý Sơn Special Zone"), 109.117, 15.382)
MUST_BE_NAMED = (HOANG_SA, TRUONG_SA, LY_SON)
IN_INSET = (HOANG_SA, TRUONG_SA)

_CLOCK = Panel("clock", "left", Text("IOC QUẢNG NGÃI", "QUẢNG NGÃI IOC"))
_SOURCES = Panel("sources", "left", Text("NGUỒN DỮ LIỆU", "DATA SOURCES"))
_BOATS = Panel("boats", "right", Text("TÀU CÁ", "FISHING BOATS"))
_ATTENTION = Panel("attention", "right", Text("CẦN XỬ LÝ", "NEEDS ATTENTION"))
_RANKING = Panel("ranking", "left", Text("XẾP THEO CHỈ TIÊU", "BY MEASURE"))


def _totals(vi: str, en: str, *measures: str) -> Panel:
    return Panel("totals", "right", Text(vi, en), measures)


def _ranked(measure: str) -> Panel:
    """A second ranking, by a measure of its own."""
    return Panel("ranking", "right", Text("CÒN XẾP THEO", "ALSO BY"), (measure,))


def _figures(side: Literal["left", "right"], vi: str, en: str, *indicators: str) -> Panel:
    """A card of indicators of the province."""
    return Panel("indicators", side, Text(vi, en), (), indicators)


SCENES: tuple[Scene, ...] = (
    Scene(
        "province",
        Text("Toàn tỉnh", "Whole province"),
        PROVINCE,
        ("background", "unit", "vessel"),
        (
            _CLOCK, _RANKING, _SOURCES, _BOATS, _ATTENTION,
            _totals("PHẢN ÁNH, KIẾN NGHỊ · TỈNH", "CITIZENS' REPORTS · PROVINCE", "citizen_report.reports",
                    "citizen_report.open", "citizen_report.overdue", "citizen_report.on_time_pct",
                    "unit.population", "unit.area"),
        ),
        (COAST_SEA, LY_SON),
        measures=("one_stop_shop.on_time_pct", "unit.population"),
        anchor=0.1,
        seconds=60,
    ),
    Scene(
        "fisheries",
        Text("Tàu cá", "Fishing boats"),
        SEA,
        ("background", "unit", "vessel"),
        (
            _CLOCK, _SOURCES,
            _figures("left", "GIÁM SÁT HÀNH TRÌNH", "MONITORING", "ty_le_gui_dung_han", "mat_kn_6h", "mat_kn_10ng",
                     "vu_mat_kn_6h", "vuot_ranh_gioi", "xuat_ben", "nhap_ben"),
            _BOATS, _ATTENTION,
            _totals("ĐỘI TÀU, CẢNG CÁ", "FLEET, PORTS", "vessel.vessels", "vessel.with_vms", "vessel.at_sea",
                    "fishing_port.ports"),
        ),
        (EAST_SEA, HOANG_SA, TRUONG_SA, LY_SON),
        extra=("zone", "boundary", "fishing_port"),
        inset=False,
        seconds=45,
    ),
    Scene(
        "health",
        Text("Y tế", "Health"),
        PROVINCE,
        ("background", "unit", "health_facility"),
        (
            _CLOCK, _RANKING, _SOURCES,
            _totals("CƠ SỞ Y TẾ", "HEALTH FACILITIES", "health_facility.beds", "health_facility.facilities",
                    "health_facility.hospitals", "health_facility.commune_stations"),
            _ranked("health_facility.facilities"),
        ),
        (COAST_SEA, LY_SON),
        measures=("health_facility.beds",),
        anchor=0.1,
    ),
    Scene(
        "learning",
        Text("Giáo dục", "Education"),
        PROVINCE,
        ("background", "unit", "school"),
        (
            _CLOCK, _RANKING, _SOURCES,
            _totals("TRƯỜNG HỌC", "SCHOOLS", "school.pupils", "school.schools", "school.teachers"),
            _ranked("school.schools"),
        ),
        (COAST_SEA, LY_SON),
        measures=("school.pupils",),
        anchor=0.1,
    ),
    Scene(
        "tourism",
        Text("Du lịch", "Tourism"),
        PROVINCE,
        ("background", "unit", "tourist_site"),
        (
            _CLOCK, _RANKING, _SOURCES,
            _totals("ĐIỂM DU LỊCH", "TOURIST SITES", "tourist_site.visitors", "tourist_site.sites",
                    "tourist_site.rooms"),
            _ranked("tourist_site.rooms"),
        ),
        (COAST_SEA, LY_SON),
        measures=("tourist_site.visitors",),
        anchor=0.1,
    ),
    Scene(
        "government",
        Text("Dịch vụ công", "Public services"),
        PROVINCE,
        ("background", "unit", "one_stop_shop"),
        (
            _CLOCK, _RANKING, _SOURCES,
            _figures("right", "HỒ SƠ MỘT CỬA", "DOSSIERS", "hs_dunghan", "hs_quahan", "hs_truc_tuyen", "so_hoa",
                     "hai_long"),
            _figures("right", "BỘ CHỈ SỐ 766", "SET OF QĐ 766", "diem_766", "diem_766_congkhai", "diem_766_tiendo",
                     "diem_766_sohoa", "diem_766_tructuyen", "diem_766_hailong"),
            _figures("right", "VĂN BẢN, NHIỆM VỤ", "DOCUMENTS, TASKS", "nv_ty_le_quahan", "nv_quahan", "vb_den",
                     "vb_dientu_kyso"),
        ),
        (COAST_SEA, LY_SON),
        measures=("one_stop_shop.on_time_pct",),
        anchor=0.1,
    ),
    Scene(
        "reports",
        Text("Phản ánh", "Citizens' reports"),
        PROVINCE,
        ("background", "unit", "citizen_report"),
        (
            _CLOCK, _RANKING, _SOURCES,
            _figures("right", "PHẢN ÁNH, KIẾN NGHỊ", "CITIZENS' REPORTS", "pa_dunghan", "pa_quahan", "pa_tong",
                     "tg_xu_ly_tb", "pa_hai_long"),
            _ranked("citizen_report.overdue"),
        ),
        (COAST_SEA, LY_SON),
        measures=("citizen_report.on_time_pct",),
        anchor=0.1,
    ),
    Scene(
        "security",
        Text("An toàn thông tin", "Information security"),
        PROVINCE,
        ("background", "unit"),
        (
            _CLOCK, _SOURCES,
            _figures("right", "MÃ ĐỘC, LỖ HỔNG", "MALWARE, HOLES", "may_nhiem", "ty_le_lam_sach", "ket_noi_doc_hai",
                     "lo_hong_chua_va"),
            _figures("right", "BẢO VỆ VÀ BÁO CÁO", "PROTECTION, REPORTS", "attt_bao_du", "av_phu", "may_theo_doi",
                     "may_khong_cap_nhat_15_ngay"),
        ),
        (COAST_SEA, LY_SON),
        anchor=0.1,
    ),
    Scene(
        "sources",
        Text("Nguồn dữ liệu", "Data sources"),
        PROVINCE,
        ("background", "unit"),
        (
            _CLOCK,
            *(Panel("sources", side, _SOURCES.title) for side in ("left", "left", "right", "right", "right")),
        ),
        (COAST_SEA, LY_SON),
        anchor=0.1,
    ),
    Scene(
        "freshness",
        Text("Độ tươi dữ liệu", "Freshness of data"),
        PROVINCE,
        ("background", "unit"),
        (
            _CLOCK, _SOURCES,
            Panel("scores", "right", Text("ĐÚNG – ĐỦ – SẠCH – SỐNG", "RIGHT – COMPLETE – CLEAN – ALIVE")),
        ),
        (COAST_SEA, LY_SON),
        anchor=0.1,
    ),
)  # fmt: skip


def published(registry: Registry, scenes: Sequence[Scene] = SCENES) -> Mapping[str, Scene]:
    """The scenes that may be shown, by name, in their order; BadInput for one that leaves the islands out."""
    for scene in scenes:
        refuse_without_islands(scene)
    return {scene.name: scene for scene in scenes if all(name in registry for name in scene.layers)}


def refuse_without_islands(scene: Scene) -> None:
    """Every national view shows and names Hoàng Sa, Trường Sa and Lý Sơn: in its view, or in the inset."""
    if "background" not in scene.layers:
        raise BadInput(f"scene={scene.name!r}: without the layer background no island is drawn", field="layers")
    for wanted in MUST_BE_NAMED:
        drawn = wanted in scene.names and _inside(wanted, scene.view)
        if not drawn and not (scene.inset and wanted in IN_INSET):
            raise BadInput(
                f"scene={scene.name!r}: {wanted.title.vi} is neither named in its view nor in an inset;"
                " add the name and widen the view, or set inset=True",
                field="names",
                title="Cảnh thiếu Hoàng Sa, Trường Sa hoặc Lý Sơn",
            )


def _inside(name: Name, box: Box) -> bool:
    west, south, east, north = box
    return west <= name.lon <= east and south <= name.lat <= north


def first_measure(scene: Scene, registry: Registry) -> str | None:
    """The measure that colours the scene: the first of its own that exists."""
    return next((name for name in scene.measures if name in every_measure(registry)), None)


def every_measure(registry: Registry) -> frozenset[str]:
    """All measures as `layer.name`."""
    return frozenset(f"{layer.name}.{m.name}" for layer in registry.values() for m in layer.measures)


def find_scene(scenes: Mapping[str, Scene], name: str) -> Scene:
    """The scene, or NotFound naming those that exist."""
    if name not in scenes:
        raise NotFound(f"scene={name[:40]!r}: use one of {', '.join(scenes)}", field="scene")
    return scenes[name]
