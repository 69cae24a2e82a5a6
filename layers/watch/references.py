"""The register of legal texts: number, date, title, in force from and to, what replaced it, source, verified or not."""

from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Mapped

from layers.base import Base
from layers.watch.rules import Kept


class LegalReference(Kept, Base):
    """One text. `valid_from` is its first day in force in Việt Nam, `valid_to` the first day it no longer is.

    `amends` and `replaced_by` are codes of other texts: an amended text stays in force, a replaced one does not.
    """

    __tablename__ = "legal_reference"

    number: Mapped[str]
    issued_on: Mapped[date | None]
    kind: Mapped[str]
    title_vi: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    amends: Mapped[str | None]
    replaced_by: Mapped[str | None]
    source: Mapped[str]
    verified: Mapped[bool]


def references_statement() -> Select[*tuple[Any, ...]]:
    """Every text as known now, those of the sea first by date."""
    kept = LegalReference.superseded_at.is_(None)
    return select(LegalReference).where(kept).order_by(LegalReference.issued_on.desc().nulls_last(), LegalReference.id)
