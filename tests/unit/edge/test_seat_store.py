"""A seat whose store is being made, or does not open to the key that the server gives (W195)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from edge.errors import DiskFull, StoreBusy, StoreHeld, StoreShut, StoreUnreadable, VaultError
from edge.model import LinkState
from edge.ports import Ports
from edge.vault.place import Folder
from edge.vault.store import Vault
from edge.vitals import Vitals
from tests.support.seats import SeatRoom, TestSeat
from wire.messages import Machine
from wire.secret import Secret

QUESTION = "01" * 8


@dataclass
class Guarded(Folder):
    """A folder that opens when ``why`` says nothing against it, or IT has answered."""

    why: VaultError | None = None
    keys: list[Secret] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    #: so many times it is at work still, once IT has answered; and cannot be erased
    busy: int = 0
    not_erased: int = 0

    def __post_init__(self) -> None:
        super().__init__()

    def open(self, store_key: Secret, *, anew: str) -> None:
        """As root's program answers."""
        self.keys.append(store_key)
        self.words.append(anew)
        if anew and self.busy:
            self.busy -= 1
            raise StoreBusy("at work")
        if self.why is not None and not anew:
            raise self.why

    def erase(self) -> bool:
        """As it does when the card fails."""
        if self.not_erased:
            self.not_erased -= 1
            raise StoreUnreadable("not-erased")
        return super().erase()

    def leave(self) -> None:
        """As it does when the files are held."""
        if isinstance(self.why, StoreHeld):
            raise self.why


def ports_of(seat: TestSeat) -> Ports:
    return seat.on._ports  # noqa: SLF001 - what the agent gives it at its start


def link_of(seat: TestSeat) -> LinkState:
    return seat.on.state.link.state


def guard(room: SeatRoom, seat: TestSeat, why: VaultError, tmp_path: Path) -> Guarded:
    """The seat is started and its store asked for as the partition is."""
    seat.lose_power()
    seat.wake()
    ports = ports_of(seat)
    ports.vitals = Vitals(room.clock, root=tmp_path)
    place = Guarded(why=why)
    ports.vault._place = place  # type: ignore[misc] # noqa: SLF001 - as the agent makes it on a seat
    seat.recognise()
    seat.connect()
    return place


def machine(room: SeatRoom, seat: TestSeat) -> Machine:
    health = room.twin.devices[seat.signer.key_id].health
    assert health is not None
    assert health.machine is not None
    return health.machine


def test_a_store_that_is_being_made_is_asked_again_and_nobody_is_told_of_a_fault(
    room: SeatRoom, seat: TestSeat, tmp_path: Path
) -> None:
    place = guard(room, seat, StoreBusy("at work"), tmp_path)
    room.run(4)
    assert len(place.keys) > 2
    assert seat.on.state.fault == ""
    assert not ports_of(seat).vault.is_open
    place.why = None
    room.run(2)
    assert ports_of(seat).vault.is_open
    asked = len(place.keys)
    room.run(5)
    assert len(place.keys) == asked


def test_W195_a_store_that_does_not_open_is_asked_of_IT_and_made_anew_by_its_word(
    room: SeatRoom, seat: TestSeat, tmp_path: Path
) -> None:
    guard(room, seat, StoreShut("another key", asked=QUESTION, why="key"), tmp_path)
    room.run(12)
    assert seat.on.state.fault == "seat-store-shut"
    assert machine(room, seat).store_shut == QUESTION
    assert not ports_of(seat).vault.is_open
    room.twin.anew = QUESTION
    room.run(12)
    assert ports_of(seat).vault.is_open
    assert seat.on.state.fault == ""
    room.run(20)
    assert machine(room, seat).store_shut == ""


def test_W195_the_right_key_opens_it_without_a_word(room: SeatRoom, seat: TestSeat, tmp_path: Path) -> None:
    place = guard(room, seat, StoreShut("another key", asked=QUESTION, why="key"), tmp_path)
    room.run(12)
    assert ports_of(seat).run_dir.load_key() is None, "a key that opens nothing is not kept for the next start"
    place.why = None
    room.run(12)
    assert ports_of(seat).vault.is_open
    assert ports_of(seat).run_dir.load_key() is not None


def test_W195_a_loss_is_said_until_it_is_answered(room: SeatRoom, seat: TestSeat, tmp_path: Path) -> None:
    place = guard(room, seat, StoreUnreadable("a moment"), tmp_path)
    place.lose("files")
    assert place.loss is not None
    loss, place.why = place.loss.loss, None
    room.run(20)
    assert room.twin.losses == [("files", loss)]
    assert machine(room, seat).store_lost == ""
    assert place.loss is None


