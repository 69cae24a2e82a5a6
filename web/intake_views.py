"""What `/intake` shows: how a file was understood, its figures, what is refused, how totals add up, what changes."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel

from geo.errors import OpsmapError
from ingest.reasons import reason_title
from ingest.templates.guess import ColumnGuess
from ingest.templates.read import Change, FormRead
from layers.sources.templates import Template
from web.approval_views import FlagView
from web.views import Words

SHOWN_ROWS = 40
SHOWN_REFUSED = 200


class TemplateView(BaseModel):
    """A template in force. `body` is the whole of it, as JSON files hold it."""

    name: str
    source: str
    title: Words
    valid_from: date
    valid_to: date | None
    version: int
    made_at: datetime
    made_by: str
    body: dict[str, Any]


class ColumnView(BaseModel):
    """A column that is taken: its letter's position from 0, and what it gives."""

    at: int
    name: str
    indicator: str | None
    unit: str


class GuessView(BaseModel):
    """What a column may be; `sure` in words of three steps."""

    at: int
    name: str
    samples: list[str]
    role: Literal["subject", "indicator", "ignore"]
    indicator: str | None
    unit: str
    sums: bool
    sure: Literal["sure", "likely", "unknown"]


class FigureView(BaseModel):
    """One figure as it will be stored, against what is known."""

    row: int | None
    subject: str
    name: str
    title: str
    indicator: str
    period_from: date
    period_to: date
    value: float | None
    unit: str
    status: str
    change: Literal["new", "same", "revised"]
    before: float | None
    before_status: str | None


class RefusedView(BaseModel):
    """One refusal: where, why, and what to do."""

    row: int | None
    column: str | None
    reason: Words
    fix: Words


class CheckView(BaseModel):
    """A total against its rows."""

    title: str
    row: int
    unit: str
    told: float
    summed: float
    rows: int
    fits: bool
    why: Words


class PreviewView(BaseModel):
    """A file understood and nothing stored. `counts`: new, same, revised, refused, blank.

    `flags`: what whoever approves it will be shown, figure by figure.
    """

    template: TemplateView
    period_from: date
    period_to: date
    period: Words
    status: str
    reading: list[Words]
    notes: list[Words]
    columns: list[ColumnView]
    units: int
    counts: dict[str, int]
    figures: list[FigureView]
    refused: list[RefusedView]
    checks: list[CheckView]
    flags: list[FlagView]


class WholeRefusal(BaseModel):
    """Why a file cannot be taken as a whole. `need` says what a person must give: a template, a period, an encoding."""

    title: str
    detail: str
    field: str | None
    need: Literal["template", "period", "encoding", "paper", "file"]
    guess: list[GuessView]


def template_view(template: Template) -> TemplateView:
    """A template as the API tells it."""
    body = template.body
    return TemplateView(
        name=body.name,
        source=body.source,
        title=Words(vi=body.title.vi, en=body.title.en),
        valid_from=body.valid_from,
        valid_to=body.valid_to,
        version=template.version,
        made_at=template.made_at,
        made_by=template.made_by,
        body=body.model_dump(mode="json"),
    )


def preview_view(read: FormRead) -> PreviewView:
    """A file as the page shows it before anything is stored."""
    figures, match = read.figures, read.match
    kinds = read.kinds()
    counts = {kind: kinds[kind] for kind in ("new", "same", "revised")}
    counts |= {"refused": len(figures.rejects), "blank": figures.ignored["blank"], "lines": figures.lines}
    known = {c.title: c for c in match.body.columns}
    columns = [
        ColumnView(at=at, name=title, indicator=known[title].indicator, unit=known[title].unit)
        for title, at in sorted(match.positions.items(), key=lambda item: item[1])
        if title in known
    ]
    return PreviewView(
        template=template_view(read.template),
        period_from=read.period.since,
        period_to=read.period.until,
        period=Words(vi=read.period.title(), en=read.period.title("en")),
        status=read.status,
        reading=[Words.of(line) for line in read.reading],
        notes=[Words.of(note) for note in read.notes],
        columns=columns,
        units=len(figures.units),
        counts=counts,
        figures=[_figure(read, change) for change in _shown(read.changes)],
        refused=[_refused(reject) for reject in figures.rejects[:SHOWN_REFUSED]],
        checks=[
            CheckView(**{k: v for k, v in c.as_dict().items() if k in CheckView.model_fields}) for c in read.checks
        ],
        flags=[FlagView(**flag._asdict() | {"why": Words.of(flag.why)}) for flag in read.flags],
    )


def _shown(changes: list[Change]) -> list[Change]:
    """Revised ones first: they are what somebody should look at."""
    revised = [change for change in changes if change.kind == "revised"]
    return [*revised, *(change for change in changes if change.kind != "revised")][: SHOWN_ROWS + len(revised)]


def _figure(read: FormRead, change: Change) -> FigureView:
    observed, before = change.observed, change.before
    column = read.figures.columns.get(observed.indicator)
    names = {subject.code: subject.name for subject in read.figures.units.values()}
    whole = "Toàn tỉnh" if observed.subject_kind == "province" else ""
    return FigureView(
        row=observed.row_no,
        subject=observed.subject,
        name=whole or names.get(observed.subject, ""),
        title=column.title if column else observed.indicator,
        indicator=observed.indicator,
        period_from=observed.period_from,
        period_to=observed.period_to,
        value=None if observed.value is None else float(observed.value),
        unit=observed.unit,
        status=observed.status,
        change=change.kind,  # type: ignore[arg-type]
        before=None if before is None or before.value is None else float(before.value),
        before_status=change.before_status,
    )


def _refused(reject: Any) -> RefusedView:
    fault = reject.faults[0] if reject.faults else None
    en = fault.en if fault else reject.detail
    return RefusedView(
        row=reject.line_no,
        column=fault.field if fault else None,
        reason=Words.of(reason_title(reject.reason)),
        fix=Words(vi=fault.vi if fault else reject.detail, en=en),
    )


def refusal_view(error: OpsmapError, need: str, guess: list[ColumnGuess]) -> WholeRefusal:
    """A whole refusal with what may be done about it."""
    shown = [GuessView(**{**g._asdict(), "samples": list(g.samples)}) for g in guess]
    return WholeRefusal(title=error.title, detail=error.detail, field=error.field, need=need, guess=shown)  # type: ignore[arg-type]
