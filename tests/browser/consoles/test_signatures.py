"""Checking any file, whom the house trusts, papers that are signed: the consoles' screens with a real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.consoles.conftest import Look
from tests.browser.consoles.house import House, signs_in
from tests.browser.screen import DESK, Screen
from tests.pki.fixtures import running_pki  # noqa: F401
from tests.pki.services import PkiServer
from tests.signing.pictures import NAME, POSITION, notice, signature_png
from tests.support.gunicorn import RunningServer

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module", autouse=True)
def house(tmp_path_factory: pytest.TempPathFactory, running_pki: PkiServer) -> Iterator[House]:  # noqa: F811
    assert running_pki.pki is not None
    folder = tmp_path_factory.mktemp("consoles")
    server = RunningServer(folder, revocation_required="false", pki_timeout_s=20)
    files = folder / "files"
    files.mkdir()
    found = House(files, server, running_pki.pki)
    found.prepare()
    (files / "lines.pdf").write_bytes(notice())
    (files / "twice.pdf").write_bytes(notice(twice=True))
    (files / "blue.png").write_bytes(signature_png())
    with server:
        yield found


def _opens(screen: Screen, house: House, path: str, username: str) -> None:
    screen.opens(f"http://localhost:{house.server.port}/#{path}")
    signs_in(screen.page, username)


@pytest.fixture
def second(browser: Browser) -> Iterator[Screen]:
    """Another person's browser."""
    found = Screen(browser, "second", size=DESK)
    found.expects(401, "/api/")
    yield found
    assert found.complaints() == []


def test_G28_any_file_is_checked_and_the_answer_is_in_words(house: House, screen: Screen, look: Look) -> None:
    page = screen.page
    screen.expects(422, "/api/signatures/check")
    _opens(screen, house, "/signatures", "daibieu")
    look(screen, "check-empty")
    names = ("valid.pdf", "broken.pdf", "unknown.pdf", "unsigned.pdf", "garbage.pdf")
    page.locator("input[type=file]").set_input_files([house.file(name) for name in names])
    words = {
        "valid.pdf": "Tất cả 1 chữ ký đều hợp lệ",
        "broken.pdf": "Có chữ ký không hợp lệ",
        "unknown.pdf": "Có chữ ký không xác nhận được",
        "unsigned.pdf": "Tệp này không có chữ ký số nào",
        "garbage.pdf": "PDF",
    }
    for name, said in words.items():
        expect(page.get_by_role("region", name=name)).to_contain_text(said, timeout=60_000)
    expect(page.get_by_role("region", name="broken.pdf")).to_contain_text("nội dung đã ký bị thay đổi")
    expect(page.get_by_role("region", name="unknown.pdf")).to_contain_text("không rõ cơ quan cấp chứng thư số")
    look(screen, "check-results")
    with page.expect_popup() as beside:
        page.get_by_role("link", name="Mở hướng dẫn").click()
    # What was on the screen is still there: the guides open beside it.
    expect(beside.value.get_by_role("link", name="USB token", exact=True)).to_be_visible()
    expect(page.get_by_role("region", name="broken.pdf")).to_be_visible()
    beside.value.close()
    page.goto(page.url.partition("#")[0] + "#/help/usb-token")
    expect(page.get_by_role("heading", name="Ký số và đăng nhập bằng USB token")).to_be_visible()
    page.get_by_role("button", name="Màn hình ghi gì, làm gì").click()
    expect(page.get_by_role("table").first).to_be_in_viewport()
    look(screen, "help")


def test_G21_G35_an_authority_is_added_and_removed_by_typing_its_fingerprint(
    house: House, screen: Screen, look: Look
) -> None:
    page, name = screen.page, "CA của phòng kiểm thử"
    print_of = house.issuer.certificate.fingerprint(house.issuer.certificate.signature_hash_algorithm).hex()  # type: ignore[arg-type]
    screen.expects(409, "/api/trust/authorities")
    _opens(screen, house, "/trust/authorities", "anninh")
    look(screen, "trust-authorities")
    page.get_by_role("button", name="Thêm cơ quan").click()
    page.locator("input[type=file]").set_input_files(house.file("own.cer"))
    expect(page.get_by_role("dialog")).to_contain_text(name)
    typed = page.get_by_label("Nhập 8 ký tự đầu của mã kiểm tra")
    typed.fill("00000000")
    page.get_by_role("button", name="Tin cậy cơ quan này").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look(screen, "trust-adding")
    typed.fill(f"{print_of[:4].upper()} {print_of[4:8]}")
    page.get_by_role("button", name="Tin cậy cơ quan này").click()
    expect(page.get_by_role("row", name=name)).to_be_visible()

    house.enrol_ending()
    page.get_by_role("link", name="Của người dùng").click()
    page.reload()
    for words, count in (("Trong 7 ngày", 1), ("Trong 30 ngày", 2), ("Trong 60 ngày", 3)):
        page.get_by_text(f"{words} ({count})").click()
        expect(page.get_by_role("heading", name=f"{count} chứng thư số")).to_be_visible()
    for words in ("Hết hạn trong 7 ngày", "Hết hạn trong 30 ngày", "Hết hạn trong 60 ngày"):
        expect(page.get_by_role("table")).to_contain_text(words)
    look(screen, "trust-ending")

    page.get_by_role("link", name="Cơ quan được tin cậy").click()
    page.get_by_role("button", name=f"Bỏ {name}").click()
    page.get_by_label("Nhập 8 ký tự đầu của mã kiểm tra").fill(print_of[:8])
    look(screen, "trust-removing")
    page.get_by_role("dialog").get_by_role("button", name="Bỏ", exact=True).click()
    expect(page.get_by_role("row", name=name)).to_have_count(0)
    page.get_by_role("link", name="Nhật ký quản trị").click()
    for words in (f"Tin cậy cơ quan {name}", f"Bỏ cơ quan {name}", "cho daibieu (demo)"):
        expect(page.get_by_role("table")).to_contain_text(words)
    look(screen, "trust-log")


