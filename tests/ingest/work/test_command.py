"""`opsmap work` as people start it: settings in, a file taken, everything asked, an order to stop obeyed."""

import json
import signal

from layers.health.invariants import INVARIANTS

from .conftest import wait_for


def test_the_command_does_what_its_settings_name(start, one, tmp_path):
    settings = {
        "OPSMAP_DROP_DIR": str(tmp_path / "share"),
        "OPSMAP_DROP": json.dumps({"tram-mp": {"form": "nmea", "origin": "simulated"}}),
        "OPSMAP_DROP_STEADY_S": "0",
        "OPSMAP_SETTINGS": "nowhere.toml",
    }
    process = start(**settings)
    folder = tmp_path / "share" / "tram-mp"
    wait_for("its folder is made", folder.is_dir)
    (folder / "dem.nmea").write_bytes(b"nothing of use\n")
    wait_for("the file is taken", (folder / "da-nhan" / "dem.nmea.bien-nhan.txt").exists)
    wait_for("everything was asked", lambda: one("SELECT count(*) FROM invariant") == len(INVARIANTS))
    assert one("SELECT array_agg(code) FROM invariant WHERE state = 'unknown'") is None
    assert one("SELECT state FROM drop_file") == "taken"
    assert one("SELECT count(*) FROM heartbeat WHERE process = 'work'") == 1
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0, (tmp_path / "log").read_text()
