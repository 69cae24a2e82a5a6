"""What a process costs to start: one that only receives, stores or works imports no library of tables and maps."""

import subprocess
import sys

import pytest

HEAVY = "pandas", "geopandas", "pyogrio", "openpyxl", "alembic", "folium"


@pytest.mark.parametrize(
    "modules",
    [
        "web.cli",
        "web.cli, web.commands.ingest, web.commands.listening, ingest.net.receiver",
        "web.cli, web.commands.ingest, ingest.bus.loader, ingest.bus.run, ingest.forms",
        "web.cli, web.commands.processes",
    ],
)
def test_who_only_receives_or_stores_imports_nothing_heavy(modules: str) -> None:
    code = f"import sys, {modules}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_every_command_is_found_by_its_name() -> None:
    """Commands are imported when called, so that a wrong place would show only then."""
    code = (
        "import typer; from web.cli import app; from web.commands.ingest import LATE; g = typer.main.get_command(app);"
        "c = typer.Context(g); i = g.get_command(c, 'ingest');"
        "print(*[n for n in g.list_commands(c) if g.get_command(c, n).name == n],"
        "*[n for n in i.list_commands(c) if i.get_command(c, n).name == n])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    named = (
        "db ingest user key units retention rejects wall template region load replay rebuild serve feed work watch up"
        " doctor docs document seal verify settings"
    )
    assert done.stdout.split() == [*named.split(), "exchange", "axis", "ais", "spool", "vms"]


def test_the_help_of_a_receiver_can_be_read() -> None:
    """What looks like a tag in a help text ends the program."""
    code = "import sys; from web.cli import main; sys.argv = ['opsmap', 'ingest', 'ais', '--help']; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "/TOPIC" in done.stdout
