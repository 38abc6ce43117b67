"""What an image is made of: the lists say why, and hold nothing that a seat may not have."""

from __future__ import annotations

import pytest

from firmware_scripts import recipe
from firmware_scripts.errors import RecipeWrong
from firmware_scripts.kernel import LEFT_OUT
from firmware_scripts.recipe import TARGETS, Target

KINDS = pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)


@KINDS
def test_a_package_stands_once(target: Target) -> None:
    names = (*recipe.packages(target), *recipe.downloads(target))
    assert len(set(names)) == len(names)
    assert target.kernel in recipe.downloads(target)


@KINDS
def test_nobody_signs_in_at_a_seat_from_elsewhere(target: Target) -> None:
    """No shell over the network, no package manager's timers, no radio, no desktop."""
    forbidden = {
        "openssh-server",
        "dropbear",
        "telnetd",
        "wpasupplicant",
        "bluez",
        "network-manager",
        "avahi-daemon",
        "sudo",
    }
    assert not forbidden & set(recipe.packages(target))


def test_a_stick_finds_no_driver_even_before_a_rule_is_read() -> None:
    assert "drivers/usb/storage" in LEFT_OUT


def test_the_partitions_of_the_first_start_are_as_large_as_the_first_slot() -> None:
    text = (recipe.HERE / "root/usr/lib/repart.d/20-root-b.conf").read_text(encoding="utf-8")
    size = f"{recipe.SLOT_BYTES // recipe.MIB}M"
    assert f"SizeMinBytes={size}\n" in text
    assert f"SizeMaxBytes={size}\n" in text


def test_a_line_without_a_reason_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr(recipe, "_lines", lambda _file: ["all chromium"])
    with pytest.raises(RecipeWrong, match="chromium"):
        recipe.packages(TARGETS["amd64"])
