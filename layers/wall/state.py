"""Reading and changing what the wall is told; every web process hears of a change at commit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Text, cast, func, select
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


def change(now: datetime, by: str, guest: bool | None = None, scene: str | None = None) -> Select[Any]:
    """Change what the wall is told and tell every web process at commit: the row (guest, scene) as it is then.

    What is None stays as it is in the table, not as somebody read it before: two who press at once both have their
    way. `scene` "" lets the scenes rotate.
    """
    first = {"guest": guest or False, "scene": scene or None, "changed_at": now, "changed_by": by}
    then: dict[str, Any] = {"changed_at": now, "changed_by": by}
    if guest is not None:
        then["guest"] = guest
    if scene is not None:
        then["scene"] = scene or None
    keep = insert(WallRow).values(id=ONLY, **first).on_conflict_do_update(index_elements=["id"], set_=then)
    told = keep.returning(WallRow.guest, WallRow.scene).cte("told")
    wall = func.json_build_object("guest", told.c.guest, "scene", told.c.scene)
    news = cast(func.json_build_object("wall", wall), Text)
    return select(told.c.guest, told.c.scene, func.pg_notify(CHANNEL, news))
