"""Whom figures are about, in every structure: units with their vintage and ground, groups of ground, and offices.

Ground is a set of cells. Units of before July 2025 that have none of their own stand on that of their successors.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import select, union_all

from layers.base import PointFact
from layers.database import ReadConnection
from layers.indicators.catalogue import rows_statement
from layers.indicators.groups import UnitGroup
from layers.registry import load_layers
from layers.units.models import Cell, Unit, UnitCell

PROVINCE = "51"
OFFICES = ("agency", "facility", "investor", "board")
LEVELS = ("province", "group", "former_district", "district", "commune", *OFFICES)
Id = tuple[str, str]
"""What a place is found by: unit and its key, group and its code, or an office's kind and code."""


@dataclass(frozen=True)
class Place:
    """One that figures are about. `cells` is its ground; `own` False: that of its successors, not drawn itself."""

    id: Id
    code: str
    level: str
    name_vi: str
    name_en: str
    since: date
    until: date | None
    cells: frozenset[int] = frozenset()
    own: bool = True

    def holds_on(self, day: date) -> bool:
        """Whether it is there on a day."""
        return self.since <= day and (self.until is None or day < self.until)

    @property
    def subjects(self) -> tuple[tuple[str, str], ...]:
        """How observations name it: (kind of subject, code)."""
        if self.level == "province":
            return (("province", self.code), ("unit", self.code))
        kind = self.id[0]
        return ((kind, self.code),)


@dataclass
class Atlas:
    """Every place, and the cells with their people and km² (None where not published)."""

    units: Mapping[str, tuple[Place, ...]]
    groups: Mapping[str, Place]
    people: Mapping[int, int | None]
    area_km2: Mapping[int, float | None]
    offices: dict[Id, Place] = field(default_factory=dict)
    _parts: dict[tuple[Id, int], list[tuple[str, list[Place]]]] = field(default_factory=dict)
    _edges: list[date] = field(default_factory=list)

    def __post_init__(self) -> None:
        """The days on which any unit begins or ends: between two of them the structure is one."""
        every = [p for vintages in self.units.values() for p in vintages]
        self._edges = sorted({d for p in every for d in (p.since, p.until) if d is not None})

    def of_subject(self, kind: str, subject: str, day: date) -> Place | None:
        """The place an observation speaks of, when its period ends with a day."""
        if kind == "group":
            return self.groups.get(subject)
        if kind in OFFICES:
            return self.office(kind, subject)
        return self.unit(subject, day, "province" if kind == "province" else None)

    def unit(self, code: str, day: date, level: str | None = None) -> Place | None:
        """The vintage of a code in force on a day, else the one nearest to it."""
        found = [p for p in self.units.get(code, ()) if level is None or p.level == level]
        if not found:
            return None
        return min(found, key=lambda p: (not p.holds_on(day), abs((p.since - day).days)))

    def office(self, kind: str, code: str) -> Place:
        """An agency, facility, investor or board; the ground of a facility is the cell it stands in."""
        known = self.offices.get((kind, code))
        if known is None:
            known = self.offices[kind, code] = Place((kind, code), code, kind, code, code, date.min, None)
        return known

    def name_office(self, kind: str, code: str, name: str) -> None:
        """Call an office by its name instead of its code."""
        self.offices[kind, code] = Place((kind, code), code, kind, name, name, date.min, None)

    def on(self, level: str, day: date) -> list[Place]:
        """The places of a level (`group` for groups) on a day, by code."""
        every: Iterable[Place] = (
            self.groups.values() if level == "group" else (p for v in self.units.values() for p in v)
        )
        found = [p for p in every if p.level == level and p.holds_on(day)]
        return sorted(found, key=lambda p: p.code)

    def parts(self, place: Place, day: date) -> list[tuple[str, list[Place]]]:
        """By level, the units of a day that touch a place's ground, without the place itself."""
        key = (place.id, bisect_right(self._edges, day))
        if key not in self._parts:
            self._parts[key] = [(level, found) for level, found in self._touching(place, day) if found]
        return self._parts[key]

    def _touching(self, place: Place, day: date) -> Iterable[tuple[str, list[Place]]]:
        for level in ("province", "former_district", "district", "commune"):
            yield level, [p for p in self.on(level, day) if p.cells & place.cells and p.id != place.id]

    def share(self, place: Place, part: Place) -> tuple[Fraction, str]:
        """How much of a part lies in a place: by people, or by area where some cell's people are not known."""
        inside = part.cells & place.cells
        if all(self.people.get(cell) for cell in part.cells):
            return Fraction(*(sum(self.people[c] or 0 for c in group) for group in (inside, part.cells))), "people"
        weights = [sum(Fraction(self.area_km2.get(c) or 0) for c in group) for group in (inside, part.cells)]
        return (weights[0] / weights[1], "area") if weights[1] else (Fraction(len(inside), len(part.cells)), "cells")

    def is_whole_province(self, place: Place, day: date) -> bool:
        """Whether a place is all the ground of the province of a day: there offices without ground count."""
        province = self.unit(PROVINCE, day, "province")
        return province is not None and place.cells == province.cells


