"""opsmap document UNIT --out F.html: the map of one unit as a file that opens anywhere."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from geo.clock import system_clock
from geo.errors import BadInput
from layers.access.roles import Role
from layers.database import make_async_engine, read
from layers.registry import load_layers
from tiles.document.facts import read_facts
from tiles.document.page import document as make_document
from web.database import database
from web.settings import WebSettings

FIRST_MEASURE = "unit.population"


def document(
    unit: Annotated[str, typer.Argument(help="a unit's code, say 522")],
    out: Annotated[Path, typer.Option(help="the file to write")],
    measure: Annotated[str, typer.Option(help="what colours the map, as layer.name")] = FIRST_MEASURE,
    role: Annotated[Role, typer.Option(help="for whose eyes: guest leaves out what is not public")] = Role.OFFICER,
    lang: Annotated[str, typer.Option(help="vi or en")] = "vi",
) -> None:
    """Write one self-contained HTML map of a unit: choropleth, facilities, a track; no request leaves it."""
    if lang not in ("vi", "en"):
        raise BadInput(f"lang={lang!r}: use vi or en", field="lang")
    with database(WebSettings()) as url:
        page = asyncio.run(_make(url, role, (unit, measure), lang))
    out.write_text(page, encoding="utf-8")
    typer.echo(f"{out} ({len(page.encode()) / 1e6:.2f} MB)")


async def _make(url: str, role: Role, asked: tuple[str, str], lang: str) -> str:
    engine = make_async_engine(url, pool_size=1)
    try:
        async with read(engine) as connection:
            facts = await read_facts(connection, load_layers(), role, asked, system_clock())
    finally:
        await engine.dispose()
    return make_document(facts, lang)
