"""The watch within `opsmap work`: a thread that wakes when positions are stored, and every few seconds besides.

One watch at a time, however many workers run: it holds a lock of the database for as long as its connection lives.
"""

from datetime import datetime
from threading import Event, Thread

import orjson
import psycopg
from sqlalchemy.exc import DBAPIError

from ingest.live import beat
from ingest.work.bench import Bench
from layers.database import connect, make_engine
from layers.versions import CHANNEL
from layers.watch.live.rounds import LiveWatch

PROCESS = "watch"
LOCK = 7_105_124
LOOK_S = 2.0
"""How often it looks without being woken: silence wakes nobody."""
AGAIN_S = 3.0
LAYER = "vessel"


class Watching:
    """Runs the watch until told to stop; a round that fails is said in the log and done again."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._stop = Event()
        self._thread = Thread(target=self._keep_on, name=PROCESS, daemon=True)

    def start(self) -> None:
        """Begin, beside everything else."""
        self._thread.start()

    def stop(self) -> None:
        """End after the round that is under way."""
        self._stop.set()
        self._thread.join(timeout=30)

    def _keep_on(self) -> None:
        while not self._stop.is_set():
            try:
                with connect(self._bench.url) as listening:
                    self._stand_by(listening)
            except (psycopg.Error, DBAPIError, OSError) as error:
                self._bench.say(f"watch: {type(error).__name__} {str(error).strip().partition(chr(10))[0][:200]}")
            except Exception as error:
                self._bench.say(f"watch: {error!r}"[:400])
            self._stop.wait(AGAIN_S)

    def _stand_by(self, listening: psycopg.Connection) -> None:
        """Wait until no other watch holds the lock, then go round."""
        while not self._stop.is_set():
            row = listening.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone()
            if row is not None and row[0]:
                self._go_round(listening)
                return
            self._stop.wait(LOOK_S)

    def _go_round(self, listening: psycopg.Connection) -> None:
        listening.execute(f"LISTEN {CHANNEL}".encode())
        engine = make_engine(self._bench.url)
        try:
            watch = LiveWatch(engine, self._bench.clock)
            self._beat(listening, self._bench.clock(), 0)
            while not self._stop.is_set():
                done = watch.round()
                self._beat(listening, self._bench.clock(), done.positions)
                if not done.more:
                    _wait(listening)
        finally:
            engine.dispose()

    def _beat(self, connection: psycopg.Connection, now: datetime, positions: int) -> None:
        beat(connection, now, {"positions": positions}, PROCESS)


def _wait(listening: psycopg.Connection) -> None:
    """Until positions have been stored, or the time to look has come."""
    for notice in listening.notifies(timeout=LOOK_S):
        if orjson.loads(notice.payload).get("layer") == LAYER:
            return
