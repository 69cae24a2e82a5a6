"""A department's file understood as a whole, before anything is stored: template, period, figures, totals, changes."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from statistics import median

import psycopg

from geo.clock import FUTURE_ALLOWANCE, local_date
from geo.errors import BadInput
from geo.workdays import DAY, add_months
from ingest.tables.columns import bare
from ingest.tables.numbers import readings
from ingest.tables.reading import LETTERS
from ingest.tables.workbook import column_letters
from ingest.templates.figures import Figures, read_figures, refuse_future
from ingest.templates.flags import form_flags
from ingest.templates.match import Match, find_match, told_period
from ingest.templates.pages import open_pages
from ingest.templates.periods import Period, read_asked
from ingest.templates.remarks import missing_units, percent_notes
from ingest.templates.subjects import Subjects, read_subjects
from ingest.templates.totals import TotalCheck, check_totals
from layers.indicators.flags import Flag
from layers.indicators.known import Key, Known, key_of, read_known
from layers.indicators.store import Observed
from layers.sources.template_body import Status
from layers.sources.templates import Template, find_template, read_templates
from layers.spec import Text

STATUS_WORDS: Mapping[str, Status] = {"uoc": "estimate", "so bo": "preliminary", "chinh thuc": "official"}
STATUSES: Mapping[str, Text] = {
    "estimate": Text("ước", "estimate"),
    "preliminary": Text("sơ bộ", "preliminary"),
    "official": Text("chính thức", "official"),
}
FAR = 8.0
"""A column so many times its former values, as a median, may be another column or another unit."""


class PeriodNeeded(BadInput):
    """The file does not say for which period it is."""

    title = "Chưa biết kỳ số liệu của tệp"


@dataclass(frozen=True)
class Asked:
    """What a person says beside the file; None: as the file and its template say. `official`: a paper stands behind.

    `form` is a template that is not kept: of figures that were typed in.
    """

    source: str
    template: str | None = None
    period: str | None = None
    status: Status | None = None
    sheet: str | None = None
    encoding: str | None = None
    official: bool = False
    form: Template | None = None


@dataclass(frozen=True)
class Change:
    """A figure against what is known: `kind` new, same or revised; `before` is the former value and its status."""

    observed: Observed
    kind: str
    before: Known | None
    before_status: str | None


@dataclass
class FormRead:
    """Everything a file came to. `period_by` is where the period is told; `notes` what a person should look at.

    `flags` is what whoever approves the figures should look at, figure by figure.
    """

    match: Match
    period: Period
    period_by: str
    status: Status
    figures: Figures
    checks: list[TotalCheck]
    changes: list[Change]
    reading: list[Text]
    notes: list[Text] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)

    @property
    def template(self) -> Template:
        """The template it is in."""
        return self.match.template

    def kinds(self) -> Counter[str]:
        """How many figures are new, the same, revised."""
        return Counter(change.kind for change in self.changes)


def read_form(connection: psycopg.Connection, path: Path, name: str, asked: Asked, now: datetime) -> FormRead:
    """Understand a file. BadInput for one refused as a whole (NoTemplate, PeriodNeeded when a person must say)."""
    pages = open_pages(path, asked.sheet, asked.encoding)
    match = find_match(_templates(connection, asked), pages, name)
    _check_shift(match)
    period, told_by = _period(match, name, asked)
    notes = _dated_notes(match, period, _templates(connection, asked))
    if local_date(now + FUTURE_ALLOWANCE) < period.since:
        title = f"{period.title().capitalize()} chưa tới: xem lại tiêu đề hoặc tên tệp"
        raise BadInput(
            f"period: {period.title('en')} has not begun yet; look at the title", field="period", title=title
        )
    status, told = _status(match, period, asked, local_date(now))
    subjects = read_subjects(connection, match.body.subject, period.since)
    _check_districts(match, subjects)
    figures = read_figures(match, period, subjects, status)
    refuse_future(figures, local_date(now + FUTURE_ALLOWANCE))
    read = FormRead(match, period, told_by, status, figures, check_totals(match, figures), [], [], [*notes, *told])
    read.reading = _reading(pages.format, read)
    _compare(connection, read, asked.source, now)
    read.notes += missing_units(figures, subjects) + percent_notes(figures)
    alike = subjects.may_be_districts(list(figures.units))
    changed = [change.observed for change in read.changes if change.kind != "same"]
    read.flags = form_flags(connection, (changed, figures.rejects, read.checks), (notes, alike))
    return read


def _templates(connection: psycopg.Connection, asked: Asked) -> list[Template]:
    if asked.form is not None:
        return [asked.form]
    found = read_templates(connection, asked.source)
    if asked.template is None:
        return found
    named = [template for template in found if template.body.name == asked.template]
    return named or [find_template(connection, asked.template)]


def _check_shift(match: Match) -> None:
    """BadInput when numbers stand under no title: the columns have moved against their header."""
    taken = max((*match.positions.values(), *match.months), default=0)
    counts: Counter[int] = Counter()
    for _, cells in match.rows():
        for at, cell in enumerate(cells[: taken + 3]):
            named = at < len(match.heading.names) and match.heading.names[at]
            numeric = isinstance(cell, int | float) or (isinstance(cell, str) and bool(readings(cell)))
            counts[at] += bool(not named and cell is not None and numeric and not isinstance(cell, bool))
    shifted = [at for at, count in counts.items() if count >= 2]
    if shifted:
        where = column_letters(shifted[0] + 1)
        detail = f"column {where}: numbers under no title; have the columns moved? name the column, or take it out"
        raise BadInput(detail, field=where, title=f"Cột {where} có số mà không có tên cột: có thể bị lệch cột")


def _period(match: Match, name: str, asked: Asked) -> tuple[Period, str]:
    every = 12 if match.body.shape == "months" else match.body.period.every
    if asked.period:
        given = read_asked(asked.period, every)
        if given is None:
            raise BadInput(f"period={asked.period!r}: write 2026-10, 2026-Q3, 2026-H1 or 2026", field="period")
        return given, "asked"
    told = told_period(match, name)
    if told is None:
        raise PeriodNeeded("period: neither the file's name nor its titles tell it; give it (2026-10)", field="period")
    return told


def _dated_notes(match: Match, period: Period, templates: list[Template]) -> list[Text]:
    """What to say of a form that is not the one for the period."""
    if match.template.holds_on(period.since):
        return []
    body = match.body
    until = f"{body.valid_to - DAY:%d/%m/%Y}" if body.valid_to else ""
    now = [t.body for t in templates if t.holds_on(period.since) and t.body.name != body.name]
    vi_now = f"; mẫu hiện hành: {now[0].title.vi}" if now else ""
    en_now = f"; the form in force is {now[0].name}" if now else ""
    vi = f"tệp theo mẫu ‘{body.title.vi}’, chỉ dùng cho kỳ từ {body.valid_from:%d/%m/%Y} đến {until or 'nay'}{vi_now}"
    en = f"the file is in the form {body.name!r}, which holds from {body.valid_from} until {until or 'now'}{en_now}"
    return [Text(vi, en)]


def _status(match: Match, period: Period, asked: Asked, today: date) -> tuple[Status, list[Text]]:
    """How sure the figures are, and what to say where that is less than the form says."""
    titles = f" {bare(' '.join([*match.titles_above(), match.page.name]))} "
    said = next((known for word, known in STATUS_WORDS.items() if f" {word} " in titles), None)
    status = asked.status or said or match.body.status
    if period.until > today + DAY and match.body.shape != "months":
        if status != "estimate":
            told = Text(f"{period.title()} chưa hết: số liệu là số ước", f"{period.title('en')} is not over: estimates")
            return "estimate", [told]
    elif status == "official" and not asked.official:
        vi = "chưa có văn bản đủ số, ký hiệu, ngày, cơ quan, người ký: lưu là số sơ bộ, không phải chính thức"
        en = "no paper with number, sign, date, agency and signer: kept as preliminary, not official"
        return "preliminary", [Text(vi, en)]
    return status, []


def _check_districts(match: Match, subjects: Subjects) -> None:
    at = match.positions.get(match.body.subject.column or "")
    if at is None:
        return
    known = {bare(title) for title in match.body.totals}
    labels = [str(cells[at]) for _, cells in match.rows() if at < len(cells) and cells[at] is not None]
    fault = subjects.look_like_districts([label for label in labels if bare(label) not in known])
    if fault is not None:
        raise BadInput(fault.en, field=match.body.subject.column, title=fault.vi)


def _reading(kind: str, read: FormRead) -> list[Text]:
    """How the file was understood, a line each."""
    match, letters = read.match, read.match.page.letters
    name = LETTERS.get(letters.name, letters.name)
    guess = f" (đoán từ {letters.cells} ô)" if letters.cells else ""
    vi_by, en_by = _TOLD_BY[read.period_by]
    lines = [
        Text(f"định dạng: {kind}, trang ‘{match.page.name}’", f"format: {kind}, sheet {match.page.name!r}"),
        Text(f"bảng mã: {name}{guess}", f"encoding: {name}"),
        Text(
            f"dòng tên cột: {match.heading.top}–{match.heading.bottom}",
            f"header: rows {match.heading.top}-{match.heading.bottom}",
        ),
        Text(f"kỳ số liệu: {read.period.title()} ({vi_by})", f"period: {read.period.title('en')} ({en_by})"),
        Text(f"tính chất: {STATUSES[read.status].vi}", f"status: {STATUSES[read.status].en}"),
    ]
    if match.extra:
        listed = ", ".join(match.extra)
        lines.append(Text(f"cột không lấy: {listed}", f"columns not taken: {listed}"))
    return lines


_TOLD_BY = {
    "asked": ("do người nạp ghi", "given"),
    "title": ("theo tiêu đề", "by a title"),
    "name": ("theo tên tệp", "by the file's name"),
    "cell": ("theo ô quy định", "by its cell"),
}


def _compare(connection: psycopg.Connection, read: FormRead, source: str, now: datetime) -> None:
    """Each figure against what is known of it, and columns against their former size."""
    row = connection.execute("SELECT id FROM source WHERE code = %s", (source,)).fetchone()
    since = min((o.period_from for o in read.figures.observed), default=read.period.since)
    before = add_months(since, -read.match.body.period.every)
    known: Mapping[Key, Mapping[str, Known]] = {}
    if row is not None:
        indicators = {o.indicator for o in read.figures.observed}
        known = read_known(connection, row[0], indicators, (before, read.period.until), now)
    read.changes = [_change(observed, known.get(key_of(observed), {})) for observed in read.figures.observed]
    read.notes += _far_notes(read, known)


def _change(observed: Observed, known: Mapping[str, Known]) -> Change:
    former = known.get(observed.status)
    if former is None:
        other = next(iter(known.items()), (None, None))
        return Change(observed, "new", other[1], other[0])
    same = former.value == observed.value and former.unit == observed.unit
    return Change(observed, "same" if same else "revised", former, observed.status)


def _far_notes(read: FormRead, known: Mapping[Key, Mapping[str, Known]]) -> list[Text]:
    """Columns that are many times what they were the period before: another column, or another unit of measure."""
    former: dict[tuple[str, str], float] = {}
    before = add_months(read.period.since, -read.match.body.period.every)
    for (indicator, _, subject, *days), values in known.items():
        number = next(iter(values.values())).value
        if tuple(days) == (before, read.period.since) and number:
            former[indicator, subject] = float(number)
    ratios: dict[str, list[float]] = {}
    for o in read.figures.observed:
        if o.value and o.period_from == read.period.since and (o.indicator, o.subject) in former:
            ratios.setdefault(o.indicator, []).append(abs(float(o.value) / former[o.indicator, o.subject]))
    notes = []
    for indicator, found in ratios.items():
        times = median(found)
        if len(found) >= 3 and not 1 / FAR < times < FAR:
            title = read.figures.columns[indicator].title if indicator in read.figures.columns else indicator
            vi = f"cột ‘{title}’ gấp {times:.3g} lần kỳ trước: xem lại cột và đơn vị tính".replace(".", ",")
            notes.append(Text(vi, f"column {title!r} is {times:.3g} times the period before: check column and unit"))
    return notes
