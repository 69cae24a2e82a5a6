"""Positions reported by radio or telephone: written down as people say them, never taken for the device."""

from datetime import UTC, datetime, timedelta

import pytest

from geo.clock import unix_ms
from ingest.deliveries import Delivery, Sender
from ingest.outcome import Fix, Flag
from ingest.write import Batch
from layers.access.roles import Role

NOW = datetime.now(UTC)
ORIGIN = {"origin": "http://testserver"}
CALL = {"lat": "15 độ 20 phút 30 giây", "lon": "109 độ 5 phút", "caller_role": "master", "channel": "radio"}


def ago(hours):
    return NOW - timedelta(hours=hours)


WINDOW = {"from": ago(24).isoformat(), "to": ago(7).isoformat()}


def _fix(key, hours, flags):
    t, lon_e7 = unix_ms(ago(hours)), round((109 + hours / 50) * 1e7)
    name = hash((key, hours, flags))
    return Fix(key, t, name, t, lon_e7, round(15.3e7), 60, 900, None, None, None, None, flags, b"t")


@pytest.fixture
def heard(connection):
    """A boat with a VMS device last heard eight hours ago; gives a way to hear more of it, or of others on board."""
    connection.execute(
        "INSERT INTO vessel (id, code, name, length_m, gear, home_port, content_hash, source_id, delivery_id, t,"
        " heard_at) VALUES (1, 'QNg-MP 0001', 'Thử', 17.5, 'câu', 'x', 1, 1, 1, now(), now())"
    )
    delivery = Delivery(connection, Sender("vms", "simulated"), "test", lambda: datetime.now(UTC))

    def hear(*said, key="vms:A:1", flags=0):
        connection.execute("INSERT INTO transmitter (key, kind) VALUES (%s, 'vms') ON CONFLICT DO NOTHING", (key,))
        connection.execute(
            "INSERT INTO transmitter_on_vessel SELECT id, 1, %s, NULL, 1, 'S-' || id FROM transmitter WHERE key = %s"
            " ON CONFLICT DO NOTHING",
            (NOW - timedelta(days=90), key),
        )
        delivery.write(Batch([_fix(key, h, flags) for h in said]))

    hear(8, 10, 12)
    return hear


def post(client, told=None, **changes):
    return client.post("/api/vessels/v1/reported-positions", json=CALL | changes, headers=told or ORIGIN)


def listed(client):
    return client.get("/api/vessels/v1/reported-positions").json()["reports"]


def test_a_call_is_kept_with_who_took_it_and_the_device_stays_silent(heard, sign_in):
    officer = sign_in(Role.OFFICER)
    before = officer.get("/api/vessels/v1").json()
    answer = post(officer, t=ago(1).isoformat(), caller_name="Ông Mô Phỏng", handed_to="Trực ban", note="máy hỏng")
    assert answer.status_code == 201, answer.text
    kept = answer.json()
    assert (kept["lat"], kept["lon"]) == (15.3416667, 109.0833333)
    assert kept["caller"] == {"vi": "thuyền trưởng", "en": "master"}
    assert kept["taken_by"] == officer.get("/api/me").json()["name"]
    assert kept["said"] == "15 độ 20 phút 30 giây; 109 độ 5 phút"
    after = officer.get("/api/vessels/v1").json()
    assert (after["status"], after["t"], after["lon"]) == (before["status"], before["t"], before["lon"])
    assert (before["status"], before["reported_at"]) == ("lost_6h", None)
    assert datetime.fromisoformat(after["reported_at"]) == ago(1)


def test_it_stands_on_the_track_and_in_no_sum(heard, sign_in):
    officer = sign_in(Role.OFFICER)
    before = officer.get("/api/vessels/v1/track", params=WINDOW).json()
    assert post(officer, t=ago(9).isoformat(), lat="15,9", confirmed=True).status_code == 201
    heard(11, flags=int(Flag.MANUAL))
    after = officer.get("/api/vessels/v1/track", params=WINDOW).json()
    told = [each for each in after["features"] if each["properties"]["kind"] == "reported"]
    assert after["summary"] == before["summary"]
    assert [each for each in after["features"] if each not in told] == before["features"]
    assert [(each["properties"]["caller"], each["geometry"]["type"]) for each in told] == [
        (None, "Point"),
        ("master", "Point"),
    ]
    assert "Mô" not in str(after)


