"""GET /api/ways-in: feeds that are asked and files that were laid down, each with how it went."""

from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy import select

from layers.access.roles import Role
from layers.database import read
from layers.sources.ways import DropFile, FeedState
from web.access import require
from web.state import state_of
from web.views import Words

router = APIRouter()

READERS = frozenset({Role.STEWARD, Role.OPERATOR, Role.ADMIN})
LATEST_FILES = 50


class FeedView(BaseModel):
    """A feed: last asked, last answered, how it went, and its last error in words (kept after it is over)."""

    name: str
    tried_at: datetime | None
    succeeded_at: datetime | None
    outcome: Literal["new", "same", "failed"] | None
    failures: int
    failed_at: datetime | None
    error: Words | None
    size: int | None


class FileView(BaseModel):
    """A file of the drop folder. `seen`: how often its content was laid down."""

    name: str
    source: str
    form: str
    size: int
    sha256: str
    taken_at: datetime
    state: Literal["taken", "stored", "refused"]
    detail: Words | None
    seen: int


class WaysIn(BaseModel):
    """Every feed that was ever asked, and the latest files."""

    now: datetime
    feeds: list[FeedView]
    files: list[FileView]


@router.get("/api/ways-in")
async def get_ways_in(request: Request) -> WaysIn:
    """How the ways in that we go and look at are doing."""
    await require(request, READERS)
    state = state_of(request)
    feeds, files = FeedState.__table__, DropFile.__table__
    async with read(state.engine) as connection:
        asked = (await connection.execute(select(feeds).order_by(feeds.c.name))).mappings().all()
        laid = select(files).order_by(files.c.id.desc()).limit(LATEST_FILES)
        taken = (await connection.execute(laid)).mappings().all()
    return WaysIn(
        now=state.clock(),
        feeds=[FeedView(**_of(FeedView, row), error=_words(row["error_vi"], row["error_en"])) for row in asked],
        files=[
            FileView(
                **_of(FileView, row) | {"sha256": row["sha256"].hex()},
                detail=_words(row["detail_vi"], row["detail_en"]),
            )
            for row in taken
        ],
    )


def _of(view: type[BaseModel], row: Any) -> dict[str, Any]:
    return {name: row[name] for name in view.model_fields if name in row}


def _words(vi: str | None, en: str | None) -> Words | None:
    return None if vi is None or en is None else Words(vi=vi, en=en)
