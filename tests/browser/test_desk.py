"""The officer's tools over the sea: by mouse, and by keyboard alone."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from geo.measure import METRES_PER_NM, bearing_deg, distance_m
from layers.access.roles import Role
from tests.browser.waiting import until

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
PATIENCE_MS = 30_000
NEAR = "z=7.6%2F15.2%2F109.3"


def by(name: str) -> str:
    return f'[data-testid="{name}"]'


def open_sea(open_page: Open, more: str = NEAR) -> Any:
    page = open_page(f"/fisheries?{more}", Role.OFFICER).page
    until(page, "window.opsmap.live && window.opsmap.live.vessels > 400 && window.opsmap.ready")
    return page


def find_talkative(page: Any, base: str) -> str:
    """A boat heard so often in the last day that its table is longer than the screen."""
    boats = page.request.get(f"{base}/api/vessels?status=on_time&limit=50").json()["vessels"]
    points = lambda id: page.request.get(f"{base}/api/vessels/{id}/track").json()["summary"]["points"]  # noqa: E731
    return next(boat["id"] for boat in boats if points(boat["id"]) > 60)


def centre(page: Any) -> tuple[float, float]:
    lon, lat = page.evaluate("window.opsmap.map.getCenter().toArray()")
    return lon, lat


def test_a_lasso_becomes_a_group_that_is_shown_alone(open_page: Open) -> None:
    page = open_sea(open_page)
    page.keyboard.press("b")
    box = page.locator("canvas.maplibregl-canvas").bounding_box()
    x, y = box["x"] + box["width"] * 0.72, box["y"] + box["height"] * 0.5
    page.mouse.move(x - 60, y - 150)
    page.mouse.down()
    for dx, dy in ((120, -140), (160, 60), (20, 170), (-120, 60)):
        page.mouse.move(x + dx, y + dy, steps=8)
    page.mouse.up()
    sums = page.locator(by("boat-sums"))
    expect(sums).to_be_visible(timeout=PATIENCE_MS)
    boats = int(sums.get_attribute("data-boats"))
    assert boats > 0
    expect(page.locator(f"{by('boat-list')} li")).to_have_count(min(boats, 60), timeout=PATIENCE_MS)
    page.locator(by("group-pick")).first.select_option("new")
    page.locator(by("group-name")).fill("Khoanh thử")
    page.keyboard.press("Enter")
    expect(page.locator(by("group-done"))).to_contain_text(f"{boats} tàu mới", timeout=PATIENCE_MS)
    page.locator(by("group-filter-done")).click()
    expect(page.locator(by("filter"))).to_have_attribute("data-count", str(boats), timeout=PATIENCE_MS)
    expect(page.locator("[data-denominator]")).to_have_attribute("data-denominator", str(boats), timeout=PATIENCE_MS)
    page.reload()
    expect(page.locator(by("filter"))).to_have_attribute("data-count", str(boats), timeout=PATIENCE_MS)
    page.locator(f"{by('filter')} button").click()
    expect(page.locator("[data-denominator]")).to_have_attribute("data-denominator", "600", timeout=PATIENCE_MS)
    page.keyboard.press("b")
    page.keyboard.press("Escape")
    expect(page.locator(by("tool-panel"))).to_have_count(0, timeout=PATIENCE_MS)


def test_an_area_by_keyboard_at_a_moment_of_the_past(open_page: Open) -> None:
    page = open_sea(open_page)
    page.keyboard.press("j")
    at = until(page, "window.opsmap.time.shown")
    page.keyboard.press("b")
    page.locator(by("shape-polygon")).press("Enter")
    for spot in ("14°N 108°30'E", "14°N 111°E", "16°N 111°E", "16°N 108°30'E"):
        page.locator(by("place-input")).fill(spot)
        page.keyboard.press("Enter")
        expect(page.locator(by("place-input"))).to_have_value("", timeout=PATIENCE_MS)
    page.locator(by("draw-done")).press("Enter")
    sums = page.locator(by("boat-sums"))
    expect(sums).to_contain_text("Vị trí báo cuối tới", timeout=PATIENCE_MS)
    moment = page.evaluate(f"new Date({at}).toISOString()")
    ring = "108.5,14;111,14;111,16;108.5,16"
    told = page.evaluate(f"fetch('/api/area/boats?ring={ring}&at={moment}').then(r => r.json())")
    assert int(sums.get_attribute("data-boats")) == told["sums"]["boats"] == len(told["boats"]) > 0


def test_a_distance_is_measured_by_keyboard_alone(open_page: Open) -> None:
    page = open_sea(open_page)
    page.keyboard.press("m")
    start = centre(page)
    page.keyboard.press("Enter")
    expect(page.locator(f"{by('measure-points')} li")).to_have_count(1, timeout=PATIENCE_MS)
    page.keyboard.press("ArrowRight")
    until(page, f"window.opsmap.map.getCenter().lng > {start[0]} && !window.opsmap.map.isMoving()")
    page.keyboard.press("ArrowUp")
    until(page, f"window.opsmap.map.getCenter().lat > {start[1]} && !window.opsmap.map.isMoving()")
    end = centre(page)
    page.keyboard.press("Enter")
    leg = page.locator(by("measure-leg")).first
    expect(leg).to_be_visible(timeout=PATIENCE_MS)
    nm = float(distance_m(*start, *end)) / METRES_PER_NM
    assert float(leg.get_attribute("data-nm")) == pytest.approx(nm, abs=0.001)
    assert float(leg.get_attribute("data-bearing")) == pytest.approx(float(bearing_deg(*start, *end)), abs=0.01)
    page.locator(by("place-input")).fill("15°20'30\"N 109°05'E")
    page.keyboard.press("Enter")
    expect(page.locator(by("measure-leg"))).to_have_count(2, timeout=PATIENCE_MS)
    page.locator(by("measure-speed")).fill("8")
    expect(page.locator(by("measure-time"))).to_contain_text("giờ", timeout=PATIENCE_MS)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Backspace")
    expect(page.locator(by("measure-leg"))).to_have_count(1, timeout=PATIENCE_MS)
    page.keyboard.press("Escape")
    expect(page.locator(by("tool-panel"))).to_have_count(0, timeout=PATIENCE_MS)


def test_a_zone_of_ones_own_is_named_so_and_tells_who_is_in_it(open_page: Open) -> None:
    page = open_sea(open_page)
    page.keyboard.press("v")
    page.locator(by("zone-new")).click()
    page.locator(by("zone-name")).fill("Bãi thử")
    page.locator(by("zone-save")).click()
    expect(page.locator(by("desk-problem"))).to_contain_text("đường bao", timeout=PATIENCE_MS)
    page.locator(by("outline-coordinates")).click()
    page.locator(by("zone-text")).fill(
        "A. 15°30'00\"N; 109°00'00\"E\nB. 15°30'N 110°E\nC. 14°50'N 110°E\nD. 14°50'N 109°E"
    )
    page.locator(by("zone-save")).click()
    expect(page.locator(by("own-zones"))).to_contain_text("vùng tự vẽ", timeout=PATIENCE_MS)
    inside = page.locator(by("boat-sums"))
    expect(inside).to_be_visible(timeout=PATIENCE_MS)
    zone = page.locator("[data-zone]").first.get_attribute("data-zone")
    told = page.evaluate(f"fetch('/api/own-zones/{zone}/boats').then(r => r.json())")
    assert (
        abs(int(inside.get_attribute("data-boats")) - told["inside"]["sums"]["boats"]) <= 3
    )  # boats sail while we ask
    until(page, "window.opsmap.map.queryRenderedFeatures({layers: ['own-zone-fill']}).length > 0")
    names = "window.opsmap.map.queryRenderedFeatures({layers: ['own-zone-name']}).map(f => f.properties.title)"
    assert until(page, f"{names}.length && {names}")[0].endswith("(vùng tự vẽ)")
    page.locator(by("zone-edit")).click()
    page.locator(by("zone-name")).fill("Bãi thử, bản hai")
    page.locator(by("zone-save")).click()
    expect(page.locator(by("own-zones"))).to_contain_text("Bãi thử, bản hai", timeout=PATIENCE_MS)
    versions = page.evaluate(f"fetch('/api/own-zones/{zone}/versions').then(r => r.json())")
    assert [each["name"] for each in versions] == ["Bãi thử, bản hai", "Bãi thử"]


def test_a_track_is_a_table_of_what_the_map_draws(open_page: Open) -> None:
    watched = open_page("/law", Role.OFFICER)
    page = watched.page
    page.goto(f"{watched.base}/fisheries?vessel={find_talkative(page, watched.base)}")
    expect(page.locator(by("vessel-panel"))).to_be_visible(timeout=PATIENCE_MS)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("h")
    table = page.locator(by("track-table"))
    expect(table).to_have_attribute("data-rows", re.compile(r"^[1-9]"), timeout=PATIENCE_MS)
    before = str(table.get_attribute("data-rows"))
    page.locator(by("span-7")).click()
    expect(table).not_to_have_attribute("data-rows", before, timeout=PATIENCE_MS)
    page.locator(f"{by('track-table')} [role='grid']").focus()
    page.keyboard.press("Home")
    expect(page.locator('[data-row="0"]')).to_have_attribute("aria-selected", "true", timeout=PATIENCE_MS)
    page.keyboard.press("ArrowDown")
    row = page.locator('[data-row="1"]')
    expect(row).to_have_attribute("aria-selected", "true", timeout=PATIENCE_MS)
    page.keyboard.press("End")
    rows = int(table.get_attribute("data-rows"))
    last = page.locator(f'[data-row="{rows - 1}"]')
    expect(last).to_have_attribute("aria-selected", "true", timeout=PATIENCE_MS)
    assert page.locator("[data-row]").count() < rows, "only the rows in sight are made"
    boat = page.locator(by("vessel-panel")).get_attribute("data-id")
    href = page.locator(by("table-csv")).get_attribute("href")
    drawn = page.evaluate(f"fetch({href!r}.replace('/fixes', '/track').replace('&format=csv', '')).then(r => r.json())")
    assert int(table.get_attribute("data-fixes")) == drawn["summary"]["points"], boat
    assert int(table.get_attribute("data-gaps")) == drawn["summary"]["gaps"]
    page.keyboard.press("Escape")
    expect(table).to_have_count(0, timeout=PATIENCE_MS)


def test_the_sections_of_a_boat_stay_open_for_the_next(open_page: Open) -> None:
    page = open_sea(open_page)
    page.locator(by("left-boats")).click()
    page.locator(by("attention-row")).first.click()
    expect(page.locator(by("vessel-panel"))).to_be_visible(timeout=PATIENCE_MS)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("p")
    expect(page.locator(by("tab-now"))).to_be_focused(timeout=PATIENCE_MS)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(by("tab-papers"))).to_have_attribute("aria-selected", "true", timeout=PATIENCE_MS)
    expect(page.locator(by("boat-books"))).to_be_visible(timeout=PATIENCE_MS)
    page.locator(by("attention-row")).nth(1).click()
    expect(page.locator(by("tab-papers"))).to_have_attribute("aria-selected", "true", timeout=PATIENCE_MS)
    page.reload()
    expect(page.locator(by("boat-books"))).to_be_visible(timeout=PATIENCE_MS)
