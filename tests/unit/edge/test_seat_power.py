"""A whole seat through restarts, power cuts and closed meetings, and what its disk tells (D3, P7, W28, W29)."""

from __future__ import annotations

from edge.model import Limits
from tests.support.meeting_log import named
from tests.support.seats import SeatRoom, TestSeat
from tests.support.server_twin import PLAIN, TwinMeeting, TwinPaper

# ------------------------------------------------------------ restarts and power


def test_D3_a_killed_agent_comes_back_to_the_same_person_without_a_server(
    room: SeatRoom, seat: TestSeat, meeting: TwinMeeting, paper: TwinPaper
) -> None:
    seat.sign_in("lan")
    room.run(1)
    seat.kill()
    room.run(5)
    seat.start()
    assert seat.where == "confirming"
    assert seat.sections["meeting"] is None
    room.run(11)
    assert seat.where == "signed_in"
    assert seat.sections["link"]["state"] == "offline"
    assert seat.outside.screen is not None
    assert list(seat.outside.screen.documents) == [paper.manifest.key]


def test_a_seat_that_starts_again_shows_nothing_before_it_knows_which_device_it_is(
    room: SeatRoom, seat: TestSeat, meeting: TwinMeeting
) -> None:
    seat.kill()
    seat.wake()
    seat.on.tick()  # a reader's or a page's word would do the same
    assert seat.outside.screen is None
    seat.recognise()
    assert seat.where == "confirming"


def test_a_killed_agent_comes_back_locked_after_the_idle_time(
    room: SeatRoom, seat: TestSeat, meeting: TwinMeeting
) -> None:
    seat.sign_in("lan")
    room.run(1)
    seat.kill()
    room.clock.s += 301
    seat.start()
    seat.connect()
    room.run(1)
    assert seat.where == "locked"
    request = seat.unlock("lan")
    room.run(1)
    assert seat.answer(request) == ""
    assert seat.where == "signed_in"


def test_P7_after_a_power_cycle_nothing_shows_before_the_server_has_answered(
    room: SeatRoom, seat: TestSeat, meeting: TwinMeeting, paper: TwinPaper
) -> None:
    seat.sign_in("lan")
    room.run(1)
    seat.lose_power()
    seat.start()
    room.run(3600, tick_s=5)
    assert seat.where == "confirming"
    assert seat.sections["meeting"] is None
    assert all(screen.documents == {} for screen in seat.outside.screens)
    seat.connect()
    room.run(2)
    assert seat.where == "welcome"
    assert seat.complete(paper.manifest.key)


def test_P7_a_seat_that_was_off_destroys_before_it_shows_anything(
    room: SeatRoom, seat: TestSeat, meeting: TwinMeeting, paper: TwinPaper
) -> None:
    room.twin.add(meeting, "meeting_opened")
    room.run(1)
    seat.kill()
    room.twin.close(meeting)
    seat.start()
    seat.connect()
    room.run(2)
    shown = {screen.sections["seat"]["state"] for screen in seat.outside.screens}
    assert shown == {"confirming", "recalled"}
    assert all(screen.sections["meeting"] is None for screen in seat.outside.screens)
    assert meeting.receipts[seat.signer.key_id].papers[0].pages == 3


def test_W29_a_receipt_is_sent_until_it_is_acknowledged_and_counts_once(
    room: SeatRoom, seat: TestSeat, meeting: TwinMeeting, paper: TwinPaper
) -> None:
    room.twin.add(meeting, "meeting_opened")
    room.run(1)
    room.weather.loss = 0.5
    room.twin.close(meeting)
    room.run(30)
    room.weather.loss = 0.0
    room.run(60)
    assert seat.on.state.queue == ()
    assert [held.pages for held in meeting.receipts[seat.signer.key_id].papers] == [3]
    receipts = [frame for frame in room.sent if frame[0].lane == "receipt"]
    assert receipts


def test_W29_a_receipt_the_server_has_lost_is_given_again(
    room: SeatRoom, seat: TestSeat, meeting: TwinMeeting, paper: TwinPaper
) -> None:
    room.twin.add(meeting, "meeting_opened")
    room.run(1)
    room.twin.close(meeting)
    room.run(2)
    first = meeting.receipts.pop(seat.signer.key_id)
    room.twin.wish_changed()
    room.run(2)
    again = meeting.receipts[seat.signer.key_id]
    assert (again.act, again.papers, again.destroyed_at) == (first.act, first.papers, first.destroyed_at)


def test_a_recall_of_something_this_seat_never_had_is_answered(
    room: SeatRoom, seat: TestSeat, meeting: TwinMeeting
) -> None:
    room.twin.add(meeting, "meeting_opened")
    seat.kill()
    seat.disk.__init__()  # type: ignore[misc]  # another card in the terminal
    seat.boot += 1
    room.twin.close(meeting)
    seat.start()
    seat.connect()
    room.run(2)
    assert meeting.receipts[seat.signer.key_id].papers == ()


