"""The words of records: what kind of thing each is, and of what sort."""

from layers.bulletins.fisheries.fleet import STATUSES
from layers.catalog.citizen_report import CATEGORIES
from web.views import Words

KINDS = {
    "boat": Words(vi="Tàu cá", en="Boat"),
    "event": Words(vi="Máy phát hiện", en="Found by the machine"),
    "case": Words(vi="Vụ việc", en="Case"),
    "port_call": Words(vi="Lượt xuất, nhập bến", en="Departure or arrival"),
    "landing": Words(vi="Lượt bốc dỡ", en="Landing"),
    "penalty": Words(vi="Quyết định xử phạt", en="Penalty"),
    "citizen_report": Words(vi="Phản ánh", en="Report"),
    "report": Words(vi="Phản ánh", en="Report"),
    "expected": Words(vi="Kỳ số liệu đến hạn", en="Delivery due"),
    "source": Words(vi="Nguồn", en="Source"),
    "agency": Words(vi="Cơ quan", en="Agency"),
}
OF_BOATS = frozenset({"boat", "event", "case", "port_call", "landing", "penalty"})
"""Kinds whose names lead to a boat."""
MISSED = Words(vi="Không đạt", en="Fell short")
_SORTS = {
    **{code: Words.of(title) for code, title in STATUSES.items()},
    **{choice.value: Words.of(choice.title) for choice in CATEGORIES},
    "foreign": Words(vi="Vượt ranh giới", en="Beyond the boundary"),
    "wrong_belt": Words(vi="Sai vùng", en="Wrong belt"),
    "beyond": Words(vi="Vượt ranh giới", en="Beyond the boundary"),
    "distress": Words(vi="Cứu nạn", en="Distress"),
}


def sort_words(field: str | None) -> Words | None:
    """What a record is of, in words; as its book writes it where there are none."""
    if field is None:
        return None
    return _SORTS.get(field, Words(vi=field, en=field))
