"""Reading and changing what the wall is told; every web process hears of a change at commit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Executable, func, select
from sqlalchemy.dialects.postgresql import insert

from layers.database import ReadConnection
from layers.versions import CHANNEL
from layers.wall.models import ONLY, WallRow


@dataclass(frozen=True)
class Wall:
    """`guest`: visitors are in the room, so no boat is named. `scene`: the one held, None when they rotate."""

    guest: bool = False
    scene: str | None = None


async def read_wall(connection: ReadConnection) -> Wall:
    """What the wall was last told; nothing special when it never was."""
    row = (await connection.execute(select(WallRow.guest, WallRow.scene))).first()
    return Wall() if row is None else Wall(row.guest, row.scene)


def read_wall_now(connection: Connection) -> Wall:
    """The same for the command line."""
    row = connection.execute(select(WallRow.guest, WallRow.scene)).first()
    return Wall() if row is None else Wall(row.guest, row.scene)


def changes(wall: Wall, by: str, now: datetime) -> tuple[Executable, Executable]:
    """The two statements of one transaction: keep what the wall is told, and tell every web process."""
    values: dict[str, Any] = {"guest": wall.guest, "scene": wall.scene, "changed_at": now, "changed_by": by}
    keep = insert(WallRow).values(id=ONLY, **values).on_conflict_do_update(index_elements=["id"], set_=values)
    news = orjson.dumps({"wall": {"guest": wall.guest, "scene": wall.scene}}).decode()
    return keep, select(func.pg_notify(CHANNEL, news))
