"""A filled-in form read: known by its stamp or by its columns, last year's mapped to this year's, nothing guessed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from geo.errors import BadInput
from geo.text import compose, fold
from ingest.surveys.cells import Names
from ingest.surveys.check import Checked, Line, Refused, check_lines, is_said
from ingest.surveys.form import ANSWERS, REQUIRED, STAMP
from ingest.tables.book import Book, Sheet
from ingest.tables.workbook import cell_fault, column_letters
from layers.spec import Text
from layers.surveys.body import Question, Row
from layers.surveys.rounds import Edition, Round

HEAD_WITHIN = 30
"""The names of the columns stand within so many rows from the top."""


class Asked(NamedTuple):
    """Whose answer to which round a file is said to be, and all that it may be read by."""

    round: Round
    agency: str
    editions: Sequence[Edition]
    names: Names


@dataclass(frozen=True)
class FormRead:
    """A form understood. `edition` is the one it was made from; `notes` what a person should know; `ignored` cells."""

    checked: Checked
    edition: Edition
    notes: tuple[Text, ...]
    stamp: Mapping[str, str]
    ignored: int


@dataclass
class _Columns:
    """Which column gives which question (0-based), and what became of the others."""

    found: dict[int, Question] = field(default_factory=dict)
    notes: list[Text] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)


def read_answer_form(path: Path, asked: Asked) -> FormRead:
    """Read a workbook as an agency's answer. BadInput for one that is no form of this survey, or another agency's."""
    book = Book(path)
    stamp = _read_stamp(book)
    made_from = _edition_of(stamp, asked)
    name = ANSWERS if ANSWERS in book.names() else book.names()[0]
    sheet = book.sheet(name)
    head, titles = _find_head(sheet, asked)
    edition = made_from or _edition_by(titles, asked)
    columns = _match(titles, edition, asked)
    lines = [Line(number, _cells(sheet, number, cells, columns)) for number, cells in sheet.rows() if number > head]
    checked = check_lines(asked.round.edition.body, asked.names, lines)
    ignored = sum(is_said(c[at]) for n, c in sheet.rows() if n > head for at in columns.unread if at < len(c))
    notes = (*_told(edition, made_from, asked), *columns.notes)
    return FormRead(checked, edition, notes, stamp, ignored)


def _read_stamp(book: Book) -> dict[str, str]:
    """The hidden stamp; empty where there is none (copied to another workbook, or made by hand)."""
    if not book.has(STAMP):
        return {}
    return {str(cells[0]): str(cells[1]) for _, cells in book.sheet(STAMP).rows() if len(cells) > 1 and cells[0]}


def _edition_of(stamp: Mapping[str, str], asked: Asked) -> Edition | None:
    """The edition that the stamp names; BadInput for another survey's or another agency's form."""
    if not stamp:
        return None
    survey = stamp.get("survey", "").rpartition(".")[0]
    if survey != asked.round.edition.survey:
        title = f"Đây là biểu của khảo sát khác, không phải ‘{asked.round.edition.body.title.vi}’"
        raise BadInput(f"file: a form of survey {survey[:40]!r}, not {asked.round.edition.survey!r}", title=title)
    if stamp.get("agency") != asked.agency:
        title = "Đây là biểu tải cho cơ quan khác: tải biểu của cơ quan mình rồi chép sang"
        raise BadInput(f"file: made for agency {stamp.get('agency', '')[:40]!r}, not {asked.agency!r}", title=title)
    return next((e for e in asked.editions if e.code == stamp["survey"]), None)


def _find_head(sheet: Sheet, asked: Asked) -> tuple[int, list[str]]:
    """The row that names most questions of any edition, and its titles; BadInput where none names the key."""
    known = {word for edition in asked.editions for q in edition.body.questions for word in _words(q)}
    best: tuple[int, int, list[str]] = (0, 0, [])
    for number, cells in sheet.rows():
        if number > HEAD_WITHIN:
            break
        titles = [compose(str(cell or "").removesuffix(REQUIRED.strip())) for cell in cells]
        best = max(best, (len(known & {fold(title) for title in titles}), -number, titles))
    hits, number, titles = best
    if hits < 2:
        title = "Không thấy các cột của biểu khảo sát: tải biểu mẫu từ trang này, điền rồi gửi lại"
        raise BadInput("file: no row names the columns of this survey; download its form and fill that in", title=title)
    return -number, titles


def _own(question: Question) -> set[str]:
    """What an edition calls a question, folded, in either language."""
    return {fold(question.title.vi), fold(question.title.en)}


def _words(question: Question) -> set[str]:
    """The same, and what earlier editions called it."""
    return _own(question) | {fold(word) for word in question.formerly}


def _edition_by(titles: Sequence[str], asked: Asked) -> Edition:
    """Without a stamp: the edition whose own titles fit best, the round's own where two fit alike."""

    def fits(edition: Edition) -> tuple[int, bool]:
        own = {word for q in edition.body.questions for word in _own(q)}
        return len(own & {fold(title) for title in titles}), edition.id == asked.round.edition.id

    return max((*asked.editions, asked.round.edition), key=fits)


