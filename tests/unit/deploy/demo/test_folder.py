"""The demo's folder: whose it is, who holds it, what it remembers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.demo import __main__ as demo
from deploy.demo.console import Console
from deploy.demo.errors import AlreadyRunning, FolderNotOurs
from deploy.demo.folder import Folder


def test_a_folder_with_other_things_in_it_is_neither_used_nor_removed(tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").touch()
    with pytest.raises(FolderNotOurs):
        Folder.at(tmp_path)
    with pytest.raises(FolderNotOurs):
        demo.clean(tmp_path, Console(sys.stdout))
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.odt"]


def test_clean_removes_what_the_demo_made_and_is_content_with_nothing(tmp_path: Path) -> None:
    root = tmp_path / "demo"
    Folder.at(root).note("furnished", {"display": "/display#x"})
    assert demo.clean(root, Console(sys.stdout)) == 0
    assert not root.exists()
    assert demo.clean(root, Console(sys.stdout)) == 0


def test_one_demo_holds_the_folder_and_says_which_process_it_is(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from deploy.demo.folder import Folder\n"
        "with Folder.at(pathlib.Path(sys.argv[1])).held(): print('held', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        (sys.executable, "-c", code, str(tmp_path)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[4],
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    with pytest.raises(AlreadyRunning, match=str(other.pid)), Folder.at(tmp_path).held():
        pass
    with pytest.raises(AlreadyRunning):
        demo.clean(tmp_path, Console(sys.stdout))
    other.kill()
    other.communicate()
    with Folder.at(tmp_path).held():
        pass


def test_seed_and_notes_stay_and_nobody_else_reads_them(tmp_path: Path) -> None:
    folder = Folder.at(tmp_path / "demo")
    seed = folder.seed
    folder.note("furnished", {"display": "/display#bí-mật"})
    again = Folder.at(tmp_path / "demo")
    assert again.seed == seed
    assert again.notes("furnished") == {"display": "/display#bí-mật"}
    assert again.notes("addresses") is None
    assert folder.path("furnished.json").stat().st_mode & 0o077 == 0
    assert folder.root.stat().st_mode & 0o077 == 0


def test_a_note_cut_short_counts_as_none(tmp_path: Path) -> None:
    folder = Folder.at(tmp_path / "demo")
    folder.path("furnished.json").write_text('{"display"', encoding="utf-8")
    assert folder.notes("furnished") is None
