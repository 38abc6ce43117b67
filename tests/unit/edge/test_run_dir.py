"""What outlives the agent within a boot, and nothing longer."""

from __future__ import annotations

import datetime as dt
import stat
from pathlib import Path

import pytest

from edge.model import Session
from edge.passwords import Passwords, Verifier
from edge.vault.run_dir import RunDir, boot_id
from edge.vault.seal import Sealer
from tests.support.meeting_log import MEETING, named
from wire.front import Front
from wire.ids import PaperId
from wire.secret import Secret
from wire.topics import PaperVersion

KEY = Secret(b"k" * 32)
FRONT = Front(PaperVersion(PaperId(named("p", "report")), 2), page=7, follows=False, call=1)
SESSION = Session(MEETING, named("u", "lan"), touched_s=12.5, locked=True, seen=True, followed_s=12.25, front=FRONT)


@pytest.fixture
def run_dir(tmp_path: Path) -> RunDir:
    return RunDir(tmp_path / "run", boot="this")


def test_the_key_outlives_the_agent_but_not_the_boot(run_dir: RunDir, tmp_path: Path) -> None:
    run_dir.save_key(KEY)
    assert RunDir(tmp_path / "run", boot="this").load_key() == KEY
    assert RunDir(tmp_path / "run", boot="next").load_key() is None


def test_only_the_agent_reads_it(run_dir: RunDir, tmp_path: Path) -> None:
    run_dir.save_key(KEY)
    assert stat.S_IMODE((tmp_path / "run" / "store.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "run").stat().st_mode) == 0o700


def test_the_session_is_sealed(run_dir: RunDir, tmp_path: Path) -> None:
    run_dir.save_session(SESSION, Sealer(KEY))
    assert run_dir.load_session(Sealer(KEY)) == SESSION
    assert run_dir.load_session(Sealer(Secret(bytes(32)))) is None
    assert SESSION.person.encode() not in (tmp_path / "run" / "session").read_bytes()
    run_dir.save_session(None, Sealer(KEY))
    assert run_dir.load_session(Sealer(KEY)) is None


def test_the_servers_time_is_of_this_boot(run_dir: RunDir, tmp_path: Path) -> None:
    moment = dt.datetime(2026, 11, 23, 1, 0, 0, 5000, tzinfo=dt.UTC)
    run_dir.save_welcomed(moment, 12.5)
    assert RunDir(tmp_path / "run", boot="this").load_welcomed() == (moment, 12.5)
    assert RunDir(tmp_path / "run", boot="next").load_welcomed() is None
    (tmp_path / "run" / "welcomed").write_bytes(b'{"at":"then","at_ms":1,"boot":"this"}')
    assert run_dir.load_welcomed() is None


def test_forgetting_forgets_both(run_dir: RunDir) -> None:
    run_dir.save_key(KEY)
    run_dir.save_session(SESSION, Sealer(KEY))
    run_dir.forget()
    assert run_dir.load_key() is None
    assert run_dir.load_session(Sealer(KEY)) is None


@pytest.mark.parametrize("data", [b"", b"{}", b'{"boot":"this"}', b'{"boot":"this","key":"AA=="}', b"\xff"])
def test_a_broken_file_is_no_key(run_dir: RunDir, tmp_path: Path, data: bytes) -> None:
    run_dir.save_key(KEY)
    (tmp_path / "run" / "store.key").write_bytes(data)
    assert run_dir.load_key() is None


def test_a_machine_without_a_boot_id_starts_cold_each_time(tmp_path: Path) -> None:
    assert boot_id(tmp_path / "none") != boot_id(tmp_path / "none")
    assert boot_id() == boot_id()


def test_a_password_is_recognised_and_wiped() -> None:
    verifier = Verifier(bytearray(b"mat khau"))
    assert verifier.matches(bytearray(b"mat khau"))
    assert not verifier.matches(bytearray(b"mat khau "))
    assert "mat khau" not in repr(verifier)
    held = bytearray(b"mat khau")
    passwords = Passwords()
    passwords.hold(1, held)
    assert passwords.get(1) is held
    passwords.drop(1)
    passwords.drop(1)
    assert held == bytes(8)
    assert passwords.get(1) is None


def test_a_folder_that_cannot_be_written_is_no_reason_to_stop(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("in the way")
    run_dir = RunDir(tmp_path / "file", boot="this")
    run_dir.save_key(KEY)
    assert run_dir.load_key() is None
    assert "not kept" in caplog.text
