"""The same day of a holiday a year before: by its distance from the day the holiday is about. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from geo.workdays import DAY


@dataclass(frozen=True)
class Feast:
    """One holiday of one year in [first, until)."""

    code: str
    holiday: str
    name_vi: str
    name_en: str
    calendar: str
    anchor: date
    first: date
    until: date

    @property
    def days(self) -> list[date]:
        """Its days, the first one first."""
        return [self.first + DAY * n for n in range((self.until - self.first).days)]


def before(feast: Feast, others: Iterable[Feast]) -> Feast | None:
    """The last holiday of the same kind before this one; None when none is known."""
    earlier = [o for o in others if o.holiday == feast.holiday and o.anchor < feast.anchor]
    return max(earlier, key=lambda o: o.anchor, default=None)


def same_day(day: date, feast: Feast, earlier: Feast) -> date | None:
    """The day of the earlier holiday that is as far from its anchor; None when it was no holiday then."""
    found = earlier.anchor + (day - feast.anchor)
    return found if earlier.first <= found < earlier.until else None


def name_of_day(day: date, feast: Feast) -> tuple[str, str]:
    """What people call a day of a holiday, in both languages."""
    away = (day - feast.anchor).days
    if feast.calendar == "lunar" and feast.holiday == "tet":
        if away >= 0:
            return f"mùng {away + 1} Tết", f"day {away + 1} of Tết"
        return f"{-away} ngày trước mùng 1", f"{-away} days before the first"
    if away == 0:
        return "chính lễ", "the day itself"
    return (
        (f"sau lễ {away} ngày", f"{away} days after")
        if away > 0
        else (f"trước lễ {-away} ngày", f"{-away} days before")
    )
