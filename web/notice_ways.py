"""How notices go out: copied, printed, or through a gateway that is off unless it is set up."""

from typing import TYPE_CHECKING, Any

import httpx2
import structlog
from pydantic import SecretStr
from sqlalchemy import Connection, select, update

from geo.errors import BadInput
from layers.database import write_async
from layers.vessels.registry import Vessel
from layers.watch.cases.about import lock_case
from layers.watch.cases.acts import Doer, note
from layers.watch.cases.institutions import institutions_statement
from layers.watch.cases.ledger import Entry
from layers.watch.cases.notices import CHANNELS, Notice
from web.settings import WebSettings
from web.state import State

if TYPE_CHECKING:
    from web.case_notices import KeptNotice

TIMEOUT_S = 10.0
PHONES = {"owner": Vessel.owner_phone, "captain": Vessel.captain_phone}
_log = structlog.get_logger()


def gateway_of(settings: WebSettings, channel: str) -> tuple[str, SecretStr]:
    """Address and key of a channel's gateway; an empty address: it is off."""
    known = {"sms": (settings.sms_url, settings.sms_key), "zalo": (settings.zalo_url, settings.zalo_key)}
    return known[channel]


def check_way(settings: WebSettings, channel: str, origin: str) -> None:
    """BadInput when a channel is none, is off, or may not be used for what is simulated."""
    if channel not in CHANNELS:
        raise BadInput(f"channel={channel[:40]!r}: use one of {', '.join(CHANNELS)}", field="channel")
    if channel in ("copy", "print"):
        return
    name = CHANNELS[channel].en
    if not gateway_of(settings, channel)[0]:
        detail = f"channel={channel}: no {name} gateway is set (OPSMAP_{channel.upper()}_URL); copy or print it"
        raise BadInput(detail, field="channel", title=f"Chưa bật gửi {name}: hãy chép nội dung hoặc in")
    if origin != "real" and not settings.notify_simulated:
        detail = f"channel={channel}: the case is {origin}, nothing is sent (OPSMAP_NOTIFY_SIMULATED); copy or print it"
        raise BadInput(detail, field="channel", title="Vụ việc mô phỏng: không gửi tin, hãy chép nội dung hoặc in")


def phone_of(connection: Connection, case: Any, recipient: str) -> str:
    """The telephone of a recipient; BadInput when nobody has given one."""
    phone = None
    if recipient in PHONES and case.vessel_id is not None:
        here = (Vessel.id == case.vessel_id, Vessel.leads)
        phone = connection.execute(select(PHONES[recipient]).where(*here)).scalar()
    elif recipient not in PHONES:
        phone = next((row.phone for row in connection.execute(institutions_statement(recipient)) if row.phone), None)
    if not phone:
        raise BadInput(
            f"to: nobody has given a telephone of {recipient}; copy or print it", field="to", title="Chưa có số"
        )
    return str(phone)


async def deliver(state: State, number: str, notice: "KeptNotice", doer: Doer) -> None:
    """Hand a stored notice to its gateway, and write down what became of it."""
    failure = await _send(state.settings, notice)
    outcome = "sent" if failure is None else "failed"
    async with write_async(state.engine) as connection:
        here = update(Notice).where(Notice.id == notice.id)
        await connection.execute(here.values(state=outcome, state_at=state.clock(), failure=failure))
        await connection.run_sync(_note, number, dict(notice.said) | {"state": outcome}, doer)


def _note(connection: Connection, number: str, body: dict[str, Any], doer: Doer) -> None:
    note(connection, lock_case(connection, number), Entry("notice", doer.at, None, None, body))


async def _send(settings: WebSettings, notice: "KeptNotice") -> str | None:
    """Why it could not be sent; None when the gateway took it."""
    url, key = gateway_of(settings, notice.said["channel"])
    headers = {"authorization": f"Bearer {key.get_secret_value()}"} if key.get_secret_value() else {}
    message = {"to": notice.phone, "text": notice.text, "ref": f"notice-{notice.id}"}
    try:
        async with httpx2.AsyncClient(timeout=TIMEOUT_S, trust_env=False, follow_redirects=False) as client:
            answer = await client.post(url, json=message, headers=headers)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        _log.warning("notice_failed", notice=notice.id, error=type(error).__name__)
        return f"no answer: {type(error).__name__}"
    return None if answer.is_success else f"status {answer.status_code}"
