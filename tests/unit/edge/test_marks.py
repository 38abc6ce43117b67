"""P8, W98–W103 through whole seats: marks go with their person, and nobody else is given them."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from edge.events import MarksAsked, MarksWritten
from edge.marks_values import Change, Place
from tests.support.marks_play import PAPER, note
from tests.support.meeting_log import named
from tests.support.seats import SeatRoom, TestSeat
from tests.support.server_twin import TwinMeeting

LAN, CHAIR = named("u", "lan"), named("u", "chair")
SECRET = "Chỉ mình tôi đọc được câu này"
_REQUESTS = itertools.count(10_000)


def mark(number: int = 1) -> str:
    return named("n", str(number))


def write(seat: TestSeat, *texts: str | None, first: int = 1) -> str:
    """The code of the answer to marks numbered from ``first``; None removes."""
    request = next(_REQUESTS)
    changes = [Change(mark(n), None if text is None else note(text)) for n, text in enumerate(texts, first)]
    seat.on.handle(MarksWritten(request, tuple(changes)))
    return seat.outside.answers[request].code


def read(seat: TestSeat) -> list[str] | str:
    """The texts of the marks, or why there are none."""
    request = next(_REQUESTS)
    seat.on.handle(MarksAsked(request, PAPER))
    answer = seat.outside.answers[request]
    return answer.code or sorted(each["content"]["text"] for each in answer.data["marks"])


def signed_in(room: SeatRoom, seat: TestSeat, who: str = "lan") -> None:
    seat.sign_in(who)
    room.run(1)
    assert seat.where == "signed_in"


def summary(seat: TestSeat) -> dict[str, Any]:
    found: dict[str, Any] = seat.sections["marks"]
    return found


@pytest.fixture
def other(room: SeatRoom, meeting: TwinMeeting) -> TestSeat:
    found = room.seat("A2")
    room.run(3)
    return found


@pytest.fixture
def here(room: SeatRoom, seat: TestSeat, meeting: TwinMeeting) -> TestSeat:
    """Lan, signed in at A1."""
    signed_in(room, seat)
    return seat


def test_P8_a_mark_is_kept_here_at_once_and_at_the_server_a_moment_later(room: SeatRoom, here: TestSeat) -> None:
    assert summary(here)["ready"] is True
    assert write(here, SECRET) == ""
    assert read(here) == [SECRET]
    room.run(1)
    assert summary(here)["unsent"] == 0
    (row,) = next(iter(room.twin.marks.rows.values())).values()
    assert row.mark.mark == mark()


def test_I2_marks_made_at_one_seat_are_at_the_next(room: SeatRoom, here: TestSeat, other: TestSeat) -> None:
    write(here, "một", "hai", "ba")
    write(here, None, first=2)
    room.run(1)
    signed_in(room, other)
    room.run(1)
    assert read(other) == ["ba", "một"]
    assert here.where == "welcome"
    assert read(here) == "seat-sign-in-first"
    assert here.sections["marks"] is None
    assert not [name for name in here.disk.all_names() if name.startswith("marks/")]


def test_D3_what_was_written_without_a_network_comes_to_the_new_seat_once_it_is_back(
    room: SeatRoom, here: TestSeat, other: TestSeat
) -> None:
    write(here, "trước")
    room.run(1)
    here.disconnect()
    write(here, "mất mạng", first=2)
    write(here, "trước, sửa", first=1)
    room.run(5)
    assert (read(here), summary(here)["unsent"]) == (["mất mạng", "trước, sửa"], 2)
    signed_in(room, other)
    write(other, "ở chỗ mới", first=3)
    room.run(2)
    assert read(other) == ["trước", "ở chỗ mới"]
    here.connect()
    room.run(2)
    assert here.where == "welcome"
    room.run(10)
    assert read(other) == ["mất mạng", "trước, sửa", "ở chỗ mới"]
    assert not [name for name in here.disk.all_names() if name.startswith("marks/")]


def test_W100_a_seat_that_was_killed_before_it_could_send_hands_in_afterwards(room: SeatRoom, here: TestSeat) -> None:
    room.run(1)
    here.disconnect()
    write(here, SECRET)
    here.lose_power()
    here.start()
    here.connect()
    room.run(3)
    assert len(next(iter(room.twin.marks.rows.values()))) == 1


def test_W100_a_lost_answer_is_no_second_mark(room: SeatRoom, here: TestSeat) -> None:
    room.run(1)
    room.weather.loss = 0.6
    for number in range(1, 6):
        write(here, f"số {number}", first=number)
        room.run(3)
    room.weather.loss = 0.0
    room.run(30)
    assert summary(here)["unsent"] == 0
    assert len(next(iter(room.twin.marks.rows.values()))) == 5


def test_I2_a_locked_seat_gives_no_marks_and_its_person_finds_them_again(room: SeatRoom, here: TestSeat) -> None:
    write(here, SECRET)
    here.lock()
    assert (read(here), write(here, "thêm", first=2)) == ("session-locked", "session-locked")
    assert here.sections["marks"] is None
    here.unlock("lan")
    assert read(here) == [SECRET]


def test_P8_nobody_else_reads_them_at_the_same_seat(room: SeatRoom, here: TestSeat) -> None:
    write(here, SECRET)
    room.run(1)
    here.sign_out()
    room.run(1)
    signed_in(room, here, "chair")
    room.run(1)
    assert read(here) == []
    assert {place.person for place in room.twin.marks.keys} == {LAN, CHAIR}
    keys = [room.twin.marks.keys[place] for place in room.twin.marks.keys]
    assert keys[0] != keys[1]


def test_P7_after_a_recall_nothing_at_the_seat_opens_them(room: SeatRoom, here: TestSeat, meeting: TwinMeeting) -> None:
    write(here, "đã gửi")
    room.run(1)
    here.disconnect()
    write(here, SECRET, first=2)
    room.twin.add(meeting, "meeting_opened")
    room.twin.close(meeting)
    here.connect()
    room.run(3)
    assert here.where == "recalled"
    assert read(here) == "seat-sign-in-first"
    names = [name for name in here.disk.all_names() if name.startswith("marks/")]
    assert not [name for name in names if name.endswith(".key")]
    assert len(next(iter(room.twin.marks.rows.values()))) == 2, "what had not been sent was handed in all the same"


def test_W103_the_key_is_destroyed_before_the_recall_is_receipted(
    room: SeatRoom, here: TestSeat, meeting: TwinMeeting
) -> None:
    write(here, SECRET)
    vault = here.on._ports.vault  # noqa: SLF001 - as the plan does
    vault.destroy(meeting.id, act=named("a", "x"), title="", now=room.clock.now)
    assert not [name for name in here.disk.all_names() if name.endswith(".key")]


def test_W103_who_leaves_without_a_network_leaves_boxes_and_no_key(room: SeatRoom, here: TestSeat) -> None:
    room.run(1)
    here.disconnect()
    write(here, SECRET)
    here.sign_out()
    (left,) = [name for name in here.disk.all_names() if name.startswith("marks/")]
    assert not left.endswith(".key")


def test_W103_a_key_that_comes_after_its_person_has_left_finds_no_place(
    room: SeatRoom, here: TestSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(next(iter(room.twin.marks.keys)).meeting, LAN)
    book = here.on._ports.vault.marks  # noqa: SLF001 - as at a seat that has no key yet, and something to hand in
    room.weather.loss = 1.0
    write(here, SECRET)
    book.close(place)
    room.weather.loss, room.weather.delay_s = 0.0, 3.0
    here.on._marks._fetch(place)  # noqa: SLF001 - a question whose answer takes its time
    given: list[Place] = []
    monkeypatch.setattr(book, "give_key", lambda where, _key: given.append(where))
    here.sign_out()
    room.weather.delay_s = 0.0
    room.run(8)
    assert given == []


def test_W102_when_the_server_keeps_no_more_the_seat_gives_up_too(
    room: SeatRoom, here: TestSeat, meeting: TwinMeeting
) -> None:
    room.run(1)
    here.disconnect()
    write(here, SECRET)
    room.twin.add(meeting, "meeting_opened")
    room.twin.close(meeting)
    room.twin.add(meeting, "meeting_locked")
    here.connect()
    room.run(5)
    assert not [name for name in here.disk.all_names() if name.startswith("marks/")]


def test_W99_the_key_is_no_ones_who_does_not_sit_there(room: SeatRoom, here: TestSeat, meeting: TwinMeeting) -> None:
    place = Place(meeting.id, CHAIR)
    here.on._marks._fetch(place)  # noqa: SLF001 - what a seat that was taken over would ask
    room.run(2)
    assert tuple(place) not in {tuple(each) for each in room.twin.marks.keys}
    assert not here.on._ports.vault.marks.standing(place).ready  # noqa: SLF001 - as above


def test_P8_neither_wire_nor_disk_nor_log_tells_what_was_written(
    room: SeatRoom, here: TestSeat, caplog: pytest.LogCaptureFixture
) -> None:
    write(here, SECRET)
    room.run(2)
    hidden = SECRET.encode()
    assert not [topic for topic, payload in room.sent if hidden in payload]
    assert hidden not in here.disk.content()
    (row,) = next(iter(room.twin.marks.rows.values())).values()
    assert hidden not in row.mark.box
    assert SECRET not in caplog.text
    assert SECRET not in repr(here.on.state)


def test_P8_a_seat_without_the_servers_key_says_so_and_asks_again(
    room: SeatRoom, seat: TestSeat, meeting: TwinMeeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("server.marks.service.may_read", lambda *_: False)
        signed_in(room, seat)
        room.run(1)
        assert (write(seat, SECRET), read(seat)) == ("seat-marks-not-ready", "seat-marks-not-ready")
        assert summary(seat) | {"rev": 0} == {"ready": False, "rev": 0, "unsent": 0, "code": "not-signed-in-here"}
    room.run(6)
    assert write(seat, SECRET) == ""


def test_P8_a_full_store_at_the_server_is_told_and_tried_again(
    room: SeatRoom, here: TestSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.run(1)
    monkeypatch.setattr("server.marks.model.MAX_MARKS", 1)
    write(here, "một", "hai")
    room.run(2)
    assert (summary(here)["code"], summary(here)["unsent"]) == ("marks-full", 2)
    monkeypatch.setattr("server.marks.model.MAX_MARKS", 10)
    room.run(65)
    assert (summary(here)["code"], summary(here)["unsent"]) == ("", 0)


def test_P8_more_than_one_answer_holds_comes_in_several(room: SeatRoom, here: TestSeat, other: TestSeat) -> None:
    for first in range(1, 401, 50):
        assert write(here, *[f"số {n}" for n in range(first, first + 50)], first=first) == ""
    room.run(10)
    assert summary(here)["unsent"] == 0
    signed_in(room, other)
    room.run(10)
    assert len(read(other)) == 400
