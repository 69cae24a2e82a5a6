"""Where the positions came from: each delivery with its source, its adapter and the hash of what was delivered."""

from typing import Any

from sqlalchemy import Connection, select

from layers.sources.models import Delivery, Source


def read_lineage(connection: Connection, positions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every delivery that brought one of the positions, and how many of them."""
    counts: dict[int, int] = {}
    for position in positions:
        counts[position["delivery"]] = counts.get(position["delivery"], 0) + 1
    d = Delivery
    columns = (d.id, d.label, d.started_at, d.finished_at, d.adapter, d.form, d.sha256)
    source = (Source.code.label("source"), Source.title_vi, Source.title_en, Source.origin)
    joined = select(*columns, *source).join(Source, Source.id == d.source_id)
    rows = connection.execute(joined.where(d.id.in_(list(counts))).order_by(d.id))
    return [
        {**row._mapping, "sha256": None if row.sha256 is None else bytes(row.sha256).hex(), "positions": counts[row.id]}
        for row in rows
    ]
