"""What each column of a file in no known form may be: a guess with how sure it is, for a person to decide."""

import difflib
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from ingest.tables.book import Cell
from ingest.tables.columns import bare
from ingest.tables.heading import DEPTH, Heading, find_heading, last_part
from ingest.tables.numbers import readings
from ingest.tables.table import TITLE_ROWS
from ingest.templates.pages import Page, Pages
from layers.sources.template_body import FormColumn
from layers.sources.templates import Template

Sure = Literal["sure", "likely", "unknown"]
SUBJECT_WORDS = ("don vi", "xa phuong", "xa", "huyen", "dia ban", "dia phuong", "co quan", "co so", "ten don vi")
LIKELY = 0.8
SAMPLES = 3


class ColumnGuess(NamedTuple):
    """One column by its position from 0: its name, some cells, and what it may be.

    `role` subject, indicator or ignore; `indicator` with its unit where one is meant.
    """

    at: int
    name: str
    samples: tuple[str, ...]
    role: Literal["subject", "indicator", "ignore"]
    indicator: str | None
    unit: str
    sums: bool
    sure: Sure


def guess_columns(pages: Pages, templates: Iterable[Template]) -> tuple[Page, Heading, list[ColumnGuess]]:
    """The fullest page, its heading, and a guess at each of its named columns."""
    known = [c for t in templates for c in t.body.columns if c.indicator is not None]
    titles = {bare(name): c for c in known for name in (c.title, last_part(c.title), *c.aliases)}
    page = max(pages.pages, key=lambda p: sum(cell is not None for _, cells in p.rows[:200] for cell in cells))

    def judge(names: Sequence[str]) -> int:
        """Known titles count most; else a line of many words above numbers."""
        hits = sum(bare(n) in titles or bare(n) in SUBJECT_WORDS for n in names if n)
        words = len({n for n in names if n and not readings(n)})
        return hits * 20 + (words if words > 1 else 0)

    heading = find_heading(page.rows[: TITLE_ROWS + DEPTH], page.merged, judge)
    body = [cells for number, cells in page.rows if number >= heading.body]
    found = [_guess(at, name, body, titles) for at, name in enumerate(heading.names) if name]
    if not any(g.role == "subject" for g in found):
        texts = [g for g in found if g.samples and not any(readings(s) for s in g.samples)]
        found = [g._replace(role="subject", sure="likely") if texts and g.at == texts[0].at else g for g in found]
    return page, heading, found


def _guess(at: int, name: str, body: Sequence[Sequence[Cell]], titles: dict[str, FormColumn]) -> ColumnGuess:
    cells = [cells[at] for cells in body if at < len(cells) and cells[at] is not None]
    samples = tuple(str(cell)[:40] for cell in cells[:SAMPLES])
    said = bare(name)
    if said in SUBJECT_WORDS or bare(last_part(name)) in SUBJECT_WORDS:
        return ColumnGuess(at, name, samples, "subject", None, "", False, "sure")
    numeric = any(isinstance(c, int | float) or (isinstance(c, str) and readings(c)) for c in cells)
    near = [said] if said in titles else difflib.get_close_matches(said, titles, 1, LIKELY)
    if near and numeric:
        column, sure = titles[near[0]], "sure" if near[0] == said else "likely"
        return ColumnGuess(at, name, samples, "indicator", column.indicator, column.unit, column.sums, sure)  # type: ignore[arg-type]
    return ColumnGuess(at, name, samples, "ignore", None, "", False, "unknown")