def test_W28_an_act_made_before_the_power_went_is_done_once(
    room: SeatRoom, seat: TestSeat, meeting: TwinMeeting
) -> None:
    seat.sign_in("chair")
    room.run(1)
    seat.disconnect()
    assert seat.answer(seat.act("meeting_open")) == ""
    seat.lose_power()
    seat.start()
    seat.connect()
    room.run(2)
    assert [act.kind for act in room.twin.performed] == ["sign_in", "meeting_open"]
    assert meeting.log.state.phase == "open"


def test_W28_an_act_on_a_closed_meeting_is_refused_and_told(
    room: SeatRoom, seat: TestSeat, meeting: TwinMeeting
) -> None:
    seat.sign_in("chair")
    room.run(1)
    seat.disconnect()
    seat.act("meeting_open")
    room.twin.add(meeting, "meeting_opened")
    room.twin.close(meeting)
    seat.connect()
    room.run(3)
    assert seat.on.state.queue == ()
    assert ("refused", "meeting-not-live", {}) in room.twin.outcomes.values()


def test_a_server_that_was_killed_is_found_again(room: SeatRoom, seat: TestSeat, meeting: TwinMeeting) -> None:
    room.twin.is_up = False
    room.run(40)
    assert seat.sections["link"]["state"] == "offline"
    assert seat.where == "welcome"
    room.twin.restart()
    room.twin.is_up = True
    room.twin.add(meeting, "meeting_opened")
    room.run(15)
    assert seat.sections["link"]["state"] == "online"
    assert seat.sections["meeting"]["phase"] == "open"


def test_a_clock_that_jumps_years_loses_nobody(room: SeatRoom, seat: TestSeat, meeting: TwinMeeting) -> None:
    seat.sign_in("lan")
    room.run(1)
    room.clock.jump_s = -40 * 365 * 86_400.0
    room.run(5)
    assert seat.where == "signed_in"
    room.clock.jump_s = 40 * 365 * 86_400.0
    seat.disconnect()
    seat.connect()
    room.run(2)
    assert seat.where == "signed_in"
    assert seat.sections["link"]["state"] == "online"


def test_a_store_under_another_key_is_given_up_and_filled_again(
    room: SeatRoom, seat: TestSeat, meeting: TwinMeeting, paper: TwinPaper
) -> None:
    room.twin.devices[seat.signer.key_id].store_key = b"\x01" * 32
    seat.lose_power()
    seat.start()
    seat.connect()
    room.run(3)
    room.twin.repair()
    room.run(2)
    assert seat.complete(paper.manifest.key)
    assert seat.where == "welcome"


# ------------------------------------------------------------ what the disk tells


def test_a_disk_without_its_key_tells_nothing(
    room: SeatRoom, seat: TestSeat, meeting: TwinMeeting, paper: TwinPaper
) -> None:
    seat.sign_in("lan")
    room.run(1)
    seat.disconnect()
    seat.act("display", mode="message", text="Xin chào các đồng chí")
    content = seat.disk.content()
    device = room.twin.devices[seat.signer.key_id]
    secrets = [
        "Họp giao ban".encode(), "Đồng chí lan".encode(), "Báo cáo report".encode(), "Xin chào".encode(), b"password",
        PLAIN[:64], paper.key.reveal(), device.store_key, meeting.epochs[1].key.reveal(), b"meeting_created",
    ]  # fmt: skip
    assert len(content) > 500_000
    for secret in secrets:
        assert secret not in content, secret
    assert named("m", "demo").encode() in content, (
        "ids are no secret: this is how we know that we look at the right bytes"
    )


def test_a_password_is_in_no_file_and_no_frame(room: SeatRoom, seat: TestSeat, meeting: TwinMeeting) -> None:
    room.twin.passwords[named("u", "lan")] = "mat-khau-rat-rieng"
    seat.sign_in("lan", "mat-khau-rat-rieng")
    room.run(1)
    assert seat.where == "signed_in"
    everything = seat.disk.content() + b"".join(payload for _, payload in room.sent)
    everything += b"".join(file.read_bytes() for file in seat.run_root.iterdir())
    assert b"mat-khau-rat-rieng" not in everything
    assert "mat-khau" not in repr(seat.on.passwords) + repr(seat.on.state)


def test_limits_come_from_the_settings(room: SeatRoom) -> None:
    seat = room.seat("C3", start=False)
    seat.start(limits=Limits(idle_s=20, grace_s=1))
    seat.connect()
    room.twin.prepare_meeting()
    room.run(2)
    seat.sign_in("lan")
    room.run(18)
    assert seat.where == "signed_in"
    room.run(4)
    assert seat.where == "locked"
