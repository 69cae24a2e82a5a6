"""Whose outlines the units have, as pages, tiles and the API say it."""

from layers.database import ReadConnection
from layers.units.outlines import outline_words, source_statement
from web.views import OutlineView, Words


async def read_outline(connection: ReadConnection) -> OutlineView:
    """The source of the outlines in force."""
    row = (await connection.execute(source_statement())).first()
    title = Words.of(outline_words(row))
    if row is None:
        return OutlineView(official=False, title=title, source=None, as_of=None)
    return OutlineView(official=True, title=title, source=row.title, as_of=row.as_of)
