"""The law of one conduct for one length at one moment, chosen out of rows; and the statement that reads them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, or_, select

from geo.errors import BadInput
from layers.spec import Text
from layers.watch.rules import TEXT, Rule

CONDUCTS = {
    "silence": Text("Mất kết nối giám sát hành trình", "Silence of the monitoring device"),
    "not_reporting": Text("Không báo vị trí 6 giờ một lần", "Not reporting every 6 hours"),
    "boundary": Text("Vượt ranh giới vùng được phép khai thác", "Crossing the permitted boundary"),
    "zone": Text("Khai thác sai vùng", "Wrong belt for the length"),
    "device": Text("Tháo, giữ, gửi thiết bị của tàu khác", "Removing, holding or sending another boat's device"),
    "must_carry": Text("Phải lắp thiết bị giám sát hành trình", "Must carry a monitoring device"),
    "retention": Text("Lưu dữ liệu giám sát hành trình", "Keeping monitoring data"),
    "devices": Text("Số thiết bị trên một tàu", "Devices per vessel"),
    "track": Text("Vẽ hành trình (trung tâm tự đặt)", "Drawing tracks (the centre's own)"),
    "storm": Text("Ứng phó bão (trung tâm tự đặt)", "Storms (the centre's own)"),
    "shift": Text("Giờ ca trực (trung tâm tự đặt)", "Hours of shifts (the centre's own)"),
    "bulletin": Text("Giờ lập báo cáo (trung tâm tự đặt)", "When reports are made (the centre's own)"),
    "books": Text("So các sổ với nhau (trung tâm tự đặt)", "Holding the books against each other (the centre's own)"),
    "watch": Text("Canh chừng trên biển (trung tâm tự đặt)", "The watch over the sea (the centre's own)"),
    "risk": Text("Điểm nguy cơ (trung tâm tự đặt)", "Points of risk (the centre's own)"),
}
"""What the law, the detectors and the cases call each conduct, in the order people read them."""


Held: TypeAlias = Any
"""What has the columns of `Rule`: a row of it, or a draft."""


@dataclass(frozen=True)
class Law:
    """What holds: rows as they are in the table, the applied reading first, then by step and length."""

    conduct: str
    length_m: float | None
    at: datetime
    duties: tuple[Any, ...]
    penalties: tuple[Any, ...]
    leads: tuple[Any, ...]

    @property
    def first_duty(self) -> Any | None:
        """The row that is cited first: an applied duty, not what the centre chose for itself."""
        return next((row for row in self.duties if row.kind == "duty" and row.reading == TEXT), None)

    @property
    def penalty(self) -> Any | None:
        """The band of a first offence, if any is known."""
        return next(iter(self.penalties), None)

    @property
    def lead(self) -> Any | None:
        """Who leads, if it is known for that length."""
        return next(iter(self.leads), None) if self.length_m is not None or len(self.leads) == 1 else None

    @property
    def verified(self) -> bool:
        """Whether a person has held every one of these rows against its text; False when there is none."""
        rows = [*self.duties, *self.penalties, *self.leads]
        return bool(rows) and all(row.verified for row in rows)


def citations(law: Law) -> frozenset[tuple[str, str, str | None]]:
    """What a dossier of that day must cite: (duty, penalty or lead, decree, article); no settings, no practice."""
    rows = [*law.duties, *law.penalties, *law.leads]
    return frozenset((r.kind, r.decree, r.article) for r in rows if r.kind != "setting" and r.reading == TEXT)


def check_conduct(conduct: str) -> str:
    """The conduct, or BadInput that names them all."""
    if conduct not in CONDUCTS:
        raise BadInput(f"conduct={conduct[:40]!r}: use one of {', '.join(CONDUCTS)}", field="conduct")
    return conduct


def law_statement(conducts: Iterable[str], known_at: datetime | None = None) -> Select[*tuple[Any, ...]]:
    """Every row of some conducts, of all times and readings: as known now, or as it was known at a moment."""
    known: ColumnElement[bool] = Rule.superseded_at.is_(None)
    if known_at is not None:
        known = (Rule.stored_at <= known_at) & or_(Rule.superseded_at.is_(None), Rule.superseded_at > known_at)
    return select(Rule).where(known, Rule.conduct.in_(list(conducts))).order_by(Rule.valid_from, Rule.id)


def fits(row: Held, length_m: float | None) -> bool:
    """Whether a row speaks of that length; of an unknown length every row does."""
    if length_m is None:
        return True
    return row.min_length_m <= length_m and (row.max_length_m is None or length_m < row.max_length_m)


def holds(row: Held, at: datetime) -> bool:
    """Whether a row is in force at a moment."""
    return row.valid_from <= at and (row.valid_to is None or at < row.valid_to)


def choose(rows: Iterable[Held], conduct: str, length_m: float | None, at: datetime) -> Law:
    """The law of a conduct for a length in metres at a moment, of rows of `law_statement`."""
    found = [row for row in rows if row.conduct == conduct and holds(row, at) and fits(row, length_m)]
    found.sort(key=lambda row: (row.reading != TEXT, _STEPS.get(row.step, 9), row.min_length_m))
    duties = tuple(row for row in found if row.kind in ("duty", "setting"))
    penalties, leads = (tuple(row for row in found if row.kind == kind) for kind in ("penalty", "lead"))
    return Law(conduct, length_m, at, duties, penalties, leads)


_STEPS = {name: n for n, name in enumerate(
    ("report_due", "report_grace", "position_by_other_means", "port_for_repair", "fine", "repeat", "not_in_port",
     "referral"))}  # fmt: skip


def pick_threshold(law: Law, step: str) -> int | None:
    """The applied threshold in seconds of a step, None where the law of that day and length has none."""
    return next((r.threshold_s for r in law.duties if (r.step, r.reading) == (step, TEXT)), None)


def ladder(law: Law) -> tuple[tuple[str, float], ...]:
    """(status, seconds) from the mildest step to the gravest, as `layers.watch.detect.silence` takes it.

    A step that the law of that day does not know is left out.
    """
    due, grace = pick_threshold(law, "report_due"), pick_threshold(law, "report_grace") or 0
    steps: Sequence[tuple[str, int | None]] = (
        ("late", None if due is None else due + grace),
        ("lost_6h", pick_threshold(law, "position_by_other_means")),
        ("lost_10d", pick_threshold(law, "port_for_repair")),
    )
    return tuple((name, float(seconds)) for name, seconds in steps if seconds is not None)


def permitted_belts(law: Law) -> frozenset[str]:
    """The kinds of zone in which a boat of that length may fish, for `layers.watch.detect.belts`."""
    return frozenset(row.permits for row in law.duties if row.permits and row.reading == TEXT)
