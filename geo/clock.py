"""Time: stored in UTC, shown in Việt Nam, injected everywhere so that tests own it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
FUTURE_ALLOWANCE = timedelta(minutes=5)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


def system_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def unix_ms(moment: datetime) -> int:
    """Milliseconds since 1970 of an aware datetime."""
    return round(moment.timestamp() * 1000)


def from_unix_ms(ms: int) -> datetime:
    """The UTC datetime of milliseconds since 1970; exact to the millisecond."""
    return datetime.fromtimestamp(ms // 1000, UTC) + timedelta(milliseconds=ms % 1000)


def local_date(moment: datetime) -> date:
    """The calendar day in Việt Nam at that moment."""
    return moment.astimezone(LOCAL).date()


def show_moment(moment: datetime) -> str:
    """`23/11/2026 14:05` in Việt Nam, as officials write it."""
    return f"{moment.astimezone(LOCAL):%d/%m/%Y %H:%M}"


def start_of_day(day: date) -> datetime:
    """The first moment (UTC) of a calendar day in Việt Nam."""
    return datetime.combine(day, datetime.min.time(), LOCAL).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The first moment (UTC) after a calendar day in Việt Nam."""
    return start_of_day(day) + timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """A half-open stretch of time [since, until)."""

    since: datetime
    until: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.since <= moment < self.until
