"""PDF: our own fonts that hold every Vietnamese letter, no network, the mark on every page, the same bytes again."""

import re
import zlib
from itertools import product
from unicodedata import normalize

import pytest
from fontTools.ttLib import TTFont

from tiles.paper.blocks import Safe, facts, official_head, paragraph, table, text
from tiles.paper.pdf import FONTS, HERE, UnsealedPaper, make_pdf, mark_of, whole_page

VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
LETTERS = {normalize("NFC", v + t) for v, t in product(VOWELS + VOWELS.upper(), TONES)} | set("đĐ")
SIGNS = set("°'\"–·…«»×/:;,.()[]%•")


@pytest.mark.parametrize("name", FONTS)
def test_every_letter_of_vietnamese_is_in_every_font(name):
    font = TTFont(HERE / "fonts" / f"{name}.woff2")
    has = set(map(chr, font.getBestCmap()))
    assert len(LETTERS) == 146
    assert LETTERS - has == set()
    if name.startswith("be-vietnam"):
        assert SIGNS - has == set()


def read_whole(pdf):
    """A PDF with its streams unpacked."""
    whole = pdf
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S):
        try:
            whole += zlib.decompress(stream)
        except zlib.error:
            continue
    return whole


def fonts_in(pdf):
    """The names of the fonts embedded in a PDF."""
    return {name.decode() for name in re.findall(rb"/BaseFont /[A-Z]{6}\+([^\s/]+)", read_whole(pdf))}


def pages_of(pdf):
    return max(int(n) for n in re.findall(rb"/Count (\d+)", read_whole(pdf)))


LONG = table(["Giờ", "Vị trí"], [[f"{n} Ồ Ễ Ữ", "14°59'24\"N"] for n in range(120)])


def test_only_our_fonts_and_the_same_bytes_again():
    pdf = make_pdf(LONG, "Hồ sơ", "MÔ PHỎNG", "Lập lúc")
    assert pages_of(pdf) > 1
    assert fonts_in(pdf) <= {"Be-Vietnam-Pro", "Be-Vietnam-Pro-Semi-Bold"}
    assert make_pdf(LONG, "Hồ sơ", "MÔ PHỎNG", "Lập lúc") == pdf


@pytest.mark.parametrize(
    "body",
    ['<img src="http://127.0.0.1:9/x.png">', '<img src="file:///etc/hostname">', '<img src="/etc/hostname">',
     "<style>@import url('http://127.0.0.1:9/x.css');</style>", '<svg width="9" height="9"><image width="9" height="9" href="http://127.0.0.1:9/x.png"/></svg>',
     "<div style=\"background: url('opsmap:../pdf.py')\">x</div>"],
)  # fmt: skip
def test_what_is_not_ours_is_never_asked_for(body):
    with pytest.raises(UnsealedPaper, match="does not travel"):
        make_pdf(body, "x", "")


def test_the_mark_runs_on_every_page_and_only_on_what_is_not_real():
    marked, real = whole_page("x", "t", mark_of("simulated")), whole_page("x", "t", mark_of("real"))
    assert marked.count("MÔ PHỎNG") == 2
    assert "MÔ PHỎNG" not in real
    assert mark_of("replayed") == "PHÁT LẠI"
    css = (HERE / "page.css").read_text()
    assert "element(mark)" in css
    assert re.search(r"\.across \{[^}]*position: fixed", css)
    assert '"trang " counter(page) "/" counter(pages)' in css


def test_what_comes_in_is_text_and_never_markup():
    nasty = '<img src=x onerror="y">&'
    for made in (paragraph(nasty), table([nasty], [[nasty]], caption=nasty), facts([(nasty, nasty)]), text(nasty),
                 official_head([nasty], nasty, nasty)):  # fmt: skip
        assert "<img" not in made
    assert text(Safe("<b>x</b>")) == "<b>x</b>"
    assert text(None) == "–"


def test_the_national_heading_stands_only_where_it_is_asked_for():
    assert "CỘNG HÒA" in official_head(["A", "B"], "Số: 1", "Quảng Ngãi, ngày 1")
    assert "CỘNG HÒA" not in whole_page(LONG, "Hồ sơ", "")
