"""Information-security reports (AVReport) of an agency: how many machines, files, connections; never which.

The shape (sections Malware, Connection, Vulnerability, OS, Update, QualityFeature, each a list of Machine with ip and
name) is that of the national sharing format as far as it is public. Addresses and names are used to count a machine
once and are then gone: they reach neither the database nor the raw store.
"""

import re
from collections import Counter, defaultdict
from pathlib import Path

from geo.clock import local_date
from geo.errors import BadInput
from ingest.adapters import adapter_named
from ingest.exchange.desk import Given, Published, Room
from ingest.exchange.edxml_read import read_moment
from ingest.exchange.figures import Figures, Report, Source, check_agency, check_day, read_count, store_figures
from ingest.xml_tree import Node, read_xml

ADAPTER = adapter_named("avreport")
CONTRACT = "opsmap/av-counts/1"
REPORT = Report(
    CONTRACT,
    ADAPTER,
    "agency",
    {
        "may_nhiem": "máy",
        "tep_doc_hai": "tệp",
        "may_da_lam_sach": "máy",
        "ket_noi_doc_hai": "kết nối",
        "may_co_lo_hong": "máy",
        "lo_hong_chua_va": "lỗ hổng",
        "may_theo_doi": "máy",
        "may_khong_cap_nhat_15_ngay": "máy",
        "may_kiem_tra_bao_ve": "máy",
        "may_bat_bao_ve": "máy",
        "may_bat_tuong_lua": "máy",
    },
)
SECTIONS = {
    "Malware": ("may_nhiem", "tep_doc_hai"),
    "Connection": ("ket_noi_doc_hai",),
    "Vulnerability": ("may_co_lo_hong", "lo_hong_chua_va"),
    "OS": ("may_theo_doi",),
    "QualityFeature": ("may_kiem_tra_bao_ve", "may_bat_bao_ve", "may_bat_tuong_lua"),
}
"""A section that is there and empty says 0; one that is missing says nothing."""
_ELEMENT = re.compile(rb"<(?:\w+:)?AVReport[\s>/]")
ON = {"1", "true", "on", "yes", "enabled"}


class AvReports:
    """AVReport, alone, in an envelope's body, or as a file of a letter."""

    name = "avreport"

    def knows(self, given: Given) -> bool:
        """Whether it holds an AVReport, or the counts of one."""
        return has_report(given.head) or REPORT.is_told_by(given.head)

    def target(self, given: Given) -> str:
        """Figures of its own kind."""
        return self.name

    def publish(self, room: Room, given: Given, scratch: Path) -> Published:
        """Store the counts of the agency's day."""
        if REPORT.is_told_by(given.head):
            found = REPORT.read(given.path)
        else:
            found = [_read(room, given.path)]
        for figures in found:
            check_day(room, figures.day, "Datetime")
        kept = REPORT.tell(found, scratch / f"{given.path.parent.name}-av-counts.json")
        sender = room.desk.sender("avreport", "avreport", "Báo cáo an toàn thông tin (AVReport)")
        return Published(store_figures(room, REPORT, Source(sender, "AVReport", kept), found), kept)


def has_report(head: bytes) -> bool:
    """Whether an AVReport element begins here."""
    return _ELEMENT.search(head) is not None


class _Count:
    """Counts machines as they pass; each once per section, however often it is named."""

    def __init__(self) -> None:
        self.values: Counter[str] = Counter()
        self._seen: defaultdict[str, set[int]] = defaultdict(set)
        self._dirty: set[int] = set()
        self._tells_cleaned = False
        self._names: set[int] = set()

    @property
    def cleaned(self) -> int | None:
        """Infected machines on which everything found was dealt with; None where the report does not say."""
        infected = self._seen["Malware"]
        return len(infected - self._dirty) if self._tells_cleaned or not infected else None

    def names_machine(self, text: str) -> bool:
        """Whether a machine of this report is called so."""
        return hash(text.strip().lower()) in self._names

    def take(self, machine: Node, section: str) -> None:
        """One Machine of a section."""
        called = (machine.attributes.get("ip"), machine.attributes.get("name"))
        mark = hash(called)
        self._names |= {hash(name.strip().lower()) for name in called if name}
        new = mark not in self._seen[section]
        self._seen[section].add(mark)
        if section == "Malware":
            self.values["may_nhiem"] += new
            infos = list(machine.all("MalwareInfo"))
            self.values["tep_doc_hai"] += sum(_files(info) for info in infos)
            self._tells_cleaned |= any(info.say("Cleaned") is not None for info in infos)
            if not all(_on(info, "Cleaned") for info in infos):
                self._dirty.add(mark)
        elif section == "Connection":
            self.values["ket_noi_doc_hai"] += sum(1 for _ in machine.all("ConnectionInfo"))
        elif section == "Vulnerability":
            self.values["may_co_lo_hong"] += new
            self.values["lo_hong_chua_va"] += sum(1 for _ in machine.all("VulnerabilityInfo"))
        elif section == "OS":
            self.values["may_theo_doi"] += new
        elif section == "QualityFeature" and new:
            self.values["may_kiem_tra_bao_ve"] += 1
            self.values["may_bat_bao_ve"] += _on(machine, "AutoProtect")
            self.values["may_bat_tuong_lua"] += _on(machine, "EnableFirewall")


def _files(info: Node) -> int:
    number = read_count(info.say("NumberFile"))
    return 1 if number is None else number


def _on(machine: Node, name: str) -> bool:
    return (machine.say(name) or "").lower() in ON


def _read(room: Room, path: Path) -> Figures:
    count = _Count()
    with path.open("rb") as stream:
        root = read_xml(stream, take={"Machine": count.take})
    report = _descend(root, "AVReport")
    if report is None:
        raise BadInput("AVReport is missing", field="AVReport")
    moment = read_moment(report.say("Datetime") or "")
    if moment is None:
        raise BadInput("Datetime is missing or no moment: write Unix seconds or yyyy/MM/dd HH:mm:ss", field="Datetime")
    values: dict[str, int | None] = {}
    for section, names in SECTIONS.items():
        if report.find(section) is not None:
            values |= {name: count.values[name] for name in names}
    if "may_nhiem" in values and count.cleaned is not None:
        values["may_da_lam_sach"] = count.cleaned
    if (update := report.find("Update")) is not None:
        values["may_khong_cap_nhat_15_ngay"] = read_count(update.say("NumberMachineNotUpdateOn15Day"))
    agency = _agency(root, room)
    if count.names_machine(agency):
        raise BadInput("OrganId names a machine of the report: give the agency's code on the axis", field="OrganId")
    return Figures(agency, local_date(moment), values)


def _agency(root: Node, room: Room) -> str:
    header = _descend(root, "From")
    code = header.say("OrganId") if header is not None else None
    if code is None and (room.sender is None or room.paper_id is None):
        raise BadInput("From/OrganId is missing: give the agency's code on the axis", field="OrganId")
    return check_agency(code or (room.sender.code if room.sender else ""), "OrganId")


def _descend(node: Node, name: str) -> Node | None:
    """The node itself or its first descendant of that name."""
    if node.name == name:
        return node
    return next((found for child in node.children if (found := _descend(child, name)) is not None), None)
