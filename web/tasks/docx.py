"""The smallest Word file that holds an official letter: paragraphs, one row of two columns, a line on top of each page.

WordprocessingML (ECMA-376) by hand, see docs/adr/0038: five parts, no styles beyond what stands in them, and the same
bytes for the same letter.
"""

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

MEDIA = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_P = "http://schemas.openxmlformats.org/package/2006"
_MADE = (1980, 1, 1, 0, 0, 0)
"""What a part of the file says of its day: the same bytes every time."""
FONT = "Times New Roman"
MM = 56.7
"""Twentieths of a point in a millimetre."""
WIDE_MM = (70, 95)
"""The two columns of a letter's head and foot on A4 between its margins."""


@dataclass(frozen=True)
class Line:
    """One paragraph; `size` in points, `align` left, center, right or both, `indent` its first line by 10 mm."""

    text: str
    size: float = 14
    bold: bool = False
    italic: bool = False
    align: str = "left"
    indent: bool = False
    after: float = 0
    ruled: bool = False


@dataclass(frozen=True)
class Columns:
    """Two columns of lines side by side, without borders."""

    left: Sequence[Line]
    right: Sequence[Line]


def write_docx(blocks: Iterable[Line | Columns], heading: str, title: str) -> bytes:
    """The file; `heading` stands on top of every page (empty: nothing), `title` among its properties."""
    body = "".join(_columns(block) if isinstance(block, Columns) else _line(block) for block in blocks)
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELS,
        "docProps/core.xml": _core(title),
        "word/_rels/document.xml.rels": _DOCUMENT_RELS,
        "word/header1.xml": _part("hdr", _line(Line(heading, 12, bold=True, align="center"))),
        "word/document.xml": _part("document", f"<w:body>{body}{_SECTION}</w:body>"),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(zipfile.ZipInfo(name, _MADE), _HEAD + text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _line(line: Line) -> str:
    spacing = f'<w:spacing w:before="0" w:after="{round(line.after * 20)}"/>'
    indent = f'<w:ind w:firstLine="{round(10 * MM)}"/>' if line.indent else ""
    ruled = '<w:pBdr><w:bottom w:val="single" w:sz="6" w:space="1" w:color="auto"/></w:pBdr>' if line.ruled else ""
    about = f'<w:pPr>{ruled}{spacing}{indent}<w:jc w:val="{line.align}"/></w:pPr>'
    return f"<w:p>{about}{_run(line)}</w:p>" if line.text else f"<w:p>{about}</w:p>"


def _run(line: Line) -> str:
    faces = f'<w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:cs="{FONT}"/>'
    weight = ("<w:b/>" if line.bold else "") + ("<w:i/>" if line.italic else "")
    size = f'<w:sz w:val="{round(line.size * 2)}"/><w:szCs w:val="{round(line.size * 2)}"/><w:lang w:val="vi-VN"/>'
    pieces = "<w:br/>".join(_text(piece) for piece in line.text.split("\n"))
    return f"<w:r><w:rPr>{faces}{weight}{size}</w:rPr>{pieces}</w:r>"


def _text(piece: str) -> str:
    kept = "".join(letter for letter in piece if letter == "\t" or letter >= " ")  # others have no place in XML
    return f'<w:t xml:space="preserve">{escape(kept)}</w:t>'


def _columns(columns: Columns) -> str:
    sides = zip(WIDE_MM, (columns.left, columns.right), strict=True)
    grid = "".join(f'<w:gridCol w:w="{round(wide * MM)}"/>' for wide in WIDE_MM)
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{round(wide * MM)}" w:type="dxa"/></w:tcPr>{"".join(map(_line, lines))}</w:tc>'
        for wide, lines in sides
    )
    about = f'<w:tblPr><w:tblW w:w="{round(sum(WIDE_MM) * MM)}" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr>'
    return f"<w:tbl>{about}<w:tblGrid>{grid}</w:tblGrid><w:tr>{cells}</w:tr></w:tbl>"


def _part(root: str, inside: str) -> str:
    return f'<w:{root} xmlns:w="{_W}" xmlns:r="{_R}">{inside}</w:{root}>'


def _core(title: str) -> str:
    spaces = f'xmlns:cp="{_P}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return f"<cp:coreProperties {spaces}><dc:title>{escape(title)}</dc:title></cp:coreProperties>"


_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_TYPES = (
    f'<Types xmlns="{_P}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_WORD}.document.main+xml"/>'
    f'<Override PartName="/word/header1.xml" ContentType="{_WORD}.header+xml"/>'
    '<Override PartName="/docProps/core.xml"'
    ' ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
)
_RELS = (
    f'<Relationships xmlns="{_P}/relationships">'
    f'<Relationship Id="rId1" Type="{_R}/officeDocument" Target="word/document.xml"/>'
    f'<Relationship Id="rId2" Type="{_P}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
    "</Relationships>"
)
_DOCUMENT_RELS = (
    f'<Relationships xmlns="{_P}/relationships">'
    f'<Relationship Id="rId1" Type="{_R}/header" Target="header1.xml"/></Relationships>'
)
# A4 with the margins of NĐ 30/2020: 20 mm above and below, 30 mm at the left, 15 mm at the right.
_SECTION = (
    '<w:sectPr><w:headerReference w:type="default" r:id="rId1"/>'
    f'<w:pgSz w:w="{round(210 * MM)}" w:h="{round(297 * MM)}"/>'
    f'<w:pgMar w:top="{round(20 * MM)}" w:right="{round(15 * MM)}" w:bottom="{round(20 * MM)}"'
    f' w:left="{round(30 * MM)}" w:header="{round(9 * MM)}" w:footer="{round(9 * MM)}" w:gutter="0"/></w:sectPr>'
)
