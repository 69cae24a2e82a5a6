"""The citizens' pages as HTML: the form, the code, the report; whole without a script, some ten kilobytes."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from geo.clock import LOCAL
from layers.citizens.clock import MOMENT
from web.citizen.views import NearView, ReportView
from web.citizen.words import words
from web.views import Words

STYLE = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")
SHORT_TEXT = 2000


def whole_page(title: str, body: str, lang: str, path: str, simulated: bool) -> str:
    """The page around its parts."""
    w = words(lang)
    other, name = ("vi", "Tiếng Việt") if lang == "en" else ("en", "English")
    mark = f'<p class="mark" data-testid="mark-simulated">{w["simulated"]}</p>' if simulated else ""
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">'
        f'<title>{escape(title)} · Quảng Ngãi</title><link rel="icon" href="data:,"><style>{STYLE}</style></head><body>'
        f'<main><header><span>{w["province"]}</span><a href="{escape(path)}?lang={other}" hreflang="{other}">{name}</a>'
        f"</header><h1>{escape(title)}</h1>{mark}{body}</main></body></html>"
    )


def form_page(
    lang: str, categories: Iterable[Any], units: Iterable[Any], given: Mapping[str, Any], problem: Any, simulated: bool
) -> str:
    """The form; `given` fills it again after `problem`, an error of ours with its words for people."""
    w, rows = words(lang), list(categories)
    wrong = _wrong(w, problem)
    accepted = [(row.code, _title(row, lang)) for row in rows if row.accepted]
    others = [(row.code, _title(row, lang)) for row in rows if not row.accepted]
    value = partial(_value, given)
    refused = "".join(
        f"<dt>{escape(_title(row, lang))}</dt><dd>{escape(row.refer_en if lang == 'en' else row.refer_vi)}</dd>"
        for row in rows
        if not row.accepted
    )
    body = f"""<p class="soft">{w["urgent"]}</p><div id="problem" role="alert">{wrong}</div>
<form method="post" action="/report?lang={lang}" enctype="multipart/form-data" id="report">
<section><label for="category">{w["category"]}</label><select id="category" name="category" required>
<option value="">{w["choose"]}</option>{_options(accepted, given.get("category"))}{_options(others, given.get("category"))}</select>
<label for="text">{w["text"]}</label>
<textarea id="text" name="text" required minlength="5" maxlength="{SHORT_TEXT}" placeholder="{w["text_hint"]}">{value("text")}</textarea>
<label for="photo">{w["photo"]}</label><input id="photo" name="photo" type="file" accept="image/jpeg,image/png,image/webp" multiple>
<small>{w["photo_hint"]}</small></section>
<fieldset><legend>{w["where"]}</legend><button type="button" id="here" hidden>{w["here"]}</button>
<p id="place" class="soft" aria-live="polite"></p><input type="hidden" name="lon" value="{value("lon")}"><input type="hidden" name="lat" value="{value("lat")}">
<label for="unit">{w["unit"]}</label><select id="unit" name="unit"><option value="">{w["choose"]}</option>
{_options([(u.code, u.full_name) for u in units], given.get("unit"))}</select>
<label for="address">{w["address"]}</label><input id="address" name="address" maxlength="200" value="{value("address")}"></fieldset>
<fieldset><legend>{w["people"]}</legend><label for="name">{w["name"]}</label>
<input id="name" name="name" maxlength="200" autocomplete="name" value="{value("name")}">
<label for="phone">{w["phone"]}</label><input id="phone" name="phone" type="tel" maxlength="20" autocomplete="tel" value="{value("phone")}">
<small>{w["people_hint"]}</small></fieldset>
<div id="near"></div><button class="main" data-testid="send">{w["send"]}</button></form>
<section style="margin-top:12px"><h2>{w["have_code"]}</h2><form action="/report/follow"><label for="code">{w["your_code"]}</label>
<input id="code" name="code" required placeholder="PA-____-____" autocapitalize="characters"><button>{w["see"]}</button></form></section>
<section><h2>{w["refused"]}</h2><dl>{refused}</dl></section><script src="/report.js" defer></script>"""
    return whole_page(w["title"], body, lang, "/report", simulated)


def report_page(lang: str, code: str, view: ReportView, near: list[NearView], fresh: bool) -> str:
    """A report for the holder of its code; `fresh`: it has just come in."""
    w = words(lang)
    steps = "".join(
        f"<li><b>{escape(say(line.title, lang))}</b> <small>{when(line.at)}</small>"
        f"{'<br>' + escape(line.text) if line.text else ''}</li>"
        for line in view.history or ()
    )
    photos = "".join(f'<img src="{path}?code={escape(code)}" alt="" loading="lazy">' for path in view.photos)
    late = f' <span class="late">{w["late"]}</span>' if view.late else ""
    answer = f"<section><h2>{w['answer']}</h2><p>{escape(view.answer)}</p></section>" if view.answer else ""
    body = f"""<section><h2>{w["your_code"]}</h2><p class="code" data-testid="code">{escape(code)}</p>
