"""Pages and signing in. The pages are built files; what they show comes from the API."""

from datetime import timedelta
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import FileResponse, RedirectResponse

from geo.errors import NotAllowed
from layers.access.accounts import SESSION_LIFE
from layers.access.sessions import sign_in, sign_out, use_link
from web.built import STATIC
from web.state import state_of

router = APIRouter(include_in_schema=False)


def page(name: str) -> FileResponse:
    """A built page; always asked for anew, its parts are named by their content."""
    return FileResponse(STATIC / f"{name}.html", headers={"cache-control": "no-cache"})


@router.get("/")
async def leaders() -> Response:
    """The leaders' map."""
    return page("leaders")


@router.get("/fisheries")
async def fisheries() -> Response:
    """The officers' sea."""
    return page("fisheries")


@router.get("/cases")
async def cases() -> Response:
    """What needs somebody, and what was done about it."""
    return page("cases")


@router.get("/law")
async def law() -> Response:
    """The law by conduct, length and day."""
    return page("law")


@router.get("/storm")
async def storm() -> Response:
    """Who is in the storm, where to go, whom to call."""
    return page("storm")


@router.get("/books")
async def books() -> Response:
    """The fisheries' books."""
    return page("books")


@router.get("/shift")
async def shift() -> Response:
    """The desk's shift: log, open matters, giao ca."""
    return page("shift")


@router.get("/reports")
async def reports() -> Response:
    """Daily, weekly and monthly reports."""
    return page("reports")


@router.get("/fields")
async def fields() -> Response:
    """Epidemics, schools told in several ways, online topics, holidays."""
    return page("fields")


@router.get("/pilot")
async def pilot() -> Response:
    """The evaluation of the pilot."""
    return page("pilot")


@router.get("/citizens")
async def citizens() -> Response:
    """Citizens' reports for those who work on them."""
    return page("citizens")


@router.get("/tasks")
async def tasks() -> Response:
    """Tasks given out of numbers, followed until done."""
    return page("tasks")


@router.get("/places")
@router.get("/places/{layer}")
@router.get("/places/{layer}/{key}")
async def places() -> Response:
    """The lists of facilities, and the page of each."""
    return page("places")


@router.get("/login")
async def login_page(request: Request, link: str | None = None) -> Response:
    """The sign-in form; with `link`, sign in by a one-click link."""
    if link is None:
        return page("login")
    state = state_of(request)
    token = await use_link(state.engine, link, state.clock())
    if token is None:
        return RedirectResponse("/login?error=link", 303)
    return _signed_in(request, token, "/fisheries" if request.query_params.get("to") == "fisheries" else "/")


@router.post("/login")
async def login(
    request: Request, username: str = Form(max_length=80), password: str = Form(max_length=200)
) -> Response:
    """Sign in with name and password."""
    check_origin(request)
    state = state_of(request)
    token = await sign_in(state.engine, username, password, state.clock())
    if token is None:
        return RedirectResponse("/login?error=password", 303)
    return _signed_in(request, token, "/")


@router.post("/logout")
async def logout(request: Request) -> Response:
    """Sign out; the session ends on the server."""
    check_origin(request)
    state = state_of(request)
    token = request.cookies.get(state.settings.session_cookie)
    if token:
        await sign_out(state.engine, token, state.clock())
        state.sessions.pop(token, None)
    response = RedirectResponse("/", 303)
    response.delete_cookie(state.settings.session_cookie, path="/")
    return response


def check_origin(request: Request) -> None:
    """A form must come from a page of ours."""
    origin = request.headers.get("origin") or request.headers.get("referer")
    if origin is None or urlsplit(origin).netloc != request.headers.get("host"):
        raise NotAllowed("Origin: this form was sent from another site; open /login on this one", field="Origin")


def _signed_in(request: Request, token: str, to: str) -> Response:
    response = RedirectResponse(to, 303)
    keep_session(response, request, token, SESSION_LIFE)
    return response


def keep_session(response: Response, request: Request, token: str, life: timedelta) -> None:
    """Give the browser the session's cookie: out of reach of scripts and of other sites' requests."""
    response.set_cookie(
        state_of(request).settings.session_cookie,
        token,
        max_age=int(life.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
