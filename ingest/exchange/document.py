"""What an edXML envelope says (QCVN 102:2016): who to whom, number and sign, date, signer, and the files with it.

Names and telephone numbers of staff (StaffInfo, Telephone, Email) and the letter's own text (Content) are not read at
all: nothing here needs them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from ingest.xml_tree import Blob

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
MESSAGE_TYPES = ("edoc", "revocation", "update", "replacement")
"""VXP's word for each BussinessDocType: 0 new, 1 taken back, 2 updated, 3 in place of another."""


@dataclass(frozen=True)
class Organ:
    """An agency by its code on the axis (QĐ 20/2020/QĐ-TTg)."""

    code: str
    name: str | None = None
    in_charge: str | None = None


@dataclass(frozen=True)
class Signer:
    """Who signed: name, position, and by what right (*thẩm quyền ký*)."""

    name: str | None = None
    position: str | None = None
    competence: str | None = None


@dataclass(frozen=True)
class Trace:
    """A system the message passed through, and when."""

    organ: str
    at: datetime


@dataclass(frozen=True)
class Business:
    """What the message is for: `message_type`, why, and the documents it acts on."""

    message_type: str = "edoc"
    reason: str | None = None
    acts_on: tuple[str, ...] = ()


@dataclass(frozen=True)
class Attachment:
    """A file of the message; `content` holds it, decoded."""

    name: str
    content: Blob
    content_id: str
    media: str | None = None
    description: str | None = None


@dataclass(frozen=True)
class Document:
    """One envelope. `document_id` names the document on the axis; days are of Việt Nam.

    `bare`: it came without an envelope, so there is no paper. `says_more`: it holds things that we do not keep.
    """

    document_id: str
    sender: Organ
    receivers: tuple[Organ, ...] = ()
    number: str | None = None
    notation: str | None = None
    place: str | None = None
    issued_on: date | None = None
    kind: int | None = None
    kind_name: str | None = None
    subject: str | None = None
    signer: Signer = Signer()
    due_on: date | None = None
    business: Business = Business()
    traces: tuple[Trace, ...] = ()
    attachments: tuple[Attachment, ...] = field(default=(), compare=False)
    bare: bool = False
    says_more: bool = field(default=False, compare=False)


def content_of(pieces: Iterable[bytes], limit: int = 100_000_000) -> Blob:
    """A file of our own as an attachment's content."""
    blob = Blob(limit)
    for piece in pieces:
        blob.put(piece)
    return blob
