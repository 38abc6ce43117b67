"""The boot loader's counter and the settings of a house."""

from __future__ import annotations

import re
import shlex
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


def test_u_boot_takes_every_command_of_its_script() -> None:
    """It takes sixteen words and refuses a command with more (CONFIG_SYS_MAXARGS); a quoted one is one word."""
    script = (recipe.HERE / "boot.cmd").read_text(encoding="utf-8")
    lines = [line for line in script.splitlines() if not line.lstrip().startswith("#")]
    commands = [command for line in lines for command in line.split(";")]
    assert [each for each in commands if len(shlex.split(each)) > 16] == []


@pytest.mark.parametrize("script", ["grub.cfg", "boot.cmd"])
def test_a_torn_table_and_a_lost_counter_still_start(script: str) -> None:
    """Without ``gpt`` the kernel finds no partition at all where the first of both tables is torn."""
    text = (recipe.HERE / script).read_text(encoding="utf-8")
    [words] = re.findall(r"^ *(?:linux|setenv bootargs) (.*)$", text, re.MULTILINE)
    assert {"gpt", "rauc.slot=", "panic=10"} <= {re.sub(r"=\$.*", "=", word) for word in words.strip('"').split()}
    told, counter = text.index('"A B"'), text.index("state.env")
    assert told < counter, "before it is read"


@pytest.mark.skipif(shutil.which("mformat") is None, reason="mtools is of the image's tools")
def test_without_an_authority_for_updates_the_one_of_the_house_before_goes(tmp_path: Path) -> None:
    card, other = tmp_path / "card", tmp_path / "other.pem"
    table = b"EFI PART".ljust(72, b"\0") + (2).to_bytes(8, "little")
    entry = bytes(32) + (64).to_bytes(8, "little")
    card.write_bytes((bytes(512) + table.ljust(512, b"\0") + entry).ljust(3 << 20, b"\0"))
    place = f"{card}@@{64 * 512}"
    subprocess.run(["mformat", "-i", place, "-T", "4096", "::"], check=True)
    for name in ("phonghop.toml", "updates.pem"):
        other.write_text("of another house")
        subprocess.run(["mcopy", "-i", place, other, f"::{name}"], check=True)
    for _ in range(2):
        provision.provision(card, server="https://phonghop.example", ca_sha256=AUTHORITY)
        listed = subprocess.run(["mdir", "-b", "-i", place, "::"], check=True, capture_output=True, text=True).stdout
        assert listed.split() == ["::/phonghop.toml"]
