"""Scenes as data: none is published without the islands, and each holds what a wall can show."""

from dataclasses import replace
from typing import Any

import pytest

from geo.errors import BadInput, NotFound
from layers.access.roles import Role
from layers.access.scope import scope
from layers.registry import load_layers
from tiles.scenes import HOANG_SA, LY_SON, MUST_BE_NAMED, SCENES, every_measure, find_scene, published
from tiles.style import build_style
from tiles.wall_style import BUNCH_TIMES, dress_for_wall

LAYERS = load_layers()
BY_NAME = {scene.name: scene for scene in SCENES}


def test_every_scene_shows_and_names_the_islands() -> None:
    assert len(published(LAYERS)) >= 3
    fields = {"fisheries", "health", "learning", "tourism", "government", "reports", "security"}
    assert set(BY_NAME) == {"province", "sources", "freshness"} | fields


@pytest.mark.parametrize(
    "broken",
    [
        replace(BY_NAME["province"], inset=False),
        replace(BY_NAME["province"], names=()),
        replace(BY_NAME["fisheries"], names=tuple(n for n in MUST_BE_NAMED if n is not HOANG_SA)),
        replace(BY_NAME["fisheries"], view=(105.0, 6.0, 110.0, 22.0)),
        replace(BY_NAME["health"], names=(LY_SON,), view=(107.0, 13.0, 109.0, 15.5)),
        replace(BY_NAME["health"], layers=("unit",)),
    ],
)
def test_a_scene_without_them_is_refused(broken: Any) -> None:
    with pytest.raises(BadInput) as refused:
        published(LAYERS, (broken,))
    assert broken.name in refused.value.detail


def test_a_scene_whose_layer_is_not_there_is_not_published() -> None:
    without = {name: layer for name, layer in LAYERS.items() if name != "health_facility"}
    assert "health" not in published(without)
    assert "province" in published(without)


@pytest.mark.parametrize("scene", SCENES, ids=lambda s: s.name)
def test_measures_exist_when_their_layer_does(scene: Any) -> None:
    known = every_measure(LAYERS)
    named = {*scene.measures, *(name for panel in scene.panels for name in panel.measures)}
    assert {name for name in named if name.split(".")[0] in LAYERS} <= known
    assert scene.seconds >= 20
    assert scene.panels[0].kind == "clock"


def test_a_scene_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(NotFound, match="province"):
        find_scene(published(LAYERS), "moon")


def test_the_walls_style_has_no_names_and_asks_in_the_walls_name() -> None:
    seen = {name: (m, scope(Role.OFFICER, m)) for name, m in LAYERS.items() if scope(Role.OFFICER, m).mode != "none"}
    style = build_style(seen, dict.fromkeys(seen, 1), theme="dark", lang="vi", base="leaders")
    dressed = dress_for_wall(style, 3.0)
    letters = [layer for layer in dressed["layers"] if layer["type"] == "symbol"]
    assert letters
    assert all("count" in str(layer["layout"]["text-field"]) for layer in letters)
    assert all(layer["layout"]["text-allow-overlap"] for layer in letters), "it would be placed anew on each screen"
    assert all(address.endswith("&wall=1") for s in dressed["sources"].values() for address in s["tiles"])
    line = next(layer for layer in dressed["layers"] if layer["id"] == "unit-line")
    assert line["paint"]["line-width"] == pytest.approx(0.8 * 3)
    assert not [layer for layer in dressed["layers"] if "minzoom" in layer]
    bunch = next(layer for layer in dressed["layers"] if layer["id"] == "health_facility-bunch")
    plain = next(layer for layer in style["layers"] if layer["id"] == "health_facility-bunch")
    *grown, _ = bunch["paint"]["circle-radius"][2::2]
    assert [now / before for now, before in zip(grown, plain["paint"]["circle-radius"][2::2], strict=False)] == (
        pytest.approx([3.0 * BUNCH_TIMES] * len(grown))
    )
    assert bunch["paint"]["circle-radius"][3::2] == plain["paint"]["circle-radius"][3::2]
    assert style["layers"][0]["id"] == dressed["layers"][0]["id"]
