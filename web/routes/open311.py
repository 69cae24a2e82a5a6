"""Open311 GeoReport v2: services, requests, tokens. Words, place and photo of a request only once it is released."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime
from sqlalchemy import select

from geo.errors import BadInput, NotFound, OpsmapError
from layers.citizens.codes import hash_of
from layers.citizens.models import ReportCase
from layers.citizens.rows import categories_at
from layers.database import read
from web.citizen.intake import file_report, make_report, read_form
from web.citizen.open311 import request_record, service_record, written
from web.citizen.views import ReportView
from web.errors import STATUS
from web.routes.citizens import count_request, list_public
from web.state import state_of

router = APIRouter(prefix="/open311/v2")
Form = Literal["json", "xml"]
MOST = 1000
NAMES = {"service_code": "category", "description": "text", "long": "lon", "address_string": "address"}
"""Their words for ours, where they differ."""


@router.get("/services.{form}")
async def get_services(request: Request, form: Form) -> Response:
    """What may be told."""
    state = state_of(request)
    async with read(state.engine) as connection:
        rows = await connection.run_sync(categories_at, state.clock())
    records = [service_record(row) for row in rows.values() if row.accepted]
    return written(records, form, "services", "service")


@router.get("/requests.{form}")
async def get_requests(  # noqa: PLR0913, PLR0917
    request: Request,
    form: Form,
    service_request_id: str | None = None,
    service_code: str | None = None,
    start_date: AwareDatetime | None = None,
    end_date: AwareDatetime | None = None,
    status: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 200,
) -> Response:
    """Released reports, the newest first; `status` is open, closed or both with a comma between."""
    where: list[Any] = [ReportCase.released_at.is_not(None)]
    where += [ReportCase.number.in_(service_request_id.split(","))] if service_request_id else []
    where += [ReportCase.category.in_(service_code.split(","))] if service_code else []
    where += [ReportCase.received_at >= start_date] if start_date else []
    where += [ReportCase.received_at <= end_date] if end_date else []
    asked = set((status or "open,closed").split(","))
    if asked == {"open"}:
        where.append(ReportCase.ended_at.is_(None))
    elif asked == {"closed"}:
        where.append(ReportCase.ended_at.is_not(None))
    elif asked != {"open", "closed"}:
        return _refused(BadInput("status: use open, closed or open,closed", field="status"), form)
    return _written(request, await _find(request, where, limit), form)


@router.get("/requests/{number}.{form}")
async def get_request(request: Request, number: str, form: Form) -> Response:
    """One report by its number; one that is not released shows its state and dates only."""
    views = await _find(request, [ReportCase.number == number], 1)
    if not views:
        return _refused(NotFound("service_request_id: there is none", field="service_request_id"), form)
    return _written(request, views, form)


@router.post("/requests.{form}")
async def post_request(request: Request, form: Form) -> Response:
    """Take in a report as GeoReport v2 sends it; `token` is the code to follow it by."""
    try:
        count_request(request)
        values, photos = await read_form(request)
        theirs = {NAMES.get(name, name): value for name, value in values.items()}
        name = " ".join(str(values[part]) for part in ("first_name", "last_name") if part in values)
        told = make_report(theirs | ({"name": name} if name else {}))
        filed = await file_report(request, told, photos, "open311")
    except OpsmapError as error:
        return _refused(error, form)
    record = {
        "service_request_id": filed.number,
        "token": filed.code,
        "service_notice": f"{filed.agency}: {filed.due_at.isoformat()}",
        "account_id": None,
    }
    return written([record], form, "service_requests", "request", 201)


@router.get("/tokens/{token}.{form}")
async def get_token(request: Request, token: str, form: Form) -> Response:
    """The number of a token, at once: a report has one as soon as it is taken in."""
    async with read(state_of(request).engine) as connection:
        statement = select(ReportCase.number).where(ReportCase.code_hash == (hash_of(token) or b""))
        number = (await connection.execute(statement)).scalar()
    if number is None:
        return _refused(NotFound("token: there is none", field="token"), form)
    return written([{"service_request_id": number, "token": token}], form, "service_requests", "request")


async def _find(request: Request, where: list[Any], limit: int) -> list[ReportView]:
    state = state_of(request)
    async with read(state.engine) as connection:
        return await connection.run_sync(list_public, where, limit, state.clock())


def _written(request: Request, views: list[ReportView], form: Form) -> Response:
    base = str(request.base_url).rstrip("/")
    return written([request_record(view, base) for view in views], form, "service_requests", "request")


def _refused(error: OpsmapError, form: Form) -> Response:
    """An error as GeoReport v2 writes it."""
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    record = {"code": status, "description": f"{error.title}. {error.detail}"}
    return written([record], form, "errors", "error", status)
