"""The server and its seats, the broker in memory: keys, papers, acts, recall, restarts."""

from __future__ import annotations

import functools
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sealing.boxes import new_key
from sealing.papers import PaperReader
from tests.support import pdfs, poll
from tests.support.office import PASSWORD, fresh_id
from tests.support.papers import upload
from tests.support.seat_twin import SeatTwin
from tests.support.theatre import Theatre
from wire.ids import DeviceId
from wire.messages import Join
from wire.records import Layout
from wire.topics import PaperVersion, Topic

#: Whole rooms in one process, beside other tests: patience costs nothing when all goes well.
until = functools.partial(poll.until, timeout_s=30)


@pytest.fixture
def theatre(tmp_path: Path) -> Iterator[Theatre]:
    with Theatre(tmp_path) as theatre:
        yield theatre


def plain_text(seat: SeatTwin, paper: PaperVersion) -> bytes:
    kept = seat.papers[paper]
    layout = Layout(kept.manifest.plain_bytes)
    with PaperReader(io.BytesIO(seat.ciphertext(paper)), layout=layout, key=kept.key, paper=paper) as reader:
        return reader.read()


def all_have(theatre: Theatre, *papers: PaperVersion) -> None:
    until(lambda: all(seat.is_complete(*papers) for seat in theatre.seats), what="all have the papers")


def settled(theatre: Theatre, meeting: str) -> None:
    """All seats know the newest event."""
    seq = theatre.office.services.meetings.state(meeting).seq  # type: ignore[arg-type]
    until(lambda: all(seat.state(meeting).seq == seq for seat in theatre.seats), what=f"all are at {seq}")


def test_a_published_paper_reaches_every_seat_byte_for_byte(theatre: Theatre) -> None:
    seats = [theatre.seat(number) for number in range(3)]
    data = pdfs.large_pdf(900_000)
    meeting, paper = theatre.published(data)
    all_have(theatre, paper)
    settled(theatre, meeting)
    for seat in seats:
        assert hashlib.sha256(plain_text(seat, paper)).hexdigest() == seat.papers[paper].manifest.plain_sha256
        assert plain_text(seat, paper) == data
        assert seat.faults == []
        assert seat.twice == 0


def test_nothing_in_clear_passes_the_broker(theatre: Theatre) -> None:
    theatre.seat(0)
    meeting, paper = theatre.published(pdfs.text_pdf(["Nội dung không ai ngoài phòng được đọc"]))
    theatre.chair.post(f"/api/meetings/{meeting}/open").done()
    all_have(theatre, paper)
    settled(theatre, meeting)
    passed = b"".join(payload for _, payload in theatre.broker.seen)
    for word in (b"%PDF", b"Flate", "Họp thử".encode(), b"meeting_opened", b"payload", PASSWORD.encode(), b"chutri"):
        assert word not in passed


def test_each_chunk_leaves_the_server_once_for_three_seats(theatre: Theatre) -> None:
    for number in range(3):
        theatre.seat(number)
    _, paper = theatre.published(pdfs.large_pdf(2_000_000))
    all_have(theatre, paper)
    sent = [topic for topic, _ in theatre.broker.seen if topic.chunk is not None]
    assert len(sent) == len(set(map(str, sent))) == theatre.seats[0].papers[paper].manifest.layout.chunks


def test_a_late_seat_gets_the_meeting_and_the_papers(theatre: Theatre) -> None:
    theatre.seat(0)
    meeting, paper = theatre.published(pdfs.large_pdf(300_000))
    all_have(theatre, paper)
    late = theatre.seat(1)
    all_have(theatre, paper)
    settled(theatre, meeting)
    assert theatre.seats[0].twice == 0
    assert late.faults == []


def test_a_seat_that_restarts_keeps_its_papers_and_its_store_key(theatre: Theatre) -> None:
    seat = theatre.seat(0)
    meeting, paper = theatre.published(pdfs.large_pdf(300_000))
    all_have(theatre, paper)
    key, received = seat.store_key, seat.received
    seat.die()
    theatre.chair.post(f"/api/meetings/{meeting}/open").done()
    seat.live(theatre.connect)
    until(lambda: seat.store_key == key)
    settled(theatre, meeting)
    assert seat.received == received, "nothing is sent again"


