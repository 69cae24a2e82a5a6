"""Notices: words filled in, kept as they were made, sent only where a gateway is set and the case is real."""

import json
import re
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import psycopg
import pytest
from fastapi.testclient import TestClient

from layers.access.accounts import make_link
from layers.access.roles import Role
from layers.database import make_engine, write
from layers.watch.cases.ledger import Entry
from layers.watch.cases.opening import open_by_flow
from web.main import create_app
from web.settings import WebSettings

ORIGIN = {"origin": "http://testserver"}
PHONE = "0000000102"


@pytest.fixture
def case(database_url, connection):
    """A silent boat's case of an origin; gives its number."""
    engine = make_engine(database_url)

    def make(origin="simulated"):
        connection.execute(
            "INSERT INTO source (code, title_vi, title_en, origin) VALUES ('t', 't', 't', %s)", (origin,)
        )
        connection.execute(
            "INSERT INTO vessel (id, code, name, length_m, gear, home_port, content_hash, source_id, delivery_id, t,"
            " heard_at, captain, captain_phone, crew, vms_provider) SELECT 1, 'QNg-MP 0001', 'Thử', 17.5, 'câu',"
            " 'Sa Kỳ', 1, id, 1, now(), now(), 'Ông Giả Định', %s, 8, 'A' FROM source WHERE code = 't'",
            (PHONE,),
        )
        now = datetime.now(UTC)
        told = {"kind": "silence", "began_at": now - timedelta(hours=7), "origin": origin, "vessel_id": 1}
        told |= {"length_m": 17.5, "lon_e7": 1091000000, "lat_e7": 149900000}
        with write(engine) as opened:
            open_by_flow(opened, told, Entry("opened", now))
            return opened.exec_driver_sql("SELECT number FROM watch_case").scalar_one()

    yield make
    engine.dispose()


class Gateway(BaseHTTPRequestHandler):
    """A stand-in that takes messages, or answers with the status it is told."""

    taken: ClassVar[list[dict]] = []
    status = 200

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        type(self).taken.append(body | {"authorization": self.headers.get("authorization")})
        self.send_response(type(self).status)
        self.end_headers()

    def log_message(self, *_):
        pass


@contextmanager
def gateway(status=200):
    Gateway.taken, Gateway.status = [], status
    with HTTPServer(("127.0.0.1", 0), Gateway) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/send"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def served(database_url, connection, **settings):
    """An officer's browser on an app with those settings."""
    app = create_app(WebSettings(**settings), database_url, lambda: datetime.now(UTC))
    with TestClient(app, base_url="http://testserver", raise_server_exceptions=False) as client:
        token = make_link(connection, Role.OFFICER, lambda: datetime.now(UTC))
        client.get("/login", params={"link": token}, follow_redirects=False)
        yield client


def send(client, number, **fields):
    version = client.get(f"/api/cases/{number}").json()["version"]
    told = {"action": "notice", "version": version, "template": "silence_captain", **fields}
    return client.post(f"/api/cases/{number}/do", json=told, headers=ORIGIN)


def notices(client, number):
    return client.get(f"/api/cases/{number}").json()["notices"]


def test_a_draft_is_filled_in_with_what_is_known(case, sign_in):
    number, officer = case(), sign_in(Role.OFFICER)
    draft = officer.get(f"/api/cases/{number}/notices/silence_provider").json()
    assert draft["to"] is None
    assert "14°59'24\"N 109°06'00\"E" in draft["text"]
    assert "QNg-MP 0001 (Thử)" in draft["text"]
    assert re.search(r"7 giờ \d+ phút", officer.get(f"/api/cases/{number}/notices/silence_post").json()["text"])
    owner = officer.get(f"/api/cases/{number}/notices/silence_owner").json()
    assert "NĐ 41/2026/NĐ-CP (chưa xác minh)" in owner["text"]
    assert number in owner["text"]
    assert "{" not in owner["text"] + owner["subject"]
    assert [(way["value"], way["enabled"]) for way in draft["channels"]] == [
        ("copy", True), ("print", True), ("sms", False), ("zalo", False)
    ]  # fmt: skip
    named = officer.get(f"/api/cases/{number}/notices/silence_post", params={"to": "Trạm Thử"}).json()
    assert (named["to"], "Kính gửi: Trạm Thử" in named["text"]) == ("Trạm Thử", True)
    assert officer.get(f"/api/cases/{number}/notices/none").status_code == 404
    assert sign_in(Role.LEADER).get(f"/api/cases/{number}/notices/silence_owner").status_code == 403


