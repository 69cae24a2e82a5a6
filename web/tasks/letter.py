"""A task as an official letter (*công văn*) in the form of NĐ 30/2020/NĐ-CP: as a Word file, and as an edXML envelope.

Until it is issued it says DỰ THẢO on top of every page; what stands on simulated figures says MÔ PHỎNG.
"""

import io
from dataclasses import dataclass
from datetime import date
from typing import Any

from geo.errors import Conflict
from ingest.exchange.document import Attachment, Business, Document, Organ, Signer, Trace, content_of
from ingest.exchange.edxml_write import write_document
from layers.tasks.acts import DRAFT
from web.sheets import ORIGINS
from web.tasks.docx import MEDIA, Columns, Line, write_docx

LETTER_KIND = 18
"""What edXML calls a *công văn*."""


@dataclass(frozen=True)
class Letter:
    """A task under a letterhead; `task` and `head` are rows."""

    task: Any
    head: Any

    @property
    def sign(self) -> str:
        """*Số và ký hiệu*; a draft has no number yet."""
        return f"{self.task.letter_no or '…'}/{self.task.notation or self.head.notation}"

    @property
    def day(self) -> date | None:
        """The day it bears; none while it is a draft."""
        return self.task.letter_on  # type: ignore[no-any-return]

    @property
    def document_id(self) -> str:
        """What names it on the axis."""
        return f"{self.head.organ},{self.task.letter_year},{self.sign}"

    @property
    def marks(self) -> str:
        """What every page says on top."""
        draft = ["DỰ THẢO"] if self.task.issued_at is None else []
        unreal = [f"{ORIGINS[self.task.origin]}: SỐ LIỆU KHÔNG CÓ THẬT"] if self.task.origin != "real" else []
        return " – ".join([*draft, *unreal])


def letter_docx(letter: Letter) -> bytes:
    """The letter as a Word file."""
    task = letter.task
    to = Line(f"Kính gửi: {task.agency}.", align="center", after=10)
    blocks: list[Line | Columns] = [_head(letter), Line("", after=6), to]
    blocks += [Line(text, align="both", indent=True, after=6) for text in paragraphs(task)]
    return write_docx([*blocks, Line("", after=4), _foot(letter), Line("", 2)], letter.marks, task.title)


def paragraphs(task: Any) -> list[str]:
    """What the letter says: the number with its source and its moment, what is asked, by when, where to report."""
    return [
        f"{task.born['sentence']['vi']} ({source_line(task.born)})",
        f"Giao {task.agency}: {task.asked}",
        f"Thời hạn hoàn thành: ngày {task.due_on:%d/%m/%Y}.",
        f"Báo cáo kết quả trên hệ thống điều hành, nhiệm vụ số {task.number}./.",
    ]


def source_line(born: dict[str, Any]) -> str:
    """Where the number stands: source, paper and moment, in words."""
    paper = born.get("paper")
    said = [f"Nguồn: {born['source']}"]
    if paper:
        day = f" ngày {date.fromisoformat(paper['issued_on']):%d/%m/%Y}" if paper.get("issued_on") else ""
        said.append(f"văn bản số {paper.get('number') or '–'}/{paper.get('notation') or ''}{day}")
    elif born.get("count"):
        said.append(f"tổng hợp từ {born['count']} số liệu gốc")
    return "; ".join([*said, f"số liệu đến {born['as_of']}"])


def letter_edxml(letter: Letter) -> bytes:
    """The issued letter as an envelope with the Word file in it. Conflict for a draft, or an office without a code."""
    task = letter.task
    if task.letter_no is None:
        title = "Dự thảo chưa ban hành thì chưa có văn bản điện tử"
        raise Conflict("state: issue the task first; a draft has no number", field="state", title=title)
    name = f"{task.number}.docx"
    file = Attachment(name, content_of([letter_docx(letter)]), f"{task.number}-docx", MEDIA, task.title)
    return _written(_document(letter, Business(), (file,)))


def withdrawal_edxml(letter: Letter, reason: str) -> bytes:
    """The message that takes the letter back."""
    return _written(_document(letter, Business("revocation", reason, (letter.document_id,)), ()))


def _document(letter: Letter, business: Business, files: tuple[Attachment, ...]) -> Document:
    task, head = letter.task, letter.head
    if task.organ is None:
        title = f"Chưa biết mã định danh của {task.agency} trên trục: gửi văn bản giấy hoặc tệp Word"
        raise Conflict("agency: its code on the axis is not known", field="agency", title=title)
    tail = "" if business.message_type == "edoc" else ",TH"
    return Document(
        document_id=letter.document_id + tail,
        sender=Organ(head.organ, head.issuer),
        receivers=(Organ(task.organ, task.agency),),
        number=str(task.letter_no),
        notation=task.notation,
        place=head.place,
        issued_on=letter.day,
        kind=LETTER_KIND,
        kind_name="Công văn",
        subject=f"{letter.marks} {task.title}".strip(),
        signer=Signer(position=head.position, competence=head.competence),
        due_on=task.due_on,
        business=business,
        traces=(Trace(head.organ, task.issued_at),),
        attachments=files,
    )


def _written(document: Document) -> bytes:
    out = io.BytesIO()
    write_document(document, out)
    return out.getvalue()


def _head(letter: Letter) -> Columns:
    head, task = letter.head, letter.task
    left = [
        Line(head.issuer, 13, bold=True, align="center"),
        Line("–––––––", 10, align="center", after=4),
        Line(f"Số: {letter.sign}", 13, align="center"),
        Line(f"V/v {task.title}", 12, align="center"),
    ]
    right = [
        Line("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 13, bold=True, align="center"),
        Line("Độc lập - Tự do - Hạnh phúc", 14, bold=True, align="center"),
        Line("–––––––––––––––––", 10, align="center", after=4),
        Line(f"{head.place}, {_day(letter.day)}", 13, italic=True, align="center"),
    ]
    return Columns(left, right)


def _day(day: date | None) -> str:
    if day is None:
        return "ngày … tháng … năm …"
    return f"ngày {day:%d} tháng {day.month:02d} năm {day.year}"


def _foot(letter: Letter) -> Columns:
    head = letter.head
    copies = ["Như trên", *head.copies]
    left = [Line("Nơi nhận:", 12, bold=True, italic=True)]
    left += [Line(f"- {copy}{';' if at < len(copies) else '.'}", 11) for at, copy in enumerate(copies, 1)]
    signed = "(chưa ký)" if letter.task.state == DRAFT else "(ký số tại hệ thống văn bản)"
    right = [Line(text, 13, bold=True, align="center") for text in (head.competence, head.position)]
    return Columns(left, [*right, Line("", after=30), Line(signed, 12, italic=True, align="center")])
