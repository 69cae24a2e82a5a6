"""The law in force when it happened, row by row with its source; and what it asked of the boat, slot by slot."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from layers.books.port_call import PortCall
from layers.vessels.identity import VesselNumber
from layers.watch.duties import duties
from layers.watch.law import CONDUCTS, Law, choose, citations, law_statement

CONDUCTS_OF = {
    "silence": ("silence", "not_reporting"),
    "ais_speaks": ("silence", "not_reporting"),
    "incident": ("silence", "not_reporting"),
    "boundary": ("boundary",),
    "zone": ("zone",),
    "device": ("device",),
}
"""Which conducts of the law a kind of case is about; the others are about none."""
ROW = ("code", "kind", "conduct", "step", "reading", "min_length_m", "max_length_m", "threshold_s", "value", "unit",
       "permits", "lead", "decree", "article", "text_vi", "text_en", "fine_from", "fine_to", "measures_vi",
       "measures_en", "source", "verified", "valid_from", "valid_to")  # fmt: skip


def read_law(connection: Connection, case: Row[Any], ended: datetime | None, at: datetime) -> list[dict[str, Any]]:
    """The law of each conduct when the matter began; and when it ended, where that is another one.

    As the rows were known when the dossier was made.
    """
    rows = _rows(connection, case, at)
    told = []
    for conduct in CONDUCTS_OF.get(case.kind, ()):
        first = choose(rows, conduct, case.length_m, case.began_at)
        told.append(_tell(first, "began"))
        last = choose(rows, conduct, case.length_m, ended or at)
        if citations(last) != citations(first):
            told.append(_tell(last, "ended" if ended else "now"))
    return told


def tell_duties(
    connection: Connection, case: Row[Any], ended: datetime | None, told: tuple[list[Any], list[Any]], at: datetime
) -> list[dict[str, Any]]:
    """What a silent boat had to do, by the law of the day it fell silent; nothing for a case of another kind.

    Reports are those of the book of reported positions and of the ledger (`report`), by the moment they are about.
    """
    if "silence" not in CONDUCTS_OF.get(case.kind, ()):
        return []
    law = choose(_rows(connection, case, at), "silence", case.length_m, case.began_at)
    reported, entries = told
    said = [each["t"] for each in reported if each["corrected_by"] is None]
    said += [entry["at"] for entry in entries if entry["kind"] == "report"]
    arrivals = _arrivals(connection, case, at)
    found = duties(case.began_at, ended, said, law.duties, at, arrivals=arrivals)
    return [{name: getattr(duty, name) for name in duty.__dataclass_fields__} for duty in found]


def _rows(connection: Connection, case: Row[Any], at: datetime) -> list[Any]:
    return list(connection.execute(law_statement(CONDUCTS_OF.get(case.kind, ()), at)))


def _tell(law: Law, when: str) -> dict[str, Any]:
    rows = [*law.duties, *law.penalties, *law.leads]
    return {
        "conduct": law.conduct,
        "title_vi": CONDUCTS[law.conduct].vi,
        "title_en": CONDUCTS[law.conduct].en,
        "when": when,
        "at": law.at,
        "verified": law.verified,
        "citations": sorted([kind, decree, article or ""] for kind, decree, article in citations(law)),
        "rows": [{name: getattr(row, name) for name in ROW} for row in rows],
    }


def _arrivals(connection: Connection, case: Row[Any], at: datetime) -> list[datetime]:
    """When a port wrote down that the boat came in."""
    if case.vessel_id is None:
        return []
    keys = select(VesselNumber.reg_key).where(VesselNumber.vessel_id == case.vessel_id)
    came = (PortCall.reg_key.in_(keys), PortCall.direction == "in", PortCall.superseded_at.is_(None))
    rows = select(PortCall.t).where(*came, PortCall.t >= case.began_at, PortCall.t <= at).order_by(PortCall.t)
    return list(connection.execute(rows).scalars())
