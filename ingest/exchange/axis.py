"""Asks the provincial axis for what has come, takes it, and tells the axis what became of it.

The wire is our contract (docs/contracts/vxp-message.md): an adapter of the real SDK will stand in for `AxisClient`.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx2
import psycopg
import stamina

from geo.clock import Clock
from geo.errors import OpsmapError
from ingest.deliveries import Sender
from ingest.exchange.desk import AXIS, Desk, merge
from ingest.exchange.edxml_read import MOST_IN_A_NAME, read_moment
from ingest.exchange.settings import ExchangeSettings
from ingest.exchange.take import Incoming, Taken, take_message
from ingest.summary import Summary
from layers.database import transaction

TIMEOUT_S = 30.0
MOST_BYTES = 400_000_000
AT_ONCE = 100
MOST_TURNS = 100
TRIES = 4
STATES = ("inbox", "acceptance", "rejection", "processing", "done", "fail")


class AxisUnavailable(OpsmapError):
    """The axis did not answer, or not as agreed."""

    title = "Trục liên thông không trả lời"


class AxisRefused(AxisUnavailable):
    """The axis knows nothing of what was asked about."""


class Listed(NamedTuple):
    """A message as the axis lists it; `size` in bytes, None where it does not say."""

    id: str
    name: str
    sent_at: str | None
    size: int | None = None


class AxisClient:
    """Speaks with the axis at `url` as system `system`; redirects are not followed."""

    def __init__(self, url: str, system: str, secret: str) -> None:
        headers = {"Authorization": f"Bearer {secret}", "X-System-Id": system}
        self._client = httpx2.Client(base_url=url, headers=headers, timeout=TIMEOUT_S, trust_env=False)

    def __enter__(self) -> "AxisClient":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def list(self, status: str, limit: int) -> list[Listed | None]:
        """The first `limit` messages in that state, oldest first; None for one whose name cannot be one."""
        told = self._ask("GET", "/edocs", params={"status": status, "limit": limit}).json()
        try:
            return [_listed(d) for d in told["documents"]]
        except (KeyError, TypeError, ValueError) as error:
            raise AxisUnavailable(f"the axis lists documents in a way we do not know: {error}") from None

    @contextmanager
    def fetch(self, listed: Listed) -> Iterator[Path]:
        """A message in a file of its own, gone after the block."""
        with tempfile.NamedTemporaryFile(prefix="opsmap-axis-") as file:
            with _plainly(), self._client.stream("GET", f"/edocs/{_in_path(listed.id)}") as answer:
                answer.raise_for_status()
                size = 0
                for piece in answer.iter_bytes():
                    size += len(piece)
                    if size > MOST_BYTES:
                        raise AxisUnavailable(f"message {listed.id!r} has more than {MOST_BYTES:,} bytes")
                    file.write(piece)
            file.flush()
            yield Path(file.name)

    def tell(self, name: str, status: str, detail: str | None) -> None:
        """Say what became of a message."""
        self._ask("POST", f"/edocs/{_in_path(name)}/status", json={"status": status, "detail": detail})

    def send(self, name: str, envelope: bytes, message_type: str = "edoc") -> None:
        """Hand in an envelope under a name of ours; the axis keeps one of that name, however often it is handed in."""
        more = {"params": {"messageType": message_type}, "headers": {"content-type": "application/xml"}}
        self._ask("PUT", f"/edocs/{_in_path(name)}", content=envelope, **more)

    def status(self, name: str) -> tuple[str, str | None] | None:
        """How far a message of ours is and what is said of it; None when the axis knows none of that name."""
        try:
            told = self._ask("GET", f"/edocs/{_in_path(name)}/status").json()
        except AxisRefused:
            return None
        state, detail = told.get("status"), told.get("detail")
        if state not in STATES:
            raise AxisUnavailable(f"the axis tells a state we do not know: {str(state)[:40]!r}")
        return state, detail if isinstance(detail, str) else None

    def _ask(self, method: str, path: str, **more: Any) -> httpx2.Response:
        with _plainly():
            for attempt in stamina.retry_context(on=_passing, attempts=TRIES, timeout=TIMEOUT_S * TRIES):
                with attempt:
                    answer = self._client.request(method, path, **more)
                    answer.raise_for_status()
        return answer


def _listed(told: Any) -> Listed | None:
    name = told.get("id") if isinstance(told, dict) else None
    if not isinstance(name, str) or not 0 < len(name) <= MOST_IN_A_NAME or "\0" in name or not name.strip("."):
        return None
    sent_at, size = told.get("createdTime"), told.get("size")
    label = str(told.get("name") or name)[:MOST_IN_A_NAME].replace("\0", "")
    return Listed(name, label, sent_at if isinstance(sent_at, str) else None, size if type(size) is int else None)


def _in_path(name: str) -> str:
    """A message's name as one part of a path, whatever it holds."""
    return quote(name, safe=",")


