"""One table from errors to statuses, written as RFC 9457 problem documents."""

from collections.abc import Mapping
from typing import Any

import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from psycopg import OperationalError
from psycopg.errors import QueryCanceled
from psycopg_pool import PoolTimeout
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

from geo.errors import BadInput, Conflict, NeedsLogin, NotAllowed, NotFound, OpsmapError, SetupFailed, TooMany

STATUS: Mapping[type[OpsmapError], int] = {
    Conflict: 409,  # before BadInput, which it is too
    BadInput: 400,
    NeedsLogin: 401,
    NotAllowed: 403,
    NotFound: 404,
    TooMany: 429,
    SetupFailed: 503,
}
TITLES = {
    401: "Cần đăng nhập",
    403: "Không có quyền",
    404: "Không tìm thấy",
    405: "Không hỗ trợ cách gọi này",
    413: "Dữ liệu gửi lên quá lớn",
    422: "Dữ liệu gửi lên không hợp lệ",
    500: "Lỗi bên trong hệ thống",
    503: "Hệ thống tạm thời bận",
}
_log = structlog.get_logger()


def problem(status: int, title: str, detail: str, field: str | None = None, **headers: str) -> Response:
    """A problem document: Vietnamese title, English detail naming field and fix."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if field is not None:
        body["field"] = field
    content = orjson.dumps(body)
    given = {"cache-control": "no-store", **{k.replace("_", "-"): v for k, v in headers.items()}}
    return Response(content, status, given, media_type="application/problem+json")


def of_ours(error: OpsmapError) -> Response:
    """Our own error as a problem document."""
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    return problem(status, error.title, error.detail, error.field)


def install(app: FastAPI) -> None:
    """Give every error a problem document."""

    @app.exception_handler(OpsmapError)
    async def ours(_: Request, error: OpsmapError) -> Response:
        return of_ours(error)

    @app.exception_handler(HTTPException)
    async def http(_: Request, error: HTTPException) -> Response:
        title = TITLES.get(error.status_code, "Có lỗi xảy ra")
        return problem(error.status_code, title, str(error.detail))

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"][1:])
        return problem(422, TITLES[422], f"{name}: {first['msg']}", name or None)

    @app.exception_handler(DBAPIError)
    @app.exception_handler(OperationalError)
    @app.exception_handler(QueryCanceled)
    @app.exception_handler(PoolTimeout)
    async def database(_: Request, error: Exception) -> Response:
        _log.warning("database_failed", error=str(error)[:300])
        return problem(503, TITLES[503], "the database did not answer in time; try again", retry_after="5")

    @app.exception_handler(Exception)
    async def unforeseen(_: Request, error: Exception) -> Response:
        _log.error("request_failed", error=repr(error)[:300], exc_info=error)
        return problem(500, TITLES[500], "something failed inside; the operators' log has it")
