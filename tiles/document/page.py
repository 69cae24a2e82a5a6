"""The page around the map: what it is, how fresh and whose each figure is, and the list twin of what is drawn."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from branca.element import Element, Figure

from tiles.classes import class_colors
from tiles.document.draw import clean, draw_map, limits_of, told_fields
from tiles.document.facts import Facts, Shown
from tiles.document.inset import inset_svg
from tiles.document.seal import seal
from tiles.document.words import age, figure, moment, number, say, word
from tiles.tokens import THEMES

HERE = '<div id="map-here"></div>'
MAP = re.compile(r'<div class="folium-map"[^>]*>\s*</div>')
CSS = """
:root { color-scheme: light; }
body { font: 15px/1.5 "Be Vietnam Pro", "Noto Sans", system-ui, "Segoe UI", Arial, sans-serif; color: #15324a; }
html, body { height: auto !important; background: #ffffff; }
main, header { max-width: 1180px; margin: 0 auto; padding: 0 20px; }
h1 { font-size: 28px; line-height: 1.25; margin: 18px 0 2px; } h2 { font-size: 19px; margin: 30px 0 8px; }
p { margin: 4px 0; } .quiet { color: #4b6379; }
.mark { display: inline-block; border: 2px solid #8a3b00; color: #8a3b00; padding: 2px 12px; font-weight: 700; }
.inside { font-weight: 600; }
.stage { display: flex; gap: 16px; align-items: stretch; margin-top: 14px; }
.stage .folium-map { position: relative !important; flex: 1; height: 620px !important; width: auto !important; }
.stage .folium-map { border: 1px solid #b9c5cf; background: #dfeaf3; border-radius: 8px; }
.side { width: 220px; } .side svg { width: 100%; border: 1px solid #b9c5cf; border-radius: 8px; background: #dfeaf3; }
.legend { list-style: none; margin: 6px 0 14px; padding: 0; }
.legend li { display: flex; gap: 8px; align-items: center; font-size: 14px; }
.legend i { width: 26px; height: 16px; border: 1px solid #5b7085; flex: none; }
.legend i.none { background: repeating-linear-gradient(45deg, #e4e8ec 0 4px, #9aa8b5 4px 6px); }
.leaflet-tooltip.name { background: none; border: none; box-shadow: none; padding: 0; }
.leaflet-tooltip.name { font-weight: 600; font-size: 12px; color: #ffffff; }
.leaflet-tooltip.name { text-shadow: 0 0 3px #15324a, 0 0 3px #15324a, 0 0 2px #15324a; }
.leaflet-tooltip.name::before { display: none; } .leaflet-tooltip.name td { padding: 0; border: none; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 5px 10px; border-bottom: 1px solid #d3dbe2; vertical-align: top; }
th { color: #4b6379; font-weight: 600; } caption { text-align: left; } summary { cursor: pointer; padding: 6px 0; }
footer { border-top: 2px solid #b9c5cf; margin: 34px 0 20px; padding-top: 8px; font-size: 13px; }
.leaflet-container { font: inherit; } .leaflet-control-attribution { display: none; }
@media (max-width: 800px) { .stage { flex-direction: column; } .side { width: auto; max-width: 260px; } }
@media print { .stage .folium-map { height: 150mm !important; } details { display: none; } h2 { break-after: avoid; } }
"""


def document(facts: Facts, lang: str) -> str:
    """One HTML page, whole in itself: no request leaves it. `lang` is vi or en."""
    drawn = draw_map(facts, lang)
    root = drawn.get_root()
    assert isinstance(root, Figure)
    root.header.add_child(Element(f"<title>{clean(title(facts, lang))}</title><style>{_plain(CSS)}</style>"))
    root.html.add_child(Element(_head(facts, lang) + HERE), index=0)
    root.html.add_child(Element(f'<aside class="side">{_legend(facts, lang)}{inset_svg(facts.country, lang)}</aside>'))
    root.html.add_child(Element(f"</div>{''.join(_tables(facts, lang))}</main>"))
    _number(root)
    page = str(root.render()).replace("<html>", f'<html lang="{lang}">', 1)
    return seal(_place_map(page))


def _place_map(page: str) -> str:
    """folium puts its map at the end of the body, whatever stands there; it belongs on the stage."""
    found = MAP.search(page)
    assert found is not None  # the map has just been rendered
    return page.replace(found[0], "", 1).replace(HERE, found[0], 1)


def title(facts: Facts, lang: str) -> str:
    """What the page is called."""
    return f"{word('document', lang)} · {facts.unit['full_name']}"


def _number(root: Any) -> None:
    """Names in order instead of by chance: the same facts give the same bytes."""
    waiting, count = [root], 0
    while waiting:
        element = waiting.pop(0)
        element._id = f"{count:03d}"
        count += 1
        waiting += element._children.values()


def _plain(css: str) -> str:
    """A style sheet that the template engine leaves alone: it reads `{{`, `{%` and `{#` only."""
    return css.replace("{#", "{ #").replace("{%", "{ %")


def _head(facts: Facts, lang: str) -> str:
    origin = facts.origin
    mark = "" if origin == "real" else f'<p class="mark" data-origin="{origin}">{word(origin, lang)}</p>'
    inside = f'<p class="inside">{word("inside", lang)}</p>' if facts.tracks else ""
    made = f"{word('made', lang)} {moment(facts.at)} ({word('local', lang)})"
    return (
        f"<header><h1>{clean(title(facts, lang))}</h1>{mark}{inside}"
        f'<p class="quiet">{made}. {clean(say(facts.outlines, lang))}.</p></header><main><div class="stage">'
    )


def _legend(facts: Facts, lang: str) -> str:
    limits = limits_of(facts.parts)
    colors = class_colors(len(limits) + 1)
    measure = facts.parts[0].figure.measure
    edges = [None, *limits, None]
    rows = [(color, _class(low, high, lang)) for color, low, high in zip(colors, edges, edges[1:], strict=False)]
    items = "".join(f'<li><i style="background:{color}"></i>{text}</li>' for color, text in rows)
    none = f'<li><i class="none"></i>{word("none", lang)}</li>'
    signs = "".join(_sign(shown, lang) for shown in facts.shown if shown.rows)
    head = f"{say(measure.title, lang)} ({say(measure.unit, lang)})"
    return f'<b>{clean(head)}</b><ul class="legend">{items}{none}</ul><ul class="legend">{signs}</ul>'


def _class(low: float | None, high: float | None, lang: str) -> str:
    if low is None and high is None:
        return "–"
    if low is None:
        return f"&lt; {number(high or 0, lang, 1)}"
    return f"≥ {number(low, lang, 1)}" if high is None else f"{number(low, lang, 1)} – {number(high, lang, 1)}"


def _sign(shown: Shown, lang: str) -> str:
    color = THEMES["light"][shown.layer.style.color.value]
    look = f"background:{color};border-radius:50%;width:14px;height:14px;border-color:#ffffff"
    return f'<li><i style="{look}"></i>{clean(say(shown.layer.title, lang))}: {len(shown.rows) + shown.left_out}</li>'


def _tables(facts: Facts, lang: str) -> Iterator[str]:
    """Every figure with its time, source and age; the parts; the facilities."""
    head = [word(name, lang) for name in ("measure", "value", "time", "age", "source")]
    yield f"<h2>{word('figures', lang)}</h2>" + _table(head, [_sum(s, facts, lang) for s in facts.sums])
    first = facts.parts[0].figure.measure
    yield f"<h2>{word('parts', lang)}</h2>" + _table(
        [word("unit", lang), say(first.title, lang)], [(p.name, figure(p.figure, lang)) for p in facts.parts]
    )
    for shown in facts.shown:
        if shown.rows:
            yield _listed(shown, facts, lang)
    if facts.tracks:
        yield _sailed(facts, lang)
    yield f"<footer>{clean(title(facts, lang))} · {moment(facts.at)} · {clean(say(facts.outlines, lang))}</footer>"


def _sum(found: Any, facts: Facts, lang: str) -> tuple[str, ...]:
    name = f"{say(found.layer.title, lang)}: {say(found.measure.title, lang)}"
    sender = "–" if found.source is None else found.source.title[lang]
    old = "–" if found.t is None else age(facts.at - found.t, lang)
    return (name, figure(found, lang), moment(found.t), old, sender)


def _listed(shown: Shown, facts: Facts, lang: str) -> str:
    """The list twin of a layer's points."""
    rows = [("; ".join(f"{say(f.title, lang)}: {v}" for f, v in told_fields(shown, row, facts, lang)),
             moment(row["moment"]), facts.sources[row["sender"]].title[lang]) for row in shown.rows]  # fmt: skip
    beyond = f"<p>+ {shown.left_out} {word('left_out', lang)}</p>" if shown.left_out else ""
    name = f"{say(shown.layer.title, lang)}: {len(shown.rows) + shown.left_out}"
    head = [say(shown.layer.title, lang), word("time", lang), word("source", lang)]
    return f"<details><summary><b>{clean(name)}</b></summary>{_table(head, rows)}{beyond}</details>"


def _sailed(facts: Facts, lang: str) -> str:
    """The list twin of the track; a gap is named as one."""
    rows = [(word("gap" if p["gap"] else "piece", lang), moment(p["since"]), moment(p["until"])) for p in facts.tracks]
    table = _table([word("track", lang), word("since", lang), word("until", lang)], rows)
    return f"<details><summary><b>{word('track', lang)}</b></summary>{table}</details>"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    names = "".join(f'<th scope="col">{clean(name)}</th>' for name in head)
    body = "".join("<tr>" + "".join(f"<td>{clean(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table>"
