"""Reads an edXML envelope (QCVN 102:2016), its prefix, default namespace or lack of one as the sender likes it.

Files stand outside the envelope (`AttachmentEncoded`), base64; they are decoded as they come and never held whole. XML
signatures are not checked.
"""

import re
from datetime import UTC, date, datetime
from typing import BinaryIO

from geo.clock import LOCAL
from geo.errors import BadInput
from ingest.exchange.document import MESSAGE_TYPES, Attachment, Business, Document, Organ, Signer, Trace
from ingest.xml_tree import LIMITS, Limits, Node, Take, read_xml

ROOTS = ("edXML", "edXMLEnvelope")
CONTENT = "ContentTransferEncoded"
KEPT = frozenset(
    "edXML edXMLEnvelope edXMLHeader MessageHeader From To OrganId OrganName OrganizationInCharge Code CodeNumber"
    " CodeNotation PromulgationInfo Place PromulgationDate DocumentType Type TypeName Subject SignerInfo FullName"
    " Position Competence DueDate DocumentId TraceHeaderList TraceHeader Timestamp Bussiness Business BussinessDocType"
    " BusinessDocType BussinessDocReason BusinessDocReason ReplacementInfoList ReplacementInfo edXMLBody edXMLManifest"
    " Reference ContentId ContentType Description AttachmentName AttachmentEncoded Attachment".split()
)
"""What is read and kept; whatever else a message says (staff, telephone numbers, the letter itself) is not."""
MOST_LETTERS = 2000
"""What is longer is cut."""
MOST_IN_A_NAME = 300
"""What names a document or an agency may not be longer: cut, it would name another."""
YEARS = range(1900, 2200)
"""A day outside them is a slip of the pen."""
_DAY = re.compile(r"(?:(\d{4})[/-](\d{1,2})[/-](\d{1,2})|(\d{1,2})[/-](\d{1,2})[/-](\d{4}))(?!\d)")


def read_document(stream: BinaryIO, *, limits: Limits = LIMITS, take: Take | None = None) -> Document:
    """The envelope. BadInput, naming the element and what it should hold, for one that cannot be understood."""
    root = read_xml(stream, blobs=frozenset({CONTENT}), take=take, limits=limits)
    envelope = root if root.name == "edXMLEnvelope" else root.find("edXMLEnvelope")
    if root.name not in ROOTS or envelope is None:
        raise BadInput(f"element {root.name!r}: an edXML message begins with edXML or edXMLEnvelope", field="edXML")
    header = envelope.find("edXMLHeader", "MessageHeader")
    if header is None:
        raise BadInput("edXMLHeader/MessageHeader is missing: it says whose message it is", field="MessageHeader")
    return _document(header, envelope, root)


def _document(header: Node, envelope: Node, root: Node) -> Document:
    traces = envelope.find("edXMLHeader", "TraceHeaderList") or Node("TraceHeaderList", {})
    sender = _organ(header.find("From"))
    code = header.find("Code") or Node("Code", {})
    issued = _day(header, "PromulgationInfo", "PromulgationDate")
    number, notation = _short(code, "CodeNumber"), _short(code, "CodeNotation")
    return Document(
        document_id=_document_id(header, sender, (number, notation), issued),
        sender=sender,
        receivers=tuple(_organ(node) for node in header.all("To")),
        number=number,
        notation=notation,
        place=header.say("PromulgationInfo", "Place"),
        issued_on=issued,
        kind=_number(header, "DocumentType", "Type"),
        kind_name=header.say("DocumentType", "TypeName"),
        subject=_short(header, "Subject"),
        signer=_signer(header),
        due_on=_day(header, "DueDate"),
        business=_business(traces),
        traces=tuple(_traces(traces)),
        attachments=_attachments(envelope, root),
        says_more=_says_more(root),
    )


def _document_id(header: Node, sender: Organ, named: tuple[str | None, str | None], issued: date | None) -> str:
    """The sender's name of the document; where it gives none, its organ, number, sign and day."""
    parts = [part for part in (sender.code, *named, issued.isoformat() if issued else None) if part]
    name = header.say("DocumentId") or ",".join(parts)
    if header.say("DocumentId") is None and len(parts) < 2:
        raise BadInput("DocumentId is missing, and so is the number it could be known by", field="DocumentId")
    return check_name(name, "DocumentId")


def check_name(name: str, field: str) -> str:
    """The name; BadInput when it is too long to be one."""
    if len(name) > MOST_IN_A_NAME or "\0" in name:
        raise BadInput(f"{field}: {len(name)} letters; a name has {MOST_IN_A_NAME} at most", field=field)
    return name


