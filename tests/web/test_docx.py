"""A letter's Word file: whatever is written into it comes out again, and the same letter is the same bytes."""

import io
import zipfile
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from web.tasks.docx import Columns, Line, write_docx

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"), max_size=60)


def parts_of(docx: bytes) -> dict[str, ElementTree.Element]:
    with zipfile.ZipFile(io.BytesIO(docx)) as file:
        assert file.testzip() is None
        return {name: ElementTree.fromstring(file.read(name)) for name in file.namelist()}


@given(st.lists(TEXTS, max_size=8), TEXTS, TEXTS)
def test_what_is_written_comes_out_again(lines: list[str], left: str, heading: str) -> None:
    blocks = [*map(Line, lines), Columns([Line(left)], [Line("phải")])]
    parts = parts_of(write_docx(blocks, heading, left))
    body = parts["word/document.xml"]
    read = ["".join(t.text or "" for t in p.iter(f"{W}t")) for p in body.iter(f"{W}p")]
    assert read == [*lines, left, "phải"]
    assert "".join(t.text or "" for t in parts["word/header1.xml"].iter(f"{W}t")) == heading
    assert write_docx(blocks, heading, left) == write_docx(blocks, heading, left)


def test_every_part_is_named_and_every_relation_leads_somewhere() -> None:
    """What Word refuses a file for: a part without a type, a relation to nothing, a cell without a paragraph."""
    parts = parts_of(
        write_docx([Line("một\nhai\x0b\x00"), Columns([Line("trái")], [Line("phải")])], "DỰ THẢO", "a & b")
    )
    named = {e.get("PartName") for e in parts["[Content_Types].xml"]} - {None}
    assert named == {f"/{name}" for name in parts if not name.endswith((".rels", "_Types].xml"))}
    for rels, folder in (("_rels/.rels", ""), ("word/_rels/document.xml.rels", "word/")):
        assert all(folder + str(e.get("Target")) in parts for e in parts[rels])
    body = parts["word/document.xml"].find(f"{W}body")
    assert body is not None
    assert [e.tag for e in body][-1] == f"{W}sectPr"
    assert all(cell[-1].tag == f"{W}p" for cell in body.iter(f"{W}tc"))  # a cell ends with a paragraph
    assert len(list(body.iter(f"{W}br"))) == 1
