"""Where the boat was, on a map and in tables: what devices said, and apart from it what people said."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from geo.degrees import show_place
from tiles.document.words import number
from tiles.paper.blocks import Cell, Safe, figure, heading, paragraph, table, text
from tiles.paper.dossier_words import moment, span, when
from tiles.paper.sea import Box, Sea
from tiles.paper.sea_map import Drawn, SeaMap, box_around

MOST_ROWS = 160
"""So many positions are printed; the files hold them all."""
MOST_SIGNS = 400


def box_of(told: dict[str, Any]) -> Box:
    """The box of the map of a dossier."""
    return box_around(_spots(told))


def map_section(told: dict[str, Any], sea: Sea) -> Iterator[Safe]:
    """The map with what it shows, its source and its time."""
    yield heading("Bản đồ")
    drawn = SeaMap(box_of(told), sea).draw(_drawn(told))
    window = told["window"]
    sources = ", ".join(sorted({p["source"] for p in told["positions"]})) or "không có vị trí nào"
    yield figure(
        drawn,
        "Nét liền: đoạn có vị trí thiết bị gửi; nét đứt: khoảng mất tín hiệu, không phải đường tàu đi; chấm tròn:"
        " vị trí thiết bị; hình thoi: vị trí do người báo. Khung nhỏ: Biển Đông với Đặc khu Hoàng Sa, Đặc khu"
        " Trường Sa, Lý Sơn."
        f" Từ {moment(window['from'])} đến {moment(window['to'])}. Nguồn vị trí: {sources}. Nền: opsmap.",
    )


def position_section(told: dict[str, Any]) -> Iterator[Safe]:
    """Positions that devices sent, and the gaps between them."""
    yield heading("Vị trí thiết bị gửi")
    limits = told["track"]["limits"]
    window_end = told["window"]["to"]
    gaps = [(when(g["from"]), when(g["to"]) if g["to"] else f"không có lại đến {moment(window_end)}",
             span(g["from"], g["to"] or window_end)) for g in told["track"]["gaps"]]  # fmt: skip
    if gaps:
        vms, ais = (number(limits[name] / 60, "vi") for name in ("vms_s", "ais_s"))
        said = f"quá {vms} phút (giám sát hành trình), {ais} phút (AIS)"
        yield table(["Mất tín hiệu từ", "Đến", "Kéo dài"], gaps, "tight", f"Khoảng mất tín hiệu: {said}.")
    kept, left = told["positions"][-MOST_ROWS:], max(0, len(told["positions"]) - MOST_ROWS)
    rows = [(when(p["t"]), _place(p), _speed(p), p["device"], p["source"], when(p["heard_at"]),
             p["raw_sha256"][:12]) for p in kept]  # fmt: skip
    if not rows:
        yield paragraph("Không có vị trí nào trong khoảng thời gian của hồ sơ.")
        return
    more = f" {number(left, 'vi')} vị trí cũ hơn không in ở đây, có trong tệp JSON và GPKG." if left else ""
    head = ["Giờ thiết bị", "Vị trí", "Hải lý/giờ, hướng", "Thiết bị", "Nguồn", "Nhận lúc", "Dòng gốc (SHA-256)"]
    yield table(head, rows, "tight", f"Mười hai chữ số đầu của SHA-256 dòng gốc; đủ trong tệp JSON.{more}")


def word_section(told: dict[str, Any]) -> Iterator[Safe]:
    """What people said of where the boat was; never counted as the device's word."""
    yield heading("Vị trí do người báo (không phải của thiết bị)")
    rows = [(moment(r["t"]), _place(r), f"{r['caller']} {r['caller_name'] or ''}".strip(), r["channel_title"],
             f"{r['taken_by']}, {moment(r['heard_at'])}", _said(r)) for r in told["reported"]]  # fmt: skip
    rows += [(moment(p["t"]), _place(p), "nhập tay tại trung tâm", p["source"], moment(p["heard_at"]), p["device"])
             for p in told["typed"]]  # fmt: skip
    if rows:
        head = ["Về lúc", "Vị trí", "Người báo", "Qua", "Ghi bởi, lúc", "Ghi chú"]
        yield table(head, rows, "tight", "Nguồn: sổ vị trí báo qua bộ đàm, điện thoại; điện nhập tay.")
    else:
        yield paragraph("Không có.")


def _said(row: dict[str, Any]) -> str:
    told = [row["note"] or "", f"giao lại {row['handed_to']}" if row["handed_to"] else ""]
    told.append(f"đính chính dòng {row['corrects']}" if row["corrects"] else "")
    told.append(f"đã được đính chính bởi dòng {row['corrected_by']}" if row["corrected_by"] else "")
    return "; ".join(part for part in told if part)


def _place(row: dict[str, Any]) -> Cell:
    if row["lon"] is None or row["lat"] is None:
        return "không có"
    spot = show_place(row["lon"], row["lat"])
    return Safe(f'<span class="nw">{text(spot)}</span>')


def _speed(row: dict[str, Any]) -> str:
    speed = "–" if row["sog_kn"] is None else f"{number(row['sog_kn'], 'vi', 1)}"
    return speed if row["cog_deg"] is None else f"{speed}, {number(row['cog_deg'], 'vi')}°"


def _spots(told: dict[str, Any]) -> list[tuple[float, float]]:
    spots = [(p["lon"], p["lat"]) for p in (*told["positions"], *told["reported"]) if p["lon"] is not None]
    spots += [(lon, lat) for piece in told["track"]["pieces"] for _, lon, lat in piece]
    place = told["case"]["place"]
    return [*spots, (place["lon"], place["lat"])] if place else spots


def _drawn(told: dict[str, Any]) -> Drawn:
    track = told["track"]
    pieces = [[(lon, lat) for _, lon, lat in piece] for piece in track["pieces"] if len(piece) > 1]
    gaps = [[(lon, lat) for _, lon, lat in gap["ends"]] for gap in track["gaps"] if len(gap["ends"]) > 1]
    heard = [(p["lon"], p["lat"]) for p in told["positions"] if p["lon"] is not None]
    every = max(1, -(-len(heard) // MOST_SIGNS))
    said = [((r["lon"], r["lat"]), moment(r["t"])[-5:]) for r in told["reported"] if r["corrected_by"] is None]
    began = datetime.fromisoformat(told["case"]["began_at"])
    nearest = sorted(track["gaps"], key=lambda gap: abs(datetime.fromisoformat(gap["from"]) - began))[:1]
    marks = [((gap["ends"][0][1], gap["ends"][0][2]), f"mất tín hiệu {moment(gap['from'])}") for gap in nearest]
    return Drawn(pieces, gaps, heard[::every], said, marks)