<p class="soft">{w["keep_code"]}</p><dl><dt>{w["state"]}</dt><dd data-testid="state">{escape(say(view.state_title, lang))}</dd>
<dt>{w["number"]}</dt><dd>{view.number}</dd><dt>{w["agency"]}</dt><dd>{escape(view.agency)}</dd>
<dt>{w["due"]}</dt><dd>{due_day(view.due_at)}{late}</dd><dt>{w["category"]}</dt><dd>{escape(say(view.category, lang))}</dd>
<dt>{w["supporters"]}</dt><dd>{view.supporters}</dd></dl></section>
{_near(w, lang, code, near)}{answer}{_citizen_acts(w, lang, code, view)}
<section><h2>{w["history"]}</h2><ol>{steps}</ol></section>
<section><h2>{w["text"]}</h2><p>{escape(view.text or "")}</p>{photos}</section>
<p><a href="/report?lang={lang}">{w["other"]}</a></p>"""
    return whole_page(w["thanks"] if fresh else view.number, body, lang, f"/report/{code}", view.origin == "simulated")


def joined_page(lang: str, number: str, simulated: bool) -> str:
    """Somebody joined a report without sending one."""
    w = words(lang)
    body = f'<section><p>{w["number"]}: <b data-testid="joined">{escape(number)}</b></p></section>'
    return whole_page(
        w["joined"], f'{body}<p><a href="/report?lang={lang}">{w["other"]}</a></p>', lang, "/report", simulated
    )


def say(text: Words, lang: str) -> str:
    """The words in a language."""
    return text.en if lang == "en" else text.vi


def when(moment: datetime) -> str:
    """Minute and day in Việt Nam."""
    return f"{moment.astimezone(LOCAL):%H:%M %d/%m/%Y}"


def due_day(due_at: datetime) -> str:
    """The last day on which it is in time: it is due until that day ends."""
    return f"{(due_at - MOMENT).astimezone(LOCAL):%d/%m/%Y}"


def _near(w: dict[str, str], lang: str, code: str, near: list[NearView]) -> str:
    cards = "".join(
        f'<form method="post" action="/report/{escape(code)}/same?lang={lang}" class="near"><p>'
        f"{escape(n.text) if n.text else w['unreleased']} <small>{n.metres} m · {when(n.received_at)}</small></p>"
        f"{f'<img src={chr(34)}{n.photo}{chr(34)} alt={chr(34)}{chr(34)}>' if n.photo else ''}"
        f'<input type="hidden" name="same_as" value="{n.number}"><button>{w["same"]}</button></form>'
        for n in near
    )
    return (
        f'<section data-testid="near"><h2>{w["near"]}</h2><p class="soft">{w["near_hint"]}</p>{cards}</section>'
        if near
        else ""
    )


def _citizen_acts(w: dict[str, str], lang: str, code: str, view: ReportView) -> str:
    start = f'<form method="post" action="/report/{escape(code)}'
    area = f'<textarea name="text" minlength="5" maxlength="1000" aria-label="{w["words"]}" placeholder="{w["words"]}" {{need}}></textarea>'
    if view.state == "cho_bo_sung":
        return f'<section>{start}/supply?lang={lang}">{area.format(need="required")}<button>{w["supply"]}</button></form></section>'
    if view.ended_at is None or view.state == "trung_lap":
        return ""
    rates = "".join(
        f'<label>{n}<br><input type="radio" name="rating" value="{n}" required{" checked" if view.rating == n else ""}></label>'
        for n in range(1, 6)
    )
    told = f"<p>{w['rated']}: {view.rating}/5</p>" if view.rating else ""
    rate = (
        f'<h2>{w["rate"]}</h2>{told}{start}/rating?lang={lang}"><div class="rates">{rates}</div>{area.format(need="")}'
    )
    again = f'{start}/reopen?lang={lang}">{area.format(need="required")}<button>{w["reopen"]}</button></form>'
    return f"<section>{rate}<button>{w['rate_send']}</button></form></section><section>{again}</section>"


def _wrong(w: dict[str, str], problem: Any) -> str:
    if problem is None:
        return ""
    ask = (
        f'<label class="line"><input type="checkbox" name="sure" value="true" form="report">{w["sure"]}</label>'
        f"<small>{w['photo_again']}</small>"
        if problem.field == "sure"
        else ""
    )
    return f'<section class="wrong" data-testid="problem"><p>{escape(problem.title)}</p>{ask}</section>'


def _value(given: Mapping[str, Any], name: str) -> str:
    return escape(str(given.get(name) or ""))


def _title(row: Any, lang: str) -> str:
    return str(row.title_en if lang == "en" else row.title_vi)


def _options(pairs: Iterable[tuple[str, str]], chosen: Any) -> str:
    return "".join(
        f'<option value="{escape(code)}"{" selected" if code == chosen else ""}>{escape(title)}</option>'
        for code, title in pairs
    )