def test_W195_ITs_word_holds_until_the_store_is_made(room: SeatRoom, seat: TestSeat, tmp_path: Path) -> None:
    """It takes minutes, is asked again by itself, and may fail in between."""
    place = guard(room, seat, StoreShut("another key", asked=QUESTION, why="key"), tmp_path)
    room.run(12)
    place.busy = 3
    room.twin.anew = QUESTION
    room.run(12)
    assert place.words[-4:] == [QUESTION] * 4
    assert ports_of(seat).vault.is_open
    assert machine(room, seat).store_shut == ""


def test_W195_what_only_failed_is_told_to_IT_with_a_word_and_tried_again(
    room: SeatRoom, seat: TestSeat, tmp_path: Path
) -> None:
    place = guard(room, seat, StoreUnreadable("no", because="e2fsck_does NOT work" + "-" * 40), tmp_path)
    room.run(5)
    told = machine(room, seat)
    assert (told.store_fault, told.store_shut, told.store_why) == ("e2fsck-does-not-work", "", "")
    assert link_of(seat) is LinkState.CONNECTING
    place.why = DiskFull("no room")
    room.run(60)
    assert machine(room, seat).store_fault == "seat-disk-full"
    assert link_of(seat) is LinkState.CONNECTING
    place.why = None
    room.run(40)
    assert machine(room, seat).store_fault == ""
    assert link_of(seat) is LinkState.ONLINE


def test_a_wish_that_cannot_be_read_leaves_no_store_open_that_the_seat_does_not_know_of(
    room: SeatRoom, seat: TestSeat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guard(room, seat, StoreUnreadable("a moment"), tmp_path).why = None

    def fails(_vault: Vault) -> None:
        raise StoreUnreadable("wish: Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(Vault, "load_wish", fails)
        room.run(5)
        assert not ports_of(seat).vault.is_open
        assert seat.on.state.fault == "seat-store-unreadable"
    room.run(40)
    assert ports_of(seat).vault.is_open
    assert seat.on.state.opened


def test_what_failed_is_tried_again_also_while_no_server_answers(
    room: SeatRoom, seat: TestSeat, tmp_path: Path
) -> None:
    place = guard(room, seat, StoreUnreadable("a moment"), tmp_path)
    room.run(5)
    seat.disconnect()
    place.why = None
    room.run(40)
    assert ports_of(seat).vault.is_open


def test_a_store_that_is_being_made_is_no_silence_of_the_server(room: SeatRoom, seat: TestSeat, tmp_path: Path) -> None:
    guard(room, seat, StoreBusy("at work"), tmp_path)
    room.run(2)
    for _ in range(20):
        room.run(1)
        assert link_of(seat) is LinkState.CONNECTING


def test_W195_a_store_that_is_worked_at_for_long_is_told_to_IT(room: SeatRoom, seat: TestSeat, tmp_path: Path) -> None:
    """A card that stands still: whoever works at it never answers anything else."""
    place = guard(room, seat, StoreBusy("at work", because="working"), tmp_path)
    room.run(50)
    assert seat.on.state.fault == ""
    room.run(60)
    assert machine(room, seat).store_fault == "working"
    assert link_of(seat) is LinkState.CONNECTING
    place.why = None
    room.run(10)
    assert machine(room, seat).store_fault == ""
    assert link_of(seat) is LinkState.ONLINE


def wiping(room: SeatRoom, seat: TestSeat, tmp_path: Path) -> tuple[Guarded, list[str]]:
    """A seat whose store is open, and what becomes of its machine."""
    place = guard(room, seat, StoreUnreadable("a moment"), tmp_path)
    place.why = None
    room.run(2)
    ports, done = ports_of(seat), list[str]()
    ports.restart = lambda: done.append("restart")
    ports.wiped = lambda _held: done.append("wiped")
    return place, done


def test_D7_a_store_that_is_held_is_not_said_to_be_gone_and_the_machine_starts_again_once(
    room: SeatRoom, seat: TestSeat, tmp_path: Path
) -> None:
    place, done = wiping(room, seat, tmp_path)
    place.why = StoreHeld("held")
    with pytest.raises(StoreHeld):
        seat.on._wipe("")  # noqa: SLF001 - as an order does
    asked = len(place.keys)
    room.run(130)
    assert done == ["restart"]
    assert len(place.keys) == asked, "what is destroyed is not opened again"
    place.why = None
    room.run(70)
    assert done == ["restart", "wiped"]


def test_D7_a_wipe_that_failed_for_a_moment_is_tried_until_it_is_done(
    room: SeatRoom, seat: TestSeat, tmp_path: Path
) -> None:
    place, done = wiping(room, seat, tmp_path)
    place.not_erased = 2
    with pytest.raises(StoreUnreadable):
        seat.on._wipe("")  # noqa: SLF001 - as an order does
    room.run(70)
    assert done == []
    room.run(70)
    assert done == ["wiped"]
