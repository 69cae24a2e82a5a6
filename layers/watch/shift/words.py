"""What the ledger's codes are called in a shift's book; a code nobody has named stands as it is."""

from collections.abc import Mapping
from typing import Any

from layers.spec import Text
from layers.watch.cases.codes import CLOCKS
from layers.watch.cases.models import ENTRIES, KINDS
from layers.watch.cases.needs import RECIPIENTS, RESULTS

STATES: Mapping[str, Text] = {
    "new": Text("mới", "new"),
    "acknowledged": Text("đã tiếp nhận", "acknowledged"),
    "contacting": Text("đang liên hệ", "contacting"),
    "verifying": Text("đang xác minh", "verifying"),
    "watching": Text("đang theo dõi", "watching"),
    "responding": Text("đang ứng cứu", "responding"),
    "handed": Text("đã chuyển cơ quan chủ trì", "handed to the leading agency"),
    "reopened": Text("mở lại", "reopened"),
    "closed": Text("đã kết thúc", "closed"),
}
DUES: Mapping[str, Text] = {"step": Text("hạn của bước", "step"), **CLOCKS}
BRIEF_KINDS: Mapping[str, Text] = {**KINDS, "boundary": Text("Vượt ranh giới", "Beyond the boundary")}
"""Kinds of case as a narrow column says them."""


def name(names: Mapping[str, Text], code: str | None) -> Text:
    """What a code is called."""
    return names.get(code or "", Text(code or "", code or ""))


def say_entry(kind: str, body: Mapping[str, Any]) -> Text:
    """One line of a case's ledger in words: what it was, to whom, how it went, and what was said."""
    what = name(ENTRIES, kind)
    details = [name(RECIPIENTS, _text(body, "to")), name(RESULTS, _text(body, "result"))]
    said = next((words for key in ("text", "said", "note") if (words := _text(body, key))), "")
    return Text(_line(what.vi, [d.vi for d in details], said), _line(what.en, [d.en for d in details], said))


def _text(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key)
    return value if isinstance(value, str) else ""


def _line(what: str, details: list[str], said: str) -> str:
    told = ", ".join(part for part in details if part)
    return ": ".join(part for part in (" – ".join(part for part in (what, told) if part), said) if part)


def say_item(section: str, item: Mapping[str, Any]) -> Text:
    """An item of what is handed over in words, apart from its case, boat and moments."""
    if section in ("open_cases", "overdue"):
        kind, state = name(BRIEF_KINDS, item["kind"]), name(STATES, item["state"])
        return Text(*(", ".join(x for x in (a, b, item["assigned_to"]) if x) for a, b in _pairs(kind, state)))
    if section == "promises":
        said = ", ".join(part for part in (item["body"].get("text"), item["by"]) if part)
        return Text(said, said)
    if section in ("calls", "notices"):
        return say_entry(item["kind"], item["body"])
    if section == "notes":
        return Text(item["text"], item["text"])
    told = item.get("detail") or item
    return Text(told["vi"], told["en"])


def _pairs(one: Text, other: Text) -> tuple[tuple[str, str], tuple[str, str]]:
    return (one.vi, other.vi), (one.en, other.en)
