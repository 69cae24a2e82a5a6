"""The demonstration's storm, through the same door as a real one: files of bulletins, a công điện, reports of room."""

from datetime import datetime

from sqlalchemy import Connection, select

from fixtures import storm as simulated
from ingest.storm.read import read_bulletin_file
from layers.storm.forecasts import forces_statement
from layers.storm.keep import By, Head, add_dispatch, add_forecast, open_storm, report_shelter
from layers.storm.models import Dispatch, Forecast, ShelterState, Storm
from layers.storm.pace import refresh_pace

WHO = "demo"
ORIGIN = "simulated"
SOURCE = simulated.OFFICE


def ensure_storm(connection: Connection, now: datetime) -> int:
    """Bring the simulated storm to this moment; what is there stays. Returns its id."""
    born = simulated.born_at(now)
    known = select(Storm.id).where(Storm.stored_by == WHO, Storm.opened_at == born)
    number = connection.execute(known).scalar()
    if number is None:
        number = open_storm(connection, {"name": simulated.NAME, "number": None, "origin": ORIGIN}, By(WHO, born))
    _bulletins(connection, number, now)
    _orders(connection, number, now)
    _rooms(connection, now)
    refresh_pace(connection, now)
    return int(number)


def _bulletins(connection: Connection, number: int, now: datetime) -> None:
    there = set(connection.execute(select(Forecast.bulletin).where(Forecast.storm_id == number)).scalars())
    forces = connection.execute(forces_statement()).all()
    for told in simulated.bulletins(now):
        if told.number not in there:
            points = read_bulletin_file(told.body, "csv", forces)
            head = Head(told.number, told.issued_at, SOURCE, ORIGIN, f"BT-MP {told.number}", "csv")
            add_forecast(connection, number, head, points, By(WHO, now))


def _orders(connection: Connection, number: int, now: datetime) -> None:
    there = set(connection.execute(select(Dispatch.number).where(Dispatch.storm_id == number)).scalars())
    for order in simulated.orders(now):
        if order.number not in there:
            given = vars(order) | {"agency": simulated.AGENCY, "areas": [], "origin": ORIGIN}
            add_dispatch(connection, number, given, By(WHO, now))


def _rooms(connection: Connection, now: datetime) -> None:
    told = connection.execute(select(ShelterState.port_code, ShelterState.reported_at))
    there = {tuple(row) for row in told}
    for room in simulated.rooms(now):
        if (room.port_code, room.reported_at) not in there:
            said = {"reported_by": "Ban quản lý cảng (mô phỏng)", "source": "báo cáo mô phỏng", "origin": ORIGIN}
            report_shelter(connection, vars(room) | said, By(WHO, now))
