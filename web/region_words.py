"""Regions in words, for those who read and those who listen."""

from datetime import datetime

from geo.clock import LOCAL
from layers.spec import Text
from layers.watch.region.model import BEHAVIOURS, Model

UNCALIBRATED = Text(
    "chưa hiệu chỉnh trên hành trình thật: không nêu xác suất",
    "not yet calibrated on real tracks: no probability is stated",
)
CALIBRATED = Text("đã hiệu chỉnh trên hành trình thật", "calibrated on real tracks")
TOO_LONG = Text(
    "Quá lâu để đoán: tàu có thể ở bất cứ đâu trên biển.", "Too long to guess: the boat can be anywhere at sea."
)
NOT_LOADED = Text(
    "chưa có ranh giới vùng được phép khai thác để so", "no limit of permitted fishing is loaded to hold it against"
)
NOT_WITHIN = Text(
    "chưa thể tới ranh giới vùng được phép khai thác trong 24 giờ tới",
    "cannot reach the limit of permitted fishing within the next 24 hours",
)


def calibration_words(model: Model) -> Text:
    """What the figure is worth."""
    return CALIBRATED if model.calibrated else UNCALIBRATED


def region_words(behaviour: str, elapsed_s: float, area_km2: float) -> Text:
    """Where the boat may be, and why."""
    hours, minutes = divmod(round(elapsed_s / 60), 60)
    doing = BEHAVIOURS[behaviour]
    size_vi = f"{area_km2:,.0f}".replace(",", ".")
    return Text(
        f"Vùng tàu có thể có mặt, {hours} giờ {minutes} phút sau vị trí cuối ({doing.vi}): {size_vi} km²",
        f"Where the boat may be, {hours} h {minutes} min after its last position ({doing.en}): {area_km2:,.0f} km²",
    )


def limit_words(at: datetime, *, is_past: bool) -> Text:
    """From when on the boat can have been at the limit."""
    when = at.astimezone(LOCAL).strftime("%H:%M %d/%m/%Y")
    if is_past:
        return Text(
            f"đã có thể vượt ranh giới vùng được phép khai thác từ {when}",
            f"may have crossed the limit of permitted fishing since {when}",
        )
    return Text(
        f"có thể tới ranh giới vùng được phép khai thác từ {when}",
        f"can reach the limit of permitted fishing from {when}",
    )