def test_W34_a_seat_that_dies_half_way_fetches_only_what_it_lacks(theatre: Theatre) -> None:
    seat = theatre.seat(0)
    seat.die()
    theatre.seat(1)
    _, paper = theatre.published(pdfs.large_pdf(4_000_000))
    until(lambda: theatre.seats[1].is_complete(paper))
    seat.live(theatre.connect)
    until(lambda: paper in seat.papers and len(seat.papers[paper].chunks) >= 10, every_s=0.001)
    seat.die()
    kept = len(seat.papers[paper].chunks)
    before = seat.received
    seat.live(theatre.connect)
    all_have(theatre, paper)
    assert seat.received - before <= seat.papers[paper].manifest.layout.chunks - kept + 3
    assert theatre.seats[1].twice == 0


def test_a_restarted_distribution_goes_on_from_the_reports(theatre: Theatre) -> None:
    seats = [theatre.seat(number) for number in range(3)]
    until(lambda: all(seat.welcomes for seat in seats))
    _, paper = theatre.published(pdfs.large_pdf(4_000_000))
    until(lambda: any(paper in seat.papers and seat.papers[paper].chunks for seat in seats), every_s=0.001)
    theatre.restart_distribution()
    until(lambda: all(seat.welcomes >= 2 for seat in seats), what="the server asks for their reports")
    all_have(theatre, paper)
    assert all(seat.faults == [] for seat in seats)


def test_a_replaced_version_is_told_and_sent(theatre: Theatre) -> None:
    seat = theatre.seat(0)
    meeting, first = theatre.published(pdfs.text_pdf(["Bản một"]))
    all_have(theatre, first)
    upload(theatre.secretary, meeting, pdfs.text_pdf(["Bản hai"]), item="", paper=first.paper).done()
    theatre.chair.post(f"/api/meetings/{meeting}/papers/{first.paper}/approve").done()
    theatre.secretary.post(f"/api/meetings/{meeting}/publish").done()
    second = PaperVersion(first.paper, 2)
    all_have(theatre, second)
    wish = seat.wish
    assert wish is not None
    assert [holding.papers for holding in wish.hold] == [(second,)]


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_W26_a_seat_is_given_no_key_of_a_meeting_it_does_not_hold(theatre: Theatre) -> None:
    seat = theatre.seat(0)
    meeting = theatre.office.meeting("submitted")
    until(lambda: seat.wish is not None)
    asked = len(theatre.broker.seen)
    seat.say(lambda head: Join(head, meeting, bytes(range(32))))
    seat.health()
    # The answer to this report shows that the join before it was heard while the meeting was still to be approved.
    until(lambda: any(topic.lane == "desired" for topic, _ in theatre.broker.seen[asked:]))
    theatre.office.sign_in("chutri").post(f"/api/meetings/{meeting}/approve").done()
    until(lambda: meeting in seat.meetings and seat.meetings[meeting].epochs)
    keys = [topic for topic, _ in theatre.broker.seen if topic.lane == "key"]
    assert len(keys) == 1


def test_W26_a_meeting_that_is_over_gives_no_key(theatre: Theatre) -> None:
    seat = theatre.seat(0)
    meeting, paper = theatre.published(pdfs.text_pdf(), phase="open")
    all_have(theatre, paper)
    theatre.chair.post(f"/api/meetings/{meeting}/close").done()
    until(lambda: recall(theatre, meeting) == (1, 1))
    keys = keys_to(theatre, seat)
    seat.say(lambda head: Join(head, meeting, new_key().public))
    seat.health()
    asked = len(theatre.broker.seen)
    until(lambda: any(topic.lane == "desired" for topic, _ in theatre.broker.seen[asked:]))
    assert keys_to(theatre, seat) == keys


def test_D4_a_terminals_numbers_say_when_it_told_them(theatre: Theatre) -> None:
    seat = theatre.seat(0)
    meeting = theatre.office.meeting("approved")
    until(lambda: meeting in seat.meetings)
    console = theatre.office.sign_in("kythuat")

    def device() -> dict[str, Any]:
        (found,) = (one for one in console.get("/api/devices").done()["devices"] if one["id"] == seat.device)
        return dict(found)

    seat.health()
    until(lambda: device()["seqs"] == {meeting: seat.meetings[meeting].seq})
    assert device()["reported_at"] == device()["last_seen_at"]


