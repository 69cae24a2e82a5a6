"""What the layers say of cases, as the API answers it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from layers.spec import Text
from layers.watch.cases import say
from web.views import Words


def due_words(code: str, step: Text) -> Words:
    """What is due."""
    return Words.of(say.due_words(code, step))


def title_of(case: Any, told: Any | None) -> Words:
    """The kind of case."""
    return Words.of(say.title_of(case, told))


def headline(case: Any, told: Any | None, silence: Any | None, now: datetime, incident: Any | None = None) -> Words:
    """One line: what and for how long, then what is known since."""
    return Words.of(say.headline(case, told, silence, now, incident))


def entry_text(kind: str, body: Mapping[str, Any]) -> Words:
    """What an entry says, in one line."""
    return Words.of(say.entry_text(kind, body))


def outcome_words(code: str | None) -> Words | None:
    """How a case ended; None for one that has not."""
    found = say.outcome_words(code)
    return None if found is None else Words.of(found)


def entry_title(kind: str) -> Words:
    """What a kind of entry is called."""
    return Words.of(say.entry_title(kind))


def step_title(step: str) -> Words:
    """What a step of an event is called."""
    return Words.of(say.step_title(step))
