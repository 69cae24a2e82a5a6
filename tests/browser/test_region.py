"""Where a silent boat may be, on the officers' sea: it grows with the moment, is told in words, never in percent."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from layers.access.roles import Role
from tests.browser.waiting import until

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
FIRST_MS = 60_000
"""The first region looks at every coast around; on a busy machine that takes a while."""


def by(name: str) -> str:
    return f'[data-testid="{name}"]'


def ask(page: Any, path: str) -> Any:
    return page.evaluate("path => fetch(path).then(r => r.json())", path)


def open_live(open_page: Open, address: str = "/fisheries") -> Any:
    page = open_page(address, Role.OFFICER).page
    until(page, "window.opsmap.live && window.opsmap.live.vessels > 400")
    return page


def drawn(source: str) -> str:
    shown = f"window.opsmap.map.querySourceFeatures('{source}').length > 0"
    return f"window.opsmap.map && window.opsmap.map.getLayer('region-fill') && {shown}"


def silent_boat(page: Any) -> Any:
    """The region of a boat long silent but not too long."""
    features = ask(page, "/api/regions")["features"]
    return min(features, key=lambda each: abs(each["properties"]["elapsed_s"] - 40 * 3600))["properties"]


def test_the_chosen_silent_boat_has_a_region_in_words_and_on_the_map(open_page: Open) -> None:
    page = open_live(open_page)
    boat = silent_boat(page)
    page.locator(by("search")).fill(boat["label"])
    page.locator(by("result")).first.click()
    told = page.locator(by("region"))
    expect(told.locator(by("region-size"))).to_contain_text("hải lý²", timeout=FIRST_MS)
    expect(told).to_contain_text("im lặng")
    expect(told.locator(by("region-calibration"))).to_contain_text("hưa hiệu chỉnh trên hành trình thật")
    assert "%" not in told.inner_text()
    until(page, drawn("region"))
    rings = page.evaluate("window.opsmap.map.querySourceFeatures('region').map(f => f.properties.ring)")
    assert set(rings) == {"inner", "outer"}
    page.locator(by("vessel-panel")).locator("button.close").click()
    until(page, "window.opsmap.map.querySourceFeatures('region').length === 0")


def test_it_was_smaller_an_hour_ago(open_page: Open) -> None:
    page = open_live(open_page)
    boat = silent_boat(page)
    page.goto(page.url.split("?")[0] + f"?vessel={boat['vessel']}")
    until(page, "window.opsmap.live && window.opsmap.live.vessels > 400")
    told = page.locator(by("region"))
    expect(told.locator(by("region-size"))).to_be_visible(timeout=FIRST_MS)
    now = float(told.get_attribute("data-area") or 0)
    page.locator(by("back-60")).click()
    area = f"Number(document.querySelector('{by('region')}')?.dataset.area ?? 0)"
    until(page, f"{area} > 0 && {area} < {now}")


def test_a_boat_silent_too_long_has_none(open_page: Open) -> None:
    page = open_live(open_page)
    boat = ask(page, "/api/vessels?status=lost_10d&limit=1")["vessels"][0]
    page.locator(by("search")).fill(boat["label"])
    page.locator(by("result")).first.click()
    expect(page.locator(by("region-too-long"))).to_contain_text("Quá lâu để đoán", timeout=FIRST_MS)


def test_all_silent_boats_are_shown_when_asked_for(open_page: Open) -> None:
    page = open_live(open_page, "/fisheries?z=5/14/111")
    page.locator(by("layers")).click()
    box = page.locator(by("layer-regions"))
    expect(box).not_to_be_checked()
    box.press("Space")
    expect(box).to_be_checked()
    until(page, drawn("region-all"))
    assert "regions=1" in page.url
    box.press("Space")
    until(page, "window.opsmap.map.querySourceFeatures('region-all').length === 0")
