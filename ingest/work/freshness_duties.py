"""What the worker does so that figures come: makes the reminders that are due, and sends those that wait."""

from collections.abc import Callable
from itertools import groupby

from ingest.exchange.axis import AxisUnavailable
from ingest.exchange.settings import ExchangeSettings
from ingest.reminders import send_configured
from ingest.work.bench import Bench
from ingest.work.duty import EVERY_10_MINUTES, Duty
from layers.database import transaction
from layers.reminders.keep import make_reminders


def freshness_duties(exchange: ExchangeSettings) -> list[Duty]:
    """The duties, in the order they are told; without an axis nothing is sent."""
    duties = [Duty("make_reminders", EVERY_10_MINUTES, remind)]
    if exchange.exchange_url:
        duties.append(Duty("send_reminders", EVERY_10_MINUTES, send_waiting(exchange)))
    return duties


def remind(bench: Bench) -> None:
    """Write the reminders whose moment has come into the ledger, each once."""
    with bench.connect() as connection, transaction(connection):
        made = make_reminders(connection, bench.clock())
    by_agency = sorted((planned.state.rule.agency, planned.missed is None) for _, planned in made)
    for (agency, to_send), found in groupby(by_agency):
        bench.say(f"reminders for {agency}: {len(list(found))} {'to send' if to_send else 'no longer of use'}")


def send_waiting(exchange: ExchangeSettings) -> Callable[[Bench], None]:
    """Hand in what waits for the axis."""

    def work(bench: Bench) -> None:
        with bench.connect() as connection:
            try:
                sent = send_configured(connection, exchange, bench.clock)
            except AxisUnavailable as error:
                bench.say(f"axis: {error.detail}")
                return
        if sent:
            bench.say(f"axis: {sent} reminders handed in")

    return work
