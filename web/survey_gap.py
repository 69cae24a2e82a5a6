"""The gap between the catalogue and its sources, computed as it is asked for: list, sheet and map."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

import psycopg

from geo.clock import local_date
from geo.errors import BadInput
from geo.workdays import DAY
from layers.database import read
from layers.indicators.catalogue import DOMAINS
from layers.indicators.fetch import open_desk
from layers.sources.expected import read_workdays
from layers.sources.freshness import mark, read_mark
from layers.surveys.answers import read_standings
from layers.surveys.coverage import PlaceCover, collected_at, read_coverage
from layers.surveys.gap import STATES, AgencyGap, Claim, Fed, IndicatorGap, judge_agencies, judge_indicators
from layers.surveys.gap_read import read_known
from layers.surveys.rounds import Agency, read_agencies, read_rounds
from tiles.classes import class_colors, class_of, ink_on
from web.sheets import Sheet
from web.state import State
from web.survey_gap_views import (
    AgencyGapView,
    ClaimView,
    Coverage,
    CoverValue,
    FedView,
    Gap,
    IndicatorGapView,
)
from web.survey_views import Named, StandingView, agency_view, standing_view
from web.unit_cards import structure_date
from web.views import ClassView, SourceView, Words

CONNECTED = frozenset({"api", "axis"})
"""Ways by which a system can be asked without a person."""
LIMITS = (25.0, 50.0, 75.0, 100.0)
"""Of a share in per cent: the same steps on every map of coverage, so that two of them can be laid side by side."""
SAID = {
    "heard": "Có số trong kỳ",
    "silent": "Có nguồn, quá kỳ",
    "told": "Có cơ quan giữ, chưa có nguồn",
    "none": "Chưa ai có",
}
Wanted = tuple[str | None, str | None, str | None]
"""Domain, agency and state that are asked for; None: any."""


def gap(connection: psycopg.Connection, wanted: Wanted, now: datetime) -> Gap:
    """The gap as it is now, narrowed; the counts are of what is left."""
    domain, agency, state = wanted
    agencies, known = read_agencies(connection), read_known(connection, local_date(now))
    _check(wanted, agencies)
    every = judge_indicators(known, local_date(now))
    found = [i for i in every if domain in (None, i.indicator.domain) and _concerns(i, agency)]
    shown = [i for i in found if state in (None, i.state)]
    counts = Counter(i.state for i in found)
    owned = judge_agencies(known, (i for i in every if domain in (None, i.indicator.domain)), agencies)
    standings, titles = _standings(connection, agencies, now), _titles(connection)
    origins = {row[0] for row in connection.execute("SELECT DISTINCT origin FROM survey_answer").fetchall()}
    origins |= {row[0] for row in connection.execute(_FED_ORIGINS).fetchall()}
    return Gap(
        now=now,
        origin=mark(origins),
        total=len(found),
        counts={one: counts[one] for one in STATES},
        indicators=[_indicator(i, agencies, titles) for i in shown],
        agencies=[_agency(a, agencies, standings.get(a.agency, {})) for a in owned if agency in (None, a.agency)],
    )


_FED_ORIGINS = "SELECT DISTINCT origin FROM source WHERE id IN (SELECT source_id FROM delivery)"


def _check(wanted: Wanted, agencies: dict[str, Agency]) -> None:
    domain, agency, _ = wanted
    if domain is not None and domain not in DOMAINS:
        raise BadInput(f"domain={domain!r}: use one of {', '.join(DOMAINS)}", field="domain")
    if agency is not None and agency not in agencies:
        raise BadInput(f"agency={agency!r}: use one of {', '.join(agencies)}", field="agency")


def _concerns(found: IndicatorGap, agency: str | None) -> bool:
    """Whether it is an agency's: it owns it, or says it has it."""
    return agency is None or agency == found.agency or any(claim.agency == agency for claim in found.claims)


def _standings(
    connection: psycopg.Connection, agencies: dict[str, Agency], now: datetime
) -> dict[str, dict[str, StandingView]]:
    """How each agency stands in the latest round of each survey that asks it."""
    calendar = read_workdays(connection)
    found: dict[str, dict[str, StandingView]] = {}
    for asked in read_rounds(connection):
        for standing in read_standings(connection, asked, (calendar, now)):
            own = found.setdefault(standing.agency, {})
            own.setdefault(asked.edition.survey, standing_view(standing, agencies))
    return found


def _indicator(found: IndicatorGap, agencies: dict[str, Agency], titles: Mapping[str, Words]) -> IndicatorGapView:
    row, fed = found.indicator, found.fed
    return IndicatorGapView(
        code=row.code,
        name=Words(vi=row.name_vi, en=row.name_en),
        domain=row.domain,
        period=row.period,
        owner=row.owner,
        agency=found.agency,
        state=found.state,
        overdue=found.overdue,
        fed=None if fed is None else _fed(fed, titles),
        claims=[_claim(claim, agencies) for claim in found.claims],
    )


