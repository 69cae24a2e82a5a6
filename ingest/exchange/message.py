"""What has arrived: an edXML envelope, a VXP message around one, or a report that came without an envelope.

VXP's wire format is not public in full: its message here is our contract (docs/contracts/vxp-message.md), with the
words its SDK is known to use for types and states.
"""

import base64
import binascii
import hashlib
from contextlib import AbstractContextManager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from geo.errors import BadInput
from ingest.exchange.avreport import has_report
from ingest.exchange.desk import Given
from ingest.exchange.document import MESSAGE_TYPES, Attachment, Business, Document, Organ, content_of
from ingest.exchange.edxml_read import check_name, read_document
from ingest.exchange.route import REPORTS, adapter_of
from ingest.xml_tree import CHUNK

MOST_JSON = 8_000_000
SAID = {"id", "serviceType", "messageType", "from", "to", "createdTime", "refersTo", "reason", "document"}
DIRECT = "direct"
"""The sender of a report that came without an envelope and does not say whose it is."""


def read_message(opened: AbstractContextManager[BinaryIO], name: str) -> Document:
    """What a message says. BadInput in words when it cannot be understood."""
    with opened as stream:
        head = stream.read(CHUNK)
        stream.seek(0)
        given = Given(name, Path(name), head, None)
        if adapter_of(given, REPORTS) is not None and not _is_letter(head):
            return _bare(stream, name)
        if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            return _from_vxp(stream)
        return read_document(stream)


def _is_letter(head: bytes) -> bool:
    """An envelope with files, not one with a report for its body."""
    return b"edXML" in head[:1000] and not has_report(head)


def _bare(stream: BinaryIO, name: str) -> Document:
    """A report as the only file of a document that is nobody's paper."""
    content = content_of(iter(lambda: stream.read(CHUNK), b""))
    attachment = Attachment(name, content, hashlib.sha256(name.encode()).hexdigest()[:12])
    return Document(f"sha256:{content.sha256.hex()}", Organ(DIRECT), attachments=(attachment,), bare=True)


def _from_vxp(stream: BinaryIO) -> Document:
    told = _json(stream)
    kind = told.get("messageType")
    if kind not in MESSAGE_TYPES:
        raise BadInput(f"messageType={kind!r}: use one of {', '.join(MESSAGE_TYPES)}", field="messageType")
    inside = told.get("document")
    if inside is None and kind == "revocation":
        return _revocation(told)
    document = read_document(BytesIO(_decoded(inside)))
    written = document.business.message_type
    if written not in ("edoc", kind):
        raise BadInput(f"messageType={kind!r}, but the envelope says {written!r}: make them agree", field="messageType")
    acts_on = tuple(_names(told)) or document.business.acts_on
    business = replace(document.business, message_type=kind, acts_on=acts_on)
    return replace(document, business=business, says_more=document.says_more or _says_more(told))


def _json(stream: BinaryIO) -> dict[str, Any]:
    data = stream.read(MOST_JSON + 1)
    if len(data) > MOST_JSON:
        raise BadInput(f"a JSON message of more than {MOST_JSON:,} bytes: send the envelope itself, as edXML")
    if b"\\u0000" in data:
        raise BadInput("a NUL character in the message: leave it out")
    try:
        told = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise BadInput(f"not readable as JSON: {error}") from None
    if not isinstance(told, dict):
        raise BadInput("a VXP message is a JSON object")
    return told


def _decoded(inside: Any) -> bytes:
    if not isinstance(inside, str):
        raise BadInput("document is missing: give the edXML envelope, as text or base64", field="document")
    if inside.lstrip().startswith("<"):
        return inside.encode()
    try:
        return base64.b64decode(inside, validate=True)
    except (binascii.Error, ValueError):
        raise BadInput("document is neither XML nor base64", field="document") from None


def _names(told: dict[str, Any]) -> list[str]:
    names = told.get("refersTo") or []
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise BadInput("refersTo: give a list of the documents' names", field="refersTo")
    return [check_name(name, "refersTo") for name in names]


def _revocation(told: dict[str, Any]) -> Document:
    """A revocation that is only a message, without a letter of its own."""
    sender, names, name = told.get("from"), _names(told), told.get("id")
    if not isinstance(sender, str) or not sender:
        raise BadInput("from is missing: give the agency's code on the axis", field="from")
    if not names:
        raise BadInput("refersTo is missing: name the documents taken back", field="refersTo")
    reason = told.get("reason")
    business = Business("revocation", reason if isinstance(reason, str) else None, tuple(names))
    organ = Organ(check_name(sender, "from"))
    name = check_name(str(name or names[0]), "id")
    return Document(name, organ, business=business, bare=True, says_more=_says_more(told))


def _says_more(told: dict[str, Any]) -> bool:
    """Whether it says anything beside the contract, which is then not kept."""
    return any(name not in SAID or not _is_plain(value) for name, value in told.items())


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | None) or (isinstance(value, list) and all(isinstance(v, str) for v in value))
