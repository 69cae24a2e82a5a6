"""Every kind of disagreement: found where the books differ, not where they agree, closed and kept when it is gone."""

from datetime import datetime, timedelta

import psycopg
import pytest

from geo.clock import unix_ms
from ingest.deliveries import Delivery, Sender
from ingest.outcome import Fix
from ingest.write import Batch
from layers.books.kinds import BY_NAME
from layers.books.weigh import keep_books

BOAT = ("QNg-MP 0901", "Thử Một", "15,5", "câu", "Người Một mô phỏng", "GP-MP 1", "01/01/2027")
SECOND = ("QNg-MP 0902", "Thử Hai", "16,5", "câu", "Người Hai mô phỏng", "GP-MP 2", "01/01/2027")
HERE = "QNGMP0901"
OUT = ("1", "QNg-MP 0901", "xuất bến", "20/11/2026 05:00", "8")
PORT_OUT = ("1", "QNG-MP 0901", "rời cảng", "20/11/2026 06:30", "8")
IN = ("2", "QNg-MP 0901", "nhập bến", "22/11/2026 05:00", "8")
PORT_IN = ("2", "QNG-MP 0901", "cập cảng", "22/11/2026 06:30", "8")


def test_books_that_agree_show_nothing(register, calls, book, weighed) -> None:
    register(BOAT)
    register(("QNG MP0901", *BOAT[1:]), source="national")
    calls("border_call", OUT, IN)
    calls("port_call", PORT_OUT, PORT_IN)
    book("landing", "Số biên nhận;Số tàu;Cảng;Loài;Khối lượng (kg);Thời gian",
         "B1;QNg-MP 0901;Cảng thử;cá ngừ;1.250,5;22/11/2026 09:00")  # fmt: skip
    assert weighed() == []


@pytest.mark.parametrize(
    ("kind", "changed"),
    [("length", {2: "15,6"}), ("gear", {3: "Lưới vây"}), ("owner", {4: "Người Khác mô phỏng"})],
)
def test_registers_that_differ(kind: str, changed: dict[int, str], register, weighed) -> None:
    register(BOAT)
    other = list(BOAT)
    other[0] = "qng-mp 0901"
    for at, value in changed.items():
        other[at] = value
    register(tuple(other), source="national")
    assert weighed() == [(kind, HERE)]


@pytest.mark.parametrize("changed", [{2: "15,54"}, {3: "CÂU"}, {4: "NGƯỜI MỘT MÔ PHỎNG"}, {4: ""}])
def test_what_only_looks_different_is_no_difference(changed: dict[int, str], register, weighed) -> None:
    register(BOAT)
    other = list(BOAT)
    for at, value in changed.items():
        other[at] = value
    register(tuple(other), source="national")
    assert weighed() == []


@pytest.mark.parametrize(
    ("border", "port", "found"),
    [
        ([OUT], [PORT_OUT], []),
        ([OUT], [("1", "QNg-MP 0901", "cập cảng", "18/11/2026 05:00", "8")], ["arrival_alone", "out_in"]),
        ([("1", *OUT[1:3], "23/11/2026 13:00", "8")], [("1", *PORT_IN[1:3], "20/11/2026 13:00", "8")],
         ["arrival_alone"]),  # the port has still its six hours
        ([OUT], [PORT_OUT, PORT_IN], ["arrival_alone"]),
        ([OUT, IN], [PORT_OUT, ("2", *PORT_IN[1:3], "22/11/2026 11:01", "8")], ["arrival_alone"]),
        ([OUT, IN], [PORT_OUT, ("2", *PORT_IN[1:3], "22/11/2026 11:00", "8")], []),
        ([(*OUT[:4], "9"), IN], [PORT_OUT, PORT_IN], ["crew"]),
        ([(*OUT[:4], ""), IN], [PORT_OUT, PORT_IN], []),
    ],
)  # fmt: skip
def test_departures_and_arrivals(border, port, found, register, calls, weighed) -> None:
    register(BOAT)
    calls("border_call", *border)
    calls("port_call", *port)
    assert [kind for kind, _ in weighed()] == found


@pytest.mark.parametrize(("to", "found"), [("19/11/2026", [("licence", HERE)]), ("20/11/2026", []), ("", [])])
def test_a_licence_over_at_departure(to: str, found, register, calls, weighed) -> None:
    register((*BOAT[:6], to))
    calls("border_call", OUT)
    calls("port_call", PORT_OUT)
    assert weighed() == found


def test_a_landing_without_an_arrival_and_a_boat_nobody_knows(register, calls, book, weighed) -> None:
    register(BOAT)
    rows = ["B1;QNg-MP 0901;Cảng thử;cá ngừ;1000;22/11/2026 09:00", "B1;QNg-MP 0901;Cảng thử;mực;50;22/11/2026 09:00"]
    rows += ["B2;QNg-MP 0999;Cảng thử;mực;50;22/11/2026 09:00"]
    book("landing", "Số biên nhận;Số tàu;Cảng;Loài;Khối lượng (kg);Thời gian", *rows)
    assert weighed() == [("landing_alone", HERE), ("landing_alone", "QNGMP0999"), ("unknown_boat", "QNGMP0999")]
    calls("border_call", IN)
    assert ("landing_alone", HERE) not in weighed()


