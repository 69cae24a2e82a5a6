"""Nobody is kept out by how the pages are built: axe-core finds no violation on desk and leaders pages."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from layers.access.roles import Role
from tests.browser.axe import by, find_violations, wait_ready

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


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
    expect(page.locator(by("exception")).first).to_be_visible(timeout=60_000)
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
