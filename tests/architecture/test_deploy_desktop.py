"""The bridge on a PC: its user unit is read without complaint and has no rights, its entry starts what there is."""

from __future__ import annotations

import configparser
import shutil
import subprocess
from pathlib import Path

from tests.architecture.source import ROOT

FOLDER = ROOT / "deploy" / "desktop"


def _read(name: str) -> configparser.ConfigParser:
    found = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes=("#",))
    found.optionxform = str  # type: ignore[assignment,method-assign]
    found.read(FOLDER / name, encoding="utf-8")
    return found


def test_the_user_unit_is_read_without_complaint(tmp_path: Path) -> None:
    unit = tmp_path / "phonghop-token.service"
    program = tmp_path / "phonghop-token"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    text = (FOLDER / unit.name).read_text(encoding="utf-8").replace("/opt/phonghop/bin/phonghop-token", str(program))
    unit.write_text(text, encoding="utf-8")
    analyze = shutil.which("systemd-analyze") or "systemd-analyze"
    words = [analyze, "verify", "--user", "--man=no", "--recursive-errors=no", str(unit)]
    done = subprocess.run(
        words,
        capture_output=True,
        text=True,
        check=False,
        env={"XDG_RUNTIME_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    assert [line for line in done.stderr.splitlines() if "phonghop" in line] == []


def test_it_runs_as_the_person_and_reaches_the_loopback_alone() -> None:
    service = _read("phonghop-token.service")["Service"]
    assert "User" not in service, "a user unit is the person's own"
    assert service["IPAddressDeny"] == "any"
    assert service["IPAddressAllow"] == "localhost"
    assert service["LimitCORE"] == "0"
    assert service["NoNewPrivileges"] == "yes"
    assert service["UMask"] == "0077"


def test_unit_and_entry_start_words_that_the_program_knows() -> None:
    started = _read("phonghop-token.service")["Service"]["ExecStart"]
    opened = _read("phonghop-token.desktop")["Desktop Entry"]["Exec"]
    code = (ROOT / "edge" / "bridge" / "cli.py").read_text(encoding="utf-8")
    for command in (started, opened):
        program, word = command.split()
        assert program.endswith("/phonghop-token")
        assert f'add_parser("{word}"' in code
    assert 'phonghop-token = "edge.bridge.cli:main"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
