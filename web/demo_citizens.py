"""Simulated reports of the last weeks, each led as far as its day says; and a commune for the demo account."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, func, insert, select

from fixtures.cells import point_inside
from fixtures.citizens import CONTENTS, Report, reports
from fixtures.dice import pick
from fixtures.fleet import SEED
from geo.clock import LOCAL
from geo.workdays import Workdays
from layers.access.accounts import ensure_account
from layers.access.roles import Role
from layers.citizens.acts import Act, act, rate
from layers.citizens.history import Actor, lock_by_code, lock_report
from layers.citizens.intake import Desk, Told, take_in
from layers.citizens.models import AccountUnit, ReportCase
from layers.units.load import DATA, driver

OTHER_SEED = SEED + 32
"""Other reports than those of the gateway 1022."""
LAST = timedelta(days=30)
COMMUNE = "21028"
WORKER = "can-bo-mo-phong"
PHONE = "0000 000 "
"""A beginning that no telephone has."""
Step = tuple[datetime, Act]


def open_demo_reports(connection: Connection, now: datetime, key: str) -> int:
    """How many reports were taken in; none where there is any, for they are somebody's by now."""
    _tie_commune(connection, now)
    if connection.scalar(select(func.count()).select_from(ReportCase)):
        return 0
    outlines = DATA / "unit-outlines.geojson"
    told = [r for r in reports(outlines, now.astimezone(LOCAL), OTHER_SEED) if r.received_at > now - LAST]
    for report in told:
        _put(connection, report, now, key)
    return len(told)


def _put(connection: Connection, report: Report, now: datetime, key: str) -> None:
    lon, lat = point_inside(report.cell.outline, *report.key, 1)
    texts = CONTENTS[report.category]
    text = f"{texts[pick(len(texts), *report.key, 2)]} (mô phỏng)"
    contact = {"name": "Người dân mô phỏng", "phone": f"{PHONE}{pick(1000, *report.key, 3):03d}"}
    given = Told(report.category, text, lon, lat, contact=contact if pick(2, *report.key, 4) else {}, sure=True)
    filed = take_in(connection, given, (), Desk("web", "simulated", key), report.received_at)
    for at, step in _steps(report, now):
        actor = Actor(at, Role.OPERATOR.value, WORKER)
        act(connection, lock_report(connection, filed.number), step, actor, Workdays())
    if report.done_at is not None and report.done_at <= now and pick(3, *report.key, 5) == 0:
        rate(connection, lock_by_code(connection, filed.code), 3 + pick(3, *report.key, 6), None, Actor(report.done_at))


def _steps(report: Report, now: datetime) -> Iterator[Step]:
    """What was done with a report by now."""
    at = partial(min, now)
    if report.started_at > now:
        return
    yield report.started_at, Act("acknowledge")
    yield report.started_at, Act("release")
    if report.turned_down:
        yield report.started_at, Act("reject", "Không thuộc thẩm quyền của tỉnh (mô phỏng)")
        return
    yield at(report.started_at + timedelta(minutes=20)), Act("assign")
    yield at(report.started_at + timedelta(minutes=50)), Act("start")
    if report.done_at is not None and report.done_at <= now:
        yield report.done_at, Act("submit", "Đã kiểm tra và xử lý xong (mô phỏng)")
        yield report.done_at, Act("approve")
        yield report.done_at, Act("publish")


def _tie_commune(connection: Connection, now: Any) -> None:
    """The demonstration's commune account works for one commune, unless it is tied already."""
    account = ensure_account(driver(connection), f"demo-{Role.COMMUNE.value}", Role.COMMUNE, lambda: now)
    if connection.scalar(select(AccountUnit.unit).where(AccountUnit.account_id == account)) is None:
        connection.execute(insert(AccountUnit).values(account_id=account, unit=COMMUNE))
