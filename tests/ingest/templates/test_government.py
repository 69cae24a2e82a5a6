"""Dossiers, documents and tasks: the contract's examples become figures, and agencies never sum up to the province."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "contracts" / "examples"


def values(connection: psycopg.Connection) -> dict[tuple[str, str, str], Any]:
    rows = connection.execute(
        "SELECT subject_kind, subject, indicator, value FROM observation WHERE superseded_at IS NULL"
    )
    return {(kind, subject, code): value for kind, subject, code, value in rows}


def test_the_example_of_agencies(take, connection):
    taken = take("igate_demo", EXAMPLES / "motcua-coquan.csv", name="motcua-coquan.csv")
    assert (taken.summary.stored, taken.summary.rejected.total()) == (32, 0)
    found = values(connection)
    assert found["agency", "H48.MP.02", "hs_quahan"] == 4
    groups = ("congkhai", "tiendo", "sohoa", "tructuyen", "hailong")
    points = [found["agency", "H48.MP.01", f"diem_766_{group}"] for group in groups]
    assert sum(points) == found["agency", "H48.MP.01", "diem_766"] == 90
    assert not any(kind == "province" for kind, *_ in found)


def test_the_example_of_communes_by_code_and_by_name(take, connection):
    taken = take("igate_demo", EXAMPLES / "motcua-xa.csv", name="motcua-xa.csv")
    assert (taken.summary.stored, taken.summary.rejected.total()) == (32, 0)
    kinds = {(kind, subject) for kind, subject, _ in values(connection)}
    assert ("unit", "21028") in kinds
    assert len(kinds) == 2


def test_the_example_of_documents_and_tasks_has_a_total_that_fits(take, connection):
    taken = take("ioffice_demo", EXAMPLES / "ioffice.csv", name="ioffice.csv")
    assert taken.summary.rejected.total() == 0
    found = values(connection)
    assert found["province", "51", "nv_quahan"] == Decimal(9)
    assert found["agency", "H48.MP.02", "nv_dang"] == 24


def test_a_total_of_tasks_that_does_not_add_up_is_kept_and_told(take, connection):
    rows: list[list[Any]] = [["VĂN BẢN VÀ NHIỆM VỤ THÁNG 10 NĂM 2026"], ["Cơ quan", "Chỉ tiêu", "Số lượng"]]
    rows += [[f"Cơ quan mô phỏng số {n}", "Nhiệm vụ quá hạn", n] for n in (1, 2)]
    take("ioffice_demo", [*rows, ["Tổng số", "Nhiệm vụ quá hạn", 7]])
    assert values(connection)["province", "51", "nv_quahan"] == 7
    checks = connection.execute("SELECT checks FROM department_file").fetchone()
    assert checks is not None
    assert [(c["told"], c["summed"], c["fits"]) for c in checks[0]] == [(7.0, 3.0, False)]
