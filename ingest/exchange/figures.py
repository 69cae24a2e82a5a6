"""Figures of one subject and day, as reports of machines and clinics come to: told in JSON, kept as observations.

The JSON is all that stays of such a report. It names an agency or a facility, a day and numbers; never a person, a
machine or an address. Taken again it gives the same observations.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from geo.clock import FUTURE_ALLOWANCE, local_date
from geo.errors import BadInput
from ingest.deliveries import Sender
from ingest.exchange.desk import Room
from ingest.exchange.edxml_read import check_name
from ingest.outcome import Reject
from ingest.rejects import store_rejects
from ingest.summary import Summary
from layers.indicators.store import Given as Told
from layers.indicators.store import Observed, store_observations
from layers.sources.raw import keep_raw

MOST = 8_000_000
_ADDRESS = re.compile(
    r"\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9a-f]{1,4}:){2,}|(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}|::", re.IGNORECASE
)
"""IPv4, IPv6, the address of a network card."""


class Figures(NamedTuple):
    """The numbers of one subject for one day of Việt Nam, by indicator; None: it said that it has no number."""

    subject: str
    day: date
    values: Mapping[str, int | None]


@dataclass(frozen=True)
class Report:
    """What kind of report it is: its contract, whose figures, and the unit of each indicator."""

    contract: str
    adapter: str
    subject_kind: str
    units: Mapping[str, str]

    def is_told_by(self, head: bytes) -> bool:
        """Whether these are figures of this kind, told in JSON."""
        return self.contract.encode() in head[:200] and head.lstrip().startswith(b"{")

    def tell(self, found: Sequence[Figures], path: Path) -> Path:
        """Write the figures as JSON."""
        days = [{"subject": f.subject, "day": f.day, "values": dict(f.values)} for f in found]
        path.write_bytes(orjson.dumps({"contract": self.contract, "days": days}))
        return path

    def read(self, path: Path) -> list[Figures]:
        """The figures of such a file. BadInput when it is not of the contract."""
        if path.stat().st_size > MOST:
            raise BadInput(f"more than {MOST:,} bytes of figures in one file")
        try:
            told = orjson.loads(path.read_bytes())
            return [self._figures(one) for one in told["days"]]
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadInput(f"not figures of the contract {self.contract}: {error}") from None

    def _figures(self, told: dict[str, Any]) -> Figures:
        values = {name: told["values"][name] for name in self.units if name in told["values"]}
        if any(value is not None and (type(value) is not int or value < 0) for value in values.values()):
            raise ValueError("values are whole numbers from 0, or null")
        check = check_agency if self.subject_kind == "agency" else check_name
        return Figures(check(str(told["subject"]), "subject"), date.fromisoformat(told["day"]), values)


@dataclass(frozen=True)
class Source:
    """From where figures are stored: whose they are, under which label, and the JSON that stays of them."""

    sender: Sender
    label: str
    kept: Path


def store_figures(
    room: Room, report: Report, source: Source, found: Sequence[Figures], rejects: Sequence[Reject] = ()
) -> Summary:
    """Store the figures as observations of a delivery of their own; a day is one message, known or stored."""
    now = room.clock()
    source_id, delivery_id = room.open(source.sender, source.label, report.adapter)
    kept = keep_raw(room.connection, source.kept, source.label, "json", now)
    status = "official" if room.paper_id is not None else "preliminary"  # official figures stand in a paper
    told = Told(source_id, delivery_id, room.paper_id, room.issued_at or now, now)
    summary = Summary(lines=len(found) + len(rejects), messages=len(found))
    for figures in found:
        observed = list(_observed(report, figures, status))
        summary.stored += bool(store_observations(room.connection, observed, told).stored)
    summary.duplicates = summary.messages - summary.stored
    store_rejects(room.connection, source_id, delivery_id, rejects, now)
    for reject in rejects:
        summary.reject(reject.reason)
    room.close(delivery_id, summary, kept)
    return summary


def _observed(report: Report, figures: Figures, status: str) -> Iterator[Observed]:
    for indicator, value in figures.values.items():
        number = None if value is None else Decimal(value)
        raw = orjson.dumps({"subject": figures.subject, "day": figures.day, indicator: value})
        until = figures.day + timedelta(days=1)
        kind, unit = report.subject_kind, report.units[indicator]
        yield Observed(indicator, kind, figures.subject, figures.day, until, number, unit, status, None, raw)


def check_agency(name: str, field: str) -> str:
    """An agency's name; BadInput (which does not repeat it) for the address of a machine."""
    if _ADDRESS.search(name):
        raise BadInput(f"{field}: this is an address, give the agency's code on the axis", field=field)
    return check_name(name, field)


def read_count(told: str | None) -> int | None:
    """A count as text; None when there is none, BadInput when it is no count."""
    if told is None:
        return None
    try:
        number = Decimal(told)
    except InvalidOperation:
        number = Decimal(-1)
    if number < 0 or number != number.to_integral_value() or number > 10**12:
        raise BadInput("a count is a whole number from 0")
    return int(number)


def check_day(room: Room, day: date, field: str) -> None:
    """BadInput for a day that has not begun."""
    if day > local_date(room.clock() + FUTURE_ALLOWANCE):
        raise BadInput(f"{field}: {day} has not begun yet; look at the sender's clock", field=field)
