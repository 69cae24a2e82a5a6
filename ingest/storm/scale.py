"""Cells of bulletins in our units: forces and knots, nautical miles and kilometres, degrees with their side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from geo.clock import LOCAL
from geo.degrees import Axis, parse_degrees
from geo.measure import METRES_PER_NM

TIMES = ("%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M", "%H:%M %d/%m/%Y", "%d/%m/%Y %Hh%M", "%d/%m/%Y %Hh")


@dataclass(frozen=True)
class Scale:
    """The wind scale: (force, knots from which it is), ascending."""

    steps: Sequence[tuple[int, float]]

    def force(self, wind_kt: float) -> int:
        """The force of a wind in knots."""
        return max((force for force, least in self.steps if least <= wind_kt), default=0)

    def knots(self, force: int) -> float | None:
        """The knots from which it is that force; None for a force that is not of the scale."""
        return dict(self.steps).get(force)


def read_number(text: str) -> float:
    """1234.5 or 1234,5; ValueError in words."""
    try:
        return float(text.replace(",", ".").replace(" ", ""))
    except ValueError:
        raise ValueError(f"{text[:40]!r} is no number; write 120 or 120.5") from None


def read_time(text: str) -> datetime:
    """ISO 8601, or 23/11/2026 14:05 on the clocks of Việt Nam; a time without an offset is Việt Nam's."""
    said = text.strip()
    for reader in (datetime.fromisoformat, *(_by(form) for form in TIMES)):
        try:
            found = reader(said.replace("Z", "+00:00") if reader is datetime.fromisoformat else said)
        except ValueError:
            continue
        return (found if found.tzinfo else found.replace(tzinfo=LOCAL)).astimezone(UTC)
    raise ValueError(f"{said[:40]!r} is no time; write 2026-11-23T13:00+07:00 or 23/11/2026 13:00")


def _by(form: str) -> Callable[[str], datetime]:
    return lambda said: datetime.strptime(said, form)  # noqa: DTZ007 - the caller gives it Việt Nam's zone


def read_side(text: str, axis: Axis) -> float:
    """Degrees in any form people write; ValueError in words."""
    found = parse_degrees(text, axis)
    if found is None:
        raise ValueError(f"{text[:40]!r} cannot be read as degrees; write 15.3 or 15°20'N")
    return found


def miles_of_km(kilometres: float) -> float:
    """Nautical miles, to a tenth."""
    return round(kilometres * 1000 / METRES_PER_NM, 1)
