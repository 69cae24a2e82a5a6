"""NAF: `//SR//…//ER//` messages of fisheries monitoring centres (NEAFC, NAFO, CCAMLR) to fixes.

DA and TI are the time of the position, RD and RT that of sending. Who speaks is named by radio call sign (RC), internal
(IR) or IMO number (IM): the sender's own name for its device on that vessel. Where only the side number (XR) is given,
the device is found by it (`ingest.vms.whose`).
"""

import re
from datetime import UTC, datetime

from geo.clock import EARLIEST, FUTURE_ALLOWANCE, from_unix_ms, unix_ms
from ingest.outcome import Fix, Flag
from ingest.vms.clean import (
    FieldFault,
    Told,
    check_degrees,
    check_name,
    check_time,
    make_fix,
    read_number,
)
from ingest.vms.states import STATES, UNKNOWN
from ingest.vms.whose import boat_key

NOT_POSITION = "not_position"
KINDS = {"POS": 0, "MAN": int(Flag.MANUAL), "ENT": int(Flag.ENTRY), "EXI": int(Flag.EXIT)}
_FIELD = re.compile(r"//([A-Z]{2})/(.*?)(?=//(?:[A-Z]{2}/|$)|$)")
_DAY, _TIME = re.compile(r"[0-9]{8}"), re.compile(r"[0-9]{1,4}")
_LATITUDE = re.compile(r"([NS])([0-9]{2})([0-9]{2}(?:\.[0-9]+)?)")
_LONGITUDE = re.compile(r"([EW])([0-9]{3})([0-9]{2}(?:\.[0-9]+)?)")
_SPEED = re.compile(r"[0-9]{1,4}")
_DISAGREE_DEG = 2 / 60
"""Farther apart than rounding to whole minutes can bring two ways to say one place."""
DEVICE = ("RC", "IR", "IM")
_CENTRE = re.compile(r"[A-Z]{3}")

Fields = dict[str, str]


def read_message(text: str, raw: bytes, now_ms: int) -> Fix | str:
    """The fix of one message, from `//SR//` to `//ER//`; its type where it is no position. Raises `FieldFault`."""
    fields = read_fields(text)
    kind = fields.get("TM", "")
    if not kind:
        raise FieldFault("missing_field", "TM", "empty; say POS, MAN, ENT or EXI")
    if kind not in KINDS:
        return kind
    t_ms = check_time(_moment(fields, "DA", "TI"), "DA", now_ms)
    lat, lon = _place(fields)
    heard_ms = _sent(fields, now_ms)
    course = read_number({"CO": _of(fields, "CO")}, "CO")
    told = Told(_key(fields), t_ms, heard_ms, lon, lat, _speed(fields), course)
    return make_fix(told._replace(status="" if kind == "POS" else kind, flags=KINDS[kind]), raw)


def read_fields(text: str) -> Fields:
    """The fields by code; an empty one is as good as absent. Raises `FieldFault` for what is no message."""
    body = text.removeprefix("//SR").removesuffix("//ER//")
    found = _FIELD.findall(body)
    if "".join(f"//{code}/{value}" for code, value in found) != body:
        raise FieldFault("bad_message", "SR", "fields are not //CODE/value, one after the other")
    fields: Fields = {}
    for code, value in found:
        said = value.strip()
        if said and fields.setdefault(code, said) != said:
            raise FieldFault("bad_message", code, f"stands twice: {fields[code][:40]!r} and {said[:40]!r}")
    state = fields.get("FS", "")
    if state not in STATES | UNKNOWN:
        raise FieldFault("unknown_state", "FS", f"{state[:10]!r} is no ISO 3166 alpha-3 code; write X where unknown")
    return fields


def _of(fields: Fields, code: str) -> str:
    return fields.get(code, "")


def _key(fields: Fields) -> str:
    state = _of(fields, "FS")
    centre = _of(fields, "FR") or ("" if state in UNKNOWN else state)
    if centre and not _CENTRE.fullmatch(centre):
        raise FieldFault("bad_name", "FR", f"{centre[:10]!r}: three letters name a centre")
    for code in DEVICE:
        if name := _of(fields, code):
            return f"vms:{centre or 'NAF'}:{check_name(name, code)}"
    if number := _of(fields, "XR"):
        return boat_key(check_name(number, "XR"))
    raise FieldFault("missing_field", "RC", "empty, and so are IR, IM and XR: nothing says who this is")


def _moment(fields: Fields, day: str, time: str) -> datetime:
    """UTC; a time may lack its leading zeros."""
    for code, form in ((day, _DAY), (time, _TIME)):
        text = _of(fields, code)
        if not text:
            raise FieldFault("missing_field", code, "empty")
        if not form.fullmatch(text) or not text.isascii():
            raise FieldFault("bad_time", code, f"{text[:20]!r} is not {'YYYYMMDD' if code == day else 'HHMM'}")
    text = _of(fields, day) + _of(fields, time).zfill(4)
    try:
        return datetime.strptime(text, "%Y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError:
        raise FieldFault("bad_time", day, f"{text} is no day and time") from None


def _sent(fields: Fields, now_ms: int) -> int:
    """When the centre sent it; now where it does not say so, or says what cannot be."""
    try:
        sent = _moment(fields, "RD", "RT")
    except FieldFault:
        return now_ms
    return unix_ms(sent) if EARLIEST <= sent <= from_unix_ms(now_ms) + FUTURE_ALLOWANCE else now_ms


def _place(fields: Fields) -> tuple[float, float]:
    """Latitude and longitude: decimal degrees, else degrees and minutes; both only where they agree."""
    exact = [_decimal(fields, code, limit) for code, limit in (("LT", 90), ("LG", 180))]
    rough = [_minutes(fields, "LA", _LATITUDE, 90), _minutes(fields, "LO", _LONGITUDE, 180)]
    lat, lon = (e if e is not None else r for e, r in zip(exact, rough, strict=True))
    for code, value in (("LT", lat), ("LG", lon)):
        if value is None:
            raise FieldFault("missing_field", code, "empty, and so is the same in degrees and minutes")
    for code, e, r in zip(("LT", "LG"), exact, rough, strict=True):
        if e is not None and r is not None and abs(e - r) > _DISAGREE_DEG:
            raise FieldFault("bad_position", code, f"{e:g} is not what the degrees and minutes say: {r:g}")
    assert lat is not None
    assert lon is not None
    return lat, lon


def _decimal(fields: Fields, code: str, limit: int) -> float | None:
    number = read_number({code: _of(fields, code)}, code)
    return None if number is None else check_degrees(number, code, limit)


def _minutes(fields: Fields, code: str, form: re.Pattern[str], limit: int) -> float | None:
    text = _of(fields, code)
    if not text:
        return None
    found = form.fullmatch(text)
    if found is None or not text.isascii() or float(found[3]) >= 60:
        raise FieldFault("bad_number", code, f"{text[:20]!r} is not {form.pattern[1:3]} with degrees and minutes")
    degrees = int(found[2]) + float(found[3]) / 60
    return check_degrees(-degrees if found[1] in "SW" else degrees, code, limit)


def _speed(fields: Fields) -> float | None:
    """Knots; the field has tenths of them."""
    text = _of(fields, "SP")
    if not text:
        return None
    if not _SPEED.fullmatch(text) or not text.isascii():
        raise FieldFault("bad_number", "SP", f"{text[:20]!r}: tenths of a knot, as in 96 for 9.6")
    return int(text) / 10
