"""What a checker should look at in new figures: below the published one, or far from their own series. Told, kept."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import psycopg

from geo.workdays import DAY
from layers.indicators.numbers import number_en, number_vi
from layers.indicators.spans import Span, name_of
from layers.indicators.store import Observed
from layers.spec import Text

LOOK_BACK = DAY * 1200
DIGITS = 4
LEAST, MOST = 6, 36
"""A series says what is usual of itself from so many periods on; no more than so many are looked at."""
_NAMED = """
JOIN unnest(%(indicators)s::text[], %(kinds)s::text[], %(subjects)s::text[]) AS k(indicator, kind, subject)
  ON k.indicator = o.indicator AND k.kind = o.subject_kind AND k.subject = o.subject
"""
_PUBLISHED = f"""
SELECT o.indicator, o.subject_kind, o.subject, o.period_from, o.period_to, max(o.value) FROM observation AS o {_NAMED}
WHERE o.status = 'official' AND o.superseded_at IS NULL AND o.retracted_at IS NULL AND o.value IS NOT NULL
  AND (o.awaits IS NULL OR o.approved_at IS NOT NULL) AND o.period_from >= %(since)s AND o.period_to <= %(until)s
GROUP BY 1, 2, 3, 4, 5
"""  # noqa: S608 - our own words
_SERIES = f"""
SELECT o.indicator, o.subject_kind, o.subject, o.period_from, o.period_to, o.value FROM figure AS o {_NAMED}
WHERE o.value IS NOT NULL AND o.period_to > %(early)s AND o.period_to <= %(until)s
ORDER BY o.period_to DESC
"""  # noqa: S608
Key = tuple[str, str, str]


class Flag(NamedTuple):
    """One thing to look at: its kind, in words, and where: the row of the file and whose figure it is."""

    kind: str
    why: Text
    row: int | None = None
    indicator: str | None = None
    subject: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """As it is kept with the file."""
        return self._asdict() | {"why": {"vi": self.why.vi, "en": self.why.en}}


def find_flags(connection: psycopg.Connection, found: Sequence[Observed]) -> list[Flag]:
    """Everything to look at in new figures that are not stored yet."""
    numbers = [o for o in found if o.value is not None]
    if not numbers:
        return []
    place = _place(numbers)
    published = {tuple(row[:5]): row[5] for row in connection.execute(_PUBLISHED.encode(), place)}
    series: dict[Key, list[tuple[Span, Decimal]]] = {}
    for indicator, kind, subject, since, until, value in connection.execute(_SERIES.encode(), place):
        series.setdefault((indicator, kind, subject), []).append((Span(since, until), value))
    return [*_below(numbers, published), *_far(numbers, series)]


def _place(found: Sequence[Observed]) -> dict[str, Any]:
    keys = sorted({(o.indicator, o.subject_kind, o.subject) for o in found})
    since, until = min(o.period_from for o in found), max(o.period_to for o in found)
    indicators, kinds, subjects = map(list, zip(*keys, strict=True))
    named: dict[str, Any] = {"indicators": indicators, "kinds": kinds, "subjects": subjects}
    return named | {"since": since, "until": until, "early": since - LOOK_BACK}


def _below(found: Iterable[Observed], published: Mapping[tuple[Any, ...], Decimal]) -> Iterable[Flag]:
    """Revisions below what was published, and words that are less sure than the one that stands."""
    for o in found:
        official = published.get(o[:5])
        if official is None or o.value is None or (o.value >= official and o.status == "official"):
            continue
        new_vi, new_en = f"{_vi(o.value)} {o.unit}".rstrip(), f"{_en(o.value)} {o.unit}".rstrip()
        if o.value < official:
            vi = f"{new_vi} thấp hơn số chính thức đã công bố là {_vi(official)}"
            en = f"{new_en} is below the published official figure {_en(official)}"
        else:
            vi, en = f"đã có số chính thức là {_vi(official)}", f"there is an official figure, {_en(official)}"
        if o.status != "official":
            vi, en = f"{vi}; số mới chưa phải chính thức nên không thay được", f"{en}; the new one is not official"
        yield Flag("below_official", Text(vi, en), o.row_no, o.indicator, o.subject)


def _far(found: Iterable[Observed], series: Mapping[Key, Sequence[tuple[Span, Decimal]]]) -> Iterable[Flag]:
    """Figures that lie farther from all that was told of their kind than those lie from each other."""
    for o in found:
        span = Span(o.period_from, o.period_to)
        before = [(s, v) for s, v in series.get(o[:3], ()) if s.since < span.since and _alike(s, span)][:MOST]
        if len(before) < LEAST or o.value is None:
            continue
        values = [value for _, value in before]
        low, high = min(values), max(values)
        room = max(high - low, max(abs(low), abs(high)) / 10)
        if low - room <= o.value <= high + room:
            continue
        first, last = name_of(before[-1][0]), name_of(before[0][0])
        between = f"{_vi(low)} – {_vi(high)}"
        vi = f"{_vi(o.value)} ở ngoài chuỗi của chính nó: {len(before)} kỳ, {first.vi} đến {last.vi}, là {between}"
        en = (
            f"{_en(o.value)} is far from its own series: {_en(low)} to {_en(high)} in {len(before)}"
            f" periods, {first.en} to {last.en}"
        )
        yield Flag("outlier", Text(vi, en), o.row_no, o.indicator, o.subject)


def _alike(one: Span, other: Span) -> bool:
    """Whether two periods are of one length; years to date only against the same months."""
    if one.months != other.months or (not one.months and one.days != other.days):
        return False
    return one.months in (1, 3, 12) or one.since.month == other.since.month


def _vi(number: Decimal) -> str:
    return number_vi(number, DIGITS)


def _en(number: Decimal) -> str:
    return number_en(number, DIGITS)
