"""Each screen stays within its budget of script and fonts (web/size.js says how they are counted)."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]


def test_every_screen_is_within_its_budget() -> None:
    node = shutil.which("node", path=str(Path(sys.executable).parent)) or "node"
    done = subprocess.run([node, _ROOT / "web" / "size.js"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
