"""How the sections ask: one statement with the period and the moment of knowledge filled in."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import DateTime, Executable, TextClause, bindparam, text

from layers.bulletins.spec import Asked, Column
from layers.spec import Text

_NAMES = re.compile(r"(?<!:):(since|until|known)\b")
BOATS, TIMES, HOURS = Text("tàu", "boats"), Text("lượt", "times"), Text("giờ", "hours")
BEGUN = Column("begun", Text("Bắt đầu", "Begun"), unit=TIMES, adds=True)
ENDED = Column("ended", Text("Kết thúc", "Ended"), unit=TIMES, adds=True)
LASTING = Column("lasting", Text("Còn cuối kỳ", "Lasting at the end"), unit=TIMES)
BOATS_IN = Column("boats", Text("Số tàu", "Boats"), unit=BOATS)
HOURS_IN = Column("hours", Text("Số giờ trong kỳ", "Hours within"), "hours", HOURS, adds=True)


def known(row: str) -> str:
    """A row was known at `:known`, or is known today where that is NULL."""
    return (f"(CAST(:known AS timestamptz) IS NULL OR {row}.stored_at <= :known)"
            f" AND ({row}.superseded_at IS NULL OR {row}.superseded_at > :known)")  # fmt: skip


def boat(vessel: str) -> str:
    """What the register that leads calls a boat, by our number of it."""
    return f"(SELECT v.code FROM vessel AS v WHERE v.id = {vessel} AND v.leads)"  # noqa: S608


def asking(sql: str) -> Callable[[Asked], Executable]:
    """The statement of these words for whatever is asked."""
    told = text(sql)
    return lambda asked: bind(told, asked.values)


def bind(told: TextClause, values: Mapping[str, Any]) -> Executable:
    """The statement with the moments that its words ask for."""
    names = sorted(set(_NAMES.findall(told.text)))
    return told.bindparams(*(bindparam(name, values[name], type_=DateTime(timezone=True)) for name in names))
