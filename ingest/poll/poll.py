"""Asks a feed once: what is new goes onto the bus, what happened into its row.

The row moves on only after the bus has the answer. Cut short between the two, the same is asked again, and the same
content is stored once.
"""

import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Literal
from urllib.parse import quote, urlsplit

import psycopg
from pydantic import SecretStr

from geo.clock import Clock, unix_ms
from geo.errors import BadInput, NotAllowed
from ingest.bus.bus import BusFull, Publisher
from ingest.bus.parcel import send_file
from ingest.bus.record import Record
from ingest.forms import form_named
from ingest.poll.fetch import MIB, Answer, FeedFailed, Known, Question, fetch
from ingest.poll.guard import Guard
from ingest.poll.state import Remembered, note_failure, note_success, note_try, read_state
from ingest.work.settings import FeedSettings

Outcome = Literal["new", "same", "failed"]
Fetch = Callable[[Question, Known, Guard, Path], Answer]
_SECRET = re.compile(r"\{secret:([^}]+)\}")
SUFFIXES = {
    "application/json": ".json",
    "application/geo+json": ".geojson",
    "text/csv": ".csv",
    "application/xml": ".xml",
    "text/xml": ".xml",
    "application/zip": ".zip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}


@dataclass(frozen=True)
class Feed:
    """A feed and what it may use: its settings, its headers with the secrets in them, the guard."""

    name: str
    settings: FeedSettings
    headers: dict[str, str]
    guard: Guard

    @property
    def source(self) -> str:
        """Whose data it is."""
        return self.settings.source or self.name

    def question(self, now: datetime, before: Remembered) -> Question:
        """What to ask now."""
        told = self.settings
        since = before.since or now - timedelta(days=told.first_days)
        moment = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        url = told.url.replace("{since}", quote(moment, safe=""))
        return Question(url, self.headers, told.media, told.timeout_s, told.most_mib * MIB, told.tries)


def make_feed(name: str, settings: FeedSettings, secrets: dict[str, SecretStr], guard: Guard) -> Feed:
    """A feed as the settings tell it. BadInput for a form or a secret that does not exist."""
    form_named(settings.form)

    def fill(found: re.Match[str]) -> str:
        if found[1] not in secrets:
            raise BadInput(f"feeds.{name}: there is no secret {found[1]!r} in OPSMAP_SECRETS", field="secrets")
        return secrets[found[1]].get_secret_value()

    headers = {key.lower(): _SECRET.sub(fill, value) for key, value in settings.headers.items()}
    if not all(f"{key}{value}".isascii() and f"{key}{value}".isprintable() for key, value in headers.items()):
        raise BadInput(f"feeds.{name}: headers hold plain letters, digits and signs only", field="headers")
    return Feed(name, settings, headers, guard)


def is_due(connection: psycopg.Connection, feed: Feed, now: datetime) -> bool:
    """Whether it is time to ask (or the clock was set back)."""
    tried = read_state(connection, feed.name).tried_at
    return tried is None or not timedelta(0) <= now - tried < timedelta(seconds=feed.settings.every_s)


def poll(connection: psycopg.Connection, feed: Feed, bus: Publisher, clock: Clock, ask: Fetch = fetch) -> Outcome:
    """Ask once. Raises only when the database is away."""
    began = clock()
    before = read_state(connection, feed.name)
    note_try(connection, feed.name, began)
    try:
        with tempfile.TemporaryDirectory(prefix="opsmap-feed-") as folder:
            path = Path(folder) / "body"
            answer = ask(feed.question(began, before), before.known, feed.guard, path)
            new = answer.fresh and answer.size > 0 and answer.sha256 != before.sha256
            if new:
                _send(bus, feed, answer, path, clock())
    except (FeedFailed, NotAllowed, BusFull) as error:
        note_failure(connection, feed.name, clock(), _in_words(error))
        return "failed"
    outcome: Outcome = "new" if new else "same"
    since = began - timedelta(seconds=feed.settings.overlap_s)
    note_success(connection, feed.name, clock(), answer, (outcome, since))
    return outcome


def _send(bus: Publisher, feed: Feed, answer: Answer, path: Path, now: datetime) -> None:
    told = feed.settings
    name = f"{feed.name}{_suffix(told.url, answer.media)}"
    head = Record(told.form, feed.source, told.origin, name, unix_ms(now), b"")
    send_file(bus, form_named(told.form), head, path, answer.sha256.hex())


def _suffix(url: str, media: str) -> str:
    """What kind of file it is, for forms that read files: as the server says, else as the address ends."""
    return SUFFIXES.get(media) or PurePosixPath(urlsplit(url).path).suffix[:8]


def _in_words(error: FeedFailed | NotAllowed | BusFull) -> FeedFailed:
    if isinstance(error, FeedFailed):
        return error
    if isinstance(error, BusFull):
        return FeedFailed("Đĩa của máy này đã đầy; hãy giải phóng dung lượng.", f"the spool is full: {error}")
    return FeedFailed("Không được phép hỏi địa chỉ này; xem OPSMAP_FEED_HOSTS.", error.detail)
