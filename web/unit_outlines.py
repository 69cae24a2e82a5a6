"""Whose outlines the units have, as pages, tiles and the API say it."""

from datetime import date
from typing import Any

from sqlalchemy import Row

from layers.database import ReadConnection
from layers.units.outlines import source_statement
from web.views import OutlineView, Words

OURS = OutlineView(
    official=False,
    title=Words(vi="Ranh giới: bản tự khái quát, không dùng cho mục đích pháp lý",
                en="Outlines: our own generalisation, not for legal purposes"),
    source=None,
    as_of=None,
)  # fmt: skip


async def read_outline(connection: ReadConnection) -> OutlineView:
    """The source of the outlines in force."""
    row = (await connection.execute(source_statement())).first()
    return OURS if row is None else official(row)


def official(row: Row[*tuple[Any, ...]]) -> OutlineView:
    """An official source in words."""
    as_of: date = row.as_of
    title = Words(vi=f"Ranh giới: bản chính thức, {row.title}, {as_of:%d/%m/%Y}",
                  en=f"Outlines: official, {row.title}, {as_of:%d/%m/%Y}")  # fmt: skip
    return OutlineView(official=True, title=title, source=row.title, as_of=as_of)
