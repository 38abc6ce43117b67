"""A terminal speaks for itself alone: no receipt of another, no report of a paper it has no part in (W28, W29)."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sealing.signatures import DeviceSigner
from tests.support import pdfs, poll
from tests.support.devices import Terminal
from tests.support.seat_twin import Connection, SeatTwin
from tests.support.theatre import Theatre, enrol
from wire.ids import MeetingId, RoomId
from wire.messages import Have, Receipt

until = functools.partial(poll.until, timeout_s=30)


@pytest.fixture
def theatre(tmp_path: Path) -> Iterator[Theatre]:
    with Theatre(tmp_path) as theatre:
        yield theatre


def close(theatre: Theatre, meeting: str, proofs: int) -> None:
    theatre.chair.post(f"/api/meetings/{meeting}/close").done()
    meetings = theatre.office.services.meetings
    until(lambda: len(meetings.state(MeetingId(meeting)).recall.receipts) == proofs, what="all have answered")


def test_W29_the_receipt_of_another_device_or_meeting_confirms_nothing(theatre: Theatre) -> None:
    honest, hostile = theatre.seat(0), theatre.seat(1)
    meetings = theatre.office.services.meetings
    first, paper = theatre.published(pdfs.text_pdf(), phase="open")
    until(lambda: honest.is_complete(paper) and hostile.is_complete(paper), what="both have the paper")
    close(theatre, first, 2)
    second, paper = theatre.published(pdfs.text_pdf(), phase="open")
    until(lambda: honest.is_complete(paper) and hostile.is_complete(paper), what="both have the second paper")
    of_another, own = honest.receipts[first], hostile.receipts[first]
    for act, at, papers in (of_another, own):
        hostile.acks.pop(act, None)
        hostile.say(lambda head, act=act, at=at, papers=papers: Receipt(head, act, second, at, papers))  # type: ignore[misc]
        until(lambda act=act: act in hostile.acks, what="it is answered")  # type: ignore[misc]
        assert (hostile.acks[act].outcome, hostile.acks[act].code) == ("refused", "act-reused")
    hostile.say(lambda head: Receipt(head, of_another[0], first, of_another[1], of_another[2]))
    close(theatre, second, 2)
    receipts = meetings.state(MeetingId(second)).recall.receipts
    assert {receipt.device for receipt in receipts} == {honest.device, hostile.device}
    assert len({receipt.receipt_sha256 for receipt in receipts}) == 2


def test_a_report_about_a_paper_of_another_room_is_not_heard(theatre: Theatre) -> None:
    seat = theatre.seat(0)
    meeting, paper = theatre.published(pdfs.text_pdf())
    until(lambda: seat.is_complete(paper), what="the seat has the paper")
    stranger = _in_another_room(theatre)
    chunks = seat.papers[paper].manifest.layout.chunks
    stranger.say(lambda head: Have(head, paper, chunks, seat.papers[paper].bitmap.to_bytes()))
    welcomes = stranger.welcomes
    stranger.hello()
    until(lambda: stranger.welcomes > welcomes, what="what it said before has been taken")
    distribution = theatre.office.services.distribution
    with theatre.office.services.database.read() as tx:
        store = distribution._outside.source.store  # noqa: SLF001 - what is kept, not what is shown
        assert store.deliveries(tx, paper) == [seat.device]
    assert [entry["device"] for entry in distribution.delivery(MeetingId(meeting))["seats"]] == [seat.device]


def _in_another_room(theatre: Theatre) -> SeatTwin:
    operator = theatre.office.sign_in("kythuat")
    other = operator.post("/api/rooms", {"name": "Phòng khác", "seats": [{"label": "B1", "x": 1, "y": 1}]}).done()
    terminal = Terminal(theatre.folder)
    enrol(theatre.office, terminal, other["seats"][0]["id"])
    stranger = SeatTwin(theatre.trusted, DeviceSigner(terminal.key))
    theatre.seats.append(stranger)

    def connect(seat: SeatTwin) -> tuple[Connection, Callable[[], None]]:
        client = theatre.broker.join(seat.device, RoomId(other["id"]), seat.take)
        return client, lambda: client.leave(lost=True)

    stranger.live(connect)
    until(lambda: stranger.welcomes, what="the stranger is here")
    return stranger
