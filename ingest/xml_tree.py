"""XML from outside, read in pieces: no entities, no document types, bounded depth, number and size.

Elements are known by their local names, so a prefix, a default namespace or none is the same to whoever reads. What
`blobs` names (base64) goes to a temporary file as it comes; what `take` names is handed over when it closes and then
forgotten, so that memory does not grow with the message.
"""

import base64
import binascii
import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from xml.sax import SAXException, handler
from xml.sax.xmlreader import AttributesNSImpl

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from geo.errors import BadInput

CHUNK = 1 << 16
IN_MEMORY = 1 << 20
"""A blob up to this size stays in memory."""


@dataclass(frozen=True)
class Limits:
    """What a message may hold at a time: depth, elements, letters outside blobs, bytes of one blob; `total` bytes."""

    depth: int = 64
    elements: int = 200_000
    letters: int = 8_000_000
    blob: int = 100_000_000
    blobs: int = 200
    total: int = 400_000_000


LIMITS = Limits()


class Blob:
    """Base64 content, decoded as it comes; `error` says in words why it could not be."""

    def __init__(self, limit: int) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)
        self._limit, self._left, self._hash = limit, b"", hashlib.sha256()
        self.size, self.error = 0, ""

    def feed(self, text: str) -> None:
        """Take some more letters of the base64 text."""
        try:
            letters = self._left + "".join(text.split()).encode("ascii")
            whole = len(letters) // 4 * 4
            self._left = letters[whole:]
            self.put(base64.b64decode(letters[:whole], validate=True))
        except (UnicodeEncodeError, binascii.Error):
            self.error = self.error or "not base64: send the file's bytes as RFC 4648 base64"

    def close(self) -> None:
        """The text has ended."""
        if self._left:
            self.error = self.error or "the base64 text is cut off: its length is no multiple of four"

    def put(self, data: bytes) -> None:
        """Take some more bytes, decoded already."""
        self.size += len(data)
        if self.size > self._limit:
            raise BadInput(f"a file of more than {self._limit:,} bytes in one message: send it in parts")
        self._hash.update(data)
        self._file.write(data)

    def open(self) -> BinaryIO:
        """The decoded bytes from their beginning; one reader at a time."""
        self._file.seek(0)
        return self._file  # type: ignore[return-value]

    def __del__(self) -> None:
        self._file.close()

    @property
    def sha256(self) -> bytes:
        """Of the decoded bytes."""
        return self._hash.digest()


@dataclass(slots=True)
class Node:
    """One element: local name, attributes by local name, stripped text, children in order, its blob if it is one."""

    name: str
    attributes: Mapping[str, str]
    text: str = ""
    children: list["Node"] = field(default_factory=list)
    blob: Blob | None = None

    def all(self, name: str) -> Iterator["Node"]:
        """The children of that name."""
        return (child for child in self.children if child.name == name)

    def find(self, *path: str) -> "Node | None":
        """The first descendant along these names, or None."""
        found: Node | None = self
        for name in path:
            found = next(found.all(name), None) if found is not None else None
        return found

    def say(self, *path: str) -> str | None:
        """The text at the end of these names; None when there is none or it is empty."""
        found = self.find(*path)
        return (found.text or None) if found is not None else None


Take = Mapping[str, Callable[[Node, str], None]]
"""By element name: what is called with the element and the name of the one around it."""


class _Builder(handler.ContentHandler):
    """Builds the tree; counts what is held, and stops at the limits."""

    def __init__(self, limits: Limits, blobs: frozenset[str], take: Take) -> None:
        super().__init__()
        self._limits, self._blob_names, self._take = limits, blobs, take
        self._open: list[Node] = []
        self._texts: list[list[str]] = []
        self._elements = self._letters = self._blobs = 0
        self.root: Node | None = None
        self.ended = False

    def startElementNS(self, name: tuple[str | None, str], qname: str | None, attrs: AttributesNSImpl) -> None:
        self._count()
        values = {key[1]: value for key, value in attrs.items()}
        self._letters += sum(map(len, values.values()))
        node = Node(name[1], values)
        if name[1] in self._blob_names:
            self._blobs += 1
            node.blob = Blob(self._limits.blob)
        self._open.append(node)
        self._texts.append([])

    def _count(self) -> None:
        self._elements += 1
        if len(self._open) >= self._limits.depth:
            raise BadInput(f"elements nested deeper than {self._limits.depth}: this is no message of the axis")
        if self._elements > self._limits.elements or self._blobs > self._limits.blobs:
            raise BadInput(f"more than {self._limits.elements:,} elements or {self._limits.blobs} files in one message")

    def characters(self, content: str) -> None:
        """Text, in pieces."""
        node = self._open[-1]
        if node.blob is not None:
            node.blob.feed(content)
            return
        self._letters += len(content)
        if self._letters > self._limits.letters:
            raise BadInput(f"more than {self._limits.letters:,} letters of text in one message")
        self._texts[-1].append(content)

    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:
        node, texts = self._open.pop(), self._texts.pop()
        node.text = "".join(texts).strip()
        if node.blob is not None:
            node.blob.close()
        self.ended = not self._open
        if taken := self._take.get(node.name):
            taken(node, self._open[-1].name if self._open else "")
            self._forget(node)
        elif self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node

    def _forget(self, node: Node) -> None:
        self._elements -= 1
        self._letters -= len(node.text) + sum(map(len, node.attributes.values()))
        self._blobs -= node.blob is not None
        for child in node.children:
            self._forget(child)


def read_xml(
    stream: BinaryIO, *, blobs: frozenset[str] = frozenset(), take: Take | None = None, limits: Limits = LIMITS
) -> Node:
    """The root element. BadInput, in words, for what is no XML, holds entities or a document type, or is too much.

    A root that `take` took comes back empty.
    """
    builder = _Builder(limits, blobs, take or {})
    parser: Any = DefusedExpatParser(forbid_dtd=True)
    parser.setFeature(handler.feature_namespaces, True)
    parser.setContentHandler(builder)
    try:
        for chunk in _chunks(stream, limits.total):
            parser.feed(chunk)
        parser.close()
    except DefusedXmlException as error:
        raise BadInput(f"{type(error).__name__}: a message may hold no document type and no entities") from None
    except (SAXException, LookupError, ValueError) as error:
        raise BadInput(f"not readable as XML: {error}") from None
    if not builder.ended:
        raise BadInput("not readable as XML: there is nothing in it")
    return builder.root or Node("", {})


def _chunks(stream: BinaryIO, most: int) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        most -= len(chunk)
        if most < 0:
            raise BadInput("the message is too large: send its files in parts")
        yield chunk
