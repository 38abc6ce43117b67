"""The light behind a panel is switched by writing to every panel there is (W188)."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.unit.firmware.programs import FOLDER


@pytest.fixture
def panels(tmp_path: Path) -> list[Path]:
    panels = [tmp_path / name / "bl_power" for name in ("10-0045", "intel_backlight")]
    for panel in panels:
        panel.parent.mkdir()
        panel.write_text("0\n")
    (tmp_path / "without").mkdir()
    return panels


def light(said: Path, folder: Path) -> int:
    return subprocess.run([FOLDER / "panel-light", said, folder], check=False, timeout=10).returncode


def test_W188_every_panel_with_a_light_is_switched_and_none_is_no_fault(panels: list[Path], tmp_path: Path) -> None:
    said = tmp_path / "panel"
    for word, value in (("dark", "4"), ("light", "0"), ("dark", "4")):
        said.write_text(f"{word}\n")
        assert light(said, tmp_path) == 0
        assert [panel.read_text() for panel in panels] == [f"{value}\n"] * 2
    assert light(said, tmp_path / "without") == 0


def test_W188_any_other_word_switches_nothing(panels: list[Path], tmp_path: Path) -> None:
    said = tmp_path / "panel"
    said.write_text("4; rm -r /\n")
    assert light(said, tmp_path) == 1
    assert light(tmp_path / "nothing", tmp_path) == 0
    assert [panel.read_text() for panel in panels] == ["0\n"] * 2


def test_W188_what_changes_while_it_runs_is_read_at_its_end(tmp_path: Path) -> None:
    """The agent's file is a pipe here: while the program waits at it, the next word takes its place."""
    said, after, panel = tmp_path / "panel", tmp_path / "after", tmp_path / "one" / "bl_power"
    panel.parent.mkdir()
    os.mkfifo(said)
    os.mkfifo(panel)
    after.write_text("light\n")
    # Open at both ends: what is written waits there, and nobody waits for a reader.
    written = os.open(panel, os.O_RDWR | os.O_NONBLOCK)
    with subprocess.Popen([FOLDER / "panel-light", said, tmp_path]) as running:
        with said.open("w") as out:
            after.replace(said)
            out.write("dark\n")
        assert running.wait(10) == 0
    assert os.read(written, 100) == b"4\n0\n"
    os.close(written)
