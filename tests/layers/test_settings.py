from pathlib import Path

import pytest
from pydantic import ValidationError

from geo.errors import BadInput
from web.commands.listening import live_arguments
from web.settings import WebSettings


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "opsmap.toml"
    file.write_text('port = 8100\nhost = "0.0.0.0"\n')
    monkeypatch.delenv("OPSMAP_HOST", raising=False)
    monkeypatch.setenv("OPSMAP_SETTINGS", str(file))
    monkeypatch.setenv("OPSMAP_PORT", "8200")
    settings = WebSettings()
    assert (settings.host, settings.port) == ("0.0.0.0", 8200)


def test_a_wrong_value_names_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPSMAP_PORT", "many")
    with pytest.raises(ValidationError, match="port"):
        WebSettings()


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPSMAP_DATABASE_URL", "postgresql://somebody:secret@/x")
    assert "secret" not in str(WebSettings())


def test_receivers_named_in_the_settings_are_listened_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "opsmap.toml"
    file.write_text(
        'ais_udp = 10110\nais_tcp = "mast:4001, hill:4001"\nais_source = "coast"\n'
        'ais_mqtt = "mqtts://hub/ais/#"\nais_serial = "/dev/ttyUSB0:4800"\n'
    )
    monkeypatch.setenv("OPSMAP_SETTINGS", str(file))
    ways = ["--tcp", "mast:4001", "--tcp", "hill:4001", "--udp", "10110"]
    ways += ["--mqtt", "mqtts://hub/ais/#", "--serial", "/dev/ttyUSB0:4800"]
    assert live_arguments(WebSettings()) == ["ingest", "ais", *ways, "--source", "coast", "--receive-only"]


def test_nothing_is_listened_to_unless_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPSMAP_SETTINGS", "nowhere.toml")
    assert live_arguments(WebSettings()) == []
    monkeypatch.setenv("OPSMAP_AIS_LISTEN", "mast:door")
    with pytest.raises(BadInput, match="OPSMAP_AIS_LISTEN"):
        live_arguments(WebSettings())
