"""How cases go, changed by those who may: a flow with a fault never comes into force; offices by an audited change."""

import pytest

from layers.access.roles import Role

ORIGIN = {"origin": "http://testserver"}
NEW = {"source": "thử", "verified": False}


def flow(client, code="simple"):
    found = client.get("/api/case-flow").json()
    return next(each for each in found["flows"] if each["code"] == code)


def body(given, **changes):
    return {name: given[name] for name in ("kinds", "states", "steps")} | {"reason": "thử đổi quy trình"} | changes


def test_the_flows_that_travel_with_the_product_are_whole_and_not_verified(reading):
    found = reading(Role.LEADER).get("/api/case-flow").json()
    assert [each["code"] for each in found["flows"]] == ["distress", "simple", "violation"]
    assert [each["problems"] for each in found["flows"]] == [[], [], []]
    assert not any(each["verified"] for each in found["flows"])
    assert {kind for each in found["flows"] for kind in each["kinds"]} == found["kinds"].keys()
    assert found["can_edit"] is False


def test_a_flow_can_be_given_more_time_and_the_former_rows_stay(sign_in, connection):
    admin = sign_in(Role.ADMIN)
    given = flow(admin)
    given["states"][0]["within_s"] = 1800
    answer = admin.post("/api/case-flow/simple", json=body(given), headers=ORIGIN)
    assert answer.status_code == 200, answer.text
    assert flow(admin)["states"][0]["within_s"] == 1800
    kept = connection.execute(
        "SELECT within_s, superseded_by IS NOT NULL FROM case_flow WHERE code = 'simple.state.new' ORDER BY id"
    ).fetchall()
    assert kept == [(3600, True), (1800, False)]
    others = connection.execute("SELECT count(*) FROM case_flow WHERE superseded_at IS NOT NULL").fetchone()
    assert others == (1,)
    assert connection.execute("SELECT action, subject FROM audit").fetchall() == [("case_flow.change", "simple")]


def without(given, **wanted):
    return [step for step in given["steps"] if any(step[name] != value for name, value in wanted.items())]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda g: {"steps": without(g, action="close")}, "never ends"),
        (
            lambda g: {"states": [*g["states"], NEW | {"code": "lost", "title_vi": "Lạc", "title_en": "Lost"}]},
            "Lost is not",
        ),
        (lambda g: {"steps": [s | {"to": "nowhere"} if s["action"] == "move" else s for s in g["steps"]]}, "nowhere"),
        (lambda g: {"steps": [s | {"key": "n"} for s in g["steps"]]}, "stands twice"),
        (lambda g: {"steps": [s | {"roles": ["leader"]} for s in g["steps"]]}, "roles that act"),
        (lambda g: {"steps": [s | {"needs": ["luck"]} for s in g["steps"]]}, "luck"),
        (lambda g: {"steps": [s | {"action": "gossip"} if s["action"] == "note" else s for s in g["steps"]]}, "gossip"),
        (lambda g: {"steps": [*g["steps"], g["steps"][0]]}, "twice"),
        (lambda g: {"kinds": [*g["kinds"], "silence"]}, "already"),
        (lambda g: {"kinds": ["other"]}, "no flow would be left for incident"),
        (lambda g: {"states": [s for s in g["states"] if s["code"] != "new"]}, "new"),
    ],
)
def test_a_flow_with_a_fault_is_refused(sign_in, change, word):
    admin = sign_in(Role.OPERATOR)
    given = flow(admin)
    answer = admin.post("/api/case-flow/simple", json=body(given, **change(given)), headers=ORIGIN)
    assert (answer.status_code, answer.json()["field"] in ("steps", "kinds")) == (400, True)
    assert word in answer.json()["detail"]
    assert flow(admin) == given


def test_a_flow_leaves_no_open_case_behind(sign_in):
    officer = sign_in(Role.OFFICER)
    told = {"kind": "other", "what": "thử việc", "lat": "15", "lon": "109"}
    number = officer.post("/api/cases", json=told, headers=ORIGIN).json()["number"]
    for version, act in enumerate(({"action": "acknowledge"}, {"action": "move", "to": "watching"}), 1):
        assert (
            officer.post(f"/api/cases/{number}/do", json=act | {"version": version}, headers=ORIGIN).status_code == 200
        )
    given = flow(officer)
    left = body(given, states=[s for s in given["states"] if s["code"] != "watching"])
    left["steps"] = [s for s in given["steps"] if "watching" not in (s["state"], s["to"])]
    answer = sign_in(Role.ADMIN).post("/api/case-flow/simple", json=left, headers=ORIGIN)
    assert (answer.status_code, answer.json()["field"]) == (400, "states")
    assert "watching: 1" in answer.json()["title"]


def test_only_operator_and_admin_change_it_and_say_why(sign_in):
    given = flow(sign_in(Role.OFFICER))
    assert sign_in(Role.OFFICER).post("/api/case-flow/simple", json=body(given), headers=ORIGIN).status_code == 403
    assert sign_in(Role.ADMIN).post("/api/case-flow/simple", json=body(given), headers={}).status_code == 403
    mute = sign_in(Role.ADMIN).post("/api/case-flow/simple", json=body(given, reason=""), headers=ORIGIN)
    assert mute.status_code == 422


def test_an_office_gets_a_number_and_what_stood_before_stays(sign_in, connection):
    operator = sign_in(Role.OPERATOR)
    told = {
        "kind": "rescue",
        "office": "Trung tâm thử",
        "phone": "0255 000 0000",
        "source": "thử",
        "reason": "có số mới",
    }
    answer = operator.post("/api/institutions/rescue.mrcc2", json=told, headers=ORIGIN)
    assert (answer.status_code, answer.json()["phone"]) == (200, "0255 000 0000")
    rows = connection.execute("SELECT phone FROM institution WHERE code = 'rescue.mrcc2' ORDER BY id").fetchall()
    assert rows == [(None,), ("0255 000 0000",)]
    wrong = operator.post("/api/institutions/x.y", json=told | {"phone": "gọi tôi"}, headers=ORIGIN)
    assert (wrong.status_code, wrong.json()["field"]) == (400, "phone")
    assert sign_in(Role.OFFICER).post("/api/institutions/x.y", json=told, headers=ORIGIN).status_code == 403
    assert any(office["phone"] == "0255 000 0000" for office in sign_in(Role.OFFICER).get("/api/institutions").json())