async def read_atlas(connection: ReadConnection) -> Atlas:
    """Every unit of every vintage, every group of today, and the cells."""
    cells = (
        await connection.execute(select(Cell.id, Cell.commune_code, Cell.district_code, Cell.population, Cell.area_km2))
    ).all()
    links: dict[int, set[int]] = {}
    for link in await connection.execute(select(UnitCell.unit_key, UnitCell.cell_id)):
        links.setdefault(link.unit_key, set()).add(link.cell_id)
    names = (Unit.key, Unit.code, Unit.level, Unit.full_name, Unit.valid_from, Unit.valid_to, Unit.parent_code)
    rows = (await connection.execute(select(*names, Unit.successor_codes))).all()
    units: dict[str, list[Place]] = {}
    for row in rows:
        own = frozenset(links.get(row.key, ()))
        place = Place(
            ("unit", str(row.key)),
            row.code,
            row.level,
            row.full_name,
            row.full_name,
            row.valid_from,
            row.valid_to,
            own or _inherited(row, cells),
            bool(own),
        )
        units.setdefault(row.code, []).append(place)
    groups = (await connection.execute(rows_statement(UnitGroup))).all()
    people = {c.id: c.population for c in cells}
    return Atlas(
        {code: tuple(found) for code, found in units.items()},
        {g.code: _group(g, cells) for g in groups},
        people,
        {c.id: c.area_km2 for c in cells},
    )


def _inherited(row: Any, cells: Iterable[Any]) -> frozenset[int]:
    """The ground of a unit's successors, within its own district where that is still told apart."""
    heirs = (row.successor_codes or "").replace(";", " ").split()
    if row.level == "district":
        return frozenset(c.id for c in cells if c.district_code in heirs)
    ground = [c for c in cells if c.commune_code in heirs]
    inside = frozenset(c.id for c in ground if c.district_code == row.parent_code)
    return inside or frozenset(c.id for c in ground)


def _group(row: Any, cells: Iterable[Any]) -> Place:
    ground = frozenset(c.id for c in cells if c.district_code in row.districts)
    return Place(("group", row.code), row.code, "group", row.name_vi, row.name_en, row.valid_from, row.valid_to, ground)


async def place_facilities(connection: ReadConnection, atlas: Atlas, codes: Iterable[str]) -> None:
    """Give facilities that figures name their own names and cells, from the layers they stand in."""
    wanted = sorted({code for code in codes if ("facility", code) not in atlas.offices})
    if wanted:
        await _place(connection, atlas, lambda model: model.code.in_(wanted))


async def facilities_in(connection: ReadConnection, atlas: Atlas, cells: Iterable[int]) -> list[Place]:
    """The facilities of every layer that stand in some cells."""
    inside = sorted(cells)
    return await _place(connection, atlas, lambda model: model.cell_id.in_(inside)) if inside else []


async def _place(connection: ReadConnection, atlas: Atlas, condition: Callable[[Any], Any]) -> list[Place]:
    models = [m.model for m in load_layers().values() if m.view is None and issubclass(m.model, PointFact)]
    named = [m for m in models if hasattr(m, "name")]
    found = union_all(
        *(select(m.code, m.name, m.cell_id).where(m.superseded_at.is_(None), condition(m)) for m in named)
    )
    placed = []
    for row in await connection.execute(found):
        ground = frozenset({row.cell_id} if row.cell_id else ())
        place = Place(("facility", row.code), row.code, "facility", row.name, row.name, date.min, None, ground)
        atlas.offices["facility", row.code] = place
        placed.append(place)
    return placed
