"""The demonstration province: raw files and a live feed, through the same door as real data.

A boat's position is a pure function of (seed, boat, time), so a start fills the gap since the last one,
48 hours at most. It refuses a database that already holds real facts.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import datetime, timedelta

import psycopg

from fixtures import feed as raw_feed
from fixtures.axis import SECRET, SYSTEM, Axis, running
from fixtures.daily import daily_letters
from fixtures.epidemics import epidemic_letters
from fixtures.fishery_books import fishery_letters
from fixtures.fleet import SEED, boats
from fixtures.forms import form_letters
from fixtures.history import history_letters
from fixtures.holidays import holiday_letters
from fixtures.letters import DEPARTMENTS, Letter, letter_of, publishers
from fixtures.make import HISTORY_FOR, books
from fixtures.reports import HISTORY
from fixtures.school_words import school_letters
from fixtures.topics import topic_letters
from geo.clock import Clock, system_clock
from geo.errors import BadInput
from ingest.ais.load import FORM as AIS_FORM
from ingest.ais.load import load_ais
from ingest.ais.pipeline import AisPipeline
from ingest.citizens import publish_reports
from ingest.counted import count_due
from ingest.deliveries import Delivery, Opened, Sender
from ingest.exchange.axis import AxisClient, Post
from ingest.exchange.desk import Desk
from ingest.exchange.take import Taken
from ingest.feed import LiveFeed
from ingest.lasting import LastingConnection
from ingest.live import Pace, run_feeds
from ingest.load import LoadOptions
from ingest.source import IterableSource
from ingest.stream import ChunkStream
from ingest.tables.withdraw import is_withdrawn
from ingest.vms.load import FORM as VMS_FORM
from ingest.vms.load import load_vms
from ingest.vms.pipeline import VmsPipeline
from layers.books.weigh import keep_books
from layers.citizens.secret import read_key
from layers.database import connect, make_engine, transaction, write
from layers.registry import load_layers
from layers.sources.contacts import ensure_contacts
from layers.sources.register import ensure_sources
from layers.units.load import DATA, load_reference, read_csv
from layers.watch.cases.institutions import seed_institutions
from web.demo_approvals import ensure_waiting
from web.demo_citizens import open_demo_reports
from web.demo_fleet import LiveFleet
from web.demo_forms import ensure_forms
from web.demo_reminders import bring_reminders
from web.demo_storm import ensure_storm
from web.demo_surveys import ensure_surveys
from web.demo_tasks import LetterRound, bring_tasks
from web.settings import WebSettings
from web.stopping import stop_asked, tell

Say = Callable[[str], None]

AIS = Sender("ais_demo", "simulated", "AIS bờ (mô phỏng)")
VMS = Sender("vms_demo", "simulated", "Giám sát hành trình tàu cá (mô phỏng)")
TABLES = (
    ("fishing_port", Sender("ports_demo", "simulated", "Cảng cá (mô phỏng)"), "ports.geojson"),
    ("health_facility", Sender("health_demo", "simulated", "HIS các cơ sở y tế (mô phỏng)"), "health.geojson"),
    ("school", Sender("schools_demo", "simulated", "Cơ sở dữ liệu ngành giáo dục (mô phỏng)"), "schools.geojson"),
    ("tourist_site", Sender("tourism_demo", "simulated", "Báo cáo du lịch (mô phỏng)"), "tourism.geojson"),
    ("one_stop_shop", Sender("igate_demo", "simulated", "VNPT iGate (mô phỏng)"), "services.geojson"),
    ("citizen_report", Sender("reports_demo", "simulated", "Cổng 1022 (mô phỏng)"), "citizens.geojson"),
    ("zone", Sender("zones_demo", "simulated", "Vùng biển tự khái quát (mô phỏng)"), "zones.geojson"),
    ("vessel", Sender("registry_demo", "simulated", "Sổ đăng ký tàu cá (mô phỏng)"), "registry.csv"),
)
BOOKS = {
    "vessel:vnfishbase": Sender("vnfishbase_demo", "simulated", "Vnfishbase (mô phỏng)"),
    "border_call": Sender("border_demo", "simulated", "Sổ xuất, nhập bến của Biên phòng (mô phỏng)"),
    "port_call": Sender("ecdt_demo", "simulated", "eCDT: rời, cập cảng (mô phỏng)"),
    "landing": Sender("landing_demo", "simulated", "eCDT: bốc dỡ (mô phỏng)"),
    "catch_log": Sender("logbook_demo", "simulated", "Nhật ký khai thác (mô phỏng)"),
    "penalty": Sender("penalty_demo", "simulated", "Xử phạt vi phạm hành chính (mô phỏng)"),
    "renumbering": Sender("renumbering_demo", "simulated", "Đổi số đăng ký (mô phỏng)"),
}
DESK = Desk(
    Sender("axis_demo", "simulated", "Trục liên thông (mô phỏng)"),
    {layer: sender for layer, sender, _ in TABLES}
    | BOOKS
    | {
        "avreport": Sender("soc_demo", "simulated", "Báo cáo an toàn thông tin (mô phỏng)"),
        "epidemics": Sender("epidemics_demo", "simulated", "Số liệu dịch bệnh (mô phỏng)"),
        "schools_department": Sender("gddt_demo", "simulated", "Sở Giáo dục và Đào tạo: trường, lớp (mô phỏng)"),
        "schools_vnpt": Sender("vnpt_gd_demo", "simulated", "VNPT: quản lý trường học (mô phỏng)"),
        "schools_viettel": Sender("viettel_gd_demo", "simulated", "Viettel: quản lý trường học (mô phỏng)"),
        "topics": Sender("vnsocial_demo", "simulated", "Vnsocial: số đếm theo chủ đề (mô phỏng)"),
        "ferries": Sender("ferries_demo", "simulated", "Tàu khách Sa Kỳ – Lý Sơn (mô phỏng)"),
        "holiday_flash": Sender("holiday_demo", "simulated", "Báo cáo nhanh du lịch dịp lễ (mô phỏng)"),
        "his": Sender("his_demo", "simulated", "Hồ sơ khám chữa bệnh (mô phỏng)"),
    },
    publishers(),
)
OURS = ("units", "background")
PROCESS = "demo"


def load(url: str, say: Say, clock: Clock = system_clock) -> None:
    """Bring the demonstration to this moment: books first, then what its boats sent since the last start."""
    engine = make_engine(url)
    with write(engine) as connection:
        load_reference(connection, clock)
        ensure_sources(connection, read_csv(DATA / "demo-sources.csv"))
        seed_institutions(connection, read_csv(DATA / "demo-institutions.csv"), clock())
    engine.dispose()
    with connect(url) as connection:
        refuse_real_facts(connection)
        now = clock()
        with transaction(connection):
            ensure_contacts(connection, read_csv(DATA / "demo-sources.csv"), now)
        load_books(connection, now, say)
        ensure_surveys(connection, now)
        ensure_waiting(connection, now)
        since = fed_until(connection)
        if since is None or since < now - HISTORY_FOR:
            fill(connection, vms=raw_feed.vms_last_known_csv(boats(), now - HISTORY_FOR), ais=(), clock=clock)
        start = max(since or now - HISTORY_FOR, now - HISTORY_FOR)
        say(f"{(now - start).total_seconds() / 3600:.1f} giờ hành trình · hours of tracks")
        vms = raw_feed.vms_csv(boats(), start, now)
        fill(connection, vms, raw_feed.ais_lines(boats(), start, now, HISTORY), clock)
        keep_books(connection, now)
        remember(connection, now)
    bring_storm(url, now)
    bring_reports(url, now)
    bring_counts(url, clock)
    bring_tasks(url, now)


def bring_storm(url: str, now: datetime) -> None:
    """The simulated storm as it stands at this moment."""
    engine = make_engine(url)
    with write(engine) as connection:
        ensure_storm(connection, now)
    engine.dispose()


def bring_reports(url: str, now: datetime) -> None:
    """Citizens' reports as they stand at this moment."""
    settings = WebSettings()
    key = read_key(settings.resolved_data_dir(), settings.report_key.get_secret_value())
    engine = make_engine(url)
    with write(engine) as connection:
        open_demo_reports(connection, now, key)
    engine.dispose()


