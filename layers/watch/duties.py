"""What the law asked of a silent boat, one by one: a report in every slot, port by the last day; kept, missed or open.

Pure. A report is anybody's word on where the boat was, by the moment it is about; a device that speaks again ends all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

State = Literal["kept", "missed", "open", "ended"]
REPORT, PORT = "position_by_other_means", "port_for_repair"
MOST_SLOTS = 400
"""A hundred days of six hours: beyond that a list says nothing more."""


@dataclass(frozen=True)
class Duty:
    """One thing to be done in (since, due]. `ended`: the silence was over before it was due.

    `report_at` is the first report in it. Decree and article are those of the row of law that asks for it.
    """

    step: str
    number: int
    since: datetime
    due: datetime
    state: State
    report_at: datetime | None
    decree: str
    article: str | None
    verified: bool


def duties(
    began: datetime,
    ended: datetime | None,
    reports: Iterable[datetime],
    law: Iterable[Any],
    now: datetime,
    *,
    arrivals: Iterable[datetime] = (),
) -> list[Duty]:
    """Every duty of a silence [began, ended) as it stands at `now`, in the order they are due.

    `law` are rows of `rule` in force when it began (`choose(...).duties`); those of the steps `position_by_other_means`
    and `port_for_repair` in the reading that is applied count. `ended` None: it lasts. `arrivals` in a port keep the
    latter. Times are aware.
    """
    told, until = sorted(reports), min(ended or now, now)
    asked = {row.step: row for row in law if row.reading == "text" and row.threshold_s and row.step in (REPORT, PORT)}
    found: list[Duty] = []
    if (row := asked.get(REPORT)) is not None:
        found += _slots(began, until, told, row, ended)
    if (row := asked.get(PORT)) is not None:
        due = began + timedelta(seconds=row.threshold_s)
        came = next((t for t in sorted(arrivals) if began < t <= due), None)
        found.append(_duty(row, 1, (began, due), _state(came, due, until, ended), came))
    return sorted(found, key=lambda duty: (duty.due, duty.step))


def _slots(began: datetime, until: datetime, told: list[datetime], row: Any, ended: datetime | None) -> list[Duty]:
    length = timedelta(seconds=row.threshold_s)
    found: list[Duty] = []
    since = began
    while since < until and len(found) < MOST_SLOTS:
        due = since + length
        said = next((t for t in told if since < t <= due), None)
        found.append(_duty(row, len(found) + 1, (since, due), _state(said, due, until, ended), said))
        since = due
    return found


def _state(said: datetime | None, due: datetime, until: datetime, ended: datetime | None) -> State:
    if said is not None:
        return "kept"
    if due <= until:
        return "missed"
    return "open" if ended is None or ended > until else "ended"


def _duty(row: Any, number: int, span: tuple[datetime, datetime], state: State, said: datetime | None) -> Duty:
    cited = (row.decree, row.article, row.verified)
    return Duty(row.step, number, *span, state, said, *cited)
