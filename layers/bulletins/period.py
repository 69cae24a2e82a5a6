"""A day, a week, a month or twelve months in Việt Nam, whole or so far; the period before, the same days before."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, get_args

from geo.clock import local_date, start_of_day
from geo.errors import BadInput
from geo.workdays import add_months
from layers.spec import Text

Kind = Literal["day", "week", "month", "twelve"]
KINDS: tuple[Kind, ...] = get_args(Kind)
USUAL: tuple[Kind, ...] = ("day", "week", "month")
"""The kinds a report is made for unless it says otherwise."""
KIND_NAMES = {"day": Text("ngày", "day"), "week": Text("tuần", "week"), "month": Text("tháng", "month"),
              "twelve": Text("12 tháng", "12 months")}  # fmt: skip
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """[since, until) in UTC. `whole_until` is where it ends; `until` is earlier while it is not over (*tính đến*)."""

    kind: Kind
    first: date
    since: datetime
    until: datetime
    whole_until: datetime

    @property
    def partial(self) -> bool:
        """Whether it is not over."""
        return self.until < self.whole_until

    @property
    def last(self) -> date:
        """Its last day."""
        return local_date(self.whole_until) - DAY

    def before(self) -> "Period":
        """The period before; of one that is not over the same stretch of it."""
        return self._like(_step(self.kind, self.first, -1))

    def same_days(self) -> "Period":
        """The same weekday a week ago, the same week 52 weeks ago, the same month a year ago; cut as this one."""
        days = {"day": 7, "week": 364}.get(self.kind)
        return self._like(add_months(self.first, -12) if days is None else self.first - days * DAY)

    def _like(self, first: date) -> "Period":
        whole = period_of(self.kind, first)
        return (
            replace(whole, until=min(whole.since + (self.until - self.since), whole.until)) if self.partial else whole
        )


def period_of(kind: Kind, day: date, now: datetime | None = None) -> Period:
    """The period a day falls into, as far as it has come by `now`. BadInput for one that has not begun.

    Twelve months are those from the month of the day on: whoever asks says where they begin.
    """
    first = {"day": day, "week": day - day.weekday() * DAY}.get(kind, day.replace(day=1))
    since, whole = start_of_day(first), start_of_day(_step(kind, first, 1))
    if now is not None and now <= since:
        raise BadInput(f"date={day}: this has not begun; use a day up to today", field="date")
    return Period(kind, first, since, whole if now is None else min(whole, now), whole)


def latest_day(kind: Kind, today: date) -> date:
    """The day that names the period of a kind that reaches up to today."""
    return add_months(today.replace(day=1), -11) if kind == "twelve" else today


def check_kind(kind: str) -> Kind:
    """The kind, or BadInput naming those there are."""
    for known in KINDS:
        if kind == known:
            return known
    raise BadInput(f"kind={kind[:20]!r}: use one of {', '.join(KINDS)}", field="kind")


def _step(kind: Kind, first: date, by: int) -> date:
    if kind in ("month", "twelve"):
        return add_months(first, by if kind == "month" else 12 * by)
    return first + by * (DAY if kind == "day" else 7 * DAY)
