"""opsmap load at the door: what it says of a file, what it asks, what it leaves behind."""

from pathlib import Path

import openpyxl
import orjson
import pytest
from typer.testing import CliRunner

from web.cli import app, main
from web.commands import data

CSV = "code,name,kind,x,y\nA,Trạm,hospital,585791.005,1672370.101\nB,,hospital,585791,1672370\n"


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Run `opsmap load health_facility FILE …` on this test's database; somebody types `typed`."""
    monkeypatch.setenv("OPSMAP_DATABASE_URL", database_url)
    (tmp_path / "a.csv").write_text(CSV)

    def ran(*options: str, typed: str | None = None):
        command = ["load", "health_facility", str(tmp_path / "a.csv"), "--origin", "simulated", *options]
        monkeypatch.setattr(data, "sits_somebody", lambda: typed is not None)
        return CliRunner().invoke(app, command, input=typed)

    return ran


def test_how_the_file_was_read_is_told_before_its_rows(run, tmp_path):
    done = run("--crs", "5898", "--annotated", str(tmp_path / "back.xlsx"))
    assert done.exit_code == 0
    told = done.stderr
    for words in ("định dạng: CSV", "VN-2000 / TM-3 108°00′ (EPSG:5898)", "EPSG:6960", "bảng mã: UTF-8", "‘x’ → lon"):
        assert words in told
    assert told.index("định dạng") < told.index("bad_field: row 2, field name: empty")
    assert "dòng 2: name: trống; cột này bắt buộc phải có" in told
    summary = orjson.loads(done.stdout.splitlines()[-1])
    assert (summary["lines"], summary["stored"], summary["rejected"]) == (2, 1, {"bad_field": 1})
    assert openpyxl.load_workbook(tmp_path / "back.xlsx").sheetnames == ["Tóm tắt", "Dữ liệu"]


def test_somebody_at_the_terminal_is_asked_for_the_frame(run):
    done = run(typed="5898\n")
    assert done.exit_code == 0
    assert "9216  VN-2000 / TM-3 107°30′: Kon Tum cũ" in done.stderr
    assert '"stored":1' in done.stdout


def test_a_program_is_told_the_option(run, capsys, monkeypatch, tmp_path):
    run()  # puts the file and the database there
    monkeypatch.setattr("sys.argv", ["opsmap", "load", "health_facility", str(tmp_path / "a.csv")])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    title, detail = capsys.readouterr().err.split("\n", 1)
    assert title == "Chưa biết hệ tọa độ của tệp"
    assert "give --crs, one of" in detail
