"""Pieces of a page as safe HTML: whatever comes in is text, never markup. `Safe` is what these functions made."""

from collections.abc import Iterable, Sequence
from html import escape

COUNTRY = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
ABSENT = "–"


class Safe(str):
    """HTML that is put in as it is."""


Cell = str | Safe | None


def text(value: Cell) -> Safe:
    """Text as HTML that says just that; line breaks stay; what is missing is a dash."""
    if isinstance(value, Safe):
        return value
    return Safe(escape(value).replace("\n", "<br>")) if value else Safe(ABSENT)


def join(parts: Iterable[str]) -> Safe:
    """Pieces one after another."""
    return Safe("".join(text(part) for part in parts))


def heading(title: str, level: int = 2) -> Safe:
    """A heading that stays with what follows."""
    return Safe(f"<h{level}>{text(title)}</h{level}>")


def paragraph(words: Cell, look: str = "") -> Safe:
    """A paragraph; `look` is a class of page.css: quiet, doubt, strong."""
    return Safe(f'<p class="{escape(look)}">{text(words)}</p>')


def table(head: Sequence[str], rows: Sequence[Sequence[Cell]], look: str = "", caption: str = "") -> Safe:
    """A table whose head comes again on every page. `look`: tight for many rows, mono for hashes.

    The caption says source and time of what is told.
    """
    names = "".join(f'<th scope="col">{text(name)}</th>' for name in head)
    body = "".join("<tr>" + "".join(f"<td>{text(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    said = f"<caption>{text(caption)}</caption>" if caption else ""
    return Safe(f'<table class="{escape(look)}">{said}<thead><tr>{names}</tr></thead><tbody>{body}</tbody></table>')


def facts(rows: Sequence[tuple[str, Cell]]) -> Safe:
    """Names and values side by side."""
    body = "".join(f'<tr><th scope="row">{text(name)}</th><td>{text(value)}</td></tr>' for name, value in rows)
    return Safe(f'<table class="facts"><tbody>{body}</tbody></table>')


def figure(drawing: Safe, caption: str) -> Safe:
    """A picture with what it shows, its source and its time."""
    return Safe(f"<figure>{drawing}<figcaption>{text(caption)}</figcaption></figure>")


def doubt(words: str = "chưa xác minh") -> Safe:
    """The sign of what nobody has held against its text."""
    return Safe(f'<span class="doubt">{escape(words)}</span>')


def official_head(agency: Sequence[str], number: str, place_and_day: str) -> Safe:
    """The head of an official paper (Quốc hiệu, Tiêu ngữ). Only for papers that an agency signs.

    `agency` has the superior body first, then the one that issues; `number` is "Số: …/BC-…".
    """
    bodies = "".join(f'<div class="{"issuer" if body == agency[-1] else ""}">{text(body)}</div>' for body in agency)
    left = f'<td>{bodies}<div class="rule"></div><div class="number">{text(number)}</div></td>'
    right = f'<td><div class="issuer">{COUNTRY}</div><div class="motto">{MOTTO}</div><div class="rule wide"></div>'
    return Safe(
        f'<table class="official"><tr>{left}{right}<div class="day">{text(place_and_day)}</div></td></tr></table>'
    )
