"""`phonghop admin batch`: many commands in one process, a password on the next line, the end at the first no."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from server import cli

ACCOUNT = 'user add {0} --name "{0} (demo)"'


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PHONGHOP_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PHONGHOP_ARGON2_MEMORY_KIB", "64")
    return tmp_path / "data"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> _Run:
    return _Run(monkeypatch)


class _Run:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def __call__(self, *lines: str) -> int:
        text = "".join(f"{line}\n" for line in lines).encode()
        self._monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text)))
        return cli.admin(["batch"])


def test_every_line_is_done_and_a_password_is_the_next_line(run: _Run, capsys: pytest.CaptureFixture[str]) -> None:
    lines = ("# tài khoản", "", ACCOUNT.format("chutri"), f"{ACCOUNT.format('thuky')} --password-stdin")
    assert run(*lines, "mật khẩu riêng", "user list") == 0
    shown = capsys.readouterr()
    assert "chutri (demo)" in shown.out
    assert "thuky (demo)" in shown.out
    assert "riêng" not in shown.out + shown.err


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ("user password nobody", 1),
        ("user fly away", 2),
        ("batch", 2),
        ('user add "thuky', 2),
        ("anchor add /nowhere.pem", 1),
    ],
)
def test_the_first_that_is_refused_ends_it_and_is_named(
    run: _Run, capsys: pytest.CaptureFixture[str], wrong: str, status: int
) -> None:
    lines = (f"{ACCOUNT.format('thuky')} --password-stdin", "mật khẩu riêng", wrong, ACCOUNT.format("muon"))
    assert run(*lines) == status
    assert "dòng 3 · line 3" in capsys.readouterr().err
    assert run("user list") == 0
    listed = capsys.readouterr().out
    assert "thuky (demo)" in listed
    assert "muon" not in listed
