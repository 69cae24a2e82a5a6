"""A report comes in: checked, placed in its commune, given to who answers it, with a code to follow it by."""

import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, insert, select, text

from geo.clock import local_date
from geo.errors import BadInput, Conflict
from geo.text import fold
from geo.workdays import Workdays
from layers.citizens.clock import due_after
from layers.citizens.codes import hash_of, make_code
from layers.citizens.history import Actor, append
from layers.citizens.models import ReportCase, ReportPhoto
from layers.citizens.photos import Photo
from layers.citizens.rows import categories_at, category_of
from layers.citizens.secret import lock_contact
from layers.stepping import Entry
from layers.units.models import Unit
from layers.units.read import locate_statement, on_date

NEW = "moi"
COMMUNE = "commune"
NUMBER_LOCK = 7_105_131


@dataclass(frozen=True)
class Told:
    """What a citizen says. A place is a point (EPSG:4326, degrees) or a commune's code; `sure` answers our question."""

    category: str
    text: str
    lon: float | None = None
    lat: float | None = None
    unit: str | None = None
    address: str | None = None
    contact: dict[str, str] = field(default_factory=dict)
    sure: bool = False


class Filed(NamedTuple):
    """A report that was taken in: its public number, the code only its citizen gets, until when it is due."""

    id: int
    number: str
    code: str
    due_at: datetime
    agency: str
    unit_name: str


@dataclass(frozen=True)
class Desk:
    """How reports are taken in here: through which door, as what, with which key and calendar."""

    channel: str
    origin: str
    key: str
    calendar: Workdays = Workdays()  # noqa: RUF009  (frozen)


def take_in(connection: Connection, told: Told, photos: Sequence[Photo], desk: Desk, now: datetime) -> Filed:
    """Store a report. BadInput says what is missing; Conflict asks, when it reads like a khiếu nại or a tố cáo."""
    category = category_of(connection, told.category, now)
    if not category.accepted:
        raise BadInput(f"category: {category.refer_en}", field="category", title=category.refer_vi)
    if not told.sure:
        _ask(connection, told.text, now)
    unit = find_unit(connection, told, now)
    code, due = make_code(), due_after(now, category.within_days, desk.calendar)
    agency = f"UBND {unit.full_name[0].lower()}{unit.full_name[1:]}" if category.agency == COMMUNE else category.agency
    values: dict[str, Any] = {
        "number": _number(connection, now),
        "code_hash": hash_of(code),
        "channel": desk.channel,
        "origin": desk.origin,
        "category": category.code,
        "text": told.text,
        "address": told.address,
        "lon_e7": None if told.lon is None else round(told.lon * 1e7),
        "lat_e7": None if told.lat is None else round(told.lat * 1e7),
        "unit": unit.code,
        "unit_name": unit.full_name,
        "agency": agency,
        "contact": lock_contact(connection, told.contact, desk.key),
        "received_at": now,
        "state": NEW,
        "state_since": now,
        "due_at": due,
        "changed_at": now,
    }
    row = connection.execute(insert(ReportCase).values(**values).returning(*ReportCase.__table__.columns)).one()
    append(connection, row, Entry("told", Actor(now), {"channel": desk.channel, "photos": len(photos)}))
    keep_photos(connection, row.id, photos)
    return Filed(row.id, row.number, code, due, agency, unit.full_name)


def find_unit(connection: Connection, told: Told, now: datetime) -> Any:
    """The commune of what was told; BadInput when it is none of ours."""
    day = local_date(now)
    if told.lon is not None and told.lat is not None:
        found = connection.execute(locate_statement(told.lon, told.lat, day)).all()
        title = "Vị trí nằm ngoài tỉnh: hãy đặt lại vị trí hoặc chọn xã, phường"
    else:
        found = connection.execute(select(Unit.__table__).where(Unit.code == (told.unit or ""), on_date(day))).all()
        title = "Hãy cho biết vị trí hoặc chọn xã, phường"
    unit = next((row for row in found if row.level == COMMUNE), None)
    if unit is None:
        raise BadInput("lon, lat or unit: give a point in the province or a commune's code", field="unit", title=title)
    return unit


def _ask(connection: Connection, told: str, now: datetime) -> None:
    """Conflict when the text reads like what the law has another way for; nothing is decided by a word."""
    for row in categories_at(connection, now).values():
        if not row.accepted and any(reads_like(told, word) for word in row.keywords):
            title = f"Nội dung có phải là {row.title_vi.lower()}? {row.refer_vi} Nếu không phải, hãy xác nhận để gửi."
            detail = f"sure: {row.refer_en} If it is not that, send it again with sure=true"
            raise Conflict(detail, field="sure", title=title)


def reads_like(told: str, word: str) -> bool:
    """Whether a word stands in a text; in one without any dấu the word without its own (với tiến độ is no vòi tiền)."""
    lower = unicodedata.normalize("NFC", told).lower()
    return fold(word) in fold(told) if fold(told) == " ".join(lower.split()) else word in lower


def _number(connection: Connection, now: datetime) -> str:
    """The next public number of the year: PA-2026-000123."""
    connection.execute(text(f"SELECT pg_advisory_xact_lock({NUMBER_LOCK})"))
    start = f"PA-{local_date(now).year}-"
    last = connection.scalar(select(func.max(ReportCase.number)).where(ReportCase.number.startswith(start)))
    return f"{start}{int(last.rsplit('-', 1)[1]) + 1 if last else 1:06d}"


def keep_photos(connection: Connection, report_id: int, photos: Sequence[Photo]) -> None:
    """Store the photos of a report under addresses that cannot be guessed."""
    rows = [
        {"token": secrets.token_urlsafe(18), "report_id": report_id, "place": place, **vars(photo)}
        for place, photo in enumerate(photos, 1)
    ]
    if rows:
        connection.execute(insert(ReportPhoto), rows)
