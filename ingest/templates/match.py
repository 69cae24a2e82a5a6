"""Which template a file is in, found by its source and its header; nothing is taken by likeness alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from geo.errors import BadInput
from ingest.tables.book import Cell
from ingest.tables.columns import bare
from ingest.tables.heading import DEPTH, Heading, find_heading, last_part
from ingest.tables.table import TITLE_ROWS
from ingest.templates.pages import Page, Pages
from ingest.templates.periods import Period, read_month_title, read_period
from layers.sources.template_body import FormColumn, TemplateBody
from layers.sources.templates import Template

LEAST_MONTHS = 2
"""A form with months as columns has at least so many of them."""


class NoTemplate(BadInput):
    """No template of the source fits the file."""

    title = "Chưa có mẫu biểu khớp với tệp"


@dataclass(frozen=True)
class Match:
    """A template with the page and heading it fits; `positions` of its titles from 0, `months` by position.

    `missing`: what the template needs and the file has not; `extra`: what the file has and the template does not know.
    """

    template: Template
    page: Page
    heading: Heading
    positions: Mapping[str, int]
    months: Mapping[int, int]
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    labels: int

    @property
    def body(self) -> TemplateBody:
        """What the template says."""
        return self.template.body

    @property
    def whole(self) -> bool:
        """Whether everything the template needs is there."""
        return not self.missing

    def rows(self) -> Iterable[tuple[int, tuple[Cell, ...]]]:
        """The rows under the heading."""
        return (row for row in self.page.rows if row[0] >= self.heading.body)

    def titles_above(self) -> list[str]:
        """What stands above the heading: titles, dates, units of measure."""
        above = (cells for number, cells in self.page.rows if number < self.heading.top)
        return [str(cell) for cells in above for cell in cells if cell is not None]


def find_match(templates: Sequence[Template], pages: Pages, name: str) -> Match:
    """The template a file is in. NoTemplate, with the nearest one and what it lacks, when none fits as a whole."""
    if not templates:
        raise NoTemplate("no template of this source; make one from the file, or give its name", field="template")
    found = [match for page in pages.pages if not page.empty for match in match_page(templates, page)]
    whole = [match for match in found if match.whole]
    if not whole:
        raise _unfit(max(found, key=_fits))
    best = max(_fits(match) for match in whole)
    likely = [match for match in whole if _fits(match) == best]
    return max(likely, key=lambda match: _dated(match, name))


def nearest_match(templates: Sequence[Template], pages: Pages) -> Match | None:
    """The template that fits a file best, whole or not; None when there is nothing alike."""
    found = [match for page in pages.pages if not page.empty for match in match_page(templates, page)]
    best = max(found, key=_fits, default=None)
    return best if best is not None and best.positions else None


def match_page(templates: Iterable[Template], page: Page) -> list[Match]:
    """How each template fits one page; a template of another sheet does not."""
    return [_match(t, page) for t in templates if t.body.sheet is None or bare(t.body.sheet) == bare(page.name)]


def column_of(columns: Iterable[FormColumn], label: str) -> FormColumn | None:
    """The indicator a row's label names; None when it names none."""
    said = bare(without_number(label))
    return next((c for c in columns if said in {bare(c.title), *map(bare, c.aliases)}), None)


def without_number(label: str) -> str:
    """A label without the number of its line: `1. Bình Sơn`, `II- Kon Tum`, `a) …`."""
    head, found, rest = label.partition(" ")
    mark = head.rstrip(".)-/")
    counts = mark.isdigit() or mark.upper().strip("IVXL") == "" or len(mark) == 1
    return rest.strip() if found and rest.strip() and mark and mark != head and counts else label


