"""Cases in words: why one stands in the queue, what an entry says, how long, when."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from geo.clock import show_moment
from geo.degrees import show_place
from layers.spec import Text
from layers.vessels.reported import CALLERS, CHANNELS
from layers.watch.cases.codes import CLOCKS, ENDS, NEWS, STEPS
from layers.watch.cases.models import ENTRIES, KINDS
from layers.watch.cases.needs import AGENCIES, DISTRESS, OUTCOMES, RECIPIENTS, RESULTS
from layers.watch.cases.notices import CHANNELS as WAYS
from layers.watch.cases.notices import RECIPIENTS as READERS
from layers.watch.cases.notices import STATES as SENT

NOTHING = Text("", "")
PEOPLE: Mapping[str, Text] = {"captain": Text("thuyền trưởng", "captain"), "owner": Text("chủ tàu", "owner")}


def lasted(span: timedelta) -> Text:
    """`6 giờ 48 phút`, `3 ngày 2 giờ`, `12 phút`: the two greatest parts."""
    minutes = max(0, int(span.total_seconds() // 60))
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return Text(f"{days} ngày {hours} giờ", f"{days} d {hours} h")
    return Text(f"{hours} giờ {rest} phút", f"{hours} h {rest} min") if hours else Text(f"{rest} phút", f"{rest} min")


def due_words(code: str, step: Text) -> Text:
    """What is due: of a step what the flow says."""
    return CLOCKS.get(code) or (step if code == "step" else Text(code, code))


def title_of(case: Any, told: Any | None) -> Text:
    """The kind of case; of distress which sort."""
    kind = KINDS[case.kind]
    sort = DISTRESS.get(told.distress or "") if told is not None else None
    return Text(vi=f"{kind.vi}: {sort.vi}", en=f"{kind.en}: {sort.en}") if sort else (kind)


def headline(case: Any, told: Any | None, silence: Any | None, now: datetime, incident: Any | None = None) -> Text:
    """One line: what and for how long, then what is known since."""
    end = case.closed_at or now
    if silence is not None:
        first, more = _silence(silence, end), _reported(told, end)
    else:
        span = lasted(end - case.began_at)
        name = _name(case, told, incident)
        first = Text(f"{name.vi} từ {span.vi} trước", f"{name.en} since {span.en}")
        more = _called(told)
    return Text(vi=" · ".join(filter(None, (first.vi, more.vi))), en=" · ".join(filter(None, (first.en, more.en))))


def _name(case: Any, told: Any | None, incident: Any | None) -> Text:
    """Of people in danger what befell them, of an incident how many; else the kind."""
    if incident is not None:
        count = f"{incident.silent}/{incident.heard_of}"
        return Text(f"{count} tàu cùng im", f"{count} boats silent together")
    sort = DISTRESS.get(told.distress or "") if told is not None and case.kind == "distress" else None
    return Text(sort.vi[:1].upper() + sort.vi[1:], sort.en[:1].upper() + sort.en[1:]) if sort else KINDS[case.kind]


def _silence(silence: Any, now: datetime) -> Text:
    if silence.ended_at is not None:
        span = lasted(silence.ended_at - silence.began_at)
        return Text(f"Đã có tín hiệu lại sau {span.vi}", f"Signal back after {span.en}")
    span = lasted(now - silence.began_at)
    return Text(f"Mất kết nối {span.vi}", f"Silent for {span.en}")


def _reported(told: Any | None, now: datetime) -> Text:
    if told is None or told.reported_at is None:
        return Text("chưa báo vị trí", "no position reported")
    span = lasted(now - told.reported_at)
    return Text(f"báo vị trí {span.vi} trước", f"position reported {span.en} ago")


def _called(told: Any | None) -> Text:
    if told is None or not told.calls:
        return Text("chưa liên hệ", "nobody called yet")
    result = RESULTS.get((told.results or [""])[0], NOTHING)
    return Text(f"{told.calls} cuộc gọi, {result.vi}", f"{told.calls} calls, {result.en}")


def entry_text(kind: str, body: Mapping[str, Any]) -> Text:
    """What an entry says, in one line; texts typed by people as they were typed."""
    parts = _parts(kind, body)
    vi, en = (" · ".join(dict.fromkeys(filter(None, said))) for said in ([p.vi for p in parts], [p.en for p in parts]))
    return Text(vi=vi, en=en)


_LISTS: Mapping[str, Mapping[str, Text]] = {
    "to": RECIPIENTS, "channel": CHANNELS, "result": RESULTS, "outcome": {**OUTCOMES, **ENDS}, "caller_role": CALLERS,
    "distress": DISTRESS, "agency": AGENCIES, "person": PEOPLE,
}  # fmt: skip
_NOTICE: Mapping[str, Mapping[str, Text]] = {"recipient": READERS, "channel": WAYS, "state": SENT}


def _parts(kind: str, body: Mapping[str, Any]) -> list[Text]:
    """The words an entry has of its own (`step`, `words`: vi and en), then lists, places, and what people typed."""
    found = isinstance(body.get("new"), dict)
    names = ("said", "text", "note", "reason", "document")
    typed = [_typed(body.get(name)) for name in (names if found else ("what", *names))]
    lists = _NOTICE if kind == "notice" else _LISTS
    named = [words.get(str(body.get(name)), NOTHING) for name, words in lists.items()]
    if kind == "assigned":
        named = [_typed(body.get("to"))]
    own = [body[name] for name in ("step", "words", "new") if isinstance(body.get(name), dict)]
    said = [NEWS.get(str(body.get("what")), NOTHING) if found else NOTHING, *_why(kind, body)]
    return [*said, *(Text(each.get("vi", ""), each.get("en", "")) for each in own), *named, *_places(body), *typed]


def _why(kind: str, body: Mapping[str, Any]) -> list[Text]:
    """Entries of the machine that hold nothing but a code."""
    if kind == "state" and body.get("why") == "event":
        return [Text("việc lại xảy ra, mở lại như mới", "it happens after all, open again")]
    if kind == "cleared" and body.get("incident"):
        return [Text(f"do sự cố số {body['incident']}", f"by incident {body['incident']}")]
    return []


def _places(body: Mapping[str, Any]) -> list[Text]:
    found = []
    if isinstance(place := body.get("position"), dict):
        at = show_place(place["lon"], place["lat"])
        found.append(Text(f"vị trí {at}", f"position {at}"))
    if next_at := body.get("next_at"):
        found.append(Text(f"gọi lại {show_moment(datetime.fromisoformat(next_at))}", f"call again {next_at}"))
    if due_at := body.get("due_at"):
        found.append(Text(f"hạn {show_moment(datetime.fromisoformat(due_at))}", f"until {due_at}"))
    return found


def _typed(text: Any) -> Text:
    return Text(str(text), str(text)) if text else NOTHING


def outcome_words(code: str | None) -> Text | None:
    """How a case ended; None for one that has not."""
    found = OUTCOMES.get(code or "") or ENDS.get(code or "")
    return (found) if found is not None else None


def entry_title(kind: str) -> Text:
    """What a kind of entry is called."""
    return ENTRIES[kind]


def step_title(step: str) -> Text:
    """What a step of an event is called; its code where there is no word yet."""
    return STEPS.get(step, Text(step, step))
