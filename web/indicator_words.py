"""The words beside a value: how it came about, how much of it is known, why its light has its colour."""

from fractions import Fraction
from typing import Any

from layers.indicators.lights import Judged
from layers.indicators.numbers import number_en, number_vi
from layers.indicators.readings import Reading
from layers.indicators.spans import name_of
from web.views import Words

LIGHTS = {
    "green": Words(vi="xanh", en="green"),
    "yellow": Words(vi="vàng", en="yellow"),
    "red": Words(vi="đỏ", en="red"),
    "none": Words(vi="chưa xếp", en="not judged"),
}
LEVELS = {
    "province": Words(vi="tỉnh", en="provinces"),
    "group": Words(vi="khu vực", en="areas"),
    "former_district": Words(vi="địa bàn", en="former districts"),
    "district": Words(vi="huyện", en="districts"),
    "commune": Words(vi="xã", en="communes"),
    "agency": Words(vi="cơ quan", en="agencies"),
    "facility": Words(vi="cơ sở", en="facilities"),
    "investor": Words(vi="chủ đầu tư", en="investors"),
    "board": Words(vi="ban quản lý dự án", en="project boards"),
}
HIDDEN = Words(vi="ẩn", en="hidden")
KEPT_SMALL = Words(vi="số nhỏ về người: không hiện, không phải 0", en="a small number of people: not shown, and not 0")
KEPT_PAIR = Words(
    vi="không hiện, vì từ đó tính ra được một số nhỏ về người",
    en="not shown: a small number of people would follow from it",
)
_BY = {"people": ("dân số", "people"), "area": ("diện tích", "area"), "cells": ("số mảnh đất", "pieces of ground")}
_HOW = {
    "difference": ("lũy kế cuối kỳ trừ lũy kế đầu kỳ", "the year to date at its end less that at its beginning"),
    "tiled": ("cộng từ các kỳ ngắn hơn, hoặc kỳ ngắn cuối cùng", "from shorter periods"),
}


def how_words(found: Reading) -> Words | None:
    """How a value came about; None where it was told as it is."""
    level = LEVELS.get(found.level or "", LEVELS["province"])
    if found.how == "split":
        vi, en = _BY[found.weighed or "cells"]
        return Words(vi=f"ước tính: chia theo {vi}", en=f"estimate: split by {en}")
    if found.how == "summed":
        return Words(vi=f"cộng từ {found.known} {level.vi}", en=f"added up from {found.known} {level.en}")
    if found.how == "computed":
        old_vi, old_en = ("", "")
        if found.borrowed is not None:
            name = name_of(found.borrowed)
            old_vi, old_en = f"; mức của {name.vi}", f"; the level of {name.en}"
        return Words(vi=f"tử số chia mẫu số{old_vi}", en=f"numerator by denominator{old_en}")
    if found.how == "withheld":
        return KEPT_SMALL if found.withheld else KEPT_PAIR
    if found.how in _HOW:
        vi, en = _HOW[found.how]
        return Words(vi=vi, en=en)
    return None


def withheld_words(withheld: int | None) -> Words | None:
    """What stands in the place of a number that is kept from readers; never 0. None: it is not."""
    if withheld is None:
        return None
    return Words(vi=f"<{withheld}", en=f"<{withheld}") if withheld else HIDDEN


def coverage_words(found: Reading) -> Words | None:
    """How many of the parts are known, where not all are."""
    if not found.is_partial:
        return None
    level = LEVELS.get(found.level or "", LEVELS["province"])
    vi, en = f"{found.known}/{found.of} {level.vi}", f"{found.known} of {found.of} {level.en}"
    if found.whole:
        return Words(vi=vi, en=en)
    return Words(vi=f"{vi}, chưa đủ địa bàn", en=f"{en}, not all of the ground")


def light_words(judged: Judged, unit: str) -> Words | None:
    """Why a light has its colour: the bound it was held against, and whose word that is."""
    bounds, target = judged.threshold, judged.target
    if bounds is not None:
        said = bounds.verified or "chưa xác minh" in bounds.source
        checked = ("", "") if said else (", chưa xác minh", ", not verified")
        vi, en = _bounds(bounds, unit if bounds.measured == "value" else "%")
        return Words(vi=f"{vi} ({bounds.source}{checked[0]})", en=f"{en} ({bounds.source}{checked[1]})")
    if target is not None and judged.light != "none":
        value = Fraction(target.value)
        return Words(vi=f"kế hoạch {number_vi(value, 2)} {unit}", en=f"target {number_en(value, 2)} {unit}")
    return None


def _bounds(bounds: Any, unit: str) -> tuple[str, str]:
    more, less = ("≥", "<") if bounds.direction == "up" else ("≤", ">")
    vi, en = [], []
    if bounds.green is not None:
        vi.append(f"xanh {more} {number_vi(Fraction(bounds.green), 2)}{_tail(unit)}")
        en.append(f"green {more} {number_en(Fraction(bounds.green), 2)}{_tail(unit)}")
    if bounds.red is not None:
        vi.append(f"đỏ {less} {number_vi(Fraction(bounds.red), 2)}{_tail(unit)}")
        en.append(f"red {less} {number_en(Fraction(bounds.red), 2)}{_tail(unit)}")
    return ", ".join(vi), ", ".join(en)


def _tail(unit: str) -> str:
    return unit if unit == "%" else f" {unit}"
