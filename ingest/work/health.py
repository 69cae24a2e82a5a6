"""Invariants of the machinery: room in the spool, a loader that keeps up, jobs that end, feeds and files that come."""

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select, text

from ingest.bus.lag import find_lags
from ingest.bus.reader import SPARE
from ingest.drop.shelf import REFUSED, TAKEN
from ingest.drop.steady import is_meant, is_unfinished
from ingest.work.settings import FeedSettings, WorkSettings
from layers.health.cells import cells_add_up
from layers.health.invariants import Breach, Find
from layers.health.lateness import sources_on_time
from layers.health.positions import none_from_future, position_heard
from layers.seals.read import yesterday_sealed
from layers.sources.models import Heartbeat, SpoolPlace
from layers.sources.ways import FeedState
from layers.watch.live.models import WatchSlip

EARLY = 4 * SPARE
LAG = timedelta(seconds=60)
LOADER_SILENT = timedelta(seconds=60)
WATCH_SILENT = timedelta(seconds=60)
WATCH_BEHIND = timedelta(minutes=5)
JOB_TOO_LONG = timedelta(minutes=15)
JOB_WAITS = timedelta(minutes=3)
FILE_WAITS = timedelta(minutes=15)
LATE_TURNS = 3

_STALLED = """
SELECT j.task_name, j.status::text AS status, count(*) AS jobs
FROM procrastinate_jobs AS j
WHERE j.status IN ('todo', 'doing') AND (j.scheduled_at IS NULL OR j.scheduled_at < :waits)
  AND (SELECT max(at) FROM procrastinate_events WHERE job_id = j.id)
      < CASE j.status WHEN 'doing' THEN cast(:long AS timestamptz) ELSE cast(:waits AS timestamptz) END
GROUP BY 1, 2 ORDER BY 1, 2
"""


def all_finds(settings: WorkSettings, spool_root: Path) -> Mapping[str, Find]:
    """Every invariant's question for this installation."""
    return {
        "position_heard": position_heard,
        "none_from_future": none_from_future,
        "cells_add_up": cells_add_up(),
        "sources_on_time": sources_on_time,
        "spool_not_full": spool_not_full(spool_root),
        "loader_not_behind": loader_not_behind(spool_root),
        "jobs_not_stalled": jobs_not_stalled,
        "feeds_answer": feeds_answer(settings.feeds),
        "files_taken": files_taken(settings),
        "yesterday_sealed": yesterday_sealed,
        "watch_not_behind": watch_not_behind,
    }


def spool_not_full(root: Path, spare: int = EARLY) -> Find:
    """Whether the spool's disk has room to spare (bytes), and no writer found it full."""

    def find(connection: Connection, now: datetime) -> list[Breach]:
        free = shutil.disk_usage(root).free if root.is_dir() else None
        if free is None or free >= spare:
            return []
        megabytes = free // 1_000_000
        return [Breach("", f"Đĩa của sổ chờ chỉ còn {megabytes} MB.", f"The spool's disk has {megabytes} MB left.")]

    return find


def loader_not_behind(root: Path) -> Find:
    """Whether the loader lives, and nothing has waited for it longer than a minute."""

    def find(connection: Connection, now: datetime) -> list[Breach]:
        beat = connection.execute(select(Heartbeat.beat_at).where(Heartbeat.process == "spool")).scalar()
        rows = connection.execute(select(SpoolPlace.writer, SpoolPlace.done_to))
        places = {row.writer: row.done_to for row in rows}
        lags = find_lags(root, places, now) if root.is_dir() else []
        found = [
            Breach(
                lag.name,
                f"Số liệu của «{lag.name}» đã chờ lưu {lag.waited.total_seconds():.0f} giây.",
                f"What {lag.name!r} received has waited {lag.waited.total_seconds():.0f} s to be stored.",
            )
            for lag in lags
            if lag.waited > LAG
        ]
        if beat is not None and now - beat > LOADER_SILENT:
            found.append(Breach("", "Tiến trình lưu không chạy.", "The loader (opsmap ingest spool) is not running."))
        return found

    return find


