"""Which screen of the wall an address means; one that does not exist is refused, naming the field and the remedy."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from geo.errors import BadInput, OpsmapError

MOST_ACROSS = 20
MOST_BEZEL_PX = 400
NUMBER = re.compile(r"[0-9]{1,4}")
SCREENS = re.compile(r"([0-9]{1,4})x([0-9]{1,4})")
EXAMPLE = "/wall?cols=5&rows=3&col=2&row=1"


@dataclass(frozen=True)
class Screen:
    """One page of the wall: `col` and `row` from the top left, 0-based, of `cols` × `rows`; `bezel` in pixels."""

    cols: int
    rows: int
    col: int
    row: int
    bezel: int


class BadScreen(BadInput):
    """An address of no screen; `advice` says in Vietnamese what to write instead."""

    title = "Địa chỉ màn hình không đúng"

    def __init__(self, detail: str, *, field: str, advice: str) -> None:
        super().__init__(detail, field=field)
        self.advice = advice


def read_screen(query: Mapping[str, str]) -> Screen:
    """The screen of an address, or BadScreen. A wall of one screen needs no col and row."""
    cols = _number(query, "cols", 1, MOST_ACROSS, 1)
    rows = _number(query, "rows", 1, MOST_ACROSS, 1)
    col = _number(query, "col", 0, cols - 1, 0 if cols == 1 else None)
    row = _number(query, "row", 0, rows - 1, 0 if rows == 1 else None)
    bezel = _number(query, "bezel", 0, MOST_BEZEL_PX, 0)
    _refuse_screens(query.get("screens"), cols, rows)
    return Screen(cols, rows, col, row, bezel)


def _number(query: Mapping[str, str], field: str, low: int, high: int, missing: int | None) -> int:
    text = query.get(field)
    if text is None and missing is not None:
        return missing
    if text is None or not NUMBER.fullmatch(text.strip()) or not low <= int(text) <= high:
        said = "missing" if text is None else f"{text[:20]!r}"
        told = "thiếu" if text is None else f"“{text[:20]}” không dùng được"
        raise BadScreen(
            f"{field}={said}: use a whole number from {low} to {high}, as in {EXAMPLE}",
            field=field,
            advice=f"{field}: {told}. Hãy dùng một số nguyên từ {low} đến {high}, đếm từ góc trên bên trái.",
        )
    return int(text)


def _refuse_screens(text: str | None, cols: int, rows: int) -> None:
    """`screens=5x3` tells one big page how many screens its signal is stretched over."""
    if text is None:
        return
    found = SCREENS.fullmatch(text.strip())
    if not found or not all(1 <= int(n) <= MOST_ACROSS for n in found.groups()) or cols * rows != 1:
        raise BadScreen(
            f"screens={text[:20]!r}: use it with cols=1&rows=1 only, as in screens=5x3, each from 1 to {MOST_ACROSS}",
            field="screens",
            advice=f"screens: chỉ dùng với cols=1&rows=1, viết như 5x3, mỗi số từ 1 đến {MOST_ACROSS}.",
        )


def refusal(error: OpsmapError) -> str:
    """A page that says what is wrong with the address, readable from across the room."""
    advice = error.advice if isinstance(error, BadScreen) else error.detail
    return f"""<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>{escape(error.title)}</title>
<style>body{{margin:0;padding:8vh 8vw;background:#091521;color:#f2f6fa;font:4vh/1.5 'Be Vietnam Pro',sans-serif}}
h1{{font-size:6vh}}code{{color:#f0e442}}p.en{{color:#9fb3c8;font-size:3vh}}</style></head>
<body><main><h1>{escape(error.title)}</h1><p data-field="{escape(error.field or "")}">{escape(advice)}</p>
<p>Ví dụ: <code>{escape(EXAMPLE)}</code></p><p class="en" lang="en">{escape(error.detail)}</p></main></body></html>"""
