"""opsmap units replace · restore · status: whose outlines the units have."""

import csv
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from geo.clock import LOCAL, system_clock
from ingest.tables.outline_report import Report
from ingest.tables.outlines import Asked, replace_outlines, restore_outlines
from ingest.tables.table import ReadOptions
from layers.database import connect
from layers.units.outlines import describe
from web.database import database
from web.settings import WebSettings

app = typer.Typer(no_args_is_help=True, help="The outlines of the units: ours, or official ones.")
MOST_SHOWN = 10


@app.command()
def replace(
    file: Annotated[Path, typer.Argument(help="GPKG, SHP, TAB or GeoJSON: a polygon for each commune")],
    source: Annotated[str, typer.Option(help="who drew it, as people shall read it")],
    as_of: Annotated[datetime, typer.Option("--date", formats=["%Y-%m-%d"], help="the day of the drawing")],
    level: Annotated[str, typer.Option(help="commune; districts are made of communes")] = "commune",
    code_column: Annotated[str | None, typer.Option(help="the column with the commune's code")] = None,
    tolerance: Annotated[float, typer.Option(help="how far an area may differ from ours, in percent")] = 10.0,
    crs: Annotated[str | None, typer.Option(help="EPSG number of the coordinates, when the file does not say")] = None,
    encoding: Annotated[str | None, typer.Option(help="utf-8, utf-16, windows-1258, tcvn3 or vni")] = None,
    layer_name: Annotated[str | None, typer.Option(help="the layer of a file that has several")] = None,
    report_to: Annotated[Path | None, typer.Option("--report", help="write every commune's change to this CSV")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would happen, change nothing")] = False,
) -> None:
    """Put official outlines in the place of ours: all of them, or nothing."""
    reading = ReadOptions(crs, encoding, None, layer_name)
    asked = Asked(source, as_of.date(), level, code_column, tolerance, dry_run, reading)
    with database(WebSettings()) as url, connect(url) as connection:
        report = replace_outlines(connection, file, asked, system_clock, _say)
    show(report)
    if report_to is not None:
        write_report(report, report_to)
    if report.faults:
        typer.echo(f"không đổi gì · nothing was changed: {len(report.faults)} lỗi · faults", err=True)
        raise typer.Exit(2)
    typer.echo("thử xong, không đổi gì · rehearsed, nothing was changed" if dry_run else "đã thay · replaced")


@app.command()
def restore() -> None:
    """Put our own outlines in force again."""
    with database(WebSettings()) as url, connect(url) as connection:
        moved = restore_outlines(connection, _say)
    typer.echo("ranh giới tự khái quát đang dùng sẵn · ours were in force already" if moved is None else _moved(moved))


@app.command()
def status() -> None:
    """Whose outlines are in force."""
    with database(WebSettings()) as url, connect(url) as connection:
        typer.echo(describe(connection))


def show(report: Report) -> None:
    """The report for people: what differs most, what is wrong, what moved."""
    typer.echo(f"{'mã':<7}{'đơn vị':<28}{'của ta km²':>12}{'chính thức':>12}{'lệch %':>9}{'trùng %':>9}")
    for c in report.worst[:MOST_SHOWN]:
        areas = f"{c.ours_km2:>12.2f}{c.official_km2:>12.2f}{c.difference_pct:>+9.1f}{c.agreement * 100:>9.1f}"
        typer.echo(f"{c.code:<7}{c.name[:27]:<28}{areas}")
    shared, empty = sum(f.area_km2 for f in report.overlaps), sum(f.area_km2 for f in report.gaps)
    typer.echo(f"chồng lấn · overlaps: {len(report.overlaps)} ({shared:.3f} km²)")
    typer.echo(f"hở · gaps: {len(report.gaps)} ({empty:.3f} km²)")
    for fault in report.faults:
        typer.echo(f"  ✕ {fault}", err=True)
    if not report.faults:
        typer.echo(_moved(report.moved))


def write_report(report: Report, path: Path) -> None:
    """Every commune's change as CSV (UTF-8, with a mark so that Excel reads the names)."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["code", "name", "ours_km2", "official_km2", "difference_pct", "agreement_pct"])
        for c in report.worst:
            areas = [f"{c.ours_km2:.4f}", f"{c.official_km2:.4f}"]
            writer.writerow([c.code, c.name, *areas, f"{c.difference_pct:.2f}", f"{c.agreement * 100:.2f}"])


def _moved(moved: dict[str, int]) -> str:
    listed = ", ".join(f"{name} {count}" for name, count in moved.items()) or "không · none"
    return f"bản ghi đổi ô · facts in another cell: {listed}"


def _say(line: str) -> None:
    typer.echo(f"[{datetime.now(LOCAL):%H:%M:%S}] {line}", err=True)
