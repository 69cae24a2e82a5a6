"""A boat's day in a sentence, Vietnamese and English."""

from layers.vessels.voyage import Voyage


def say_voyage(voyage: Voyage) -> dict[str, str]:
    """How far, how long at sea and in port, how long silent and how often."""
    return {"vi": _vietnamese(voyage), "en": _english(voyage)}


def _vietnamese(voyage: Voyage) -> str:
    if not voyage.points:
        return "Không nhận được vị trí nào"
    parts = ["Không rõ quãng đường"]
    if voyage.distance_nm is not None:
        parts = [f"Đi {voyage.distance_nm:,.1f}".translate(str.maketrans(",.", ".,")) + " hải lý"]
    parts += [f"trên biển {_vi(voyage.at_sea_s)}"] if voyage.at_sea_s else []
    parts += [f"trong cảng {_vi(voyage.in_port_s)}"] if voyage.in_port_s else []
    if voyage.gaps:
        parts.append(f"{len(voyage.gaps)} khoảng mất tín hiệu, tổng cộng {_vi(voyage.silent_s)}")
    return "; ".join(parts)


def _english(voyage: Voyage) -> str:
    if not voyage.points:
        return "No position was received"
    parts = ["Distance unknown"]
    if voyage.distance_nm is not None:
        parts = [f"{voyage.distance_nm:,.1f} nautical miles"]
    parts += [f"at sea {_en(voyage.at_sea_s)}"] if voyage.at_sea_s else []
    parts += [f"in port {_en(voyage.in_port_s)}"] if voyage.in_port_s else []
    if voyage.gaps:
        word = "gap" if len(voyage.gaps) == 1 else "gaps"
        parts.append(f"{len(voyage.gaps)} {word}, {_en(voyage.silent_s)} in all")
    return "; ".join(parts)


def _vi(seconds: float) -> str:
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} giờ {minutes} phút" if hours else f"{minutes} phút"


def _en(seconds: float) -> str:
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
