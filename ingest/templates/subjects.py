"""About whom a row is: units by code or by name without dấu in their right vintage, agencies, facilities.

What is no subject today is explained, never guessed: an old district named in a form of communes is shown with what its
ground has become.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import psycopg
from psycopg import sql

from ingest.outcome import Fault
from ingest.tables.columns import bare
from ingest.templates.match import without_number
from layers.registry import get_layer, load_layers
from layers.sources.template_body import FormSubject
from layers.spec import Text

TYPES = {
    "commune": ("xa", "phuong", "dac khu", "thi tran", "x", "p"),
    "district": ("huyen", "thi xa", "thanh pho", "tp", "tx", "h"),
}
LEAST_ALIKE = 3
_DISTRICTS = ("district", "former_district")
WORDS = {"commune": "xã, phường, đặc khu", "district": "cấp huyện", "former_district": "địa bàn huyện cũ"}


class Subject(NamedTuple):
    """One that figures may be about."""

    code: str
    name: str


class _Unit(NamedTuple):
    code: str
    level: str
    name: str
    full_name: str
    valid_from: date
    valid_to: date | None
    successors: str | None


@dataclass
class Subjects:
    """All that a form's rows may name on one day; `find` gives the subject of a label, or says what is wrong."""

    wanted: FormSubject
    on: date
    units: Sequence[_Unit] = ()
    others: Sequence[Subject] = ()

    def find(self, label: str) -> Subject | Fault:
        """The subject that a label names."""
        said = without_number(label)
        named = {bare(name): code for name, code in self.wanted.names.items()}
        if (code := named.get(bare(said))) is not None:
            return Subject(code, said)
        return self._unit(said) if self.wanted.kind == "unit" else self._other(said)

    def all(self) -> list[Subject]:
        """Every unit of the form's level on that day; nothing where nobody knows them all."""
        return [Subject(u.code, u.full_name) for u in self._today()]

    def look_like_districts(self, labels: Sequence[str]) -> Fault | None:
        """What to say of a form of communes that is filled with districts of before; None when it is not."""
        if self.wanted.kind != "unit" or self.wanted.level != "commune":
            return None
        districts = {bare(u.name) for u in self.units if u.level in _DISTRICTS}
        communes = {bare(u.name) for u in self._today()}
        said = [_type_apart(bare(without_number(label)))[1] for label in labels]
        old, new = sum(s in districts for s in said), sum(s in communes for s in said)
        if old < 3 or old <= new:
            return None
        return Fault(
            None,
            f"{old} of {len(said)} rows name districts of before 1 July 2025, in a form of communes; use the form of"
            " former districts, or give communes",
            f"{old}/{len(said)} dòng là địa bàn huyện cũ, mẫu này lấy theo xã, phường, đặc khu từ 01/7/2025; dùng mẫu"
            " theo địa bàn huyện cũ, hoặc ghi theo xã",
        )

    def may_be_districts(self, labels: Sequence[str]) -> Text | None:
        """What to say where most rows of communes bear names that districts of before had too; None elsewhere."""
        if self.wanted.kind != "unit" or self.wanted.level != "commune":
            return None
        districts = {bare(u.name) for u in self.units if u.level in _DISTRICTS}
        both = [label for label in labels if bare(without_number(label)) in districts]
        if len(both) < LEAST_ALIKE or 2 * len(both) <= len(labels):
            return None
        listed = ", ".join(both[:6]) + (" …" if len(both) > len(both[:6]) else "")
        vi = f"{len(both)}/{len(labels)} dòng ({listed}) đọc là xã, phường; cũng là tên huyện cũ: xem lại là số của ai"
        en = f"{len(both)} of {len(labels)} rows ({listed}) are read as communes; districts of before had these names"
        return Text(vi, en)

    def _today(self) -> list[_Unit]:
        return [u for u in self.units if u.level == self.wanted.level and _holds(u, self.on)]

    def _unit(self, said: str) -> Subject | Fault:
        kind, name = _type_apart(bare(said))
        fits = kind is None or (kind == "commune") == (self.wanted.level == "commune")
        here = [u for u in self._today() if fits and (u.code == said.strip() or _names(u, bare(said), name))]
        if len(here) == 1:
            return Subject(here[0].code, here[0].full_name)
        if here:
            listed = ", ".join(f"{u.full_name} ({u.code})" for u in here)
            return Fault(None, f"{said!r} may be {listed}; give the code", f"‘{said}’ có thể là {listed}; ghi mã")
        elsewhere = [u for u in self.units if u.code == said.strip() or _names(u, bare(said), name)]
        elsewhere = [u for u in elsewhere if kind is None or (kind == "commune") == (u.level == "commune")]
        if elsewhere:
            return self._explained(said, elsewhere)
        return self._unknown(said, {bare(u.name): u.full_name for u in self._today()})

    def _explained(self, said: str, found: Sequence[_Unit]) -> Fault:
        alike = self.wanted.level == "commune"
        unit = max(found, key=lambda u: ((u.level == "commune") == alike, u.valid_to or date.max))
        until = f"{unit.valid_to:%d/%m/%Y}" if unit.valid_to else ""
        names = {u.code: u.full_name for u in self.units if u.level == "commune" and u.valid_to is None}
        after = [f"{names[c]} ({c})" for c in (unit.successors or "").replace(";", " ").split() if c in names]
        vi_after = f"; địa bàn ấy nay là {', '.join(after)}" if after else ""
        en_after = f"; its ground is now {', '.join(after)}" if after else ""
        vi_end, en_end = (f", đến {until}", f", until {until}") if until else ("", "")
        wanted = WORDS[self.wanted.level or "commune"]
        level = WORDS.get(unit.level, unit.level)
        vi = f"‘{said}’ là {unit.full_name} ({level}{vi_end}), mẫu này lấy theo {wanted}{vi_after}"
        en = f"{said!r} is {unit.full_name} ({unit.level}{en_end}); this form takes {self.wanted.level}{en_after}"
        return Fault(None, en, vi)

    def _other(self, said: str) -> Subject | Fault:
        found = {s.code: s for s in self.others if s.code == said.strip() or bare(s.name) == bare(said)}
        if len(found) == 1:
            return next(iter(found.values()))
        if found:
            listed = ", ".join(found)
            return Fault(
                None, f"{said!r} may be any of {listed}; give the code", f"‘{said}’ trùng tên: {listed}; ghi mã"
            )
        return self._unknown(
            said, {bare(s.name): s.name for s in self.others} | {bare(n): n for n in self.wanted.names}
        )

    @staticmethod
    def _unknown(said: str, names: Mapping[str, str]) -> Fault:
        meant = _type_apart(bare(said))[1]
        near = [names[n] for n in difflib.get_close_matches(meant, names, 2, 0.75)]
        vi, en = (f"; gần giống: {', '.join(near)}", f"; alike: {', '.join(near)}") if near else ("", "")
        return Fault(None, f"{said!r} is not known{en}", f"không có ‘{said}’{vi}; kiểm tra tên hoặc ghi mã")