def test_what_a_person_typed_at_a_centre_does_not_end_the_silence(heard, sign_in):
    officer = sign_in(Role.OFFICER)
    before = officer.get("/api/vessels/v1").json()
    heard(0.5, flags=int(Flag.MANUAL))
    after = officer.get("/api/vessels/v1").json()
    assert (after["status"], after["t"]) == (before["status"], before["t"])
    assert [fix["t"] for fix in after["recent"]] == [fix["t"] for fix in before["recent"]]


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        ("15°20'30\"N", "109°05'00\"E"),
        ("15.3416667", "109.0833333"),
        ("15,3416667", "109,0833333"),
        ("15 20 30", "109 05 00"),
        ("15 độ 20 phút 30 giây bắc", "109 độ 5 phút đông"),
    ],
)
def test_places_are_taken_as_people_say_them(heard, sign_in, lat, lon):
    answer = post(sign_in(Role.POST), lat=lat, lon=lon)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["lat"], answer.json()["lon"]) == pytest.approx((15.3416667, 109.0833333), abs=1e-6)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lat": "gần Lý Sơn"}, "lat"),
        ({"lat": "95"}, "lat"),
        ({"lon": "15°20'N"}, "lon"),
        ({"t": (NOW + timedelta(hours=2)).isoformat()}, "t"),
        ({"t": "1999-01-01T00:00:00Z"}, "t"),
        ({"caller_role": "captain"}, "caller_role"),
        ({"channel": "smoke"}, "channel"),
        ({"corrects": 99}, "corrects"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(heard, sign_in, changes, field):
    officer = sign_in(Role.OFFICER)
    answer = post(officer, **changes)
    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert listed(officer) == []


@pytest.mark.parametrize(
    ("place", "doubt"),
    [
        ({"lat": "30", "lon": "130"}, "outside"),
        ({"lat": "15,1", "lon": "108,2"}, "on_land"),
        ({"lat": "8,5", "lon": "112"}, "too_far"),
    ],
)
def test_a_doubtful_place_is_asked_about_and_kept_when_confirmed(heard, sign_in, place, doubt):
    officer = sign_in(Role.OFFICER)
    asked = post(officer, **place)
    assert (asked.status_code, asked.json()["kept"]) == (200, False), asked.text
    assert doubt in [each["value"] for each in asked.json()["doubts"]]
    assert listed(officer) == []
    assert post(officer, **place, confirmed=True).status_code == 201
    assert doubt in listed(officer)[0]["doubts"]


def test_a_correction_is_a_new_row_and_the_same_press_twice_is_one(heard, sign_in):
    officer = sign_in(Role.OFFICER)
    t = ago(1).isoformat()
    first = post(officer, t=t).json()
    assert post(officer, t=t).json()["id"] == first["id"]
    second = post(officer, t=t, lat="15 độ 21 phút", corrects=first["id"]).json()
    assert post(officer, t=t, lat="15 độ 22 phút", corrects=first["id"]).status_code == 400
    told = {each["id"]: (each["corrects"], each["corrected_by"]) for each in listed(officer)}
    assert told == {first["id"]: (None, second["id"]), second["id"]: (first["id"], None)}
    track = officer.get("/api/vessels/v1/track").json()
    assert [f["properties"]["id"] for f in track["features"] if f["properties"]["kind"] == "reported"] == [second["id"]]


def test_only_officers_and_the_border_guard_may_write_or_read(heard, sign_in):
    for role in (Role.GUEST, Role.VIEWER, Role.LEADER, Role.COMMUNE, Role.STEWARD):
        client = sign_in(role)
        assert post(client).status_code in (401, 403)
        assert client.get("/api/vessels/v1/reported-positions").status_code in (401, 403)
    officer = sign_in(Role.OFFICER)
    assert post(officer, {"origin": "http://elsewhere.example"}).status_code == 403
    assert officer.post("/api/vessels/v2/reported-positions", json=CALL, headers=ORIGIN).status_code == 404
    assert officer.post("/api/vessels/t1/reported-positions", json=CALL, headers=ORIGIN).status_code == 404


def test_the_card_tells_devices_turns_seals_and_a_third_device(heard, sign_in):
    heard(7, 3, key="vms:B:2")
    officer = sign_in(Role.OFFICER)
    card = officer.get("/api/vessels/v1").json()
    assert {(d["key"], d["counted"], d["seal"][:2]) for d in card["transmitters"]} == {
        ("vms:A:1", False, "S-"),
        ("vms:B:2", True, "S-"),
    }
    newest, first = card["turns"]
    assert (newest["key"], newest["reason"], newest["former"], newest["silent_s"]) == (
        "vms:B:2",
        "silent",
        "vms:A:1",
        18000,
    )
    assert (first["reason"], first["until"]) == ("first", newest["since"])
    assert card["disagreement"] is None
    then = officer.get("/api/vessels/v1", params={"at": ago(6).isoformat()}).json()
    assert [turn["key"] for turn in then["turns"]] == ["vms:A:1"]
    assert (then["turns"][0]["until"], {d["key"]: d["counted"] for d in then["transmitters"]}["vms:A:1"]) == (
        None,
        True,
    )
    heard(2, key="vms:C:3")
    told = officer.get("/api/vessels/v1").json()["disagreement"]
    assert told["keys"] == ["vms:A:1", "vms:B:2", "vms:C:3"]
    assert (told["law"]["decree"], told["law"]["verified"]) == ("NĐ 41/2026/NĐ-CP", False)


def test_a_call_for_help_is_on_the_card(heard, sign_in):
    heard(2, flags=int(Flag.DISTRESS))
    card = sign_in(Role.OFFICER).get("/api/vessels/v1").json()
    assert datetime.fromisoformat(card["sos_at"]) - ago(2) < timedelta(seconds=1)


def test_tracks_follow_the_device_that_counts(heard, sign_in):
    heard(7.9, 9.1, key="vms:B:2")
    track = sign_in(Role.OFFICER).get("/api/vessels/v1/track").json()
    assert track["summary"]["points"] == 3
