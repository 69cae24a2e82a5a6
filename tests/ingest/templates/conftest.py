"""Department files taken in one call, with the example templates kept."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pytest

from ingest.deliveries import Sender
from ingest.templates.read import Asked
from ingest.templates.take import FormSent, PaperFields, take_form
from layers.sources.template_body import read_template
from layers.sources.templates import ensure_templates

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "contracts" / "templates"


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    """Write rows as a workbook, some cells merged."""

    def written(rows: list[list[Any]], merged: tuple[str, ...] = (), name: str = "Biểu 1") -> Path:
        made = openpyxl.Workbook()
        sheet = made.active
        sheet.title = name
        for row in rows:
            sheet.append(row)
        for span in merged:
            sheet.merge_cells(span)
        made.save(tmp_path / "file.xlsx")
        return tmp_path / "file.xlsx"

    return written


@pytest.fixture
def templates(connection: psycopg.Connection, now) -> psycopg.Connection:
    """A connection with the example templates kept."""
    bodies = [read_template(json.loads(path.read_text())) for path in sorted(EXAMPLES.glob("*.json"))]
    ensure_templates(connection, bodies, "test", now)
    return connection


@pytest.fixture
def take(templates: psycopg.Connection, book, now) -> Callable[..., Any]:
    """Take rows (or a path) as a file of a source; `at` is the moment."""

    def taken(source: str, rows: list[list[Any]] | Path, name: str = "bao-cao.xlsx", **said: Any):
        path = rows if isinstance(rows, Path) else book(rows, said.pop("merged", ()))
        paper, at = said.pop("paper", PaperFields()), said.pop("at", now)
        sent = FormSent(path, name, "test", "tester", paper)
        return take_form(templates, sent, Asked(source, **said), Sender(source, "simulated"), lambda: at)

    return taken
