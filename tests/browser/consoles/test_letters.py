"""Documents and invitation on the consoles with many people: drafted, put up, taken back, answered (N8–N14).

That they are signed, numbered and issued is played in `tests/browser/main_job/office.py`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from server.identity.model import Role
from server.identity.service import NewAccount
from tests.browser.consoles.conftest import Look
from tests.browser.consoles.house import signs_in
from tests.browser.screen import Screen
from tests.pki.fixtures import running_pki  # noqa: F401
from tests.pki.services import PkiServer
from tests.signing.house import House, text
from tests.signing.pictures import seal_png, signature_png
from tests.signing.test_letters import AGENCY, drafted, put_up, signed
from tests.support.gunicorn import RunningServer
from tests.support.office import PASSWORD, fresh_id, item
from wire.secret import Secret

pytestmark = pytest.mark.timeout(240)
_FAMILY = ("Nguyễn Hoàng Phương", "Trần Lê", "Tôn Nữ Thị Ngọc", "Phạm", "Huỳnh Công")
_GIVEN = ("Thảo", "Đức", "Nguyệt Minh", "Khánh")
_TITLE = "Hội nghị toàn thể công chức Viện kiểm sát nhân dân tỉnh Quảng Ninh tổng kết công tác năm (demo)"


@dataclass(frozen=True)
class Desk:
    """A server whose first meeting has its invitation issued; the second has none."""

    server: RunningServer
    sent: str
    bare: str

    def at(self, path: str) -> str:
        return f"http://localhost:{self.server.port}/#{path}"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, running_pki: PkiServer) -> Iterator[Desk]:  # noqa: F811
    server = RunningServer(tmp_path_factory.mktemp("letters"), second_factor="off", idle_s=3600)
    assert running_pki.pki is not None
    office = House(server.folder / "data", running_pki.pki)
    sent, bare = _furnished(office)
    office.services.close()
    with server:
        yield Desk(server, sent, bare)


def _furnished(office: House) -> tuple[str, str]:
    office.people["vanthu"] = office.add("vanthu", frozenset({Role.CLERK}))
    office.enrol("chutri", "an")
    office.enrol("vanthu", "binh")
    admin = office.sign_in("anninh")
    for owner, png in ((office.people["chutri"], signature_png()), ("seal", seal_png())):
        admin.put(f"/api/signing/pictures/{owner}", {"png": text(png)}).done()
    office.sign_in("hethong").put("/api/agency", AGENCY).done()
    people = [_person(office, number) for number in range(16)]
    secretary = office.sign_in("thuky")
    sent, bare = (_meeting(office, people, title) for title in (_TITLE, "Họp giao ban tháng (demo)"))
    path = drafted(secretary, sent, "invitation")
    signed(office, sent, put_up(office, secretary, path).done()["round"])
    secretary.post(f"{path}/issue").done()
    return sent, bare


def _person(office: House, number: int) -> str:
    name = f"{_FAMILY[number % 5]} {_GIVEN[number % 4]} {number} (demo)"
    position = "Kiểm sát viên trung cấp, Phó Trưởng phòng"
    new = NewAccount(f"db{number:02}", name, position, "Phòng Thực hành quyền công tố", frozenset())
    asked: dict[str, Any] = {"actor": "system", "act": fresh_id("a"), "now": office.clock.now()}
    return office.services.identity.create_account(new, Secret(PASSWORD.encode()), **asked)


def _meeting(office: House, people: list[str], title: str) -> str:
    secretary, begins = office.sign_in("thuky"), office.clock.now() + dt.timedelta(days=20)
    about = office.description() | {"title": title, "starts_at": f"{begins:%Y-%m-%d}T01:30:00.000Z"}
    meeting: str = secretary.post("/api/meetings", about).done()["id"]
    path = f"/api/meetings/{meeting}"
    placed = [each for each in office.members() if each["role"] in {"chair", "secretary"}]
    placed += [{"person": office.people["daibieu"], "role": "member", "seat": None}]
    placed += [{"person": person, "role": "member", "seat": None} for person in people]
    secretary.put(f"{path}/members", {"members": placed}).done()
    seq = secretary.get(path).body["seq"]
    items = [item("Báo cáo tổng kết công tác năm"), item("Thảo luận"), item("Biểu quyết nghị quyết")]
    secretary.put(f"{path}/agenda", {"items": items, "expected_seq": seq}).done()
    secretary.post(f"{path}/submit").done()
    office.sign_in("chutri").post(f"{path}/approve").done()
    return meeting


def _opens(screen: Screen, address: str, username: str) -> Page:
    screen.opens(address)
    signs_in(screen.page, username)
    return screen.page


def test_N8_N10_the_secretary_drafts_sees_it_set_and_puts_it_up(desk: Desk, screen: Screen, look: Look) -> None:
    page = _opens(screen, desk.at(f"/meetings/{desk.bare}/letters"), "thuky")
    expect(page.get_by_text("Chưa có văn bản nào")).to_be_visible()
    page.get_by_role("button", name="Soạn giấy mời").click()
    expect(page.get_by_label("Nội dung văn bản")).to_have_value(re.compile("trân trọng kính mời"))
    expect(page.get_by_role("img", name=re.compile("Trang 1 trên"))).to_be_visible()
    page.get_by_label("Quyền hạn, chức vụ của người ký").fill("")
    page.get_by_role("button", name="Trình ký", exact=True).click()
    expect(page.get_by_text("Cần điền ô này trước khi trình ký.")).to_be_visible()
    page.get_by_label("Quyền hạn, chức vụ của người ký").fill("VIỆN TRƯỞNG")
    expect(page.get_by_text("Có thay đổi chưa lưu")).to_be_visible()
    page.get_by_role("button", name="Trình ký", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Văn thư")).to_have_value(re.compile("^u-"))
    dialog.get_by_role("button", name="Trình ký", exact=True).click()
    expect(page.get_by_text("Đang trình ký, 0/2")).to_be_visible()
    look(screen, "letters-signing")
    page.get_by_role("button", name=re.compile("^Rút về soạn lại “")).click()
    page.get_by_role("dialog").get_by_label("Lý do").fill("Đổi phòng họp")
    page.get_by_role("dialog").get_by_role("button", name="Rút về soạn lại").click()
    expect(page.get_by_text("Dự thảo", exact=True)).to_be_visible()


def test_N12_N14_who_leads_sees_the_counts_approves_and_reminds(desk: Desk, screen: Screen, look: Look) -> None:
    told = {"reply": "absent", "reason": "Ốm, có giấy của bác sĩ"}
    desk.server.page().sign_in("db03").post(f"/api/meetings/{desk.sent}/invitation/answer", told).done()
    page = _opens(screen, desk.at(f"/meetings/{desk.sent}/invitation"), "thuky")
    expect(page.get_by_role("button", name=re.compile("^Đồng ý với")).first).to_be_visible()
    look(screen, "invitation-answers")
    name = re.compile("Đồng ý với .* 3 ")
    page.get_by_role("button", name=name).click()
    look(screen, "invitation-approve")
    page.get_by_role("dialog").get_by_role("button", name="Đồng ý", exact=True).click()
    expect(page.get_by_text("Vắng, đã đồng ý")).to_be_visible()
    page.get_by_role("button", name=re.compile(r"^Nhắc \d+ người")).click()
    expect(page.get_by_text(re.compile(r"Đã nhắc 1\slần")).first).to_be_visible()