def _match(titles: Sequence[str], edition: Edition, asked: Asked) -> _Columns:
    """Each column's question: by its title, by what earlier editions called it; the rest is told and not taken."""
    body, columns = asked.round.edition.body, _Columns()
    for at, title in enumerate(titles):
        if not title:
            columns.unread.append(at)
            continue
        question = _question(title, edition, asked)
        if question is None or question in columns.found.values():
            columns.unread.append(at)
            columns.notes.append(_unread(title, column_letters(at + 1), edition))
            continue
        columns.found[at] = question
        if fold(title) not in _own(question):
            columns.notes.append(_mapped(title, question))
    if body.key not in {q.code for q in columns.found.values()}:
        key = body.question(body.key)
        assert key is not None  # a sound body has it
        detail = f"file: no column {key.title.vi!r}, which names each line"
        raise BadInput(detail, title=f"Biểu thiếu cột ‘{key.title.vi}’")
    missing = [q for q in body.questions if q not in columns.found.values()]
    columns.notes.extend(_absent(q) for q in missing)
    return columns


def _question(title: str, edition: Edition, asked: Asked) -> Question | None:
    body, said = asked.round.edition.body, fold(title)
    direct = next((q for q in body.questions if said in _own(q)), None)
    if direct is not None:
        return direct
    old = next((q for q in edition.body.questions if said in _own(q)), None)
    words = {said} if old is None else {said, old.code}
    return next((q for q in body.questions if words & ({q.code} | {fold(w) for w in q.formerly})), None)


def _cells(sheet: Sheet, number: int, cells: Sequence[Any], columns: _Columns) -> Row:
    found: dict[str, Any] = {}
    for at, question in columns.found.items():
        error = sheet.faults.get((number, at + 1))
        if error is not None:
            fault = cell_fault(question.title.vi, column_letters(at + 1) + str(number), error)
            found[question.code] = Refused(error, fault.en, fault.vi)
        elif at < len(cells) and cells[at] is not None:
            found[question.code] = cells[at]
    return found


def _told(edition: Edition, made_from: Edition | None, asked: Asked) -> list[Text]:
    notes = []
    if edition.code != asked.round.edition.code:
        vi = f"Biểu của kỳ {edition.edition}, không phải kỳ {asked.round.edition.edition}: đã đối chiếu sang kỳ này"
        en = f"A form of {edition.edition}, not {asked.round.edition.edition}: its columns are mapped to this year's"
        notes.append(Text(vi, en))
    if made_from is None:
        notes.append(
            Text("Tệp không có dấu phiên bản: nhận theo tên cột", "No version stamp: understood by its columns")
        )
    return notes


def _mapped(title: str, question: Question) -> Text:
    return Text(f"Cột cũ ‘{title}’ lấy vào ‘{question.title.vi}’", f"Old column ‘{title}’ → ‘{question.title.en}’")


def _unread(title: str, letters: str, edition: Edition) -> Text:
    asked_then = any(fold(title) in _own(q) for q in edition.body.questions)
    why = (
        ("kỳ này không hỏi nữa", "no longer asked") if asked_then else ("không phải câu hỏi của khảo sát", "not asked")
    )
    return Text(f"Cột {letters} ‘{title}’ không lấy: {why[0]}", f"Column {letters} ‘{title}’ is not taken: {why[1]}")


def _absent(question: Question) -> Text:
    must = (" (cần có khi gửi)", " (needed to submit)") if question.required else ("", "")
    return Text(f"Biểu không có cột ‘{question.title.vi}’{must[0]}", f"No column ‘{question.title.en}’{must[1]}")
