"""What the watch is still to do, and how far it had come: slips of new positions, boats to be judged anew, its state.

None of it is a source of truth: positions, links, rules and events are.
"""

from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, Identity, Integer, func
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base


class WatchSlip(Base):
    """One stored batch: its positions are those of these transmitters in [t_from, t_to] with this `stored_at`.

    Left in the batch's own transaction, so `stored_at` is the same `now()`; gone once the watch has taken it.
    """

    __tablename__ = "watch_slip"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())
    transmitters: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    t_from: Mapped[datetime]
    t_to: Mapped[datetime]
    count: Mapped[int]


class WatchRedo(Base):
    """A boat whose history has changed from a moment on: what came too late, or a device that was another boat's.

    `boat` is its handle (`layers.vessels.history`); -1 stands for pairs of boats, whoever they are.
    """

    __tablename__ = "watch_redo"

    boat: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    since: Mapped[datetime]
    asked_at: Mapped[datetime] = mapped_column(server_default=func.now())


class WatchState(Base):
    """What a detector knew up to `settled_ms` (Unix ms), under the law and lines that `digest` stands for."""

    __tablename__ = "watch_state"

    name: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    settled_ms: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[bytes]
    stored_at: Mapped[datetime]
