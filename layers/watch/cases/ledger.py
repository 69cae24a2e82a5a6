"""The one way to write into a case: an entry, and what it makes of the case, together, and every page told.

Statements run on a sync SQLAlchemy connection inside the caller's transaction (in the web process: `run_sync`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, text, update

from geo.clock import local_date
from geo.errors import BadInput, Conflict
from layers.versions import ticking
from layers.watch.cases.models import ENTRIES, KINDS, Case, CaseEntry

SET = "set"
"""Where an entry's body holds the columns of the case that it changed."""
LAYER = "case"
"""What the live stream calls a change of cases: `{"type": "layer", "layer": "case", …}`."""


@dataclass(frozen=True)
class Entry:
    """What happened, when (UTC), who says so (None: the machine) in which role, and what there is to say."""

    kind: str
    at: datetime
    actor: str | None = None
    role: str | None = None
    body: Mapping[str, Any] = field(default_factory=dict)


def open_case(connection: Connection, values: Mapping[str, Any], entry: Entry, state: str = "new") -> int:
    """A new case with its first entry (`opened`); its number comes back. `values` are columns of `Case`.

    `kind`, `began_at`, `origin` must be among them; number, priority and the rest follow from them.
    """
    queue_up(connection)
    kind = values["kind"]
    if kind not in KINDS:
        raise BadInput(f"kind={kind!r}: use one of {', '.join(KINDS)}", field="kind")
    told = {"opened_at": entry.at, "state_since": entry.at, "changed_at": entry.at, "state": state, **values}
    told |= {"priority": list(KINDS).index(kind), "number": _next_number(connection, told["opened_at"])}
    case_id = int(connection.execute(insert(Case).values(**told).returning(Case.id)).scalar_one())
    _put(connection, case_id, entry, told)
    tell(connection)
    return case_id


def append(
    connection: Connection, case_id: int, entry: Entry, change: Mapping[str, Any] | None = None, read: int | None = None
) -> int:
    """One entry and what it changes of the case; the entry's id. `read` is the version the writer looked at.

    BadInput when there is no such case, or somebody changed it meanwhile.
    """
    queue_up(connection)
    wanted = select(Case.version, Case.changed_at).where(Case.id == case_id).with_for_update()
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise BadInput(f"case={case_id}: there is no such case", field="case")
    if read is not None and read != row.version:
        title = "Vụ việc vừa có thay đổi"
        detail = f"version={read}: somebody changed this case meanwhile; read it again"
        raise Conflict(detail, field="version", title=title)
    told = {"changed_at": entry.at, **(change or {})}
    told["changed_at"] = max(told["changed_at"], row.changed_at)  # what is written down late changes it no earlier
    connection.execute(update(Case).where(Case.id == case_id).values(**told, version=row.version + 1))
    number = _put(connection, case_id, entry, told)
    tell(connection)
    return number


def queue_up(connection: Connection) -> None:
    """One writer of cases at a time, until its transaction ends: who holds one case never waits for another's.

    Take it before any case is locked; entries are few and short.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock(7105105)"))


def tell(connection: Connection) -> None:
    """Every page that shows cases hears of it at commit."""
    connection.execute(ticking(LAYER))


def _put(connection: Connection, case_id: int, entry: Entry, change: Mapping[str, Any]) -> int:
    """The line, with what it made of the case under `set`: the case can be told from its ledger alone."""
    if entry.kind not in ENTRIES:
        raise BadInput(f"kind={entry.kind!r}: use one of {', '.join(ENTRIES)}", field="kind")
    values = {"kind": entry.kind, "at": entry.at, "actor": entry.actor, "role": entry.role}
    values["body"] = {**entry.body, SET: {name: _plain(value) for name, value in change.items()}}
    row = insert(CaseEntry).values(case_id=case_id, **values).returning(CaseEntry.id)
    return int(connection.execute(row).scalar_one())


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _next_number(connection: Connection, opened_at: datetime) -> str:
    """VV-YEAR-000001, counted anew every year of Việt Nam, without holes: writers wait for one another (`queue_up`)."""
    head = f"VV-{local_date(opened_at).year}-"
    newest = select(Case.number).where(Case.number.startswith(head)).order_by(Case.number.desc()).limit(1)
    last = connection.execute(newest).scalar()
    return f"{head}{int(last.rsplit('-', 1)[1]) + 1 if last else 1:06d}"
