"""The law as the API tells it: rows of the table as typed views."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel

from geo.clock import local_date
from layers.watch.law import CONDUCTS, Law
from layers.watch.law_dates import Hole, Key
from web.vessel_views import LawView, LeadView, PenaltyView
from web.views import Words

Kind = Literal["duty", "penalty", "lead", "setting"]


class RuleView(BaseModel):
    """One row. Days are days in Việt Nam: in force from the first moment of `valid_from` until that of `valid_to`."""

    code: str
    kind: Kind
    conduct: str
    step: str
    reading: str
    min_length_m: float
    max_length_m: float | None
    threshold_s: int | None
    value: float | None
    unit: str | None
    permits: str | None
    lead: str | None
    decree: str
    article: str | None
    text: Words
    fine_from: int | None
    fine_to: int | None
    measures: Words | None
    source: str
    verified: bool
    valid_from: date
    valid_to: date | None


class ThresholdView(BaseModel):
    """A number the law sets; `reading` text is applied, another one is shown beside it."""

    step: str
    reading: str
    threshold_s: int | None
    value: float | None
    unit: str | None
    permits: str | None
    min_length_m: float
    max_length_m: float | None
    text: Words
    decree: str
    article: str | None
    source: str
    verified: bool


class LawAnswer(BaseModel):
    """The law of one conduct for one length at one moment; null where nobody has found it.

    `verified` is true only when a person has held every row against its text.
    """

    conduct: str
    title: Words
    length_m: float | None
    at: datetime
    known_at: datetime | None
    thresholds: list[ThresholdView]
    decree: str | None
    article: str | None
    penalty: PenaltyView | None
    penalties: list[PenaltyView]
    lead: LeadView | None
    leads: list[LeadView]
    source: str | None
    verified: bool


class HoleView(BaseModel):
    """Days [since, until) between two rows of one key in which none holds."""

    kind: Kind
    conduct: str
    step: str
    since: date
    until: date
    min_length_m: float
    text: Words


def law_answer(law: Law, known_at: datetime | None) -> LawAnswer:
    """What the law says, with the row that is cited first on top."""
    first = law.first_duty or law.penalty
    return LawAnswer(
        conduct=law.conduct,
        title=Words.of(CONDUCTS[law.conduct]),
        length_m=law.length_m,
        at=law.at,
        known_at=known_at,
        thresholds=[_threshold(row) for row in law.duties],
        decree=first.decree if first else None,
        article=first.article if first else None,
        penalty=penalty_view(law.penalty) if law.penalty else None,
        penalties=[penalty_view(row) for row in law.penalties],
        lead=lead_view(law.lead) if law.lead else None,
        leads=[lead_view(row) for row in law.leads],
        source=first.source if first else None,
        verified=law.verified,
    )


def law_view(row: Any, law: Law) -> LawView:
    """One duty with what breaking it costs and who leads, as a boat's card has it."""
    return LawView(
        text=Words(vi=row.text_vi, en=row.text_en),
        decree=row.decree,
        article=row.article,
        verified=row.verified,
        source=row.source,
        penalties=[penalty_view(each) for each in law.penalties],
        lead=lead_view(law.lead) if law.lead else None,
    )


def penalty_view(row: Any) -> PenaltyView:
    """A row of kind penalty."""
    names = ("step", "decree", "article", "fine_from", "fine_to", "verified", "source")
    text = Words(vi=row.text_vi, en=row.text_en)
    return PenaltyView(**{name: getattr(row, name) for name in names}, text=text, measures=_measures(row))


def lead_view(row: Any) -> LeadView:
    """A row of kind lead."""
    text = Words(vi=row.text_vi, en=row.text_en)
    return LeadView(level=row.lead, text=text, decree=row.decree, verified=row.verified, source=row.source)


def rule_view(row: Any) -> RuleView:
    """A row whole."""
    apart = ("text", "measures", "valid_from", "valid_to")
    plain = {name: getattr(row, name) for name in RuleView.model_fields if name not in apart}
    until = None if row.valid_to is None else local_date(row.valid_to)
    text = Words(vi=row.text_vi, en=row.text_en)
    return RuleView(**plain, text=text, measures=_measures(row), valid_from=local_date(row.valid_from), valid_to=until)


def hole_view(key: Key, hole: Hole) -> HoleView:
    """A hole in days, with words for people."""
    kind, conduct, step, _ = key
    since, until = local_date(hole.since), local_date(hole.until)
    text = Words(
        vi=f"Từ {since:%d/%m/%Y} đến trước {until:%d/%m/%Y} không có dòng nào (từ {hole.min_length_m:g} m)",
        en=f"No row holds from {since} until {until} (from {hole.min_length_m:g} m)",
    )
    return HoleView.model_validate(
        {"kind": kind, "conduct": conduct, "step": step, "since": since, "until": until,
         "min_length_m": hole.min_length_m, "text": text}
    )  # fmt: skip


def _threshold(row: Any) -> ThresholdView:
    plain = {name: getattr(row, name) for name in ThresholdView.model_fields if name != "text"}
    return ThresholdView(**plain, text=Words(vi=row.text_vi, en=row.text_en))


def _measures(row: Any) -> Words | None:
    return None if row.measures_vi is None else Words(vi=row.measures_vi, en=row.measures_en or row.measures_vi)
