"""What is remembered of the ways in that we go and look at: files of the drop folder, feeds that are polled."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Identity, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base


class DropFile(Base):
    """A file of the drop folder, once per source, form and content; `seen` counts how often it was laid there.

    `taken`: it is on the bus. `stored` or `refused`: the loader has said what became of it. `kept_as` is its name in
    `da-nhan/` or `khong-nhan/`, NULL until it was moved there.
    """

    __tablename__ = "drop_file"
    __table_args__ = (
        UniqueConstraint("source", "form", "sha256"),
        CheckConstraint("state IN ('taken', 'stored', 'refused')", name="state"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    source: Mapped[str]
    form: Mapped[str]
    sha256: Mapped[bytes]
    name: Mapped[str]
    kept_as: Mapped[str | None]
    size: Mapped[int] = mapped_column(BigInteger)
    taken_at: Mapped[datetime]
    state: Mapped[str]
    detail_vi: Mapped[str | None]
    detail_en: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    seen: Mapped[int] = mapped_column(server_default="1")


class FeedState(Base):
    """How a polled feed stands (UTC). `new`: something came; `same`: nothing new; `failed`: `error_…` says why.

    `since` is where the next question begins; `etag` and `last_modified` are the server's words for what we have,
    `sha256` and `size` those of its last body.
    """

    __tablename__ = "feed_state"
    __table_args__ = (CheckConstraint("outcome IN ('new', 'same', 'failed')", name="outcome"),)

    name: Mapped[str] = mapped_column(primary_key=True)
    tried_at: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    error_vi: Mapped[str | None]
    error_en: Mapped[str | None]
    failed_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(server_default="0")
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    since: Mapped[datetime | None]
    sha256: Mapped[bytes | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
