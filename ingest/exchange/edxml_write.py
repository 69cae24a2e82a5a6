"""Writes an edXML envelope (QCVN 102:2016). Every element but the root has the prefix, because some readers insist."""

import base64
from collections.abc import Iterator
from datetime import date
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

from geo.clock import LOCAL
from ingest.exchange.document import MESSAGE_TYPES, NAMESPACE, Attachment, Document, Organ, Signer

XLINK = "http://www.w3.org/1999/xlink"
PIECE = 57 * 1024
"""Bytes of a file encoded at a time; a multiple of three, so that pieces of base64 join."""


def write_document(document: Document, out: BinaryIO) -> None:
    """Write the envelope and its files as UTF-8; files are encoded as they are read."""
    for piece in _pieces(document):
        out.write(piece.encode("utf-8"))


def _pieces(document: Document) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<edXML xmlns:edXML="{NAMESPACE}" xmlns:xlink="{XLINK}">'
    header = _element("MessageHeader", _header(document))
    traces = _element("TraceHeaderList", _traces(document))
    manifest = _element("edXMLManifest", "".join(map(_reference, document.attachments)))
    inside = _element("edXMLHeader", header + traces) + _element("edXMLBody", manifest)
    yield _element("edXMLEnvelope", inside)
    if document.attachments:
        yield "<edXML:AttachmentEncoded>"
        for attachment in document.attachments:
            yield from _attachment(attachment)
        yield "</edXML:AttachmentEncoded>"
    yield "</edXML>\n"


def _element(name: str, inside: str, attributes: str = "") -> str:
    return f"<edXML:{name}{attributes}>{inside}</edXML:{name}>"


def _text(name: str, value: object) -> str:
    return "" if value is None else _element(name, escape(str(value)))


def _day(name: str, value: date | None) -> str:
    return "" if value is None else _element(name, f"{value.year:04}/{value.month:02}/{value.day:02}")


def _organ(name: str, organ: Organ) -> str:
    inside = _text("OrganId", organ.code) + _text("OrganizationInCharge", organ.in_charge)
    return _element(name, inside + _text("OrganName", organ.name))


def _signer(signer: Signer) -> str:
    inside = _text("Competence", signer.competence) + _text("Position", signer.position)
    return inside + _text("FullName", signer.name)


def _header(document: Document) -> str:
    parts = [
        _organ("From", document.sender),
        *(_organ("To", receiver) for receiver in document.receivers),
        _element("Code", _text("CodeNumber", document.number) + _text("CodeNotation", document.notation)),
        _element("PromulgationInfo", _text("Place", document.place) + _day("PromulgationDate", document.issued_on)),
        _element("DocumentType", _text("Type", document.kind) + _text("TypeName", document.kind_name)),
        _text("Subject", document.subject),
        _element(
            "SignerInfo",
            _signer(document.signer),
        ),
        _day("DueDate", document.due_on),
        _text("DocumentId", document.document_id),
    ]
    return "".join(parts)


def _traces(document: Document) -> str:
    business = document.business
    traces = "".join(
        _element("TraceHeader", _text("OrganId", t.organ) + _text("Timestamp", t.at.astimezone(LOCAL).isoformat()))
        for t in document.traces
    )
    replaced = "".join(_element("ReplacementInfo", _text("DocumentId", name)) for name in business.acts_on)
    inside = _text("BussinessDocType", MESSAGE_TYPES.index(business.message_type))
    inside += _text("BussinessDocReason", business.reason)
    inside += _element("ReplacementInfoList", replaced) if replaced else ""
    return traces + _element("Bussiness", inside)


def _reference(attachment: Attachment) -> str:
    return _element("Reference", _about(attachment), f" xlink:href={quoteattr('cid:' + attachment.content_id)}")


def _about(attachment: Attachment) -> str:
    inside = _text("ContentId", attachment.content_id) + _text("ContentType", attachment.media)
    return inside + _text("Description", attachment.description) + _text("AttachmentName", attachment.name)


def _attachment(attachment: Attachment) -> Iterator[str]:
    yield f"<edXML:Attachment>{_about(attachment)}<edXML:ContentTransferEncoded>"
    file = attachment.content.open()
    while piece := file.read(PIECE):
        yield base64.b64encode(piece).decode("ascii")
    yield "</edXML:ContentTransferEncoded></edXML:Attachment>"
