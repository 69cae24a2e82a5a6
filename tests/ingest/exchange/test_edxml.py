"""edXML there and back, as others write it, and as nobody should."""

import io
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.clock import LOCAL
from geo.errors import BadInput
from ingest.exchange.document import (
    MESSAGE_TYPES,
    Attachment,
    Business,
    Document,
    Organ,
    Signer,
    Trace,
    content_of,
)
from ingest.exchange.edxml_read import read_document
from ingest.exchange.edxml_write import write_document
from ingest.xml_tree import Limits

words = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30)
maybe = st.none() | words
days = st.none() | st.dates(date(1900, 1, 1), date(2100, 12, 31))
organs = st.builds(Organ, words, maybe, maybe)
moments = st.integers(1_000_000_000, 4_000_000_000).map(lambda s: datetime.fromtimestamp(s, LOCAL))
contents = st.binary(max_size=300).map(lambda data: content_of([data]))
attachments = st.builds(Attachment, words, contents, words.map(lambda w: f"f-{w}"), maybe, maybe)
documents = st.builds(
    Document,
    document_id=words,
    sender=organs,
    receivers=st.lists(organs, max_size=3).map(tuple),
    number=maybe,
    notation=maybe,
    place=maybe,
    issued_on=days,
    kind=st.none() | st.integers(0, 99999),
    kind_name=maybe,
    subject=maybe,
    signer=st.builds(Signer, maybe, maybe, maybe),
    due_on=days,
    business=st.builds(
        Business, st.sampled_from(MESSAGE_TYPES), maybe, st.lists(words, max_size=3, unique=True).map(tuple)
    ),
    traces=st.lists(st.builds(Trace, words, moments), max_size=2).map(tuple),
    attachments=st.lists(attachments, max_size=2, unique_by=lambda a: a.content_id).map(tuple),
)


def _written(document: Document) -> bytes:
    out = io.BytesIO()
    write_document(document, out)
    return out.getvalue()


@settings(max_examples=60)
@given(documents)
def test_what_is_written_is_read(document: Document) -> None:
    read = read_document(io.BytesIO(_written(document)))
    assert read == document
    assert [a.content.sha256 for a in read.attachments] == [a.content.sha256 for a in document.attachments]
    told = [(a.name, a.content_id, a.media, a.description) for a in document.attachments]
    assert [(a.name, a.content_id, a.media, a.description) for a in read.attachments] == told


@settings(max_examples=20)
@given(documents)
def test_every_child_has_the_prefix(document: Document) -> None:
    text = _written(document).decode()
    tags = [part for part in text.split("<")[3:] if not part.startswith(("/", "edXML:"))]
    assert tags == []


def _letter(inside: str = "", *, business: str = "0", root: str = 'edXML xmlns="u:x"') -> bytes:
    name = root.split()[0]
    return f"""<{root}><edXMLEnvelope><edXMLHeader><MessageHeader><From><OrganId>H48.01</OrganId></From>
      <DocumentId>H48.01,2026,7</DocumentId></MessageHeader><TraceHeaderList><Bussiness>
      <BussinessDocType>{business}</BussinessDocType></Bussiness></TraceHeaderList></edXMLHeader>{inside}
      </edXMLEnvelope></{name}>""".encode()


def test_a_default_namespace_and_none_are_read_too() -> None:
    for root in ('edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"', "edXML"):
        assert read_document(io.BytesIO(_letter(root=root))).document_id == "H48.01,2026,7"


def test_staff_and_the_letters_own_text_are_not_read() -> None:
    told = "<X><StaffInfo><Mobile>0000000001</Mobile></StaffInfo></X>"
    document = read_document(io.BytesIO(_letter(told)))
    assert document.says_more
    assert "0000000001" not in repr(document)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (b"", "nothing in it"),
        (b"<edXML/>", "begins with edXML"),
        (_letter(business="9"), "BussinessDocType"),
        (_letter().replace(b"<OrganId>H48.01</OrganId>", b""), "OrganId"),
        (_letter().replace(b"<DocumentId>H48.01,2026,7</DocumentId>", b""), "DocumentId"),
        (_letter()[:-9], "not readable as XML"),
        (b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>' + _letter(), "no document type"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + _letter(), "no document type"),
        (b"<edXML>" + b"<a>" * 5000, "nested deeper"),
        (_letter("<a/>" * 300), "elements"),
        (_letter(f"<a>{'x' * 5000}</a>"), "letters"),
        (_letter(f"<a b='{'x' * 5000}'/>"), "letters"),
        (_letter("<ContentTransferEncoded>" + "QUJD" * 2000 + "</ContentTransferEncoded>"), "bytes in one message"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(bad: bytes, says: str) -> None:
    limits = Limits(elements=200, letters=4000, blob=5000)
    with pytest.raises(BadInput, match=says):
        read_document(io.BytesIO(bad), limits=limits)


def test_a_large_file_stays_out_of_memory() -> None:
    """A message that is one 40 MB file is read with a few pieces of it in hand."""
    import tracemalloc

    class Long(io.RawIOBase):
        left = 40_000_000
        head = b"<edXML><edXMLEnvelope><edXMLHeader><MessageHeader><From><OrganId>H48</OrganId></From>"
        head += b"<DocumentId>1</DocumentId></MessageHeader></edXMLHeader></edXMLEnvelope>"
        head += b"<AttachmentEncoded><ContentTransferEncoded>"
        tail = b"</ContentTransferEncoded></AttachmentEncoded></edXML>"

        def read(self, size: int = -1) -> bytes:
            if self.head:
                taken, self.head = self.head, b""
            elif self.left:
                taken = b"QUJD" * (size // 4)
                self.left = max(0, self.left - size)
            else:
                taken, self.tail = self.tail, b""
            return taken

    tracemalloc.start()
    document = read_document(Long())  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert document.attachments[0].content.size > 29_000_000
    assert peak < 8_000_000


def test_a_broken_attachment_is_told_and_the_rest_is_read() -> None:
    cut = "<AttachmentEncoded><ContentTransferEncoded>QUJDR</ContentTransferEncoded></AttachmentEncoded>"
    odd = "<AttachmentEncoded><ContentTransferEncoded>QUé=</ContentTransferEncoded></AttachmentEncoded>"
    found = read_document(io.BytesIO(_letter(cut + odd))).attachments
    assert ["cut off" in found[0].content.error, "base64" in found[1].content.error] == [True, True]


def test_moments_are_read_as_they_are_written() -> None:
    from ingest.exchange.edxml_read import read_moment

    moment = datetime(2026, 11, 23, 7, 5, tzinfo=LOCAL)
    for told in ("2026/11/23 07:05:00", "2026-11-23T07:05:00+07:00", str(int(moment.timestamp()))):
        assert read_moment(told) == moment
    assert read_moment("hôm qua") is None
    assert moment.utcoffset() == timedelta(hours=7)
