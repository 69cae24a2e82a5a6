"""Bounds, targets and the catalogue are changed by rows, with who and why, and the light follows their days."""

from layers.access.roles import Role

HEADERS = {"origin": "http://testserver"}
BOUND = {
    "indicator": "hs_dunghan", "direction": "up", "green": 90, "red": 80, "source": "Quyết định mô phỏng",
    "valid_from": "2026-07-01", "reason": "theo quyết định mới",
}  # fmt: skip
TARGET = {
    "indicator": "thu_ns", "period_from": "2026-01-01", "period_to": "2027-01-01", "value": 30000,
    "paper": "NQ 01/NQ-MP", "source": "Nghị quyết mô phỏng", "reason": "giao đầu năm",
}  # fmt: skip


def post(client, path: str, body: dict):
    return client.post(f"/api/catalogue/{path}", json=body, headers=HEADERS)


def test_who_may_change_what(client, sign_in):
    assert post(client, "targets", TARGET).status_code == 401
    sign_in(Role.LEADER)
    assert post(client, "targets", TARGET).status_code == 403
    sign_in(Role.OPERATOR)
    assert post(client, "targets", TARGET | {"reason": "x"}).status_code == 422
    assert post(client, "targets", TARGET).status_code == 201
    assert post(client, "targets", TARGET).json()["field"] == "period_from"  # it stands already


def test_bounds_may_not_meet_and_a_correction_keeps_the_former(client, sign_in):
    sign_in(Role.ADMIN)
    assert "hs_dunghan.start" in post(client, "thresholds", BOUND).json()["detail"]
    started = BOUND | {"green": 98, "red": 95, "valid_from": "2019-01-01", "valid_to": "2026-07-01"}
    assert post(client, "thresholds/hs_dunghan.start", started).status_code == 200
    assert post(client, "thresholds", BOUND).status_code == 201
    versions = client.get("/api/catalogue/thresholds/hs_dunghan.start/versions").json()
    assert [(v["valid_to"], v["superseded_at"] is None) for v in versions] == [("2026-07-01", True), (None, False)]
    assert versions[1]["superseded_reason"] == BOUND["reason"]
    assert post(client, "thresholds", BOUND | {"green": 70}).json()["field"] == "green"
    assert post(client, "thresholds", BOUND | {"indicator": "khong_co"}).json()["field"] == "indicator"


def test_a_ratio_is_made_of_what_adds_up(client, sign_in):
    sign_in(Role.OPERATOR)
    row = {
        "domain": "cq", "name_vi": "Tỷ lệ thử", "name_en": "Trial", "definition_vi": "thử", "definition_en": "trial",
        "kind": "ratio", "numerator": "hs_dunghan", "denominator": "hs_giai_quyet", "factor": 100, "unit": "%",
        "unit_en": "%", "period": "month", "direction": "up", "owner": "Sở mô phỏng", "subjects": ["province"],
        "source": "trung tâm đặt, chưa xác minh", "valid_from": "2026-01-01", "reason": "chỉ tiêu mới",
    }  # fmt: skip
    assert post(client, "indicators/ty_le_thu", row).json()["field"] == "numerator"
    assert post(client, "indicators/ty_le_thu", row | {"numerator": "hs_giai_quyet - "}).json()["field"] == "numerator"
    assert post(client, "indicators/ty_le_thu", row | {"numerator": "hs_trehan"}).status_code == 200
    told = client.get("/api/indicators").json()["indicators"][-1]["indicator"]
    assert (told["code"], told["formula"]["numerator"]) == ("ty_le_thu", "hs_trehan")
    assert post(client, "indicators/ty_le_thu/withdraw", {"reason": "không dùng nữa"}).status_code == 200
    assert client.get("/api/indicators/ty_le_thu").status_code == 404
