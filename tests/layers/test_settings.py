from pathlib import Path

import pytest
from pydantic import ValidationError

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