def test_a_device_that_moves_to_another_room_loses_the_first_rooms_meeting(theatre: Theatre) -> None:
    moves, stays = theatre.seat(0), theatre.seat(1)
    meeting, paper = theatre.published(pdfs.text_pdf())
    all_have(theatre, paper)
    operator = theatre.office.sign_in("kythuat")
    other = operator.post("/api/rooms", {"name": "Phòng khác", "seats": [{"label": "B1", "x": 1, "y": 1}]}).done()
    moves.die()
    operator.post(f"/api/devices/{moves.device}/seat", {"seat": other["seats"][0]["id"]}).done()
    until(lambda: 2 in stays.meetings[meeting].epochs)
    moves.live(theatre.connect)
    until(lambda: not moves.papers and not moves.meetings)
    until(lambda: moves.wish is not None and moves.wish.seat_label == "B1" and not moves.wish.recall)
    assert keys_to(theatre, moves) == 1


def keys_to(theatre: Theatre, seat: SeatTwin) -> int:
    return sum(topic.lane == "key" and topic.owner == seat.device for topic, _ in theatre.broker.seen)


def test_a_room_without_a_key_is_told_nothing_it_cannot_read(theatre: Theatre) -> None:
    seat = theatre.seat(0)
    until(lambda: seat.wish is not None)
    meeting = theatre.office.meeting("approved")
    until(lambda: meeting in seat.meetings and seat.meetings[meeting].epochs)
    settled(theatre, meeting)
    assert [topic for topic, _ in theatre.broker.seen if topic.tree == "r"] == []
    theatre.chair.post(f"/api/meetings/{meeting}/open").done()
    settled(theatre, meeting)
    assert [topic.lane for topic, _ in theatre.broker.seen if topic.tree == "r"] == ["ev"]


def test_a_revoked_device_is_given_nothing_and_the_room_gets_a_new_key(theatre: Theatre) -> None:
    seats = [theatre.seat(number) for number in range(2)]
    meeting, paper = theatre.published(pdfs.text_pdf())
    all_have(theatre, paper)
    settled(theatre, meeting)
    lost, stays = seats
    theatre.office.sign_in("kythuat").post(f"/api/devices/{lost.device}/revoke", {"reason": "mất"}).done()
    until(lambda: 2 in stays.meetings[meeting].epochs)
    theatre.chair.post(f"/api/meetings/{meeting}/open").done()
    until(lambda: stays.state(meeting).phase == "open")
    assert 2 not in lost.meetings[meeting].epochs
    assert lost.state(meeting).phase == "approved"
    told = len([topic for topic, _ in theatre.broker.seen if topic.tree == "s" and topic.owner == lost.device])
    lost.hello()
    lost.hello()
    stays.health()
    until(lambda: stays.welcomes)
    assert len([t for t, _ in theatre.broker.seen if t.tree == "s" and t.owner == lost.device]) == told


# ── acts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def signed_in(theatre: Theatre, seat: SeatTwin, meeting: str, name: str) -> str:
    person = theatre.office.people[name]
    act = seat.act(meeting, "sign_in", {"person": person, "password": PASSWORD}, person=None)
    until(lambda: act in seat.acks)
    assert seat.acks[act].outcome == "done", seat.acks[act]
    return person


def test_W28_an_act_is_committed_then_acknowledged_then_told_to_all(theatre: Theatre) -> None:
    chair_seat, other = theatre.seat(0), theatre.seat(1)
    meeting, paper = theatre.published(pdfs.text_pdf(pages=3))
    all_have(theatre, paper)
    person = signed_in(theatre, chair_seat, meeting, "chutri")
    act = chair_seat.act(meeting, "meeting_open", {}, person=person)
    until(lambda: act in chair_seat.acks)
    until(lambda: other.state(meeting).phase == "open")
    again = chair_seat.act(meeting, "meeting_open", {}, person=person, act=act)
    assert again == act
    seq = other.state(meeting).seq
    shown = chair_seat.act(meeting, "present", {"paper": paper.paper, "version": 1, "page": 2}, person=person)
    until(lambda: shown in chair_seat.acks)
    settled(theatre, meeting)
    assert other.state(meeting).seq == seq + 1, "the repeated act made no event"


def test_an_act_that_may_not_be_is_refused_with_its_code(theatre: Theatre) -> None:
    seat = theatre.seat(0)
    meeting, _ = theatre.published(pdfs.text_pdf())
    until(lambda: meeting in seat.meetings)
    act = seat.act(meeting, "meeting_open", {}, person=theatre.office.people["chutri"])
    until(lambda: act in seat.acks)
    assert (seat.acks[act].outcome, seat.acks[act].code) == ("refused", "not-signed-in-here")
    wrong = seat.act(meeting, "sign_in", {"person": theatre.office.people["chutri"], "password": "x"}, person=None)
    until(lambda: wrong in seat.acks)
    assert seat.acks[wrong].code == "bad-credentials"


