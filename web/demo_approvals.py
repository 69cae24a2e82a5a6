"""A submission that waits in the demonstration: typed in by the steward of a department, for the centre to decide on.

One district's figure would fall below the published one, and the paper is whole: it shows with its mark until then.
"""

import tempfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import psycopg

from geo.clock import local_date
from geo.workdays import add_months
from ingest.deliveries import Sender
from ingest.templates.read import Asked
from ingest.templates.take import FormSent, PaperFields, take_form
from ingest.templates.typed import Sheet, open_sheet, write_sheet
from layers.access.roles import Role

SOURCE, INDICATOR, WHOSE = "vsr_demo", "dn_moi", "unit:former_district"
MAKER = f"demo-{Role.STEWARD.value}"
CHANGED = 2
NOTE = "Rà soát lại: một địa bàn khai trùng doanh nghiệp, một địa bàn bổ sung (mô phỏng)"


def ensure_waiting(connection: psycopg.Connection, now: datetime) -> None:
    """Bring it once, after the department's own last report; whatever became of it stays as it is."""
    known = connection.execute("SELECT count(*) FROM submission").fetchone()
    if known is not None and known[0]:
        return
    month = add_months(local_date(now).replace(day=1), -1)
    sheet = open_sheet(connection, SOURCE, (INDICATOR, WHOSE, f"{month:%Y-%m}"), now)
    told = [(code, Decimal(value)) for code, (value, status, _) in sorted(sheet.now.items()) if status == "official"]
    if len(told) < CHANGED:
        return  # the month's official report has not come yet
    rows = [(told[0][0], float(told[0][1] - 1)), (told[1][0], float(told[1][1] + 2))]
    _bring(connection, sheet, rows, now)


def _bring(connection: psycopg.Connection, sheet: Sheet, rows: list[tuple[str, float]], now: datetime) -> None:
    month = f"{sheet.period.since:%Y-%m}"
    row = connection.execute("SELECT origin, title_vi FROM source WHERE code = %s", (SOURCE,)).fetchone()
    assert row is not None  # its letters have come
    day = local_date(now)
    paper = PaperFields("MP-01", "BC-MP", day, "Cơ quan mô phỏng", "Người ký mô phỏng")
    with tempfile.TemporaryDirectory(prefix="opsmap-demo-") as folder:
        path = Path(folder) / f"nhap-tay-{INDICATOR}-{month}.xlsx"
        path.write_bytes(write_sheet(sheet, rows, None))
        sent = FormSent(path, path.name, "typed", MAKER, paper, note=NOTE)
        asked = Asked(SOURCE, period=month, status="official", official=True, form=sheet.form)
        take_form(connection, sent, asked, Sender(SOURCE, *row), lambda: now)
