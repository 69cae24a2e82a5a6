"""The demonstration's templates and what is expected by when: examples, simulated, changed by nobody's restart."""

import json
from datetime import date, datetime
from pathlib import Path

import psycopg

from fixtures.forms import MONTHS
from fixtures.letters import DEPARTMENTS
from geo.clock import local_date, start_of_day
from geo.workdays import add_months
from layers.database import transaction
from layers.sources.expected import Expectation
from layers.sources.expected_edit import keep_expectation
from layers.sources.template_body import TemplateBody, read_template
from layers.sources.templates import ensure_templates

EXAMPLES = Path(__file__).resolve().parent.parent / "docs" / "contracts" / "templates"
BASIS = "Lịch nộp mô phỏng, chưa xác minh"
OFFICE = ("Văn phòng Ủy ban nhân dân tỉnh (mô phỏng)", "Phòng Tổng hợp (mô phỏng)", "000 0000 005")
OFFICE_CODE, HEALTH_CODE = DEPARTMENTS["services.geojson"].code, DEPARTMENTS["health.geojson"].code
TARGETS = {"thu_ns": 9400, "giaingan": 95, "luot_khach": 2_600_000, "dn_moi": 1300}
TARGET_SOURCE = "Kế hoạch mô phỏng, chưa xác minh"
HEALTH = ("Sở Y tế (mô phỏng)", "Phòng Kế hoạch – Tài chính (mô phỏng)", "000 0000 002")


def expectations(now: datetime) -> tuple[Expectation, ...]:
    """What is expected from the first month of the demonstration's letters on."""
    since = add_months(local_date(now).replace(day=1), -MONTHS)
    return (
        Expectation("vsr_demo", "vsr_thang", 1, "workday", 5, 1, since, None, *OFFICE, BASIS, agency_code=OFFICE_CODE),
        *(
            Expectation(source, form, 1, "workday", 5, 1, since, None, *OFFICE, BASIS, agency_code=OFFICE_CODE)
            for source, form in (
                ("igate_demo", "motcua_thang"),
                ("igate_demo", "motcua_xa_thang"),
                ("ioffice_demo", "ioffice_thang"),
            )
        ),
        Expectation(
            "health_demo", "yte_thang", 1, "before", 25, 1, since, None, *HEALTH, BASIS, agency_code=HEALTH_CODE
        ),
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
            for rule in expectations(now):
                keep_expectation(connection, rule, start_of_day(rule.valid_from))
        _ensure_targets(connection, local_date(now).year)


def _ensure_targets(connection: psycopg.Connection, year: int) -> None:
    """Simulated targets of the year, where there are none yet."""
    for indicator, value in TARGETS.items():
        said = (f"demo.{indicator}.{year}", indicator, date(year, 1, 1), date(year + 1, 1, 1), value, TARGET_SOURCE)
        connection.execute(
            "INSERT INTO indicator_target (code, indicator, subject_kind, subject, period_from, period_to, value,"
            " source, verified) SELECT %s, %s, 'province', '51', %s, %s, %s, %s, false"
            " WHERE NOT EXISTS (SELECT FROM indicator_target WHERE code = %s)",
            (*said, said[0]),
        )
