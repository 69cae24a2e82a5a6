"""The rows in force: categories by code, and the flow of reports as the graph that cases use too."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from geo.errors import BadInput, SetupFailed
from layers.citizens.models import ReportCategory, ReportFlowRow
from layers.watch.cases.flow_graph import Flow, make_flows

FLOW = "report"


def categories_at(connection: Connection, at: datetime) -> dict[str, Any]:
    """Every category in force at a moment, in the order people read them."""
    rows = select(ReportCategory.__table__).where(ReportCategory.superseded_at.is_(None), _held(ReportCategory, at))
    return {row.code: row for row in connection.execute(rows.order_by(ReportCategory.place))}


def category_of(connection: Connection, code: str, at: datetime) -> Any:
    """One category; BadInput names those there are."""
    known = categories_at(connection, at)
    if code not in known:
        raise BadInput(
            f"category={code[:40]!r}: use one of {', '.join(known)}", field="category", title="Chọn lĩnh vực"
        )
    return known[code]


def flow_at(connection: Connection, at: datetime) -> Flow:
    """How reports go at a moment; SetupFailed when no row says."""
    rows = connection.execute(select(ReportFlowRow.__table__).where(ReportFlowRow.superseded_at.is_(None))).all()
    flow = make_flows(rows, at).get(FLOW)
    if flow is None:
        raise SetupFailed("no flow of reports is in force: run opsmap db upgrade")
    return flow


def _held(model: Any, at: datetime) -> Any:
    return (model.valid_from <= at) & or_(model.valid_to.is_(None), model.valid_to > at)
