"""Everything the worker of this installation does: what its settings name, and the watch over all of it."""

from collections.abc import Callable
from datetime import timedelta

from ingest.drop.settle import settle_folder
from ingest.drop.steady import Watch
from ingest.drop.take import Dropping
from ingest.exchange.axis import AxisUnavailable, poll_configured
from ingest.exchange.settings import ExchangeSettings
from ingest.forms import form_named
from ingest.work.bench import Bench
from ingest.work.duty import EVERY_5_S, EVERY_MINUTE, Duty, Errand
from ingest.work.settings import WorkSettings

MIB = 1 << 20


def all_duties(settings: WorkSettings, exchange: ExchangeSettings) -> list[Duty]:
    """What is done every so often. BadInput names the setting that cannot be."""
    duties: list[Duty] = []
    if exchange.exchange_url:
        exchange.may()
        duties.append(Duty("ask_axis", EVERY_MINUTE, ask_axis(exchange)))
    if settings.drop_dir is not None:
        for told in settings.drop.values():
            form_named(told.form)
        duties.append(Duty("look_at_drop", EVERY_5_S, look_at_drop(settings)))
    return duties


def all_errands(settings: WorkSettings) -> list[Errand]:
    """What is done once for each that is due."""
    return []


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
