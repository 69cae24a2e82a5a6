"""What proves a dossier: deliveries with their hashes, the seals of the days, the hash of every part."""

from collections.abc import Iterator
from typing import Any

from tiles.document.words import number
from tiles.paper.blocks import Safe, heading, paragraph, table, text
from tiles.paper.dossier_words import moment

SECTIONS = {
    "form": "dạng hồ sơ", "made": "lập lúc, bởi", "origin": "nguồn gốc số liệu", "case": "vụ việc",
    "boat": "tàu và người", "devices": "thiết bị", "window": "khoảng thời gian", "timeline": "sổ vụ việc",
    "contacts": "liên hệ", "events": "máy phát hiện", "incident": "sự cố", "positions": "vị trí thiết bị",
    "typed": "vị trí nhập tay", "reported": "vị trí do người báo", "track": "hành trình", "duties": "nghĩa vụ",
    "law": "căn cứ pháp luật", "lineage": "đợt nhận", "seals": "niêm phong ngày",
}  # fmt: skip


def proof_section(told: dict[str, Any]) -> Iterator[Safe]:
    """How anybody can check that nothing was changed."""
    yield heading("Nguồn gốc và niêm phong")
    rows = [(str(d["id"]), d["title_vi"], d["adapter"], moment(d["started_at"]), number(d["positions"], "vi"),
             _hash(d["sha256"])) for d in told["lineage"]]  # fmt: skip
    if rows:
        head = ["Đợt", "Nguồn", "Bộ đọc", "Bắt đầu nhận", "Vị trí", "SHA-256 của tệp nhận"]
        yield table(
            head, rows, "tight", "Dòng dữ liệu truyền liên tục không có SHA-256 của cả đợt; từng dòng có, trong JSON."
        )
    yield heading("Niêm phong các ngày lưu dữ liệu", 3)
    seals = [(moment(s["day"]), number(s["rows"], "vi"), _hash(s["digest"]), _hash(s["head"]), moment(s["sealed_at"]))
             for s in told["seals"]]  # fmt: skip
    if seals:
        head = ["Ngày lưu", "Số dòng", "SHA-256 của ngày", "Đầu chuỗi", "Niêm phong lúc"]
        yield table(
            head,
            seals,
            "tight",
            "Mỗi ngày nối với ngày trước: sửa một byte của ngày nào thì đầu chuỗi từ ngày đó khác đi.",
        )
    else:
        yield paragraph("Các ngày này chưa niêm phong; ngày được niêm phong sau nửa đêm.")
    yield heading("SHA-256 của từng phần (tệp JSON)", 3)
    hashes = [(SECTIONS.get(name, name), _hash(value)) for name, value in told["hashes"].items()]
    yield table(["Phần", "SHA-256"], [*hashes, ("cả hồ sơ", _hash(told["sha256"]))], "tight hashes")
    yield paragraph("Kiểm tra: opsmap verify dossier TỆP.zip (hoặc .json, .pdf, .gpkg).", "quiet")


def _hash(told: str | None) -> Safe:
    return Safe(f'<span class="hash">{text(told)}</span>')
