"""What waits for the centre's word, as the API tells it: the queue, a submission with its figures, the decisions."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel

from layers.access.accounts import Who
from layers.indicators.approve import CHECKERS
from layers.indicators.spans import Span, name_of
from layers.sources.freshness import Origin
from web.views import Words

State = Literal["pending", "approved", "returned", "replaced"]


class FlagView(BaseModel):
    """One thing to look at, in words, and where."""

    kind: Literal["total", "below_official", "unit", "old_form", "outlier"]
    why: Words
    row: int | None
    indicator: str | None
    subject: str | None


class SubmissionView(BaseModel):
    """One delivery whose figures wait, or waited. `may_decide` false with `why_not` in words, where it waits.

    `made_by` null: a machine. `hidden`: not shown to leaders until it is approved. `flags`: how many of each kind.
    """

    id: int
    state: State
    source: str
    source_title: Words
    origin: Origin
    name: str
    period: Words | None
    made_by: str | None
    made_at: datetime
    note: str | None
    paper: str | None
    paper_on: date | None
    paper_agency: str | None
    paper_signer: str | None
    figures: int
    waiting: int
    hidden: bool
    flags: dict[str, int]
    refused: int
    may_decide: bool
    why_not: Words | None
    decision: str | None
    decided_by: str | None
    decided_at: datetime | None
    document: str | None
    reason: str | None


class SubmissionList(BaseModel):
    """Submissions; those that wait longest stand first."""

    submissions: list[SubmissionView]


class ChangeView(BaseModel):
    """One figure, against what stands (or stood) without it; `delta` and `percent` null where there is nothing."""

    observation: int
    row: int | None
    indicator: str
    title: Words
    subject_kind: str
    subject: str
    name: str
    period: Words
    status: str
    value: float | None
    unit: str
    decimals: int
    before: float | None
    before_status: str | None
    delta: float | None
    percent: float | None
    waits: bool
    flags: list[FlagView]


class DecisionView(BaseModel):
    """One decision; never edited."""

    decision: Literal["approved", "returned"]
    decided_by: str
    decided_at: datetime
    document: str | None
    reason: str | None


class SubmissionCard(BaseModel):
    """A submission whole: its figures, what to look at in it as a whole, every decision on it."""

    submission: SubmissionView
    changes: list[ChangeView]
    flags: list[FlagView]
    decisions: list[DecisionView]


OWN = Words(
    vi="Bạn là người nạp: cần một tài khoản khác của trung tâm duyệt hoặc trả lại",
    en="You brought this: another account of the centre must approve or return it",
)
NOT_CHECKER = Words(vi="Người trực điều hành hoặc quản trị duyệt", en="An operator or admin approves")


def submission_view(row: Mapping[str, Any], who: Who) -> SubmissionView:
    """A row of the queue for somebody."""
    counts = row["counts"] or {}
    flags = counts.get("flags") or []
    why_not = _why_not(row, who)
    copied = ("id", "state", "source", "origin", "name", "made_by", "made_at", "figures")
    days = (row["period_from"], row["period_to"])
    judged = ("waiting", "hidden", "decision", "decided_by", "decided_at", "document", "reason")
    return SubmissionView(
        **{name: row[name] for name in (*copied, *judged)},
        source_title=Words(vi=row["title_vi"], en=row["title_en"]),
        period=None if None in days else Words.of(name_of(Span(*days))),
        note=counts.get("note"),
        paper="/".join(filter(None, (row["number"], row["notation"]))) or None,
        paper_on=row["issued_on"],
        paper_agency=row["agency"],
        paper_signer=row["signer"],
        flags={kind: sum(f["kind"] == kind for f in flags) for kind in dict.fromkeys(f["kind"] for f in flags)},
        refused=sum((counts.get("rejected") or {}).values()),
        may_decide=why_not is None and row["state"] in ("pending", "approved"),
        why_not=why_not if row["state"] == "pending" else None,
    )


def _why_not(row: Mapping[str, Any], who: Who) -> Words | None:
    if who.role not in CHECKERS or who.key:
        return NOT_CHECKER
    return OWN if row["made_by"] == who.username else None


def card_view(row: Mapping[str, Any], changes: Sequence[Mapping[str, Any]], who: Who) -> SubmissionCard:
    """A submission whole."""
    flags = [FlagView(**{**f, "why": Words(**f["why"])}) for f in (row["counts"] or {}).get("flags") or []]
    of_figures = {(c["indicator"], c["subject"], c["row_no"]) for c in changes}
    return SubmissionCard(
        submission=submission_view(row, who),
        changes=[_change(c, [f for f in flags if _is_of(f, c)]) for c in changes],
        flags=[f for f in flags if (f.indicator, f.subject, f.row) not in of_figures],
        decisions=[DecisionView(**d) for d in row["decisions"]],
    )


def _is_of(flag: FlagView, change: Mapping[str, Any]) -> bool:
    return (flag.indicator, flag.subject, flag.row) == (change["indicator"], change["subject"], change["row_no"])


def _change(row: Mapping[str, Any], flags: list[FlagView]) -> ChangeView:
    value, before = row["value"], row["before"]
    delta: Decimal | None = value - before if value is not None and before is not None else None
    percent = None if delta is None or not before or row["unit"] == "%" else 100 * delta / abs(before)
    title = row["name_vi"] or row["indicator"], row["name_en"] or row["indicator"]
    return ChangeView(
        observation=row["id"],
        row=row["row_no"],
        indicator=row["indicator"],
        title=Words(vi=title[0], en=title[1]),
        subject_kind=row["subject_kind"],
        subject=row["subject"],
        name="Toàn tỉnh" if row["subject_kind"] == "province" else row["subject_name"] or row["subject"],
        period=Words.of(name_of(Span(row["period_from"], row["period_to"]))),
        status=row["status"],
        value=_number(value),
        unit=row["unit"],
        decimals=row["decimals"] or 0,
        before=_number(before),
        before_status=row["before_status"],
        delta=_number(delta),
        percent=_number(percent),
        waits=row["superseded_at"] is None and row["retracted_at"] is None and row["approved_at"] is None,
        flags=flags,
    )


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
