"""A share, a bus and a loader: files are laid down, looked at twice, and stored."""

import os
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import psycopg
import pytest

from ingest.bus.loader import Loader
from ingest.bus.reader import SpoolConsumer
from ingest.bus.run import LoaderLife
from ingest.bus.spool import Spool
from ingest.drop.settle import settle_folder
from ingest.drop.steady import Watch
from ingest.drop.take import Dropping
from ingest.lasting import LastingConnection
from ingest.live import Pace
from ingest.work.settings import DropSettings
from layers.database import connect

STEADY = timedelta(seconds=5)
FOLDERS = {
    "so-mp": DropSettings(form="layer:school", source="school_test", origin="simulated"),
    "tram-mp": DropSettings(form="nmea", origin="simulated"),
}


def schools(count: int, name: str = "Trường thử", padding: int = 0) -> bytes:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [108.8, 15.12]},
            "properties": {
                "code": f"T{n}", "name": f"{name} {n}", "stage": "primary", "pupils": 100, "as_of": "2026-11-01",
            },
        }
        for n in range(count)
    ]  # fmt: skip
    return orjson.dumps({"type": "FeatureCollection", "note": "x" * padding, "features": features})


@dataclass
class Share:
    root: Path
    spool_root: Path
    url: str
    connection: psycopg.Connection
    now: datetime
    said: list[str] = field(default_factory=list)
    most: int = 64 << 20
    watch: Watch = field(default_factory=lambda: Watch(STEADY))

    def lay(self, name: str, data: bytes, folder: str = "so-mp") -> Path:
        path = self.root / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def clock(self) -> datetime:
        return self.now

    def look(self, bus=None) -> int:
        """One look, after as long as a file has to hold still."""
        self.now += STEADY
        if bus is not None:
            return self._look_with(bus)
        with closing(Spool(self.spool_root, "work")) as spool:
            return self._look_with(spool)

    def _look_with(self, bus) -> int:
        dropping = Dropping(self.root, FOLDERS, self.most, bus, self.clock, self.said.append)
        taken = dropping.look(self.connection, self.watch)
        for name, told in FOLDERS.items():
            settle_folder(self.connection, self.root / name, told.source or name, told, self.clock)
        return taken

    def load(self) -> None:
        """Everything on the bus into the database."""
        with (
            closing(LastingConnection(lambda: connect(self.url))) as lasting,
            closing(SpoolConsumer(self.spool_root, timedelta(hours=1))) as consumer,
        ):
            loader = Loader(consumer, lasting, Pace(clock=self.clock))
            assert LoaderLife(loader, consumer, lasting, Pace(clock=self.clock)).drain()

    def names(self, shelf: str, folder: str = "so-mp") -> list[str]:
        path = self.root / folder / shelf
        return sorted(os.listdir(path)) if path.is_dir() else []

    def note(self, shelf: str, name: str, folder: str = "so-mp") -> str:
        return (self.root / folder / shelf / name).read_text(encoding="utf-8-sig")

    def count(self, what: str) -> int:
        return self.connection.execute(f"SELECT count(*) FROM {what}").fetchone()[0]


@pytest.fixture
def share(tmp_path: Path, database_url: str, connection: psycopg.Connection, now: datetime) -> Share:
    (tmp_path / "share").mkdir()
    (tmp_path / "spool").mkdir()
    return Share(tmp_path / "share", tmp_path / "spool", database_url, connection, now)
