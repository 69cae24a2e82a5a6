"""Files laid into the share: taken when whole, stored once, told about; nothing is lost wherever it is cut short."""

import tracemalloc
from contextlib import closing

import pytest

from fixtures import nmea
from ingest.bus.bus import BusFull
from ingest.bus.spool import Spool
from ingest.drop import take
from ingest.drop.shelf import TAKEN

from .conftest import schools

CURRENT = "school WHERE superseded_at IS NULL"


class Killed(BaseException):
    """As if the process ended here."""


def test_a_file_is_taken_once_it_holds_still_and_its_receipt_says_what_became_of_it(share):
    path = share.lay("truong.geojson", schools(3))
    assert share.look() == 0  # seen for the first time: it may still be growing
    path.write_bytes(schools(4))
    assert share.look() == 0  # it was
    assert share.look() == 1
    assert share.names("da-nhan") == ["truong.geojson", "truong.geojson.bien-nhan.txt"]
    assert "đang lưu" in share.note("da-nhan", "truong.geojson.bien-nhan.txt")
    share.load()
    share.look()
    assert share.count(CURRENT) == 4
    assert "Lưu mới 4 dòng" in share.note("da-nhan", "truong.geojson.bien-nhan.txt")
    assert share.connection.execute("SELECT state, seen FROM drop_file").fetchall() == [("stored", 1)]


def test_what_is_renamed_into_place_is_taken_at_once_and_what_is_unfinished_never(share):
    path = share.lay("truong.geojson.part", schools(1))
    for name in ("~$truong.xlsx", ".truong", "Thumbs.db", "con.tmp"):
        share.lay(name, b"x")
    assert [share.look() for _ in range(3)] == [0, 0, 0]
    path.rename(path.with_suffix(""))
    assert share.look() == 1
    assert len(list((share.root / "so-mp").iterdir())) == 5  # the four, and da-nhan


def test_a_link_out_of_the_share_is_not_followed(share, tmp_path):
    (tmp_path / "secret").write_bytes(schools(1))
    share.lay("x", b"").unlink()
    (share.root / "so-mp" / "a.geojson").symlink_to(tmp_path / "secret")
    assert [share.look() for _ in range(3)] == [0, 0, 0]


def test_the_same_content_under_two_names_is_stored_once_and_told(share):
    share.lay("mot.geojson", schools(2))
    share.look()
    assert share.look() == 1
    share.load()
    share.lay("hai.geojson", schools(2))
    share.look()
    assert share.look() == 0
    share.load()
    note = share.note("da-nhan", "hai.geojson.bien-nhan.txt")
    assert "đã nhận trước đây với tên mot.geojson" in note
    assert share.count("delivery WHERE label = 'hai.geojson'") == 0
    assert share.connection.execute("SELECT name, seen FROM drop_file").fetchall() == [("mot.geojson", 2)]


def test_another_content_under_the_same_name_is_another_file(share):
    for count in (1, 2):
        share.lay("truong.geojson", schools(count))
        share.look()
        assert share.look() == 1
    assert [n for n in share.names("da-nhan") if "bien-nhan" not in n] == ["truong-2.geojson", "truong.geojson"]


@pytest.mark.parametrize(("data", "why"), [(b"", "rỗng"), (b"x" * 2000, "lớn hơn")])
def test_what_cannot_be_taken_lies_beside_the_reason(share, data, why):
    share.most = 1000
    share.lay("hong.csv", data)
    share.look()
    share.look()
    assert share.names("khong-nhan") == ["hong.csv", "hong.csv.ly-do.txt"]
    assert why in share.note("khong-nhan", "hong.csv.ly-do.txt")
    assert share.count("drop_file") == 0


def test_a_file_the_loader_cannot_understand_comes_back_with_its_reason(share):
    share.lay("hong.csv", b"\x00nonsense")
    share.look()
    assert share.look() == 1
    share.load()
    share.look()
    assert share.names("da-nhan") == []
    assert share.names("khong-nhan") == ["hong.csv", "hong.csv.ly-do.txt"]
    note = share.note("khong-nhan", "hong.csv.ly-do.txt")
    assert "Lý do:" in note
    assert "Sửa tệp" in note
    assert share.connection.execute("SELECT state FROM drop_file").fetchall() == [("refused",)]
    assert share.count("reject") == 1


def test_lines_are_one_conversation_whatever_their_length(share):
    lines = []
    for n in range(50):
        fields = nmea.motion_fields(109 + n / 100, 15.2, 7.5, 181.5, 30)
        sentence = nmea.sentences(nmea.position_a(999_000_000 + n, 7, fields), b"A", 1)[0]
        lines.append(nmea.tag(sentence, 1_764_000_000_000 + n * 1000))
    share.lay("dem.nmea", b"\r\n".join(lines), "tram-mp")
    share.look()
    assert share.look() == 1
    share.load()
    assert share.count("position") == 50


@pytest.mark.parametrize("step", ["send_file", "move_to", "write_note"])
@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
def test_cut_short_anywhere_the_next_look_goes_on(share, monkeypatch, step, late):
    """kill -9 before or after each step: the file is stored once, moved once, with one receipt."""
    real = getattr(take, step)

    def cut(*args):
        if late:
            real(*args)
        raise Killed

    share.lay("truong.geojson", schools(3))
    share.look()
    with monkeypatch.context() as patch:
        patch.setattr(take, step, cut)
        with pytest.raises(Killed):
            share.look()
    share.load()
    share.look()
    share.look()
    share.load()
    share.look()
    assert share.count(CURRENT) == 3
    assert share.count("school") == 3  # no version twice
    assert share.connection.execute("SELECT state, seen FROM drop_file").fetchall() == [("stored", 1)]
    assert share.names("da-nhan") == ["truong.geojson", "truong.geojson.bien-nhan.txt"]


def test_a_full_bus_leaves_the_file_where_it_lies(share):
    class Full:
        def publish(self, records):
            raise BusFull("no room")

    path = share.lay("truong.geojson", schools(1))
    share.look()
    with pytest.raises(BusFull):
        share.look(Full())
    assert path.exists()
    assert share.look() == 1


def test_a_large_file_goes_in_parts_and_is_never_held_twice(share):
    size = 24 << 20
    share.lay("lon.geojson", schools(2, padding=size))
    share.look()
    tracemalloc.start()
    assert share.look() == 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < size / 2  # parts of 1 MiB
    share.load()
    share.look()
    assert share.count(CURRENT) == 2
    assert "Lưu mới 2" in share.note("da-nhan", "lon.geojson.bien-nhan.txt")


def test_half_a_large_file_is_kept_through_a_loader_that_dies_and_forgotten_when_its_writer_died(share):
    data = schools(2, padding=3 << 20)
    share.lay("lon.geojson", data)
    share.look()

    class Half:
        def __init__(self, spool, most):
            self.spool, self.most = spool, most

        def publish(self, records):
            if self.most == 0:
                raise Killed
            self.most -= 1
            return self.spool.publish(records)

    with closing(Spool(share.spool_root, "work")) as spool:
        with pytest.raises(Killed):
            share.look(Half(spool, 2))
        share.load()  # stores its place behind the two parts, and ends
        assert share.look(spool) == 1  # begins the message anew
        share.load()
    share.load()
    share.look()
    assert share.count("delivery WHERE label = 'lon.geojson'") == 1
    assert share.count(CURRENT) == 2
    assert share.count("reject") == 0
    assert (share.root / "so-mp" / TAKEN / "lon.geojson").read_bytes() == data
