"""What stands around the tables of a report, in words: period, coverage, knowledge, sources, hash."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tiles.bulletin.say import BEFORE, NO_DATA, SAME, Lang, pick, say_number, say_period, say_time, word

Content = Mapping[str, Any]
MARKED = {"simulated": {"vi": "Số liệu mô phỏng, không phải số liệu thật.", "en": "Simulated figures, not real ones."},
          "replayed": {"vi": "Số liệu phát lại.", "en": "Replayed figures."}}  # fmt: skip


def title(content: Content, lang: Lang) -> str:
    """What the report is called, with its period."""
    return f"{pick(content['title'], lang)} {say_period(content['period'], lang)}"


def preface(content: Content, lang: Lang) -> list[str]:
    """The lines before the tables."""
    made = say_time(datetime.fromisoformat(content["made_at"]))
    lines = [{"vi": f"Lập lúc {made}.", "en": f"Made at {made}."}[lang], *_coverage(content, lang)]
    if content["origin"] in MARKED:
        lines.insert(0, MARKED[content["origin"]][lang])
    if content["known_at"] is not None:
        known = say_time(datetime.fromisoformat(content["known_at"]))
        lines.append({"vi": f"Theo những gì đã biết lúc {known}.", "en": f"As known at {known}."}[lang])
    if (content["data_since"] or "") > content["period"]["since"]:
        since = say_time(datetime.fromisoformat(content["data_since"]))
        lines.append({"vi": f"Số liệu chỉ có từ {since}: kỳ này không đủ.",
                      "en": f"There is data only since {since}: this period is not whole."}[lang])  # fmt: skip
    return [*lines, *_compared(content, lang)]


def _coverage(content: Content, lang: Lang) -> list[str]:
    told = content["coverage"]
    if told is None:
        return []
    heard, boats = (say_number(told[name], 0, lang) for name in ("heard", "boats"))
    return [{"vi": f"Số tàu có tín hiệu trong kỳ: {heard} trên tổng {boats} tàu trong sổ đăng ký.",
             "en": f"Heard of within the period: {heard} of {boats} boats in the register."}[lang]]  # fmt: skip


def _compared(content: Content, lang: Lang) -> list[str]:
    lines: list[str] = []
    if all(section["sort"] == "records" for section in content["sections"]):
        return lines  # lists are not compared
    for names, period in zip((BEFORE, SAME), content["compared"], strict=True):
        what = word(names[content["period"]["kind"]], lang)
        told = word(NO_DATA, lang) if period is None else say_period(period, lang)
        lines.append({"vi": f"So với {what}: {told}.", "en": f"Compared with the {what}: {told}."}[lang])
    return lines


def sources(content: Content, lang: Lang) -> str:
    """Which sources it is made of, and when each had last delivered."""
    told = [f"{pick(s['title'], lang)} ({say_time(datetime.fromisoformat(s['last_at']))})" for s in content["sources"]]
    return {"vi": "Nguồn (nhận lần cuối): ", "en": "Sources (last delivery): "}[lang] + "; ".join(told) + "."


def seal(lang: Lang, version: int | None = None, *hashes: str | None) -> str:
    """Which version it is, by its hashes (of the figures, of what names boats); or that it is not kept."""
    if version is None:
        return {"vi": "Bản xem, chưa phát hành.", "en": "A view, not published."}[lang]
    told = ", ".join(each for each in hashes if each)
    return {"vi": f"Bản phát hành số {version}, SHA-256 {told}", "en": f"Version {version}, SHA-256 {told}"}[lang]
