"""What became of a taken file, once the loader has said so: told in its receipt, or the file is refused after all."""

from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from geo.clock import Clock
from ingest.drop.notes import MOST_LINES, NOT_STORED, Why, receipt, refusal
from ingest.drop.shelf import REASON, RECEIPT, REFUSED, TAKEN, move_to, write_note
from ingest.work.settings import DropSettings
from layers.database import transaction

_DONE = """
SELECT f.*, d.id AS delivery_id, d.summary
FROM drop_file AS f
JOIN source AS s ON s.code IN (f.source, f.source || ':' || %(origin)s)
JOIN LATERAL (
    SELECT id, summary FROM delivery
    WHERE source_id = s.id AND sha256 = f.sha256 AND finished_at IS NOT NULL AND started_at >= f.taken_at
    ORDER BY id DESC LIMIT 1
) AS d ON true
WHERE f.state = 'taken' AND f.source = %(source)s
"""
_REJECTS = """
SELECT line_no, reason, detail FROM reject WHERE delivery_id = %s ORDER BY line_no NULLS FIRST, id LIMIT %s
"""
_SETTLE = """
UPDATE drop_file SET state = %s, detail_vi = %s, detail_en = %s, settled_at = %s WHERE id = %s
"""
WHOLE = frozenset({"bad_file", "not_understood"})
"""Reasons of rejects that stand for a file as a whole."""


def settle_folder(
    connection: psycopg.Connection, folder: Path, source: str, settings: DropSettings, clock: Clock
) -> int:
    """Settle what the loader has finished of a sub-folder; how many files."""
    values = {"source": source, "origin": settings.origin}
    with connection.cursor(row_factory=dict_row) as cursor:
        done = cursor.execute(_DONE, values).fetchall()
    for row in done:
        _settle(connection, folder, row, clock)
    return len(done)


def _settle(connection: psycopg.Connection, folder: Path, row: dict[str, Any], clock: Clock) -> None:
    rejects = connection.execute(_REJECTS, (row["delivery_id"], MOST_LINES)).fetchall()
    summary = row["summary"] or {}
    refused = not summary.get("messages") and any(reason in WHOLE for _, reason, _ in rejects)
    why = _refused(rejects) if refused else _counted(summary, rejects)
    row |= {"state": "refused" if refused else "stored", "detail_vi": why.vi, "detail_en": why.en}
    taken, kept = folder / TAKEN, row["kept_as"]
    if refused:
        (folder / REFUSED).mkdir(exist_ok=True)
        write_note(folder / REFUSED, kept + REASON, refusal(row["name"], why))
        if (taken / kept).exists():
            move_to(taken / kept, folder / REFUSED, kept)
        (taken / (kept + RECEIPT)).unlink(missing_ok=True)
    elif taken.is_dir():
        write_note(taken, kept + RECEIPT, receipt(row))
    with transaction(connection):
        connection.execute(_SETTLE, (row["state"], why.vi, why.en, clock(), row["id"]))


def _refused(rejects: list[tuple[int | None, str, str]]) -> Why:
    detail = "; ".join(detail for _, _, detail in rejects)
    return Why(f"Lý do: {detail}\n{NOT_STORED.vi}", f"{detail}\n{NOT_STORED.en}")


def _counted(summary: dict[str, Any], rejects: list[tuple[int | None, str, str]]) -> Why:
    refused = sum((summary.get("rejected") or {}).values())
    stored, known = summary.get("stored", 0), summary.get("duplicates", 0)
    lines = [f"  dòng · row {line_no}: {detail}" for line_no, _, detail in rejects]
    told = "\n".join(["", *lines]) if lines else ""
    return Why(
        f"Lưu mới {stored} dòng, đã có {known} dòng, từ chối {refused} dòng.{told}",
        f"{stored} rows stored, {known} known before, {refused} refused.",
    )
