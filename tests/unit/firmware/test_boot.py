"""The boot loader's counter and the settings of a house."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from edge.errors import SettingsWrong
from firmware_scripts import boot, provision, recipe
from firmware_scripts.errors import FirmwareError

AUTHORITY = "ab" * 32


def test_the_counter_is_a_block_as_grub_writes_it() -> None:
    block = boot.fresh_state()
    assert len(block) == boot.STATE_BYTES
    assert block.startswith(b"# GRUB Environment Block\nORDER=A\nA_LEFT=3\nB_LEFT=0\n")
    assert set(block.rstrip(b"#")[-1:]) == set(b"\n")


def test_what_is_no_image_is_left_alone(tmp_path: Path) -> None:
    for content in (b"", b"x" * 4096, b"\0" * 512 + b"EFI PART" + b"\0" * 3000):
        file = tmp_path / "some.img"
        file.write_bytes(content)
        with pytest.raises(FirmwareError):
            provision.provision(file, server="https://phonghop.example", ca_sha256=AUTHORITY)
        assert file.read_bytes() == content


def test_the_settings_are_judged_by_the_agents_own_reader(tmp_path: Path) -> None:
    file = tmp_path / "some.img"
    file.write_bytes(b"x" * 4096)
    with pytest.raises(SettingsWrong):
        provision.provision(file, server="not an address", ca_sha256=AUTHORITY)
    with pytest.raises(SettingsWrong):
        provision.provision(file, server="https://phonghop.example", ca_sha256="12")


@pytest.mark.skipif(shutil.which("grub-script-check") is None, reason="grub-common is of the image's tools")
def test_the_boot_loaders_script_is_read_without_complaint() -> None:
    done = subprocess.run(
        ["grub-script-check", str(recipe.HERE / "grub.cfg")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
