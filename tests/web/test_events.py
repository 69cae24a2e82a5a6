"""Events and incidents over HTTP: who may see them, what they say, what was known when."""

from datetime import timedelta

import pytest

from layers.access.roles import Role

_EVENT = (
    "INSERT INTO event (key, what, conduct, step, vessels, transmitters, began_at, ended_at, lon_e7, lat_e7, facts,"
    " length_m, rule_ids, origin, found_at, stored_at, superseded_at)"
    " VALUES ('k1', %s, 'silence', 'lost_6h', '{1}', '{2}', %s, %s, 1105000000, 150000000, '{\"silent_s\": 3}', 20,"
    " (SELECT array_agg(id) FROM rule WHERE conduct = 'silence' AND step IN ('position_by_other_means', 'report_grace')"
    " AND valid_to IS NULL), 'simulated', %s, %s, %s)"
)


@pytest.fixture
def told(connection, now):
    hour = timedelta(hours=1)
    connection.execute(_EVENT, ("new", now, None, now, now + hour, now + 2 * hour))
    connection.execute(_EVENT, ("changed", now, now + hour, now, now + 2 * hour, None))
    return now


def test_an_event_has_title_law_and_place(sign_in, told):
    answer = sign_in(Role.OFFICER).get("/api/events", params={"conduct": "silence", "history": True}).json()
    (event,) = answer["events"]
    assert event["title"] == {"vi": "Mất kết nối trên 6 giờ", "en": "Silent for over 6 hours"}
    assert event["law"] == [
        {"code": "silence.position_by_other_means.nd41", "kind": "duty", "decree": "NĐ 41/2026/NĐ-CP",
         "article": None, "verified": False}
    ]  # fmt: skip
    assert (event["lon"], event["lat"], event["origin"]) == (110.5, 15.0, "simulated")
    assert [word["what"] for word in event["history"]] == ["new", "changed"]
    assert answer["more"] is False


def test_what_was_known_then_and_what_lasted_then(sign_in, told):
    officer = sign_in(Role.OFFICER)
    then = (told + timedelta(hours=1.5)).isoformat()
    assert officer.get("/api/events", params={"known_at": then}).json()["events"][0]["ended_at"] is None
    assert officer.get("/api/events", params={"at": then}).json()["events"] == []
    assert officer.get("/api/events", params={"at": then, "known_at": then}).json()["events"] != []
    assert officer.get("/api/events", params={"vessel": "v2"}).json()["events"] == []


@pytest.mark.parametrize("role", [Role.GUEST, Role.LEADER, Role.VIEWER, Role.STEWARD])
@pytest.mark.parametrize("path", ["/api/events", "/api/incidents", "/api/incidents/1"])
def test_who_may_not_see_each_boat_sees_no_event(sign_in, role, path):
    assert sign_in(role).get(path).status_code in (401, 403)


@pytest.mark.parametrize("asked", [{"conduct": "gossip"}, {"conduct": "port", "step": "beyond"}, {"limit": 0}])
def test_what_cannot_be_asked(sign_in, asked):
    assert sign_in(Role.OFFICER).get("/api/events", params=asked).status_code in (400, 422)


def test_an_incident_counts_what_it_lists(sign_in, connection, now):
    connection.execute(
        "INSERT INTO incident (kind, subject, title_vi, title_en, began_at, opened_at, heard_of, silent, rule_ids,"
        " origin)"
        " VALUES ('provider', 'A', 'v', 'e', %s, %s, 47, 3, '{}', 'simulated')",
        (now, now),
    )
    connection.execute(
        "INSERT INTO incident_boat SELECT 1, n::text, n, %s, %s, CASE WHEN n = 3 THEN %s::timestamptz END"
        " FROM generate_series(1, 3) AS n",
        (now, now, now),
    )
    officer = sign_in(Role.OFFICER)
    (listed,) = officer.get("/api/incidents").json()["incidents"]
    card = officer.get(f"/api/incidents/{listed['id']}").json()
    assert (listed["silent"], listed["back"]) == (card["silent"], card["back"]) == (3, 1)
    assert len(card["boats"]) == 3
    assert sum(boat["back_at"] is not None for boat in card["boats"]) == 1
    assert officer.get("/api/incidents/99").status_code == 404
