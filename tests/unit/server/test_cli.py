"""The commands of the server, in this process: what they print, what they refuse, what they never show."""

from __future__ import annotations

import errno
import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from server import cli, cli_serve, cli_verify
from server.app import create_app, services_of
from server.clock import SystemClock
from server.dossier.service import Dossiers
from server.factors import totp
from server.settings import Settings
from tests.support.meetings import CHAIR, Play
from wire.phases import Change
from wire.secret import Secret


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PHONGHOP_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PHONGHOP_ARGON2_MEMORY_KIB", "64")
    return tmp_path / "data"


def _stdin(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))


def _add(name: str, *words: str) -> int:
    return cli.admin(["user", "add", name, "--name", f"{name} (demo)", *words])


def test_init_makes_everything_once_and_again_changes_nothing(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.admin(["init"]) == 0
    first = capsys.readouterr().out
    assert "sẵn sàng · ready" in first
    made = {file: file.read_bytes() for folder in ("pki", "keys") for file in (data / folder).iterdir()}
    assert made
    assert data.stat().st_mode & 0o077 == 0, "nobody else reads the server's data"
    assert cli.admin(["init"]) == 0
    assert capsys.readouterr().out == first
    assert {file: file.read_bytes() for file in made} == made


def test_a_password_from_standard_input_is_never_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _stdin(monkeypatch, "mật khẩu riêng\n")
    assert _add("thuky", "--role", "secretary", "--password-stdin") == 0
    shown = capsys.readouterr()
    assert "riêng" not in shown.out + shown.err
    assert shown.out.startswith("thuky  u-")


@pytest.mark.parametrize(("words", "one_time"), [([], True), (["--own"], False)])
def test_I4_a_password_given_at_the_server_is_good_for_one_sign_in(
    monkeypatch: pytest.MonkeyPatch, words: list[str], *, one_time: bool
) -> None:
    _stdin(monkeypatch, "mật khẩu riêng\n")
    assert _add("thuky", "--password-stdin", *words) == 0
    services = services_of(create_app(Settings.load(os.environ)))
    assert services.identity.named("thuky").one_time is one_time
    services.close()


def test_I4_a_lost_second_factor_is_forgotten_at_the_server_itself_on_record(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _stdin(monkeypatch, "mật khẩu riêng\n")
    assert _add("anninh", "--role", "security_admin", "--password-stdin") == 0
    services = services_of(create_app(Settings.load(os.environ)))
    person, now = services.identity.named("anninh").id, SystemClock().now()
    secret = services.factors.begin(person, name="anninh", now=now).secret
    code = totp.code_at(secret, totp.step_of(now))
    services.factors.confirm(person, Secret(code.encode()), now=now)
    assert cli.admin(["user", "second-factor-reset", "anninh"]) == 0
    assert "thiết lập lại" in capsys.readouterr().out
    assert not services.factors.status(person)["active"]
    assert services.audit.newest("second_factor_reset", limit=1)[0].actor == "system"
    services.close()
    assert cli.admin(["user", "second-factor-reset", "khong-co"]) == 1
    assert "no-such-person" in capsys.readouterr().err


def test_a_password_that_is_made_here_is_shown_once_and_works(capsys: pytest.CaptureFixture[str]) -> None:
    assert _add("hethong", "--role", "system_admin") == 0
    made = capsys.readouterr().out.rpartition("password: ")[2].strip()
    assert len(made) == 19
    assert cli.admin(["user", "list"]) == 0
    listed = capsys.readouterr().out
    assert "hethong" in listed
    assert "system_admin" in listed
    assert made not in listed


def test_no_option_takes_a_password_from_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        _add("thuky", "--password", "mật khẩu riêng")
    capsys.readouterr()


@pytest.mark.parametrize(
    ("words", "stdin", "code"),
    [
        (["--role", "auditor", "--role", "system_admin", "--password-stdin"], "mật khẩu riêng", "roles-conflict"),
        (["--password-stdin"], "ngắn", "password-too-weak"),
        (["--password-stdin"], "", "password-too-weak"),
    ],
)
def test_what_breaks_a_rule_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], stdin: str, code: str
) -> None:
    _stdin(monkeypatch, stdin)
    assert _add("kiemtoan", *words) == 1
    shown = capsys.readouterr().err
    assert f"[{code}]" in shown
    assert "riêng" not in shown


