"""How cases go and the words of notices, as they travel with the product; never over a person's change."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from geo.clock import start_of_day
from layers.watch.cases.flow import FlowRow
from layers.watch.cases.notices import NoticeTemplate, check_template

Given = Mapping[str, str]
_LISTS = ("kinds", "roles", "needs")
_TEXTS = (
    "code",
    "flow",
    "part",
    "state",
    "action",
    "to_state",
    "title_vi",
    "title_en",
    "due_vi",
    "due_en",
    "key",
    "source",
)


def flow_row(row: Given) -> dict[str, Any]:
    """One line of case-flow.csv as values; lists are words with spaces between them."""
    told: dict[str, Any] = {name: row[name] or None for name in _TEXTS}
    told |= {name: row[name].split() for name in _LISTS}
    days = {
        name: start_of_day(date.fromisoformat(row[name])) if row[name] else None for name in ("valid_from", "valid_to")
    }
    within = int(row["within_s"]) if row["within_s"] else None
    return told | days | {"within_s": within, "place": int(row["place"]), "verified": row["verified"] == "1"}


def seed_flow(connection: Connection, rows: Iterable[Given], now: datetime) -> None:
    """Make each flow that of the file, except one a person has changed."""
    values = [flow_row(row) for row in rows]
    theirs = set(connection.scalars(select(FlowRow.flow).where(FlowRow.stored_by.is_not(None))))
    for flow in dict.fromkeys(value["flow"] for value in values if value["flow"] not in theirs):
        put_flow_rows(connection, flow, [v for v in values if v["flow"] == flow], {"stored_at": now})


def put_flow_rows(connection: Connection, flow: str, values: list[dict[str, Any]], said: Mapping[str, Any]) -> None:
    """Make the current rows of a flow these: what is the same stays, the rest is superseded and stored anew."""
    here = FlowRow.superseded_at.is_(None) & (FlowRow.flow == flow)
    kept = {row.code: row for row in connection.execute(select(FlowRow.__table__).where(here))}
    same = {value["code"] for value in values if _says_same(kept.get(value["code"]), value)}
    old = [row.id for row in kept.values() if row.code not in same]
    end = {
        "superseded_at": said["stored_at"],
        "superseded_by": said.get("stored_by"),
        "superseded_reason": said.get("reason", "layers/data"),
    }
    connection.execute(update(FlowRow).where(FlowRow.id.in_(old)).values(**end))
    fresh = [{**value, **said} for value in values if value["code"] not in same]
    if fresh:
        connection.execute(insert(FlowRow), fresh)


def _says_same(row: Any | None, value: Mapping[str, Any]) -> bool:
    """Whether a row says this already; since when it does is its own."""
    return row is not None and all(getattr(row, name) == x for name, x in value.items() if name != "valid_from")


def seed_templates(connection: Connection, rows: Iterable[Given], now: datetime) -> None:
    """Make each template that of the file, except one a person has changed."""
    newest = {row.code: row for row in connection.execute(select(NoticeTemplate.__table__).order_by(NoticeTemplate.id))}
    for row in rows:
        values: dict[str, Any] = {name: text for name, text in row.items() if name != "verified"}
        values["verified"], former = row["verified"] == "1", newest.get(row["code"])
        theirs = former is not None and (former.stored_by is not None or former.superseded_by is not None)
        if theirs or (former is not None and all(getattr(former, name) == x for name, x in values.items())):
            continue
        put_template(connection, row["code"], values, {"stored_at": now, "stored_by": None, "reason": "layers/data"})


def put_template(connection: Connection, code: str, values: Mapping[str, Any], said: Mapping[str, Any]) -> int:
    """Store a template, or the next version of one; its version. BadInput names a placeholder that is none."""
    check_template(values["subject"], "subject")
    check_template(values["text"])
    mine = NoticeTemplate.code == code
    version = int(connection.scalar(select(func.coalesce(func.max(NoticeTemplate.version), 0) + 1).where(mine)) or 1)
    end = {"superseded_at": said["stored_at"], "superseded_by": said["stored_by"], "superseded_reason": said["reason"]}
    connection.execute(update(NoticeTemplate).where(mine, NoticeTemplate.superseded_at.is_(None)).values(**end))
    connection.execute(insert(NoticeTemplate).values(**{**values, "code": code}, version=version, **said))
    return version
