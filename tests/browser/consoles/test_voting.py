"""Voting at the consoles with a real server: who is ready before the opening, ballots of one's own and by proxy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from server.identity.model import Role
from tests.browser.consoles.conftest import Look
from tests.browser.consoles.house import signs_in
from tests.browser.screen import DESK, LAPTOP, Screen
from tests.support.gunicorn import RunningServer
from tests.support.office import fresh_id, item

pytestmark = pytest.mark.timeout(240)
_PEOPLE = ("chutri", "an", "binh", "chau")
_RULE = {"base": "all", "majority": {"num": 1, "den": 2, "more": True}, "quorum": None, "tie": "fails"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("voting"))
    running.add_person("thuky", frozenset({Role.SECRETARY}))
    running.add_person("kythuat", frozenset({Role.IT}))
    for name in _PEOPLE:
        running.add_person(name, frozenset())
    with running:
        yield running


class Hall:
    """An open meeting at its first item; nobody sits at a seat."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.secretary, self.chair = server.page().sign_in("thuky"), server.page().sign_in("chutri")
        it = server.page().sign_in("kythuat")
        room = it.post(
            "/api/rooms", {"name": f"Phòng {fresh_id('r')} (demo)", "seats": [{"label": "A1", "x": 500, "y": 500}]}
        ).done()
        about: dict[str, Any] = {"title": "Phiên họp Ủy ban kiểm sát (demo)", "type": "Họp", "room": room["id"]}
        about |= {"starts_at": "2026-11-23T01:30:00.000Z", "planned_minutes": 90}
        self.meeting = self.secretary.post("/api/meetings", about).done()["id"]
        self.path = f"/api/meetings/{self.meeting}"
        self.ids = {each["username"]: each["id"] for each in self.secretary.get("/api/people").body["people"]}
        members = [
            {"person": self.ids[name], "role": "chair" if name == "chutri" else "member", "seat": None}
            for name in _PEOPLE
        ]
        self.secretary.put(f"{self.path}/members", {"members": members}).done()
        seq = self.secretary.get(self.path).body["seq"]
        agenda = {"items": [item("Thông qua dự thảo Nghị quyết về công tác cán bộ")], "expected_seq": seq}
        self.secretary.put(f"{self.path}/agenda", agenda).done()
        self.secretary.post(f"{self.path}/submit").done()
        for word in ("approve", "open"):
            self.chair.post(f"{self.path}/{word}").done()
        self.item = self.chair.get(self.path).body["sections"]["agenda"][0]["item"]
        self.chair.post(f"{self.path}/items/{self.item}/start").done()

    def there(self, *names: str, presence: str = "present") -> None:
        """The roll says so."""
        told = {"people": [self.ids[name] for name in names], "presence": presence, "reason": ""}
        self.secretary.post(f"{self.path}/attendance", told).done()

    def live(self, screen: Screen, name: str = "chutri") -> Page:
        """Somebody's console, at the meeting that goes on."""
        where = "/live" if name == "chutri" else ""
        screen.opens(f"http://localhost:{self.server.port}/#/meetings/{self.meeting}{where}")
        signs_in(screen.page, name)
        return screen.page


