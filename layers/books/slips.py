"""The slip by which whoever stores rows of a book says so; `layers.books.weigh` takes the slips and looks anew."""

from datetime import datetime

import psycopg
from sqlalchemy import BigInteger, Identity
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base
from layers.vessels.identity import follow_numbers

WEIGHED = frozenset({"vessel", "border_call", "port_call", "landing", "catch_log", "penalty", "renumbering"})
NUMBERED = frozenset({"vessel", "renumbering"})


class BookTouch(Base):
    """A book has changed since disagreements were last looked for."""

    __tablename__ = "book_touch"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    book: Mapped[str]


def books_changed(connection: psycopg.Connection, book: str, now: datetime) -> None:
    """Call it in the transaction that changed a layer or book, once its rows are in; others than books pass."""
    if book in NUMBERED:
        follow_numbers(connection, now)
    if book in WEIGHED:
        connection.execute("INSERT INTO book_touch (book) VALUES (%s)", (book,))