def read_subjects(connection: psycopg.Connection, wanted: FormSubject, on: date) -> Subjects:
    """Everybody a form's rows may be about, for periods that begin on a day."""
    if wanted.kind == "unit":
        rows = connection.execute(
            "SELECT code, level, name, full_name, valid_from, valid_to, successor_codes FROM unit"
            " WHERE level <> 'province'"
        )
        return Subjects(wanted, on, [_Unit(*row) for row in rows])
    if wanted.layer is None:
        return Subjects(wanted, on, others=[Subject(code, name) for name, code in wanted.names.items()])
    layer = get_layer(load_layers(), wanted.layer)
    statement = sql.SQL("SELECT DISTINCT code, name FROM {} WHERE superseded_at IS NULL")
    rows = connection.execute(statement.format(sql.Identifier(layer.model.__tablename__)))
    return Subjects(wanted, on, others=[Subject(*row) for row in rows])


def _holds(unit: _Unit, day: date) -> bool:
    return unit.valid_from <= day and (unit.valid_to is None or day < unit.valid_to)


def _names(unit: _Unit, whole: str, name: str) -> bool:
    return whole in (bare(unit.full_name), bare(unit.name)) or name == bare(unit.name)


def _type_apart(said: str) -> tuple[str | None, str]:
    """A folded name without the kind of unit before it, and which level that kind is of."""
    for level, words in TYPES.items():
        for word in words:
            if said.startswith(word + " "):
                return level, said[len(word) + 1 :]
    return None, said
