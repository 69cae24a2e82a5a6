"""A whole shift in two browsers: an alarm, a call by the keyboard, a notice, the dossier, giao ca by two persons."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from layers.access.roles import Role

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
OPSMAP = "import sys; from web.cli import main; sys.argv = ['opsmap', *sys.argv[1:]]; main()"
DESK = "Bàn trực thử trọn ca"
SAID = "thuyền trưởng: nước vào khoang 2, còn 9 người, chờ tàu 0369 đến kéo lúc 15"


def by(page: Any, name: str) -> Any:
    return page.locator(f'[data-testid="{name}"]')


def post(page: Any, base: str, path: str, body: dict[str, Any]) -> Any:
    answer = page.request.post(f"{base}{path}", headers={"origin": base}, data=body)
    assert answer.ok, answer.text()
    return answer.json()


def verified(product: Any, file: Path) -> int:
    """The exit code of `opsmap verify dossier FILE`."""
    command = [sys.executable, "-c", OPSMAP, "verify", "dossier", str(file)]
    root = Path(__file__).resolve().parents[2]
    return subprocess.run(command, cwd=root, env=os.environ | product.environment, timeout=300).returncode


def alarm(caller: Any, base: str) -> str:
    """Somebody else opens a case of people in danger; its number."""
    boats = caller.request.get(f"{base}/api/vessels?q=QNg-MP&limit=1").json()["vessels"]
    told = {"kind": "distress", "distress": "adrift", "what": "hỏng máy, nước vào khoang (mô phỏng)"}
    body = told | {"vessel": boats[0]["id"], "lat": "15°22'N", "lon": "109°10'E", "said_by": "tàu cùng tổ"}
    number: str = post(caller, base, "/api/cases", body)["number"]
    return number


def answer_other_alarms(page: Any, base: str) -> None:
    """Other tests open cases of people in danger too; once answered they no longer stand before ours."""
    for case in page.request.get(f"{base}/api/cases?kind=distress&limit=500").json()["cases"]:
        told = {"to": "captain", "channel": "radio", "result": "answered", "said": "đã liên lạc (thử)"}
        version = page.request.get(f"{base}/api/cases/{case['number']}").json()["version"]
        post(page, base, f"/api/cases/{case['number']}/do", {"action": "call", "version": version, **told})


def log_a_call(page: Any) -> None:
    """By the keyboard alone: the action's letter, three digits, words with digits in them, Enter."""
    page.keyboard.press("g")
    expect(by(page, "act-form")).to_have_attribute("data-action", "call")
    for choice in ("to", "channel", "result"):
        expect(page.locator(f'[data-choices="{choice}"]')).to_be_focused()
        page.keyboard.press("1")
    expect(page.locator('textarea[name="said"]')).to_be_focused()
    page.keyboard.type(SAID)
    page.keyboard.press("Enter")
    expect(by(page, "act-form")).to_have_count(0)


def print_a_notice(page: Any) -> None:
    page.keyboard.press("t")
    expect(by(page, "notice-text")).not_to_be_empty()
    with page.context.expect_page() as opened:
        by(page, "send-print").click()
    sheet = opened.value
    sheet.wait_for_url(re.compile(r"/api/notices/\d+\.html"))
    expect(sheet.locator("body")).to_contain_text("MÔ PHỎNG")
    sheet.close()
    expect(by(page, "notices").locator("li")).to_have_count(1)


def download(page: Any, form: str, folder: Path) -> Path:
    with page.expect_download(timeout=120_000) as coming:
        by(page, f"dossier-{form}").click()
    file = folder / coming.value.suggested_filename
    coming.value.save_as(file)
    return file


def hand_over(giver: Any, taker: Any, base: str, shift: int, number: str) -> None:
    giver.goto(f"{base}/shift?desk={DESK}")
    expect(by(giver, "shift-head")).to_have_attribute("data-shift", str(shift))
    giver.get_by_role("heading", name="Nhật ký").click()
    giver.keyboard.press("g")
    by(giver, "prepare").click()
    expect(by(giver, "handover")).to_have_attribute("data-handover", re.compile(r"\d+"))
    expect(giver.locator("[data-section]").filter(has_text=number).first).to_be_visible()
    by(giver, "confirm-from").click()
    expect(giver.locator('[data-side="from"]')).to_contain_text("demo-officer đã xác nhận")
    taker.goto(f"{base}/shift?desk={DESK}")
    expect(taker.locator("[data-section]").filter(has_text=number).first).to_be_visible()
    by(taker, "confirm-to").click()
    expect(by(taker, "shift-told")).to_contain_text("Ca mới bắt đầu")
    expect(by(taker, "past-shifts").locator("li").first).to_contain_text("demo-officer → demo-operator")


def test_a_whole_shift(open_page: Open, product: Any, tmp_path: Path) -> None:
    officer = open_page("/cases", Role.OFFICER).page
    expect(by(officer, "case-queue")).to_be_attached()
    expect(by(officer, "open-distress")).to_be_visible()
    shift = post(officer, product.base, "/api/shifts", {"desk": DESK, "people": []})
    operator = open_page("/cases", Role.OPERATOR).page
    answer_other_alarms(operator, product.base)
    officer.evaluate("window.opsmap.sameDocument = true")

    number = alarm(operator, product.base)
    expect(by(officer, "case-row").first).to_have_attribute("data-number", number)
    assert officer.title().startswith("▲ (")
    by(officer, "danger").click()
    expect(by(officer, "case-card")).to_have_attribute("data-number", number)

    log_a_call(officer)
    expect(by(officer, "ledger")).to_contain_text(SAID)
    expect(by(officer, "case-card")).to_have_attribute("data-state", "responding")
    expect(by(officer, "danger")).to_have_count(0)  # a call takes it on
    expect(operator.locator(f'[data-number="{number}"]').first).to_contain_text("Đang ứng cứu")
    print_a_notice(officer)

    assert download(officer, "pdf", tmp_path).read_bytes().startswith(b"%PDF")
    whole = download(officer, "zip", tmp_path)
    assert verified(product, whole) == 0
    assert officer.evaluate("window.opsmap.sameDocument") is True

    hand_over(officer, operator, product.base, shift["id"], number)