def _passing(error: Exception) -> bool:
    """Whether it may go better in a moment: no answer, or the axis' own trouble."""
    if isinstance(error, httpx2.HTTPStatusError):
        return error.response.status_code >= 500
    return isinstance(error, httpx2.TransportError)


@contextmanager
def _plainly() -> Iterator[None]:
    try:
        yield
    except httpx2.HTTPStatusError as error:
        kind = AxisRefused if error.response.status_code == 404 else AxisUnavailable
        raise kind(f"the axis: {error}; it is asked again at the next turn") from None
    except httpx2.HTTPError as error:
        raise AxisUnavailable(
            f"the axis: {error or type(error).__name__}; it is asked again at the next turn"
        ) from None


@dataclass
class Round:
    """What one round brought: messages taken, known before, not handed out by the axis; states told late."""

    taken: int = 0
    known: int = 0
    missed: int = 0
    told: int = 0
    summary: Summary = field(default_factory=Summary)


Report = Callable[[Listed, Taken], None]


@dataclass(frozen=True)
class Post:
    """Who polls: the connection (psycopg, autocommit), the axis, whose desk, and who is told of each message taken."""

    connection: psycopg.Connection
    client: AxisClient
    desk: Desk
    clock: Clock
    report: Report = lambda *_: None

    def poll(self) -> Round:
        """Take everything the axis has for us, oldest first. A message taken before is only told about again.

        One that the axis lists and does not hand out is left for the next round. Raises AxisUnavailable when the axis
        does not answer; what was taken until then stays.
        """
        done = Round()
        for _ in range(MOST_TURNS):
            listed = self.client.list("inbox", AT_ONCE)
            before = done.missed
            for message in listed:
                if message is None:
                    done.missed += 1
                else:
                    self._take(message, done)
            if len(listed) < AT_ONCE or done.missed > before:
                break
        done.told = self._tell_changes()
        return done

    def _take(self, message: Listed, done: Round) -> None:
        known = self._state(message.id)
        if known is not None and message.size in (None, known[2]):  # another size: other bytes under a known name
            done.known += 1
        else:
            try:
                with self.client.fetch(message) as path:
                    sent_at = read_moment(message.sent_at or "")
                    incoming = Incoming(path, message.name, message.id, sent_at)
                    taken = take_message(self.connection, incoming, self.desk, self.clock)
            except AxisUnavailable:
                done.missed += 1
                return
            merge(done.summary, taken.summary)
            self.report(message, taken)
            done.taken += 1
        self._tell(message.id)

    def _state(self, uid: str) -> tuple[str, str | None, int] | None:
        return self.connection.execute(
            "SELECT m.state, m.detail, m.size FROM exchange_message AS m JOIN source AS s ON s.id = m.source_id"
            " WHERE s.code = %s AND m.uid = %s",
            (self.desk.axis.code, uid),
        ).fetchone()

    def _tell(self, uid: str) -> None:
        """Tell the axis how a message stands, and note that it knows."""
        found = self._state(uid)
        assert found is not None  # taken just now, or before
        self.client.tell(uid, *found[:2])
        with transaction(self.connection):
            self.connection.execute(
                "UPDATE exchange_message SET told = %s WHERE uid = %s"
                " AND source_id = (SELECT id FROM source WHERE code = %s)",
                (found[0], uid, self.desk.axis.code),
            )

    def _tell_changes(self) -> int:
        """Tell the states that changed since they were told: what waited and is done now."""
        changed = self.connection.execute(
            "SELECT m.uid FROM exchange_message AS m JOIN source AS s ON s.id = m.source_id"
            " WHERE s.code = %s AND m.told <> m.state ORDER BY m.id LIMIT %s",
            (self.desk.axis.code, AT_ONCE),
        ).fetchall()
        for (uid,) in changed:
            self._tell(uid)
        return len(changed)


def poll_configured(connection: psycopg.Connection, settings: ExchangeSettings, clock: Clock) -> Round | None:
    """One round of asking the axis that the settings name; None when they name none. AxisUnavailable as in `poll`."""
    if not settings.exchange_url:
        return None
    desk = Desk(Sender(settings.exchange_source, settings.exchange_origin, AXIS.title), may=settings.may())
    secret = settings.exchange_secret.get_secret_value()
    with AxisClient(settings.exchange_url, settings.exchange_system, secret) as client:
        return Post(connection, client, desk, clock).poll()
