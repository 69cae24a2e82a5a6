"""Which lines of a sheet name its columns, and what each column is called when a group stands over its sub-titles.

`Giường bệnh` over `Kế hoạch` and `Thực hiện` names two columns, `Giường bệnh | Kế hoạch` and `Giường bệnh | Thực hiện`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from geo.text import compose
from ingest.tables.book import Cell, Span
from ingest.tables.table import TITLE_ROWS

DEPTH = 3
JOIN = " | "
_NUMBERING = re.compile(r"\(?([A-ZĐ]|[0-9]{1,2})\)?(?:\s*=.*)?")
_NUMBER = re.compile(r"[-+]?[\d.,\s]+%?")


@dataclass(frozen=True)
class Heading:
    """Rows `top` to `bottom` (from 1) name the columns; `names` by position, empty for a column without one.

    `hits` is how well they fit what was looked for; `body` is the first row that may hold facts.
    """

    top: int
    bottom: int
    names: tuple[str, ...]
    hits: int
    body: int


Rows = Sequence[tuple[int, Sequence[Cell]]]
Judge = Callable[[Sequence[str]], int]


def find_heading(rows: Rows, merged: Sequence[Span], judge: Judge) -> Heading:
    """The lines whose names `judge` finds to fit best; of equals, the fewest, then the first."""
    texts = [(number, [as_text(cell) for cell in cells]) for number, cells in rows]
    best = Heading(1, 1, (), -1, 2)
    for at in range(min(len(texts), TITLE_ROWS)):
        for depth in range(1, DEPTH + 1):
            block = texts[at : at + depth]
            if len(block) < depth or not any(block[0][1]) or not any(block[-1][1]):
                break
            names = _names(block, merged)
            if (judged := (judge(names), -depth)) > (best.hits, best.top - best.bottom - 1):
                hits = judged[0]
                best = Heading(block[0][0], block[-1][0], tuple(names), hits, block[-1][0] + 1)
    return _past_numbering(_with_sub_titles(best, texts, merged), texts) if best.names else best


def last_part(name: str) -> str:
    """The sub-title of a column under a group, or its whole name."""
    return name.rpartition(JOIN)[2]


def as_text(cell: Cell) -> str:
    """A cell as people read it in a heading."""
    return "" if cell is None else compose(str(cell))


def is_numbering(cells: Sequence[str]) -> bool:
    """Whether a line only counts the columns: `A B 1 2 3`, `(1) (2) (3)=(1)+(2)`."""
    found = [_NUMBERING.fullmatch(text) for text in cells if text]
    numbers = [int(match[1]) for match in found if match and match[1].isdigit()]
    return all(found) and len(numbers) >= 2 and numbers[0] <= 2 and all(b == a + 1 for a, b in pairwise(numbers))


def _names(block: Sequence[tuple[int, list[str]]], merged: Sequence[Span]) -> list[str]:
    """The names of a block of lines: a group spreads over the sub-titles under it, a cell merged downwards is once."""
    width = max(len(cells) for _, cells in block)
    lines = [cells + [""] * (width - len(cells)) for _, cells in block]
    for at, (number, _) in enumerate(block[:-1]):
        _spread(lines, at, [(s.left - 1, s.right - 1) for s in merged if s.top == number and s.right > s.left])
    names = []
    for column in range(width):
        parts = [line[column] for line in lines if line[column]]
        names.append(JOIN.join(part for n, part in enumerate(parts) if n == 0 or part != parts[n - 1]))
    return names


def _spread(lines: list[list[str]], at: int, spans: Sequence[tuple[int, int]]) -> None:
    """Write a group's title over every sub-title it stands above: as merged, else up to the next title."""
    line, below = lines[at], lines[at + 1 :]
    for column in range(1, len(line)):
        merged = any(left < column <= right for left, right in spans)
        under = any(lower[column] for lower in below) and any(lower[column - 1] for lower in below)
        apart = any(left == column for left, _ in spans) or any(right == column - 1 for _, right in spans)
        if not line[column] and line[column - 1] and under and (merged or not (spans and apart)):
            line[column] = line[column - 1]


def _with_sub_titles(found: Heading, texts: Sequence[tuple[int, list[str]]], merged: Sequence[Span]) -> Heading:
    """A heading whose next line holds only sub-titles of its groups takes that line in."""
    at = next(n for n, (number, _) in enumerate(texts) if number == found.top)
    depth = found.bottom - found.top + 1
    if at + depth >= len(texts) or texts[at + depth - 1][0] != found.bottom:
        return found
    number, under = texts[at + depth]
    if not _sub_titles(found.names, under):
        return found
    names = _names(texts[at : at + depth + 1], merged)
    return Heading(found.top, number, tuple(names), found.hits, number + 1)


def _sub_titles(names: Sequence[str], under: Sequence[str]) -> bool:
    """Whether a line continues a heading: words only, blank below some name, two or more side by side under one."""
    filled = [column for column, text in enumerate(under) if text]
    padded = [*names, *[""] * (len(under) - len(names))]
    grouped = any(padded[a] and not padded[b] for a, b in pairwise(filled) if b == a + 1)
    blank = any(name and (column >= len(under) or not under[column]) for column, name in enumerate(padded))
    return grouped and blank and not any(_NUMBER.fullmatch(under[column]) for column in filled)


def _past_numbering(found: Heading, texts: Sequence[tuple[int, list[str]]]) -> Heading:
    under = next((cells for number, cells in texts if number == found.body), [])
    if not is_numbering(under):
        return found
    return Heading(found.top, found.bottom, found.names, found.hits, found.body + 1)
