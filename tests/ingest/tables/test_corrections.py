"""Files loaded again: the same changes nothing, a correction is a new row, a device follows its boat."""

from collections.abc import Callable

import psycopg

Links = dict[tuple[str, str], list[tuple[str, str | None]]]
FIRST, SECOND, THIRD = "2026-01-01", "2026-03-01", "2026-05-01"


def boat(number: int, device: str, valid_from: str) -> str:
    return f"QNg-MP 0{number},Thử {number},15.5,câu,Sa Kỳ,21025,,A,{device},{valid_from}"


def links(connection: psycopg.Connection) -> Links:
    """(boat, device) → its days [from, to) as they are dated in Việt Nam."""
    found: Links = {}
    for code, key, since, until in connection.execute(
        "SELECT v.code, d.key, to_char(x.valid_from AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD'),"
        " to_char(x.valid_to AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD') FROM transmitter_on_vessel AS x"
        " JOIN transmitter AS d ON d.id = x.transmitter_id"
        " JOIN vessel AS v ON v.id = x.vessel_id AND v.superseded_at IS NULL ORDER BY x.valid_from"
    ):
        found.setdefault((code[-3:], key[-1:]), []).append((since, until))
    return found


def test_a_device_that_moves_closes_its_former_link(boats: Callable, connection):
    boats(boat(901, "1", FIRST), boat(902, "2", FIRST))
    boats(boat(901, "3", SECOND), boat(902, "1", SECOND))
    assert links(connection) == {
        ("901", "1"): [(FIRST, SECOND)],
        ("902", "2"): [(FIRST, SECOND)],
        ("901", "3"): [(SECOND, None)],
        ("902", "1"): [(SECOND, None)],
    }


def test_a_device_that_comes_back_has_two_stretches(boats: Callable, connection):
    for owner, since in ((901, FIRST), (902, SECOND), (901, THIRD)):
        boats(boat(owner, "1", since))
    assert links(connection) == {("901", "1"): [(FIRST, SECOND), (THIRD, None)], ("902", "1"): [(SECOND, THIRD)]}


def test_a_move_taken_back_opens_the_former_link_again(boats: Callable, connection):
    for owner, since in ((901, FIRST), (902, SECOND), (901, FIRST)):
        boats(boat(owner, "1", since))
        boats(boat(901, "9", THIRD)) if owner == 902 else None
    assert links(connection)[("901", "1")] == [(FIRST, None)]
    (former,) = links(connection)[("902", "1")]
    assert former[1] is not None
    assert former[1] >= former[0]


def test_a_device_moves_the_boat_on_the_map(boats: Callable, connection, put_boat):
    put_boat(7, 109.5, 15.0)  # heard now, as mmsi:999000007
    row = "QNg-MP 0{0},Thử,15.5,câu,Sa Kỳ,21025,999000007,,,{1}"
    boats(row.format(901, FIRST))
    assert connection.execute("SELECT reg_no FROM vessel_now WHERE geom IS NOT NULL").fetchall() == [("QNg-MP 0901",)]
    boats(row.format(902, SECOND))
    assert connection.execute("SELECT reg_no FROM vessel_now WHERE geom IS NOT NULL").fetchall() == [("QNg-MP 0902",)]


def test_a_correction_supersedes_and_keeps_the_boats_own_number(boats: Callable, connection):
    boats(boat(901, "1", FIRST))
    assert boats(boat(901, "1", FIRST)).summary.duplicates == 1
    assert boats(boat(901, "1", FIRST).replace("15.5", "16.5")).summary.stored == 1
    rows = connection.execute(
        "SELECT id, length_m, superseded_at IS NULL FROM vessel WHERE code = 'QNg-MP 0901' ORDER BY row_id"
    ).fetchall()
    assert [r[1:] for r in rows] == [(15.5, False), (16.5, True)]
    assert rows[0][0] == rows[1][0]


def test_a_row_refused_again_is_counted_not_repeated(boats: Callable, connection):
    for _ in range(2):
        boats(boat(901, "1", "yesterday"))
    assert connection.execute("SELECT reason, seen FROM reject").fetchall() == [("bad_field", 2)]
