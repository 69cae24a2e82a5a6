"""The leaders' map in a real browser, with the network shut."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from layers.access.roles import Role

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
    spot = page.evaluate("(() => { const p = window.opsmap.map.project([108.73, 15.31]); return [p.x, p.y]; })()")
    box = page.locator("canvas.maplibregl-canvas").first.bounding_box()
    page.mouse.click(box["x"] + spot[0], box["y"] + spot[1])
    card = page.locator(test_id("unit-card"))
    expect(card).to_contain_text("Bình Sơn")
    rows = card.locator(test_id("measure-row"))
    assert rows.count() >= 8
    texts = rows.all_inner_texts()
    assert any("Dân số" in text and "người" in text for text in texts)
    assert any("Giường bệnh" in text and "mô phỏng" in text.lower() for text in texts)


def test_every_map_has_its_list_and_the_list_works_by_keyboard(open_page: Open) -> None:
    page = open_page("/?level=former_district").page
    wait_map(page)
    first = page.locator(test_id("unit-row")).first
    name = first.inner_text().split("\n")[0]
    first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(test_id("unit-card"))).to_contain_text(name.split("·")[0].strip()[:6])


def test_both_structures_and_both_languages(open_page: Open) -> None:
    page = open_page("/").page
    wait_map(page)
    page.locator(test_id("level-former-district")).click()
    expect(page.locator(test_id("unit-row"))).to_have_count(23)
    page.locator(test_id("level-commune")).click()
    expect(page.locator(test_id("unit-row"))).to_have_count(96)
    page.locator(test_id("lang-switch")).first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(test_id("mark-simulated")).first).to_contain_text("SIMULATED")


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


def test_the_tablet_fits(open_page: Open) -> None:
    page = open_page("/", width=1024, height=768).page
    wait_map(page)
    assert page.evaluate("document.documentElement.scrollWidth <= 1024")