def _match(template: Template, page: Page) -> Match:
    wanted = template.body.titles()
    rows = page.rows[: TITLE_ROWS + DEPTH]
    months_wanted = template.body.shape == "months"

    def judge(names: Sequence[str]) -> int:
        months = _months(names) if months_wanted else {}
        return len(_positions(wanted, names)) * 20 + len(months)

    heading = find_heading(rows, page.merged, judge)
    positions = _positions(wanted, heading.names)
    months = _months(heading.names) if months_wanted else {}
    missing = [title for title, _, needed in wanted if needed and title not in positions]
    if months_wanted and len(months) < LEAST_MONTHS:
        missing.append("Tháng 1 … Tháng 12")
    taken = {*positions.values(), *months}
    extra = tuple(n for at, n in enumerate(heading.names) if n and at not in taken)
    labels = _labels(template.body, page, heading, positions)
    return Match(template, page, heading, positions, months, tuple(missing), extra, labels)


def _positions(wanted: Sequence[tuple[str, tuple[str, ...], bool]], names: Sequence[str]) -> dict[str, int]:
    """Where each title stands: by its whole name, else by a sub-title that stands once."""
    whole = [bare(name) for name in names]
    parts = [bare(last_part(name)) for name in names]
    found: dict[str, int] = {}
    for title, others, _ in wanted:
        for said in (bare(title), *map(bare, others)):
            at = [n for n, name in enumerate(whole) if name == said and n not in found.values()]
            at = at or [n for n, part in enumerate(parts) if part == said and parts.count(said) == 1]
            if said and len(at) == 1 and at[0] not in found.values():
                found[title] = at[0]
                break
    return found


def _months(names: Sequence[str]) -> dict[int, int]:
    found = {at: month for at, n in enumerate(names) if n and (month := read_month_title(last_part(n)))}
    return found if len(set(found.values())) == len(found) else {}


def _labels(body: TemplateBody, page: Page, heading: Heading, positions: Mapping[str, int]) -> int:
    """How many rows name an indicator of the template, where indicators stand in rows."""
    at = positions.get(body.indicator_column or "")
    if at is None:
        return 0
    labels = {str(c[at]) for n, c in page.rows if n >= heading.body and at < len(c) and c[at] is not None}
    return len({found.title for label in labels if (found := column_of(body.columns, label)) is not None})


def _fits(match: Match) -> tuple[float, int, int, int]:
    wanted = match.body.titles()
    share = len(match.positions) / max(1, len(wanted))
    return (round(share, 3), match.labels, len(match.positions), -len(match.extra))


def _dated(match: Match, name: str) -> tuple[bool, date]:
    """Of forms that look alike, the one that holds for the period the file speaks of, then the latest."""
    period = told_period(match, name)
    return period is not None and match.template.holds_on(period[0].since), match.body.valid_from


def told_period(match: Match, name: str) -> tuple[Period, str] | None:
    """The period a file tells and where it tells it. BadInput when two places contradict each other."""
    every = 12 if match.body.shape == "months" else match.body.period.every
    texts = [(text, place) for place in match.body.period.told_by for text in _said(match, place, name)]
    told = [(period, place) for text, place in texts if (period := read_period(text, every)) is not None]
    if len({period for period, _ in told}) > 1:
        listed = "; ".join(f"{place}: {period.title('en')}" for period, place in told)
        raise BadInput(f"period: the file tells several ({listed}); give the right one", field="period")
    return told[0] if told else None


def _said(match: Match, place: str, name: str) -> list[str]:
    if place == "name":
        return [name]
    if place == "title":
        return [*match.titles_above(), match.page.name]
    if place == "cell" and match.body.period.cell:
        letters = match.body.period.cell.rstrip("0123456789")
        row, column = int(match.body.period.cell[len(letters) :]), 0
        for letter in letters:
            column = column * 26 + ord(letter) - 64
        cells = next((c for n, c in match.page.rows if n == row), ())
        return [str(cells[column - 1])] if column <= len(cells) and cells[column - 1] is not None else []
    return []


def _unfit(nearest: Match) -> NoTemplate:
    name, lacking = nearest.body.name, ", ".join(nearest.missing)
    others = ", ".join(nearest.extra[:12]) or "none"
    detail = f"the nearest template is {name!r}, and column(s) {lacking} are missing (not known to it: {others})"
    title = f"{NoTemplate.title}: mẫu gần nhất ‘{nearest.body.title.vi}’ cần thêm cột {lacking}"
    return NoTemplate(detail, field="template", title=title)
