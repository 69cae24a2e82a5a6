"""An answer checked line by line and cell by cell: what is right is kept, what is wrong says how to mend it. Pure.

The same for a page and for a workbook: a cell may be what is stored, or what people read. What comes out is canonical:
checked again, it is itself.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from geo.text import fold
from ingest.outcome import Fault, Reject
from ingest.surveys.cells import PersonNamed, read_cell
from ingest.tables.values import FieldFault
from layers.surveys.body import Question, Row, SurveyBody

PERSON = "names_person"
MOST_ROWS = 500
"""More lines than any agency has systems or indicators."""


class Line(NamedTuple):
    """One line as it came: its row in the workbook, or its place on the page from 1, and its cells by question."""

    number: int
    cells: Row


class Wrong(NamedTuple):
    """One cell refused: where, what stood there, why and how to mend it. `reason` as rejects name it."""

    number: int
    question: str
    said: str
    reason: str
    fault: Fault

    def reject(self) -> Reject:
        """As the store of rejects keeps it: the raw cell with its place."""
        raw = orjson.dumps({"row": self.number, "question": self.question, "said": self.said})
        fault = self.fault._replace(field=self.question)
        return Reject(self.reason, f"row {self.number}, {self.question}: {fault.en}", raw, self.number, faults=(fault,))


class Checked(NamedTuple):
    """Lines that hold, canonical, with their numbers; cells that are refused; required answers still missing.

    `key` is the question that names a line; `dropped` counts the good cells of lines whose name was refused.
    """

    key: str
    rows: list[dict[str, Any]]
    numbers: list[int]
    wrong: list[Wrong]
    missing: list[Wrong]
    dropped: int = 0

    @property
    def whole(self) -> bool:
        """Whether it may be submitted."""
        return not self.wrong and not self.missing and bool(self.rows)


def check_lines(body: SurveyBody, names: Mapping[str, str], lines: Iterable[Line]) -> Checked:
    """Check an answer against what is asked. `names`: the catalogue's indicators, code → name."""
    given = [line for line in lines if any(is_said(value) for value in line.cells.values())]
    read = [_read_line(body, names, line) for line in given[:MOST_ROWS]]
    repeated = _repeated(body, [row for row, _ in read])
    done = Checked(body.key, [], [], [], [])
    dropped = 0
    for line, (row, wrong) in zip(given, read, strict=False):
        faults = [*wrong, *_of_key(body, line, row, (wrong, repeated))]
        done.wrong.extend(faults)
        if any(w.question == body.key for w in faults):
            dropped += len(row) - (body.key in row)
            continue
        done.rows.append(row)
        done.numbers.append(line.number)
        done.missing.extend(_missing(body, line, row, wrong))
    done.wrong.extend(_too_many(body, line) for line in given[MOST_ROWS:])
    return done._replace(dropped=dropped)


def is_said(value: Any) -> bool:
    """Whether a cell says anything."""
    return value not in (None, "", []) and bool(str(value).strip())


def _read_line(body: SurveyBody, names: Mapping[str, str], line: Line) -> tuple[dict[str, Any], list[Wrong]]:
    row: dict[str, Any] = {}
    wrong = [_unknown(line, code) for code in line.cells if body.question(code) is None]
    for question in body.questions:
        given = line.cells.get(question.code)
        if not is_said(given):
            continue
        try:
            if isinstance(given, Refused):
                raise FieldFault(given.en, given.vi)
            row[question.code] = read_cell(question, given, names)
        except FieldFault as fault:
            named = isinstance(fault, PersonNamed)
            reason, said = (PERSON, "") if named else ("bad_field", show(given))
            wrong.append(Wrong(line.number, question.code, said, reason, Fault(None, str(fault), fault.vi)))
    return row, wrong


class Refused(NamedTuple):
    """A cell that cannot even be read: a formula never calculated, an error of the spreadsheet."""

    said: str
    en: str
    vi: str


def show(value: Any) -> str:
    """What stood in a cell, short."""
    said = value.said if isinstance(value, Refused) else value
    return ("; ".join(map(str, said)) if isinstance(said, list) else str(said))[:300]


def _repeated(body: SurveyBody, rows: Sequence[Row]) -> set[str]:
    counts = Counter(fold(str(row[body.key])) for row in rows if body.key in row)
    return {key for key, count in counts.items() if count > 1}


def _of_key(body: SurveyBody, line: Line, row: Row, found: tuple[list[Wrong], set[str]]) -> list[Wrong]:
    """What is wrong with a line's name: none, or one that another line has."""
    wrong, repeated = found
    if body.key not in row:
        if any(w.question == body.key for w in wrong):
            return []
        fault = Fault(
            None, "a line needs this; write it, or empty the line", "dòng chưa có tên; ghi tên, hoặc xóa dòng"
        )
        return [Wrong(line.number, body.key, "", "missing_field", fault)]
    if fold(str(row[body.key])) not in repeated:
        return []
    fault = Fault(None, "stands on two lines; keep one", "ghi ở hai dòng; gộp lại thành một")
    return [Wrong(line.number, body.key, show(line.cells.get(body.key)), "repeated_code", fault)]


def _missing(body: SurveyBody, line: Line, row: Row, wrong: list[Wrong]) -> list[Wrong]:
    fault = Fault(None, "needed before it is submitted", "cần có trước khi gửi")
    refused = {w.question for w in wrong}
    needed: list[Question] = [q for q in body.questions if q.required and q.code not in row and q.code not in refused]
    return [Wrong(line.number, q.code, "", "missing_field", fault) for q in needed]


def _unknown(line: Line, code: str) -> Wrong:
    fault = Fault(None, "not a question of this survey; leave it out", "không có câu hỏi này; bỏ ra")
    return Wrong(line.number, code[:60], show(line.cells[code]), "bad_field", fault)


def _too_many(body: SurveyBody, line: Line) -> Wrong:
    fault = Fault(None, f"more than {MOST_ROWS} lines", f"quá {MOST_ROWS} dòng; gửi {MOST_ROWS} dòng đầu")
    return Wrong(line.number, body.key, show(line.cells.get(body.key, "")), "bad_row", fault)
