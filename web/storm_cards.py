"""A judged storm as typed views: the board, its boats, shelters and totals."""

from datetime import datetime
from typing import Any

import numpy as np

from geo.measure import METRES_PER_NM
from layers.access.roles import OFFICERS
from layers.storm.forecasts import Bulletin, force_of
from layers.storm.judge import CALLED, STATES
from layers.storm.shelters import NOWHERE
from layers.storm.totals import SOURCES, Tally, in_states, totals
from web.storm_board import Found, moment
from web.storm_views import (
    AreaRow,
    Board,
    BoatView,
    BulletinView,
    DispatchView,
    HeadView,
    PointView,
    ShelterView,
    StateView,
    StormView,
    TallyView,
)
from web.views import Words


def board_view(found: Found) -> Board:
    """Everything of a moment; boats only for who may see each of them."""
    counted, shown = in_states(found.fleet, found.verdicts), found.role in OFFICERS
    rows = totals(found.fleet, found.verdicts, found.areas)
    boats = [boat_view(found, n) for n in range(len(found.fleet))] if shown else []
    asked_after = Tally()
    for state in CALLED:
        tally = counted[state]
        asked_after.boats += tally.boats
        asked_after.people += tally.people
        asked_after.unknown += tally.unknown
    wanted = ~np.isnan(found.verdicts.limit_s) & ~found.fleet.in_port & ~np.isnan(found.fleet.lon)
    return Board(
        at=found.at,
        is_past=found.is_past,
        storm=StormView.model_validate(found.storm, from_attributes=True),
        bulletin=bulletin_view(found),
        dispatch=None if found.dispatch is None else dispatch_view(found.dispatch, found.at),
        fleet=len(found.fleet),
        strangers=found.strangers,
        aboard=tally_view(asked_after),
        states=[StateView(state=s, title=Words.of(STATES[s]), **vars(tally)) for s, tally in counted.items()],
        areas=[
            AreaRow(code=code, title=Words.of(title), **{s: tally_view(rows[code][s]) for s in SOURCES})
            for code, title in found.areas.rows.items()
        ],
        areas_source=found.areas.source,
        shelters=[shelter_view(found, n) for n in range(len(found.shelters.ports))],
        shelters_full=int((wanted & (found.verdicts.given == NOWHERE)).sum()),
        boats_shown=shown,
        boats=boats,
        calls=[found.fleet.rows[n].id for n in found.verdicts.order] if shown else [],
        danger_force=found.settings.danger_force,
        silent_after_s=found.settings.silent_after_s,
        detour_share=found.settings.detour_share,
        pace_over_s=found.settings.pace_over_s,
        origin=found.mark,
    )


def tally_view(tally: Tally) -> TallyView:
    """A tally as the API tells it."""
    return TallyView(**vars(tally))


def bulletin_view(found: Found) -> BulletinView | None:
    """The bulletin that the board goes by."""
    bulletin = found.bulletin
    if bulletin is None:
        return None
    danger = found.danger
    return BulletinView(
        **HeadView.model_validate(bulletin.head, from_attributes=True).model_dump(),
        age_s=round((found.at - bulletin.head.issued_at).total_seconds()),
        forces=list(bulletin.forces),
        danger_force=danger,
        told_until=None if danger is None else moment(bulletin.field(danger).t_s[-1]),
        points=points_of(bulletin, found.forces),
    )


def points_of(bulletin: Bulletin, forces: list[Any]) -> list[PointView]:
    """The points of a bulletin with the force of their wind."""
    return [
        PointView(
            t=p.at, lon=p.lon, lat=p.lat, wind_kt=p.wind_kt, force=force_of(forces, p.wind_kt), radii=p.radii
        )
        for p in bulletin.points
    ]  # fmt: skip


def dispatch_view(row: Any, at: datetime) -> DispatchView:
    """A công điện with the time that is left."""
    told = {name: getattr(row, name) for name in DispatchView.model_fields if name != "left_s"}
    return DispatchView(**told, left_s=round((row.deadline_at - at).total_seconds()))


def shelter_view(found: Found, n: int) -> ShelterView:
    """One shelter: what was reported beside what is seen."""
    s, port, report = found.shelters, found.shelters.ports[n], found.shelters.reports[n]
    names = ("capacity", "occupied", "reported_at", "reported_by", "source", "origin")
    told = {name: None if report is None else getattr(report, name) for name in names}
    return ShelterView(
        code=port.code,
        name=port.name,
        lon=port.lon,
        lat=port.lat,
        **told,
        live=int(s.live[n]),
        booked=int(s.booked[n]),
        room=s.room()[n],
        sent=int((found.verdicts.given == n).sum()),
        danger_at=moment(found.danger_at[n]),
    )


def boat_view(found: Found, n: int) -> BoatView:
    """One boat with its verdict."""
    row, fleet, v = found.fleet.rows[n], found.fleet, found.verdicts
    reach = {str(force): when for force, at in v.arrival_s.items() if (when := moment(at[n])) is not None}
    blowing = [force for force, at in v.arrival_s.items() if at[n] <= found.at.timestamp()]
    names = ("id", "reg_no", "name", "home_port", "kind", "length_m", "in_port", "usual_kn",
             "captain", "captain_phone", "owner_phone")  # fmt: skip
    return BoatView(
        **{name: getattr(row, name) for name in names},
        **_place(fleet, n),
        t=row.last_at,
        crew=_whole(fleet.crew[n]),
        crew_from=fleet.crew_from[n],
        area=v.area[n],
        state=v.state[n],
        why=v.why[n],
        force_now=max(blowing, default=None),
        reach=reach,
        danger_at=moment(v.danger_s[n]),
        track_nm=_miles(v.track_m[n]),
        speed_kn=float(v.speed_kn[n]),
        speed_from="setting" if np.isnan(fleet.own_kn[n]) else "own",
        shelter=None if v.shelter[n] == NOWHERE else found.shelters.ports[v.shelter[n]].code,
        given=bool(v.given[n] != NOWHERE),
        way_nm=_miles(v.way_m[n]),
        eta_at=moment(v.eta_s[n]),
        limit_at=moment(v.limit_s[n]),
        spare_s=_whole(v.limit_s[n] - v.eta_s[n]),
    )


def _place(fleet: Any, n: int) -> dict[str, Any]:
    numbers = {"lon": fleet.lon[n], "lat": fleet.lat[n], "sog_kn": fleet.sog_kn[n], "cog_deg": fleet.cog_deg[n]}
    plain = {name: None if np.isnan(value) else round(float(value), 7) for name, value in numbers.items()}
    return plain | {"age_s": _whole(fleet.age_s[n])}


def _whole(value: float) -> int | None:
    return None if np.isnan(value) else round(float(value))


def _miles(metres: float) -> float | None:
    return None if np.isnan(metres) else round(float(metres) / METRES_PER_NM, 1)
