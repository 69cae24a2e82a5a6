"""/report: the form, the code, the report of a code. Pages that need no script; the script only makes them quicker."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy import Connection, select
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse

from geo.clock import local_date
from geo.errors import NotFound, OpsmapError
from geo.text import fold
from geo.workdays import Workdays
from layers.citizens.acts import Act, act, rate, reopen_by_citizen
from layers.citizens.codes import hash_of, read_code
from layers.citizens.models import ReportCase
from layers.citizens.near import near_reports
from layers.citizens.rows import categories_at, category_of, flow_at
from layers.database import read
from layers.units.read import units_statement
from web.citizen.intake import make_report, origin_of, read_form
from web.citizen.page import form_page, joined_page, report_page
from web.citizen.views import NearView, near_view
from web.errors import STATUS
from web.routes.citizens import Rating, Said, by_citizen, count_request, file_or_join, follow
from web.state import state_of

router = APIRouter(include_in_schema=False)
SCRIPT = Path(__file__).resolve().parents[1] / "citizen" / "report.js"
DOORS = ("/report", "/api/reports", "/open311/v2/requests.json", "/open311/v2/requests.xml")
"""Where photos may come in."""
NEW = "moi"
NO_CODE = "Mã chưa đúng: mã có dạng PA-7K3M-9QXW, khác với số phản ánh"


@router.get("/report.js")
async def get_script() -> Response:
    """What makes the form quicker."""
    return FileResponse(SCRIPT, media_type="text/javascript", headers={"cache-control": "no-cache"})


@router.get("/report")
async def get_form(request: Request, lang: str = "vi") -> Response:
    """The form."""
    return await _form(request, lang, {}, None)


@router.post("/report")
async def post_form(request: Request, lang: str = "vi") -> Response:
    """The form as a browser without a script sends it."""
    values: dict[str, Any] = {}
    try:
        count_request(request)
        values, photos = await read_form(request)
        filed = await file_or_join(request, make_report(values), photos)
    except OpsmapError as error:
        return await _form(request, lang, values, error)
    return RedirectResponse(f"/report/{filed.code}?new=1&lang={_lang(lang)}", 303)


@router.get("/report/follow")
async def get_follow(code: str) -> Response:
    """From the field of the form to the report."""
    return RedirectResponse(f"/report/{code.strip().upper().replace('/', '')[:40]}", 303)


@router.get("/report/joined")
async def get_joined(request: Request, number: str, lang: str = "vi") -> Response:
    """Somebody was counted on a report nearby."""
    return HTMLResponse(joined_page(_lang(lang), number, origin_of(state_of(request)) == "simulated"))


@router.get("/report/{code}")
async def get_page(request: Request, code: str, lang: str = "vi", new: bool = False) -> Response:
    """The report of a code, with what is near while it is new."""
    state = state_of(request)
    state.rates.count(request, "follow", 6 * state.settings.reports_per_minute, state.clock())

    def find(connection: Connection) -> Any:
        view = follow(connection, code, state.clock())
        return view, _near(connection, code, state.clock()) if view.state == NEW else []

    try:
        code = own_code(code)
        async with read(state.engine) as connection:
            view, near = await connection.run_sync(find)
    except OpsmapError as error:
        return await _form(request, lang, {}, error)
    return HTMLResponse(report_page(_lang(lang), code, view, near, new), headers={"cache-control": "private, no-store"})


@router.post("/report/{code}/same")
async def post_same(request: Request, code: str, same_as: str = Form(max_length=40), lang: str = "vi") -> Response:
    """The holder of a code says that it is the same as one nearby; staff can take them apart again."""
    return await _act(request, code, lang, lambda c, r, a: act(c, r, Act("join", same_as=same_as), a, Workdays()))


@router.post("/report/{code}/rating")
async def post_rating(
    request: Request, code: str, rating: int = Form(ge=1, le=5), text: str = Form("", max_length=1000), lang: str = "vi"
) -> Response:
    """Rate the answer."""
    said = Rating(rating=rating, text=text or None)
    return await _act(request, code, lang, lambda c, r, a: rate(c, r, said.rating, said.text, a))


@router.post("/report/{code}/reopen")
async def post_reopen(
    request: Request, code: str, text: str = Form(min_length=5, max_length=1000), lang: str = "vi"
) -> Response:
    """It is not done."""
    said = Said(text=text)
    return await _act(request, code, lang, lambda c, r, a: reopen_by_citizen(c, r, said.text, a, Workdays()))


@router.post("/report/{code}/supply")
async def post_supply(
    request: Request, code: str, text: str = Form(min_length=5, max_length=1000), lang: str = "vi"
) -> Response:
    """What was asked for."""
    said = Said(text=text)
    return await _act(request, code, lang, lambda c, r, a: act(c, r, Act("supply", said.text), a, Workdays()))


def own_code(written: str) -> str:
    """The code as we write it; NotFound for what is none: a public number opens nothing here."""
    code = read_code(written)
    if code is None:
        raise NotFound("code: not one of ours; it looks like PA-7K3M-9QXW", field="code", title=NO_CODE)
    return code


async def _act(request: Request, code: str, lang: str, do: Any) -> Response:
    try:
        await by_citizen(request, code, do)
    except OpsmapError as error:
        return await _form(request, lang, {}, error)
    return RedirectResponse(f"/report/{code}?lang={_lang(lang)}", 303)


async def _form(request: Request, lang: str, values: dict[str, Any], error: OpsmapError | None) -> Response:
    state = state_of(request)
    now = state.clock()
    async with read(state.engine) as connection:
        categories = await connection.run_sync(categories_at, now)
        units = list(await connection.execute(units_statement("commune", local_date(now), "51")))
    status = 200 if error is None else next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    units.sort(key=lambda unit: fold(unit.name))
    page = form_page(_lang(lang), categories.values(), units, values, error, origin_of(state) == "simulated")
    return HTMLResponse(page, status, headers={"cache-control": "no-cache"})


def _near(connection: Connection, code: str, now: Any) -> list[NearView]:
    """What is open near a report that is new, itself left out."""
    row = connection.execute(select(ReportCase.__table__).where(ReportCase.code_hash == hash_of(code))).one()
    if row.lon_e7 is None:
        return []
    category, flow = category_of(connection, row.category, now), flow_at(connection, now)
    rows = near_reports(connection, category, row.lon_e7 / 1e7, row.lat_e7 / 1e7, now)
    return [near_view(other, flow) for other in rows if other.number != row.number]


def _lang(lang: str) -> str:
    return "en" if lang == "en" else "vi"