def bring_counts(url: str, clock: Clock) -> None:
    """What the books come to, so that the first page has it; the worker goes on with it."""
    engine = make_engine(url)
    with write(engine) as connection:
        publish_reports(connection, clock)
        count_due(connection, clock)
    engine.dispose()


def refuse_real_facts(connection: psycopg.Connection) -> None:
    """The demonstration lives in a database of its own; real data tried beside it later is allowed."""
    rows = connection.execute(
        "SELECT DISTINCT s.code, s.origin FROM delivery AS d JOIN source AS s ON s.id = d.source_id"
    ).fetchall()
    real = sorted(code for code, origin in rows if origin == "real" and code not in OURS)
    if real and not any(code == VMS.code for code, _ in rows):
        raise BadInput(
            f"this database holds real facts ({', '.join(real)}): start without it (OPSMAP_DEMO=false),"
            " or give it a database of its own (OPSMAP_DATA_DIR)",
            title="Không trộn số liệu mô phỏng vào số liệu thật",
        )


def load_books(connection: psycopg.Connection, now: datetime, say: Say) -> None:
    """Everything but positions: letters of departments over a stand-in of the axis, through ingest's door."""
    contents, layers = books(DATA / "unit-outlines.geojson", now), load_layers()
    sent = [
        letter_of(name, contents[name], now)
        for layer, sender, name in TABLES
        if not is_withdrawn(connection, layers[layer], sender.code)  # the owner's file stands in its place
    ]
    sent += [*daily_letters(DATA / "unit-outlines.geojson", now, SEED), *fishery_letters(now, SEED)]
    sent += history_letters(DATA / "unit-outlines.geojson", now, SEED)
    sent += form_letters(DATA / "unit-outlines.geojson", now, SEED)
    sent += school_letters(DATA / "unit-outlines.geojson", now, SEED)
    sent += topic_letters(now, SEED)
    sent += holiday_letters(now, SEED)
    sent += epidemic_letters(DATA / "unit-outlines.geojson", now, SEED)
    ensure_forms(connection, now)
    taken = post(connection, sent, now, say)
    bring_reminders(connection, now)
    say(f"{taken} thông điệp mới qua trục liên thông (mô phỏng) · new messages over the axis")


