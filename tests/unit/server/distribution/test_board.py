"""What consoles are told of the seats."""

from __future__ import annotations

import datetime as dt
from typing import Any

from server.distribution.board import Board
from server.fleet.model import Place
from wire.ids import DeviceId, MeetingId, PaperId, RoomId, SeatId
from wire.state import MeetingState, Member, MemberRole, Paper, PaperState, Recall, SeatReceipt, Secrecy
from wire.topics import PaperVersion

NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
ROOM = RoomId("r-" + "a" * 16)
MEETING = MeetingId("m-" + "a" * 16)
PAPER = PaperVersion(PaperId("p-" + "a" * 16), 2)
ONE, TWO, AWAY = (DeviceId("d-" + letter * 16) for letter in "abc")
CHAIR, GUEST = ("u-" + letter * 16 for letter in "ab")


def place(number: int, room: RoomId = ROOM) -> Place:
    return Place(SeatId("s-" + "abc"[number] * 16), f"A{number + 1}", room, "Phòng 1")


def state(**more: object) -> MeetingState:
    paper = Paper(
        paper=PAPER.paper,
        item="i-" + "a" * 16,
        title="Báo cáo",
        secrecy=Secrecy.NORMAL,
        version=2,
        state=PaperState.PUBLISHED,
        pages=3,
        size_bytes=1,
        plain_sha256="",
        owner=CHAIR,
        published_version=2,
    )
    members = (
        Member(CHAIR, "Chủ trì (demo)", "", "", MemberRole.CHAIR, place(0).seat, "A1"),
        Member(GUEST, "Khách (demo)", "", "", MemberRole.GUEST, place(1).seat, "A2"),
    )
    return MeetingState(room=ROOM, members=members, papers=(paper,), **more)  # type: ignore[arg-type]


def board() -> Board:
    found = Board()
    found.placed(TWO, place(1))
    found.placed(ONE, place(0))
    found.placed(AWAY, place(2, RoomId("r-" + "b" * 16)))
    return found


def test_seats_of_the_room_in_the_order_of_their_labels() -> None:
    delivery = board().delivery(MEETING, state(), {PAPER: 10})
    assert [(seat["seat_label"], seat["person_name"]) for seat in delivery["seats"]] == [
        ("A1", "Chủ trì (demo)"),
        ("A2", "Khách (demo)"),
    ]


def test_who_sits_there_comes_before_who_is_expected() -> None:
    moved = state(seated=((GUEST, place(0).seat),))
    seats = board().delivery(MEETING, moved, {})["seats"]
    assert [seat["person_name"] for seat in seats] == ["Khách (demo)", "Khách (demo)"]


def test_W113_what_a_seat_says_of_screen_and_token_is_told_with_it() -> None:
    found = board()
    found.seen(ONE, online=True, at=NOW, screen="signed_in", token="signs")
    told = {seat["seat_label"]: (seat["online"], seat["screen"], seat["token"]) for seat in delivered(found)}
    assert told == {"A1": (True, "signed_in", "signs"), "A2": (False, "", "")}


def delivered(found: Board) -> list[dict[str, Any]]:
    seats: list[dict[str, Any]] = found.delivery(MEETING, state(), {})["seats"]
    return seats


def test_progress_is_what_was_reported() -> None:
    found = board()
    found.reported(ONE, PAPER, 10)
    found.reported(TWO, PAPER, 4)
    found.reported(AWAY, PAPER, 10)
    (paper,) = found.delivery(MEETING, state(), {PAPER: 10})["papers"]
    assert paper == {
        "paper": PAPER.paper,
        "version": 2,
        "title": "Báo cáo",
        "chunks": 10,
        "have": {ONE: 10, TWO: 4},
        "complete": [ONE],
    }


def test_keys_and_numbers_are_shown_while_they_are_held() -> None:
    found = board()
    found.keyed(ONE, MEETING, has_key=True)
    found.seen(ONE, online=True, at=NOW, seqs=((MEETING, 12),))
    found.seen(ONE, online=False, at=None)
    seat = found.delivery(MEETING, state(), {})["seats"][0]
    assert (seat["keys"], seat["seq"], seat["online"]) == (True, 12, False)
    assert found.presence([ONE, AWAY])[ONE].last_seen_at == NOW
    found.keyed(ONE, MEETING, has_key=False)
    assert found.delivery(MEETING, state(), {})["seats"][0]["keys"] is False


def test_D4_numbers_are_as_old_as_the_report_they_came_with() -> None:
    found, later = board(), NOW + dt.timedelta(minutes=2)
    found.seen(ONE, online=True, at=NOW, reported_at=NOW, seqs=((MEETING, 12),))
    found.seen(ONE, online=True, at=later)
    presence = found.presence([ONE])[ONE]
    assert (presence.last_seen_at, presence.reported_at, presence.seqs) == (later, NOW, ((MEETING, 12),))


def test_recall_counts_the_expected_seats() -> None:
    receipts = tuple(SeatReceipt(device, "s-" + "a" * 16, "A1", 1, 3, NOW, "") for device in (ONE, AWAY))
    recalled = state(recall=Recall(expected=((ONE, "A1"), (TWO, "A2")), receipts=receipts))
    assert board().delivery(MEETING, recalled, {})["recall"] == {"expected": 2, "confirmed": 1}
