"""Nobody is kept out by how the pages are built: axe-core finds no violation on any page, for a guest or an officer."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from layers.access.roles import Role

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
ROOT = Path(__file__).resolve().parents[2]
PLACES = (
    ROOT / ".venv" / "frontend-check" / "frontend" / "node_modules",  # where ./run test installs it
    ROOT / "web" / "frontend" / "node_modules",
)
TRIES = 400


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe-core; without it the test fails, for a check that is not made finds nothing."""
    for place in PLACES:
        script = place / "axe-core" / "axe.min.js"
        if script.exists():
            return script.read_text()
    pytest.fail("axe-core is missing: ./run check installs it (or npm ci in web/frontend)")


def by(name: str) -> str:
    return f'[data-testid="{name}"]'


def wait_ready(page: Any) -> None:
    """Until the page says its map is drawn (a strict CSP forbids wait_for_function)."""
    for _ in range(TRIES):
        if page.evaluate("window.opsmap && window.opsmap.ready"):
            return
        page.wait_for_timeout(150)
    raise AssertionError("the map was never drawn")


def find_violations(page: Any, axe: str) -> list[str]:
    """What axe finds on the page as it is now: one line a rule, with where and why."""
    page.evaluate(axe)  # by the debugger, so that the page's policy against inline scripts stays as it is
    result = page.evaluate("axe.run(document).then(({passes, violations}) => ({passes: passes.length, violations}))")
    assert result["passes"] > 10, "axe looked at nothing"
    return [
        f"{each['id']} ({each['impact']}): {each['help']}: "
        + "; ".join(f"{node['target']} {node['failureSummary']}" for node in each["nodes"][:4])
        for each in result["violations"]
    ]


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


def test_a_shift_and_its_handover(axe: str, open_page: Open) -> None:
    page = open_page("/shift", Role.OFFICER).page
    wait_ready(page)
    if page.locator(by("shift-begin")).count():
        assert find_violations(page, axe) == []
        page.locator(by("shift-begin")).locator("button[type=submit]").click()
    expect(page.locator(by("shift-head"))).to_be_visible()
    page.locator(by("hand-over")).click()
    expect(page.locator(by("handover"))).to_be_visible()
    assert find_violations(page, axe) == []


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_report(lang: str, axe: str, open_page: Open) -> None:
    page = open_page(f"/reports?kind=week&lang={lang}", Role.OFFICER).page
    wait_ready(page)
    expect(page.locator(by("report"))).to_be_visible()
    assert find_violations(page, axe) == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_cases(theme: str, axe: str, open_page: Open) -> None:
    watched = open_page(f"/cases?theme={theme}", Role.OFFICER)
    page = watched.page
    expect(page.locator(by("open-distress"))).to_be_visible()
    told = {"kind": "distress", "distress": "sos", "what": "thử (mô phỏng)", "lat": "15°20'N", "lon": "109°05'E"}
    page.request.post(f"{watched.base}/api/cases", headers={"origin": watched.base}, data=told)
    page.locator(by("case-row")).first.click()
    expect(page.locator(by("case-card"))).to_be_visible()
    assert find_violations(page, axe) == []
    for action in ("call", "notice"):
        page.locator(by(f"act-{action}")).click()
        expect(page.locator(by("act-form" if action == "call" else "notice-text"))).to_be_visible()
        assert find_violations(page, axe) == [], action
        page.keyboard.press("Escape")
    page.keyboard.press("!")
    expect(page.locator(by("distress-form"))).to_be_visible()
    assert find_violations(page, axe) == []


@pytest.mark.parametrize("path", ["/storm", "/shift", "/reports", "/cases"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_pages_of_the_desk(lang: str, path: str, axe: str, open_page: Open) -> None:
    page = open_page(f"{path}?lang={lang}", Role.OPERATOR).page
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(by("sign-out"))).to_be_visible()
    page.wait_for_load_state("networkidle")
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    expect(page).to_have_title(re.compile(r".+ · Quảng Ngãi"))
    expect(page.locator("html")).to_have_attribute("lang", lang)
    assert find_violations(page, axe) == []


def test_cases_as_who_may_not_or_may_only_read(open_page: Open) -> None:
    guest = open_page("/cases").page
    expect(guest.locator(by("cases-for-officers"))).to_be_visible()
    leader = open_page("/cases", Role.LEADER).page
    expect(leader.locator(by("case-queue"))).to_be_attached()
    assert leader.locator(by("open-distress")).count() == 0
    assert leader.locator(by("people")).count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_indicator_with_what_is_behind_it(theme: str, axe: str, open_page: Open) -> None:
    query = f"indicator=hs_truc_tuyen&level=former_district&unit=524&behind=why&theme={theme}"
    page = open_page(f"/?{query}", Role.LEADER).page
    wait_ready(page)
    expect(page.locator(by("why-table"))).to_be_visible()
    assert find_violations(page, axe) == []
    page.locator(by("figure-number")).click()
    expect(page.locator(by("history"))).to_be_visible()
    page.locator(by("indicator")).click()
    assert find_violations(page, axe) == []
    page.goto(page.url.split("?")[0] + f"?theme={theme}")
    expect(page.locator(by("exception")).first).to_be_visible()
    assert find_violations(page, axe) == []


@pytest.mark.parametrize(
    ("view", "role"),
    [("rounds", Role.STEWARD), ("rounds", Role.OPERATOR), ("gap", Role.OPERATOR), ("map", Role.LEADER)],
)
def test_surveys(view: str, role: Role, axe: str, open_page: Open) -> None:
    page = open_page(f"/surveys?view={view}", role).page
    first = {"rounds": "round", "gap": "gap-counts", "map": "cover-list"}[view]
    expect(page.locator(by(first)).first).to_be_visible()
    wait_ready(page)
    assert find_violations(page, axe) == []


def test_tasks_and_a_draft_out_of_a_number(axe: str, open_page: Open) -> None:
    page = open_page("/tasks?which=all&task=NV-2026-000001", Role.LEADER).page
    expect(page.locator(by("task-state"))).to_be_visible()
    assert find_violations(page, axe) == []
    page.goto(page.url.split("/tasks")[0] + "/?indicator=pa_dunghan&unit=524")
    page.locator(by("give-task")).click()
    expect(page.locator(by("task-form"))).to_be_visible()
    assert find_violations(page, axe) == []