def test_accounts_are_disabled_enabled_and_given_new_passwords(capsys: pytest.CaptureFixture[str]) -> None:
    assert _add("thuky") == 0
    assert cli.admin(["user", "disable", "thuky"]) == 0
    capsys.readouterr()
    cli.admin(["user", "list"])
    assert "khóa · disabled" in capsys.readouterr().out
    assert cli.admin(["user", "enable", "thuky"]) == 0
    assert cli.admin(["user", "password", "thuky"]) == 0
    assert "password: " in capsys.readouterr().out
    assert cli.admin(["user", "password", "nobody"]) == 1
    assert "no-such-person" in capsys.readouterr().err


def test_wrong_settings_end_before_anything_is_made(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PHONGHOP_PORT", "http")
    assert cli.admin(["init"]) == 2
    assert cli_serve.serve([]) == 2
    assert "PHONGHOP_PORT" in capsys.readouterr().err
    assert not data.exists()


def test_a_data_directory_that_cannot_be_is_said_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PHONGHOP_DATA_DIR", "/proc/nowhere")
    assert cli.admin(["init"]) == 1
    assert cli_serve.serve([]) == 1
    assert capsys.readouterr().err.count("/proc/nowhere: không dùng được") == 2


def test_M2_verify_accepts_a_log_and_names_what_is_wrong_with_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    play = Play()
    play.prepare(Change.SUBMIT, Change.APPROVE, Change.OPEN, Change.CLOSE)
    events = [event.to_value() for event in play.events]
    good = tmp_path / "events.json"
    good.write_text(json.dumps({"events": events}, ensure_ascii=False, indent=2), encoding="utf-8")
    assert cli_verify.verify([str(good)]) == 0
    assert play.events[-1].hash in capsys.readouterr().out
    changed = json.loads(json.dumps(events))
    changed[3]["actor"] = f"person:{CHAIR}"
    changed[3]["data"]["x"] = 1
    bad = tmp_path / "bad.json"
    for name, value in {
        "changed": changed,
        "gap": events[:2] + events[3:],
        "swapped": [events[1], events[0], *events[2:]],
        "headless": events[1:],
        "empty": [],
        "no log": {"a": 1},
        "fraction": 1.5,
    }.items():
        bad.write_text(json.dumps(value), encoding="utf-8")
        assert cli_verify.verify([str(bad)]) == 1, name
        assert "NOT VERIFIED" in capsys.readouterr().err
    bad.write_bytes(b"\xff\x00 no JSON")
    assert cli_verify.verify([str(bad)]) == 1
    assert cli_verify.verify([str(tmp_path / "none.json")]) == 2


def test_a_dossier_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> Iterator[bytes]:
        yield b"PK half of it"
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    folder, pieces = tmp_path / "out", [broken(), iter([b"PK ", b"whole"]), iter([b"PK another"])]
    folder.mkdir()
    monkeypatch.setattr(Dossiers, "take", lambda *_asked, **_how: SimpleNamespace(pieces=pieces.pop(0)))
    words, target = ["dossier", "m-" + "a" * 16, str(folder / "ho-so.zip")], folder / "ho-so.zip"
    assert cli.admin(words) == 1
    assert list(folder.iterdir()) == [], "nothing of it stays, and nothing stands in the way of the next"
    assert cli.admin(words) == 0
    assert f"{target}  8 bytes" in capsys.readouterr().out
    assert cli.admin(words) == 1, "what is there is kept"
    assert ([each.name for each in folder.iterdir()], target.read_bytes()) == (["ho-so.zip"], b"PK whole")
