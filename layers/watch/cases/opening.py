"""Opening a case with its clocks running: the one door for people, and for whoever opens one of an event."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection

from layers.watch.cases.about import About, owed_by, silence_of
from layers.watch.cases.acts import due_of
from layers.watch.cases.flow import NEW, flow_statement
from layers.watch.cases.flow_graph import flow_of, make_flows
from layers.watch.cases.ledger import Entry, open_case
from layers.watch.cases.models import KINDS
from layers.watch.law import CONDUCTS, choose, law_statement


def open_by_flow(connection: Connection, values: Mapping[str, Any], entry: Entry) -> int:
    """As `ledger.open_case`, with who leads by the law of that day and what is due first. Returns the case's id.

    `values`: columns of `Case`, `kind`, `began_at` and `origin` among them; `length_m` decides who leads.
    """
    kind, length_m = values["kind"], values.get("length_m")
    if kind not in KINDS:
        return open_case(connection, values, entry)  # which says what is wrong
    law = connection.execute(law_statement((kind,) if kind in CONDUCTS else ())).all()
    leads = choose(law, kind, length_m, values["began_at"]).lead
    flow = flow_of(make_flows(connection.execute(flow_statement()).all(), entry.at), kind)
    told = {"lead": leads.lead if leads and length_m is not None else None, **values}
    case = SimpleNamespace(**{"state": NEW, "state_since": entry.at, "length_m": None, "vessel_id": None, **told})
    about = About(case, flow, [], owed_by(connection, case, silence_of(case, []), []))
    return open_case(connection, told | due_of(about), entry)
