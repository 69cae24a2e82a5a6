"""Whom to reach in a case: the boat's people with masked telephones, offices, rescue, and boats nearby."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, null, select

from geo.measure import bearing_deg
from layers.access.roles import CONTACTS, Role
from layers.books.contacts import masked
from layers.books.port_call import PortCall
from layers.sources.models import Source
from layers.spec import Text
from layers.units.models import Cell, Unit
from layers.vessels.registry import Vessel
from layers.watch.cases.boat_contacts import RELATIONS, boat_contacts_statement
from layers.watch.cases.institutions import KINDS, institutions_statement
from layers.watch.cases.notices import CHANNELS, RECIPIENTS, STATES, Notice
from layers.watch.live.nearest import nearest_boats
from web.case_views import NearView, NoticeLine, OfficeView, PersonView
from web.views import Words

E7 = 1e7
PEOPLE = {
    "captain": (Text("Thuyền trưởng", "Captain"), "captain", "captain_phone"),
    "owner": (Text("Chủ tàu", "Owner"), "owner", "owner_phone"),
}
"""A person of a case: what they are called, and the columns of the register that name them."""


def people_of(connection: Connection, case: Any, role: Role) -> list[PersonView]:
    """The captain and the owner as each register has them, masked; nobody for roles that call nobody."""
    if role not in CONTACTS or case.vessel_id is None:
        return []
    columns = masked(role)
    here = (Vessel.id == case.vessel_id, Vessel.superseded_at.is_(None), Source.id == Vessel.source_id)
    statement = select(Vessel.leads, Source.code.label("source"), *columns.values()).where(*here)
    rows = connection.execute(statement.order_by(Vessel.leads.desc(), Vessel.source_id)).mappings().all()
    found: dict[tuple[Any, ...], PersonView] = {}
    for row in rows:
        for person, (title, name, phone) in PEOPLE.items():
            if row[phone] or row["leads"]:
                view = PersonView(
                    id=person, role=Words.of(title), name=row[name], phone=row[phone], source=row["source"]
                )
                found.setdefault((person, row[name], row[phone]), view)
    return [*found.values(), *_others(connection, case.vessel_id, role)]


def _others(connection: Connection, vessel_id: int, role: Role) -> list[PersonView]:
    """Family and whoever else can be asked, as somebody told us."""
    rows = connection.execute(boat_contacts_statement(vessel_id, role))
    return [
        PersonView(id=row.code, role=Words.of(RELATIONS[row.relation]), name=row.name, phone=row.phone, source="case")
        for row in rows
    ]


def offices(connection: Connection, boat: Any | None, incident: Any | None = None) -> list[OfficeView]:
    """The boat's post, commune and provider, or the provider of an incident; then the offices everybody calls.

    A telephone stands where somebody gave one.
    """
    kinds = ("post", "commune", "provider", "fisheries", "coast_station", "central")
    rows = connection.execute(institutions_statement(*kinds)).all()
    mine = [] if boat is None else [*_post(connection, boat, rows), *_commune(connection, boat, rows)]
    common = incident.subject if incident is not None and incident.kind == "provider" else None
    provider = common if boat is None else boat.vms_provider
    mine += [office_view(row) for row in rows if row.kind == "provider" and row.place == provider]
    return mine + [office_view(row) for row in rows if row.place is None]


def rescue(connection: Connection) -> list[OfficeView]:
    """Search and rescue."""
    return [office_view(row) for row in connection.execute(institutions_statement("rescue"))]


def office_view(row: Any) -> OfficeView:
    """An office as its row has it."""
    same = ("code", "kind", "office", "duty", "phone", "origin", "verified")
    return OfficeView(**{name: getattr(row, name) for name in same}, title=Words.of(KINDS[row.kind]))


def _post(connection: Connection, boat: Any, rows: Any) -> list[OfficeView]:
    """The station the boat last passed, by the border guard's book."""
    key = select(Vessel.reg_key).where(Vessel.id == boat.id, Vessel.leads).scalar_subquery()
    here = (PortCall.reg_key == key, PortCall.keeper == "border", PortCall.superseded_at.is_(None))
    joined = select(PortCall.station, Source.origin).join(Source, Source.id == PortCall.source_id).where(*here)
    last = connection.execute(joined.order_by(PortCall.t.desc()).limit(1)).first()
    return [_known("post", last.station, last.station, rows, last.origin)] if last else []


def _commune(connection: Connection, boat: Any, rows: Any) -> list[OfficeView]:
    """The commune of the boat's register."""
    if boat.cell_id is None:
        return []
    here = (Cell.id == boat.cell_id, Unit.code == Cell.commune_code, Unit.level == "commune", Unit.valid_to.is_(None))
    unit = connection.execute(select(Unit.code, Unit.full_name).where(*here)).first()
    return [] if unit is None else [_known("commune", unit.code, f"UBND {_lower(unit.full_name)}", rows, "real")]


def _lower(name: str) -> str:
    """`xã Bình Sơn` within a name."""
    return name[:1].lower() + name[1:]


def _known(kind: str, place: str, office: str, rows: Any, origin: Any) -> OfficeView:
    """The office of a place where a row has it, else its name alone."""
    row = next((row for row in rows if (row.kind, row.place) == (kind, place)), None)
    if row is not None:
        return office_view(row)
    named: dict[str, Any] = {"code": None, "kind": kind, "office": office, "duty": None, "phone": None}
    return OfficeView(**named, title=Words.of(KINDS[kind]), origin=origin, verified=False)


def near_boats(connection: Connection, case: Any, now: datetime) -> list[NearView]:
    """The three boats nearest to the place of a case, of those heard of late."""
    if case.lon_e7 is None:
        return []
    lon, lat = case.lon_e7 / E7, case.lat_e7 / E7
    return [_near(boat, lon, lat) for boat in nearest_boats(connection, lon, lat, now, case.vessel_id)]


def _near(boat: dict[str, Any], lon: float, lat: float) -> NearView:
    names = ("id", "label", "name", "distance_nm", "lon", "lat", "t", "age_s")
    bearing = round(float(bearing_deg(lon, lat, boat["lon"], boat["lat"])), 1)
    return NearView(**{name: boat[name] for name in names}, bearing_deg=bearing)


def notice_lines(connection: Connection, case: Any, *, named: bool) -> list[NoticeLine]:
    """The notices of a case, the newest first; not their words, and whom they went to only when `named`."""
    names = ("id", "template", "template_version", "recipient", "recipient_name", "channel", "subject", "state")
    columns = [getattr(Notice, name) if named or name != "recipient_name" else null().label(name) for name in names]
    columns += [Notice.failure, Notice.by, Notice.at]
    rows = connection.execute(select(*columns).where(Notice.case_id == case.id).order_by(Notice.id.desc()))
    return [notice_line(row) for row in rows]


def notice_line(row: Any) -> NoticeLine:
    """A notice without its words."""
    same = ("id", "template", "template_version", "recipient_name", "subject", "state", "failure", "by", "at")
    return NoticeLine(
        **{name: getattr(row, name) for name in same},
        recipient=Words.of(RECIPIENTS[row.recipient]),
        channel=Words.of(CHANNELS[row.channel]),
        state_title=Words.of(STATES[row.state]),
    )