# ── recall ───────────────────────────────────────────────────────────────────────────────────────────────────────


def recall(theatre: Theatre, meeting: str) -> tuple[int, int]:
    found = theatre.secretary.get(f"/api/meetings/{meeting}/delivery").done()["recall"]
    return found["confirmed"], found["expected"]


def test_P7_a_revoked_device_owes_a_proof_that_will_not_come_and_is_named(theatre: Theatre) -> None:
    lost, stays = (theatre.seat(number) for number in range(2))
    meeting, paper = theatre.published(pdfs.text_pdf(), phase="open")
    all_have(theatre, paper)
    settled(theatre, meeting)
    operator = theatre.office.sign_in("kythuat")
    operator.post(f"/api/devices/{lost.device}/revoke", {"reason": "mất"}).done()
    theatre.chair.post(f"/api/meetings/{meeting}/close").done()
    until(lambda: recall(theatre, meeting) == (1, 2))
    found = theatre.secretary.get(f"/api/meetings/{meeting}/delivery").done()["recall"]
    assert found["revoked"] == [lost.device]
    # One that has answered is not named, whatever becomes of it later.
    operator.post(f"/api/devices/{stays.device}/revoke", {"reason": "hỏng"}).done()
    found = theatre.secretary.get(f"/api/meetings/{meeting}/delivery").done()["recall"]
    assert (found["confirmed"], found["revoked"]) == (1, [lost.device])


def test_P7_closing_recalls_from_every_seat_with_proof(theatre: Theatre) -> None:
    seats = [theatre.seat(number) for number in range(3)]
    meeting, paper = theatre.published(pdfs.text_pdf(pages=4), phase="open")
    all_have(theatre, paper)
    theatre.chair.post(f"/api/meetings/{meeting}/close").done()
    until(lambda: recall(theatre, meeting) == (3, 3))
    assert all(not seat.papers and not seat.meetings for seat in seats)
    state = theatre.office.services.meetings.state(meeting)  # type: ignore[arg-type]
    assert {(receipt.device, receipt.papers, receipt.pages) for receipt in state.recall.receipts} == {
        (seat.device, 1, 4) for seat in seats
    }
    until(lambda: all(seat.wish is not None and not seat.wish.recall for seat in seats))
    for seat in seats:
        until(lambda seat=seat: seat.acks.get(seat.receipts[meeting][0]) is not None)  # type: ignore[misc]


def test_P7_a_seat_that_was_off_destroys_its_keys_when_it_returns(theatre: Theatre) -> None:
    here, away = theatre.seat(0), theatre.seat(1)
    meeting, paper = theatre.published(pdfs.text_pdf(), phase="open")
    all_have(theatre, paper)
    away.die()
    theatre.chair.post(f"/api/meetings/{meeting}/close").done()
    until(lambda: recall(theatre, meeting) == (1, 2))
    theatre.restart_distribution()
    assert paper in away.papers
    away.live(theatre.connect)
    until(lambda: recall(theatre, meeting) == (2, 2))
    assert not away.papers
    assert here.faults == []


def test_W29_a_receipt_sent_again_is_one_receipt(theatre: Theatre) -> None:
    seat = theatre.seat(0)
    meeting, paper = theatre.published(pdfs.text_pdf(), phase="open")
    all_have(theatre, paper)
    theatre.chair.post(f"/api/meetings/{meeting}/close").done()
    until(lambda: recall(theatre, meeting) == (1, 1))
    seq = theatre.office.services.meetings.state(meeting).seq  # type: ignore[arg-type]
    seat.acks.clear()
    seat.destroy(meeting)
    until(lambda: seat.receipts[meeting][0] in seat.acks)
    assert theatre.office.services.meetings.state(meeting).seq == seq  # type: ignore[arg-type]


def test_a_meeting_taken_back_is_destroyed_without_a_recall(theatre: Theatre) -> None:
    seat = theatre.seat(0)
    meeting = theatre.office.meeting("approved")
    until(lambda: meeting in seat.meetings and seat.meetings[meeting].epochs)
    theatre.chair.post(f"/api/meetings/{meeting}/return", {"reason": "Sửa chương trình"}).done()
    until(lambda: meeting not in seat.meetings)
    until(lambda: seat.wish is not None and not seat.wish.recall)
    theatre.office.sign_in("thuky").post(f"/api/meetings/{meeting}/submit").done()
    theatre.chair.post(f"/api/meetings/{meeting}/approve").done()
    until(lambda: meeting in seat.meetings and 2 in seat.meetings[meeting].epochs)


