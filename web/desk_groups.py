"""Groups of boats: seen, made, changed; who may is decided here, what became of pasted numbers is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text, update

from geo.errors import BadInput, NotAllowed, NotFound
from layers.access.accounts import Who
from layers.database import write_async
from layers.desk.groups import (
    MOST_MEMBERS,
    BoatGroup,
    BoatGroupMember,
    add_statement,
    groups_statement,
    remove_statement,
)
from layers.desk.numbers import MOST, Report, match_numbers, numbers_statement, split_numbers
from layers.versions import ticking
from web.desk_views import GroupChange, GroupChanged, GroupView, NewGroup, ReportView
from web.state import State


@dataclass(frozen=True)
class Hand:
    """Who does something at the desk, and when."""

    who: Who
    now: datetime


def tick(connection: Connection, layer: str) -> None:
    """Every open page hears at commit that something of a kind changed."""
    connection.execute(ticking(layer))


def group_view(row: Row[Any], username: str | None) -> GroupView:
    """A group as its reader sees it."""
    mine = row.owner == username
    return GroupView(**row._mapping, mine=mine, may_change=mine or (row.shared and username is not None))


def seen_group(connection: Connection, group_id: int, username: str | None) -> Row[Any]:
    """The group, when it is there and this person may see it; NotFound otherwise."""
    row = connection.execute(groups_statement(username).where(BoatGroup.id == group_id)).first()
    if row is None:
        raise NotFound(f"group={group_id}: no such group among yours and the shared ones; see /api/groups", field="id")
    return row


async def make_group(state: State, who: Who, asked: NewGroup) -> GroupChanged:
    """A new group with its first boats."""
    hand = Hand(who, state.clock())
    async with write_async(state.engine) as connection:
        return await connection.run_sync(_make, hand, asked)


def _make(connection: Connection, hand: Hand, asked: NewGroup) -> GroupChanged:
    name = hand.who.username
    told = {"name": _named(asked.name), "note": asked.note, "shared": asked.shared, "owner": name, "stored_by": name}
    made = insert(BoatGroup).values(**told, stored_at=hand.now).returning(BoatGroup.id)
    group_id = connection.execute(made).scalar_one()
    report = _read_numbers(connection, asked.numbers)
    added = _add(connection, group_id, _wanted(asked.vessels, report), asked.how, hand)
    tick(connection, "boat_group")
    return _changed(connection, group_id, hand, added, 0, report)


async def change_group(state: State, who: Who, group_id: int, asked: GroupChange) -> GroupChanged:
    """Add and take out boats, rename, share or end a group; NotAllowed for somebody else's."""
    hand = Hand(who, state.clock())
    async with write_async(state.engine) as connection:
        return await connection.run_sync(_change, hand, group_id, asked)


def _change(connection: Connection, hand: Hand, group_id: int, asked: GroupChange) -> GroupChanged:
    connection.execute(select(BoatGroup.row_id).where(BoatGroup.id == group_id).with_for_update())
    group = group_view(seen_group(connection, group_id, hand.who.username), hand.who.username)
    report = _read_numbers(connection, asked.numbers)
    added = _add(connection, group_id, _wanted(asked.add, report), asked.how, hand)
    taken = connection.execute(remove_statement(group_id, asked.remove, hand.who.username, hand.now)).rowcount
    _rename(connection, group, asked, hand)
    tick(connection, "boat_group")
    if asked.ended:
        return GroupChanged(group=group, added=added, removed=taken, report=None)
    return _changed(connection, group_id, hand, added, taken, report)


def _rename(connection: Connection, group: GroupView, asked: GroupChange, hand: Hand) -> None:
    """A new version of the group, when its name, note, sharing or end changes; only its owner shares or ends it."""
    given = {name: getattr(asked, name) for name in ("name", "note", "shared") if getattr(asked, name) is not None}
    if not given and not asked.ended:
        return
    if not group.mine and ("shared" in given or asked.ended):
        raise NotAllowed("group: only who made it may share or end it", field="shared")
    if "name" in given:
        given["name"] = _named(given["name"])
    old = BoatGroup.id == group.id, BoatGroup.superseded_at.is_(None)
    connection.execute(update(BoatGroup).where(*old).values(superseded_at=hand.now))
    told = {"name": group.name, "note": group.note, "shared": group.shared, "owner": group.owner} | given
    row = {"id": group.id, "ended": asked.ended, "stored_by": hand.who.username, "stored_at": hand.now}
    connection.execute(insert(BoatGroup).values(**told, **row))


def _named(name: str) -> str:
    told = " ".join(name.split())
    if not told:
        raise BadInput("name: give the group a name", field="name", title="Chưa có tên")
    return told


def _read_numbers(connection: Connection, pasted: str) -> Report | None:
    numbers = split_numbers(pasted)
    if not numbers:
        return None
    if len(numbers) > MOST:
        raise BadInput(f"numbers: {len(numbers)} at once; at most {MOST}", field="numbers", title="Quá nhiều số tàu")
    statement, given = numbers_statement(numbers)
    return match_numbers(numbers, connection.execute(statement, given).all())


def _wanted(vessels: Sequence[str], report: Report | None) -> list[str]:
    return [*vessels, *(boat.vessel for _, boat in report.found)] if report else list(vessels)


def _add(connection: Connection, group_id: int, vessels: Sequence[str], how: str, hand: Hand) -> list[str]:
    if not vessels:
        return []
    there = select(BoatGroupMember.id).where(BoatGroupMember.group_id == group_id)
    there = there.where(BoatGroupMember.removed_at.is_(None))
    if len(connection.execute(there).all()) + len(vessels) > MOST_MEMBERS:
        raise BadInput(f"add: a group holds at most {MOST_MEMBERS} boats", field="add", title="Nhóm quá lớn")
    _check_known(connection, vessels)
    return list(connection.execute(add_statement(group_id, vessels, how, hand.who.username, hand.now)).scalars())


def _check_known(connection: Connection, vessels: Sequence[str]) -> None:
    """BadInput when one of the boats is none of ours."""
    known = set(
        connection.execute(
            text("""SELECT 'v' || id FROM vessel WHERE leads AND id = ANY(:boats)
                 UNION ALL SELECT 't' || id FROM transmitter WHERE id = ANY(:devices)"""),
            {
                "boats": [int(each[1:]) for each in vessels if each[0] == "v"],
                "devices": [int(each[1:]) for each in vessels if each[0] == "t"],
            },
        ).scalars()
    )
    if lost := [each for each in vessels if each not in known]:
        raise BadInput(f"add={lost[0]!r}: no such boat; ids are those of /api/vessels", field="add")


def _changed(
    connection: Connection, group_id: int, hand: Hand, added: list[str], removed: int, report: Report | None
) -> GroupChanged:
    group = group_view(seen_group(connection, group_id, hand.who.username), hand.who.username)
    return GroupChanged(
        group=group, added=added, removed=removed, report=None if report is None else ReportView.of(report)
    )
