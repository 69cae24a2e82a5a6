"""What the house promises of a layer, asked of every file in layers/catalog/: its tables, words, page and legend.

A new layer is tested by being there.
"""

import pytest
from alembic import command

from layers.database import alembic_config, connect
from layers.registry import load_layers
from layers.spec import Layer, Text
from tiles.legend import legend
from tiles.tokens import THEMES
from web.commands.docs import generated

LAYERS = load_layers()
every_layer = pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)


def test_the_migrations_say_what_the_models_say(database_url: str) -> None:
    command.check(alembic_config(database_url))


@every_layer
def test_its_tables_exist(layer: Layer, province: str) -> None:
    shapes = [layer.shapes.table] if layer.shapes else []
    with connect(province) as connection:
        for table in (layer.model.__table__, layer.reading.__table__, *shapes):
            statement = "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
            assert {name for (name,) in connection.execute(statement, (table.name,))} >= set(table.columns.keys())


@every_layer
def test_everything_it_says_is_said_in_both_languages(layer: Layer) -> None:
    words: list[Text] = [layer.title, *(f.title for f in layer.fields)]
    words += [text for m in layer.measures for text in (m.title, m.unit)]
    assert all(text.vi.strip() and text.en.strip() for text in words)


@every_layer
def test_its_page_is_what_the_code_says(layer: Layer) -> None:
    path, content = next((p, c) for p, c in generated().items() if p.name == f"{layer.name}.md")
    assert path.exists(), "run opsmap docs"
    assert path.read_text(encoding="utf-8") == content, "run opsmap docs"


def test_no_page_is_stale_or_left_over() -> None:
    pages = generated()
    assert [str(p) for p, c in pages.items() if not p.exists() or p.read_text(encoding="utf-8") != c] == []
    assert {p for p in next(iter(pages)).parent.glob("*.md")} <= set(pages)


@every_layer
def test_its_legend_has_the_colour_of_its_map(layer: Layer) -> None:
    shown = legend(layer)
    assert shown["color"] == {theme: colors[layer.style.color.value] for theme, colors in THEMES.items()}
    assert shown["title"] == {"vi": layer.title.vi, "en": layer.title.en}
