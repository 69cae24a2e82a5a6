"""Alarms as people meet them: who sees which, who has seen one, and that silence of the watch is not calm."""

from datetime import UTC, datetime, timedelta

import pytest

from ingest.live import beat
from layers.access.roles import Role

ORIGIN = {"origin": "http://testserver"}


@pytest.fixture
def alarm(connection):
    """Opens an alarm; its id."""

    def put(code, subject="", closed=None, opened=True):
        now = datetime.now(UTC)
        return connection.execute(
            "INSERT INTO alarm (code, subject, detail_vi, detail_en, began_at, seen_at, opened_at, closed_at)"
            " VALUES (%s, %s, 'hỏng', 'broken', %s, %s, %s, %s) RETURNING id",
            (code, subject, now, now, now if opened else None, closed),
        ).fetchone()[0]

    return put


def _subjects(client, query=""):
    return [(each["code"], each["subject"]) for each in client.get(f"/api/alarms{query}").json()["alarms"]]


def test_guests_and_others_do_not_see_alarms_and_officers_see_those_of_the_sea(sign_in, alarm):
    alarm("position_heard", "coast")
    alarm("spool_not_full")
    assert sign_in(Role.GUEST).get("/api/alarms").status_code == 401
    for role in (Role.VIEWER, Role.LEADER, Role.COMMUNE, Role.STEWARD):
        assert sign_in(role).get("/api/alarms").status_code == 403
    assert _subjects(sign_in(Role.OFFICER)) == [("position_heard", "coast")]
    assert _subjects(sign_in(Role.OPERATOR)) == [("position_heard", "coast"), ("spool_not_full", "")]


def test_an_alarm_says_what_where_what_to_do_and_whom_to_call(sign_in, alarm):
    alarm("position_heard", "coast")
    (told,) = sign_in(Role.OPERATOR).get("/api/alarms").json()["alarms"]
    assert told["title"]["vi"] == "Nguồn vị trí im lặng"
    assert told["detail"] == {"vi": "hỏng", "en": "broken"}
    assert "trạm thu" in told["todo"]["vi"]
    assert "Chi cục Thủy sản" in told["call"]["vi"]
    assert told["acknowledged_by"] is None


def test_who_has_seen_it_first_stays_and_it_moves_behind_the_others(sign_in, alarm, connection):
    first, second = alarm("spool_not_full"), alarm("jobs_not_stalled", "poll")
    client = sign_in(Role.OPERATOR)
    answer = client.post(f"/api/alarms/{first}/acknowledge", headers=ORIGIN)
    assert answer.status_code == 200, answer.text
    assert [each["id"] for each in answer.json()["alarms"]] == [second, first]
    who = connection.execute("SELECT acknowledged_by FROM alarm WHERE id = %s", (first,)).fetchone()[0]
    assert sign_in(Role.ADMIN).post(f"/api/alarms/{first}/acknowledge", headers=ORIGIN).status_code == 200
    assert connection.execute("SELECT acknowledged_by, closed_at FROM alarm WHERE id = %s", (first,)).fetchone() == (
        who,
        None,
    )


def test_what_is_not_yours_not_open_or_not_there_cannot_be_acknowledged(sign_in, alarm, connection):
    system, closed = alarm("spool_not_full"), alarm("position_heard", "x", closed=datetime.now(UTC))
    pending = alarm("position_heard", "y", opened=False)
    client = sign_in(Role.OFFICER)
    for number in (system, closed, pending, 10**9):
        assert client.post(f"/api/alarms/{number}/acknowledge", headers=ORIGIN).status_code == 404
    assert (
        client.post(f"/api/alarms/{system}/acknowledge", headers={"origin": "http://elsewhere.test"}).status_code == 403
    )
    assert connection.execute("SELECT count(*) FROM alarm WHERE acknowledged_at IS NOT NULL").fetchone() == (0,)


def test_closed_ones_are_shown_when_asked_for_and_pending_ones_never(sign_in, alarm):
    alarm("position_heard", "over", closed=datetime.now(UTC) - timedelta(hours=2))
    alarm("position_heard", "brief", opened=False)
    client = sign_in(Role.OPERATOR)
    assert _subjects(client) == []
    assert _subjects(client, "?closed_within_h=1") == []
    assert _subjects(client, "?closed_within_h=3") == [("position_heard", "over")]


def test_when_nobody_watches_it_is_said(sign_in, connection, client, alarm):
    alarm("spool_not_full")
    assert sign_in(Role.OPERATOR).get("/api/alarms").json()["watch"] == "silent"
    assert client.get("/readyz").json() == {"status": "ready", "alarms": 1, "watch": "silent"}
    beat(connection, datetime.now(UTC), {}, "work")
    told = sign_in(Role.OPERATOR).get("/api/alarms").json()
    assert told["watch"] == "watching"
    assert {each["state"] for each in told["invariants"]} == {"never"}
    assert client.get("/readyz").json()["watch"] == "watching"


def test_the_ways_in_are_shown_to_those_who_answer_for_data(sign_in, connection):
    connection.execute(
        "INSERT INTO feed_state (name, tried_at, outcome, failures, error_vi, error_en, failed_at)"
        " VALUES ('truong', now(), 'failed', 2, 'mã 500', 'status 500', now())"
    )
    connection.execute(
        "INSERT INTO drop_file (source, form, sha256, name, size, taken_at, state)"
        " VALUES ('so-mp', 'layer:school', '\\xab', 'a.csv', 3, now(), 'taken')"
    )
    assert sign_in(Role.OFFICER).get("/api/ways-in").status_code == 403
    told = sign_in(Role.STEWARD).get("/api/ways-in").json()
    assert [(f["name"], f["outcome"], f["error"]["vi"]) for f in told["feeds"]] == [("truong", "failed", "mã 500")]
    assert [(f["name"], f["sha256"], f["state"]) for f in told["files"]] == [("a.csv", "ab", "taken")]
