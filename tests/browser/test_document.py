"""The document in a real browser without any network: a map, its list, and not one request or complaint."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser
RUN = "import sys; from web.cli import main; sys.argv = ['opsmap', *sys.argv[1:]]; main()"


def test_it_opens_anywhere_and_asks_for_nothing(chromium: Browser, product: Any, tmp_path: Path) -> None:
    out = tmp_path / "522.html"
    command = [sys.executable, "-c", RUN, "document", "522", "--out", str(out)]
    subprocess.run(command, env=product.environment, check=True, timeout=120)
    assert out.stat().st_size < 2_000_000
    context = chromium.new_context(offline=True, viewport={"width": 1280, "height": 900})
    page, asked, said = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(out.as_uri())
    expect(page.locator(".leaflet-container path, .leaflet-container canvas").first).to_be_attached()
    expect(page.locator(".leaflet-tooltip.name", has_text="Cẩm Thành")).to_be_visible()
    expect(page.locator("[data-origin=simulated]")).to_be_visible()
    expect(page.locator("svg[role=img]")).to_contain_text("Hoàng Sa")
    page.locator("summary").first.click()
    expect(page.locator("details[open] tbody tr").first).to_be_visible()
    context.close()
    assert asked == [out.as_uri()]
    assert said == []
