"""Notices of a case: a template's words filled in with what is known, and one kept as it was made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection, insert

from geo.clock import show_moment
from geo.degrees import show_place
from geo.errors import BadInput, NotFound
from layers.watch.cases.about import About, find_case, read_about
from layers.watch.cases.acts import Doer
from layers.watch.cases.models import KINDS
from layers.watch.cases.notices import (
    CHANNELS,
    RECIPIENTS,
    Notice,
    check_template,
    fill_template,
    templates_statement,
)
from layers.watch.cases.say import lasted
from layers.watch.law import CONDUCTS, choose, law_statement
from web.case_people import offices, rescue
from web.case_words import title_of
from web.cases import E7, Beside, read_beside
from web.notice_ways import check_way, phone_of
from web.settings import WebSettings
from web.views import Words

DEVICE_KIND = {"ais_speaks": "silence"}


class WayView(BaseModel):
    """How a notice may go out; `why` says what is missing where it may not."""

    value: str
    title: Words
    enabled: bool
    why: Words | None


class NoticeDraft(BaseModel):
    """A template filled in for a case: to be read, copied, changed or stored."""

    template: str
    version: int
    verified: bool
    title: Words
    recipient: str
    recipient_title: Words
    to: str | None
    subject: str
    text: str
    channels: list[WayView]


@dataclass(frozen=True)
class NoticeAsked:
    """What somebody wants to send, and what the gateways are set to."""

    number: str
    given: Mapping[str, Any]
    settings: WebSettings


@dataclass(frozen=True)
class KeptNotice:
    """A notice that was stored: what its entry says, and the number to send it to (None: it is copied or printed)."""

    id: int
    said: Mapping[str, Any]
    text: str
    phone: str | None


@dataclass(frozen=True)
class Draft:
    """A template's row with its words filled in, and the office it goes to."""

    row: Any
    to: str | None
    subject: str
    text: str


def draft_notice(connection: Connection, number: str, template: str, to: str | None, now: datetime) -> Draft:
    """The words of a template for a case; NotFound when there is no such case or template."""
    case = find_case(connection, number)
    row = next((row for row in connection.execute(templates_statement()) if row.code == template), None)
    if row is None:
        detail = f"template={template[:40]!r}: there is none; GET /api/notice-templates lists them"
        raise NotFound(detail, field="template")
    about, beside = read_about(connection, case, now), read_beside(connection, [case], now)
    office = to or _office(connection, row.recipient, beside.boats.get(case.vessel_id))
    values = _values(connection, about, beside, now) | {"noi_nhan": office or RECIPIENTS[row.recipient].vi}
    return Draft(row, office, fill_template(row.subject, values), fill_template(row.text, values))


def keep_notice(connection: Connection, asked: NoticeAsked, doer: Doer) -> KeptNotice:
    """Store a notice as it was written; BadInput when its channel is off, or nobody has given a number."""
    given = asked.given
    draft = draft_notice(connection, asked.number, given["template"], given.get("to"), doer.at)
    case, channel = find_case(connection, asked.number), given["channel"]
    check_way(asked.settings, channel, case.origin)
    phone = phone_of(connection, case, draft.row.recipient) if channel in ("sms", "zalo") else None
    text = given.get("text") or draft.text
    check_template(text)
    state = "printed" if channel == "print" else "prepared"
    made = {"template": draft.row.code, "template_version": draft.row.version, "recipient": draft.row.recipient}
    values = made | {"recipient_name": draft.to, "channel": channel, "subject": draft.subject, "text": text}
    values |= {"state": state, "origin": case.origin, "by": doer.name, "at": doer.at, "state_at": doer.at}
    new = insert(Notice).values(case_id=case.id, **values).returning(Notice.id)
    notice = int(connection.execute(new).scalar_one())
    return KeptNotice(notice, made | {"notice": notice, "channel": channel, "state": state}, text, phone)


def _office(connection: Connection, recipient: str, boat: Any | None) -> str | None:
    """The office of that sort which answers for the boat; None for people."""
    found = [*offices(connection, boat), *rescue(connection)]
    return next((office.office for office in found if office.kind == recipient), None)


def _values(connection: Connection, about: About, beside: Beside, now: datetime) -> dict[str, str]:
    case = about.case
    boat, title = beside.boats.get(case.vessel_id), title_of(case, beside.told.get(case.id))
    began = about.owed.silence.began_at if about.owed else case.began_at
    due = next((clock.at for clock in about.clocks() if clock.what == "contact"), None)
    place = case.lat_e7 is not None and case.lon_e7 is not None
    placed = _placed_at(about) or began
    return {
        "so_vu_viec": case.number,
        "loai": title.vi if case.kind == "distress" else KINDS[case.kind].vi,
        "luc": show_moment(began),
        "bao_lau": lasted(now - began).vi,
        "vi_tri": show_place(case.lon_e7 / E7, case.lat_e7 / E7) if place else "",
        "vi_tri_luc": show_moment(placed) if place else "",
        "dieu_khoan": _article(connection, case),
        "han": show_moment(due) if due else "",
        "bay_gio": show_moment(now),
    } | _boat(boat)


def _placed_at(about: About) -> datetime | None:
    """When people in danger were where the case says they are; None for any other case: where it began."""
    if about.case.kind != "distress":
        return None
    told = [e.body["position"].get("t") or e.at.isoformat() for e in about.entries if e.body.get("position")]
    return datetime.fromisoformat(told[-1]) if told else None


def _boat(boat: Any | None) -> dict[str, str]:
    if boat is None:
        return {"tau": "chưa rõ số đăng ký"}
    return {
        "tau": f"{boat.code} ({boat.name})" if boat.name else boat.code,
        "chieu_dai": f"{boat.length_m:.1f} m".replace(".", ","),
        "cang": boat.home_port,
        "thuyen_vien": "" if boat.crew is None else str(boat.crew),
    }


def _article(connection: Connection, case: Any) -> str:
    """What was in force when it began: decree and article."""
    conduct = DEVICE_KIND.get(case.kind, case.kind)
    if conduct not in CONDUCTS:
        return ""
    law = choose(connection.execute(law_statement((conduct,))).all(), conduct, case.length_m, case.began_at)
    step = "position_by_other_means" if conduct == "silence" else None
    row = next((duty for duty in law.duties if duty.step == step), None) or law.first_duty or law.penalty
    return "" if row is None else f"{row.article} {row.decree}" if row.article else str(row.decree)


def ways_of(settings: WebSettings, origin: str) -> list[WayView]:
    """Every channel, whether it is open for a case of that origin, and what is missing where it is not."""
    found = []
    for code, title in CHANNELS.items():
        why = None
        try:
            check_way(settings, code, origin)
        except BadInput as error:
            why = Words(vi=error.title, en=error.detail)
        found.append(WayView(value=code, title=Words.of(title), enabled=why is None, why=why))
    return found
