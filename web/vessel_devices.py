"""What a boat carries: its devices, which of them counted and why, and what people said while they were silent."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, RowMapping

from layers.database import ReadConnection
from layers.vessels import read as boats
from layers.vessels.reported import reported_statement, sos_statement, stands, within
from layers.watch.law import choose, law_statement
from layers.watch.rules import TEXT
from web.law_views import law_view
from web.vessel_views import DisagreementView, TransmitterView, TurnView
from web.views import Words

NOTHING: dict[str, Any] = {
    "transmitters": [], "turns": [], "disagreement": None, "reported_at": None, "sos_at": None,
}  # fmt: skip


async def read_devices(connection: ReadConnection, boat: RowMapping, now: datetime, *, is_past: bool) -> dict[str, Any]:
    """The parts of a card that speak of devices, now or (`is_past`) as they stood at that moment."""
    number = boat["vessel_id"]
    if number is None:
        return NOTHING
    then = boats.devices_then_statement(number, boat["transmitter_id"])
    statement = then if is_past else boats.devices_statement(number)
    devices = [_device(row) for row in (await connection.execute(statement, {"now": now})).all()]
    turns = (await connection.execute(boats.turns_statement(number), {"now": now})).all()
    day = now - boats.RECENT
    reported = (await connection.execute(reported_statement(number, *within(day, now), stands()).limit(1))).first()
    return {
        "transmitters": devices,
        "turns": [_turn(row, now) for row in turns],
        "disagreement": await _disagreement(connection, devices, boat["length_m"], now),
        "reported_at": None if reported is None else reported.told_t,
        "sos_at": (await connection.execute(sos_statement(number, day, now))).scalar(),
    }


def _device(row: Row[Any]) -> TransmitterView:
    return TransmitterView(
        key=row.key,
        kind=row.kind,
        provider=row.key.split(":")[1] if row.kind == "vms" else None,
        seal=row.seal,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        t=row.last_t,
        counted=bool(row.counted),
    )


def _turn(row: Row[Any], now: datetime) -> TurnView:
    """A turn as it was known at a moment: one that ended later had not ended."""
    until = row.until if row.until is not None and row.until <= now else None
    return TurnView(
        key=row.key, since=row.since, until=until, reason=row.reason, silent_s=row.silent_s, former=row.former
    )


async def _disagreement(
    connection: ReadConnection, devices: list[TransmitterView], length_m: float | None, now: datetime
) -> DisagreementView | None:
    """Said when more monitoring devices are on board at once than the rule of the day allows."""
    on_board = [d for d in devices if d.kind == "vms" and d.valid_from is not None and d.valid_from <= now]
    keys = sorted({d.key for d in on_board if d.valid_to is None or d.valid_to > now})
    law = choose((await connection.execute(law_statement(("devices",)))).all(), "devices", length_m, now)
    rule = next((duty for duty in law.duties if (duty.step, duty.reading) == ("most", TEXT)), None)
    if rule is None or len(keys) <= rule.value:
        return None
    vi = f"Sổ đăng ký ghi {len(keys)} thiết bị giám sát cùng lúc, quy định không quá {rule.value:.0f}"
    en = f"The register has {len(keys)} monitoring devices on board at once, the rule allows {rule.value:.0f}"
    return DisagreementView(text=Words(vi=vi, en=en), keys=keys, law=law_view(rule, law))