def test_G37_a_certificate_is_withdrawn_with_a_reason_and_who_came_in_without_it_stays(
    house: House, screen: Screen, second: Screen, look: Look
) -> None:
    page = screen.page
    _opens(second, house, "/", "daibieu")
    _opens(screen, house, "/trust", "anninh")
    page.get_by_label("Tìm theo tên, chủ thể").fill("Người chi")
    page.get_by_role("button", name="Ngừng chấp nhận chứng thư số của daibieu (demo)").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Ngừng chấp nhận").click()
    look(screen, "trust-withdrawing")
    dialog.get_by_label("Lý do").fill("Mất USB token")
    dialog.get_by_role("button", name="Ngừng chấp nhận").click()
    expect(page.get_by_text("Đã ngừng chấp nhận", exact=True)).to_be_visible()
    expect(page.get_by_text("Lý do: Mất USB token")).to_be_visible()
    second.page.reload()
    expect(second.page.get_by_role("heading", name="Xin chào")).to_be_visible()


def test_G13_G14_a_round_says_which_line_is_missing_offers_places_and_waits_on_the_first_page(
    house: House, screen: Screen, second: Screen, look: Look
) -> None:
    page, meeting = screen.page, house.meeting()
    screen.expects(409, f"/api/meetings/{meeting}/rounds")
    screen.expects(422, f"/api/meetings/{meeting}/rounds")
    _opens(second, house, "/", "chutri")
    expect(second.page.get_by_text("Ký văn bản")).to_have_count(0)
    _puts_a_picture(screen, house, "chutri")
    _opens(screen, house, f"/meetings/{meeting}/signing", "thuky")
    _opens_a_round(screen, house, look)
    _sees_it_wait(second, house, look)
    page.get_by_role("button", name="Kết thúc ký: Thông báo kết luận cuộc họp (demo)").click()
    page.get_by_role("dialog").get_by_role("button", name="Kết thúc ký").click()
    expect(page.get_by_text("Kết thúc khi chưa đủ")).to_be_visible()
    expect(second.page.get_by_role("link", name="Ký văn bản")).to_have_count(0)


def test_G69_closing_locking_and_the_dossier_name_what_lacks_signatures(
    house: House, screen: Screen, second: Screen, look: Look
) -> None:
    page, chair, meeting = screen.page, second.page, house.meeting()
    house.server.page().sign_in("chutri").post(f"/api/meetings/{meeting}/open").done()
    _opens(screen, house, f"/meetings/{meeting}/signing", "thuky")
    page.get_by_role("button", name="Đưa văn bản ra ký").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("input[type=file]").set_input_files(house.file("unsigned.pdf"))
    dialog.get_by_label("Trích yếu").fill("Biên bản cuộc họp (demo)")
    dialog.get_by_label("Loại văn bản").select_option("minutes")
    dialog.get_by_label("Thêm người ký").select_option(label="chutri (demo)")
    dialog.get_by_role("button", name="Đưa ra ký").click()
    expect(page.get_by_role("article", name="Biên bản cuộc họp (demo)")).to_be_visible()

    _opens(second, house, f"/meetings/{meeting}/live", "chutri")
    chair.get_by_role("button", name="Bế mạc", exact=True).first.click()
    words = chair.get_by_role("dialog")
    expect(words.get_by_role("listitem").filter(has_text="Biên bản")).to_have_text(
        "Biên bản cuộc họp (demo) · 0/1 người đã ký"
    )
    expect(words).to_contain_text("chỗ ngồi không ký được nữa")
    look(second, "closing-unsigned")
    words.get_by_role("button", name="Bế mạc và thu hồi").click()
    expect(chair.get_by_text("Không có tài liệu nào cần thu hồi")).to_be_visible()
    chair.get_by_role("button", name="Khóa cuộc họp").click()
    expect(words).to_contain_text("Khóa rồi vẫn ký tiếp được")
    look(second, "locking-from-live")
    words.get_by_role("button", name="Quay lại").click()
    second.opens(f"http://localhost:{house.server.port}/#/meetings/{meeting}")
    chair.get_by_role("button", name="Khóa cuộc họp").click()
    expect(words).to_contain_text("Khóa rồi vẫn ký tiếp được")
    look(second, "locking-unsigned")
    words.get_by_role("button", name="Khóa", exact=True).click()
    expect(page.get_by_text("không đưa thêm văn bản ra ký")).to_be_visible()
    expect(page.get_by_role("button", name="Đưa văn bản ra ký")).to_have_count(0)
    look(screen, "rounds-locked")
    page.get_by_role("button", name="Tải hồ sơ cuộc họp").click()
    expect(dialog).to_contain_text("không có các chữ ký còn thiếu")
    look(screen, "dossier-unsigned")