def post(connection: psycopg.Connection, letters: Sequence[Letter], now: datetime, say: Say) -> int:
    """Let the stand-in axis deliver these letters; how many were new."""
    with running(Axis(letters)) as url, AxisClient(url, SYSTEM, SECRET) as client:
        done = Post(connection, client, DESK, lambda: now, lambda listed, taken: _tell_taken(listed.name, taken, say))
        return done.poll().taken


def _tell_taken(name: str, taken: Taken, say: Say) -> None:
    if taken.state not in ("done", "acceptance"):
        raise BadInput(f"{name}: {taken.detail}", title="Số liệu mô phỏng bị từ chối")
    summary = taken.summary
    if name in DEPARTMENTS:
        say(f"{name}: {summary.stored - 1} mới, {summary.duplicates} đã có, {summary.rejected.total()} bị từ chối")


def fill(connection: psycopg.Connection, vms: bytes, ais: Iterable[bytes], clock: Clock) -> None:
    """What the boats sent, through ingest's door."""
    load_vms(IterableSource(vms.splitlines(), "vms-history.csv"), LoadOptions(VMS, connection, clock=clock))
    load_ais(IterableSource(ais, "ais-history.nmea"), LoadOptions(AIS, connection, clock=clock))


def fed_until(connection: psycopg.Connection) -> datetime | None:
    """Up to when the fleet has been fed; None before the first start."""
    row = connection.execute("SELECT beat_at FROM heartbeat WHERE process = %s", (PROCESS,)).fetchone()
    return None if row is None else row[0]


def remember(connection: psycopg.Connection, until: datetime) -> None:
    """Note up to when the fleet has been fed."""
    with transaction(connection):
        connection.execute(
            "INSERT INTO heartbeat (process, beat_at) VALUES (%s, %s)"
            " ON CONFLICT (process) DO UPDATE SET beat_at = excluded.beat_at",
            (PROCESS, until),
        )


def feed(url: str, clock: Clock) -> None:
    """Feed the fleet, live, until the process is told to stop; a gap since the last feed is filled first."""
    lasting = LastingConnection(lambda: connect(url))
    with closing(lasting):
        ais = Delivery(lasting.current, AIS, "live", clock, Opened(form=AIS_FORM))
        vms = Delivery(lasting.current, VMS, "live", clock, Opened(form=VMS_FORM))
        fleet, books_due = LiveFleet(clock, fed_until(lasting.current) or clock()), HourlyBooks(clock)

        letters = LetterRound(url, clock)

        def stored() -> None:
            remember(lasting.current, fleet.sent_until)
            letters.look()
            if books_due.look(lasting.current):
                bring_storm(url, clock())

        feeds = [
            LiveFeed(ChunkStream(fleet.ais, AisPipeline(clock)), ais),
            LiveFeed(ChunkStream(fleet.vms, VmsPipeline(clock)), vms, stored),
        ]
        run_feeds(feeds, lasting, Pace(clock=clock, stop=stop_asked(), say=tell))


class HourlyBooks:
    """The fisheries' books go on while the fleet does: once in every hour the agencies send theirs again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._hour = clock().replace(minute=0, second=0, microsecond=0)

    def look(self, connection: psycopg.Connection) -> bool:
        """Let the axis deliver what is due; whether anything was."""
        now = self._clock()
        if now - self._hour < timedelta(hours=1):
            return False
        self._hour = now.replace(minute=0, second=0, microsecond=0)
        post(connection, fishery_letters(now, SEED), now, lambda _: None)
        keep_books(connection, now)
        return True
