"""The seat's settings: read once, every problem told."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.cli import seat
from edge.errors import SettingsWrong
from edge.settings import Settings

GOOD = {"PHONGHOP_SEAT_SERVER_URL": "https://phonghop.example:8443", "PHONGHOP_SEAT_CA_SHA256": "AB:" * 31 + "ab"}


def test_the_environment_beats_the_file_beats_the_default(tmp_path: Path) -> None:
    file = tmp_path / "seat.toml"
    file.write_text('server_url = "http://localhost:8080"\nca_sha256 = "' + "0" * 64 + '"\npage_port = 9000\n')
    settings = Settings.load({**GOOD, "PHONGHOP_SERIAL": "not ours"}, file)
    assert settings.server_url == "https://phonghop.example:8443"
    assert settings.ca_sha256 == "ab" * 32
    assert settings.page_port == 9000
    assert settings.idle_lock_s == 300
    assert settings.is_program is False
    file.write_text(f"{file.read_text()}is_program = true\n")
    assert Settings.load(GOOD, file).is_program is True
    assert Settings.load({**GOOD, "PHONGHOP_SEAT_IS_PROGRAM": "false"}, file).is_program is False


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "seat.toml"
    file.write_text('server_url = "ftp://x"\npage_port = 70000\nidle_lock = 3\nserial = "a b"\nlog_level = "LOUD"\n')
    with pytest.raises(SettingsWrong) as caught:
        Settings.load({"PHONGHOP_SEAT_GRACE_S": "soon"}, file)
    told = "\n".join(caught.value.problems)
    for word in ("server_url", "page_port", "idle_lock:", "serial", "log_level", "GRACE_S", "ca_sha256"):
        assert word in told
    assert len(caught.value.problems) == 7


@pytest.mark.parametrize("url", ["https://", "https://host/path", "https://host:0", "https://host:x", "host", "", 5])
def test_an_address_that_is_none_is_told(tmp_path: Path, url: object) -> None:
    file = tmp_path / "seat.toml"
    file.write_text(f"server_url = {url!r}\n")
    with pytest.raises(SettingsWrong) as caught:
        Settings.load({}, file)
    assert "server_url" in str(caught.value)


@pytest.mark.parametrize(("content", "word"), [(None, "cannot be read"), ("a = ", "not TOML")])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, content: str | None, word: str) -> None:
    file = tmp_path / "seat.toml"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SettingsWrong, match=word):
        Settings.load(GOOD, file)


def test_the_command_tells_what_is_wrong_and_ends(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert seat(["--check"]) == 2
    assert "server_url" in capsys.readouterr().err
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    assert seat(["--check"]) == 0
