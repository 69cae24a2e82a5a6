"""What a reminder says, and to whom. Pure."""

from string import Formatter

from geo.errors import BadInput
from layers.indicators.spans import Span, name_of
from layers.sources.expected import PeriodState

PLACES = ("agency", "what", "period", "due", "late")
SUBJECT = "V/v {side} gửi {what}, kỳ {period}"


def check_words(words: str) -> str:
    """The words of a step. BadInput names a place in braces that is none, or a brace left open."""
    try:
        parts = [part for part in Formatter().parse(words) if part[1] is not None]
    except ValueError as error:
        raise BadInput(f"words: {error}", field="words") from None
    for _, name, form, turned in parts:
        if name not in PLACES or form or turned:
            raise BadInput(f"words: {{{name}}} is none of {', '.join(PLACES)}", field="words")
    return words


def fill(words: str, state: PeriodState, title: str, late: int) -> str:
    """The words about one period; `late` working days overdue, 0 before it is due."""
    told = {"agency": state.rule.agency, "what": title, "period": _period(state), "due": f"{state.due:%d/%m/%Y}"}
    return words.format_map(told | {"late": late})


def subject_of(state: PeriodState, title: str, overdue: bool) -> str:
    """What the letter is about."""
    side = "đôn đốc" if overdue else "nhắc lịch"
    return SUBJECT.format(side=side, what=title, period=_period(state))


def _period(state: PeriodState) -> str:
    return name_of(Span(state.since, state.until)).vi
