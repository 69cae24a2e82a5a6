"""What the pages of a dossier say, word for word; and that the files hold what the value holds."""

import re
import sqlite3
from html import unescape
from pathlib import Path

import orjson
import pytest

from geo.clock import LOCAL
from layers.access.roles import Role
from layers.watch.dossier.canonical import find_faults
from tiles.paper.dossier import dossier_html
from tiles.paper.dossier_parts import make_parts
from tiles.paper.dossier_sea import box_of
from tiles.paper.sea import read_sea

GOLDEN = Path(__file__).parent / "dossier-2024-05-19.txt"


@pytest.fixture
def told(matter):
    return matter("2024-05-19")


def sea_of(matter, value, role=Role.OFFICER):
    with matter.engine.connect() as connection:
        return read_sea(connection, box_of(value), role)


def words_of(html, made_at):
    """The text of a page, a line for each row or paragraph; hashes and the moment of making are no part of it."""
    text = (
        re.sub(r"</(tr|p|h\d|caption|figcaption|div|text)>", "\n", html).replace("</td>", " | ").replace("</th>", " | ")
    )
    text = unescape(re.sub(r"<[^>]+>", "", text))
    text = re.sub(r"\b[0-9a-f]{12,64}\b", "#", text)
    text = text.replace(made_at.astimezone(LOCAL).strftime("%d/%m/%Y"), "NGÀY LẬP")
    text = re.sub(r"NGÀY LẬP \d\d:\d\d", "LÚC LẬP", text)
    return "\n".join(line.strip(" |") for line in text.splitlines() if line.strip(" |")) + "\n"


def test_the_pages_say_it_word_for_word(told):
    value = told.gather()
    found = words_of(dossier_html(value, sea_of(told, value)), told.made_at)
    assert found == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "word", ["Hoàng Sa", "Trường Sa", "Lý Sơn", "hải lý", "chưa xác minh", "KHÔNG BÁO", "MÔ PHỎNG"]
)
def test_no_page_goes_without(told, word):
    value = told.gather()
    assert word in dossier_html(value, sea_of(told, value))


def test_gaps_are_dashed_and_what_people_said_has_a_sign_of_its_own(told):
    value = told.gather()
    html = dossier_html(value, sea_of(told, value))
    assert html.count('stroke-dasharray="2 4"') == 1
    assert html.count('stroke="#b35900"') == 1
    assert html.count('r="3"') == 9


def test_the_files_hold_the_same_and_are_the_same_again(told, tmp_path):
    value = told.gather()
    sea = sea_of(told, value)
    parts = make_parts(value, sea)
    assert make_parts(value, sea) == parts
    assert find_faults(parts["VV-2024-000001.json"]) == []
    assert orjson.loads(parts["VV-2024-000001.json"]) == value
    path = tmp_path / "x.gpkg"
    path.write_bytes(parts["VV-2024-000001.gpkg"])
    with sqlite3.connect(path) as opened:
        layers = {name for (name,) in opened.execute("SELECT table_name FROM gpkg_contents")}
        assert layers == {"vu_viec", "vi_tri_thiet_bi", "vi_tri_nguoi_bao", "hanh_trinh", "mat_tin_hieu"}
        counts = [opened.execute(f"SELECT count(*), min(origin) FROM {name}").fetchone() for name in sorted(layers)]
        assert counts == [(2, "simulated"), (1, "simulated"), (1, "simulated"), (9, "simulated"), (1, "simulated")]
        hashes = {row for (row,) in opened.execute("SELECT raw_sha256 FROM vi_tri_thiet_bi")}
    assert hashes == {position["raw_sha256"] for position in value["positions"]}


def test_lines_for_officers_are_not_drawn_for_others(told):
    assert sea_of(told, told.gather(), Role.GUEST).boundaries == []
