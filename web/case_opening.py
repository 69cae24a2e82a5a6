"""Opening a case by hand: somebody said something, of a boat or of a place."""

from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints
from sqlalchemy import Connection, select

from geo.clock import EARLIEST
from geo.errors import BadInput, NotFound
from layers.sources.models import Source
from layers.vessels.models import Live
from layers.vessels.registry import Vessel
from layers.watch.cases.acts import Doer
from layers.watch.cases.ledger import Entry
from layers.watch.cases.models import KINDS
from layers.watch.cases.needs import DISTRESS
from layers.watch.cases.opening import open_by_flow
from layers.watch.live.hooks import happen_again, open_case_of
from web.books import vessel_number
from web.case_acts import Long, Short, degrees

E7 = 1e7
BY_HAND = frozenset(KINDS) - {"incident"}


class NewCase(BaseModel):
    """A case as it is told: a boat (`v12`) or a place, what happened, who said so. `distress` says which sort."""

    model_config = ConfigDict(extra="forbid")
    kind: Short
    distress: Short | None = None
    vessel: Short | None = None
    lat: Short | None = None
    lon: Short | None = None
    what: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=1000)]
    said_by: Short | None = None
    note: Long | None = None
    began_at: AwareDatetime | None = None


def open_by_hand(connection: Connection, told: NewCase, doer: Doer, elsewhere: str) -> int:
    """The case's id, that of the boat's open case of the kind where there is one. BadInput names what is missing.

    `elsewhere` is the origin of what no boat's register tells.
    """
    _check(told, doer)
    boat = None if told.vessel is None else _boat(connection, told.vessel)
    lon, lat = _place(told, boat)
    body: dict[str, Any] = {name: getattr(told, name) for name in ("what", "said_by", "note", "distress")}
    values = {
        "kind": told.kind,
        "began_at": told.began_at or doer.at,
        "vessel_id": None if boat is None else boat.id,
        "length_m": None if boat is None else boat.length_m,
        "origin": elsewhere if boat is None else boat.origin,
        "lon_e7": lon,
        "lat_e7": lat,
    }
    body["position"] = _position(boat, lon, lat) if told.lat is None else None
    said = {name: value for name, value in body.items() if value} | {"by_hand": True}
    known = None if boat is None else open_case_of(connection, told.kind, [boat.id], [])
    if known is not None:
        happen_again(connection, known, Entry("event", doer.at, doer.name, doer.role, said))
        return int(known.id)
    return open_by_flow(connection, values, Entry("opened", doer.at, doer.name, doer.role, said))


def _check(told: NewCase, doer: Doer) -> None:
    if told.kind not in BY_HAND:
        raise BadInput(
            f"kind={told.kind[:40]!r}: use one of {', '.join(k for k in KINDS if k in BY_HAND)}", field="kind"
        )
    if told.kind == "distress" and told.distress not in DISTRESS:
        raise BadInput(f"distress: say which: {', '.join(DISTRESS)}", field="distress", title="Chưa chọn loại cứu nạn")
    if told.vessel is None and (told.lat is None or told.lon is None):
        title = "Cho biết tàu nào, hoặc ở đâu"
        raise BadInput("vessel: give a boat (v12), or lat and lon of a place", field="vessel", title=title)
    if told.began_at is not None and not EARLIEST <= told.began_at <= doer.at:
        raise BadInput("began_at: use a moment that has been", field="began_at", title="Thời điểm này chưa tới")


def _boat(connection: Connection, vessel: str) -> Any:
    """The boat with its origin and its last place."""
    number = vessel_number(vessel)
    columns = (Vessel.id, Vessel.length_m, Source.origin, Live.t.label("heard_t"), Live.lon_e7, Live.lat_e7)
    joined = select(*columns).join(Source, Source.id == Vessel.source_id)
    joined = joined.outerjoin(Live, (Live.vessel_id == Vessel.id) & Live.counted)
    row = connection.execute(joined.where(Vessel.id == number, Vessel.leads)).first()
    if row is None:
        raise NotFound(f"vessel={vessel[:40]!r}: no boat of the register; see /api/vessels?q=", field="vessel")
    return row


def _position(boat: Any | None, lon: int | None, lat: int | None) -> dict[str, Any] | None:
    """The boat's last fix, when nobody said another place."""
    if boat is None or lon is None or lat is None:
        return None
    return {"lon": lon / E7, "lat": lat / E7, "t": boat.heard_t.isoformat(), "id": None}


def _place(told: NewCase, boat: Any | None) -> tuple[int | None, int | None]:
    if told.lat is not None and told.lon is not None:
        return round(degrees(told.lon, "lon") * E7), round(degrees(told.lat, "lat") * E7)
    return (None, None) if boat is None else (boat.lon_e7, boat.lat_e7)
