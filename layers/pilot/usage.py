"""How much is asked, by which role, and how long an answer takes: counters only, no address, no person, no path.

Durations are counted by class of route and day, roles by month; the two are kept apart, so that nobody can be followed.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import psycopg
from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from layers.access.roles import Role
from layers.base import Base
from layers.spec import Text

EDGES_MS = (100, 300, 1000, 3000, 10_000)
STEPS = ("within_100ms", "within_300ms", "within_1s", "within_3s", "within_10s", "later")
ROUTES: dict[str, Text] = {
    "page": Text("Trang", "Pages"),
    "api": Text("Giao diện lập trình (API)", "API"),
    "send": Text("Nhận số liệu gửi đến", "Data sent in"),
    "tile": Text("Mảnh bản đồ, kiểu vẽ", "Tiles and styles"),
    "ogc": Text("Chuẩn OGC, Open311", "OGC, Open311"),
    "static": Text("Tệp tĩnh", "Static files"),
}
"""The classes of routes whose answers are timed."""
USES: dict[str, Text] = {
    "page": Text("Mở trang", "Pages opened"),
    "api": Text("Gọi API", "API calls"),
    "machine": Text("Máy gọi bằng khóa", "Calls by machines' keys"),
}
"""What of a role is counted."""
ROLES: dict[Role, Text] = {
    Role.LEADER: Text("Lãnh đạo", "Leaders"),
    Role.OFFICER: Text("Cán bộ thủy sản", "Fisheries officers"),
    Role.POST: Text("Đồn Biên phòng", "Border guard posts"),
    Role.COMMUNE: Text("Cấp xã", "Communes"),
    Role.STEWARD: Text("Phụ trách dữ liệu", "Data stewards"),
    Role.OPERATOR: Text("Trực điều hành", "Operators"),
    Role.VIEWER: Text("Màn hình trung tâm", "Screens of the centre"),
    Role.ADMIN: Text("Quản trị", "Administrators"),
    Role.GUEST: Text("Không đăng nhập", "Not signed in"),
}


class RequestDay(Base):
    """Answers of one class of route on one day of Việt Nam, by how long they took; `failed`: 5xx among them."""

    __tablename__ = "request_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    route: Mapped[str] = mapped_column(primary_key=True)
    failed: Mapped[int] = mapped_column(BigInteger)
    within_100ms: Mapped[int] = mapped_column(BigInteger)
    within_300ms: Mapped[int] = mapped_column(BigInteger)
    within_1s: Mapped[int] = mapped_column(BigInteger)
    within_3s: Mapped[int] = mapped_column(BigInteger)
    within_10s: Mapped[int] = mapped_column(BigInteger)
    later: Mapped[int] = mapped_column(BigInteger)


class RoleMonth(Base):
    """How often a role did one of `USES` in one month of Việt Nam, by the month's first day."""

    __tablename__ = "role_month"

    month: Mapped[date] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    use: Mapped[str] = mapped_column(primary_key=True)
    times: Mapped[int] = mapped_column(BigInteger)


@dataclass
class Tally:
    """What was counted since it was last written down: (day, route, step or `failed`) and (month, role, use)."""

    answers: Counter[tuple[date, str, str]] = field(default_factory=Counter)
    uses: Counter[tuple[date, str, str]] = field(default_factory=Counter)

    def count_answer(self, day: date, route: str, took_ms: float, *, failed: bool) -> None:
        """One answer that began after `took_ms`."""
        self.answers[day, route, STEPS[bisect_left(EDGES_MS, took_ms)]] += 1
        if failed:
            self.answers[day, route, "failed"] += 1

    def count_use(self, day: date, role: str, use: str) -> None:
        """One thing done in a role."""
        self.uses[day.replace(day=1), role, use] += 1

    def take(self) -> "Tally":
        """What there is, and begin anew."""
        taken = Tally(self.answers, self.uses)
        self.answers, self.uses = Counter(), Counter()
        return taken

    def give_back(self, other: "Tally") -> None:
        """What could not be written down counts again."""
        self.answers.update(other.answers)
        self.uses.update(other.uses)


_COUNTED = ("failed", *STEPS)
_ADDED = ", ".join(f"{name} = r.{name} + excluded.{name}" for name in _COUNTED)
_ADD_ANSWERS = f"""
INSERT INTO request_day AS r (day, route, {", ".join(_COUNTED)}) VALUES (%s, %s, {", ".join(["%s"] * len(_COUNTED))})
ON CONFLICT (day, route) DO UPDATE SET {_ADDED}
"""  # noqa: S608 - our own names
_ADD_USES = """
INSERT INTO role_month AS r (month, role, use, times) VALUES (%s, %s, %s, %s)
ON CONFLICT (month, role, use) DO UPDATE SET times = r.times + excluded.times
"""


def add_tally(connection: psycopg.Connection, tally: Tally) -> None:
    """Add what was counted to what is kept, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.executemany(_ADD_ANSWERS, list(_answer_rows(tally)))
        cursor.executemany(_ADD_USES, [(*key, times) for key, times in sorted(tally.uses.items())])


def _answer_rows(tally: Tally) -> Iterable[tuple[object, ...]]:
    for day, route in sorted({key[:2] for key in tally.answers}):
        yield (day, route, *(tally.answers[day, route, name] for name in _COUNTED))
