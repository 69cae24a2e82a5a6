"""opsmap region …"""

import json
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from fixtures.fleet import SEED
from geo.clock import system_clock
from geo.errors import BadInput
from layers.database import connect
from layers.spec import Text
from layers.watch.region.cases import BoatTrack, draw_cases
from layers.watch.region.land import LIGHT, water
from layers.watch.region.learn import coverage, holds, learn, measure, untaught
from layers.watch.region.model import FILE, Model, read_model, write_model
from web.database import database
from web.region_tracks import simulated_tracks, stored_tracks
from web.settings import WebSettings

app = typer.Typer(
    no_args_is_help=True, help="Where a silent boat may be: learned from tracks, and held against others."
)
APART = 3
"""Of so many boats one is kept aside: learned from two, judged by the third."""
EACH, EACH_JUDGED = 6, 3
Lines = list[dict[str, Any]]


class Tracks(StrEnum):
    """Whose tracks: of the simulated fleet, or those stored from real sources."""

    SIMULATED = "simulated"
    STORED = "stored"


SOURCES = {
    Tracks.SIMULATED: Text(
        "Học trên hành trình mô phỏng của đội tàu trình diễn, giữ riêng một phần ba số tàu để kiểm",
        "Learned on simulated tracks of the demonstration fleet; a third of the boats kept aside to judge by",
    ),
    Tracks.STORED: Text(
        "Học trên hành trình thật đã lưu, giữ riêng một phần ba số tàu để kiểm",
        "Learned on real tracks that were stored; a third of the boats kept aside to judge by",
    ),
}
WhatTracks = Annotated[Tracks, typer.Option(help="simulated, or stored: real ones of the database")]
HowManyDays = Annotated[int, typer.Option(min=20, help="of stored tracks, up to now")]


@app.command("learn")
def learn_(
    out: Annotated[Path, typer.Option(help="where the numbers go")] = FILE,
    tracks: WhatTracks = Tracks.SIMULATED,
    days: HowManyDays = 90,
) -> None:
    """Learn, hold it against boats kept aside, and write a small file of numbers; no track is in it.

    It counts as calibrated only on real tracks, when the wider region holds the truth 85 to 95 times of 100.
    """
    known, teachers = read_model(), read_tracks(tracks, days, aside=False)
    cases = draw_cases(teachers, known, known.hours, EACH, np.random.default_rng(SEED))
    measured = measure(cases, known, water(LIGHT))
    if few := untaught(measured):
        raise BadInput(f"tracks: too few cases of {', '.join(few)}; use more --days of stored tracks", field="tracks")
    real, learned = tracks is Tracks.STORED, learn(measured, known)
    learned = replace(learned, boats=len(set(cases.boat.tolist())), cases=len(cases))
    learned = replace(learned, origin="real" if real else "simulated", source=SOURCES[tracks])
    lines = judge_tracks(learned, read_tracks(tracks, days, aside=True), learned.hours)
    calibrated = real and holds(lines)
    write_model(replace(learned, calibrated=calibrated, learned_on=system_clock().date().isoformat()), out)
    say([*lines, {"file": str(out), "cases": len(cases), "calibrated": calibrated}])


@app.command("judge")
def judge(tracks: WhatTracks = Tracks.SIMULATED, days: HowManyDays = 90) -> None:
    """How often the truth is within, on boats kept aside: one JSON line for each behaviour, region and hour."""
    model = read_model()
    say(judge_tracks(model, read_tracks(tracks, days, aside=True), model.hours))


def read_tracks(tracks: Tracks, days: int, *, aside: bool) -> list[BoatTrack]:
    """The tracks of the boats kept aside, or of the others."""

    def wanted(boat: int) -> bool:
        return (boat % APART == 0) is aside

    if tracks is Tracks.SIMULATED:
        return simulated_tracks(SEED, wanted)
    with database(WebSettings()) as url, connect(url) as connection:
        return stored_tracks(connection, days, system_clock, wanted)


def judge_tracks(model: Model, aside: list[BoatTrack], hours: Sequence[float]) -> Lines:
    """Coverage: behaviour, region (share of 100 it should hold), hours, the share it held, of how many cases."""
    cases = draw_cases(aside, model, hours, EACH_JUDGED, np.random.default_rng(SEED + 1))
    found = measure(cases, model, water(LIGHT))
    counts = {"all": len(cases)} | {name: int((found.behaviour == name).sum()) for name in model.behaviours}
    return [
        {"behaviour": name, "region": share, "hours": hour, "held": held, "cases": counts[name]}
        for name, by_share in coverage(found, model, hours).items()
        for share, shares in by_share.items()
        for hour, held in zip(hours, shares, strict=True)
    ]


def say(lines: Lines) -> None:
    """One JSON object a line."""
    for line in lines:
        typer.echo(json.dumps(line, ensure_ascii=False))
