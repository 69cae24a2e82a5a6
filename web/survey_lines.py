"""An answer's lines in words: what a form says against what is known, and what is refused in it."""

from datetime import date
from typing import Any

from ingest.surveys.cells import Names, show_cell
from ingest.surveys.check import Checked, Wrong
from layers.surveys.answers import Present
from layers.surveys.body import Question, Row, SurveyBody
from web.survey_views import LineView, WrongView
from web.views import Words


def wrong_view(body: SurveyBody, wrong: Wrong) -> WrongView:
    """A refusal with the question's words."""
    question = body.question(wrong.question)
    title = (
        Words(vi=question.title.vi, en=question.title.en) if question else Words(vi=wrong.question, en=wrong.question)
    )
    fix = Words(vi=wrong.fault.vi, en=wrong.fault.en)
    return WrongView(row=wrong.number, question=wrong.question, title=title, said=wrong.said, fix=fix)


def line_views(body: SurveyBody, checked: Checked, present: Present, names: Names) -> tuple[list[LineView], list[str]]:
    """A form's lines against what is known, and the names of known lines that it has no more."""
    before = {row[body.key]: row for row in (present.newest.rows if present.newest else [])}
    lines = [
        _line(body, number, row, (before.get(row[body.key]), names))
        for number, row in zip(checked.numbers, checked.rows, strict=True)
    ]
    kept = {row[body.key] for row in checked.rows}
    key = body.question(body.key)
    assert key is not None  # a sound body has it
    return lines, [say_cell(key, name, names) for name in before if name not in kept]


def _line(body: SurveyBody, number: int, row: Row, against: tuple[Row | None, Names]) -> LineView:
    before, names = against
    changed = [q.code for q in body.questions if before is not None and before.get(q.code) != row.get(q.code)]
    cells = {q.code: say_cell(q, row[q.code], names) for q in body.questions if q.code in row}
    change: Any = "new" if before is None else "changed" if changed else "same"
    return LineView(row=number, name=cells[body.key], cells=cells, change=change, changed=changed)


def say_cell(question: Question, value: Any, names: Names) -> str:
    """A stored value as people read it."""
    shown = show_cell(question, value, names)
    return f"{shown:%d/%m/%Y}" if isinstance(shown, date) else str(shown)
