"""P8 on a seat's disk: marks outlive a power cut and tell nothing; two seats and a server that meet end alike."""

from __future__ import annotations

import os
import random
from typing import Any

import pytest

from edge.errors import DiskFull, MarksFull, MarksNotReady, StoreUnreadable
from edge.marks_book import MarksBook
from edge.marks_box import seal, unseal
from edge.marks_values import Change, Place
from edge.vault.seal import Sealer
from tests.support.fake_disk import FakeDisk, PowerCut
from tests.support.marks_play import PAPER, ink, note
from tests.support.meeting_log import MEETING, named
from wire.errors import BadFrame
from wire.marks import BLOCK_BYTES, Sealed, merge
from wire.secret import Secret

LAN = Place(MEETING, named("u", "lan"))
KEY = Secret(b"k" * 32)
STORE = Sealer(Secret(b"s" * 32))
SECRET = "Đề nghị xem lại điểm 3 – chỉ riêng tôi"


def mark(number: int) -> str:
    return named("n", str(number))


class Seat:
    """One seat's book, and its disk."""

    def __init__(self, chance: random.Random | None = None) -> None:
        self.disk = FakeDisk(chance or random.Random(1))
        self.book = MarksBook.load(self.disk, STORE)
        self.book.give_key(LAN, KEY)

    def write(self, number: int, content: dict[str, Any] | None) -> None:
        self.book.write(LAN, [Change(mark(number), content)], random=os.urandom)

    def texts(self) -> dict[str, str]:
        return {each["mark"]: each["content"]["text"] for each in self.book.read(LAN, paper=PAPER)}

    def again(self) -> MarksBook:
        self.book = MarksBook.load(self.disk, STORE)
        return self.book


@pytest.fixture
def seat() -> Seat:
    return Seat()


def test_P8_what_was_written_is_there_after_a_power_cut(seat: Seat) -> None:
    seat.write(1, note("một"))
    seat.write(2, note("hai"))
    seat.write(1, note("một, sửa"))
    seat.write(2, None)
    seat.disk.restart()
    seat.again()
    assert seat.texts() == {mark(1): "một, sửa"}
    assert seat.book.standing(LAN).unsent == 2


@pytest.mark.parametrize("after", range(1, 6))
def test_P8_a_cut_in_the_middle_loses_nothing_that_was_promised(after: int) -> None:
    seat = Seat(random.Random(after))
    promised = {}
    for number in range(3):
        seat.write(number, note(f"số {number}"))
        promised[mark(number)] = f"số {number}"
    seat.disk.cut_after(after)
    try:
        for number in range(3, 8):
            seat.write(number, note(f"số {number}"))
            promised[mark(number)] = f"số {number}"
    except PowerCut:
        pass
    seat.disk.restart()
    seat.again()
    assert promised.items() <= seat.texts().items()


def test_P8_disk_and_memory_hold_boxes_that_tell_neither_text_nor_length(seat: Seat) -> None:
    seat.write(1, note(SECRET))
    seat.write(2, note("ngắn"))
    seat.write(3, ink(*range(200)))
    assert SECRET.encode() not in seat.disk.content()
    assert KEY.reveal() not in seat.disk.content()
    boxes = seat.book.waiting(LAN)
    assert all((len(each.box) - 29) % BLOCK_BYTES == 0 for each in boxes)
    assert len(boxes[0].box) == len(boxes[1].box)
    assert SECRET not in repr(boxes) + repr(Change(mark(1), note(SECRET)))


def test_P8_a_box_opens_with_its_key_at_its_place_and_count_alone() -> None:
    box = seal(KEY, note(SECRET), place=LAN, mark=mark(1), counter=2, random=os.urandom)
    assert unseal(KEY, box, place=LAN)["text"] == SECRET
    others = (
        (Secret(b"x" * 32), box, LAN),
        (KEY, Sealed(box.mark, 3, box.box), LAN),
        (KEY, Sealed(mark(2), 2, box.box), LAN),
        (KEY, box, Place(MEETING, named("u", "minh"))),
        (KEY, box, Place(named("m", "other"), LAN.person)),
        (KEY, Sealed(box.mark, 2, box.box[:-1]), LAN),
        (KEY, Sealed(box.mark, 2, b""), LAN),
        (KEY, Sealed(box.mark, 2, b"\x02" + box.box[1:]), LAN),
    )
    for key, moved, place in others:
        with pytest.raises(BadFrame):
            unseal(key, moved, place=place)


