"""The pictures of the bare screen: as they are drawn, in the middle of any screen, in the dots it has."""

from __future__ import annotations

import gzip
import importlib.machinery
import importlib.util
import subprocess
from pathlib import Path
from typing import Any

import pytest

from firmware_scripts import pictures, recipe

PROGRAM = recipe.HERE / "root/usr/lib/phonghop/picture"
SMALL = gzip.compress(b"2 2\n" + bytes([200, 10, 20, 30]), mtime=0)


@pytest.fixture(scope="module")
def program() -> Any:
    loader = importlib.machinery.SourceFileLoader("picture", str(PROGRAM))
    spec = importlib.util.spec_from_loader("picture", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def grey(screen: bytes, stride: int, across: int) -> list[list[int]]:
    rows = [screen[at : at + stride] for at in range(0, len(screen), stride)]
    return [list(row[: across * 4 : 4]) for row in rows]


def test_it_stands_in_the_middle_on_its_own_ground(program: Any) -> None:
    screen = program.composed(SMALL, (4, 4), 20, 32)
    assert grey(screen, 20, 4) == [[200] * 4, [200, 200, 10, 200], [200, 20, 30, 200], [200] * 4]
    assert screen[16:20] == b"\0" * 4, "what lies beyond a row is left dark"


def test_a_screen_that_is_too_small_shows_what_fits(program: Any) -> None:
    assert grey(program.composed(SMALL, (1, 1), 4, 32), 4, 1) == [[200]]


def test_sixteen_bits_a_dot_and_no_others(program: Any) -> None:
    assert program.composed(SMALL, (2, 2), 4, 16)[2:4] == (10 >> 3 << 11 | 10 >> 2 << 5 | 10 >> 3).to_bytes(2, "little")
    with pytest.raises(ValueError, match="8 bits"):
        program.composed(SMALL, (2, 2), 2, 8)


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_what_is_kept_has_the_size_it_says(program: Any, name: str) -> None:
    kept = (pictures.FOLDER / f"{name}.gz").read_bytes()
    head, _, dots = gzip.decompress(kept).partition(b"\n")
    width, height = (int(word) for word in head.split())
    assert (len(dots), len(set(dots)) > 10) == (width * height, True)
    assert len(program.composed(kept, (1920, 1080), 7680, 32)) == 7680 * 1080


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ('server_url = "https://phonghop.example"\n', "starting"),
        ('# server_url = "https://phonghop.example"\n', "nameless"),
        (None, "nameless"),
    ],
    ids=["told", "as-it-comes", "no-file"],
)
def test_a_card_that_nobody_told_its_house_says_what_is_missing(tmp_path: Path, told: str | None, shown: str) -> None:
    """The script itself, with its two places below a folder."""
    if told is not None:
        (tmp_path / "phonghop.toml").write_text(told, encoding="utf-8")
    script = PROGRAM.with_name("show-start").read_text(encoding="utf-8")
    places = {"/boot/": f"{tmp_path}/", "exec /usr/lib/phonghop/picture": "echo"}
    for place, other in places.items():
        assert place in script
        script = script.replace(place, other)
    said = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True, timeout=10)
    assert said.stdout.strip() == shown


def test_a_screen_that_goes_meanwhile_is_no_fault(
    program: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(program, "ABOUT", str(tmp_path))
    monkeypatch.setattr(program, "PICTURES", str(pictures.FOLDER))
    program.main("starting")
    assert "no screen" in capsys.readouterr().err
    with pytest.raises(FileNotFoundError):
        program.main("none of ours")
