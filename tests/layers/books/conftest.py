"""Books loaded as files in one call, with the titles a sender writes, and the disagreements they come to."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from ingest.deliveries import Sender
from ingest.tables.load import Loaded, load_table
from layers.books.registry import load_filed
from layers.books.weigh import weigh
from layers.database import connect, transaction

Load = Callable[..., Loaded]
REGISTER = "Số đăng ký;Tên tàu;Chiều dài lớn nhất (m);Nghề;Cảng đăng ký;Mã xã;Chủ tàu;Số giấy phép;Hạn giấy phép"
CALLS = "Số lượt;Số tàu;Trạm;Chiều;Thời gian;Số thuyền viên"


@pytest.fixture(scope="session")
def shared(reading_url: str) -> Iterator[psycopg.Connection]:
    """One connection for all tests of books."""
    with connect(reading_url) as opened:
        yield opened


@pytest.fixture
def connection(shared: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """The shared connection in a transaction that leaves nothing behind."""
    with transaction(shared, keep=False):
        yield shared


@pytest.fixture
def book(connection: psycopg.Connection, tmp_path: Path, now: datetime) -> Load:
    """Load lines of a book, its header first, as a source's file at `now`."""

    def load(name: str, *lines: str, source: str = "", at: datetime | None = None) -> Loaded:
        path = tmp_path / f"{name}.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        sender = Sender(source or f"{name}_test", "simulated", "thử")
        return load_table(connection, load_filed()[name], path, sender, lambda: at or now)

    return load


@pytest.fixture
def register(book: Load) -> Load:
    """Load a register: rows of (number, name, length, gear, owner, licence number, licence valid to)."""

    def load(*rows: tuple[str, ...], source: str = "province", at: datetime | None = None) -> Loaded:
        lines = [f"{no};{name};{length};{gear};Sa Kỳ;;{rest}" for no, name, length, gear, *more in rows
                 for rest in [";".join([*more, *[""] * (3 - len(more))])]]  # fmt: skip
        return book("vessel", REGISTER, *lines, source=source, at=at)

    return load


@pytest.fixture
def calls(book: Load) -> Load:
    """Load departures and arrivals of a book: rows of (entry, number, direction, time, crew)."""

    def load(name: str, *rows: tuple[str, ...], source: str = "") -> Loaded:
        lines = [f"{entry};{no};Trạm thử;{way};{when};{crew}" for entry, no, way, when, crew in rows]
        titles = CALLS if name == "border_call" else CALLS.replace("Trạm", "Cảng")
        return book(name, titles, *lines, source=source or name)

    return load


@pytest.fixture
def weighed(connection: psycopg.Connection, now: datetime) -> Callable[..., list[tuple[str, str]]]:
    """The open disagreements at a moment, as (kind, number), after weighing."""

    def found(at: datetime | None = None) -> list[tuple[str, str]]:
        with transaction(connection):
            weigh(connection, at or now)
        rows = connection.execute("SELECT kind, reg_key FROM disagreement WHERE gone_at IS NULL ORDER BY kind, reg_key")
        return rows.fetchall()

    return found
