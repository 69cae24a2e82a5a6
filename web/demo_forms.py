"""The demonstration's templates and what is expected by when: examples, simulated, changed by nobody's restart."""

import json
from datetime import date, datetime
from pathlib import Path

import psycopg

from layers.database import transaction
from layers.sources.expected import Expectation, keep_expectation
from layers.sources.template_body import TemplateBody, read_template
from layers.sources.templates import ensure_templates

EXAMPLES = Path(__file__).resolve().parent.parent / "docs" / "contracts" / "templates"
BASIS = "Lịch nộp mô phỏng, chưa xác minh"
OFFICE = ("Văn phòng Ủy ban nhân dân tỉnh (mô phỏng)", "Phòng Tổng hợp (mô phỏng)", "000 0000 005")
HEALTH = ("Sở Y tế (mô phỏng)", "Phòng Kế hoạch – Tài chính (mô phỏng)", "000 0000 002")
SINCE = date(2026, 1, 1)
EXPECTED = (
    Expectation("vsr_demo", "vsr_thang", 1, "workday", 5, 1, SINCE, None, *OFFICE, BASIS),
    Expectation("igate_demo", "motcua_thang", 1, "workday", 5, 1, SINCE, None, *OFFICE, BASIS),
    Expectation("health_demo", "yte_thang", 1, "before", 25, 1, SINCE, None, *HEALTH, BASIS),
)


def example_templates() -> list[TemplateBody]:
    """The templates of docs/contracts/templates."""
    return [read_template(json.loads(path.read_text("utf-8"))) for path in sorted(EXAMPLES.glob("*.json"))]


def ensure_forms(connection: psycopg.Connection, now: datetime) -> None:
    """Keep the example templates and expectations, where there are none yet."""
    with transaction(connection):
        ensure_templates(connection, example_templates(), "demo", now)
        known = connection.execute("SELECT count(*) FROM expected_delivery").fetchone()
        if known is not None and not known[0]:
            for rule in EXPECTED:
                keep_expectation(connection, rule, now)
