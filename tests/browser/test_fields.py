"""The page of fields in a browser: topics, a holiday, conflicts; and "<5" on the page of the map."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from layers.access.roles import Role

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
LOADED_MS = 60_000
"""The first map of a page has to be there before its table is."""


def by(page: Any, name: str) -> Any:
    return page.locator(f'[data-testid="{name}"]')


def test_a_leader_sees_topics_and_a_holiday(open_page: Open) -> None:
    watched = open_page("/fields", Role.LEADER)
    page = watched.page
    told = page.request.get(f"{watched.base}/api/topics").json()
    expect(by(page, "topics").locator("tbody tr")).to_have_count(len(told["topics"]) + 1)
    expect(by(page, "topics").locator("tbody tr").first).to_have_attribute("data-topic", told["topics"][0]["code"])
    expect(by(page, "mark-simulated")).to_be_visible()
    page.locator('[data-part="holiday"]').click()
    by(page, "holiday").select_option("tet.2026")
    row = by(page, "holiday-days").locator('[data-day="2026-02-17"]')
    expect(row).to_contain_text("mùng 1 Tết")
    expect(row).to_contain_text("29/01/2025")


def test_a_leader_reads_less_than_five_and_never_nought(open_page: Open) -> None:
    watched = open_page("/?indicator=ca_mac_sxh&level=commune&view=table", Role.LEADER)
    page = watched.page
    told = page.request.get(f"{watched.base}/api/indicators/ca_mac_sxh?level=commune").json()["map"]["values"]
    small = next(v for v in told if v["withheld"] and v["withheld"]["vi"] == "<5")
    row = page.locator("tr", has_text=small["name"]).first
    expect(row).to_contain_text("<5", timeout=LOADED_MS)


def test_an_operator_decides_whose_word_is_shown(open_page: Open) -> None:
    leader = open_page("/fields?part=conflicts", Role.LEADER).page
    expect(by(leader, "conflicts").locator("li").first).to_be_visible()
    expect(by(leader, "conflicts").locator("input")).to_have_count(0)
    page = open_page("/fields?part=conflicts", Role.OPERATOR).page
    first = by(page, "conflicts").locator("li").first
    expect(first).to_have_attribute("data-state", "open")
    name = first.get_attribute("data-subject")
    first.locator("input").fill("trường xác nhận số này")
    first.locator(".word:not(.shown) button").first.click()
    chosen = by(page, "conflicts").locator(f'li[data-subject="{name}"]').first
    expect(chosen).to_have_attribute("data-state", "chosen")
    expect(chosen).to_contain_text("trường xác nhận số này")