def test_W103_who_leaves_takes_the_key_along_and_only_what_was_not_sent_stays(seat: Seat) -> None:
    seat.write(1, note("đã gửi"))
    given = seat.book.waiting(LAN)
    seat.book.sent(LAN, given, before=0, newest=1)
    seat.write(2, note("chưa gửi"))
    seat.book.close(LAN)
    assert [each.mark for each in seat.book.waiting(LAN)] == [mark(2)]
    assert not [name for name in seat.disk.all_names() if name.endswith(".key")]
    for _ in range(2):
        with pytest.raises(MarksNotReady):
            seat.book.read(LAN, paper=PAPER)
        with pytest.raises(MarksNotReady):
            seat.write(3, note())
        seat.again()
        assert [each.mark for each in seat.book.waiting(LAN)] == [mark(2)]
    seat.book.sent(LAN, seat.book.waiting(LAN), before=1, newest=2)
    seat.book.close(LAN)
    assert not [name for name in seat.disk.all_names() if name.startswith("marks/")]


def test_P7_a_recall_leaves_no_key_of_any_person_of_the_meeting(seat: Seat) -> None:
    other = Place(named("m", "other"), LAN.person)
    seat.book.give_key(other, KEY)
    seat.write(1, note())
    seat.book.close_meeting(MEETING)
    names = [name for name in seat.disk.all_names() if name.endswith(".key")]
    assert names == [f"marks/{other.meeting}.{other.person}.key"]


def test_P8_a_removed_mark_is_no_box_and_is_sent_as_such(seat: Seat) -> None:
    seat.write(1, note())
    seat.write(1, None)
    (left,) = seat.book.waiting(LAN)
    assert (left.counter, left.gone) == (2, True)
    assert seat.texts() == {}


def test_P8_too_many_are_refused_and_nothing_is_lost(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.marks_book.MAX_MARKS", 2)
    seat.write(1, note("một"))
    seat.write(2, note("hai"))
    with pytest.raises(MarksFull) as full:
        seat.write(3, note("ba"))
    assert full.value.data == {"most": 2}
    assert set(seat.texts().values()) == {"một", "hai"}
    seat.write(1, None)
    seat.write(3, note("ba"))
    assert set(seat.texts().values()) == {"hai", "ba"}


def test_P8_a_full_disk_says_so_and_keeps_what_is_there(seat: Seat) -> None:
    seat.write(1, note("một"))
    full = FakeDisk(random.Random(1), capacity=4096)
    book = MarksBook.load(full, STORE)
    book.give_key(LAN, KEY)
    with pytest.raises(DiskFull):
        book.write(LAN, [Change(mark(1), note())], random=os.urandom)
    assert book.read(LAN, paper=PAPER) == []


def test_P8_a_changed_file_is_said_and_not_believed(seat: Seat) -> None:
    seat.write(1, note())
    name = f"marks/{LAN.meeting}.{LAN.person}.key"
    seat.disk.put(name, bytes(80))
    with pytest.raises(StoreUnreadable):
        seat.again()


def test_P8_one_mark_that_does_not_open_is_not_the_others_fault(seat: Seat) -> None:
    seat.write(1, note("một"))
    seat.book.take(LAN, [Sealed(mark(2), 1, bytes(400))], newest=5)
    assert seat.texts() == {mark(1): "một"}


@pytest.mark.parametrize("seed", range(20))
def test_W101_seats_that_wrote_apart_end_alike_and_no_mark_is_lost(seed: int) -> None:
    chance = random.Random(seed)
    seats = [Seat(chance), Seat(chance)]
    server: list[Sealed] = []
    made: set[str] = set()
    removed: set[str] = set()

    def hand_in(seat: Seat) -> None:
        given = seat.book.waiting(LAN)
        before = len(server)
        newest: dict[str, Sealed] = {}
        for each in server:
            newest = merge(newest, {each.mark: each})
        server.extend(each for each in given if each.stands_against(newest.get(each.mark)))
        if chance.random() < 0.8:
            # Else the answer is lost, and it is handed in again.
            seat.book.sent(LAN, given, before=before, newest=len(server))

    def fetch(seat: Seat) -> None:
        after = seat.book.standing(LAN).after
        seat.book.take(LAN, [*{each.mark: each for each in server[after:]}.values()], newest=len(server))

    for _ in range(60):
        seat = chance.choice(seats)
        number = chance.randrange(8)
        match chance.randrange(5):
            case 0 | 1:
                seat.write(number, note(f"{chance.random()}"))
                made.add(mark(number))
            case 2 if mark(number) in made and chance.random() < 0.3:
                seat.write(number, None)
                removed.add(mark(number))
            case 3:
                hand_in(seat)
            case _:
                fetch(seat)
        if chance.random() < 0.1:
            seat.again()
    for _ in range(20):
        for seat in seats:
            hand_in(seat)
            fetch(seat)
    assert seats[0].texts() == seats[1].texts()
    assert all(seat.book.standing(LAN).unsent == 0 for seat in seats)
    assert made - removed <= set(seats[0].texts()) <= made
