"""Shifts and handovers as the API and the paper tell them. Sync statements, for `run_sync`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from layers.sources.freshness import Origin
from layers.watch.shift.handover import changes_since, digest_changes, get_handover, next_shift
from layers.watch.shift.log import LogLine, read_log
from layers.watch.shift.matters import SECTIONS, Item, Stretch, read_matters
from layers.watch.shift.models import Handover
from layers.watch.shift.words import DUES, name, say_item
from tiles.shift_book import Sheet
from web.shift_views import ChangeView, HandoverView, ItemView, LineView, NowView, SectionView, ShiftRow
from web.views import Words

FROZEN = ("id", "shift_id", "to_shift_id", "to_people", "prepared_at", "prepared_by", "sha256", "confirmed_from_by",
          "confirmed_from_at", "confirmed_to_by", "confirmed_to_at", "withdrawn_at")  # fmt: skip


def now_view(connection: Connection, shift: Row[Any], origin: Origin, now: datetime) -> NowView:
    """A shift with its log, its matters and its handover. Of one that has ended the matters are those handed over."""
    log, handover = read_log(connection, shift, now), standing(connection, shift.id)
    told: dict[str, Any] = {"handover_id": handover and handover.id}
    if handover is not None:
        told |= {name: getattr(handover, name) for name in ("confirmed_from_by", "confirmed_to_by")}
    lines = [LineView(words=Words.of(line.words), **_plain(line)) for line in log.lines]
    return NowView(
        shift=ShiftRow(**shift._mapping, **told),
        log=lines,
        left_out=log.left_out,
        matters=section_views(matters_of(connection, shift, handover, now)),
        handover=None if handover is None else _handover_view(connection, handover, now),
        origin=origin,
    )


def _plain(line: LogLine) -> dict[str, Any]:
    return {"at": line.at, "actor": line.actor, "case": line.case, "boat": line.boat}


def sheet_of(connection: Connection, shift: Row[Any], now: datetime) -> Sheet:
    """A shift as it goes on paper."""
    handover = standing(connection, shift.id)
    matters = handover.summary["sections"] if handover is not None else matters_of(connection, shift, None, now)
    return Sheet(shift, read_log(connection, shift, now), handover, now, matters)


def standing(connection: Connection, shift_id: int) -> Row[Any] | None:
    """The handover of a shift that was not withdrawn."""
    statement = select(Handover.__table__).where(Handover.shift_id == shift_id, Handover.withdrawn_at.is_(None))
    return connection.execute(statement).one_or_none()


def matters_of(connection: Connection, shift: Row[Any], handover: Row[Any] | None, now: datetime) -> dict[str, Any]:
    """What a shift would hand over now, or did."""
    if shift.ended_at is not None and handover is not None:
        sections: dict[str, Any] = handover.summary["sections"]
        return sections
    after = next_shift(connection, shift, now)
    return read_matters(connection, Stretch(shift.id, shift.began_at, now, None if after is None else after.until))


def handover_view(connection: Connection, number: int, now: datetime) -> HandoverView:
    """One handover, with what has changed since it was prepared."""
    return _handover_view(connection, get_handover(connection, number), now)


def _handover_view(connection: Connection, row: Row[Any], now: datetime) -> HandoverView:
    over = row.to_shift_id is not None or row.withdrawn_at is not None
    changes = (row.changes_to or []) if over else changes_since(connection, row, now)
    summary = row.summary
    return HandoverView(
        **{name: getattr(row, name) for name in FROZEN},
        next_since=summary["next_since"],
        next_until=summary["next_until"],
        sections=section_views(summary["sections"]),
        changes=[_change(change) for change in changes],
        changes_sha256=digest_changes(changes),
    )


def _change(change: Mapping[str, Any]) -> ChangeView:
    section, was = change["section"], change.get("was")
    told: dict[str, Any] = {"item": _item(section, change["item"]), "was": None if was is None else _item(section, was)}
    return ChangeView(section=section, section_title=Words.of(SECTIONS[section]), what=change["what"], **told)


def _item(section: str, item: Item) -> ItemView:
    at = next((item[key] for key in ("at", "began_at", "opened_at", "last_at") if item.get(key)), None)
    what = item.get("due_what") or ("promise" if section == "promises" else None)
    told: dict[str, Any] = {key: item.get(key) for key in ("key", "case", "boat", "actor")}
    return ItemView(
        **told,
        words=Words.of(say_item(section, item)),
        at=at,
        due_at=item.get("due_at") or None,
        due_what=None if what is None else Words.of(name(DUES, what)),
    )


def section_views(sections: Mapping[str, Sequence[Item]]) -> list[SectionView]:
    """The sections in the order people read them."""
    return [
        SectionView(
            name=code, title=Words.of(title), count=len(sections[code]), items=[_item(code, i) for i in sections[code]]
        )
        for code, title in SECTIONS.items()
    ]
