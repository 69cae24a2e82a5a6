"""What the rules in force make of a boat's last fix: one expression for map, panel, list and sums."""

from sqlalchemy import Numeric, case, cast, func

from layers.vessels.registry import VesselNow
from layers.watch.rules import NOW, threshold_s

STATUSES = ("on_time", "late", "lost_6h", "lost_10d", "in_port", "unknown", "foreign", "wrong_belt")
"""In the order of their number on the live stream."""

AGE_S = cast(func.extract("epoch", NOW - VesselNow.t), Numeric)
"""Seconds since the last fix."""

_DUE = threshold_s("silence", "report_due") + threshold_s("silence", "report_grace")
_LOST = threshold_s("silence", "position_by_other_means")
_LONG = threshold_s("silence", "port_for_repair")

STATUS = case(
    (VesselNow.t.is_(None), "unknown"),
    (VesselNow.in_port, "in_port"),
    (VesselNow.kind != "vms", case((AGE_S <= _LOST, "on_time"), else_="unknown")),
    (AGE_S > _LONG, "lost_10d"),
    (AGE_S > _LOST, "lost_6h"),
    (AGE_S > _DUE, "late"),
    else_="on_time",
)
"""The duty to report binds boats with a monitoring device, and not in port; others are heard or not."""
