"""A vote at every screen at once: chair's console, three seats, the room's display – and counted anew (V1–V10).

The room is real: broker, server, proxy and seats as in the demo. At every scene the page is examined for axe, for
fingers and for its size. The pictures go to ``test-results/voting`` to be looked at.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.tokens.house import House
from tests.browser.tokens.vote_scene import Scene
from tests.support.vote_room import QUESTION, VOTERS
from wire import recount

pytestmark = pytest.mark.timeout(420)


def _open(scene: Scene) -> None:
    """Two touches from the agenda: the panel, and "Mở biểu quyết"."""
    chair, wall = scene.chair, scene.wall
    chair.presses("Biểu quyết")
    expect(chair.page.get_by_label("Nội dung biểu quyết")).to_have_value(QUESTION)
    scene.look(chair.screen, "chair-prepare")
    chair.presses("Mở biểu quyết")
    chair.sees("0/4 đã biểu quyết")
    wall.shows("0/4 đã biểu quyết")
    scene.look(wall.screen, "wall-open")
    for seat in scene.seats:
        seat.sees("Đồng chí chọn một ý kiến")
    scene.look(scene.seats[0].screen, "seat-choose")


def _vote(scene: Scene) -> None:
    """Two send theirs while the third has chosen and not sent; everybody sees how many, the chair sees who."""
    chair, (first, second, third), wall = scene.chair, scene.seats, scene.wall
    third.taps("Không biểu quyết")
    for answer in ("Tán thành", "Không tán thành", "Tán thành"):
        first.taps(answer)
    scene.look(first.screen, "seat-chosen")
    first.taps("Gửi: Tán thành")
    first.sees("Đã ghi nhận")
    scene.look(first.screen, "seat-recorded")
    chair.sees("1/4 đã biểu quyết")
    wall.shows("1/4 đã biểu quyết")
    chair.sees(VOTERS[1].name)
    second.taps("Tán thành")
    second.taps("Gửi: Tán thành")
    second.sees("Đã ghi nhận")
    chair.sees("2/4 đã biểu quyết")
    scene.look(chair.screen, "chair-running")


def _hesitate(scene: Scene) -> None:
    """What is chosen and not sent stays, through other people's votes, another screen, and a pause (V5)."""
    chair, third = scene.chair, scene.seats[2]

    def still_chosen() -> None:
        expect(third.button("Không biểu quyết")).to_have_attribute("aria-pressed", "true")

    still_chosen()
    third.taps("Tài liệu")
    third.taps("Biểu quyết")
    still_chosen()
    chair.presses("Tạm dừng")
    third.sees("Biểu quyết đang tạm dừng")
    still_chosen()
    scene.look(third.screen, "seat-paused")
    chair.presses("Tiếp tục")
    third.taps("Gửi: Không biểu quyết")
    third.sees("Đã ghi nhận")
    mine = chair.page.get_by_role("region", name="Phiếu của đồng chí")
    mine.get_by_role("button", name="Tán thành", exact=True).click()
    mine.get_by_role("button", name="Gửi: Tán thành").click()
    chair.sees("Tất cả đại biểu có mặt đã biểu quyết.")


def _announce(scene: Scene) -> None:
    """The chair sees the result at the close, everybody else when it is announced."""
    chair, first, wall = scene.chair, scene.seats[0], scene.wall
    chair.presses("Đóng biểu quyết")
    chair.answers("Đóng biểu quyết")
    chair.sees("ĐƯỢC THÔNG QUA")
    chair.sees("3/4 tán thành = 75%")
    first.sees("Biểu quyết đã đóng. Chờ công bố kết quả.")
    first.does_not_see("ĐƯỢC THÔNG QUA")
    wall.shows("Đã đóng biểu quyết")
    scene.look(chair.screen, "chair-closed")
    chair.presses("Công bố kết quả")
    wall.shows("ĐƯỢC THÔNG QUA")
    for seat in scene.seats:
        seat.sees("ĐƯỢC THÔNG QUA")
    scene.look(wall.screen, "wall-result")
    scene.look(first.screen, "seat-result")
    chair.presses("Ý kiến của từng người")
    scene.look(chair.screen, "chair-announced")


def test_V3_V5_V10_a_vote_from_two_touches_to_the_recount(quiet_house: House) -> None:
    scene = Scene(quiet_house)
    scene.arrive()
    for act in (_open, _vote, _hesitate, _announce):
        act(scene)
    with scene.chair.page.expect_download() as saved:
        scene.chair.presses("Tải bản kê kết quả (JSON)")
    found = recount.recount(Path(saved.value.path()).read_bytes())
    assert (found.outcome, dict(found.counts), found.of) == ("passed", {"for": 3, "against": 0, "abstain": 1}, 4)
    assert scene.flaws == []
    assert [said for screen in scene.screens for said in screen.complaints()] == []
    scene.meeting.step_meeting("close")


def test_D3_a_ballot_that_waits_for_the_link_says_so_and_counts_when_it_has_come(quiet_house: House) -> None:
    scene = Scene(quiet_house)
    room = quiet_house.room.room
    scene.arrive()
    first, second, _ = scene.seats
    vote = scene.meeting.open_vote()
    for seat in scene.seats:
        seat.sees("Đồng chí chọn một ý kiến")
    room.kill("broker")
    first.sees("Mất kết nối")
    first.taps("Không tán thành")
    first.taps("Gửi: Không tán thành")
    first.sees("CHƯA được ghi nhận")
    first.does_not_see("Đã ghi nhận ý kiến")
    scene.look(first.screen, "seat-queued")
    room.start("broker")
    first.sees("Máy chủ đã ghi nhận ý kiến của đồng chí")
    scene.meeting.step(vote, "close")
    assert scene.meeting.section(vote)["result"]["against"] == 1
    second.sees("Biểu quyết đã đóng. Chờ công bố kết quả.")
    scene.meeting.step(vote, "announce")
    second.sees("KHÔNG ĐƯỢC THÔNG QUA")
    scene.look(second.screen, "seat-rejected")
    assert scene.flaws == []
    scene.meeting.step_meeting("close")
