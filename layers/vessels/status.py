"""What the rules in force make of a boat's last fix: one expression for map, panel, list and sums."""

from typing import Any

from sqlalchemy import ColumnElement, Double, Numeric, case, cast, func, literal_column, select

from layers.vessels.registry import VesselNow
from layers.watch.event_rows import EventRow
from layers.watch.rules import NOW, threshold_s

STATUSES = ("on_time", "late", "lost_6h", "lost_10d", "in_port", "unknown", "foreign", "wrong_belt")
"""In the order of their number on the live stream."""
AT_SEA = ("on_time", "late", "lost_6h", "lost_10d", "foreign", "wrong_belt")


def age_s(boat: type[VesselNow]) -> ColumnElement[Any]:
    """Seconds from the last fix to `now`."""
    return cast(func.extract("epoch", NOW - boat.t), Numeric)


def boats_in(conduct: str, step: str) -> Any:
    """Our boats of which an event of that kind lasts at `now`, as known now: read once for a whole statement."""
    event = EventRow
    over = func.coalesce(event.ended_at, literal_column("'infinity'::timestamptz"))
    return select(func.unnest(event.vessels)).where(
        event.superseded_at.is_(None),
        event.what != "withdrawn",
        event.conduct == conduct,
        event.step == step,
        event.began_at <= NOW,
        over > NOW,
    )


def status_of(boat: type[VesselNow]) -> ColumnElement[str]:
    """The status of `VesselNow`, or of anything that reads like it, under the rules in force at `now`.

    Beyond the boundary is the gravest, whatever else holds; then the wrong belt. The duty to report binds boats with a
    monitoring device, and not in port; others are heard or not. Each threshold is that of the boat's length.
    """
    age, length_m = age_s(boat), cast(boat.length_m, Double)
    due = threshold_s("silence", "report_due", length_m) + threshold_s("silence", "report_grace", length_m)
    lost = threshold_s("silence", "position_by_other_means", length_m)
    return case(
        (boat.t.is_(None), "unknown"),
        (boat.vessel_id.in_(boats_in("boundary", "beyond")), "foreign"),
        (boat.vessel_id.in_(boats_in("zone", "wrong_belt")), "wrong_belt"),
        (boat.in_port, "in_port"),
        (boat.kind != "vms", case((age <= lost, "on_time"), else_="unknown")),
        (age > threshold_s("silence", "port_for_repair", length_m), "lost_10d"),
        (age > lost, "lost_6h"),
        (age > due, "late"),
        else_="on_time",
    )


STATUS = status_of(VesselNow)
"""As of now."""
