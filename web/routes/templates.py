"""Templates of departments' forms, and what is expected by when: read, and changed by those who answer for the data."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

import psycopg
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from geo.clock import local_date
from geo.errors import BadInput
from geo.workdays import DAY
from layers.access.roles import Role
from layers.database import transaction
from layers.sources.expected import PeriodState, read_expected
from layers.sources.template_body import TemplateBody, read_template
from layers.sources.templates import keep_template, read_templates
from web.access import require
from web.intake_views import TemplateView, template_view
from web.routes.intake import apart, steward
from web.state import state_of
from web.views import Words

router = APIRouter()

READERS = frozenset({Role.STEWARD, Role.OPERATOR, Role.ADMIN, Role.LEADER})
BACK = timedelta(days=200)
LONGEST = timedelta(days=3700)


class TemplateList(BaseModel):
    """Templates in force."""

    templates: list[TemplateView]


class ExpectedView(BaseModel):
    """One period of one form. `workdays`: late by so many working days, or overdue so many until today."""

    source: str
    what: Literal["template", "indicator"]
    template: str
    title: Words
    period_from: date
    period_to: date
    due: date
    rule: Words
    state: Literal["on_time", "late", "not_due", "missing"]
    workdays: int
    received_at: datetime | None
    paper: str | None
    revised: int
    agency: str
    office: str | None
    phone: str | None
    basis: str | None
    verified: bool


class ExpectedList(BaseModel):
    """Periods, the one due last first."""

    today: date
    expected: list[ExpectedView]


@router.get("/api/templates")
async def get_templates(request: Request, source: Annotated[str | None, Query(max_length=64)] = None) -> TemplateList:
    """The templates in force, of one source or all."""
    await require(request, READERS)
    found = await apart(state_of(request), lambda connection: read_templates(connection, source))
    return TemplateList(templates=[template_view(template) for template in found])


@router.put("/api/templates/{name}")
async def put_template(request: Request, name: str, told: dict[str, Any]) -> TemplateView:
    """Keep a template: a new version where it says something new; the former stays readable."""
    who, state = await steward(request), state_of(request)
    body = read_template(told)
    if body.name != name:
        raise BadInput(f"name={body.name!r}: the address says {name!r}; write the same in both", field="name")

    def work(connection: psycopg.Connection) -> TemplateView:
        with transaction(connection):
            return template_view(keep_template(connection, body, who.username, state.clock()))

    return await apart(state, work)


@router.get("/api/deliveries/expected")
async def get_expected(
    request: Request,
    source: Annotated[str | None, Query(max_length=64)] = None,
    since: Annotated[date | None, Query(alias="from")] = None,
    until: Annotated[date | None, Query(alias="to")] = None,
) -> ExpectedList:
    """What each department should deliver, period by period: in time, late by working days, not due, missing.

    `from` and `to` bound the last days of the periods; by default the last two hundred days.
    """
    await require(request, READERS)
    state = state_of(request)
    today = local_date(state.clock())
    last = until or today + DAY * 31
    first = since or last - BACK
    if not timedelta(0) <= last - first <= LONGEST:
        raise BadInput("from, to: ten years at most, and not backwards", field="from")

    def work(connection: psycopg.Connection) -> list[ExpectedView]:
        titles = {template.body.name: template.body for template in read_templates(connection)}
        return [_view(found, titles) for found in read_expected(connection, source, first, last, state.clock())]

    return ExpectedList(today=today, expected=await apart(state, work))


def _view(found: PeriodState, titles: dict[str, TemplateBody]) -> ExpectedView:
    rule, body = found.rule, titles.get(found.rule.template)
    vi, en = rule.words()
    title = Words(vi=body.title.vi, en=body.title.en) if body else Words(vi=rule.template, en=rule.template)
    return ExpectedView(
        source=rule.source,
        what=rule.what,
        template=rule.template,
        title=title,
        period_from=found.since,
        period_to=found.until,
        due=found.due,
        rule=Words(vi=vi, en=en),
        state=found.state,
        workdays=found.workdays,
        received_at=found.received_at,
        paper=found.paper,
        revised=found.revised,
        agency=rule.agency,
        office=rule.office,
        phone=rule.phone,
        basis=rule.basis,
        verified=rule.verified,
    )
