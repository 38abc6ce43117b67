"""The light behind a panel is switched by writing to every panel there is (W188)."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.unit.firmware.programs import FOLDER


def test_W188_every_panel_with_a_light_is_switched_and_none_is_no_fault(tmp_path: Path) -> None:
    panels = [tmp_path / name / "bl_power" for name in ("10-0045", "intel_backlight")]
    for panel in panels:
        panel.parent.mkdir()
        panel.write_text("0\n")
    (tmp_path / "without").mkdir()
    for value in ("4", "0"):
        subprocess.run([FOLDER / "panel-light", value, tmp_path], check=True)
        assert [panel.read_text() for panel in panels] == [f"{value}\n"] * 2
    subprocess.run([FOLDER / "panel-light", "4", tmp_path / "without"], check=True)
