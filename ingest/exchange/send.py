"""Hands our own letters to the axis, asks what has become of them, and writes the answers into the tasks they carry."""

from dataclasses import dataclass

from sqlalchemy import Engine

from geo.clock import Clock
from ingest.exchange.axis import AxisClient
from ingest.exchange.settings import ExchangeSettings
from layers.database import make_engine, write
from layers.tasks.letters import WAITING, open_letters, take_state


@dataclass
class Sent:
    """What one round did: letters handed in, and news of those under way."""

    sent: int = 0
    news: int = 0


def send_letters(engine: Engine, client: AxisClient, clock: Clock, *, simulated_too: bool) -> Sent:
    """One round. AxisUnavailable when the axis does not answer; what was written down until then stays.

    A letter the axis knows no more is handed in again, under its own name.
    """
    done = Sent()
    with write(engine) as connection:
        letters = open_letters(connection, simulated_too)
    for letter in letters:
        answer = None if letter.state == WAITING else client.status(letter.uid)
        if answer is None:
            client.send(letter.uid, bytes(letter.data), letter.message_type)
            done.sent += 1
            answer = ("inbox", None)
        with write(engine) as connection:
            done.news += take_state(connection, letter, *answer, clock())
    return done


def send_configured(url: str, settings: ExchangeSettings, clock: Clock) -> Sent | None:
    """One round with the axis that the settings name; None when they name none. A real axis gets real letters only."""
    if not settings.exchange_url:
        return None
    secret, engine = settings.exchange_secret.get_secret_value(), make_engine(url)
    try:
        with AxisClient(settings.exchange_url, settings.exchange_system, secret) as client:
            return send_letters(engine, client, clock, simulated_too=settings.exchange_origin != "real")
    finally:
        engine.dispose()
