"""The leaders' map in a real browser, with the network shut."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from layers.access.roles import Role
from tests.paper import pdf_sheets

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


def test_id(name: str) -> str:
    return f'[data-testid="{name}"]'


test_id.__test__ = False  # type: ignore[attr-defined]


def wait_map(page: Any) -> None:
    """Until the page says its map is drawn (a strict CSP forbids wait_for_function)."""
    for _ in range(400):
        if page.evaluate("window.opsmap && window.opsmap.ready"):
            return
        page.wait_for_timeout(150)
    raise AssertionError("the map was never drawn")


def test_a_click_on_a_unit_opens_its_card(open_page: Open) -> None:
    page = open_page("/?level=former_district").page
    wait_map(page)
    expect(page.locator(test_id("mark-simulated")).first).to_be_visible()
    click_at(page, 108.73, 15.31)
    card = page.locator(test_id("unit-card"))
    expect(card).to_contain_text("Bình Sơn")
    groups = card.locator(test_id("measure-group"))
    expect(groups.first).to_be_visible()
    assert card.locator(test_id("measure-row")).count() >= 20
    texts = {g.get_attribute("data-layer"): g.inner_text() for g in groups.all()}
    assert "Dân số" in texts["unit"]
    assert "người" in texts["unit"]
    assert "mô phỏng" in texts["health_facility"].lower()
    assert "cách đây" in texts["health_facility"]
    assert page.evaluate("new URLSearchParams(location.search).get('unit')") == "524"


def click_at(page: Any, lon: float, lat: float) -> None:
    """Click the map at a place."""
    spot = page.evaluate(f"(() => {{ const p = window.opsmap.map.project([{lon}, {lat}]); return [p.x, p.y]; }})()")
    box = page.locator("canvas.maplibregl-canvas").first.bounding_box()
    page.mouse.click(box["x"] + spot[0], box["y"] + spot[1])


def test_every_map_has_its_list_and_the_list_works_by_keyboard(open_page: Open) -> None:
    page = open_page("/?level=former_district").page
    wait_map(page)
    first = page.locator(test_id("unit-row")).first
    name = first.inner_text().split("\n")[0]
    first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(test_id("unit-card"))).to_contain_text(name.split("·")[0].strip()[:6])


def test_three_structures_have_the_same_total(open_page: Open) -> None:
    page = open_page("/?measure=school.pupils").page
    wait_map(page)
    totals = set()
    for level, count in (("former-district", 23), ("commune", 96), ("district", 23)):
        page.locator(test_id(f"level-{level}")).click()
        expect(page.locator(test_id("unit-row"))).to_have_count(count)
        expect(page.locator(test_id(f"level-{level}"))).to_have_attribute("aria-pressed", "true")
        totals.add(page.locator(test_id("total")).inner_text())
    assert len(totals) == 1
    expect(page.locator(test_id("provinces"))).to_contain_text("Kon Tum")


def test_the_other_language(open_page: Open) -> None:
    page = open_page("/").page
    wait_map(page)
    page.locator(test_id("lang-switch")).first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(test_id("mark-simulated")).first).to_contain_text("SIMULATED")
    expect(page.locator(test_id("outline-source"))).to_contain_text("own generalisation")


def test_every_measure_of_every_layer_can_be_chosen(open_page: Open) -> None:
    watched = open_page("/")
    page = watched.page
    wait_map(page)
    layers = page.request.get(f"{watched.base}/api/layers").json()["layers"]
    wanted = [f"{m['name']}.{each['name']}" for m in layers for each in m["measures"]]
    assert [o.get_attribute("value") for o in page.locator(f"{test_id('measure')} option").all()] == wanted
    titles = [g.get_attribute("label") for g in page.locator(f"{test_id('measure')} optgroup").all()]
    assert titles == [m["title"]["vi"] for m in layers if m["measures"]]


def test_a_unit_is_found_without_accents(open_page: Open) -> None:
    page = open_page("/?level=former_district").page
    wait_map(page)
    page.locator(test_id("unit-search")).fill("dak glei")
    expect(page.locator(test_id("unit-found")).first).to_contain_text("Huyện Đắk Glei")
    page.keyboard.press("Enter")
    expect(page.locator(test_id("unit-card"))).to_contain_text("Huyện Đắk Glei")
    page.locator(test_id("unit-search")).fill("ly son")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(test_id("unit-card"))).to_contain_text("Lý Sơn")


def test_the_link_keeps_the_view(open_page: Open) -> None:
    query = "level=district&measure=health_facility.hospitals&unit=529&theme=dark&lang=en"
    page = open_page(f"/?{query}").page
    wait_map(page)
    expect(page.locator(test_id("unit-card"))).to_contain_text("Huyện Sơn Hà")
    expect(page.locator(test_id("unit-card"))).to_contain_text("Former unit, until 2025-07-01")
    expect(page.locator(test_id("shown-measure"))).to_contain_text("Hospitals")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    border = "JSON.stringify(window.opsmap.map.getFilter('unit-then-line'))"
    assert "618" in page.evaluate(border), "the two provinces of then are not parted"
    page.locator(test_id("level-former-district")).click()
    expect(page.locator(test_id("unit-card"))).to_contain_text("Huyện Sơn Hà")
    assert "unit=529" in page.url
    assert "level=former_district" in page.url
    expect(page.locator(test_id("unit-row")).or_(page.locator(test_id("unit-card")))).not_to_have_count(0)
    for _ in range(100):
        if "618" not in page.evaluate(border):
            return
        page.wait_for_timeout(100)
    raise AssertionError("the border of then stands on the map of today")


def test_the_legend_says_what_the_server_classed(open_page: Open) -> None:
    watched = open_page("/?level=commune&measure=health_facility.hospitals")
    page = watched.page
    wait_map(page)
    address = f"{watched.base}/api/units/values?level=commune&measure=health_facility.hospitals"
    classes = page.request.get(address).json()["classes"]
    items = page.locator(f"{test_id('legend')} li")
    expect(items).to_have_count(len(classes))
    assert "không có (0)" in items.first.inner_text()
    assert f"{classes[0]['count']} đơn vị" in items.first.inner_text()
    drawn = page.evaluate("window.opsmap.map.getPaintProperty('unit-fill', 'fill-color')")
    assert [part for part in drawn if isinstance(part, str) and part.startswith("#")] == [c["color"] for c in classes]


def test_the_facilities_of_the_chosen_unit_stand_on_the_map_and_open(open_page: Open) -> None:
    page = open_page("/?level=former_district&unit=524&measure=school.pupils").page
    wait_map(page)
    first = page.locator(test_id("place")).first
    expect(first).to_be_visible()
    shown = "window.opsmap.map.getStyle().layers.filter(l => l.type === 'circle' && l.layout?.visibility !== 'none')"
    assert set(page.evaluate(f"{shown}.map(l => l.source)")) == {"unit-places"}
    first.click()
    tip = page.locator(test_id("place-tip"))
    expect(tip).to_contain_text("cách đây")
    expect(tip).to_contain_text("mô phỏng")
    assert tip.locator("a").get_attribute("href").startswith("/places/school/")
    page.keyboard.press("Escape")
    expect(tip).to_have_count(0)
    expect(page.locator(test_id("unit-card"))).to_be_visible()


def test_near_by_only_the_points_of_the_shown_layer_stand(open_page: Open) -> None:
    page = open_page("/?level=commune&measure=health_facility.beds").page
    wait_map(page)
    shown = "window.opsmap.map.getStyle().layers.filter(l => l.type === 'circle' && l.layout?.visibility !== 'none')"
    assert set(page.evaluate(f"{shown}.map(l => l.source)")) == {"unit-places", "health_facility"}
    page.evaluate("window.opsmap.map.jumpTo({center: [108.8, 15.12], zoom: 11})")
    for _ in range(100):
        found = page.evaluate(
            "window.opsmap.map.queryRenderedFeatures({layers: ['health_facility']})[0]?.geometry.coordinates"
        )
        if found:
            break
        page.wait_for_timeout(100)
    click_at(page, *found)
    expect(page.locator(test_id("place-tip"))).to_contain_text("Cơ sở y tế")


def test_paper_says_as_much_as_the_screen(open_page: Open) -> None:
    page = open_page("/?level=former_district&measure=health_facility.beds&theme=dark").page
    wait_map(page)
    page.emulate_media(media="print")
    for name in ("mark-simulated", "inset", "legend", "outline-source", "printed"):
        expect(page.locator(test_id(name)).first).to_be_visible()
    expect(page.locator(test_id("legend"))).to_contain_text("01/11/2026")
    expect(page.locator(test_id("printed"))).to_contain_text("In lúc")
    for name in ("unit-search", "print", "level-commune", "measure"):
        expect(page.locator(test_id(name)).first).to_be_hidden()
    paper = page.pdf(prefer_css_page_size=True)
    assert len(paper) > 50_000
    sheets = pdf_sheets(paper)
    assert len(sheets) > 1
    for sheet in sheets:
        assert "MÔ PHỎNG" in sheet
        assert "In lúc" in sheet


@pytest.mark.parametrize("path", ["/", "/fisheries"])
def test_hoang_sa_and_truong_sa_are_named(path: str, open_page: Open) -> None:
    page = open_page(path).page
    wait_map(page)
    if path == "/":
        inset = page.locator(test_id("inset"))
        expect(inset).to_contain_text("Hoàng Sa")
        expect(inset).to_contain_text("Trường Sa")
        return
    drawn = "window.opsmap.map.queryRenderedFeatures({layers: ['name-archipelago', 'name-sea']})"
    names = page.evaluate(f"{drawn}.map(f => f.properties.name)")
    assert {"Đặc khu Hoàng Sa", "Đặc khu Trường Sa", "BIỂN ĐÔNG"} <= set(names)


def test_signing_in_and_out(open_page: Open) -> None:
    page = open_page("/fisheries", Role.OFFICER).page
    wait_map(page)
    page.locator(test_id("sign-out")).first.click()
    page.wait_for_load_state()
    page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + "/fisheries")
    expect(page.locator(test_id("guest-note"))).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (1440, 900), (1920, 1080)])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_page_fits(lang: str, width: int, height: int, open_page: Open) -> None:
    page = open_page(f"/?lang={lang}&unit=524", width=width, height=height).page
    wait_map(page)
    expect(page.locator(test_id("measure-group")).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("header").first.bounding_box()["height"] <= (110 if width < 1200 else 80)