def _organ(node: Node | None) -> Organ:
    code = node.say("OrganId") if node is not None else None
    if node is None or code is None:
        where = "From" if node is None else node.name
        raise BadInput(f"{where}/OrganId is missing: give the agency's code on the axis", field="OrganId")
    return Organ(check_name(code, "OrganId"), _short(node, "OrganName"), _short(node, "OrganizationInCharge"))


def _signer(header: Node) -> Signer:
    info = header.find("SignerInfo") or Node("SignerInfo", {})
    return Signer(_short(info, "FullName"), _short(info, "Position"), _short(info, "Competence"))


def _business(traces: Node) -> Business:
    node = traces.find("Bussiness") or traces.find("Business") or Node("Bussiness", {})
    told = node.say("BussinessDocType") or node.say("BusinessDocType") or "0"
    if told not in ("0", "1", "2", "3"):
        raise BadInput(f"BussinessDocType={told!r}: use 0 (new), 1 (revocation), 2 (update) or 3 (replacement)",
                       field="BussinessDocType")  # fmt: skip
    replaced = node.find("ReplacementInfoList") or Node("ReplacementInfoList", {})
    named = [node.say("DocumentId"), *(info.say("DocumentId") for info in replaced.all("ReplacementInfo"))]
    acts_on = tuple(dict.fromkeys(check_name(name, "DocumentId") for name in named if name))
    reason = _short(node, "BussinessDocReason") or _short(node, "BusinessDocReason")
    return Business(MESSAGE_TYPES[int(told)], reason, acts_on)


def _traces(traces: Node) -> list[Trace]:
    found = []
    for node in traces.all("TraceHeader"):
        organ, told = node.say("OrganId"), node.say("Timestamp")
        if organ and told and (at := read_moment(told)):
            found.append(Trace(organ, at))
    return found


def read_moment(told: str) -> datetime | None:
    """A moment as such messages write it (UTC): ISO 8601, `yyyy/MM/dd HH:mm:ss` of Việt Nam, or Unix seconds."""
    if told.isascii() and told.isdigit() and len(told) in (10, 13):
        return datetime.fromtimestamp(int(told[:10]), UTC)
    try:
        moment = datetime.fromisoformat(told.replace("/", "-", 2).strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _attachments(envelope: Node, root: Node) -> tuple[Attachment, ...]:
    """The files, with what the manifest says of them."""
    manifest = envelope.find("edXMLBody", "edXMLManifest") or Node("edXMLManifest", {})
    told = {node.say("ContentId") or _cid(node): node for node in manifest.all("Reference")}
    found = []
    for place in (root, envelope):
        for encoded in place.all("AttachmentEncoded"):
            nodes = list(encoded.all("Attachment")) or [encoded]
            found += [_attachment(node, told) for node in nodes if node.find(CONTENT) is not None]
    return tuple(found)


def _attachment(node: Node, told: dict[str, Node]) -> Attachment:
    content = node.find(CONTENT)
    assert content is not None
    assert content.blob is not None  # only elements with content are asked
    content_id = _bare(node.say("ContentId") or _cid(node))
    reference = next((other for name, other in told.items() if _bare(name) == content_id), Node("Reference", {}))

    def say(name: str) -> str | None:
        return node.say(name) or reference.say(name)

    name = say("AttachmentName") or say("Description") or content_id or "attachment"
    return Attachment(name[:MOST_LETTERS], content.blob, content_id, say("ContentType"), say("Description"))


def _cid(node: Node) -> str:
    return node.attributes.get("href", "")


def _bare(content_id: str) -> str:
    name = content_id.removeprefix("cid:")
    return name[1:-1] if name.startswith("<") and name.endswith(">") else name


def _says_more(node: Node) -> bool:
    return any((child.name not in KEPT and (child.text or child.children)) or _says_more(child)
               for child in node.children)  # fmt: skip


def _short(node: Node, name: str) -> str | None:
    told = node.say(name)
    return told[:MOST_LETTERS] if told else None


def _number(node: Node, *path: str) -> int | None:
    told = node.say(*path)
    return int(told) if told is not None and told.isdecimal() and len(told) < 6 else None


def _day(node: Node, *path: str) -> date | None:
    """A day; BadInput for one that is written but cannot be."""
    told = node.say(*path)
    if told is None:
        return None
    match = _DAY.match(told)
    try:
        y, m, d = match.group(1, 2, 3) if match and match[1] else match.group(6, 5, 4) if match else "000"
        if int(y) not in YEARS:
            raise ValueError
        return date(int(y), int(m), int(d))
    except ValueError:
        raise BadInput(f"{path[-1]}={told[:40]!r}: write a day as yyyy/MM/dd", field=path[-1]) from None
