"""Rows that sum others up, held against them. What does not add up is shown, kept and explained, never mended."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from ingest.templates.figures import Figures, first_day
from ingest.templates.match import Match
from ingest.templates.periods import Period
from layers.spec import Text

ROUNDING = Decimal("0.5")
"""Of the last digit shown, for each row: totals are summed before they are rounded."""


class TotalCheck(NamedTuple):
    """A total as the source gives it, and what its rows come to; `why` explains a difference."""

    title: str
    indicator: str
    unit: str
    period: Period
    row: int
    told: Decimal
    summed: Decimal
    rows: int
    fits: bool
    why: Text

    def as_dict(self) -> dict[str, Any]:
        """As it is kept with the file."""
        return {
            "title": self.title,
            "indicator": self.indicator,
            "unit": self.unit,
            "period_from": self.period.since.isoformat(),
            "row": self.row,
            "told": float(self.told),
            "summed": float(self.summed),
            "rows": self.rows,
            "fits": self.fits,
            "why": {"vi": self.why.vi, "en": self.why.en},
        }


def check_totals(match: Match, found: Figures) -> list[TotalCheck]:
    """Every total of a column that adds up, against the sum of its rows."""
    return list(_checks(match, found))


def _checks(match: Match, found: Figures) -> Iterator[TotalCheck]:
    columns = {column.title: column for column in match.body.columns}
    for (title, period), (row, told) in found.totals.items():
        column = columns[title]
        if not column.sums or column.indicator is None:
            continue
        days = (first_day(column, period), period.until)
        values = [
            o.value
            for o in found.observed
            if o.indicator == column.indicator and o.subject_kind != "province" and o[3:5] == days
        ]
        numbers = [value for value in values if value is not None]
        summed = sum(numbers, Decimal(0))
        fits = abs(told - summed) <= _allowed([told, *numbers])
        refused = sum(r.faults[0].field == title for r in found.rejects if r.faults)
        lost = sum(r.reason in ("unknown_unit", "unknown_subject", "repeated_unit") for r in found.rejects)
        why = Text("khớp", "adds up") if fits else _why(told - summed, len(numbers), refused + lost, len(values))
        unit, kept = column.unit, (told, summed, len(numbers))
        yield TotalCheck(title, column.indicator, unit, period, row, *kept, fits, why)


def _allowed(numbers: list[Decimal]) -> Decimal:
    """How far a sum may be off by rounding alone; whole numbers not at all."""
    digits = max((-int(n.normalize().as_tuple().exponent) for n in numbers), default=0)
    return Decimal(0) if digits <= 0 else ROUNDING * Decimal(10) ** -digits * len(numbers)


def _why(off: Decimal, rows: int, refused: int, values: int) -> Text:
    more = "lớn" if off > 0 else "nhỏ"
    number = f"{abs(off).normalize():f}".replace(".", ",")
    vi = f"dòng tổng {more} hơn tổng {rows} dòng là {number}"
    en = f"the total is {'above' if off > 0 else 'below'} the sum of {rows} rows by {abs(off).normalize():f}"
    if refused:
        vi, en = f"{vi}; {refused} ô bị từ chối chưa cộng vào", f"{en}; {refused} refused cells are not in the sum"
    if values > rows:
        vi, en = f"{vi}; {values - rows} dòng chưa có số liệu", f"{en}; {values - rows} rows say they have no number"
    return Text(vi, en)
