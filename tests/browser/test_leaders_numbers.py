"""A leader's way from what is red to the paper it stands in, and why it is red, in a real browser."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import expect

from geo.clock import local_date, system_clock
from geo.workdays import add_months
from layers.access.roles import Role

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
TODAY = local_date(system_clock())
LAST, BEFORE = (add_months(TODAY.replace(day=1), -back) for back in (2, 3))
"""iGate has not sent its last whole month; the one before is its last, and has one before it."""
PATIENCE_MS = 60_000  # a busy machine reads the months of a unit slowly
BOUNDS = {"indicator": "hs_truc_tuyen", "direction": "up", "green": 99, "red": 97, "valid_from": "2019-01-01"}


def month_of(day: date) -> str:
    return f"tháng {day.month}/{day.year}"


def by(name: str) -> str:
    return f'[data-testid="{name}"]'


def wait_map(page: Any) -> None:
    """Until the page says its map is drawn (a strict CSP forbids wait_for_function)."""
    for _ in range(400):
        if page.evaluate("window.opsmap && window.opsmap.ready"):
            return
        page.wait_for_timeout(150)
    raise AssertionError("the map was never drawn")


@pytest.fixture
def bounded(open_page: Open) -> None:
    """What is handed in online is judged, so that units of the map are red."""
    watched = open_page("/", Role.OPERATOR)
    asked = {**BOUNDS, "reason": "thử ngưỡng đèn", "source": "thử, chưa xác minh"}
    address = f"{watched.base}/api/catalogue/thresholds"
    if BOUNDS["indicator"] in watched.page.request.get(address).text():
        return  # another test of this file has said so already
    answer = watched.page.request.post(address, data=asked, headers={"Origin": watched.base})
    assert answer.ok, answer.text()


def figures_of(text: str) -> list[float]:
    """The signed numbers of a Vietnamese sentence, in its order."""
    found = re.findall(r"\(([+−-]?[\d.]+(?:,\d+)?)\)", text)
    return [float(each.replace("−", "-").replace(".", "").replace(",", ".")) for each in found]


def test_it_opens_on_exceptions_and_a_tap_goes_there(open_page: Open) -> None:
    watched = open_page("/", Role.LEADER)
    page = watched.page
    wait_map(page)
    told = page.request.get(f"{watched.base}/api/exceptions").json()["exceptions"]
    lines = page.locator(by("exception"))
    expect(lines).to_have_count(len(told), timeout=PATIENCE_MS)
    assert 0 < len(told) <= 7
    at, first = next((i, one) for i, one in enumerate(told) if one["indicator"] and one["place"])
    expect(lines.nth(at)).to_contain_text(first["office"]["agency"])
    due = date.fromisoformat(first["due"])
    expect(lines.nth(at)).to_contain_text(f"trước {due:%d/%m/%Y}")
    lines.nth(at).locator("button").first.click()
    expect(page.locator(by("figure"))).to_have_attribute("data-indicator", first["indicator"], timeout=PATIENCE_MS)
    expect(page.locator(by("figure"))).to_have_attribute("data-place", first["place"]["code"], timeout=PATIENCE_MS)
    assert f"indicator={first['indicator']}" in page.url


@pytest.mark.usefixtures("bounded")
def test_three_taps_from_a_red_unit_to_its_paper(open_page: Open) -> None:
    page = open_page("/?indicator=hs_truc_tuyen&level=former_district", Role.LEADER).page
    wait_map(page)
    expect(page.locator(by("legend-lights"))).to_contain_text("▼ đỏ")
    red = page.locator(by("unit-row")).first
    expect(red).to_contain_text("▼")
    red.click()
    figure = page.locator(f"{by('unit-card')} {by('figure')}")
    expect(figure.locator(by("light"))).to_have_text("▼ đỏ", timeout=PATIENCE_MS)
    for said in ("%", month_of(LAST), "mô phỏng", "cách đây"):
        expect(figure).to_contain_text(said)
    figure.locator(by("figure-number")).click()
    expect(figure.locator(by("history-chart"))).to_be_visible()
    figure.locator(f"{by('history')} summary").first.click()
    paper = figure.locator(by("lineage-paper")).first
    expect(paper).to_contain_text("BC-MP", timeout=PATIENCE_MS)
    expect(paper).to_contain_text("Người ký")


def test_three_taps_from_a_red_unit_to_the_record_that_was_counted(open_page: Open) -> None:
    page = open_page("/?indicator=pa_dunghan&level=former_district", Role.OFFICER).page
    wait_map(page)
    red = page.locator(by("unit-row")).first
    expect(red).to_contain_text("▼", timeout=PATIENCE_MS)
    red.click()
    figure = page.locator(f"{by('unit-card')} {by('figure')}")
    expect(figure.locator(by("light"))).to_have_text("▼ đỏ", timeout=PATIENCE_MS)
    figure.locator(by("figure-number")).click()
    missed = figure.locator(f"{by('counted')}[data-code='pa_dunghan.missed']")
    record = missed.locator(by("counted-record")).first
    expect(record).to_contain_text("MP-PA-", timeout=PATIENCE_MS)
    record.locator("summary").click()
    expect(record).to_contain_text("Cổng 1022 (mô phỏng)", timeout=PATIENCE_MS)
    listed = missed.locator(by("counted-record")).count()
    expect(missed.locator("summary").first).to_contain_text(f" {listed}")


def test_an_indicator_of_agencies_stands_in_a_list(open_page: Open) -> None:
    page = open_page("/?indicator=nv_ty_le_quahan", Role.LEADER).page
    wait_map(page)
    rows = page.locator(by("agency-row"))
    expect(rows).to_have_count(8, timeout=PATIENCE_MS)
    expect(rows.first).to_contain_text("Cơ quan mô phỏng số 5")  # the worst first
    expect(rows.first.locator(by("light"))).to_have_text("▼ đỏ")
    rows.first.click()
    expect(page.locator(by("figure"))).to_have_attribute("data-place", "H48.MP.05", timeout=PATIENCE_MS)


@pytest.mark.usefixtures("bounded")
def test_why_red_says_what_its_table_says(open_page: Open) -> None:
    page = open_page("/?indicator=hs_truc_tuyen&level=former_district&unit=524", Role.LEADER).page
    wait_map(page)
    page.locator(by("why")).click()
    expect(page.locator(by("why"))).to_have_text("Vì sao đỏ?", timeout=PATIENCE_MS)
    page.locator(by("against-before")).click()
    expect(page.locator(by("why-sentence"))).to_contain_text(
        f"so với tháng {BEFORE:%m/%Y}".replace(" 0", " "), timeout=PATIENCE_MS
    )
    rows = page.locator(by("why-row"))
    shown = {
        row.locator("th").inner_text(): figures_of(f"({row.locator('td').last.inner_text()})")[0] for row in rows.all()
    }
    sentence = page.locator(by("why-sentence")).inner_text()
    named = re.findall(r"((?:Xã|Phường|Thị trấn) [^,(;]+) \(([^)]+)\)", sentence.split("nhiều nhất do")[1])
    assert named
    for name, number in named:
        assert figures_of(f"({number})") == [shown[name]]
    whole = figures_of(f"({page.locator(by('why-sum')).inner_text()})")[0]
    assert round(sum(shown.values()), 1) == whole
    assert re.search(rf"(tăng|giảm) {str(abs(whole)).replace('.', ',')} điểm phần trăm", sentence)
    name = rows.locator("button").first.inner_text()
    rows.locator("button").first.click()
    expect(page.locator(by("unit-card"))).to_contain_text(name, timeout=PATIENCE_MS)
    expect(page.locator(by("level-commune"))).to_have_attribute("aria-pressed", "true")


def test_any_indicator_is_found_without_accents(open_page: Open) -> None:
    page = open_page("/", Role.LEADER).page
    wait_map(page)
    page.locator(by("indicator")).click()
    page.locator(by("indicator-search")).fill("ho ngheo")
    page.locator(f"{by('indicator-choice')}[data-code='ho_ngheo']").click()
    expect(page.locator(by("figure"))).to_have_attribute("data-indicator", "ho_ngheo", timeout=PATIENCE_MS)
    expect(page.locator(by("coverage"))).to_contain_text("23/23", timeout=PATIENCE_MS)
    page.locator(by("level-commune")).click()
    expect(page.locator(by("coverage"))).to_contain_text("96/96", timeout=PATIENCE_MS)


def test_no_figure_is_a_pattern_and_a_guest_is_told_to_sign_in(open_page: Open) -> None:
    page = open_page("/?indicator=nv_quahan", Role.LEADER).page
    wait_map(page)
    expect(page.locator(f"{by('legend')} .missing")).to_contain_text("23 đơn vị")
    guest = open_page("/?indicator=hs_dunghan").page
    wait_map(guest)
    expect(guest.locator(by("refused"))).to_be_visible()
    expect(guest.locator(by("measure-group")).or_(guest.locator(by("unit-row"))).first).to_be_visible()
    expect(guest.locator(by("exception"))).to_have_count(0)
