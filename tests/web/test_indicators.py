"""The catalogue, a series and the map of an indicator, over the departments' own letters."""

from datetime import UTC, datetime, timedelta

import openpyxl
import pytest

from fixtures.forms import form_letters
from ingest.deliveries import Sender
from ingest.exchange.take import Incoming, take_message
from ingest.templates.read import Asked
from ingest.templates.take import FormSent, take_form
from layers.access.roles import Role
from layers.units.load import DATA
from web.demo import DESK
from web.demo_forms import ensure_forms

NOW = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)


@pytest.fixture
def letters(connection):
    """The demonstration's monthly forms, taken at their own moments."""
    ensure_forms(connection, NOW)
    for letter in form_letters(DATA / "unit-outlines.geojson", NOW, 7):
        if "yte" in letter.name:
            continue  # its facilities are not loaded here
        incoming = Incoming(letter.data, letter.name, letter.id, letter.sent_at)
        taken = take_message(connection, incoming, DESK, lambda letter=letter: letter.sent_at)
        assert taken.state == "done", taken.detail


def told_of(client, code: str, **asked: str):
    answer = client.get(f"/api/indicators/{code}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_catalogue_tells_every_indicator_and_its_last_value(letters, client, sign_in):
    guest = client.get("/api/indicators").json()
    assert all(x["point"] is None for x in guest["indicators"])
    sign_in(Role.LEADER)
    told = client.get("/api/indicators").json()
    found = {x["indicator"]["code"]: x for x in told["indicators"]}
    assert list(found) == [x["indicator"]["code"] for x in guest["indicators"]]
    assert {x["indicator"]["domain"] for x in told["indicators"]} == {d["code"] for d in told["domains"]}
    budget, share = found["thu_ns"]["point"], found["hs_dunghan"]["point"]
    assert (budget["how"], budget["status"], budget["origin"]) == ("reported", "official", "simulated")
    assert (share["how"], share["light"]["light"]) == ("computed", "green")
    assert share["light"]["threshold"] == "hs_dunghan.start"
    assert round(100 * share["part"] / share["whole"], 4) == share["value"]
    assert not any(x["indicator"]["verified"] for x in told["indicators"])


def test_a_figure_leads_to_its_paper_and_lists_its_revisions(letters, client, sign_in):
    sign_in(Role.LEADER)
    july = next(p for p in told_of(client, "thu_ns", unit="522")["points"] if p["period"]["since"] == "2026-07-01")
    first, second = reversed(july["revisions"])
    assert [r["superseded_at"] is None for r in (first, second)] == [False, True]
    assert (july["value"], round(second["value"] - first["value"], 6)) == (second["value"], 2.5)
    assert july["paper"]["number"] == second["paper"]["number"] != first["paper"]["number"]
    lineage = client.get(f"/api/lineage/observation/{july['observations'][0]}").json()
    assert lineage["facts"][0]["delivery"]["paper"]["number"] == july["paper"]["number"]
    hour_before = datetime.fromisoformat(second["stored_at"]) - timedelta(hours=1)
    before = told_of(client, "thu_ns", unit="522", known_at=hour_before.isoformat())
    assert next(p for p in before["points"] if p["period"]["since"] == "2026-07-01")["value"] == first["value"]


def test_every_structure_shows_the_same_sum(letters, client, sign_in):
    sign_in(Role.LEADER)
    province = told_of(client, "thu_ns", level="former_district")
    parts = [v["value"] for v in province["map"]["values"]]
    assert round(sum(parts), 6) == province["latest"]["value"]
    groups = [told_of(client, "thu_ns", unit=group)["latest"] for group in ("qn_cu", "kt_cu")]
    assert round(sum(g["value"] for g in groups), 6) == province["latest"]["value"]
    assert [g["known"] for g in groups] == [13, 10]
    communes = told_of(client, "thu_ns", level="commune")["map"]
    assert {v["status"] for v in communes["values"] if v["how"] == "split"} == {"estimate"}
    assert abs(sum(v["value"] for v in communes["values"]) - province["latest"]["value"]) < 0.1
    old = told_of(client, "thu_ns", level="district", structure="2021")["map"]
    assert {v["code"]: v["value"] for v in old["values"]} == {v["code"]: v["value"] for v in province["map"]["values"]}


def test_what_does_not_exist_is_said(letters, client, sign_in):
    assert client.get("/api/indicators/thu_ns").status_code == 401
    sign_in(Role.LEADER)
    assert client.get("/api/indicators/thu_nsx").status_code == 404
    assert client.get("/api/indicators/thu_ns?unit=99999").json()["field"] == "unit"
    assert client.get("/api/indicators/thu_ns?level=street").json()["field"] == "level"
    assert client.get("/api/indicators/thu_ns?from=2026-02-01&to=2026-01-01").json()["field"] == "from"


def test_why_leads_from_the_province_to_the_records(letters, client, sign_in):
    sign_in(Role.LEADER)
    told = client.get("/api/indicators/thu_ns/why").json()
    assert told["by"] == "former_district"
    assert len(told["rows"]) == told["of"] == told["known"] == 23
    assert round(sum(row["shown"] for row in told["rows"]), 6) == told["shown_delta"]
    assert round(told["shown_end"] - told["shown_start"], 6) == told["shown_delta"]
    assert all(row["observations"] and row["paper"]["number"] for row in told["rows"])
    assert told["rows"][0]["name"]["vi"] in told["sentence"]["vi"] or told["rows"][0]["shown"] > 0
    share = client.get("/api/indicators/hs_dunghan/why", params={"against": "threshold"}).json()
    assert (share["by"], share["period_against"], share["start"]) == ("commune", None, 98.0)
    assert (share["known"], share["of"]) == (96, 96)  # the agencies' part of the province's figure stands as a rest
    assert round(sum(row["shown"] for row in share["rows"]), 6) == share["shown_delta"]
    assert "ngưỡng" in share["sentence"]["vi"]
    assert client.get("/api/indicators/thu_ns/why?against=target").status_code == 404
    assert client.get("/api/indicators/thu_ns/why?by=street").json()["field"] == "by"


def test_a_card_holds_the_indicators_of_its_unit(letters, client, sign_in):
    assert client.get("/api/units/522").json()["indicators"] == []
    sign_in(Role.LEADER)
    card = client.get("/api/units/522").json()
    found = {one["indicator"]["code"]: one["point"] for one in card["indicators"]}
    assert found["thu_ns"]["value"] == told_of(client, "thu_ns", unit="522")["latest"]["value"]
    assert found["giaingan"]["how"] == "reported"
    then = client.get("/api/units/522", params={"at": "2026-09-15"}).json()
    july = next(one["point"] for one in then["indicators"] if one["indicator"]["code"] == "thu_ns")
    assert july["period"]["until"] == "2026-09-01"


def wrong_total(path) -> FormSent:
    """A monthly report of two districts whose total is off by 100."""
    book = openpyxl.Workbook()
    titles = ["Đơn vị", "Thu ngân sách trên địa bàn | Trong tháng", "Thu ngân sách trên địa bàn | Lũy kế từ đầu năm"]
    for row in (
        [*titles, "Giải ngân vốn đầu tư công | Tỷ lệ so kế hoạch", "Doanh nghiệp thành lập mới"],
        ["Bình Sơn", 10, 60, 40, 1],
        ["Sơn Tịnh", 20, 70, 40, 2],
        ["Tổng số", 130, 130, None, 3],
    ):
        book.active.append(row)
    book.save(path)
    return FormSent(path, "vsr 2026-06.xlsx", "test", "tester")


def test_exceptions_say_what_is_wrong_whose_it_is_and_by_when(letters, connection, tmp_path, client, sign_in):
    asked = Asked("vsr_demo", "vsr_thang", period="2026-06")
    take_form(connection, wrong_total(tmp_path / "a.xlsx"), asked, Sender("vsr_demo", "simulated"), lambda: NOW)
    assert client.get("/api/exceptions").status_code == 401
    sign_in(Role.LEADER)
    told = client.get("/api/exceptions").json()
    assert told == client.get("/api/exceptions").json() | {"now": told["now"]}
    ranks = [one["rank"] for one in told["exceptions"]]
    assert ranks == sorted(ranks, reverse=True)
    kinds = {one["kind"]: one for one in told["exceptions"]}
    off = kinds["contradiction"]
    assert (off["indicator"], off["light"]) == ("thu_ns", "none")
    assert "lớn hơn tổng 2 dòng là 100" in off["why"]["vi"]
    assert client.get(off["lineage"]).status_code == 200
    late = next(one for one in told["exceptions"] if one["kind"] == "late")
    assert late["office"]["agency"] == "Sở Y tế (mô phỏng)"  # whose letters have not come here
    assert late["due"] is not None
    assert "ngày làm việc" in late["why"]["vi"]
    assert client.get("/api/exceptions?limit=1").json()["exceptions"] == told["exceptions"][:1]
    assert client.get("/api/exceptions?limit=8").status_code == 422
