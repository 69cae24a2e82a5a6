"""Everything the worker of this installation does: what its settings name, and the watch over all of it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from ingest.drop.settle import settle_folder
from ingest.drop.steady import Watch
from ingest.drop.take import Dropping
from ingest.exchange.axis import AxisUnavailable, poll_configured
from ingest.exchange.send import send_configured
from ingest.exchange.settings import ExchangeSettings
from ingest.forms import form_named
from ingest.poll.guard import guard_of
from ingest.poll.poll import Feed, is_due, make_feed, poll
from ingest.work.bench import Bench
from ingest.work.duty import EVERY_5_S, EVERY_15_S, EVERY_MINUTE, Duty, Errand
from ingest.work.freshness_duties import freshness_duties
from ingest.work.health import all_finds
from ingest.work.sea_duties import sea_duties
from ingest.work.settings import WorkSettings
from layers.database import make_engine
from layers.health.keep import check_due

MIB = 1 << 20


def all_duties(settings: WorkSettings, exchange: ExchangeSettings, spool_root: Path) -> list[Duty]:
    """What is done every so often. BadInput names the setting that cannot be."""
    duties = [
        Duty("check_invariants", EVERY_15_S, check_invariants(settings, spool_root)),
        *sea_duties(settings),
        *freshness_duties(exchange),
    ]
    if exchange.exchange_url:
        exchange.may()
        duties.append(Duty("ask_axis", EVERY_MINUTE, ask_axis(exchange)))
        duties.append(Duty("send_letters", EVERY_MINUTE, hand_in_letters(exchange)))
    if settings.drop_dir is not None:
        for told in settings.drop.values():
            form_named(told.form)
        duties.append(Duty("look_at_drop", EVERY_5_S, look_at_drop(settings)))
    return duties


def all_errands(settings: WorkSettings) -> list[Errand]:
    """What is done once for each that is due."""
    guard = guard_of(settings)
    feeds = {name: make_feed(name, told, settings.secrets, guard) for name, told in settings.feeds.items()}
    return [Errand("poll", feeds_due(feeds), poll_feed(feeds))] if feeds else []


def feeds_due(feeds: dict[str, Feed]) -> Callable[[Bench], list[str]]:
    """The names of the feeds it is time to ask."""

    def due(bench: Bench) -> list[str]:
        now = bench.clock()
        with bench.connect() as connection:
            return [name for name, feed in feeds.items() if is_due(connection, feed, now)]

    return due


def poll_feed(feeds: dict[str, Feed]) -> Callable[[Bench, str], None]:
    """Ask one feed."""

    def work(bench: Bench, name: str) -> None:
        if name not in feeds:
            return  # queued before it was taken out of the settings
        with bench.connect() as connection:
            outcome = poll(connection, feeds[name], bench.bus(), bench.clock)
        if outcome != "same":
            bench.say(f"feed {name}: {outcome}")

    return work


def ask_axis(exchange: ExchangeSettings) -> Callable[[Bench], None]:
    """One round of asking the provincial axis."""

    def work(bench: Bench) -> None:
        with bench.connect() as connection:
            try:
                done = poll_configured(connection, exchange, bench.clock)
            except AxisUnavailable as error:
                bench.say(f"axis: {error.detail}")
                return
        if done is not None and done.taken + done.missed:
            bench.say(f"axis: {done.taken} taken, {done.missed} not handed out")

    return work


def hand_in_letters(exchange: ExchangeSettings) -> Callable[[Bench], None]:
    """Our own letters to the axis, and what has become of them."""

    def work(bench: Bench) -> None:
        try:
            done = send_configured(bench.url, exchange, bench.clock)
        except AxisUnavailable as error:
            bench.say(f"axis: {error.detail}")
            return
        if done is not None and done.sent:
            bench.say(f"axis: {done.sent} letters handed in")

    return work


def look_at_drop(settings: WorkSettings) -> Callable[[Bench], None]:
    """One look into every sub-folder of the drop folder."""
    root = settings.drop_dir
    assert root is not None  # else it is no duty of ours
    watch = Watch(timedelta(seconds=settings.drop_steady_s))

    def work(bench: Bench) -> None:
        most = settings.drop_most_mib * MIB
        dropping = Dropping(root, settings.drop, most, bench.bus(), bench.clock, bench.say)
        with bench.connect() as connection:
            dropping.look(connection, watch)
            for name, told in settings.drop.items():
                settle_folder(connection, root / name, told.source or name, told, bench.clock)

    return work


def check_invariants(settings: WorkSettings, spool_root: Path) -> Callable[[Bench], None]:
    """Ask the invariants that are due; alarms that open or close are said in the log."""
    finds = all_finds(settings, spool_root)

    def work(bench: Bench) -> None:
        engine = make_engine(bench.url)
        try:
            done = check_due(engine, finds, bench.clock)
        finally:
            engine.dispose()
        for code, subject, words in done.opened:
            bench.say(f"ALARM {code} {subject}: {words}")
        for code, subject in done.closed:
            bench.say(f"alarm over: {code} {subject}")
        for code, trouble in done.unknown:
            bench.say(f"invariant {code} could not be asked: {trouble}")

    return work
