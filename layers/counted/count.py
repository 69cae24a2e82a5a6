"""One counting: the records of a period, shared out over the units of that day, as observations."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from layers.counted.due import Told
from layers.counted.ground import OFFICES, PROVINCE_SUBJECT, Ground, Share, read_ground, share_out, unplaced
from layers.counted.spec import Count, Record, window_of
from layers.indicators.spans import Span
from layers.indicators.store import Observed


@dataclass(frozen=True)
class Counted:
    """What a counting came to: `shares` by subject, and the records in the province's number that are in no unit's.

    `offices`: the kinds of office it is told by.
    """

    count: Count
    span: Span
    shares: Mapping[tuple[str, str], Share]
    records: int
    unplaced: int
    status: str
    offices: frozenset[str] = frozenset()

    def observed(self, unit: str, now: datetime) -> Iterator[Observed]:
        """The figures; each says which query, which window, how many records and how many belong nowhere."""
        for subject, share in self.shares.items():
            value = None if share.unknown and share.unknown == share.records else share.amount
            told = self._lineage(subject, share, now)
            status = "estimate" if share.unknown else self.status
            yield Observed(self.count.code, *subject, *self.span, value, unit, status, None, told)

    def _lineage(self, subject: tuple[str, str], share: Share, now: datetime) -> bytes:
        window = window_of(self.span)
        said: dict[str, Any] = {
            "query": self.count.query,
            "since": window.since,
            "until": window.until,
            "counted_at": now,
            "records": share.records,
        }
        if share.unknown:
            said["amount_unknown"] = share.unknown
        if subject == PROVINCE_SUBJECT:
            said["in_no_unit"] = self.unplaced
        return orjson.dumps(said)


def count_span(
    connection: Connection, count: Count, span: Span, subjects: Collection[str], told: Told
) -> Counted | None:
    """Count one period; None where the book does not cover it."""
    window = window_of(span)
    if count.book.covers is not None and not count.book.covers(connection, window):
        return None
    records, ground = list(count.find(connection, window)), read_ground(connection, window.last)
    shares = share_out(records, ground, subjects)
    looked_back = told.heard is None or window.until < told.heard
    status = "estimate" if looked_back else "preliminary"
    lost, offices = nowhere(records, ground, subjects), frozenset(OFFICES) & frozenset(subjects)
    return Counted(count, span, shares, len(records), len(lost), status, offices)


def nowhere(records: Collection[Record], ground: Ground, subjects: Collection[str]) -> list[Record]:
    """The records that belong to no commune, else to no office, of those a count is told by."""
    by = next((s for s in ("unit:commune", *OFFICES) if s in subjects), None)
    return unplaced(records, ground, by) if by is not None else []
