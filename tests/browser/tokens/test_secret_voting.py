"""A secret vote through a whole room: given by name, sealed at three seats, collected, mixed, found, counted anew.

The room is real: broker, server, proxy and seats as in the demo. The third terminal is off when ballots are collected,
so that the chair is asked what to do about a missing one. Pictures go to ``test-results/voting`` to be looked at.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.tokens.house import House
from tests.browser.tokens.vote_scene import Scene
from tests.support.vote_room import VOTERS
from wire import recount

pytestmark = pytest.mark.timeout(420)
_ANSWERS = ("Tán thành", "Không tán thành", "Tán thành")
_RECEIPT = re.compile(r"[A-Z2-7]{4}( [A-Z2-7]{4}){3}")


def _open(scene: Scene) -> None:
    chair = scene.chair
    chair.presses("Biểu quyết")
    chair.page.get_by_text("Bỏ phiếu kín", exact=True).click()
    scene.look(chair.screen, "secret-chair-prepare")
    chair.presses("Mở biểu quyết")
    # The chair is at the console, where no secret ballot is cast: that is said before, and the vote opens all the same.
    chair.sees("phiếu kín chỉ bỏ được tại chỗ ngồi")
    scene.look(chair.screen, "secret-chair-not-ready")
    chair.answers("Vẫn mở biểu quyết")
    chair.sees("Đã phát 0/4 phiếu")
    chair.sees("Phiếu kín được bỏ tại chỗ ngồi")
    for seat in scene.seats:
        seat.sees("Đồng chí chọn một ý kiến")
        seat.sees("Chỉ có 4 người có mặt khi mở")
    scene.look(scene.seats[0].screen, "secret-seat-choose")


def _seal(scene: Scene) -> list[str]:
    """Everybody's ballot is sealed at their seat; the receipts they are shown."""
    receipts = []
    for number, (seat, answer) in enumerate(zip(scene.seats, _ANSWERS, strict=True), 1):
        seat.taps(answer)
        seat.taps(f"Niêm phong: {answer}")
        seat.sees("Phiếu đã niêm phong tại chỗ ngồi")
        seat.does_not_see(f"Niêm phong: {answer}")
        receipts.append(seat.page.get_by_text(_RECEIPT).inner_text())
        scene.chair.sees(f"Đã phát {number}/4 phiếu")
    scene.look(scene.seats[0].screen, "secret-seat-sealed")
    scene.look(scene.chair.screen, "secret-chair-running")
    return receipts


def _collect(scene: Scene) -> None:
    """The third terminal is off: everybody is told what is waited for, and nothing is counted before it is back."""
    room, chair, (first, _, third) = scene.meeting.room, scene.chair, scene.seats
    third.page.close()
    room.power_off_seat(2)
    chair.presses("Đóng và thu phiếu")
    chair.answers("Đóng và thu phiếu")
    chair.sees("Đã thu 2/3 phiếu")
    chair.sees(f"Chưa nộp phiếu: {VOTERS[2].name}")
    first.sees("Đã nộp phiếu, chờ kiểm phiếu")
    first.sees("Còn 1 phiếu chưa nộp")
    scene.wall.shows("Đang thu phiếu kín")
    chair.presses("Kiểm phiếu, không chờ nữa")
    chair.page.get_by_role("dialog").get_by_role("button", name="Kiểm phiếu, không chờ nữa").click()
    chair.sees("ít hơn 3")
    scene.look(chair.screen, "secret-chair-too-few")
    chair.page.keyboard.press("Escape")
    for screen, name in ((chair.screen, "chair"), (first.screen, "seat"), (scene.wall.screen, "wall")):
        scene.look(screen, f"secret-{name}-missing")
    room.power_on_seat(2, until_state="welcome")
    chair.sees("KHÔNG ĐƯỢC THÔNG QUA")


def _announce(scene: Scene, receipts: list[str]) -> None:
    chair, (first, second, third) = scene.chair, scene.seats
    first.does_not_see("ĐƯỢC THÔNG QUA")
    first.sees("Phiếu của đồng chí có trong danh sách")
    scene.look(first.screen, "secret-seat-found")
    scene.meeting.sit_down(2)
    third.switches_on()
    third.taps("Biểu quyết")
    chair.presses("Công bố kết quả")
    for seat, receipt, answer in zip((first, second, third), receipts, _ANSWERS, strict=True):
        seat.sees("Phiếu của đồng chí có trong danh sách")
        seat.page.get_by_text("Danh sách phiếu đã công bố").tap()
        mine = seat.page.get_by_role("listitem").filter(has_text=receipt)
        expect(mine).to_contain_text(answer)
        expect(mine).to_contain_text("Phiếu của đồng chí")
    scene.wall.shows("Số phiếu phát ra: 3; số phiếu thu về: 3.")
    scene.look(first.screen, "secret-seat-result")
    scene.look(scene.wall.screen, "secret-wall-result")
    scene.look(chair.screen, "secret-chair-result")


def test_V8_V10_a_secret_vote_through_a_whole_room_with_a_seat_that_is_off_at_the_collection(
    quiet_house: House,
) -> None:
    scene = Scene(quiet_house)
    scene.arrive()
    _open(scene)
    receipts = _seal(scene)
    _collect(scene)
    _announce(scene, receipts)
    with scene.chair.page.expect_download() as saved:
        scene.chair.presses("Tải bản kê kết quả (JSON)")
    data = Path(saved.value.path()).read_bytes()
    found = recount.recount(data)
    assert (found.outcome, found.of, found.given) == ("rejected", 4, 3)
    assert sorted(receipt for receipt, _ in found.receipts) == sorted(receipts)
    assert all(receipt.encode() not in data for receipt in receipts)
    assert scene.flaws == []
    scene.meeting.step_meeting("close")
