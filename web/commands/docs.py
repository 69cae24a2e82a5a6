"""opsmap docs: the pages that come from the registry and the API, written or compared."""

from pathlib import Path
from typing import Annotated

import orjson
import typer

from layers.registry import load_layers
from layers.settings import CHECKOUT
from tiles.docs import layer_page
from web.main import create_app
from web.settings import WebSettings

FOLDER = CHECKOUT / "docs"


def docs(
    check: Annotated[bool, typer.Option("--check", help="compare only; code 1 when one is stale")] = False,
) -> None:
    """Write docs/layers/*.md and docs/openapi.json from the code."""
    stale = [path for path, content in generated().items() if _differs(path, content)]
    if check:
        for path in stale:
            typer.echo(f"{path}: not what the code says; run opsmap docs", err=True)
        raise typer.Exit(1 if stale else 0)
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(generated()[path], encoding="utf-8")
        typer.echo(f"wrote {path.relative_to(CHECKOUT)}")


def generated() -> dict[Path, str]:
    """Every generated file with its content."""
    pages = {FOLDER / "layers" / f"{layer.name}.md": layer_page(layer) for layer in load_layers().values()}
    document = create_app(WebSettings(), "postgresql:///none").openapi()
    text = orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode() + "\n"
    return {**pages, FOLDER / "openapi.json": text}


def _differs(path: Path, content: str) -> bool:
    return not path.exists() or path.read_text(encoding="utf-8") != content
