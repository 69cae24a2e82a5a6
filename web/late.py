"""Commands that are imported when they are called: a process that only receives lines pays for no map and no table."""

from collections.abc import Mapping
from importlib import import_module

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group


def late_group(places: Mapping[str, str]) -> type[TyperGroup]:
    """A group whose commands, by name, stand at `module:attribute` under `web.commands`: a function or a group."""

    class LateGroup(TyperGroup):
        """Its own commands, and those that come late."""

        def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
            """All names, the late ones first."""
            return [*places, *super().list_commands(ctx)]

        def get_command(self, ctx: typer.Context, cmd_name: str) -> TyperCommand | TyperGroup | None:  # type: ignore[override]
            """The command of that name, imported now."""
            place = places.get(cmd_name)
            found = super().get_command(ctx, cmd_name) if place is None else _fetch(cmd_name, place)
            return found if isinstance(found, (TyperCommand, TyperGroup)) else None

    return LateGroup


def _fetch(name: str, place: str) -> TyperCommand | TyperGroup:
    module, _, attribute = place.partition(":")
    found = getattr(import_module(f"web.commands.{module}"), attribute)
    if isinstance(found, typer.Typer):
        group = get_group(found)
        group.name = name
        return group
    alone = typer.Typer(add_completion=False)
    alone.command(name)(found)
    command = get_command(alone)
    assert isinstance(command, TyperCommand)  # one function and no callback
    return command
