"""Nobody is kept out by how the pages are built: axe-core finds no violation on any page, for a guest or an officer."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from layers.access.roles import Role
from tests.browser.axe import by, find_violations, wait_ready

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("view", ["map", "table"])
def test_the_leaders_map_and_its_table(view: str, theme: str, axe: str, open_page: Open) -> None:
    page = open_page(f"/?level=former_district&view={view}&theme={theme}").page
    wait_ready(page)
    expect(page.locator(by("unit-table" if view == "table" else "unit-row")).first).to_be_visible()
    assert find_violations(page, axe) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_units_card(theme: str, axe: str, open_page: Open) -> None:
    page = open_page(f"/?level=commune&theme={theme}").page
    wait_ready(page)
    page.locator(by("unit-row")).first.click()
    expect(page.locator(by("measure-row")).first).to_be_visible()
    assert find_violations(page, axe) == []
    page.locator(by("place")).first.click()
    expect(page.locator(by("place-tip"))).to_be_visible()
    page.locator(by("unit-search")).fill("son")
    expect(page.locator(by("unit-found")).first).to_be_visible()
    assert find_violations(page, axe) == []


def test_the_province_as_it_stood(axe: str, open_page: Open) -> None:
    page = open_page("/?level=district&measure=one_stop_shop.on_time_pct").page
    wait_ready(page)
    expect(page.locator(by("provinces"))).to_be_visible()
    assert find_violations(page, axe) == []


@pytest.mark.parametrize("path", ["/login", "/login?error=1"])
def test_signing_in(path: str, axe: str, open_page: Open) -> None:
    page = open_page(path).page
    expect(page.locator("input[name=username]")).to_be_visible()
    assert find_violations(page, axe) == []


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_sea_as_a_guest(lang: str, axe: str, open_page: Open) -> None:
    page = open_page(f"/fisheries?lang={lang}").page
    wait_ready(page)
    expect(page.locator(by("density"))).to_be_visible()
    assert find_violations(page, axe) == []


@pytest.mark.parametrize("width", [1440, 1024])
def test_the_sea_as_an_officer(width: int, axe: str, open_page: Open) -> None:
    page = open_page("/fisheries?left=boats", Role.OFFICER, width=width).page
    wait_ready(page)
    expect(page.locator(by("counts"))).to_be_visible()
    assert find_violations(page, axe) == []
    page.locator(by("attention-row")).first.click()
    expect(page.locator(by("vessel-panel"))).to_be_visible()
    assert find_violations(page, axe) == []
    for tab in ("track", "papers", "devices", "people"):
        page.locator(by(f"tab-{tab}")).click()
        expect(page.locator(f"#panel-{tab}")).to_be_visible()
        assert find_violations(page, axe) == [], tab
    page.locator(by("search")).fill("01")
    expect(page.locator(by("result")).first).to_be_visible()
    assert find_violations(page, axe) == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_tools_over_the_sea(theme: str, axe: str, open_page: Open) -> None:
    page = open_page(f"/fisheries?theme={theme}&left=boats", Role.OFFICER).page
    wait_ready(page)
    for tool in ("area", "measure", "zones", "groups"):
        page.locator(by(f"tool-{tool}")).click()
        expect(page.locator(by("tool-panel"))).to_have_attribute("data-tool", tool)
        if tool == "area":
            page.locator(by("area-view")).click()
            expect(page.locator(by("boat-sums"))).to_be_visible()
        if tool == "zones":
            page.locator(by("zone-new")).click()
        assert find_violations(page, axe) == [], tool
    page.locator(by("attention-row")).first.click()
    page.locator(by("act-table")).click()
    expect(page.locator('[data-row="0"]')).to_be_visible()
    assert find_violations(page, axe) == []


def test_a_list_of_facilities_and_one_of_them(axe: str, open_page: Open) -> None:
    page = open_page("/places/health_facility").page
    wait_ready(page)
    assert find_violations(page, axe) == []
    page.locator(by("places-table")).locator("a").first.click()
    expect(page.locator(by("place-age"))).to_be_visible()
    assert find_violations(page, axe) == []


@pytest.mark.parametrize("role", [Role.GUEST, Role.OPERATOR])
def test_the_wall_as_one_page(role: Role, axe: str, open_page: Open) -> None:
    page = open_page("/wall?cols=1&rows=1", role, width=1280, height=720).page
    wait_ready(page)
    expect(page.locator(by("list-twin")).locator("tbody tr")).to_have_count(23)
    assert find_violations(page, axe) == []


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_sources(lang: str, axe: str, open_page: Open) -> None:
    page = open_page(f"/sources?lang={lang}").page
    expect(page.locator(by("source-row")).first).to_be_visible()
    assert find_violations(page, axe) == []


@pytest.mark.parametrize(
    ("tab", "shown"), [("scores", "score"), ("expected", "rule"), ("reminders", "reminder"), ("policy", "weights")]
)
def test_how_fresh_and_who_is_reminded(tab: str, shown: str, axe: str, open_page: Open) -> None:
    page = open_page(f"/sources?tab={tab}", Role.OPERATOR).page
    expect(page.locator(by(shown)).first).to_be_visible()
    if tab == "scores":
        page.locator(by("pillar")).first.click()
        expect(page.locator(by("parts"))).to_be_visible()
    if tab == "expected":
        page.locator(by("add-rule")).click()
    assert find_violations(page, axe) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_boat_of_the_past_with_every_list_open(theme: str, axe: str, open_page: Open) -> None:
    page = open_page(f"/fisheries?theme={theme}&left=boats", Role.OFFICER).page
    wait_ready(page)
    page.locator(by("attention-row")).first.click()
    page.locator(by("back-60")).click()
    expect(page.locator(by("past-banner"))).to_be_visible()
    page.locator(by("tab-track")).click()
    expect(page.locator(by("day-summary"))).to_be_visible()
    page.locator(by("layers")).click()
    page.locator(by("shortcuts")).click()
    expect(page.locator(by("layer-zone"))).to_be_visible()
    page.locator(by("time-input")).fill("?")
    page.locator(by("time-input")).press("Enter")
    expect(page.locator(by("time-problem"))).not_to_be_empty()
    assert find_violations(page, axe) == []


def test_where_stewards_bring_files(axe: str, open_page: Open) -> None:
    page = open_page("/intake", Role.STEWARD).page
    wait_ready(page)
    expect(page.locator(by("files")).locator("li").first).to_be_visible()
    assert find_violations(page, axe) == []


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_law(lang: str, axe: str, open_page: Open) -> None:
    page = open_page(f"/law?compare=1&lang={lang}", Role.OPERATOR).page
    expect(page.locator(by("five-dates"))).to_be_visible()
    page.locator(by("law-register")).locator("summary").click()
    assert find_violations(page, axe) == []
