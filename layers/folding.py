"""Vietnamese folded by the database as `geo.text.fold` does it, so that a search without dấu meets what is stored."""

from typing import Any

from sqlalchemy import ColumnElement, String, cast, func

MARKED = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
BARE = "aaaaaaaaaaaaaaaaadeeeeeeeeeeeiiiiiooooooooooooooooouuuuuuuuuuuyyyyy"


def folded(column: Any) -> ColumnElement[str]:
    """A text column in lower case without dấu (for NFC text, as every reader of files gives it)."""
    return func.translate(func.lower(cast(column, String)), MARKED, BARE)