def test_a_notice_is_kept_as_it_was_made_and_prints_with_its_mark(case, sign_in, connection):
    number, officer = case(), sign_in(Role.OFFICER)
    made = send(officer, number, channel="print", text="Nội dung <b>đã sửa</b> bằng tay").json()
    line = notices(officer, number)[0]
    assert (line["id"], line["state"], line["template_version"]) == (made["notice"], "printed", 1)
    sheet = officer.get(f"/api/notices/{line['id']}.html")
    assert "SỐ LIỆU MÔ PHỎNG" in sheet.text
    assert "Nội dung &lt;b&gt;đã sửa&lt;/b&gt; bằng tay" in sheet.text
    assert sheet.headers["content-security-policy"].startswith("default-src 'none'")
    paper = officer.get(f"/api/notices/{line['id']}.pdf")
    assert (paper.headers["content-type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    entry = officer.get(f"/api/cases/{number}").json()["ledger"][-1]
    assert (entry["kind"], entry["text"]["vi"]) == ("notice", "thuyền trưởng · in · đã in")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("UPDATE notice SET text = 'khác'")
    assert sign_in(Role.LEADER).get(f"/api/notices/{line['id']}.html").status_code == 403


def test_with_no_gateway_the_channel_says_so(case, sign_in):
    number, officer = case("real"), sign_in(Role.OFFICER)
    for channel in ("sms", "zalo"):
        answer = send(officer, number, channel=channel)
        assert (answer.status_code, answer.json()["field"]) == (400, "channel")
        assert "hãy chép nội dung hoặc in" in answer.json()["title"]
    assert notices(officer, number) == []


@pytest.mark.parametrize(("status", "state"), [(200, "sent"), (503, "failed")])
def test_a_gateway_takes_it_and_the_ledger_says_what_became_of_it(case, database_url, connection, status, state):
    number = case("real")
    with gateway(status) as url, served(database_url, connection, sms_url=url, sms_key="k") as officer:
        answer = send(officer, number, channel="sms")
        assert answer.status_code == 200, answer.text
        line = notices(officer, number)[0]
        body = connection.execute("SELECT string_agg(body::text, '') FROM case_entry").fetchone()[0]
    assert (line["state"], line["failure"]) == (state, None if status == 200 else "status 503")
    assert [(m["to"], m["authorization"], m["ref"]) for m in Gateway.taken] == [
        (PHONE, "Bearer k", f"notice-{line['id']}")
    ]
    assert PHONE not in body


def test_a_gateway_that_does_not_answer_is_a_failure_that_is_told(case, database_url, connection):
    number = case("real")
    with served(database_url, connection, zalo_url="http://127.0.0.1:9/send") as officer:
        assert send(officer, number, channel="zalo").status_code == 200
        line = notices(officer, number)[0]
    assert (line["state"], line["failure"]) == ("failed", "no answer: ConnectError")


def test_nothing_is_sent_of_what_is_simulated_unless_it_is_allowed(case, database_url, connection):
    number = case("simulated")
    with gateway() as url:
        with served(database_url, connection, sms_url=url) as officer:
            assert "mô phỏng" in send(officer, number, channel="sms").json()["title"]
        assert Gateway.taken == []
        with served(database_url, connection, sms_url=url, notify_simulated=True) as officer:
            assert send(officer, number, channel="sms").status_code == 200
        assert len(Gateway.taken) == 1


def test_who_has_no_number_is_not_sent_to(case, database_url, connection):
    number = case("real")
    with gateway() as url, served(database_url, connection, sms_url=url) as officer:
        answer = send(officer, number, template="silence_post", channel="sms")
    assert (answer.status_code, answer.json()["title"], Gateway.taken) == (400, "Chưa có số", [])


def test_a_template_is_changed_with_a_reason_and_its_versions_stay(case, sign_in, connection):
    number, operator = case(), sign_in(Role.OPERATOR)
    told = {"recipient": "captain", "kinds": ["silence"], "title_vi": "Thử", "title_en": "Try", "subject": "Tàu {tau}",
            "text": "Đề nghị báo vị trí, {so_vu_viec}.", "source": "thử", "reason": "viết ngắn lại"}  # fmt: skip
    unknown = told | {"text": "Xin chào {ho_ten}, báo vị trí."}
    refused = operator.post("/api/notice-templates/silence_captain", json=unknown, headers=ORIGIN)
    assert (refused.status_code, refused.json()["title"]) == (400, "Không có chỗ điền {ho_ten}")
    alone = operator.post(
        "/api/notice-templates/silence_captain", json=told | {"text": "Chào } các bạn"}, headers=ORIGIN
    )
    assert alone.status_code == 400
    stored = operator.post("/api/notice-templates/silence_captain", json=told, headers=ORIGIN)
    assert stored.json() == {"code": "silence_captain", "version": 2}
    draft = operator.get(f"/api/cases/{number}/notices/silence_captain").json()
    assert (draft["version"], draft["text"]) == (2, f"Đề nghị báo vị trí, {number}.")
    kept = operator.get("/api/notice-templates/silence_captain/versions").json()
    assert [(each["version"], each["superseded_at"] is None) for each in kept] == [(2, True), (1, False)]
    assert connection.execute("SELECT action FROM audit").fetchall() == [("notice_template.change",)]
    officer = sign_in(Role.OFFICER)
    assert officer.post("/api/notice-templates/silence_captain", json=told, headers=ORIGIN).status_code == 403
    listed = officer.get("/api/notice-templates").json()
    assert {template["recipient"] for template in listed["templates"]} == {
        "owner", "captain", "family", "post", "commune", "provider", "fisheries", "rescue"
    }  # fmt: skip