DEVICES = "Số đăng ký;Tên tàu;Lmax (m);Nghề;Cảng;Mã xã;Nhà cung cấp;Mã thiết bị;Ngày tháo"


def test_one_device_on_two_boats(book, weighed) -> None:
    lines = ("QNg-MP 0901;Một;15;câu;SK;;A;0007;", "QNg-MP 0902;Hai;16;câu;SK;;A;0007;")
    book("vessel", DEVICES, *lines, source="province")
    assert weighed() == [("device_twice", HERE)]
    book("vessel", DEVICES, lines[0] + "01/10/2026", lines[1], source="province")
    assert weighed() == []


def test_two_boats_with_one_number(register, weighed, connection: psycopg.Connection) -> None:
    register(BOAT, ("QNG-MP 0901", "Khác Hẳn", *BOAT[2:]))
    assert weighed() == [("number_twice", HERE)]
    assert connection.execute("SELECT count(*) FROM vessel_now").fetchone() == (1,)


def hear(connection: psycopg.Connection, at: datetime, in_port: bool) -> None:
    """A position of the device at that moment, through ingest's door: at the quay, or under way far out."""
    delivery = Delivery(connection, Sender("vms_test", "simulated", "thử"), "thử", lambda: at)
    lon, sog = (108.9, 0) if in_port else (110.0, 60)
    t_ms = unix_ms(at)
    delivery.write(
        Batch([Fix("vms:A:0007", t_ms, t_ms, t_ms, round(lon * 1e7), round(15e7), sog, *[None] * 5, 0, b"t")])
    )


@pytest.fixture
def port(connection: psycopg.Connection) -> None:
    connection.execute(
        "INSERT INTO fishing_port (id, code, name, radius_m, content_hash, source_id, delivery_id, t, heard_at, geom)"
        " VALUES (1, 'T', 'Cảng thử', 2000, 0, 1, 1, now(), now(), ST_SetSRID(ST_MakePoint(108.9, 15), 4326))"
    )


@pytest.mark.parametrize(
    ("entries", "in_port", "found"),
    [([OUT], True, ["vms_in_port"]), ([OUT], False, []), ([OUT, IN], False, ["vms_at_sea"]), ([OUT, IN], True, [])],
)
@pytest.mark.usefixtures("port")
def test_a_device_that_says_otherwise(entries, in_port, found, book, calls, weighed, connection, now) -> None:
    book("vessel", f"{DEVICES};Ngày cấp đăng ký", "QNg-MP 0901;Một;15;câu;SK;;A;0007;;01/01/2026", source="province")
    calls("border_call", *entries)
    hear(connection, now - timedelta(hours=1), in_port)
    assert weighed() == []  # it may just have come or gone
    hear(connection, now - timedelta(hours=8), in_port)
    assert [kind for kind, _ in weighed()] == found
    hear(connection, now - timedelta(minutes=5), in_port)
    weighed()
    assert connection.execute("SELECT count(*) FROM disagreement_step").fetchone() == (len(found),)
    assert weighed(now + timedelta(days=2)) == []  # nobody knows where it is by then


def test_it_closes_itself_keeps_its_steps_and_comes_back_as_new(register, weighed, connection, now) -> None:
    register(BOAT)
    other = ("QNg-MP 0901", "Thử Một", "17", *BOAT[3:])
    register(other, source="national")
    weighed()
    connection.execute("UPDATE disagreement SET state = 'settled', note = 'đo lại'")
    register((*other[:2], "15,5", *other[3:]), source="national")
    assert weighed(now + timedelta(hours=1)) == []
    register(other, source="national")
    assert weighed(now + timedelta(hours=2)) == [("length", HERE)]
    steps = connection.execute("SELECT what, state FROM disagreement_step ORDER BY id").fetchall()
    assert steps == [("found", "new"), ("gone", "settled"), ("back", "new")]
    one, other_side = connection.execute("SELECT one->'value', other->'value' FROM disagreement").fetchone()
    assert (one["length_m"], other_side["length_m"]) == (15.5, 17)


def test_a_keeper_weighs_when_a_book_changed_or_a_minute_passed(register, connection, now) -> None:
    assert keep_books(connection, now)
    assert not keep_books(connection, now + timedelta(seconds=30))
    register(BOAT)
    assert keep_books(connection, now + timedelta(seconds=31))
    assert not keep_books(connection, now + timedelta(seconds=32))
    assert keep_books(connection, now + timedelta(seconds=92))


def test_every_kind_has_its_words() -> None:
    assert len(BY_NAME) == 13
    assert all(kind.title.vi and kind.title.en for kind in BY_NAME.values())