def watch_not_behind(connection: Connection, now: datetime) -> list[Breach]:
    """Whether the watch over the sea lives, and takes what was stored within minutes."""
    beat = connection.execute(select(Heartbeat.beat_at).where(Heartbeat.process == "watch")).scalar()
    oldest = connection.execute(select(func.min(WatchSlip.stored_at))).scalar()
    waited = now - oldest if oldest is not None else timedelta(0)
    silent = beat is None or now - beat > WATCH_SILENT
    if silent and (beat is not None or waited > WATCH_SILENT):
        return [Breach("", "Tiến trình canh chừng không chạy: im lặng trên biển không ai thấy.",
                       "The watch does not run: nobody sees who falls silent.")]  # fmt: skip
    if waited > WATCH_BEHIND:
        minutes = waited.total_seconds() / 60
        return [Breach("", f"Vị trí đã chờ xét {minutes:.0f} phút.", f"Positions have waited {minutes:.0f} min.")]
    return []


def jobs_not_stalled(connection: Connection, now: datetime) -> list[Breach]:
    """Jobs that have been under way, or due and waiting, for too long."""
    rows = connection.execute(text(_STALLED), {"long": now - JOB_TOO_LONG, "waits": now - JOB_WAITS})
    return [
        Breach(
            row.task_name,
            f"{row.jobs} việc «{row.task_name}» {'chạy quá lâu' if row.status == 'doing' else 'chờ quá lâu'}.",
            f"{row.jobs} jobs {row.task_name!r} {'run' if row.status == 'doing' else 'wait'} for too long.",
        )
        for row in rows
    ]


def feeds_answer(feeds: Mapping[str, FeedSettings]) -> Find:
    """Feeds of the settings that have not answered for three of their turns."""

    def find(connection: Connection, now: datetime) -> list[Breach]:
        table = FeedState.__table__
        rows = connection.execute(select(table).where(table.c.name.in_(list(feeds)))).all()
        return [
            Breach(row.name, f"{row.name}: {row.error_vi}", f"{row.name}: {row.error_en}")
            for row in rows
            if _is_late(row.succeeded_at, row.failures, feeds[row.name], now)
        ]

    return find


def _is_late(succeeded_at: datetime | None, failures: int, feed: FeedSettings, now: datetime) -> bool:
    if succeeded_at is None:
        return failures >= LATE_TURNS
    return now - succeeded_at > LATE_TURNS * timedelta(seconds=feed.every_s) + LAG


def files_taken(settings: WorkSettings) -> Find:
    """Files that have lain in the drop folder for a quarter of an hour, in a sub-folder of the settings or in none."""

    def find(connection: Connection, now: datetime) -> list[Breach]:
        root = settings.drop_dir
        if root is None or not root.is_dir():
            return []
        found = []
        for folder in [root, *(path for path in sorted(root.iterdir()) if path.is_dir())]:
            waiting = _waiting(folder, now)
            if not waiting:
                continue
            name = "" if folder == root else folder.name
            known = name in settings.drop
            why_vi = "chưa nhận được" if known else "thư mục này chưa có trong cấu hình OPSMAP_DROP"
            why_en = "not taken" if known else "this folder is not among OPSMAP_DROP"
            found.append(Breach(name or ".", f"{waiting} tệp chờ: {why_vi}.", f"{waiting} files wait: {why_en}."))
        return found

    return find


def _waiting(folder: Path, now: datetime) -> int:
    """How many files meant for us have not changed for too long."""
    if folder.name in (TAKEN, REFUSED):
        return 0
    waiting = 0
    for path in folder.iterdir():
        if path.is_file() and is_meant(path.name) and not is_unfinished(path.name):
            changed = datetime.fromtimestamp(path.stat().st_ctime, UTC)
            waiting += now - changed > FILE_WAITS
    return waiting