def _puts_a_picture(screen: Screen, house: House, username: str) -> None:
    page = screen.page
    _opens(screen, house, "/trust/pictures", "anninh")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=f"Tải ảnh lên: {username} (demo)").click()
    chooser.value.set_files(house.file("blue.png"))
    expect(page.get_by_role("status").filter(has_text="Đã lưu ảnh")).to_be_visible()
    page.get_by_role("button", name="anninh (demo)", exact=True).click()
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()


def _opens_a_round(screen: Screen, house: House, look: Look) -> None:
    page = screen.page
    page.get_by_role("button", name="Đưa văn bản ra ký").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("input[type=file]").set_input_files(house.file("lines.pdf"))
    dialog.get_by_label("Trích yếu").fill("Thông báo kết luận cuộc họp (demo)")
    dialog.get_by_label("Loại văn bản").select_option("notice")
    dialog.get_by_label("Thêm người ký").select_option(label="chutri (demo)")
    dialog.get_by_label("Hình trên văn bản").select_option("picture")
    dialog.get_by_label("Dòng chức vụ trong văn bản").fill("VỤ TRƯỞNG")
    dialog.get_by_label("Dòng họ tên trong văn bản").fill(NAME)
    _looks_at_the_clerk(screen, look)
    dialog.get_by_role("button", name="Đưa ra ký").click()
    expect(dialog.get_by_role("alert")).to_contain_text("VỤ TRƯỞNG")
    look(screen, "round-line-missing")
    dialog.locator("input[type=file]").set_input_files(house.file("twice.pdf"))
    dialog.get_by_label("Dòng chức vụ trong văn bản").fill(POSITION)
    expect(dialog.get_by_role("alert")).to_have_count(0)
    dialog.get_by_role("button", name="Đưa ra ký").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Có 2 chỗ")
    dialog.get_by_text("Chỗ 2, trang 1").click()
    expect(dialog.get_by_role("alert")).to_have_count(0)
    look(screen, "round-choice")
    dialog.get_by_role("button", name="Đưa ra ký").click()
    expect(page.get_by_role("article", name="Thông báo kết luận cuộc họp (demo)")).to_be_visible()
    look(screen, "rounds")


def _looks_at_the_clerk(screen: Screen, look: Look) -> None:
    """Who gives number and date with the seal; then somebody else is to do it."""
    dialog = screen.page.get_by_role("dialog")
    dialog.get_by_label("Thêm người ký").select_option(label="thuky (demo)")
    dialog.get_by_label("Hình trên văn bản").last.select_option("seal")
    dialog.get_by_label("Số và ngày").select_option("clerk")
    expect(dialog.get_by_label("Bắt đầu từ số")).to_be_visible()
    look(screen, "round-clerk")
    dialog.get_by_role("button", name="Bỏ thuky (demo)").click()


def _sees_it_wait(second: Screen, house: House, look: Look) -> None:
    expect(second.page.get_by_role("heading", name="Việc chờ đồng chí · 1 văn bản cần ký")).to_be_visible()
    look(second, "home-waiting")
    second.page.get_by_role("link", name="Ký văn bản").click()
    expect(second.page.get_by_role("article", name="Thông báo kết luận cuộc họp (demo)")).to_be_visible()
    look(second, "round-of-signer")
    second.page.goto(f"http://localhost:{house.server.port}/#/")
    expect(second.page.get_by_role("link", name="Ký văn bản")).to_be_visible()


def test_what_was_typed_about_a_meeting_is_there_again_after_a_look_at_its_other_parts(
    house: House, screen: Screen
) -> None:
    page, meeting = screen.page, house.meeting(phase="draft")
    _opens(screen, house, f"/meetings/{meeting}/info", "thuky")
    title = page.get_by_label("Tên cuộc họp")
    title.fill("Họp giao ban tháng 12 (demo)")
    page.get_by_role("link", name="Thành phần").click()
    expect(title).to_have_count(0)
    page.get_by_role("link", name="Thông tin").click()
    expect(title).to_have_value("Họp giao ban tháng 12 (demo)")
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_role("heading", name="Họp giao ban tháng 12 (demo)")).to_be_visible()
    page.get_by_role("link", name="Thành phần").click()
    page.get_by_role("link", name="Thông tin").click()
    expect(title).to_have_value("Họp giao ban tháng 12 (demo)")
