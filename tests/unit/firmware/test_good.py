"""The boot loader's counter is given its tries back: in its place, and nothing else of it changes."""

from __future__ import annotations

import importlib.machinery
import importlib.util
from pathlib import Path
from typing import Any

import pytest

from firmware_scripts import boot, recipe

PROGRAM = recipe.HERE / "root/usr/lib/phonghop/mark-good"
WORDS = "A_LEFT=1 console=ttyS0"


@pytest.fixture(scope="module")
def program() -> Any:
    loader = importlib.machinery.SourceFileLoader("mark_good", str(PROGRAM))
    spec = importlib.util.spec_from_loader("mark_good", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.mark.parametrize("slot", ["A", "B"])
def test_the_slot_that_runs_gets_three_tries_and_all_else_stays(program: Any, slot: str) -> None:
    left = {"A_LEFT": "0", "B_LEFT": "2"}
    before = boot.state(ORDER="A B", **left, EXTRA=WORDS)
    after = program.given_back(before, slot)
    assert after == boot.state(ORDER="A B", **(left | {f"{slot}_LEFT": str(boot.TRIES)}), EXTRA=WORDS)
    assert len(after) == boot.STATE_BYTES


@pytest.mark.parametrize(
    ("counter", "slot"),
    [(b"", "A"), (b"#" * 1024, "A"), (boot.fresh_state(), ""), (boot.fresh_state(), "C"), (boot.state(ORDER="A"), "A")],
)
def test_what_is_no_counter_of_ours_is_left_alone(program: Any, counter: bytes, slot: str) -> None:
    with pytest.raises(ValueError, match="no "):
        program.given_back(counter, slot)


def test_it_is_written_in_its_place(program: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counter, slot = tmp_path / "state.env", tmp_path / "slot"
    counter.write_bytes(boot.state(ORDER="A", A_LEFT="2", B_LEFT="0", EXTRA=""))
    slot.write_text("A\n")
    place, orders = counter.stat().st_ino, []
    monkeypatch.setattr(program, "COUNTER", str(counter))
    monkeypatch.setattr(program, "SLOT", str(slot))
    monkeypatch.setattr(program.subprocess, "run", lambda words, check: orders.append(words[2]))
    assert program.main() == 0
    assert counter.read_bytes() == boot.fresh_state()
    assert (counter.stat().st_ino, orders) == (place, ["remount,rw", "remount,ro"])
    assert program.main() == 0
    assert len(orders) == 2, "nothing is written that is there"
