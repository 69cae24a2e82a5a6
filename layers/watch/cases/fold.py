"""A case told from its ledger alone: what every entry set, one after the other. The case row must say the same."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, bindparam, text
from sqlalchemy.orm import aliased

from layers.watch.cases.ledger import SET
from layers.watch.cases.models import Case

COLUMNS = tuple(column.name for column in Case.__table__.columns if column.name != "id")
_MOMENTS = frozenset(c.name for c in Case.__table__.columns if isinstance(c.type, DateTime))


def fold(entries: Iterable[Any]) -> dict[str, Any]:
    """Every column of the case but its id, of its entries (`body`) in the order they were written."""
    found: dict[str, Any] = dict.fromkeys(COLUMNS)
    version = 0
    for entry in entries:
        version += 1
        found |= {name: _value(name, value) for name, value in entry.body[SET].items()}
    return found | {"version": version}


def _value(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name in _MOMENTS and value is not None else value


# The same in the database, for every case at a moment: of what several entries set the last one counts. A case nobody
# has touched since stands as it stood.
_THEN = """
SELECT w.* FROM watch_case AS w WHERE w.changed_at <= :now
UNION ALL
SELECT r.* FROM (
    SELECT e.case_id, jsonb_object_agg(s.key, s.value ORDER BY e.id) AS told, count(DISTINCT e.id) AS version
    FROM watch_case AS w JOIN case_entry AS e ON e.case_id = w.id AND e.at <= :now
    CROSS JOIN LATERAL jsonb_each(e.body -> 'set') AS s
    WHERE w.changed_at > :now AND w.opened_at <= :now GROUP BY e.case_id
) AS f CROSS JOIN LATERAL jsonb_populate_record(
    NULL::watch_case, f.told || jsonb_build_object('id', f.case_id, 'version', f.version)) AS r
"""
_TOLD = (
    text(_THEN)
    .bindparams(bindparam("now", type_=DateTime(timezone=True)))
    .columns(*[column._copy() for column in Case.__table__.columns])
    .subquery("case_then")
)
CaseThen = aliased(Case, _TOLD, adapt_on_names=True)
"""Reads as Case does, as every case stood at `now`."""
