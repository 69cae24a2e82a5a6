"""What was understood of a file, told before anybody relies on it: format, frame and shift, letters, columns."""

from dataclasses import dataclass, field

from ingest.tables.columns import Columns
from ingest.tables.placing import Placing
from ingest.tables.table import Table
from layers.spec import Text

LETTERS = {"tcvn3": "TCVN3 (ABC)", "vni": "VNI", "windows-1258": "windows-1258", "windows-1252": "windows-1252",
           "utf-8": "UTF-8", "utf-16": "UTF-16"}  # fmt: skip


WORKBOOKS = ("XLSX", "XLSB", "XLS", "ODS")


@dataclass
class Reading:
    """How a file was read. `notes` are what a person should look at."""

    table: Table
    columns: Columns
    placing: Placing | None
    notes: list[Text] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.table.format.startswith("MapInfo"):
            vi = "MapInfo không có ô trống cho số: số 0 có thể là chưa có số liệu"
            self.notes.append(Text(vi, "MapInfo has no empty numbers: a 0 may be a number nobody knew"))

    def told(self) -> list[Text]:
        """A line for each thing a person may want to check, Vietnamese and English."""
        lines = [_format(self.table), *([] if self.placing is None else [_frame(self.placing)]), _letters(self.table)]
        return [*lines, *_columns(self.columns), *(Text(f"lưu ý: {n.vi}", f"note: {n.en}") for n in self.notes)]


def _format(table: Table) -> Text:
    part = f" ‘{table.part}’" if table.part else ""
    word = ("trang tính", "sheet") if table.format in WORKBOOKS else ("lớp", "layer")
    vi, en = (f", {w}{part}" if part else "" for w in word)
    return Text(f"định dạng: {table.format}{vi}", f"format: {table.format}{en}")


def _frame(placing: Placing) -> Text:
    frame, how = placing.frame, {"--crs": ("theo --crs", "by --crs"), "file": ("tệp khai báo", "declared by the file")}
    vi, en = how.get(placing.told_by, ("mặc định của cột lon, lat", "what columns lon, lat mean"))
    if frame.note:
        vi, en = f"{vi}; {frame.note}", f"{en}, without its shift"
    if placing.declared is not None and placing.declared.title != frame.title:
        vi, en = f"{vi}; tệp khai báo {placing.declared.title}", f"{en}; the file declares {placing.declared.title}"
    moved = (f"chuyển về WGS 84 bằng {frame.shift}", f"shifted by {frame.shift}") if frame.shift else None
    vi_move, en_move = moved or ("không cần chuyển hệ", "no shift needed")
    return Text(f"hệ tọa độ: {frame.title} ({vi}); {vi_move}", f"frame: {frame.title} ({en}); {en_move}")


def _letters(table: Table) -> Text:
    letters = table.letters
    name = LETTERS.get(letters.name, letters.name)
    if not letters.cells:
        return Text(f"bảng mã: {name}", f"encoding: {name}")
    shown = f"; ví dụ ‘{letters.example[0]}’ → ‘{letters.example[1]}’" if letters.example else ""
    vi = f"bảng mã: {name} (đoán từ {letters.cells} ô{shown}); sai thì ghi --encoding"
    return Text(vi, f"encoding: {name} (guessed from {letters.cells} cells); --encoding overrules")


def _columns(columns: Columns) -> list[Text]:
    pairs = [(columns.shown[name], field) for name, field in columns.fields.items()]
    matched = ", ".join(field if shown == field else f"‘{shown}’ → {field}" for shown, field in pairs)
    lines = [Text(f"cột hiểu được: {matched}", f"columns: {matched}")]
    if columns.ignored:
        listed = ", ".join(columns.ignored)
        lines.append(Text(f"cột bỏ qua: {listed}", f"ignored: {listed}"))
    if columns.absent:
        listed = ", ".join(columns.absent)
        lines.append(Text(f"cột không có: {listed}", f"not there: {listed}"))
    commas = ", ".join(name for name, mark in columns.marks.items() if mark == ",")
    if commas:
        lines.append(Text(f"dấu phẩy thập phân ở: {commas}", f"decimal comma in: {commas}"))
    return [*lines, *(_day_order(name, *said) for name, said in columns.days.items())]


def _day_order(name: str, order: str | None, shown: bool) -> Text:
    """How a column's days were read, and whether any cell shows that it must be so."""
    if order is None:
        vi = f"ngày ở cột {name}: các ô theo hai thứ tự khác nhau; ô đọc được hai cách bị từ chối"
        return Text(vi, f"days in {name}: cells contradict each other; what reads in two ways is refused")
    vi_order, en_order = (
        ("ngày/tháng/năm", "day/month/year") if order == "dmy" else ("tháng/ngày/năm", "month/day/year")
    )
    vi, en = f"ngày ở cột {name}: đọc theo {vi_order}", f"days in {name}: read as {en_order}"
    if not shown:
        vi, en = f"{vi}; mọi ô cũng đọc được theo thứ tự kia, xem lại", f"{en}; every cell fits the other order too"
    return Text(vi, en)
