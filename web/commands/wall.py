"""opsmap wall …: what the screens of the centre show."""

from typing import Annotated, Literal

import typer

from geo.clock import system_clock
from layers.access.accounts import make_link, parse_role
from layers.database import connect, make_engine, transaction, write
from layers.registry import load_layers
from layers.wall.state import Wall, change
from tiles.scenes import find_scene, published
from web.database import database
from web.settings import WebSettings

app = typer.Typer(no_args_is_help=True, help="The wall of screens.")
BY = "command line"


@app.command()
def guest(state: Annotated[Literal["on", "off"], typer.Argument(help="on while visitors are in the room")]) -> None:
    """Hide every boat's number on all screens, or show them again to those who may see them."""
    _change(guest=state == "on")


@app.command()
def scene(name: Annotated[str, typer.Argument(help="a scene's name, or rotate")]) -> None:
    """Hold one scene on all screens, or let them follow one another."""
    if name != "rotate":
        find_scene(published(load_layers()), name)
    _change(scene="" if name == "rotate" else name)


@app.command()
def link(
    cols: Annotated[int, typer.Option(min=1, max=20)] = 5,
    rows: Annotated[int, typer.Option(min=1, max=20)] = 3,
    role: Annotated[str, typer.Option(help="viewer sees no single boat; officer does")] = "viewer",
) -> None:
    """Print an address for each screen, from the top left; each signs one machine in, once, within a day."""
    settings, as_role = WebSettings(), parse_role(role)
    with database(settings) as url, connect(url) as connection, transaction(connection):
        for row in range(rows):
            for col in range(cols):
                token = make_link(connection, as_role, system_clock)
                place = f"cols={cols}&rows={rows}&col={col}&row={row}"
                typer.echo(f"http://{settings.host}:{settings.port}/wall?{place}&token={token}")


def _change(guest: bool | None = None, scene: str | None = None) -> None:
    with database(WebSettings()) as url:
        engine = make_engine(url)
        with write(engine) as connection:
            now_guest, now_scene, _ = connection.execute(change(system_clock(), BY, guest, scene)).one()
        engine.dispose()
    typer.echo(in_words(Wall(now_guest, now_scene)))


def in_words(wall: Wall) -> str:
    """What the wall is told, in one line."""
    guests = "khách: ẩn số tàu" if wall.guest else "không có khách"
    return f"{guests} · cảnh: {wall.scene or 'luân phiên'}"
