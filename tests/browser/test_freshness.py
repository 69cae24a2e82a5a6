"""A deadline passes, a form is missing, its office is reminded; it comes, the reminder closes, the score changes."""

import io
import re
from datetime import date

import openpyxl
from playwright.sync_api import Page, expect

from geo.clock import local_date, start_of_day, system_clock
from geo.workdays import add_months
from ingest.bus.settings import SpoolSettings
from ingest.work.bench import Bench
from ingest.work.freshness_duties import remind
from layers.access.roles import Role
from layers.database import connect, transaction
from layers.sources.expected import Expectation
from layers.sources.expected_edit import keep_expectation
from layers.sources.register import ensure_source
from layers.sources.template_body import read_template
from layers.sources.templates import keep_template

AGENCY = "Sở thử hạn (mô phỏng)"
PERIOD = add_months(local_date(system_clock()).replace(day=1), -2)
DUE_MONTH = f"{add_months(PERIOD, 1):%Y-%m}"
BODY = {
    "name": "thu_han", "source": "han_demo", "title": {"vi": "Biểu thử (mô phỏng)", "en": "A form to try (simulated)"},
    "valid_from": "2020-01-01", "subject": {"kind": "unit", "level": "commune", "column": "Xã"},
    "columns": [{"title": "Số", "indicator": "thu_han_so", "unit": "cái"}],
}  # fmt: skip


def _expect(url: str) -> list[str]:
    """One form of one month is expected, known of since then; the codes of two communes it may tell of."""
    known = start_of_day(PERIOD)
    rule = Expectation(
        "han_demo", "thu_han", 1, "workday", 5, 1, PERIOD, add_months(PERIOD, 1), AGENCY, "Văn phòng", "000 9"
    )
    with connect(url) as connection, transaction(connection):
        ensure_source(connection, "han_demo", "simulated", "Nguồn thử hạn (mô phỏng)")
        keep_template(connection, read_template(BODY), "thử", known)
        keep_expectation(connection, rule, known)
        found = connection.execute(
            "SELECT code FROM unit WHERE level = 'commune' AND valid_to IS NULL ORDER BY code LIMIT 2"
        ).fetchall()
    return [code for (code,) in found]


def _workbook(codes: list[str]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in (["Xã", "Số"], *([code, 7 + n] for n, code in enumerate(codes))):
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def _upload(page: Page, base: str, content: bytes) -> None:
    headers = {"origin": base}
    sent = page.request.post(f"{base}/api/intake/files?name=thu.xlsx", data=content, headers=headers).json()
    asked = {"source": "han_demo", "period": f"{PERIOD:%Y-%m}"}
    taken = page.request.post(f"{base}/api/intake/files/{sent['file']}/take", data=asked, headers=headers)
    assert taken.ok, taken.text()
    assert taken.json()["summary"]["stored"] == 2


def test_from_a_missed_deadline_to_a_better_score(product, open_page) -> None:
    codes = _expect(product.url)
    watched = open_page("/sources?tab=expected", Role.OPERATOR)
    page = watched.page
    period = page.locator('[data-testid="period"][data-template="thu_han"]')
    expect(period).to_have_count(1)
    expect(period).to_have_attribute("data-state", "missing")
    expect(period).to_contain_text(re.compile(r"thiếu, quá hạn \d+ ngày làm việc"))

    bench = Bench(product.url, SpoolSettings())
    remind(bench)
    remind(bench)
    page.get_by_test_id("tab-reminders").click()
    reminders = page.locator('[data-testid="reminder"][data-template="thu_han"]')
    expect(reminders).to_have_count(3)
    last = page.locator('[data-testid="reminder"][data-template="thu_han"][data-step="3"]')
    expect(last).to_have_attribute("data-state", "waiting")
    expect(last).to_have_attribute("data-closed", "false")
    last.get_by_role("button", name="Ghi đã gửi").click()
    last.get_by_placeholder("Số, ký hiệu").fill("12/NN-MP")
    last.get_by_placeholder("Vì sao thay đổi").fill("đã gửi bằng văn bản")
    last.get_by_role("button", name="Lưu").click()
    expect(last).to_have_attribute("data-state", "sent")
    expect(page.locator(f'[data-testid="reminder-year"] [data-agency="{AGENCY}"]')).to_contain_text("1")

    page.goto(f"{product.base}/sources?tab=scores&period={DUE_MONTH}")
    row = page.locator(f'[data-testid="score"][data-agency="{AGENCY}"]')
    complete = row.locator('[data-pillar="du"] .share')
    expect(complete).to_have_attribute("data-share", "0")
    expect(row.locator('[data-pillar="dung"] .share')).to_have_attribute(
        "data-share", "none"
    )  # nothing to judge is no zero

    _upload(page, product.base, _workbook(codes))
    page.goto(f"{product.base}/sources?tab=reminders")
    expect(last).to_have_attribute("data-closed", "true")
    page.goto(f"{product.base}/sources?tab=scores&period={DUE_MONTH}")
    expect(complete).not_to_have_attribute("data-share", "0")
    row.locator('[data-pillar="dung"]').click()
    part = page.locator('[data-part="accepted"]')
    expect(part).to_contain_text("2")
    part.get_by_role("button").click()
    expect(page.get_by_test_id("part-rows")).to_contain_text("thu.xlsx")
    row.locator('[data-pillar="song"]').click()
    page.locator('[data-part="on_time"]').get_by_role("button").click()
    expect(page.get_by_test_id("part-rows")).to_contain_text(re.compile(r"trễ \d+ ngày làm việc"))


def test_an_expectation_is_entered_and_corrected(product, open_page) -> None:
    page = open_page("/sources?tab=expected", Role.ADMIN).page
    page.get_by_test_id("add-rule").click()
    form = page.get_by_test_id("rule-form")
    for label, text in (
        ("Nguồn", "vsr_demo"), ("Mã mẫu hoặc chỉ tiêu", "thu_ns"), ("Cơ quan", "Sở thử nhập (mô phỏng)"),
        ("Căn cứ", "thử, chưa xác minh"), ("Vì sao thay đổi", "thử nhập lịch nộp"),
    ):  # fmt: skip
        form.get_by_label(label, exact=True).fill(text)
    form.get_by_label("Nộp theo").select_option("indicator")
    form.get_by_label("Áp dụng từ kỳ bắt đầu").fill(str(date(2031, 1, 1)))
    form.get_by_role("button", name="Lưu").click()
    rule = page.locator('[data-testid="rule"][data-code="vsr_demo.indicator.thu_ns.2031-01-01"]')
    expect(rule).to_contain_text("ngày làm việc thứ 5 tháng sau")
    expect(rule).to_contain_text("không áp dụng hôm nay")
    rule.get_by_role("button", name="Sửa").click()
    form.get_by_label("N", exact=True).fill("8")
    form.get_by_label("Vì sao thay đổi").fill("thử sửa hạn nộp")
    form.get_by_role("button", name="Lưu").click()
    expect(rule).to_contain_text("ngày làm việc thứ 8 tháng sau")
    rule.get_by_role("button", name="Rút").click()
    page.get_by_test_id("why-form").get_by_placeholder("Vì sao thay đổi").fill("thử xong thì rút")
    page.get_by_test_id("why-form").get_by_role("button", name="Lưu").click()
    expect(rule).to_have_count(0)
