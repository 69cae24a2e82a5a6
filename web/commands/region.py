"""opsmap region …"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from fixtures.fleet import SEED, Boat, boats, fixes
from geo.clock import system_clock
from layers.spec import Text
from layers.watch.region.cases import BoatTrack, draw_cases
from layers.watch.region.land import LIGHT, water
from layers.watch.region.learn import coverage, learn, measure
from layers.watch.region.model import FILE, Model, read_model, write_model

app = typer.Typer(
    no_args_is_help=True, help="Where a silent boat may be: learned from tracks, and held against others."
)
BEGIN_S, DAYS, EVERY_S = 1_780_272_000, 150, 1800
APART = 3
"""Of so many boats one is kept aside: learned from two, judged by the third."""
EACH = 6


@app.command("learn")
def learn_(
    out: Annotated[Path, typer.Option(help="where the numbers go")] = FILE,
    seed: Annotated[int, typer.Option(help="of the simulated fleet")] = SEED,
) -> None:
    """Learn from the simulated fleet, boats kept aside, and say how well it holds; writes a small file of numbers."""
    known = read_model()
    fleet = at_sea_boats(seed)
    taught = draw_cases(
        [track_of(b) for b in fleet if b.id % APART], known, known.hours, EACH, np.random.default_rng(seed)
    )
    learned = learn(measure(taught, known, water(LIGHT)), known)
    learned = replace(learned, **_told(len(set(taught.boat.tolist())), len(taught)))
    write_model(learned, out)
    typer.echo(f"{out}: {learned.cases} cases of {learned.boats} boats")
    _say(learned, seed)


@app.command("judge")
def judge(seed: Annotated[int, typer.Option(help="of the simulated fleet")] = SEED) -> None:
    """How often the truth is within, on boats kept aside: one JSON line for each behaviour, region and hour."""
    _say(read_model(), seed)


def _told(known: int, cases: int) -> dict[str, Any]:
    day = system_clock().date().isoformat()
    source = Text(
        "Học trên hành trình mô phỏng của đội tàu trình diễn, giữ riêng một phần ba số tàu để kiểm",
        "Learned on simulated tracks of the demonstration fleet; a third of the boats kept aside to judge by",
    )
    return {"origin": "simulated", "calibrated": False, "source": source, "learned_on": day, "boats": known,
            "cases": cases}  # fmt: skip


def _say(model: Model, seed: int) -> None:
    for line in judged(model, seed):
        typer.echo(json.dumps(line, ensure_ascii=False))


def judged(model: Model, seed: int, each: int = 3, hours: tuple[float, ...] | None = None) -> list[dict[str, Any]]:
    """Coverage on the boats kept aside: behaviour, region (share of 100 it should hold), hours, share it held."""
    hours = hours or model.hours
    aside = [track_of(b) for b in at_sea_boats(seed) if b.id % APART == 0]
    cases = draw_cases(aside, model, hours, each, np.random.default_rng(seed + 1))
    measured = measure(cases, model, water(LIGHT))
    found, doing = coverage(measured, model, hours), measured.behaviour
    return [
        {
            "behaviour": name,
            "region": share,
            "hours": hour,
            "held": held,
            "cases": len(cases) if name == "all" else int((doing == name).sum()),
        }
        for name, by_share in found.items()
        for share, shares in by_share.items()
        for hour, held in zip(hours, shares, strict=True)
    ]


def at_sea_boats(seed: int) -> list[Boat]:
    """The simulated boats that must carry a device and go to sea."""
    return [b for b in boats(seed) if b.vms_provider and b.routine.pattern != "laid-up"]


def track_of(boat: Boat) -> BoatTrack:
    """A simulated boat's whole track, silent or not: the simulation knows."""
    t_s = BEGIN_S + np.arange(0.0, DAYS * 86_400, EVERY_S)
    at = fixes(boat, t_s)
    return BoatTrack(boat.id, t_s, at.lon, at.lat, at.sog_kn, at.cog_deg, ~at.in_port)
