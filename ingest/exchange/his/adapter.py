"""GIAMDINHHS (HIS XML): tables XML1, XML2 … in base64, of which the first is counted and nothing is kept.

Our contract: a file holds every record that a facility closed on the days it touches, so that a later file for the same
day is a correction. A record that cannot be counted is refused by its place in the file, never with its words.
"""

import secrets
from collections import Counter, defaultdict
from datetime import date
from hashlib import blake2b
from pathlib import Path

from geo.clock import FUTURE_ALLOWANCE, local_date
from geo.errors import BadInput
from ingest.adapters import adapter_named
from ingest.exchange.desk import Given, Published, Room
from ingest.exchange.figures import Figures, Report, Source, check_day, store_figures
from ingest.exchange.his.dialects import Stay, dialect_of, read_stay
from ingest.outcome import Reject
from ingest.xml_tree import Limits, Node, read_xml

ADAPTER = adapter_named("his")
CONTRACT = "opsmap/facility-day/1"
REPORT = Report(
    CONTRACT,
    ADAPTER,
    "facility",
    {
        "ho_so_kcb": "hồ sơ",
        "luot_kham": "lượt",
        "ra_vien_noi_tru": "lượt",
        "chuyen_tuyen": "lượt",
        "tu_vong": "người",
        "ngay_dieu_tri": "ngày",
    },
)
MOST_IN_A_CODE = 20
INSIDE = Limits(depth=16, elements=100_000, letters=4_000_000)


class HisXml:
    """GIAMDINHHS, or the counts of one."""

    name = "his"

    def knows(self, given: Given) -> bool:
        """Whether it holds records of patients, or the counts of such."""
        return b"GIAMDINHHS" in given.head or REPORT.is_told_by(given.head)

    def target(self, given: Given) -> str:
        """Figures of its own kind."""
        return self.name

    def publish(self, room: Room, given: Given, scratch: Path) -> Published:
        """Store the counts of each facility and day."""
        rejects: list[Reject] = []
        joined = 0
        if REPORT.is_told_by(given.head):
            found = REPORT.read(given.path)
            for figures in found:
                check_day(room, figures.day, "day")
        else:
            counted = _Counted(local_date(room.clock() + FUTURE_ALLOWANCE))
            counted.read(given.path)
            found, rejects = counted.figures(), counted.rejects
            joined = counted.records - len(found)
        kept = REPORT.tell(found, scratch / f"{given.path.parent.name}-facility-days.json")
        sender = room.desk.sender("his", "his", "Hồ sơ khám chữa bệnh (HIS XML)")
        summary = store_figures(room, REPORT, Source(sender, "GIAMDINHHS", kept), found, rejects)
        summary.lines += joined
        summary.ignored["counted_together"] += joined
        return Published(summary, kept)


class _Counted:
    """Counts records as they pass. The names of records are mixed with a number of this run alone before they are
    compared, so that nothing of them is left even in a memory dump of a later run.
    """

    def __init__(self, last_day: date) -> None:
        self.records = 0
        self.rejects: list[Reject] = []
        self._salt, self._last_day = secrets.token_bytes(16), last_day
        self._seen: set[bytes] = set()
        self._days: defaultdict[tuple[str, date], Counter[str]] = defaultdict(Counter)
        self._unsure: set[tuple[str, date]] = set()
        self._facility: str | None = None
        self._number = 0

    def read(self, path: Path) -> None:
        """Count a whole file. BadInput when it is no GIAMDINHHS."""
        take = {"FILEHOSO": self._take, "MACSKCB": self._note}
        with path.open("rb") as stream:
            root = read_xml(stream, blobs=frozenset({"NOIDUNGFILE"}), take=take)
        if root.name != "GIAMDINHHS":
            raise BadInput("GIAMDINHHS is missing: it is the outermost element of such a file", field="GIAMDINHHS")

    def _note(self, node: Node, around: str) -> None:
        self._facility = node.text or None

    def _take(self, file: Node, around: str) -> None:
        if (file.say("LOAIHOSO") or "").upper() != "XML1":
            return
        self._number += 1
        content = file.find("NOIDUNGFILE")
        blob = content.blob if content is not None else None
        if blob is None or blob.error:
            self._refuse("NOIDUNGFILE", "missing or not base64")
            return
        try:
            root = read_xml(blob.open(), limits=INSIDE)
        except BadInput:
            self._refuse("NOIDUNGFILE", "not readable as XML")  # the parser's own words may quote the record
            return
        records = list(_records(root))
        if not records:
            self._refuse("MA_LK", "missing")
        for record in records:
            self._count(record)

    def _count(self, record: Node) -> None:
        dialect = dialect_of(record)
        stay = read_stay(record, dialect) if dialect is not None else "MA_LOAI_RV"
        if isinstance(stay, str):
            self._refuse(stay, "missing, or not as QĐ 4750 or QĐ 4210 writes it")
            return
        facility = stay.facility or self._facility
        mark = blake2b(stay.key.encode(), key=self._salt, digest_size=12).digest()
        if facility is None or len(facility) > MOST_IN_A_CODE or stay.day > self._last_day or mark in self._seen:
            wrong = (
                "MA_CSKCB"
                if facility is None or len(facility) > MOST_IN_A_CODE
                else "MA_LK"
                if mark in self._seen
                else "NGAY_RA"
            )
            self._refuse(
                wrong,
                {"MA_LK": "stands twice in the file", "NGAY_RA": "in the future"}.get(wrong, "missing or too long"),
            )
            return
        self._seen.add(mark)
        self.records += 1
        self._add((facility, stay.day), stay)

    def _add(self, key: tuple[str, date], stay: Stay) -> None:
        counts = self._days[key]
        counts["ho_so_kcb"] += 1
        counts["ra_vien_noi_tru" if stay.inpatient else "luot_kham"] += 1
        counts["chuyen_tuyen"] += stay.transferred
        counts["tu_vong"] += stay.died
        counts["ngay_dieu_tri"] += stay.bed_days or 0
        if stay.inpatient and stay.bed_days is None:
            self._unsure.add(key)

    def _refuse(self, field: str, why: str) -> None:
        where = f"XML1 number {self._number}"
        detail = f"{where}, field {field}: {why}; the record itself is not kept, mend it at the facility and send again"
        self.rejects.append(Reject("bad_record", detail, f"[withheld: {where} {field}]".encode(), self._number))

    def figures(self) -> list[Figures]:
        """The counts by facility and day; bed days are unknown where one stay does not tell its own."""
        found = []
        for key, counts in sorted(self._days.items()):
            values: dict[str, int | None] = {name: counts[name] for name in REPORT.units}
            if key in self._unsure:
                values["ngay_dieu_tri"] = None
            found.append(Figures(*key, values))
        return found


def _records(node: Node) -> list[Node]:
    """Every element that names a record, however deep a vendor wraps it."""
    if node.find("MA_LK") is not None:
        return [node]
    return [record for child in node.children for record in _records(child)]
