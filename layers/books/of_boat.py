"""What the rows of all these books share: a boat told by its number, as the book writes it."""

from sqlalchemy import Computed
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from layers.spec import Field, Text
from layers.vessels.registry import key_sql


class OfBoat:
    """A row about one boat. Books are joined by `reg_key` (`geo.text.registration_key`), never by a name."""

    vessel_no: Mapped[str]

    @declared_attr
    def reg_key(cls) -> Mapped[str]:
        """The number without case, spaces, hyphens and dấu."""
        return mapped_column(Computed(key_sql("vessel_no"), persisted=True), index=True)


def number_field(model: type[OfBoat]) -> Field:
    """The column of files that names the boat."""
    also = ("Số đăng ký", "Số đăng ký tàu", "Số đăng ký tàu cá", "Biển số", "Số hiệu tàu", "Số hiệu phương tiện")
    return Field(model.vessel_no, Text("Số tàu", "Boat's number"), also=also)
