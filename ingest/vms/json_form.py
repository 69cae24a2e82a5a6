"""VMS positions as JSON, our own contract (docs/contracts/vms-json.md): one object, a list, or one object a line."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson

from ingest.outcome import Flag, Outcome, Reject
from ingest.source import KEPT_OF_LONG_LINE
from ingest.vms.clean import FieldFault, Told, check_degrees, check_name, check_time, make_fix
from ingest.vms.whose import boat_key

LIST = "positions"
KINDS = {"position": 0, "manual": int(Flag.MANUAL), "entry": int(Flag.ENTRY), "exit": int(Flag.EXIT),
         "sos": int(Flag.DISTRESS)}  # fmt: skip
NAME_OF_KIND = {"position": "", "manual": "MAN", "entry": "ENT", "exit": "EXI", "sos": "SOS"}
BOM = b"\xef\xbb\xbf"


def read_json(data: bytes, now_ms: int) -> Iterator[Outcome]:
    """A fix or a reject for every object; one reject for what is no JSON. `now_ms` is Unix ms UTC."""
    try:
        told = orjson.loads(data.removeprefix(BOM))
    except orjson.JSONDecodeError as error:
        yield from _read_lines(data.removeprefix(BOM), str(error), now_ms)
        return
    listed = told.get(LIST, [told]) if isinstance(told, dict) else told
    if not isinstance(listed, list):
        yield _refused(FieldFault("bad_json", LIST, "give an object, or a list of objects"), data, None)
        return
    for number, each in enumerate(listed, 1):
        yield _read(each, orjson.dumps(each), number, now_ms)


def _read_lines(data: bytes, why: str, now_ms: int) -> Iterator[Outcome]:
    """One object a line; where no line is one, the whole is refused once."""
    lines = [(number, line) for number, line in enumerate(data.splitlines(), 1) if line.strip()]
    read = [(number, line, _load(line)) for number, line in lines]
    if not any(isinstance(found, dict) for _, _, found in read):
        yield _refused(FieldFault("bad_json", "body", why), data, None)
        return
    for number, line, found in read:
        if isinstance(found, str):
            yield _refused(FieldFault("bad_json", "line", found), line, number)
        else:
            yield _read(found, line.strip(), number, now_ms)


def _load(line: bytes) -> Any:
    """What a line holds; why not, as text, where it holds no JSON (a text alone is no report either)."""
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return str(error)


def _read(given: Any, raw: bytes, number: int, now_ms: int) -> Outcome:
    try:
        if not isinstance(given, dict):
            raise FieldFault("bad_json", "object", f"a {type(given).__name__} is no report")
        return make_fix(_told(given, now_ms), raw)
    except FieldFault as fault:
        return _refused(fault, raw, number)


def _refused(fault: FieldFault, raw: bytes, number: int | None) -> Reject:
    return Reject(fault.reason, str(fault), raw[:KEPT_OF_LONG_LINE], number)


def _told(given: dict[str, Any], now_ms: int) -> Told:
    kind = given.get("kind", "position")
    if kind not in KINDS:
        raise FieldFault("bad_kind", "kind", f"{str(kind)[:20]!r}: use one of {', '.join(KINDS)}")
    t_ms = _time(given, "t", now_ms)
    heard_ms = _time(given, "received_at", now_ms) if given.get("received_at") is not None else now_ms
    lon, lat = (_degrees(given, name, limit) for name, limit in (("lon", 180), ("lat", 90)))
    speed, course = _number(given, "sog_kn"), _number(given, "cog_deg")
    status = NAME_OF_KIND[kind] or (_text(given, "status") if given.get("status") is not None else "")
    return Told(_key(given), t_ms, heard_ms, lon, lat, speed, course, status, KINDS[kind])


def _key(given: dict[str, Any]) -> str:
    if given.get("device_id") is None and given.get("boat") is not None:
        return boat_key(check_name(_text(given, "boat"), "boat"))
    provider, device = (check_name(_text(given, name), name) for name in ("provider", "device_id"))
    return f"vms:{provider}:{device}"


def _text(given: dict[str, Any], name: str) -> str:
    value = given.get(name)
    if value is None:
        raise FieldFault("missing_field", name, "not there")
    if not isinstance(value, str):
        raise FieldFault("bad_name", name, f"a {type(value).__name__}; write it as text, in quotation marks")
    return value.strip()


def _time(given: dict[str, Any], name: str, now_ms: int) -> int:
    text = _text(given, name)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise FieldFault("bad_time", name, f"{text[:40]!r} is not ISO 8601") from None
    if moment.tzinfo is None:
        raise FieldFault("bad_time", name, f"{text!r} has no offset; write {text}+07:00 or …Z")
    return check_time(moment, name, now_ms)


def _number(given: dict[str, Any], name: str) -> float | None:
    value = given.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FieldFault("bad_number", name, f"{str(value)[:40]!r}; write a number, without quotation marks")
    if abs(value) > 1e9:
        raise FieldFault("not_finite", name, str(value)[:40])
    return float(value)


def _degrees(given: dict[str, Any], name: str, limit: int) -> float:
    degrees = _number(given, name)
    if degrees is None:
        raise FieldFault("missing_field", name, "not there")
    return check_degrees(degrees, name, limit)
