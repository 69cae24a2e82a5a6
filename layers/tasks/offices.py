"""The offices a task can be given to: those that exist in what the product knows, never a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, or_, select, text

from geo.errors import BadInput
from layers.units.models import Unit

SIMULATED = " (mô phỏng)"
"""How a demonstration's offices end: beside such a one its namesake is not offered."""
_AGENCIES = """
SELECT agency AS name FROM expected_delivery WHERE superseded_at IS NULL
UNION SELECT owner FROM indicator WHERE superseded_at IS NULL
UNION SELECT agency FROM paper WHERE agency IS NOT NULL AND agency_code IS NOT NULL
UNION SELECT n.key FROM template AS t, jsonb_each_text(t.body->'subject'->'names') AS n
  WHERE t.superseded_at IS NULL AND t.body->'subject'->>'kind' IN ('agency', 'investor', 'board')
ORDER BY 1
"""
_ORGANS = """
SELECT DISTINCT ON (agency) agency, agency_code FROM paper WHERE agency IS NOT NULL AND agency_code IS NOT NULL
ORDER BY agency, received_at DESC, id DESC
"""


@dataclass(frozen=True)
class Office:
    """One office: its name, its code on the axis (of its newest paper), the commune whose committee it is."""

    name: str
    organ: str | None = None
    unit: str | None = None


def read_offices(connection: Connection, today: date) -> list[Office]:
    """Agencies first, then the committees of today's communes."""
    organs: Mapping[str, str] = {row.agency: row.agency_code for row in connection.execute(text(_ORGANS))}
    names = [row.name for row in connection.execute(text(_AGENCIES))]
    known = set(names)
    agencies = [Office(name, organs.get(name)) for name in names if name + SIMULATED not in known]
    held = (Unit.level == "commune", Unit.valid_from <= today, or_(Unit.valid_to.is_(None), Unit.valid_to > today))
    communes = connection.execute(select(Unit.code, Unit.full_name).where(*held).order_by(Unit.code))
    return agencies + [Office(committee_of(row.full_name), None, row.code) for row in communes]


def committee_of(commune: str) -> str:
    """*UBND xã Ba Tơ* of *Xã Ba Tơ*."""
    return f"UBND {commune[:1].lower()}{commune[1:]}"


def find_office(connection: Connection, name: str, today: date) -> Office:
    """The office of a name; BadInput when there is none: a task is for an office, never for a person."""
    found = next((office for office in read_offices(connection, today) if office.name == name), None)
    if found is None:
        title = "Chọn một cơ quan trong danh sách; nhiệm vụ giao cho cơ quan, không giao cho cá nhân"
        raise BadInput(f"agency={name[:60]!r}: not an office; see /api/tasks/offices", field="agency", title=title)
    return found
