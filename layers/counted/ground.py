"""Whose each record is, in the structure of a day; what belongs nowhere is told as such, never dropped."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, text

from layers.counted.spec import Record
from layers.indicators.places import PROVINCE

LEVELS = ("former_district", "commune")
"""The structures that figures are told in; each of a day's units has its own cells."""
OFFICES = ("agency", "facility")
Subject = tuple[str, str]
_UNITS = text("""
SELECT u.level, u.code, c.id AS cell_id, c.commune_code
FROM unit AS u JOIN unit_cell AS k ON k.unit_key = u.key JOIN cell AS c ON c.id = k.cell_id
WHERE u.level = ANY(:levels) AND u.valid_from <= :day AND (u.valid_to IS NULL OR u.valid_to > :day)
""")


@dataclass(frozen=True)
class Ground:
    """Units of a day by level: which stands on a cell, and in which a whole commune lies (None: in several)."""

    of_cell: Mapping[str, Mapping[int, str]]
    of_commune: Mapping[str, Mapping[str, str | None]]

    def unit(self, level: str, record: Record) -> str | None:
        """The unit of a level a record belongs to; None: nobody can say."""
        if record.cell_id is not None:
            return self.of_cell.get(level, {}).get(record.cell_id)
        return self.of_commune.get(level, {}).get(record.unit or "")

    def codes(self, level: str) -> frozenset[str]:
        """Every unit of a level."""
        return frozenset(self.of_cell.get(level, {}).values())


def read_ground(connection: Connection, day: date) -> Ground:
    """The units in force on a day."""
    of_cell: dict[str, dict[int, str]] = {level: {} for level in LEVELS}
    held: dict[str, dict[str, set[str]]] = {level: {} for level in LEVELS}
    for row in connection.execute(_UNITS, {"levels": list(LEVELS), "day": day}):
        of_cell[row.level][row.cell_id] = row.code
        held[row.level].setdefault(row.commune_code, set()).add(row.code)
    alone = {
        level: {commune: next(iter(units)) if len(units) == 1 else None for commune, units in communes.items()}
        for level, communes in held.items()
    }
    return Ground(of_cell, alone)


@dataclass(frozen=True)
class Share:
    """What one subject has of a count: the sum of what is known, how many records, and how many of them unknown."""

    amount: Decimal = Decimal(0)
    records: int = 0
    unknown: int = 0

    def plus(self, record: Record) -> "Share":
        """With one record more."""
        return Share(self.amount + (record.amount or 0), self.records + 1, self.unknown + (record.amount is None))


def share_out(records: Iterable[Record], ground: Ground, subjects: Collection[str]) -> dict[Subject, Share]:
    """The province, every unit of the levels asked for (0 is told), every office that has a record.

    `subjects` as the catalogue has them: province, unit:LEVEL, agency, facility.
    """
    levels = [level for level in LEVELS if f"unit:{level}" in subjects]
    offices = [kind for kind in OFFICES if kind in subjects]
    found = {("unit", code): Share() for level in levels for code in ground.codes(level)}
    found[PROVINCE_SUBJECT] = Share()
    for record in records:
        for subject in _subjects(record, ground, levels, offices):
            found[subject] = found.get(subject, Share()).plus(record)
    return found


PROVINCE_SUBJECT: Subject = ("province", PROVINCE)


def _subjects(record: Record, ground: Ground, levels: Iterable[str], offices: Iterable[str]) -> Iterable[Subject]:
    yield PROVINCE_SUBJECT
    for level in levels:
        if (code := ground.unit(level, record)) is not None:
            yield "unit", code
    if record.office is not None:
        yield from ((kind, record.office) for kind in offices)


def unplaced(records: Iterable[Record], ground: Ground, subject: str) -> list[Record]:
    """The records that are in the province's number and in that of no unit of a level (or no office)."""
    level = subject.partition(":")[2]
    if level:
        return [record for record in records if ground.unit(level, record) is None]
    return [record for record in records if record.office is None]


def of_subject(records: Iterable[Record], ground: Ground, subject: Subject, level: str | None) -> list[Record]:
    """The records in one subject's number; `level` is that of a unit."""
    kind, code = subject
    if subject == PROVINCE_SUBJECT or level == "province":
        return list(records)
    if kind == "unit":
        return [record for record in records if level and ground.unit(level, record) == code]
    return [record for record in records if record.office == code]
