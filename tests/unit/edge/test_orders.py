"""What IT has a seat do: shown, locked, loaded anew, started again; once, and never in anybody's name (W171)."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from edge.errors import StoreUnreadable
from edge.events import OrderSeen
from edge.orders import IDENTIFY_S, SAY_S
from tests.support.meeting_log import named
from tests.support.seats import SeatRoom, TestSeat
from tests.support.server_twin import TwinMeeting

ONE, TWO = named("a", "first"), named("a", "second")


def order(room: SeatRoom, seat: TestSeat, which: str, kind: str, text: str = "") -> None:
    room.twin.order(seat.signer.key_id, which, kind, text)
    room.run(1)


def orders(seat: TestSeat) -> dict[str, Any]:
    found: dict[str, Any] = seat.sections["orders"]
    return found


def test_W171_a_seat_shows_which_it_is_and_stops_by_itself(room: SeatRoom, seat: TestSeat) -> None:
    order(room, seat, ONE, "identify")
    assert orders(seat)["shown"] == {"order": ONE, "kind": "identify", "text": ""}
    assert room.twin.obeyed == [(ONE, "done", "")]
    room.run(IDENTIFY_S)
    assert orders(seat)["shown"] is None


def test_W171_words_stay_until_they_are_closed_and_what_is_newer_is_not_closed_with_them(
    room: SeatRoom, seat: TestSeat
) -> None:
    order(room, seat, ONE, "say", "Đề nghị kiểm tra dây mạng")
    order(room, seat, TWO, "say", "Đã xong")
    seat.on.handle(OrderSeen(ONE))
    assert orders(seat)["shown"] == {"order": TWO, "kind": "say", "text": "Đã xong"}
    seat.on.handle(OrderSeen(TWO))
    assert orders(seat)["shown"] is None
    order(room, seat, named("a", "third"), "say", "Còn đó")
    room.run(SAY_S, tick_s=5)
    assert orders(seat)["shown"] is None


def test_W171_a_lock_closes_the_papers_and_opens_nothing(room: SeatRoom, seat: TestSeat, meeting: TwinMeeting) -> None:
    room.run(2)
    order(room, seat, ONE, "lock")
    assert seat.where == "welcome"
    seat.sign_in("lan")
    room.run(1)
    order(room, seat, TWO, "lock")
    assert seat.where == "locked"
    assert room.twin.obeyed == [(ONE, "refused", "seat-nobody-here"), (TWO, "done", "")]


def test_W171_an_order_that_comes_again_is_answered_and_not_carried_out_again(room: SeatRoom, seat: TestSeat) -> None:
    for _ in range(3):
        order(room, seat, ONE, "reload")
    assert orders(seat)["loads"] == 1
    assert room.twin.obeyed == [(ONE, "done", "")] * 3


def test_W171_the_machine_is_started_again_by_whoever_may_and_else_it_is_said(room: SeatRoom, seat: TestSeat) -> None:
    ports, asked = seat.on._ports, []  # noqa: SLF001 - what the agent gives it at its start
    for _ in range(2):
        order(room, seat, ONE, "restart")
    ports.restart = lambda: asked.append("restart")
    order(room, seat, TWO, "restart")
    assert asked == ["restart"]
    assert room.twin.obeyed == [(ONE, "refused", "seat-cannot-restart")] * 2 + [(TWO, "done", "")]


@pytest.mark.parametrize("fault", [OSError("no folder"), subprocess.CalledProcessError(1, "reboot")])
def test_W171_a_restart_that_fails_is_told_and_the_seat_goes_on(
    room: SeatRoom, seat: TestSeat, fault: Exception
) -> None:
    def fails() -> None:
        raise fault

    seat.on._ports.restart = fails  # noqa: SLF001 - as above
    order(room, seat, ONE, "restart")
    assert room.twin.obeyed == [(ONE, "refused", "seat-cannot-restart")]
    assert seat.where == "waiting"


def test_W185_a_seat_destroys_what_it_keeps_and_says_so_only_then(
    room: SeatRoom, seat: TestSeat, meeting: TwinMeeting
) -> None:
    receipts: list[tuple[str, ...]] = []
    seat.on._ports.wiped = receipts.append  # noqa: SLF001 - what the agent gives it at its start
    room.run(2)
    seat.sign_in("lan")
    room.run(1)
    assert seat.on._ports.vault.meeting_names() == (meeting.id,)  # noqa: SLF001 - what lies on its disk
    order(room, seat, ONE, "wipe")
    assert room.twin.obeyed == [(ONE, "done", "")]
    assert receipts == [(meeting.id,)]
    assert not seat.on._ports.vault.is_open  # noqa: SLF001 - as above
    assert not [name for name in seat.disk.all_names() if not name.startswith("identity/")]
    assert seat.on.state.session is None
    assert seat.on.state.meetings == {}


@pytest.mark.parametrize("broken", ["meeting_names", "wipe"])
def test_W185_whatever_the_disk_says_nothing_is_left_in_memory(
    room: SeatRoom, seat: TestSeat, meeting: TwinMeeting, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    ports = seat.on._ports  # noqa: SLF001 - what the agent gives it at its start
    room.run(2)
    assert ports.run_dir.load_key() is not None

    def fails() -> None:
        raise StoreUnreadable("the disk is broken")

    monkeypatch.setattr(ports.vault, broken, fails)
    order(room, seat, ONE, "wipe")
    assert ports.run_dir.load_key() is None
    assert (room.twin.obeyed == []) == (broken == "wipe"), "without a list all the rest is destroyed"


def test_W185_a_disk_that_fails_gives_no_receipt_and_no_answer(
    room: SeatRoom, seat: TestSeat, meeting: TwinMeeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipts: list[tuple[str, ...]] = []
    seat.on._ports.wiped = receipts.append  # noqa: SLF001 - as above

    def fails() -> None:
        raise StoreUnreadable("the disk is broken")

    monkeypatch.setattr(seat.on._ports.vault, "wipe", fails)  # noqa: SLF001 - as above
    order(room, seat, ONE, "wipe")
    assert receipts == []
    assert room.twin.obeyed == []
