"""One boat in the books: each register's papers, its last departures and arrivals, what it landed, what it owes."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from layers.access.roles import OWNERS, Role
from layers.books.catch import CatchLog, Landing
from layers.books.contacts import masked
from layers.books.disagreement import Disagreement, DisagreementStep
from layers.books.penalty import Penalty
from layers.books.port_call import PortCall
from layers.sources.models import Delivery, Source
from layers.sources.papers import Paper
from layers.vessels.identity import VesselNumber
from layers.vessels.registry import Vessel

TELLS = ("length_m", "gear", "second_gear", "power_kw", "hull", "built_year", "home_port", "crew", "official", "state",
         "licence_no", "licence_to", "inspected_to", "food_safety_to", "vms_provider", "vms_device_id", "vms_seal",
         "vms_from", "vms_to", "name")  # fmt: skip
SUMMED_FOR = timedelta(days=365)


def registers_statement(vessel_id: int, role: Role) -> Select[*tuple[Any, ...]]:
    """Each register's row of a boat, the one that leads first; people as the role may see them."""
    columns = [getattr(Vessel, name) for name in TELLS]
    people = masked(role).values()
    statement = select(
        Vessel.code.label("reg_no"), Vessel.leads, Vessel.t, Vessel.heard_at, Vessel.source_id, Vessel.delivery_id
    ).add_columns(*columns, *people)
    return statement.where(Vessel.id == vessel_id, Vessel.superseded_at.is_(None)).order_by(
        Vessel.leads.desc(), Vessel.source_id, Vessel.row_id
    )


def numbers_statement(vessel_id: int) -> Select[*tuple[Any, ...]]:
    """Every number a boat bears or bore, today's first."""
    n = VesselNumber
    columns = (n.shown, n.valid_from, n.valid_to, n.source_id, n.delivery_id)
    return select(*columns).where(n.vessel_id == vessel_id).order_by(n.valid_to.is_not(None), n.valid_to.desc())


def _keys(vessel_id: int) -> Select[*tuple[Any, ...]]:
    return select(VesselNumber.reg_key).where(VesselNumber.vessel_id == vessel_id)


def calls_statement(vessel_id: int) -> Select[*tuple[Any, ...]]:
    """The last departure and the last arrival in each book."""
    c = PortCall
    columns = (c.keeper, c.direction, c.t, c.station, c.crew, c.ground, c.return_on, c.document, c.code, c.heard_at)
    newest = select(*columns, c.source_id, c.delivery_id).ext(distinct_on(c.keeper, c.direction))
    return newest.where(c.reg_key.in_(_keys(vessel_id)), c.superseded_at.is_(None)).order_by(
        c.keeper, c.direction, c.t.desc(), c.row_id.desc()
    )


def penalties_statement(vessel_id: int) -> Select[*tuple[Any, ...]]:
    """Every decision about a boat, the newest first."""
    p = Penalty
    columns = (p.code, p.t, p.agency, p.conduct, p.decree, p.article, p.amount_vnd, p.state, p.paid_on, p.measures)
    statement = select(*columns, p.source_id, p.delivery_id)
    return statement.where(p.reg_key.in_(_keys(vessel_id)), p.superseded_at.is_(None)).order_by(p.t.desc())


def catch_statement(model: type[Landing] | type[CatchLog], vessel_id: int, since: Any) -> Select[*tuple[Any, ...]]:
    """Kilograms by species since then, the most first: what was landed, or what the logbooks say."""
    kg = func.sum(model.kg)
    statement = select(model.species, kg.label("kg"), func.max(model.t).label("last_t"))
    statement = statement.where(model.reg_key.in_(_keys(vessel_id)), model.superseded_at.is_(None), model.t >= since)
    return statement.group_by(model.species).order_by(kg.desc())


def disagreements_statement(role: Role) -> Select[*tuple[Any, ...]]:
    """Disagreements with both sides; the part that is personal only for those who may read an owner."""
    d = Disagreement
    sides = [(column if role in OWNERS else column.op("-")("person")).label(column.key) for column in (d.one, d.other)]
    columns = (d.id, d.kind, d.vessel_id, d.reg_key, d.since, d.found_at, d.gone_at, d.state, d.note, d.state_by)
    named = select(Vessel.code).where(Vessel.id == d.vessel_id, Vessel.leads).scalar_subquery()
    return select(*columns, d.state_at, *sides, func.coalesce(named, d.reg_key).label("label"))


def steps_statement(disagreement_id: int) -> Select[*tuple[Any, ...]]:
    """What happened to a disagreement, oldest first."""
    s = DisagreementStep
    return select(s.at, s.what, s.state, s.note, s.by).where(s.disagreement_id == disagreement_id).order_by(s.id)


def documents_statement(deliveries: list[int]) -> Select[*tuple[Any, ...]]:
    """What each delivery came as: its source, its file, and the paper it came with, if any."""
    columns = (Delivery.id, Delivery.label, Delivery.started_at, Source.title_vi, Source.title_en, Source.origin)
    paper = (Paper.number, Paper.notation, Paper.issued_on, Paper.agency, Paper.state.label("paper_state"))
    joined = select(*columns, Source.code, *paper).join(Source, Source.id == Delivery.source_id)
    return joined.outerjoin(Paper, Paper.id == Delivery.paper_id).where(Delivery.id.in_(deliveries))


def heading(row: Row[Any]) -> str | None:
    """A paper's number and sign, as people cite it."""
    return "/".join(part for part in (row.number, row.notation) if part) or None