def _dialog(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Có người chưa bỏ phiếu được")


def test_W114_the_chair_sees_who_is_not_ready_and_opens_with_one_clear_word(
    server: RunningServer, screen: Screen, look: Look
) -> None:
    hall = Hall(server)
    hall.there("an", "binh")
    page = hall.live(screen)
    page.get_by_role("button", name="Biểu quyết", exact=True).click()
    expect(page.get_by_text("1/3 người có mặt bỏ phiếu được ngay")).to_be_visible()
    expect(page.get_by_text("Có quyền biểu quyết 4, có mặt 3, vắng 1.")).to_be_visible()
    page.get_by_role("button", name="Ai chưa sẵn sàng (2)").click()
    nowhere = page.get_by_role("list", name="Có mặt theo điểm danh, chưa đăng nhập ở chỗ ngồi nào")
    expect(nowhere.get_by_role("listitem")).to_have_text(["an (demo)", "binh (demo)"])
    look(screen, "vote-ready")
    # Live: who is said to have left is no longer awaited, and the numbers follow without a touch.
    hall.there("binh", presence="left")
    expect(page.get_by_text("Có quyền biểu quyết 4, có mặt 2, vắng 2.")).to_be_visible()
    page.get_by_text("Bỏ phiếu kín", exact=True).click()
    at_console = page.get_by_role("list", name="Ở màn hình điều hành; phiếu kín chỉ bỏ được tại chỗ ngồi")
    expect(at_console).to_contain_text("chutri (demo)")
    page.get_by_text("Công khai", exact=True).click()
    page.get_by_role("button", name="Mở biểu quyết").click()
    expect(_dialog(page)).to_contain_text("an (demo)")
    look(screen, "vote-not-ready")
    page.keyboard.press("Escape")
    expect(_dialog(page)).to_have_count(0)
    # What was written is kept, and waits to be opened.
    expect(page.get_by_text("Đã chuẩn bị")).to_be_visible()
    look(screen, "vote-prepared")
    page.get_by_role("button", name="Mở", exact=True).click()
    _dialog(page).get_by_role("button", name="Vẫn mở biểu quyết").click()
    expect(page.get_by_text("0/2 đã biểu quyết").first).to_be_visible()
    # Gone back once and opened then: there is one vote, not two.
    votes = hall.chair.get(hall.path).body["sections"]["votes"]
    assert [(each["state"], each["turnout"]["present"]) for each in votes] == [("open", 2)]


def _lost(route: Route) -> None:
    """A proxy answers in the server's place: nobody knows what became of it."""
    route.fulfill(status=502)


def test_W107_a_holder_at_a_console_casts_each_ballot_by_itself_and_by_keys(
    server: RunningServer, screen: Screen, look: Look
) -> None:
    hall = Hall(server)
    hall.there("an")
    body = {"item": hall.item, "kind": "open", "question": "Thông qua?", "template": "approve", "rule": _RULE}
    proxies = [{"person": hall.ids[name], "holder": hall.ids["chutri"]} for name in ("binh", "chau")]
    page = hall.live(screen)
    vote = hall.secretary.post(f"{hall.path}/votes", {**body, "proxies": proxies}).done()["vote"]
    hall.chair.post(f"{hall.path}/votes/{vote}/open").done()
    names = ("Phiếu của đồng chí", "Thay binh (demo)", "Thay chau (demo)")
    ballots = [page.get_by_role("region", name=name, exact=True) for name in names]
    # Keys choose for the ballot in front, and Enter sends it; another ballot's choice is untouched by it.
    other = ballots[1].get_by_role("button", name="Không tán thành", exact=True)
    other.click()
    page.get_by_role("heading", name="Biểu quyết", exact=True).click()
    # On a small laptop one's own ballot needs no scrolling, and stands above the step that closes the vote.
    page.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})
    for name in ("Tán thành", "Không biểu quyết"):
        expect(ballots[0].get_by_role("button", name=name, exact=True)).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    page.keyboard.press("1")
    expect(ballots[0].get_by_role("button", name="Gửi: Tán thành")).to_be_focused()
    look(screen, "vote-console-ballots")
    page.keyboard.press("Enter")
    expect(ballots[0]).to_contain_text("Máy chủ đã ghi nhận: Tán thành.")
    expect(other).to_have_attribute("aria-pressed", "true")
    # Nobody knows whether the first sending came: nothing else can be chosen, the very same ballot is sent again.
    with screen.expecting("/api/meetings", 502):
        page.route("**/ballot", _lost)
        ballots[1].get_by_role("button", name="Gửi thay binh (demo): Không tán thành").click()
        expect(ballots[1]).to_contain_text("Chưa biết máy chủ đã nhận phiếu này hay chưa")
        expect(ballots[1].get_by_role("button", name="Tán thành", exact=True)).to_be_disabled()
        page.unroute("**/ballot")
    ballots[1].get_by_role("button", name="Gửi thay binh (demo): Không tán thành").click()
    expect(ballots[1]).to_contain_text("Máy chủ đã ghi nhận: Không tán thành.")
    expect(page.get_by_text("2/4 đã biểu quyết").first).to_be_visible()
    # Loaded anew: what was cast is said to be, what was not is asked for.
    page.reload()
    expect(ballots[2].get_by_role("button", name="Tán thành", exact=True)).to_be_visible()
    expect(ballots[0]).to_contain_text("Máy chủ đã ghi nhận phiếu này.")
    found = hall.chair.get(hall.path).body["sections"]["votes"][0]
    assert sorted(each["person"] for each in found["roll"] if each["voted"]) == sorted(
        hall.ids[name] for name in ("chutri", "binh")
    )


def test_V1_a_member_at_a_console_is_offered_the_open_vote_wherever_they_look(
    server: RunningServer, screen: Screen, look: Look
) -> None:
    hall = Hall(server)
    hall.there("an")
    page = hall.live(screen, "an")
    body = {"item": hall.item, "kind": "open", "question": "Thông qua?", "template": "approve", "rule": _RULE}
    vote = hall.secretary.post(f"{hall.path}/votes", body).done()["vote"]
    hall.chair.post(f"{hall.path}/votes/{vote}/open").done()
    mine = page.get_by_role("region", name="Phiếu của đồng chí")
    mine.get_by_role("button", name="Không biểu quyết").click()
    look(screen, "vote-member-console")
    hall.chair.post(f"{hall.path}/votes/{vote}/pause").done()
    expect(mine).to_contain_text("đang tạm dừng")
    hall.chair.post(f"{hall.path}/votes/{vote}/resume").done()
    chosen = mine.get_by_role("button", name="Không biểu quyết", exact=True)
    expect(chosen).to_have_attribute("aria-pressed", "true")
    mine.get_by_role("button", name="Gửi: Không biểu quyết").click()
    expect(mine).to_contain_text("Máy chủ đã ghi nhận: Không biểu quyết.")
    hall.chair.post(f"{hall.path}/votes/{vote}/close").done()
    expect(mine).to_have_count(0)
