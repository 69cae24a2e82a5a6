"""From a red commune to a task that is done: why, draft, issue, letter, report, acceptance; as a finger does it."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from geo.clock import LOCAL
from geo.workdays import Workdays
from ingest.exchange.edxml_read import read_document
from layers.access.roles import Role
from layers.database import connect

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
PATIENCE_MS = 60_000
OFFICE = "Sở Y tế (mô phỏng)"
TOUCH = "button, select, summary, a, input"
FINGER_PX = 44
TODAY = datetime.now(UTC).astimezone(LOCAL).date()


def by(name: str) -> str:
    return f'[data-testid="{name}"]'


def wait_map(page: Page) -> None:
    """Until the page says its map is drawn (a strict CSP forbids wait_for_function)."""
    for _ in range(400):
        if page.evaluate("window.opsmap && window.opsmap.ready"):
            return
        page.wait_for_timeout(150)
    raise AssertionError("the map was never drawn")


def red_commune(watched: Any) -> dict[str, Any]:
    """A commune that is red by its bounds, as the map has it."""
    asked = {"level": "commune", "unit": "51"}
    drawn = watched.page.request.get(f"{watched.base}/api/indicators/pa_dunghan", params=asked).json()["map"]
    return next(each for each in drawn["values"] if each["light"] == "red")


def shown_of(value: float) -> str:
    return f"{value:.1f}%".replace(".", ",")


def test_a_task_from_a_red_commune_until_it_is_accepted(open_page: Open) -> None:
    watched = open_page("/?indicator=pa_dunghan&level=commune", Role.LEADER, width=1180, height=820)
    page, base = watched.page, watched.base
    wait_map(page)
    red = red_commune(watched)
    page.locator(f"{by('unit-row')}[data-code='{red['code']}']").click()
    page.locator(by("why")).click()
    expect(page.locator(by("why-sentence"))).to_contain_text("ngưỡng", timeout=PATIENCE_MS)
    page.locator(by("give-task")).click()
    form = page.locator(by("task-form"))
    expect(page.locator(by("born-value"))).to_have_text(shown_of(red["value"]), timeout=PATIENCE_MS)
    expect(form.locator(by("task-agency"))).to_have_value(f"UBND {red['name'][0].lower()}{red['name'][1:]}")
    title = form.locator(by("task-title")).input_value()
    assert title in page.locator(by("why-sentence")).inner_text()
    form.locator(by("task-agency")).select_option(OFFICE)
    form.locator(by("task-due")).fill(f"{TODAY.year + 1}-09-02")
    expect(form.locator(by("task-day"))).to_contain_text("Quốc khánh", timeout=PATIENCE_MS)
    due = Workdays().after(TODAY, 5)
    form.locator(by("task-due")).fill(due.isoformat())
    expect(form.locator(by("task-day"))).to_contain_text("Còn 5 ngày làm việc", timeout=PATIENCE_MS)
    form.locator(by("task-asked")).fill("Trả lời hết phản ánh quá hạn (thử)")
    form.locator(by("task-save")).click()
    expect(page.locator(by("task-kept"))).to_contain_text("Chưa ban hành", timeout=PATIENCE_MS)
    page.locator(by("task-open")).click()
    state = page.locator(by("task-state"))
    expect(state).to_have_text("Dự thảo", timeout=PATIENCE_MS)
    page.locator('[data-step="issue"]').click()
    expect(state).not_to_have_text("Dự thảo", timeout=PATIENCE_MS)
    number = page.url.split("task=")[1].split("&")[0]

    docx = page.request.get(f"{base}/api/tasks/{number}/letter.docx").body()
    with zipfile.ZipFile(io.BytesIO(docx)) as file:
        assert file.testzip() is None
        words = file.read("word/document.xml").decode()
    assert title in words
    assert f"{due:%d/%m/%Y}" in words
    document = read_document(io.BytesIO(page.request.get(f"{base}/api/tasks/{number}/letter.edxml").body()))
    assert (document.due_on, document.receivers[0].name) == (due, OFFICE)
    assert document.attachments[0].content.open().read() == docx

    desk = open_page(f"/tasks?task={number}", Role.STEWARD, width=1180, height=820).page
    expect(desk.locator(by("own"))).to_contain_text("Sở Y tế", timeout=PATIENCE_MS)
    expect(desk.locator('[data-step="accept"]')).to_have_count(0)
    # the simulated office goes on by itself, over the axis: whoever acts meanwhile is told that somebody was faster
    expect(desk.locator(by("task-state"))).to_have_text("Đang thực hiện", timeout=2 * PATIENCE_MS)
    desk.locator('[data-step="report"]').click()
    expect(desk.locator(by("say-done"))).to_be_disabled()
    desk.locator(by("say-text")).fill("Đã trả lời hết (thử)")
    desk.locator(by("say-done")).click()
    expect(desk.locator(by("task-state"))).to_have_text("Đã báo cáo hoàn thành", timeout=PATIENCE_MS)

    page.reload()
    expect(state).to_have_text("Đã báo cáo hoàn thành", timeout=PATIENCE_MS)
    expect(page.locator(by("then-now")).last).to_contain_text(shown_of(red["value"]))
    page.locator('[data-step="accept"]').click()
    expect(state).to_have_text("Hoàn thành, đã công nhận", timeout=PATIENCE_MS)
    expect(page.locator(by("task-history"))).to_contain_text("Đã trả lời hết (thử)")
    expect(page.locator(f"{by('tasks')} [data-task='{number}']")).to_have_count(0)  # no longer among the open ones


def test_what_is_overdue_is_seen_at_once(open_page: Open, product: Any) -> None:
    with connect(product.url) as connection:
        found = connection.execute("SELECT number FROM task WHERE state = 'issued' ORDER BY id LIMIT 1").fetchone()
        assert found is not None
        ended = datetime.now(UTC) - timedelta(days=30)
        told = (ended.date(), ended, found[0])
        connection.execute("UPDATE task SET due_on = %s, due_at = %s WHERE number = %s", told)
    page = open_page("/", Role.LEADER, width=1180, height=820).page
    wait_map(page)
    line = page.locator(f"{by('exception')}[data-kind='task']").filter(has_text=found[0])
    expect(line).to_contain_text("quá hạn", timeout=PATIENCE_MS)
    expect(page.locator(by("tasks-line"))).to_contain_text("quá hạn", timeout=PATIENCE_MS)
    line.locator("a").click()
    expect(page.locator(by("task-clock"))).to_contain_text("quá hạn", timeout=PATIENCE_MS)
    assert date.fromisoformat(str(ended.date())) < TODAY


def test_the_province_has_a_card_of_its_own(open_page: Open) -> None:
    page = open_page("/?unit=51", Role.LEADER, width=1180, height=820).page
    wait_map(page)
    expect(page.locator(f"{by('unit-card')} h2")).to_have_text("Tỉnh Quảng Ngãi", timeout=PATIENCE_MS)
    expect(page.locator(by("part"))).to_have_count(96)
    page.locator(f"{by('unit-card')} .close").click()
    page.locator(by("open-province")).click()
    expect(page.locator(f"{by('unit-card')} h2")).to_have_text("Tỉnh Quảng Ngãi", timeout=PATIENCE_MS)
    assert "unit=51" in page.url


@pytest.mark.parametrize("path", ["/", "/?unit=51&indicator=pa_dunghan&behind=why", "/tasks?which=all"])
def test_whatever_can_be_tapped_is_as_broad_as_a_finger(open_page: Open, path: str) -> None:
    page = open_page(path, Role.LEADER, width=1180, height=820).page
    wait_map(page)
    page.wait_for_load_state("networkidle")
    if path == "/":
        page.locator(by("indicator")).click()
        page.locator(f"{by('pages')} summary").click()
        page.locator(by("indicator")).click()
    small = page.evaluate(
        """([touch, finger]) => [...document.querySelectorAll(touch)].flatMap((each) => {
            const box = each.getBoundingClientRect();
            const seen = box.width > 0 && getComputedStyle(each).visibility !== 'hidden';
            return seen && (box.height < finger - 0.5 || box.width < finger - 0.5)
                ? [`${each.outerHTML.slice(0, 90)} ${box.width}x${box.height}`] : [];
        })""",
        [TOUCH, FINGER_PX],
    )
    assert small == []
