"""UN/FLUX FLUXVesselPositionMessage, in its SOAP envelope or bare: every event of it to a fix."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO

from geo.clock import EARLIEST, FUTURE_ALLOWANCE, from_unix_ms, unix_ms
from geo.errors import BadInput
from ingest.outcome import Flag, Outcome, Reject
from ingest.source import KEPT_OF_LONG_LINE
from ingest.vms.clean import FieldFault, Told, check_degrees, check_name, check_time, make_fix, read_number
from ingest.vms.whose import boat_key
from ingest.xml_tree import Limits, Node, read_xml

MESSAGE = "FLUXVesselPositionMessage"
LIMITS = Limits(depth=32, elements=400_000, letters=8_000_000, blobs=0, total=40_000_000)
KINDS = {"POS": 0, "ENTRY": int(Flag.ENTRY), "EXIT": int(Flag.EXIT), "MANUAL": int(Flag.MANUAL)}
ORIGINAL, REPLACEMENT = "9", "5"
DEVICE = ("IRCS", "CFR", "UVI", "MMSI")
"""Schemes that name a vessel for its centre, the first one given counts; as in NAF the call sign goes first."""
MARKING = ("EXT_MARK", "EXT_MARKING")
NAME_OF_KIND = {"ENTRY": "ENT", "EXIT": "EXI", "MANUAL": "MAN", "POS": ""}


def read_flux(data: bytes, now_ms: int) -> Iterator[Outcome]:
    """A fix or a reject for every event; one reject for what is no such message. `now_ms` is Unix ms UTC."""
    try:
        root = read_xml(BytesIO(data), limits=LIMITS)
    except BadInput as error:
        yield Reject("bad_xml", error.detail, data[:KEPT_OF_LONG_LINE])
        return
    messages = list(_find(root, MESSAGE))
    if not messages:
        detail = f"holds no {MESSAGE}; its outermost element is {root.name[:40]!r}"
        yield Reject("bad_message", detail, data[:KEPT_OF_LONG_LINE])
    number = 0
    for message in messages:
        for outcome in _events(message, now_ms):
            number += 1
            yield outcome._replace(line_no=number) if isinstance(outcome, Reject) else outcome


def _find(node: Node, name: str) -> Iterator[Node]:
    if node.name == name:
        yield node
        return
    for child in node.children:
        yield from _find(child, name)


def _events(message: Node, now_ms: int) -> Iterator[Outcome]:
    document = message.find("FLUXReportDocument") or Node("", {})
    purpose = document.say("PurposeCode") or ORIGINAL
    vessels = list(message.all("VesselTransportMeans"))
    events = [(vessel, event) for vessel in vessels for event in vessel.all("SpecifiedVesselPositionEvent")]
    if not events:
        yield Reject("bad_message", "holds no SpecifiedVesselPositionEvent", _raw(message))
    for vessel, event in events:
        raw = _raw(vessel, event)
        try:
            if purpose not in (ORIGINAL, REPLACEMENT):
                why = f"{purpose[:10]!r} takes a report back; what was stored stays, tell the centre's officer"
                raise FieldFault("not_original", "PurposeCode", why)
            told = _told(vessel, event, _owner(document), now_ms)
            yield make_fix(told._replace(heard_ms=_sent(document, now_ms)), raw)
        except FieldFault as fault:
            yield Reject(fault.reason, str(fault), raw)


def _told(vessel: Node, event: Node, owner: str | None, now_ms: int) -> Told:
    kind = event.say("TypeCode") or ""
    if kind not in KINDS:
        raise FieldFault("bad_message", "TypeCode", f"{kind[:20]!r}: use one of {', '.join(KINDS)}")
    t_ms = check_time(_moment(event, "ObtainedOccurrenceDateTime"), "ObtainedOccurrenceDateTime", now_ms)
    place = event.find("SpecifiedVesselGeographicalCoordinate") or Node("", {})
    lon, lat = _degrees(place, "LongitudeMeasure", 180), _degrees(place, "LatitudeMeasure", 90)
    speed, course = _number(event, "SpeedValueMeasure"), _number(event, "CourseValueMeasure")
    key = _key(vessel, owner or vessel.say("RegistrationVesselCountry", "ID") or "FLUX")
    return Told(key, t_ms, now_ms, lon, lat, speed, course, NAME_OF_KIND[kind], KINDS[kind])


def _owner(document: Node) -> str | None:
    return document.say("OwnerFLUXParty", "ID")


def _key(vessel: Node, owner: str) -> str:
    names = {node.attributes.get("schemeID", ""): node.text for node in vessel.all("ID") if node.text}
    for scheme in DEVICE:
        if scheme in names:
            return f"vms:{check_name(owner, 'OwnerFLUXParty')}:{check_name(names[scheme], scheme)}"
    for scheme in MARKING:
        if scheme in names:
            return boat_key(check_name(names[scheme], scheme))
    given = ", ".join(names) or "none"
    raise FieldFault("missing_field", "ID", f"schemeID is one of {', '.join((*DEVICE, *MARKING))}; given: {given[:80]}")


def _time_of(node: Node, name: str) -> str | None:
    """A moment's text: straight in its element, or in a DateTime inside."""
    return node.say(name, "DateTime") or node.say(name)


def _moment(node: Node, name: str) -> datetime:
    text = _time_of(node, name)
    if text is None:
        raise FieldFault("missing_field", name, "empty")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise FieldFault("bad_time", name, f"{text[:40]!r} is not ISO 8601") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # FLUX: all times are UTC


def _sent(document: Node, now_ms: int) -> int:
    """When the message was made; now where it does not say so, or says what cannot be."""
    try:
        sent = _moment(document, "CreationDateTime")
        return unix_ms(sent) if EARLIEST <= sent <= from_unix_ms(now_ms) + FUTURE_ALLOWANCE else now_ms
    except (FieldFault, OverflowError):
        return now_ms


def _number(node: Node, name: str) -> float | None:
    return read_number({name: node.say(name) or ""}, name)


def _degrees(place: Node, name: str, limit: int) -> float:
    degrees = _number(place, name)
    if degrees is None:
        raise FieldFault("missing_field", name, "empty")
    return check_degrees(degrees, name, limit)


def _raw(*nodes: Node) -> bytes:
    """What an event says, readable by people; the message itself is kept whole beside it."""
    words = (word for node in nodes for word in _words(node, events=node is nodes[-1]))
    return " ".join(words).encode()[:KEPT_OF_LONG_LINE]


def _words(node: Node, events: bool) -> Iterator[str]:
    """Elements with text, as name=text; a vessel's events only where they are meant."""
    if node.text:
        scheme = node.attributes.get("schemeID")
        yield f"{node.name}{f'({scheme})' if scheme else ''}={node.text}"
    for child in node.children:
        if events or child.name != "SpecifiedVesselPositionEvent":
            yield from _words(child, events)
