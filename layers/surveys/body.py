"""What a survey asks, as data: its questions with their choices, who is asked, and within how many working days."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from geo.errors import BadInput
from geo.text import fold

Kind = Literal["text", "office", "choice", "choices", "count", "date", "indicator"]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
BETWEEN = ";"
"""Stands between several choices in one cell, so it stands in no choice."""
Row = Mapping[str, Any]
"""One line of an answer: question → text, number, ISO day, code of a choice or a list of such; absent: no answer."""


class Title(BaseModel):
    """Words in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    vi: Said
    en: Said


class Choice(BaseModel):
    """One answer that may be chosen; `formerly`: what earlier editions called it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    code: Code
    title: Title
    formerly: tuple[Said, ...] = ()


class Question(BaseModel):
    """One question, a column of the form. `formerly`: the codes or titles that earlier editions had for it.

    Kinds: text; office (no person, no telephone, no mail address); choice, choices; count (0, 1, 2 …); date;
    indicator (a code of the catalogue, or the name of one that is not in it).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    code: Code
    title: Title
    help: Title | None = None
    kind: Kind = "text"
    required: bool = False
    choices: tuple[Choice, ...] = ()
    formerly: tuple[Said, ...] = ()

    @model_validator(mode="after")
    def _choices_fit(self) -> "Question":
        if bool(self.choices) != (self.kind in ("choice", "choices")):
            raise ValueError(f"{self.code}: choices belong to kinds choice and choices, and only there")
        words = [fold(w) for c in self.choices for w in {c.title.vi, c.title.en}]
        if len(words) != len(set(words)) or any(BETWEEN in word for word in words):
            raise ValueError(f"{self.code}: choices must differ, and hold no {BETWEEN!r}")
        return self


class SurveyBody(BaseModel):
    """A survey as it is asked. `key`: the question that names a line; no two lines of an answer share it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    title: Title
    purpose: Title
    key: Code
    questions: tuple[Question, ...] = Field(min_length=1, max_length=40)
    agencies: tuple[Code, ...] = Field(min_length=1)
    within_days: int = Field(ge=1, le=120)

    @model_validator(mode="after")
    def _is_sound(self) -> "SurveyBody":
        codes = [q.code for q in self.questions]
        titles = [fold(q.title.vi) for q in self.questions]
        if len(set(codes)) != len(codes) or len(set(titles)) != len(titles):
            raise ValueError("questions: each code and each title once")
        keyed = [q for q in self.questions if q.code == self.key]
        if not keyed or not keyed[0].required or keyed[0].kind not in ("text", "indicator"):
            raise ValueError("key: name a required question of kind text or indicator")
        return self

    def question(self, code: str) -> Question | None:
        """The question of that code."""
        return next((q for q in self.questions if q.code == code), None)


def read_body(told: Any) -> SurveyBody:
    """A survey's body from JSON; BadInput names the first thing wrong."""
    try:
        return SurveyBody.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "survey"
        raise BadInput(f"{where}: {first['msg']}", field=where) from None


def carry_over(rows: list[dict[str, Any]], former: SurveyBody, body: SurveyBody) -> list[dict[str, Any]]:
    """An answer to an earlier edition as a beginning of the answer to this one; what is no longer asked is left out."""
    found = [{q.code: value for q in body.questions if (value := _carried(row, former, q)) is not None} for row in rows]
    return [row for row in found if row.get(body.key)]


def _carried(row: Row, former: SurveyBody, question: Question) -> Any:
    for old in former.questions:
        if old.code == question.code or old.code in question.formerly:
            return _same_meaning(row.get(old.code), old, question)
    return None


def _same_meaning(value: Any, old: Question, question: Question) -> Any:
    """The value, choices by what they are called; None where this edition has nothing like it."""
    if value is None or (question.kind == old.kind and not question.choices):
        return value
    if question.kind != old.kind and not (question.choices and old.choices):
        return value if {question.kind, old.kind} == {"text", "office"} else None
    several = value if isinstance(value, list) else [value]
    told = [c.title.vi for c in old.choices if c.code in several]
    known = [c.code for c in question.choices if any(fold(t) in names_of(c) for t in told)]
    return (known or None) if question.kind == "choices" else next(iter(known), None)


def names_of(choice: Choice) -> set[str]:
    """Everything a choice is called by, folded: its code, its titles, what it was called before."""
    return {choice.code, *(fold(word) for word in (choice.title.vi, choice.title.en, *choice.formerly))}
