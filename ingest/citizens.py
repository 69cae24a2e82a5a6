"""Reports taken in here onto the map: as rows of the layer `citizen_report`, through the door every file comes by.

So they are summed per commune, shown as counts per square to who is no officer, and kept with their lineage. Only what
has a point goes there: a commune's middle is no place.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from geo.clock import Clock
from ingest.deliveries import Sender
from ingest.tables.load import load_table
from layers.citizens.masking import mask_text
from layers.citizens.models import ReportCase
from layers.citizens.rows import flow_at
from layers.registry import get_layer, load_layers
from layers.sources.models import Delivery, Source
from layers.units.load import driver

LAYER = "citizen_report"
SENDERS = {
    "real": Sender("reports_here", "real", "Phản ánh gửi tại trung tâm"),
    "simulated": Sender("reports_here_demo", "simulated", "Phản ánh gửi tại trung tâm (mô phỏng)"),
}
LABEL = "reports-{:%Y%m%dT%H%M%S.%f}.geojson"


def publish_reports(connection: Connection, clock: Clock) -> int:
    """Bring the layer to what the reports say; how many rows were written, 0 when nothing has changed since."""
    return sum(_publish(connection, origin, sender, clock) for origin, sender in SENDERS.items())


def _publish(connection: Connection, origin: str, sender: Sender, clock: Clock) -> int:
    here = (ReportCase.origin == origin, ReportCase.lon_e7.is_not(None))
    newest: datetime | None = connection.scalar(select(func.max(ReportCase.changed_at)).where(*here))
    if newest is None or (label := LABEL.format(newest)) == _last_label(connection, sender):
        return 0
    flow = flow_at(connection, clock())
    shown = {code: state.shown_as for code, state in flow.states.items()}
    rows = connection.execute(select(ReportCase.__table__).where(*here).order_by(ReportCase.id))
    with TemporaryDirectory() as folder:
        path = Path(folder) / label
        path.write_bytes(_collection(rows, shown))
        loaded = load_table(driver(connection), get_layer(load_layers(), LAYER), path, sender, clock)
    return loaded.summary.stored


def _last_label(connection: Connection, sender: Sender) -> str | None:
    """Which state of the reports was brought last: the label of the delivery says."""
    mine = select(Delivery.label).join(Source, Source.id == Delivery.source_id).where(Source.code == sender.code)
    return connection.scalar(mine.order_by(Delivery.id.desc()).limit(1))


def _collection(rows: Iterable[Any], shown: dict[str, str]) -> bytes:
    return orjson.dumps({"type": "FeatureCollection", "features": [_feature(row, shown[row.state]) for row in rows]})


def _feature(row: Any, state: str) -> dict[str, Any]:
    """No name, no telephone: numbers in the text are masked, names a person has to see to."""
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [row.lon_e7 / 1e7, row.lat_e7 / 1e7]},
        "properties": {
            "code": row.number,
            "category": row.category,
            "state": state,
            "received_at": row.received_at,
            "due_at": row.due_at,
            "done_at": row.ended_at if state == "done" else None,
            "content": mask_text(row.text),
            "agency": row.agency,
            "as_of": row.state_since,
        },
    }