def _fed(fed: Fed, titles: Mapping[str, Words]) -> FedView:
    sources = [SourceView(code=code, title=titles[code]) for code in fed.sources]
    return FedView(last_day=fed.until - DAY, heard_at=fed.heard_at, sources=sources)


def _titles(connection: psycopg.Connection) -> dict[str, Words]:
    """What sources are called."""
    rows = connection.execute("SELECT code, title_vi, title_en FROM source").fetchall()
    return {code: Words(vi=vi, en=en) for code, vi, en in rows}


def _claim(claim: Claim, agencies: dict[str, Agency]) -> ClaimView:
    return ClaimView(**(claim._asdict() | {"agency": agency_view(agencies, claim.agency)}))


def _agency(found: AgencyGap, agencies: dict[str, Agency], standings: dict[str, StandingView]) -> AgencyGapView:
    return AgencyGapView(
        agency=agency_view(agencies, found.agency),
        systems=[system.name for system in found.systems],
        connected=sum(bool(CONNECTED & set(system.exchange)) for system in found.systems),
        owns=found.owns,
        states={name: found.states[name] for name in STATES},
        told_of=found.told_of,
        beyond=[_claim(claim, agencies) for claim in found.beyond],
        standings=standings,
    )


COLUMNS = (
    *(("code", "Mã"), ("name", "Chỉ tiêu"), ("domain", "Lĩnh vực"), ("period", "Kỳ"), ("owner", "Cơ quan chủ trì")),
    *(("state", "Tình trạng"), ("overdue", "Quá kỳ (ngày làm việc)"), ("last_day", "Số liệu đến hết ngày")),
    *(("sources", "Nguồn"), ("claims", "Cơ quan nói là có"), ("systems", "Hệ thống nguồn")),
)


def gap_sheet(found: Gap) -> Sheet:
    """The list as a spreadsheet takes it."""
    rows = [
        {
            "code": i.code,
            "name": i.name.vi,
            "domain": DOMAINS[i.domain].vi,
            "period": {"day": "ngày", "week": "tuần", "month": "tháng", "quarter": "quý", "year": "năm"}[i.period],
            "owner": i.owner,
            "state": SAID[i.state],
            "overdue": i.overdue or None,
            "last_day": None if i.fed is None else i.fed.last_day,
            "sources": ", ".join(source.title.vi for source in i.fed.sources) if i.fed else None,
            "claims": "; ".join(c.agency.title.vi for c in i.claims),
            "systems": "; ".join(c.system for c in i.claims if c.system),
        }
        for i in found.indicators
    ]
    counts = ", ".join(f"{SAID[name].lower()} {count}" for name, count in found.counts.items())
    title = f"Chênh lệch giữa danh mục và nguồn, {local_date(found.now):%d/%m/%Y}: {found.total} chỉ tiêu ({counts})"
    return Sheet("chenh-lech-chi-tieu", title, COLUMNS, rows, found.origin)


async def coverage(state: State, level: str, domain: str | None, code: str | None) -> Coverage:
    """Where there is no value: over the units of today."""
    if (domain is None) == (code is None):
        raise BadInput("domain, indicator: give one of the two", field="domain")
    _check((domain, None, None), {})
    async with read(state.engine) as connection:
        desk = await open_desk(connection)
        rows = collected_at(desk, level, domain, code)
        found = await read_coverage(connection, desk, rows, (level, structure_date("2025")))
        origin = await read_mark(connection)
    title = Words.of(DOMAINS[domain]) if domain else Words(vi=rows[0].name_vi, en=rows[0].name_en)
    values = [_cover(one, len(rows)) for one in found]
    some = [v.value for v in values if v.value is not None]
    return Coverage(
        level=level,
        title=title,
        indicators=[Named(code=row.code, name=row.name_vi) for row in rows],
        values=values,
        breaks=list(LIMITS),
        classes=share_classes(some),
        covered=sum(v.known == v.of for v in values),
        bare=len(values) - len(some),
        origin=origin,
    )


def share_classes(values: Sequence[float]) -> list[ClassView]:
    """The classes between `LIMITS`, lowest first, also those that no unit is in."""
    lows, colors = (0.0, *LIMITS), class_colors(len(LIMITS) + 1)
    counts = Counter(class_of(value, LIMITS) for value in values)
    return [
        ClassView(low=low, high=high, count=counts[at], color=color, ink=ink_on(color))
        for at, (low, high, color) in enumerate(zip(lows, (*LIMITS, 100.0), colors, strict=True))
    ]


def _cover(found: PlaceCover, of: int) -> CoverValue:
    """The share in per cent; nothing known is no value, not nought: the map hatches it."""
    known = len(found.known)
    return CoverValue(
        key=int(found.place.id[1]),
        code=found.place.code,
        name=found.place.name_vi,
        value=round(100 * known / of, 1) if known else None,
        known=known,
        estimated=len(found.estimated),
        of=of,
        missing=[*found.missing, *found.estimated],
    )
