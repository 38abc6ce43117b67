"""One-time codes of a list, and on the card of their terminal (D1)."""

from __future__ import annotations

import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from edge.errors import SettingsWrong
from edge.settings import Settings
from firmware_scripts import codes, provision
from firmware_scripts.errors import FirmwareError

AUTHORITY = "ab" * 32
HOUSE = ["--server", "https://phonghop.example", "--ca-sha256", AUTHORITY]


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    file = tmp_path / "ds.csv"
    file.write_bytes(
        "Số hiệu;Mã một lần;Phòng;Chỗ ngồi;Ghi chú\r\nPH-1;;Lớn;A1;cửa sổ\r\nPH-2;cua-toi;Lớn;A2\r\n".encode()
    )
    return file


def test_a_list_gets_the_codes_it_lacks_and_keeps_all_else(
    listed: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    owners: list[tuple[int, int]] = []
    monkeypatch.setattr("firmware_scripts.codes.os.fchown", lambda _, user, group: owners.append((user, group)))
    assert provision.main(["--list", str(listed)]) == 0
    first = listed.read_text(encoding="utf-8-sig").splitlines()
    code = first[1].split(";")[1]
    assert first == ["Số hiệu;Mã một lần;Phòng;Chỗ ngồi;Ghi chú", f"PH-1;{code};Lớn;A1;cửa sổ", "PH-2;cua-toi;Lớn;A2;"]
    assert len(code) == 19
    assert owners == [(listed.stat().st_uid, listed.stat().st_gid)]
    assert stat.S_IMODE(listed.stat().st_mode) == 0o600
    assert provision.main(["--list", str(listed)]) == 0
    assert listed.read_text(encoding="utf-8-sig").splitlines() == first
    told = capsys.readouterr().out
    assert code not in told
    assert told.count("✓") == 1, "nothing is called done where nothing was left to do"
    assert "không phải ghi gì" in told.splitlines()[-1]


@pytest.mark.parametrize(
    "text",
    ["", "Số hiệu;Mã một lần;Phòng\n;;Lớn\n", "Số hiệu;Phòng\nPH-1;Lớn\n", "\udcff", "Mã một lần\nx"],
)
def test_what_is_no_list_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "ds.csv"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert provision.main(["--list", str(file)]) == 1


def test_a_serial_stands_once_or_there_is_no_code(listed: Path) -> None:
    with pytest.raises(FirmwareError):
        codes.read(listed).code_of("PH-3")
    for wrong in (["x.img", *HOUSE, "--once"], ["x.img", *HOUSE, "--list", str(listed)], [], ["x.img"]):
        with pytest.raises(SystemExit):
            provision.main(wrong)


@pytest.mark.parametrize(
    ("serial", "code"),
    [
        ('x"\nmachine_restart = "/bin/sh', "K7QF-2M3X-A5BD-9WZT"),
        ("PH-1", 'K7QF"\nmachine_off = "/bin/sh'),
        ("PH-1\\", "K7QF-2M3X-A5BD-9WZT"),
    ],
)
def test_a_cell_of_a_list_is_a_value_and_never_another_setting(tmp_path: Path, serial: str, code: str) -> None:
    with pytest.raises(SettingsWrong) as wrong:
        provision.provision(
            tmp_path / "none.img", server="https://phonghop.example", ca_sha256=AUTHORITY, serial=serial, code=code
        )
    assert len(wrong.value.problems) == 1
    assert "TOML" not in str(wrong.value.problems)


@pytest.mark.skipif(shutil.which("mformat") is None, reason="mtools is of the image's tools")
def test_a_card_gets_its_code_where_the_agent_reads_it(tmp_path: Path, listed: Path) -> None:
    card, settings = tmp_path / "card", tmp_path / "seat.toml"
    table = b"EFI PART".ljust(72, b"\0") + (2).to_bytes(8, "little")
    entry = bytes(32) + (64).to_bytes(8, "little")
    card.write_bytes((bytes(512) + table.ljust(512, b"\0") + entry).ljust(3 << 20, b"\0"))
    place = f"{card}@@{64 * 512}"
    subprocess.run(["mformat", "-i", place, "-T", "4096", "::"], check=True)
    settings.write_text("of another house")
    subprocess.run(["mcopy", "-i", place, settings, "::phonghop.toml"], check=True)
    assert provision.main([str(card), *HOUSE, "--list", str(listed), "--serial", "PH-1"]) == 0
    subprocess.run(["mcopy", "-o", "-i", place, "::phonghop.toml", settings], check=True)
    found = Settings.load({}, settings)
    assert found.enrolment_code.reveal().decode() == codes.read(listed).code_of("PH-1")
    assert found.enrolment_code.reveal().decode() not in repr(found)