# ── bad input ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_not_signed_or_not_theirs_changes_nothing(theatre: Theatre) -> None:
    seat, other = theatre.seat(0), theatre.seat(1)
    meeting, paper = theatre.published(pdfs.large_pdf(300_000))
    all_have(theatre, paper)
    client = theatre.broker.join(DeviceId(seat.device), None, lambda _topic, _payload: None)
    recorded = [(topic, payload) for topic, payload in theatre.broker.seen if topic.tree == "u"]
    for topic, payload in recorded[:40]:
        client.publish(Topic.up(DeviceId(seat.device), topic.lane), payload)  # replayed, and others' under this name
    for lane in ("hello", "have", "act", "receipt", "join", "want", "health"):
        client.publish(Topic.up(DeviceId(seat.device), lane), b"\x01\x01" + bytes(100))
        client.publish(Topic.up(DeviceId(seat.device), lane), b"")
    theatre.chair.post(f"/api/meetings/{meeting}/open").done()
    settled(theatre, meeting)
    assert recall(theatre, meeting) == (0, 0)
    delivery = theatre.secretary.get(f"/api/meetings/{meeting}/delivery").done()
    assert sorted(delivery["papers"][0]["complete"]) == sorted([seat.device, other.device])
    assert fresh_id("a") not in seat.acks


def test_W24_a_replayed_report_is_stale(theatre: Theatre) -> None:
    seat = theatre.seat(0)
    meeting, paper = theatre.published(pdfs.large_pdf(2_500_000))
    all_have(theatre, paper)
    until(lambda: delivered(theatre, meeting, seat) == seat.papers[paper].manifest.layout.chunks)
    client = theatre.broker.join(DeviceId(seat.device), None, lambda _topic, _payload: None)
    chunks = [topic for topic, _ in theatre.broker.seen if topic.chunk is not None]
    first = next(entry for entry in theatre.broker.seen if entry[0].lane == "have")
    client.publish(*first)
    seat.health()
    theatre.chair.post(f"/api/meetings/{meeting}/open").done()
    settled(theatre, meeting)
    assert delivered(theatre, meeting, seat) == seat.papers[paper].manifest.layout.chunks
    assert [topic for topic, _ in theatre.broker.seen if topic.chunk is not None] == chunks


def delivered(theatre: Theatre, meeting: str, seat: SeatTwin) -> int:
    papers = theatre.secretary.get(f"/api/meetings/{meeting}/delivery").done()["papers"]
    return int(papers[0]["have"][seat.device]) if papers else 0


# ── consoles ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_consoles_see_who_is_there_and_how_far_the_papers_are(theatre: Theatre) -> None:
    here, away = theatre.seat(0), theatre.seat(1)
    meeting, paper = theatre.published(pdfs.large_pdf(200_000))
    all_have(theatre, paper)
    away.die()
    path = f"/api/meetings/{meeting}/delivery"
    secretary = theatre.secretary
    until(lambda: [seat["online"] for seat in secretary.get(path).body["seats"]] == [True, False])
    delivery = secretary.get(path).done()
    assert [(seat["seat_label"], seat["person_name"], seat["keys"]) for seat in delivery["seats"]] == [
        ("A1", "chutri (demo)", True),
        ("A2", "daibieu (demo)", True),
    ]
    (shown,) = delivery["papers"]
    assert shown["have"] == {here.device: shown["chunks"], away.device: shown["chunks"]}
    devices = theatre.office.sign_in("kythuat").get("/api/devices").done()["devices"]
    assert {device["id"]: device["online"] for device in devices} == {here.device: True, away.device: False}
    assert {device["agent"] for device in devices} == {"twin/1"}
    assert theatre.office.sign_in("daibieu").get(path).status == 403


def test_a_silent_seat_is_offline_after_forty_five_seconds(theatre: Theatre) -> None:
    seat = theatre.seat(0)
    meeting, paper = theatre.published(pdfs.text_pdf())
    all_have(theatre, paper)
    secretary = theatre.secretary
    path = f"/api/meetings/{meeting}/delivery"
    seat.mute()

    def is_offline() -> bool:
        theatre.office.clock.advance(seconds=5)
        return [each["online"] for each in secretary.get(path).body["seats"]] == [False]

    assert not is_offline()
    until(is_offline, every_s=0.1)
