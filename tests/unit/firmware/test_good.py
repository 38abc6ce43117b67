"""The boot loader's counter: what a slot that is well, one that is written and one that is new make of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from firmware_scripts import boot
from tests.unit.firmware import programs

WORDS = "A_LEFT=1 console=ttyS0"


@pytest.fixture(scope="module")
def counter() -> Any:
    return programs.load("counter.py")


def state(**changed: str) -> dict[str, str]:
    return {"ORDER": "A", "A_LEFT": "3", "B_LEFT": "0", "EXTRA": ""} | changed


@pytest.mark.parametrize("slot", ["A", "B"])
def test_the_slot_that_runs_gets_three_tries_and_all_else_stays(counter: Any, slot: str) -> None:
    before = state(ORDER="A B", A_LEFT="1", B_LEFT="2", EXTRA=WORDS, NEW="")
    assert counter.good(before, slot, "0.0.0") == before | {f"{slot}_LEFT": "3", "FLOOR": "0.0.0"}


def test_a_card_that_was_never_updated_starts_from_its_one_slot_alone(counter: Any) -> None:
    assert counter.good(state(A_LEFT="2"), "A", "0.0.0") == state(FLOOR="0.0.0")


def test_a_new_slot_that_is_well_is_new_no_more_and_raises_what_may_be_installed(counter: Any) -> None:
    before = state(ORDER="B A", B_LEFT="2", NEW="B", FLOOR="0.9.0")
    after = counter.good(before, "B", "0.10.0")
    assert after == before | {"B_LEFT": "3", "NEW": "", "FLOOR": "0.10.0"}
    assert counter.good(after, "B", "0.2.0")["FLOOR"] == "0.10.0", "never lower again"


@pytest.mark.parametrize("left", ["0", "2"])
def test_after_falling_back_the_old_slot_is_first_again(counter: Any, left: str) -> None:
    """With no try left, and where the boot loader went on by itself because there was nothing to load."""
    before = state(ORDER="B A", A_LEFT="2", B_LEFT=left, NEW="B")
    back = {"ORDER": "A B", "A_LEFT": "3", "B_LEFT": "0", "NEW": "", "FLOOR": "0.0.0"}
    assert counter.good(before, "A", "0.0.0") == before | back


def test_a_slot_that_waits_for_its_first_start_stays_first(counter: Any) -> None:
    before = state(ORDER="B A", B_LEFT="3", NEW="B")
    assert counter.good(before, "A", "0.0.0") == before | {"FLOOR": "0.0.0"}


def test_a_slot_that_is_being_written_is_never_started(counter: Any) -> None:
    """As RAUC goes: not usable, written, the next to be started. A plug may be pulled after each."""
    writing = counter.bad(state(ORDER="B A", B_LEFT="2", NEW="B"), "B")
    assert (counter.primary(writing), writing["ORDER"], writing["NEW"]) == ("A", "A", "")
    waiting = counter.first(writing, "B", "A")
    assert (counter.primary(waiting), waiting["ORDER"], waiting["NEW"]) == ("B", "B A", "B")
    assert counter.first(waiting, "A", "A")["NEW"] == "", "back to the one that runs: nothing is tried"
    assert counter.bad(state(NEW="A"), "B")["NEW"] == "A", "the one that runs is on trial as before"


@pytest.mark.parametrize("content", [b"", b"#" * 1024, boot.state(ORDER="A")])
def test_what_is_no_counter_of_ours_is_not_read(counter: Any, content: bytes) -> None:
    with pytest.raises(ValueError, match="no counter"):
        counter.parsed(content)


def test_it_is_read_as_either_boot_loader_writes_it(counter: Any) -> None:
    found = state(EXTRA=WORDS, NEW="")
    assert counter.parsed(boot.state(**found)) == found
    # U-Boot's "env export -t": no head, not filled up, a zero at its end.
    assert counter.parsed(b"A_LEFT=3\nB_LEFT=0\nORDER=A\n\0") == {"A_LEFT": "3", "B_LEFT": "0", "ORDER": "A"}
    assert counter.printed(found) == boot.state(**found)


def test_it_is_written_in_its_place(counter: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, orders = tmp_path / "state.env", list[str]()
    file.write_bytes(boot.state(ORDER="A", A_LEFT="2", B_LEFT="0", EXTRA=""))
    place = file.stat().st_ino
    monkeypatch.setattr(counter, "COUNTER", file)
    monkeypatch.setattr(counter, "LOCK", tmp_path / "lock")
    monkeypatch.setattr(counter.subprocess, "run", lambda words, check: orders.append(words[2]))
    counter.change(lambda found: found | {"A_LEFT": "3"})
    assert file.read_bytes() == boot.fresh_state()
    assert (file.stat().st_ino, orders) == (place, ["remount,rw", "remount,ro"])
    counter.change(lambda found: found)
    assert len(orders) == 2, "nothing is written that is there"
    with pytest.raises(ValueError, match="too long"):
        counter.change(lambda found: found | {"EXTRA": "x" * 1024})
    assert file.read_bytes() == boot.fresh_state()


@pytest.mark.parametrize("lost", [None, b"", b"\0" * 1024, b"#" * 300], ids=["gone", "empty", "zeros", "rubbish"])
@pytest.mark.parametrize("running", ["A", "B"])
def test_a_counter_that_is_lost_is_made_anew_by_the_slot_that_is_well(
    counter: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: bytes | None, running: str
) -> None:
    """The other slot may be half written: nobody knows any more."""
    file, here = tmp_path / "state.env", tmp_path / "slot"
    here.write_text(f"{running}\n", encoding="ascii")
    if lost is not None:
        file.write_bytes(lost)
    places = {"COUNTER": file, "LOCK": tmp_path / "lock", "SLOT": here}
    for name, place in places.items():
        monkeypatch.setattr(counter, name, place)
    monkeypatch.setattr(counter.subprocess, "run", lambda *_words, check: None)
    counter.change(lambda found: counter.good(found, running, "0.2.0"))
    other = "B" if running == "A" else "A"
    left = {f"{running}_LEFT": "3", f"{other}_LEFT": "0"}
    assert counter.read() == {"ORDER": f"{running} {other}", "EXTRA": "", "FLOOR": "0.2.0"} | left
    assert len(file.read_bytes()) == boot.STATE_BYTES
