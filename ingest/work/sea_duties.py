"""What the worker does for the sea every so often, whatever the settings name: seal, report, zones, paces."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from ingest.citizens import publish_reports
from ingest.counted import count_due
from ingest.work.bench import Bench
from ingest.work.duty import EVERY_10_MINUTES, EVERY_HOUR, EVERY_MINUTE, Duty
from ingest.work.settings import WorkSettings
from layers.bulletins.due import make_due
from layers.bulletins.fisheries import FISHERIES
from layers.database import make_engine, write
from layers.desk.passage_keeper import keep_passages
from layers.seals.seal import head_line, seal_days, seals_folder
from layers.storm.pace import refresh_pace


def sea_duties(settings: WorkSettings) -> list[Duty]:
    """The duties, in the order they are told."""
    return [
        Duty("seal_days", EVERY_10_MINUTES, seal_finished_days(settings)),
        Duty("make_reports", EVERY_MINUTE, make_reports),
        Duty("watch_own_zones", EVERY_MINUTE, watch_own_zones),
        Duty("publish_reports", EVERY_MINUTE, put_reports_on_map),
        Duty("keep_pace", EVERY_HOUR, keep_pace),
        Duty("count_figures", EVERY_10_MINUTES, count_figures),
    ]


def seal_finished_days(settings: WorkSettings) -> Callable[[Bench], None]:
    """Seal every finished day: soon after midnight, and again where something was still being written."""
    folder = seals_folder(settings.resolved_data_dir())

    def work(bench: Bench) -> None:
        with bench.connect() as connection:
            seal_days(
                connection, bench.clock(), "work", folder, lambda seal: bench.say(f"sealed {head_line(seal)[:-1]}")
            )

    return work


def make_reports(bench: Bench) -> None:
    """Make and keep the reports of the day, week and month that ended last, once, soon after their end."""
    for report in (FISHERIES,):
        with writing(bench) as connection:
            made = make_due(connection, report, bench.clock())
        for period in made:
            bench.say(f"report {report.name}: {period.kind} of {period.first} kept")


def watch_own_zones(bench: Bench) -> None:
    """Write down who came into or left the zones that officers asked to be warned of."""
    with writing(bench) as connection:
        kept = keep_passages(connection, bench.clock())
    if kept:
        bench.say(f"own zones: {kept} passages written down")


def put_reports_on_map(bench: Bench) -> None:
    """Citizens' reports that were taken in here, onto the map."""
    with writing(bench) as connection:
        publish_reports(connection, bench.clock)


def keep_pace(bench: Bench) -> None:
    """How fast each boat goes, for the day a storm comes: nobody should have to wait for it then."""
    with writing(bench) as connection:
        refresh_pace(connection, bench.clock())


def count_figures(bench: Bench) -> None:
    """Count what our own books say of periods that have ended."""
    with writing(bench) as connection:
        counted = count_due(connection, bench.clock)
    if counted:
        bench.say(f"counted: {counted} figures new or corrected")


@contextmanager
def writing(bench: Bench) -> Iterator[Connection]:
    """One transaction of a duty's own."""
    engine = make_engine(bench.url)
    try:
        with write(engine) as connection:
            yield connection
    finally:
        engine.dispose()
