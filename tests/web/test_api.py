"""The API as clients call it: every clear answer, and for bad input a problem document that names field and fix."""

from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from layers.access.roles import Role

SignIn = Callable[[Role], TestClient]


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        ("/tiles/unit/99/0/0.mvt", 400, "z"),
        ("/tiles/unit/3/8/0.mvt", 400, "x"),
        ("/tiles/unit/3/0/-1.mvt", 400, "y"),
        ("/tiles/unit/3/0/1e3.mvt", 400, "y"),
        ("/tiles/nothing/3/0/0.mvt", 404, "layer"),
        ("/tiles/nothing.json", 404, "layer"),
        ("/style/pink.json", 400, "theme"),
        ("/style/dark.json?base=moon", 400, "base"),
        ("/api/units?level=galaxy", 400, "level"),
        ("/api/units?province=99", 400, "province"),
        ("/api/units?at=yesterday", 422, "at"),
        ("/api/units/999999", 404, "code"),
        ("/api/units/522?structure=1999", 400, "structure"),
        ("/api/units/locate?lon=108.8&lat=91", 400, "lat"),
        ("/api/units/locate?lon=nan&lat=15", 422, "lon"),
        ("/api/units/locate?lon=108.8", 422, "lat"),
        ("/api/units/values?measure=health_facility.gold", 400, "measure"),
        ("/api/units/values?measure=unit.area&level=galaxy", 400, "level"),
        ("/api/vessels?bbox=1,2,3", 400, "bbox"),
        ("/api/vessels?bbox=109,15,108,16", 400, "bbox"),
        ("/api/vessels?status=sunk", 400, "status"),
        ("/api/vessels?limit=0", 422, "limit"),
        ("/api/vessels/v99999999", 404, "id"),
        ("/api/vessels/%00", 400, "path"),
        ("/api/vessels?q=%00", 400, "path"),
        ("/nowhere", 404, None),
    ],
)
def test_bad_input_gets_a_problem_document(path: str, status: int, field: str | None, reading: SignIn) -> None:
    answer = reading(Role.OFFICER).get(path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    assert body.get("field") == field


def test_a_body_of_100_mb_is_refused(reading: SignIn) -> None:
    client = reading(Role.GUEST)
    answer = client.post(
        "/login",
        content=b"username=" + b"a" * 100_000_000,
        headers={"content-type": "application/x-www-form-urlencoded", "origin": "http://testserver"},
    )
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_in_pieces_is_refused_too(reading: SignIn) -> None:
    client = reading(Role.GUEST)

    def pieces() -> Iterator[bytes]:
        yield b"username="
        for _ in range(20):
            yield b"a" * 100_000

    headers = {"content-type": "application/x-www-form-urlencoded", "origin": "http://testserver"}
    answer = client.post("/login", content=pieces(), headers=headers)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_tile_is_named_by_its_version(reading: SignIn) -> None:
    client = reading(Role.GUEST)
    document = client.get("/tiles/unit.json").json()
    assert document["tilejson"] == "3.0.0"
    assert {v["id"] for v in document["vector_layers"]} == {"unit", "unit_label"}
    path = document["tiles"][0].replace("{z}", "8").replace("{x}", "205").replace("{y}", "117")
    first = client.get(path)
    assert first.status_code == 200
    assert "max-age=86400" in first.headers["cache-control"]
    assert client.get(path, headers={"if-none-match": first.headers["etag"]}).status_code == 304
    assert client.get("/tiles/unit/8/0/0.mvt").status_code == 204


def test_a_unit_card_says_everything_of_every_number(reading: SignIn) -> None:
    client = reading(Role.GUEST)
    card = client.get("/api/units/522").json()
    assert card["unit"]["level"] == "former_district"
    assert card["vintage"]["vi"].startswith("Địa bàn huyện cũ")
    assert len(card["parts"]) >= 5
    keys = {"layer", "name", "title", "value", "unit", "time", "age_s", "source", "origin", "status", "stale"}
    assert all(keys <= measure.keys() for measure in card["measures"])
    by_name = {f"{m['layer']}.{m['name']}": m for m in card["measures"]}
    population = by_name["unit.population"]
    assert population["value"] > 200_000
    assert population["origin"] == "real"
    assert population["status"] == "estimate"
    beds = by_name["health_facility.beds"]
    assert beds["value"] is None
    assert beds["status"] == "none"


def test_a_unit_of_before_says_so(reading: SignIn) -> None:
    client = reading(Role.GUEST)
    card = client.get("/api/units/522?structure=2021").json()
    assert card["unit"]["level"] == "district"
    assert card["vintage"]["vi"].startswith("Đơn vị cũ")
    tay_tra = client.get("/api/units/526?at=2019-06-01").json()
    assert tay_tra["unit"]["shape"] is False
    assert all(m["value"] is None for m in tay_tra["measures"])


def test_layers_tell_a_guest_the_density_only(reading: SignIn) -> None:
    guest = {m["name"]: m for m in reading(Role.GUEST).get("/api/layers").json()["layers"]}
    officer = {m["name"]: m for m in reading(Role.OFFICER).get("/api/layers").json()["layers"]}
    assert (guest["vessel"]["mode"], officer["vessel"]["mode"]) == ("density", "exact")
    assert guest["vessel"]["fields"] == []
    assert {f["name"] for f in officer["vessel"]["fields"]} >= {"reg_no", "length_m"}


def test_every_answer_forbids_the_outside(reading: SignIn) -> None:
    client = reading(Role.GUEST)
    for path in ("/", "/fisheries", "/login", "/api/me", "/docs", "/nowhere"):
        policy = client.get(path).headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "http" not in policy


def test_ready_and_healthy(reading: SignIn) -> None:
    client = reading(Role.GUEST)
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("base", ["leaders", "sea"])
def test_every_style_names_the_sea_and_the_archipelagos(theme: str, base: str, reading: SignIn) -> None:
    client = reading(Role.GUEST)
    style = client.get(f"/style/{theme}.json?base={base}").json()
    names = [f["properties"]["name"] for f in style["sources"]["names"]["data"]["features"]]
    assert names == ["BIỂN ĐÔNG", "Đặc khu Hoàng Sa", "Đặc khu Trường Sa"]
    assert "http" not in str(style)
